#include "src/audit/enforcement.hpp"
#include "src/catalog/loader.hpp"
#include "src/catalog/queries.hpp"
#include "src/catalog/surroundings.hpp"
#include "src/check/key_lookup.hpp"
#include "src/diagnose/diagnosis.hpp"
#include "src/entry/diagnosed_keys.hpp"
#include "src/entry/entry.hpp"
#include "src/model/json.hpp"
#include "src/pg/compat.hpp"
#include "src/pg/encoding.hpp"
#include "src/pg/result_set.hpp"

namespace fkaudit::entry {

namespace {

using diagnose::event;
using diagnose::shown_key;
using diagnose::side;
using diagnose::violation;
using text = std::string_view;

/// One row of the result.
struct diagnosed {
    diagnosed_key const* told = nullptr;
    violation found{};
    check::key_lookup lookup{};
    std::size_t order = 0;  ///< of the key among the database's
    pg::spi::jsonb key{};
    text explanation{};
    text fix{};
    text constraint_name{};
};

diagnose::value_shape shape_of(model::oid type) {
    switch (type) {
        case INT2OID:
        case INT4OID:
        case INT8OID:
        case OIDOID: return diagnose::value_shape::integer;
        case FLOAT4OID:
        case FLOAT8OID:
        case NUMERICOID: return diagnose::value_shape::number;
        case BOOLOID: return diagnose::value_shape::boolean;
        case UUIDOID: return diagnose::value_shape::uuid;
        default: return diagnose::value_shape::any;
    }
}

side side_of(event what) {
    switch (what) {
        case event::child_write: return side::child;
        case event::unknown: return side::unknown;
        default: return side::parent;
    }
}

class diagnosis {
public:
    diagnosis(pg::call& current, catalog::declared_keys const& keys)
        : current_(current),
          arena_(current.arena()),
          keys_(keys),
          rows_(arena_) {}

    std::span<diagnosed> run(text source) {
        auto const told = find_diagnosed(current_, keys_, pg::to_utf8(arena_, source));
        database_ = load_keys(told);
        for (auto const& one : told) add(one);
        std::stable_sort(rows_.begin(), rows_.end(), [](auto const& a, auto const& b) { return a.order < b.order; });
        look_up();
        auto const conditions = arena_.array<diagnosed>(rows_.size());
        std::copy(rows_.begin(), rows_.end(), conditions.begin());
        for (auto& row : conditions)
            if (row.found.key != nullptr) conclude(row);
        return conditions;
    }

private:
    /// One table's keys, or all of them.
    model::database load_keys(std::span<diagnosed_key const> told) {
        std::optional<model::oid> child;
        for (auto const& one : told) {
            if (one.key == nullptr) continue;
            if (child && *child != one.key->child) return catalog::load(current_, {});
            child = one.key->child;
        }
        return child ? catalog::load(current_, {.child = child}) : model::database();
    }

    void add(diagnosed_key const& told) {
        diagnosed row;
        row.told = &told;
        row.order = database_.constraints.size();
        for (std::size_t number = 0; told.key != nullptr && number < database_.constraints.size(); ++number)
            if (database_.constraints[number].id == told.key->id) row.order = number;
        row.constraint_name = pg::from_utf8(arena_, told.named_constraint);
        row.found.what = told.told.what;
        row.found.where = side_of(told.told.what);
        if (row.order == database_.constraints.size()) {
            describe_unknown(row);
        } else {
            row.found.key = &database_.constraints[row.order];
            row.constraint_name = row.found.key->name.name;
            describe(row);
        }
        bool const is_new = std::none_of(rows_.begin(), rows_.end(), [&](diagnosed const& other) {
            return other.found.key == row.found.key && other.constraint_name == row.constraint_name &&
                   other.found.what == row.found.what && other.found.shown.raw == row.found.shown.raw &&
                   other.found.shown.how == row.found.shown.how && other.told->named_table == told.named_table;
        });
        if (is_new) rows_.push_back(row);
    }

    std::span<diagnose::key_column const> columns(model::constraint const& key, side where) {
        auto const columns = arena_.array<diagnose::key_column>(key.child_columns.size());
        for (std::size_t position = 0; position < columns.size(); ++position) {
            auto const& one = where == side::parent ? key.parent_column(position) : key.child_column(position);
            columns[position] = {pg::to_utf8(arena_, one.name.name), shape_of(database_.base_type(one.type))};
        }
        return columns;
    }

