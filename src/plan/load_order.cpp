#include "src/plan/load_order.hpp"

#include <algorithm>
#include <boost/graph/compressed_sparse_row_graph.hpp>
#include <boost/graph/topological_sort.hpp>
#include <cstdint>

#include "src/plan/cluster_rules.hpp"
#include "src/plan/cycle_order.hpp"
#include "src/plan/cycles.hpp"

namespace fkaudit::plan {

namespace {

using model::constraint;
using model::vector;
using text = std::string_view;

/// Whether an insert into the child is checked: by a trigger of every table that holds its rows, or at least of one.
bool checks_inserts(constraint const& key) {
    if (!key.is_enforced) return false;
    bool any = false, any_known = false;
    for (auto const& row : key.rows)
        for (auto const& trigger : row.triggers) {
            if (!trigger.is_check) continue;
            any_known = true;
            any = any || trigger.enabled == 'O' || trigger.enabled == 'A';
        }
    return any || !any_known;
}

/// PostgreSQL 18.0 to 18.3 forget DEFERRABLE when a key goes through NOT ENFORCED and back. Citus' shards never hear of SET
/// CONSTRAINTS.
bool can_be_deferred(constraint const& key) {
    if (!key.is_deferrable || is_altered_in_shards(key)) return false;
    for (auto const& row : key.rows)
        for (auto const& trigger : row.triggers)
            if (trigger.is_check && !trigger.is_deferrable) return false;
    return true;
}

/// Whether rows can be loaded without the key at first: MATCH SIMPLE needs one NULL, MATCH FULL all of them.
bool can_be_null(constraint const& key) {
    auto const nullable = [&](std::int16_t number) { return !key.child->find_column(number)->not_null; };
    auto const& columns = key.child_columns;
    return key.match == model::match_type::full ? std::all_of(columns.begin(), columns.end(), nullable)
                                                : std::any_of(columns.begin(), columns.end(), nullable);
}

/// How a key stands to the order.
struct link {
    constraint const* key = nullptr;
    std::size_t child = 0;  ///< position in the tables
    std::size_t parent = 0;
    bool is_relaxed = false;  ///< its parent comes after its child
};

class planner {
public:
    planner(model::arena& arena, model::database const& database, std::span<load_table const> tables,
            load_conditions const& conditions)
        : arena_(arena),
          database_(database),
          tables_(tables),
          conditions_(conditions),
          by_id_(arena),
          links_(arena),
          steps_(arena.array<load_step>(tables.size())),
          unit_(tables.size(), std::size_t{0}, arena),
          outside_(tables.size(), text(), arena),
          unchecked_(tables.size(), text(), arena) {
        for (std::size_t position = 0; position < tables.size(); ++position) by_id_.push_back(position);
        std::sort(by_id_.begin(), by_id_.end(),
                  [&](std::size_t a, std::size_t b) { return tables_[a].id < tables_[b].id; });
    }

    std::span<load_step const> plan() {
        link_keys();
        find_units();
        number_steps();
        for (std::size_t position = 0; position < tables_.size(); ++position) {
            steps_[position].table = &tables_[position];
            if (steps_[position].cycle == 0) describe_single(position);
        }
        for (std::size_t number = 0; number < cycles_.size(); ++number) describe_cycle(number);
        for (std::size_t position = 0; position < tables_.size(); ++position) {
            tell_unchecked(position);
            if (tables_[position].is_reference)
                steps_[position].detail =
                    arena_.concat(steps_[position].detail, "; Citus has it on every node: before the others");
        }
        std::stable_sort(steps_.begin(), steps_.end(),
                         [](load_step const& a, load_step const& b) { return a.step < b.step; });
        return steps_;
    }

private:
    static constexpr std::size_t none = SIZE_MAX;

