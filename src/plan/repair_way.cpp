#include "src/plan/repair_way.hpp"

#include <algorithm>

#include "src/model/error.hpp"

namespace fkaudit::plan {

namespace {

using text = std::string_view;

bool takes_null(model::database const& database, model::column const& column) {
    auto const* const type = database.find_type(column.type);
    return !column.not_null && (type == nullptr || !type->not_null);
}

/// Whether a row gets a value by itself where none is given.
bool fills_itself(model::database const& database, model::column const& column) {
    auto const* const type = database.find_type(column.type);
    return column.has_default || column.identity != '\0' || column.generated != '\0' ||
           (type != nullptr && type->has_default);
}

bool has(std::span<std::int16_t const> columns, std::int16_t number) {
    return std::find(columns.begin(), columns.end(), number) != columns.end();
}

constexpr text other_ways = "Use the strategy quarantine or delete, or create parents.";

void refuse_columns(model::arena& arena, model::database const& database, model::constraint const& key,
                    repair_way way) {
    for (auto const number : repaired_columns(key, way)) {
        auto const& column = *key.child->find_column(number);
        if (column.generated != '\0')
            throw model::error{"428C9",
                               arena.concat("column \"", column.name.name, "\" can only be updated to DEFAULT"),
                               arena.concat("Column \"", column.name.name, "\" is a generated column."), other_ways};
        if (number == key.child->distribution_column)
            throw model::error{"0A000",
                               arena.concat("column \"", column.name.name, "\" of relation \"", key.child->name.name,
                                            "\" cannot be changed"),
                               "It is the column by whose values Citus spreads the rows over shards.", other_ways};
        if (way != repair_way::set_null) continue;
        if (!takes_null(database, column))
            throw model::error{"23502",
                               arena.concat("column \"", column.name.name, "\" of relation \"", key.child->name.name,
                                            "\" takes no NULL"),
                               arena.concat("SET NULL would violate its NOT NULL in every orphan of foreign key \"",
                                            key.name.name, "\"."),
                               other_ways};
    }
}

}  // namespace

std::optional<repair_way> read_strategy(model::arena& arena, text name) {
    if (name == "auto") return std::nullopt;
    if (name == "delete") return repair_way::remove;
    if (name == "quarantine") return repair_way::set_aside;
    if (name == "set null") return repair_way::set_null;
    if (name == "create parents") return repair_way::create_parents;
    throw model::error{"22023",
                       arena.concat("unrecognized repair strategy \"", name, '"'),
                       {},
                       "Use auto, delete, set null, quarantine or create parents."};
}

repair_way follow_action(model::constraint const& key) noexcept {
    if (key.on_delete == model::action::set_null) return repair_way::set_null;
    if (key.on_delete == model::action::set_default) return repair_way::set_default;
    return repair_way::set_aside;
}

std::span<std::int16_t const> repaired_columns(model::constraint const& key, repair_way way) noexcept {
    auto const own = way == repair_way::set_default ? model::action::set_default : model::action::set_null;
    bool const is_listed =
        key.on_delete == own && !key.delete_set_columns.empty() && key.match != model::match_type::full;
    return is_listed ? key.delete_set_columns : key.child_columns;
}

void refuse_way(model::arena& arena, model::database const& database, model::constraint const& key, repair_way way) {
    bool const writes_key = way == repair_way::set_null || way == repair_way::set_default;
    if (key.is_temporal && (writes_key || way == repair_way::create_parents))
        throw model::error{"0A000",
                           writes_key ? "the period of a row cannot be set to NULL to repair it"
                                      : "no parent can be made up for a period",
                           arena.concat("Foreign key \"", key.name.name, "\" has a PERIOD."),
                           "Use the strategy quarantine or delete."};
    if (writes_key) refuse_columns(arena, database, key, way);
    if (way == repair_way::create_parents) refuse_stub(arena, database, key);
}

void refuse_stub(model::arena& arena, model::database const& database, model::constraint const& key) {
    for (auto const number : key.parent_columns)
        if (auto const& column = *key.parent->find_column(number); column.generated != '\0')
            throw model::error{"428C9",
                               arena.concat("cannot insert a non-DEFAULT value into column \"", column.name.name, '"'),
                               arena.concat("Column \"", column.name.name, "\" is a generated column."),
                               "Use another strategy than create parents."};
    model::vector<text> missing(arena);
    for (auto const& column : key.parent->columns)
        if (!has(key.parent_columns, column.number) && !takes_null(database, column) && !fills_itself(database, column))
            missing.push_back(column.name.quoted);
    if (missing.empty()) return;
    throw model::error{"23502", arena.concat("rows of ", key.parent->qualified, " cannot be made of a key alone"),
                       arena.concat(missing.size() == 1 ? "This column is" : "These columns are", " NOT NULL and ",
                                    missing.size() == 1 ? "has" : "have",
                                    " no default: ", arena.join(missing, ", ", [](text one) { return one; }), "."),
                       "Insert the parents yourself, or use another strategy."};
}

}  // namespace fkaudit::plan