    void describe(diagnosed& row) {
        auto& found = row.found;
        auto const& told = *row.told;
        found.named_constraint = told.named_constraint;
        found.named_table = pg::from_utf8(arena_, told.named_table);
        found.others = told.others;
        found.is_on_shard = told.is_on_shard;
        if (found.where == side::unknown) found.where = side_by_columns(told.told.rest, *found.key);
        // Of a partition's removal, the server shows the children's rows.
        found.key_of = found.what == event::detach ? side::child : found.where;
        found.shown = diagnose::read_key(arena_, told.told.rest, columns(*found.key, found.key_of));
        found.is_mixed_null = found.where == side::child && found.key->match == model::match_type::full &&
                              found.shown.how != shown_key::state::whole && names_match_full(told.told.rest);
        found.shown.raw = pg::from_utf8(arena_, found.shown.raw);
        auto const values = arena_.array<text>(found.shown.values.size());
        for (std::size_t position = 0; position < values.size(); ++position)
            values[position] = pg::from_utf8(arena_, found.shown.values[position]);
        found.shown.values = values;
        found.enforcement = audit::judge_enforcement(arena_, database_, *found.key);
    }

    /// The Japanese message has it misspelt.
    static bool names_match_full(text rest) {
        return rest.find("MATCH FULL") != text::npos || rest.find("MACTH FULL") != text::npos;
    }

    side side_by_columns(text rest, model::constraint const& key) {
        auto const has = [&](side where) {
            return diagnose::read_key(arena_, rest, columns(key, where)).how == shown_key::state::whole;
        };
        bool const childs = has(side::child), parents = has(side::parent);
        return childs == parents ? side::unknown : childs ? side::child : side::parent;
    }

    void look_up() {
        model::vector<check::key_lookup> lookups(arena_);
        model::vector<std::size_t> numbers(arena_);
        for (std::size_t number = 0; number < rows_.size(); ++number) {
            auto const& found = rows_[number].found;
            if (found.key == nullptr || found.where == side::unknown || found.shown.how != shown_key::state::whole)
                continue;
            lookups.push_back(
                {.key = found.key, .is_parents = found.key_of == side::parent, .values = found.shown.values});
            numbers.push_back(number);
        }
        check::look_up(current_, {lookups.data(), lookups.size()});
        for (std::size_t number = 0; number < numbers.size(); ++number) {
            auto& row = rows_[numbers[number]];
            row.lookup = lookups[number];
            row.key = row.lookup.found_key;
            row.found.parent_exists = row.lookup.parent_exists;
            row.found.child_rows = row.lookup.child_rows;
            row.found.wrong_value = row.lookup.wrong_value;
            row.found.alike = pg::spi::print(arena_, row.lookup.alike);
            if (row.lookup.why_not != check::reason::none)
                row.found.why_not = arena_.concat(to_text(row.lookup.why_not), ": ", row.lookup.detail);
        }
    }

    /// The values as texts: of a key that was not looked up.
    pg::spi::jsonb write_key(std::span<text const> names, std::span<text const> values) {
        text items;
        for (std::size_t position = 0; position < names.size(); ++position)
            items = arena_.concat(items, items.empty() ? "" : ", ", model::json_string(arena_, names[position]), ": ",
                                  model::json_string(arena_, values[position]));
        return pg::spi::parse_json(arena_, arena_.concat("{", items, "}"));
    }

    void conclude(diagnosed& row) {
        auto& found = row.found;
        if (row.key.value == 0 && !found.shown.values.empty()) {
            auto const names = arena_.array<text>(found.shown.values.size());
            for (std::size_t position = 0; position < names.size(); ++position)
                names[position] = (found.key_of == side::parent ? found.key->parent_column(position)
                                                                : found.key->child_column(position))
                                      .name.name;
            row.key = write_key(names, found.shown.values);
        }
        if (found.what == event::rewritten) found.rules = rules_of(*found.key->child);
        auto const ways = diagnose::find_ways_out(
            arena_, database_, found,
            {.partitioned_not_valid = pg::accepts_not_valid_partitioned_keys, .by_name = is_nameable(*found.key)});
        row.fix = arena_.join(ways, "\n", [](diagnose::way_out const& one) { return one.statements; });
        row.explanation = explain(arena_, found, ways);
    }