    std::size_t position_of(model::relation const& table) const {
        auto const id = database_.root_of(table).id;
        auto const place =
            std::lower_bound(by_id_.begin(), by_id_.end(), id,
                             [&](std::size_t position, model::oid key) { return tables_[position].id < key; });
        return place != by_id_.end() && tables_[*place].id == id ? *place : none;
    }
    text name_of(std::size_t position) const {
        return arena_.concat(tables_[position].schema.quoted, '.', tables_[position].name.quoted);
    }

    void link_keys() {
        for (auto const& key : database_.constraints) {
            auto const child = position_of(*key.child), parent = position_of(*key.parent);
            if (child == none) continue;
            if (!checks_inserts(key)) {
                unchecked_[child] = enumerate(unchecked_[child], key.name.quoted);
                continue;
            }
            if (parent != none)
                links_.push_back({&key, child, parent});
            else
                outside_[child] = enumerate(outside_[child], key.parent->qualified);
        }
    }
    text enumerate(text list, text item) const { return list.empty() ? item : arena_.concat(list, ", ", item); }

    /// Where the data are loaded into another database, the key may well check them.
    void tell_unchecked(std::size_t position) {
        if (unchecked_[position].empty()) return;
        auto& detail = steps_[position].detail;
        detail = arena_.concat(detail, "; the order leaves out ", unchecked_[position],
                               ", which does not check writes here (NOT ENFORCED, or its triggers are disabled)");
    }

    /// A unit is a circle of tables or a table that is in none; each gets its order inside.
    void find_units() {
        auto const keys = arena_.array<constraint>(links_.size());
        for (std::size_t number = 0; number < keys.size(); ++number) keys[number] = *links_[number].key;
        model::database asked = database_;
        asked.constraints = keys;
        for (auto const& circle : find_cycles(arena_, asked)) {
            auto const members = arena_.array<std::size_t>(circle.tables.size());
            std::transform(circle.tables.begin(), circle.tables.end(), members.begin(),
                           [&](model::relation const* table) { return position_of(*table); });
            std::sort(members.begin(), members.end());
            cycles_.push_back(order_cycle(members));
        }
        std::sort(cycles_.begin(), cycles_.end(), [](auto const& a, auto const& b) {
            return *std::min_element(a.begin(), a.end()) < *std::min_element(b.begin(), b.end());
        });
        for (std::size_t position = 0; position < tables_.size(); ++position)
            unit_[position] = cycles_.size() + position;
        for (std::size_t number = 0; number < cycles_.size(); ++number)
            for (auto const position : cycles_[number]) unit_[position] = number;
        for (auto& one : links_) {
            if (unit_[one.child] != unit_[one.parent] || one.child == one.parent) continue;
            auto const& order = cycles_[unit_[one.child]];
            auto const place = [&](std::size_t position) { return std::find(order.begin(), order.end(), position); };
            one.is_relaxed = place(one.child) < place(one.parent);
        }
    }

    /// One that is dropped for good reason costs more than any number of keys that merely could be NULL, and such a one
    /// more than any number of deferrable ones. A key that is dropped anyway costs nothing.
    std::int64_t cost_of(constraint const& key) const {
        auto const many = static_cast<std::int64_t>(links_.size()) + 1;
        if (!key.is_validated) return 0;
        if (can_be_deferred(key)) return 1;
        return can_be_null(key) ? many : many * many;
    }

    std::span<std::size_t const> order_cycle(std::span<std::size_t const> members) const {
        auto const number_of = [&](std::size_t position) -> std::size_t {
            auto const place = std::lower_bound(members.begin(), members.end(), position);
            return place != members.end() && *place == position ? static_cast<std::size_t>(place - members.begin())
                                                                : none;
        };
        vector<order_wish> wishes(arena_);
        for (auto const& one : links_) {
            auto const child = number_of(one.child), parent = number_of(one.parent);
            if (child != none && parent != none && child != parent)
                wishes.push_back({child, parent, cost_of(*one.key)});
        }
        auto const order = cheapest_order(arena_, members.size(), {wishes.data(), wishes.size()});
        auto const ordered = arena_.array<std::size_t>(order.size());
        std::transform(order.begin(), order.end(), ordered.begin(),
                       [&](std::size_t number) { return members[number]; });
        return ordered;
    }

