#include "src/plan/impact.hpp"

#include <algorithm>

#include "src/plan/column_default.hpp"
#include "src/plan/impact_report.hpp"
#include "src/plan/referrals.hpp"
#include "src/plan/row_triggers.hpp"

namespace fkaudit::plan {

namespace {

using model::action;
using model::constraint;
using model::vector;
using text = std::string_view;

/// A trigger that is to fire for a row.
struct event {
    row_number row = 0;
    row_trigger const* trigger = nullptr;
    change const* before = nullptr;  ///< the row's columns that the trigger sees as old
    change const* after = nullptr;
    std::uint32_t version = 0;   ///< of the row, when it was queued
    bool only_if_mixed = false;  ///< of a check: the columns have not changed, and only MATCH FULL may mind them
    path_node const* node = nullptr;
};

class simulation {
public:
    simulation(model::arena& arena, model::database const& database, row_source& source)
        : arena_(arena),
          database_(database),
          source_(source),
          triggers_(list_row_triggers(arena, database)),
          rows_(arena),
          defaults_(arena),
          referrals_(arena, source, rows_, defaults_),
          nodes_(arena),
          queue_(arena),
          deferred_(arena),
          unread_(arena) {}

    std::span<impact const> run(model::relation const& parent, std::span<row_place const> selected, row_event what) {
        auto const* const root = new_node({nullptr, nullptr, &parent, 0});
        // Every row of the statement is changed before the first trigger fires.
        for (auto const& place : selected) start(rows_.number_of(place), what, root);
        while (!queue_.empty()) fire_round(queue_);
        while (!deferred_.empty()) fire_round(deferred_);
        return report_impact(arena_, *root, what, rows_.all(), {unread_.data(), unread_.size()});
    }

private:
    path_node const* new_node(path_node const& node) { return &(arena_.array<path_node>(1)[0] = node); }
    path_node const* below(path_node const* node, constraint const& key) {
        auto const [found, is_new] = nodes_.try_emplace({node, &key}, nullptr);
        if (is_new) found->second = new_node({node, &key, key.child, node->depth + 1});
        return found->second;
    }

    std::span<row_trigger const> triggers_of(model::oid table) const {
        auto const [first, last] =
            std::equal_range(triggers_.begin(), triggers_.end(), row_trigger{.table = table},
                             [](row_trigger const& a, row_trigger const& b) { return a.table < b.table; });
        return {triggers_.data() + (first - triggers_.begin()), static_cast<std::size_t>(last - first)};
    }

    void start(row_number row, row_event what, path_node const* root) {
        auto& state = rows_[row];
        state.node = root;
        if (what == row_event::deleted) {
            state.outcome = impact_outcome::deleted;
            state.is_gone = true;
            return queue(row, what, nullptr, root);
        }
        state.outcome = impact_outcome::updated;
        for (auto const& trigger : triggers_of(state.place.table)) {
            if (trigger.is_check || trigger.on_delete) continue;
            for (std::size_t position = 0; position < trigger.key->parent_columns.size(); ++position)
                if (parent_value(*trigger.key, position, state.values) == as_stored)
                    set(row, parent_name(*trigger.key, position), next_symbol_++);
        }
        queue(row, what, nullptr, root);
    }

    void set(row_number row, text column, symbol value) {
        auto& made = arena_.array<change>(1)[0];
        made = {rows_[row].values, column, value};
        rows_[row].values = &made;
    }

    /// Queues what fires for a row, as the server does when the row changes (trigger.c: AfterTriggerSaveEvent).
    void queue(row_number row, row_event what, change const* before, path_node const* node) {
        auto& state = rows_[row];
        bool const on_delete = what == row_event::deleted;
        bool const is_checked_again = state.version > 0 || state.place.is_own;
        ++state.version;
        state.moved = ++clock_;
        for (auto const& trigger : triggers_of(state.place.table)) {
            if (trigger.on_delete != on_delete) continue;
            event made{row, &trigger, on_delete ? state.values : before, state.values, state.version, false, node};
            if (!on_delete && !trigger.is_check && !is_affected(*trigger.key, before, state.values)) continue;
            if (trigger.is_check) {
                if (node->depth == 0 && changes(*trigger.key, before, state.values)) continue;
                made.only_if_mixed = !is_checked_again && !changes(*trigger.key, before, state.values);
                if (made.only_if_mixed && trigger.key->match != model::match_type::full) continue;
            }
            (trigger.is_deferred ? deferred_ : queue_).push_back(made);
        }
    }

