#include "src/audit/enforcement.hpp"
#include "src/catalog/scope.hpp"
#include "src/entry/entry.hpp"
#include "src/pg/result_set.hpp"

namespace fkaudit::entry {

Datum constraints(pg::call& current) {
    pg::result_set result(current);
    auto const database = catalog::load_scope(current, 0, {.shards = true});
    auto& arena = current.arena();

    struct judged {
        model::constraint const* key;
        model::enforcement enforcement;
        std::span<model::identifier const> child_columns, parent_columns, delete_columns;
    };
    auto const rows = arena.array<judged>(database.constraints.size());
    for (std::size_t number = 0; number < rows.size(); ++number) {
        auto const& key = database.constraints[number];
        rows[number] = {&key, audit::judge_enforcement(arena, database, key),
                        column_names(arena, *key.child, key.child_columns),
                        column_names(arena, *key.parent, key.parent_columns),
                        column_names(arena, *key.child, key.delete_set_columns)};
    }

    auto const optional = [](auto const& value) { return value.empty() ? std::nullopt : std::optional(value); };
    result.add_each(rows, [&](pg::row_builder& row, judged const& one) {
        auto const& key = *one.key;
        row << key.child->id << key.name << key.definition << to_text(one.enforcement.state)
            << optional(one.enforcement.detail) << one.child_columns << key.parent->id << one.parent_columns
            << to_text(key.match) << to_text(key.on_delete) << optional(one.delete_columns) << to_text(key.on_update)
            << key.is_deferrable << key.initially_deferred << key.is_validated << key.is_enforced << key.is_temporal
            << key.id;
    });
    return result.finish();
}

}  // namespace fkaudit::entry