    using needs = boost::compressed_sparse_row_graph<boost::directedS>;

    /// The units that Citus' reference tables are in or need.
    vector<char> find_references(needs const& graph, vector<std::size_t> const& parents_first) const {
        vector<char> early(cycles_.size() + tables_.size(), '\0', arena_);
        for (std::size_t position = 0; position < tables_.size(); ++position)
            if (tables_[position].is_reference) early[unit_[position]] = 1;
        for (auto unit = parents_first.rbegin(); unit != parents_first.rend(); ++unit) {
            auto const [first, last] = out_edges(*unit, graph);
            for (auto edge = first; edge != last; ++edge)
                if (early[*unit] != 0) early[target(*edge, graph)] = 1;
        }
        return early;
    }

    /// The length of the longest way from each unit to one that needs no other; behind the longest of those that reference
    /// tables need, for all others.
    vector<std::int32_t> find_levels() const {
        auto const units = cycles_.size() + tables_.size();
        vector<std::pair<std::size_t, std::size_t>> ends(arena_);
        for (auto const& one : links_)
            if (unit_[one.child] != unit_[one.parent]) ends.push_back({unit_[one.child], unit_[one.parent]});
        needs const graph(boost::edges_are_unsorted_multi_pass, ends.begin(), ends.end(), units);
        vector<std::size_t> parents_first(arena_);
        boost::topological_sort(graph, std::back_inserter(parents_first));
        auto const early = find_references(graph, parents_first);
        vector<std::int32_t> levels(units, 0, arena_);
        std::int32_t behind = 0;
        for (bool const of_early : {true, false}) {
            for (auto const unit : parents_first) {
                if ((early[unit] != 0) != of_early) continue;
                levels[unit] = behind;
                auto const [first, last] = out_edges(unit, graph);
                for (auto edge = first; edge != last; ++edge)
                    levels[unit] = std::max(levels[unit], levels[target(*edge, graph)] + 1);
            }
            for (std::size_t unit = 0; of_early && unit < units; ++unit)
                if (early[unit] != 0) behind = std::max(behind, levels[unit] + 1);
        }
        return levels;
    }

    /// Within a level, the tables that are in no circle share a step; then come the circles, one table a step.
    void number_steps() {
        auto const levels = find_levels();
        std::int32_t const last = levels.empty() ? 0 : *std::max_element(levels.begin(), levels.end());
        std::int32_t step = 0, cycle_number = 0;
        vector<vector<std::size_t>> singles(static_cast<std::size_t>(last) + 1, vector<std::size_t>(arena_), arena_);
        vector<vector<std::size_t>> circles(singles);
        for (std::size_t number = 0; number < cycles_.size(); ++number)
            circles[static_cast<std::size_t>(levels[number])].push_back(number);
        for (std::size_t position = 0; position < tables_.size(); ++position)
            if (unit_[position] >= cycles_.size())
                singles[static_cast<std::size_t>(levels[unit_[position]])].push_back(position);
        for (std::size_t level = 0; level < singles.size(); ++level) {
            if (!singles[level].empty()) ++step;
            for (auto const position : singles[level]) steps_[position].step = step;
            for (auto const number : circles[level]) {
                ++cycle_number;
                for (auto const position : cycles_[number]) {
                    steps_[position].step = ++step;
                    steps_[position].cycle = cycle_number;
                }
            }
        }
    }

    void describe_single(std::size_t position) {
        auto& step = steps_[position];
        vector<constraint const*> invalid(arena_);
        step.detail = describe_needs(position);
        for (auto const& one : links_)
            if (one.child == position && !one.key->is_validated) invalid.push_back(one.key);
        if (invalid.empty()) return;
        std::size_t const member[] = {position};
        step.before_load = drop(invalid);
        step.after_load = lines(settle(member), add(invalid));
        step.detail = arena_.concat(step.detail, "; ", describe_invalid(invalid));
    }