    /// ri_triggers.c: RI_FKey_pk_upd_check_required.
    static bool is_affected(constraint const& key, change const* before, change const* after) {
        bool changed = false;
        for (std::size_t position = 0; position < key.parent_columns.size(); ++position) {
            auto const old = parent_value(key, position, before);
            if (old == null_value) return false;
            changed = changed || old != parent_value(key, position, after);
        }
        return changed;
    }
    /// ri_triggers.c: RI_FKey_fk_upd_check_required, for rows that the transaction has not written before.
    static bool changes(constraint const& key, change const* before, change const* after) {
        for (std::size_t position = 0; position < key.child_columns.size(); ++position)
            if (child_value(key, position, before) != child_value(key, position, after)) return true;
        return false;
    }

    /// Fires what waits; what it queues itself waits for the next round.
    void fire_round(vector<event>& waiting) {
        vector<event> round(arena_);
        round.swap(waiting);
        read_ahead({round.data(), round.size()});
        for (std::size_t number = 0; number < round.size(); ++number) {
            if (number % 1024 == 0) source_.check_limits();
            round[number].trigger->is_check ? check(round[number]) : act(round[number]);
        }
    }

    /// Reads what the events ask about, a query for each key and table instead of one for each row.
    void read_ahead(std::span<event const> events) {
        source_.check_limits();
        vector<look_up> children(arena_), parents(arena_);
        for (auto const& one : events) {
            auto const& key = *one.trigger->key;
            look_up const above{&key, one.row, defaults_.in(key, rows_[one.row].values)};
            if (!one.trigger->is_check)
                children.push_back({&key, one.row, 0});
            else if (asks_for_parents(one) && !referrals_.knows_parents(above))
                parents.push_back(above);
        }
        for (auto const& failed : referrals_.read_children(children))
            for (auto const& one : events)
                if (one.trigger->key == failed.key && !one.trigger->is_check) note_unread(one, failed.why);
        referrals_.read_parents(parents);
    }
    void note_unread(event const& one, text why) {
        unread_rows const made{below(one.node, *one.trigger->key), event_of(one), why};
        if (std::none_of(unread_.begin(), unread_.end(), [&](unread_rows const& known) {
                return known.node == made.node && known.event == made.event && known.why == made.why;
            }))
            unread_.push_back(made);
    }

    static row_event event_of(event const& now) {
        return now.trigger->on_delete ? row_event::deleted : row_event::key_updated;
    }

    void act(event const& now) {
        auto const& key = *now.trigger->key;
        auto const rows = referrals_.referring(key, now.row, now.before);
        if (rows.empty()) return;
        auto const* const node = below(now.node, key);
        switch (action_on(key, event_of(now))) {
            case action::no_action:
            case action::restrict_:
                for (auto const row : rows) fail(row, impact_outcome::blocked, node, describe(now).block);
                return;
            case action::cascade:
                for (auto const row : rows) now.trigger->on_delete ? erase(row, now, node) : follow(row, now, node);
                return;
            case action::set_null:
            case action::set_default:
                for (auto const row : rows) write(row, now, node);
        }
    }

    /// What is said of a trigger's rows.
    struct description {
        row_trigger const* of = nullptr;
        text action{};           ///< `ON DELETE CASCADE`
        text block{};            ///< of NO ACTION and RESTRICT
        text orphan{}, mixed{};  ///< of a check that fails
    };
    description const& describe(event const& now) {
        if (now.trigger == described_.of) return described_;
        auto const& key = *now.trigger->key;
        description made{.of = now.trigger};
        if (now.trigger->is_check) {
            made.orphan = arena_.concat("would have no parent in ", key.parent->qualified, " by ", key.name.quoted);
            made.mixed = arena_.concat("would be NULL in part, which ", key.name.quoted, " refuses (MATCH FULL)");
        } else {
            made.action = arena_.concat(now.trigger->on_delete ? "ON DELETE " : "ON UPDATE ",
                                        keyword(action_on(key, event_of(now))));
            made.block =
                arena_.concat(made.action, now.trigger->is_deferred ? ": COMMIT fails" : ": the statement fails",
                              ", because these rows refer to ",
                              now.trigger->on_delete ? "rows that are deleted" : "keys that change");
        }
        return described_ = made;
    }