    std::span<model::instead_rule const> rules_of(model::relation const& child) {
        auto const all = catalog::load_surroundings(arena_, database_).instead_rules;
        auto const rules = arena_.array<model::instead_rule>(all.size());
        auto const end = std::copy_if(all.begin(), all.end(), rules.begin(),
                                      [&](auto const& one) { return one.relation == child.id; });
        return rules.first(static_cast<std::size_t>(end - rules.begin()));
    }

    bool is_nameable(model::constraint const& key) {
        if (!unnameable_)
            unnameable_ = pg::spi::select<pg::spi::row<model::oid>>(arena_, catalog::queries::unnameable_keys);
        return std::none_of(unnameable_->begin(), unnameable_->end(),
                            [&](auto const& one) { return std::get<0>(one) == key.id; });
    }

    /// A proper message about a key that is not there: no table can be named, but what the message says can be.
    void describe_unknown(diagnosed& row) {
        auto const& told = row.told->told;
        auto const unknown = diagnose::read_unknown_key(arena_, told.rest);
        auto const local = [&](text part) { return pg::from_utf8(arena_, part); };
        row.found.shown = unknown.key;
        auto const count = unknown.names.size();
        auto const names = arena_.array<text>(count), values = arena_.array<text>(count);
        for (std::size_t position = 0; position < count; ++position) {
            names[position] = local(unknown.names[position]);
            values[position] = local(unknown.key.values[position]);
        }
        if (count > 0) row.key = write_key(names, values);
        auto const child = told.what == event::child_write ? told.table.text() : told.child.text();
        auto const of = child.empty() ? text() : arena_.concat(" of a table \"", local(child), '"');
        row.explanation = arena_.concat(
            "There is no foreign key \"", row.constraint_name, '"', of,
            " in this database now: it was dropped or renamed, it never came to be because the message is that of its "
            "ADD CONSTRAINT, or the message comes from another database.",
            list_near(row));
    }

    /// What bears the constraint's name elsewhere, or is a key of the table.
    text list_near(diagnosed const& row) {
        auto const& told = row.told->told;
        auto const& child = told.what == event::child_write ? told.table : told.child;
        text same_name, same_table;
        auto const add = [&](text& list, catalog::declared_key const& key) {
            auto const item = arena_.concat(key.name, " of ", key.child_name);
            if (list.find(item) == text::npos) list = arena_.concat(list, list.empty() ? "" : ", ", item);
        };
        for (auto const& key : keys_.all()) {
            if (told.constraint.can_be(pg::to_utf8(arena_, key.constraint))) add(same_name, key);
            if (child.can_be(pg::to_utf8(arena_, key.table))) add(same_table, key);
        }
        auto const said = same_name.empty() ? text() : arena_.concat(" Of that name there is ", same_name, ".");
        return same_table.empty() ? said : arena_.concat(said, " That table has ", same_table, ".");
    }

    pg::call& current_;
    model::arena& arena_;
    catalog::declared_keys const& keys_;
    model::database database_{};
    model::vector<diagnosed> rows_;
    std::optional<std::span<pg::spi::row<model::oid> const>> unnameable_{};
};

void write_row(pg::row_builder& row, diagnosed const& one) {
    auto const optional = [](text value) { return value.empty() ? std::nullopt : std::optional(value); };
    auto const* const key = one.found.key;
    row << (key == nullptr ? model::no_oid : key->child->id) << optional(one.constraint_name)
        << optional(to_text(one.found.where)) << (one.key.value == 0 ? std::nullopt : std::optional(one.key))
        << (key == nullptr ? model::no_oid : key->parent->id) << one.found.parent_exists << one.found.child_rows
        << one.explanation << optional(one.fix);
}

}  // namespace

Datum diagnose_error(pg::call& current) {
    pg::result_set result(current);
    auto const source = current.text_argument(0);
    if (!source)
        throw model::error{"22004",
                           "error_text must not be null",
                           {},
                           "Paste an error: SELECT * FROM fk_diagnose($$ERROR:  insert or update on table …$$)."};
    catalog::declared_keys const keys(current);
    result.add_each(diagnosis(current, keys).run(*source), write_row);
    return result.finish();
}

}  // namespace fkaudit::entry
