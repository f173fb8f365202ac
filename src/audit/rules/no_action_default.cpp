#include "src/audit/rules/families.hpp"

namespace fkaudit::audit::rules {

extern rule const no_action_default;
constinit rule const no_action_default{
    .name = "no-action-default",
    .grade = severity::warning,
    .title = "NO ACTION that nobody may have chosen",
    .explanation =
        "Both actions were left at NO ACTION, and the parent sees deletes or key changes: each of them fails "
        "with 23503 as soon as a row refers to it. Say what is meant: RESTRICT, CASCADE or SET NULL. See "
        "\"Constraints\" (ddl-constraints, Foreign Keys).",
    .judge = [](rule const& self, audit_run& run) { report_risks(self, run, risk::no_action_default); },
};

}  // namespace fkaudit::audit::rules
