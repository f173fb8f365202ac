#include "src/catalog/scope.hpp"
#include "src/entry/entry.hpp"
#include "src/entry/index_gaps.hpp"
#include "src/pg/result_set.hpp"

namespace fkaudit::entry {

Datum missing_indexes(pg::call& current) {
    auto const include_covered = current.boolean_argument(2);
    if (!include_covered)
        throw model::error{"22004", "include_covered must not be null", {}, "Pass true or false, or leave it out."};
    pg::result_set result(current);
    auto const database = catalog::load_scope(current, 0, {.statistics = true, .shards = true});
    auto& arena = current.arena();
    auto const keys = arena.array<model::constraint const*>(database.constraints.size());
    for (std::size_t number = 0; number < keys.size(); ++number) keys[number] = &database.constraints[number];

    struct shown_gap {
        audit::index_gap const* gap;
        std::span<model::identifier const> child_columns;
    };
    auto const gaps = find_index_gaps(current, database, keys, *include_covered);
    auto const rows = arena.array<shown_gap>(gaps.size());
    for (std::size_t number = 0; number < rows.size(); ++number) {
        auto const& key = *gaps[number].key;
        rows[number] = {&gaps[number], model::column_names(arena, *key.child, key.child_columns)};
    }

    auto const optional = [](std::string_view value) { return value.empty() ? std::nullopt : std::optional(value); };
    result.add_each(rows, [&](pg::row_builder& row, shown_gap const& shown) {
        auto const& one = *shown.gap;
        auto const& child = *one.key->child;
        bool const is_measured = child.rows >= 0;
        row << child.id << shown.child_columns << to_text(one.coverage.verdict) << to_text(one.urgency.priority)
            << (one.coverage.nearest != nullptr ? one.coverage.nearest->id : model::no_oid) << optional(one.reason)
            << one.key->name << one.key->parent->id << (is_measured ? std::optional(child.rows) : std::nullopt)
            << (is_measured ? std::optional(child.bytes) : std::nullopt) << one.key->parent->deletes
            << one.key->parent->updates << optional(one.ddl) << one.key->id;
    });
    return result.finish();
}

}  // namespace fkaudit::entry