    void fail(row_number row, impact_outcome outcome, path_node const* node, text why) {
        auto& state = rows_[row];
        if (state.outcome && *state.outcome >= impact_outcome::refused) return;
        state.outcome = outcome;
        state.node = node;
        state.why = why;
    }
    void become(row_number row, impact_outcome outcome, path_node const* node, text why) {
        auto& state = rows_[row];
        if (state.outcome && (*state.outcome >= impact_outcome::refused || *state.outcome == outcome)) return;
        // What the statement itself changes is counted there.
        if (state.node != nullptr && state.node->depth == 0) return;
        state.outcome = outcome;
        state.node = node;
        state.why = why;
    }

    void erase(row_number row, event const& now, path_node const* node) {
        rows_[row].is_gone = true;
        become(row, impact_outcome::deleted, node, describe(now).action);
        queue(row, row_event::deleted, nullptr, node);
    }

    void follow(row_number row, event const& now, path_node const* node) {
        auto const& key = *now.trigger->key;
        auto const* const before = rows_[row].values;
        for (std::size_t position = 0; position < key.child_columns.size(); ++position) {
            auto const value = parent_value(key, position, now.after);
            if (value != child_value(key, position, before)) set(row, child_name(key, position), value);
        }
        become(row, impact_outcome::updated, node, describe(now).action);
        queue(row, row_event::key_updated, before, node);
    }

    /// SET NULL and SET DEFAULT.
    void write(row_number row, event const& now, path_node const* node) {
        auto const& key = *now.trigger->key;
        bool const to_default = action_on(key, event_of(now)) == action::set_default;
        auto const* const before = rows_[row].values;
        text note = describe(now).action;
        for (auto const number : written_columns(key, event_of(now))) {
            auto const& column = *key.child->find_column(number);
            auto const& given = to_default ? default_of(key, column) : null_of(key, column);
            if (given.value == null_value) {
                auto const refused = refuses_null(rows_[row].place.table, key, column);
                if (!refused.empty()) return fail(row, impact_outcome::refused, node, refused);
            }
            if (given.value == unknown_value) note = given.note;
            set(row, column.name.name, given.value);
        }
        become(row, to_default ? impact_outcome::set_default : impact_outcome::set_null, node, note);
        if (to_default) remember_defaults(row);
        queue(row, row_event::key_updated, before, node);
    }

    /// What an action gives a column of a key.
    struct given_value {
        model::relation const* table = nullptr;
        std::int16_t number = 0;
        bool is_default = false;
        symbol value = null_value;
        text note{};
    };
    given_value const& null_of(constraint const& key, model::column const& column) {
        return given(key, column, false, [] { return null_value; });
    }
    /// One symbol for each column's default; a constant is known to the source, any other is not known at all.
    given_value const& default_of(constraint const& key, model::column const& column) {
        return given(key, column, true, [&] {
            auto const found = find_default(database_, column);
            if (found.kind == default_kind::null) return null_value;
            if (found.kind != default_kind::constant) return unknown_value;
            defaults_.add(next_symbol_);
            return next_symbol_++;
        });
    }
    template <class Make>
    given_value const& given(constraint const& key, model::column const& column, bool is_default, Make make) {
        for (auto const& one : given_)
            if (one.table == key.child && one.number == column.number && one.is_default == is_default) return one;
        given_.push_back({key.child, column.number, is_default, make(), {}});
        if (given_.back().value == unknown_value)
            given_.back().note =
                arena_.concat("the default of ", column.name.quoted,
                              " would run code and was not evaluated: whether it has a parent is not known");
        return given_.back();
    }

