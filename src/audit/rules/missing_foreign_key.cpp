#include "src/audit/rules/families.hpp"

namespace fkaudit::audit::rules {

namespace {

void judge(rule const& self, audit_run& run) {
    auto& arena = run.arena;
    for (auto const& one : run.facts.candidates) {
        auto const& what = one.what;
        auto const columns = model::column_list(arena, *what.child, what.child_columns);
        auto const parent = arena.concat(what.parent->qualified, " (",
                                         model::column_list(arena, *what.parent, what.parent_columns), ')');
        run.report(self, severity::info, what.child,
                   arena.concat('(', columns, ") looks like a foreign key to ", parent,
                                ", but none is declared: ", one.reason, " (confidence ", one.confidence, ')'),
                   one.ddl, arena.concat(columns, " to ", parent));
    }
}

}  // namespace

extern rule const missing_foreign_key;
constinit rule const missing_foreign_key{
    .name = "missing-foreign-key",
    .grade = severity::info,
    .is_enabled = false,
    .title = "columns that look like a foreign key, but are none",
    .explanation =
        "Names, types and a unique key of the parent, and the rows where they are examined, suggest a reference that "
        "nobody declared: nothing keeps orphans out, and the planner and every tool miss the relation. Only a person "
        "knows whether it is one, so the rule is off by default. See fk_candidates(), and \"Constraints\" "
        "(ddl-constraints, Foreign Keys).",
    .judge = judge,
};

}  // namespace fkaudit::audit::rules
