#include "src/audit/type_difference.hpp"
#include "src/catalog/alterable_columns.hpp"
#include "src/catalog/loader.hpp"
#include "src/catalog/scope.hpp"
#include "src/entry/asked_keys.hpp"
#include "src/entry/entry.hpp"
#include "src/pg/result_set.hpp"

namespace fkaudit::entry {

namespace {

using audit::type_difference;
using catalog::alterable_column;

std::span<alterable_column const> find_altered(model::arena& arena, std::span<type_difference const> differences) {
    model::vector<catalog::column_reference> columns(arena);
    for (auto const& one : differences)
        if (one.altered != nullptr) columns.push_back({one.altered->id, one.column->number});
    return catalog::find_alterable_columns(arena, {columns.data(), columns.size()});
}

/// What a row shows beyond the difference itself.
struct remedy {
    type_difference const* of = nullptr;
    std::string_view detail{};
    std::string_view ddl{};
};

remedy make_remedy(model::arena& arena, type_difference const& one, std::span<alterable_column const> altered) {
    auto const joined = [&](auto const&... part) { return arena.concat(one.detail, "; ", part...); };
    if (one.altered == nullptr) return {&one, one.remedy.empty() ? one.detail : joined(one.remedy), {}};
    auto const wanted = std::pair(one.altered->id, one.column->number);
    auto const of = [](alterable_column const& place) { return std::pair(place.column.relation, place.column.number); };
    auto const place = std::lower_bound(altered.begin(), altered.end(), wanted,
                                        [&](alterable_column const& each, auto key) { return of(each) < key; });
    if (place == altered.end() || of(*place) != wanted) return {&one, joined(one.remedy), {}};
    if (!place->obstacle.empty())
        return {&one, joined(one.remedy, "; the server refuses that because of ", place->obstacle), {}};
    auto const where = place->table == one.altered->qualified
                           ? std::string_view()
                           : arena.concat(", by a change of ", place->table, ", from which it has the column");
    return {&one, joined(one.remedy, where),
            arena.concat("ALTER TABLE ", place->table, " ALTER COLUMN ", one.column->name.quoted, " TYPE ",
                         one.new_type, ";")};
}

}  // namespace

Datum type_mismatches(pg::call& current) {
    pg::result_set result(current);
    auto& arena = current.arena();
    auto const scope = catalog::load_scope(current, 0);
    bool const is_whole = !current.oid_argument(0) && !current.name_argument(1);
    // Whoever widens a parent has to look at all of its keys.
    auto const database = is_whole ? scope : catalog::load(current, {});

    asked_keys const asked(arena, scope);
    model::vector<model::constraint const*> keys(arena);
    for (auto const& key : database.constraints)
        if (asked.contains(key.id)) keys.push_back(&key);
    model::vector<type_difference> differences(arena);
    audit::find_type_differences(arena, database, {keys.data(), keys.size()}, differences);

    auto const altered = find_altered(arena, {differences.data(), differences.size()});
    model::vector<remedy> rows(arena);
    for (auto const& one : differences) rows.push_back(make_remedy(arena, one, altered));

    auto const optional = [](std::string_view value) { return value.empty() ? std::nullopt : std::optional(value); };
    result.add_each(rows, [&](pg::row_builder& row, remedy const& shown) {
        auto const& one = *shown.of;
        auto const& key = *one.key;
        auto const& child = key.child_column(one.position);
        auto const& parent = key.parent_column(one.position);
        row << key.child->id << child.name << child.type_display << key.parent->id << parent.name << parent.type_display
            << to_text(one.kind) << to_text(one.grade) << shown.detail << key.name << optional(shown.ddl);
    });
    return result.finish();
}

}  // namespace fkaudit::entry
