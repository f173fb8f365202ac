#include "src/plan/references.hpp"

#include "src/catalog/scope.hpp"
#include "src/entry/entry.hpp"
#include "src/pg/result_set.hpp"

namespace fkaudit::entry {

namespace {

template <class T>
T required(std::optional<T> const& argument, std::string_view message, std::string_view hint) {
    if (!argument) throw model::error{"22004", message, {}, hint};
    return *argument;
}

}  // namespace

Datum references(pg::call& current) {
    pg::result_set result(current);
    auto& arena = current.arena();
    auto const parent = required(current.oid_argument(0), "the parent table must not be null",
                                 "Name a table: SELECT * FROM fk_references('a_table').");
    auto const recursive =
        required(current.boolean_argument(1), "recursive must not be null",
                 "Write true to follow the tables that reference others, false for the parent alone.");
    auto const name = catalog::require_table(current, parent);
    auto const database = catalog::load(current, {});
    auto const found = plan::find_references(arena, database, parent, recursive);
    if (found.empty())
        pg::guarded([&] {
            ereport(NOTICE,
                    (errmsg("no foreign key references table \"%.*s\"", static_cast<int>(name.size()), name.data())));
        });
    result.add_each(found, [&](pg::row_builder& row, plan::reference const& one) {
        auto const& key = *one.key;
        row << one.depth << key.child->id << key.name << column_names(arena, *key.child, key.child_columns)
            << key.parent->id << to_text(key.on_delete) << to_text(key.on_update) << one.path;
    });
    return result.finish();
}

}  // namespace fkaudit::entry
