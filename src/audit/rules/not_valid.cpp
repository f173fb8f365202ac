#include "src/audit/rules/families.hpp"

namespace fkaudit::audit::rules {

namespace {

void judge(rule const& self, audit_run& run) {
    for (auto const* const key : run.facts.keys)
        if (key->is_enforced && !key->is_validated)
            run.report(self, severity::warning, *key, "NOT VALID: rows written before it were never checked",
                       run.arena.concat("ALTER TABLE ", key->child->qualified, " VALIDATE CONSTRAINT ",
                                        key->name.quoted, ";"));
}

}  // namespace

extern rule const not_valid;
constinit rule const not_valid{
    .name = "not-valid",
    .grade = severity::warning,
    .title = "NOT VALID: old rows were never checked",
    .explanation =
        "New writes are checked, rows from before the key never were. They can be orphans, the planner does "
        "not trust the key, and every dump and restore carries the mark along. VALIDATE CONSTRAINT checks "
        "them without blocking writes for long. See \"ALTER TABLE\" (VALIDATE CONSTRAINT).",
    .judge = judge,
};

}  // namespace fkaudit::audit::rules