    /// As the table that holds the row has it.
    text refuses_null(model::oid table, constraint const& key, model::column const& column) {
        for (auto const& one : refusals_)
            if (one.table == table && one.column == column.name.name) return one.why;
        auto const* const holder = database_.find_relation(table);
        auto const* const own = holder != nullptr ? holder->find_column(column.name.name) : nullptr;
        auto const why =
            own != nullptr ? source_.refuses_null(*holder, *own) : source_.refuses_null(*key.child, column);
        refusals_.push_back({table, column.name.name, why.empty() ? why : arena_.concat("would become NULL: ", why)});
        return refusals_.back().why;
    }

    /// Rows at a default may refer to other parents than before.
    void remember_defaults(row_number row) {
        for (auto const& trigger : triggers_of(rows_[row].place.table)) {
            if (!trigger.is_check) continue;
            auto const positions = defaults_.in(*trigger.key, rows_[row].values);
            if (positions != 0) referrals_.add_defaulted({trigger.key, row, positions});
        }
    }

    /// Whether a check of a row goes on to look for its parent: a row that is gone or has changed again is not checked,
    /// one with NULL is checked for MATCH FULL only, and what nobody has evaluated cannot be.
    bool asks_for_parents(event const& now) const {
        auto const& key = *now.trigger->key;
        auto const& state = rows_[now.row];
        if (state.is_gone || state.version != now.version) return false;
        std::size_t nulls = 0;
        for (std::size_t position = 0; position < key.child_columns.size(); ++position) {
            auto const value = child_value(key, position, state.values);
            if (value == unknown_value) return false;
            nulls += value == null_value ? 1 : 0;
        }
        return nulls == 0 || (key.match == model::match_type::full && nulls < key.child_columns.size());
    }

    /// ri_triggers.c: RI_FKey_check.
    void check(event const& now) {
        if (!asks_for_parents(now)) return;
        auto const& key = *now.trigger->key;
        auto const& above = referrals_.parents_of({&key, now.row, defaults_.in(key, rows_[now.row].values)});
        auto& state = rows_[now.row];
        if (!above.why_not.empty()) {
            state.why = arena_.concat("whether ", key.name.quoted, " holds was not looked up: ", above.why_not);
            return;
        }
        std::size_t nulls = 0;
        for (std::size_t position = 0; position < key.child_columns.size(); ++position) {
            auto const value = child_value(key, position, state.values);
            bool const stored_null = value == as_stored && (above.nulls >> position & 1) != 0;
            nulls += value == null_value || stored_null ? 1 : 0;
        }
        if (nulls > 0) {
            if (key.match == model::match_type::full && nulls < key.child_columns.size())
                fail(now.row, impact_outcome::refused, now.node, describe(now).mixed);
            return;
        }
        if (now.only_if_mixed) return;
        bool const has_parent = std::any_of(above.rows.begin(), above.rows.end(), [&](row_number parent) {
            return !rows_[parent].is_gone && referrals_.refers(key, rows_[parent].values, state.values);
        });
        if (!has_parent) fail(now.row, impact_outcome::refused, now.node, describe(now).orphan);
    }

    struct refusal {
        model::oid table;
        text column;
        text why;
    };

    model::arena& arena_;
    model::database const& database_;
    row_source& source_;
    vector<row_trigger> triggers_;
    followed_rows rows_;
    default_symbols defaults_;
    referrals referrals_;
    model::flat_map<std::pair<path_node const*, constraint const*>, path_node const*> nodes_;
    vector<event> queue_, deferred_;
    vector<unread_rows> unread_;
    vector<given_value> given_{arena_};
    vector<refusal> refusals_{arena_};
    description described_{};
    symbol next_symbol_ = first_given_value;
    std::uint64_t clock_ = 0;
};

}  // namespace

std::span<impact const> find_impact(model::arena& arena, model::database const& database, model::relation const& parent,
                                    std::span<row_place const> selected, row_event event, row_source& source) {
    return simulation(arena, database, source).run(parent, selected, event);
}

}  // namespace fkaudit::plan
