#include "src/audit/rules/families.hpp"

#include <algorithm>

namespace fkaudit::audit::rules {

namespace {

model::index const* primary_key(model::relation const& table) {
    auto const found = std::find_if(table.indexes.begin(), table.indexes.end(),
                                    [](model::index const& index) { return index.is_primary; });
    return found == table.indexes.end() ? nullptr : &*found;
}

bool has_columns(model::index const& index, model::constraint const& key) {
    return index.keys.size() == key.parent_columns.size() &&
           std::all_of(index.keys.begin(), index.keys.end(), [&](model::index_key const& one) {
               return std::find(key.parent_columns.begin(), key.parent_columns.end(), one.column) !=
                      key.parent_columns.end();
           });
}

void judge(rule const& self, audit_run& run) {
    for (auto const* const key : run.facts.keys) {
        auto const* const primary = primary_key(*key->parent);
        if (key->is_temporal || (primary != nullptr && has_columns(*primary, *key))) continue;
        run.report(self, severity::info, *key,
                   run.arena.concat("refers to ", key->parent->qualified, " (",
                                    model::column_list(run.arena, *key->parent, key->parent_columns), "), ",
                                    primary == nullptr ? "which has no primary key" : "not to its primary key"));
    }
}

}  // namespace

extern rule const references_non_primary_key;
constinit rule const references_non_primary_key{
    .name = "references-non-primary-key",
    .grade = severity::info,
    .title = "a key that refers to other columns than the primary key",
    .explanation =
        "The key refers to a unique constraint of the parent that is not its primary key. That is sound, but "
        "those columns are more likely to change, and tools that follow primary keys do not see the relation."
        " See \"Constraints\" (ddl-constraints, Foreign Keys).",
    .judge = judge,
};

}  // namespace fkaudit::audit::rules