    /// What a table waits for, and what it refers to beside.
    text describe_needs(std::size_t position) const {
        text parents, itself;
        bool is_parent = false;
        vector<std::size_t> seen(arena_);
        for (auto const& one : links_) {
            is_parent = is_parent || (one.parent == position && one.child != position);
            if (one.child != position || one.is_relaxed) continue;
            if (one.parent == position) {
                itself = enumerate(itself, one.key->name.quoted);
            } else if (std::find(seen.begin(), seen.end(), one.parent) == seen.end()) {
                seen.push_back(one.parent);
                parents = enumerate(parents, name_of(one.parent));
            }
        }
        text detail = !parents.empty()                               ? arena_.concat("after ", parents)
                      : unit_[position] < cycles_.size()             ? text()
                      : is_parent                                    ? text("needs no other table")
                      : itself.empty() && outside_[position].empty() ? text("has no foreign keys: load it at any time")
                                                                     : text("needs no other table of these");
        if (!outside_[position].empty())
            detail = arena_.concat(detail, detail.empty() ? "" : "; ", "refers to rows that must be there already, of ",
                                   outside_[position]);
        if (!itself.empty())
            detail = arena_.concat(detail, detail.empty() ? "" : "; ", "refers to itself by ", itself,
                                   ": load it in one statement, or each row after those that it refers to");
        return detail;
    }

    void describe_cycle(std::size_t number) {
        auto const& order = cycles_[number];
        vector<constraint const*> deferred(arena_), dropped(arena_), invalid(arena_);
        for (auto const& one : links_) {
            if (unit_[one.child] != number) continue;
            if (!one.key->is_validated)
                invalid.push_back(one.key);
            else if (one.is_relaxed)
                (can_be_deferred(*one.key) ? deferred : dropped).push_back(one.key);
        }
        for (auto const position : order) steps_[position].detail = describe_needs(position);
        auto& first = steps_[order.front()];
        auto& last = steps_[order.back()];
        first.before_load = lines(defer(deferred), lines(drop(dropped), drop(invalid)));
        auto const added = lines(add(dropped), add(invalid));
        bool const all_at_once = !added.empty() && !settle(order).empty();
        last.after_load = lines(all_at_once ? settle(order) : end_deferral(deferred), added);

        auto const others =
            arena_.join(std::span(order).subspan(1), ", ", [&](std::size_t position) { return name_of(position); });
        first.detail = arena_.concat(
            arena_.concat("begins a circle with ", others), first.detail.empty() ? text() : text("; "), first.detail,
            describe_relaxed(deferred, dropped),
            deferred.empty() ? text()
                             : arena_.concat("; one transaction from here until after ", name_of(order.back())));
        if (!invalid.empty()) first.detail = arena_.concat(first.detail, "; ", describe_invalid(invalid));
    }

    using keys = vector<constraint const*>;

    text describe_relaxed(keys const& deferred, keys const& dropped) const {
        text detail;
        for (auto const* const key : deferred)
            detail =
                arena_.concat(detail, "; ", key->name.quoted, " of ", key->child->qualified, " is deferred meanwhile");
        for (auto const* const key : dropped) {
            detail =
                arena_.concat(detail, "; ", key->name.quoted, " of ", key->child->qualified, " is dropped meanwhile");
            if (can_be_null(*key))
                detail = arena_.concat(detail, ", unless its rows are loaded with ", nullable_columns(*key),
                                       " NULL and updated after ", key->parent->qualified);
        }
        return detail;
    }
    text nullable_columns(constraint const& key) const {
        vector<std::int16_t> columns(arena_);
        for (auto const number : key.child_columns)
            if (!key.child->find_column(number)->not_null) columns.push_back(number);
        return model::column_list(arena_, *key.child, {columns.data(), columns.size()});
    }
    text describe_invalid(keys const& invalid) const {
        auto const names = arena_.join(invalid, ", ", [](constraint const* key) { return key->name.quoted; });
        return arena_.concat(
            names, invalid.size() == 1 ? " is" : " are",
            " NOT VALID: rows without a parent may be among the data, so it is dropped meanwhile; leave"
            " that out to have all rows checked");
    }

