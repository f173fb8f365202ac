#include "src/audit/rules/families.hpp"

#include <algorithm>

namespace fkaudit::audit::rules {

namespace {

/// A key of the heir's own with the same columns, by name, and the same parent.
bool has_same_key(audit_run const& run, model::relation const& heir, model::constraint const& key) {
    auto const& keys = run.facts.database.constraints;
    return std::any_of(keys.begin(), keys.end(), [&](model::constraint const& other) {
        if (other.child != &heir || other.parent != key.parent ||
            other.child_columns.size() != key.child_columns.size())
            return false;
        for (std::size_t position = 0; position < key.child_columns.size(); ++position) {
            auto const same =
                std::find(other.parent_columns.begin(), other.parent_columns.end(), key.parent_columns[position]);
            if (same == other.parent_columns.end()) return false;
            auto const at = static_cast<std::size_t>(same - other.parent_columns.begin());
            if (other.child_column(at).name != key.child_column(position).name) return false;
        }
        return true;
    });
}

void judge(rule const& self, audit_run& run) {
    for (auto const* const key : run.facts.keys) {
        if (key->child->is_partitioned()) continue;
        for (auto const id : key->child->children) {
            auto const* const heir = run.facts.database.find_relation(id);
            if (heir == nullptr || has_same_key(run, *heir, *key)) continue;
            auto& arena = run.arena;
            run.report(self, severity::warning, *key,
                       arena.concat(heir->qualified, " inherits from ", key->child->qualified,
                                    ", but not this foreign key: its rows are not checked"),
                       arena.concat("ALTER TABLE ", heir->qualified, " ADD ", model::define(arena, *key), ";"),
                       heir->qualified);
        }
    }
}

}  // namespace

extern rule const uncovered_inheritance_child;
constinit rule const uncovered_inheritance_child{
    .name = "uncovered-inheritance-child",
    .grade = severity::warning,
    .title = "an inheritance child lacks its parent table's foreign key",
    .explanation =
        "Foreign keys are not inherited: rows of a table that INHERITS from this one are part of what a query"
        " of it shows, and nothing checks their references. Add the key to the child as well. See "
        "\"Inheritance\" (ddl-inherit, Caveats).",
    .judge = judge,
};

}  // namespace fkaudit::audit::rules