    text lines(text first, text second) const {
        if (first.empty() || second.empty()) return first.empty() ? second : first;
        return arena_.concat(first, '\n', second);
    }
    text each(keys const& some, auto describe) const { return arena_.join(some, "\n", describe); }

    bool is_nameable(constraint const* key) const {
        auto const& others = conditions_.unnameable;
        return !std::binary_search(others.begin(), others.end(), key->id);
    }
    text set_constraints(keys const& deferred, text mode) const {
        if (deferred.empty()) return {};
        bool const by_name =
            std::all_of(deferred.begin(), deferred.end(), [&](constraint const* key) { return is_nameable(key); });
        auto const names = arena_.join(deferred, ", ", [&](constraint const* key) {
            return arena_.concat(key->child->schema.quoted, '.', key->name.quoted);
        });
        return arena_.concat("SET CONSTRAINTS ", by_name ? names : text("ALL"), ' ', mode, ';');
    }
    text defer(keys const& deferred) const { return set_constraints(deferred, "DEFERRED"); }
    text end_deferral(keys const& deferred) const { return set_constraints(deferred, "IMMEDIATE"); }

    /// ALTER TABLE refuses a table whose deferred checks are still to come: of rows that were loaded into the child, or, in
    /// the reverse order, deleted from the parent.
    text settle(std::span<std::size_t const> members) const {
        auto const is_member = [&](std::size_t position) {
            return std::find(members.begin(), members.end(), position) != members.end();
        };
        bool const pending = std::any_of(links_.begin(), links_.end(), [&](link const& one) {
            bool const defers = one.key->initially_deferred || (one.is_relaxed && can_be_deferred(*one.key));
            return defers && (is_member(one.child) || is_member(one.parent));
        });
        return pending ? text("SET CONSTRAINTS ALL IMMEDIATE;") : text();
    }

    text drop(keys const& some) const {
        return each(some, [&](constraint const* key) {
            return arena_.concat("ALTER TABLE ", key->child->qualified, " DROP CONSTRAINT ", key->name.quoted, ';');
        });
    }
    text add(keys const& some) const {
        return each(some, [&](constraint const* key) {
            auto again = *key;
            again.is_validated = key->child->is_partitioned() && !conditions_.partitioned_not_valid;
            auto const table = arena_.concat("ALTER TABLE ", key->child->qualified);
            auto const added =
                arena_.concat(table, " ADD CONSTRAINT ", key->name.quoted, ' ', define(arena_, again), ';');
            if (again.is_validated || !key->is_validated) return added;
            return arena_.concat(added, '\n', table, " VALIDATE CONSTRAINT ", key->name.quoted, ';');
        });
    }

    model::arena& arena_;
    model::database const& database_;
    std::span<load_table const> tables_;
    load_conditions const& conditions_;
    vector<std::size_t> by_id_;                            ///< positions
    vector<link> links_;                                   ///< in the database's order
    std::span<load_step> steps_;                           ///< by position, until they are sorted
    vector<std::span<std::size_t const>> cycles_{arena_};  ///< each in its order
    vector<std::size_t> unit_;  ///< by position: the number of its cycle, or cycles_.size() + position
    vector<text> outside_;      ///< by position: parents that are not to be loaded
    vector<text> unchecked_;    ///< the keys of each table that check no insert
};

}  // namespace

std::span<load_step const> plan_load(model::arena& arena, model::database const& database,
                                     std::span<load_table const> tables, load_conditions const& conditions) {
    return planner(arena, database, tables, conditions).plan();
}

}  // namespace fkaudit::plan
