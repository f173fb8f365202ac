#include "src/audit/rules/families.hpp"

namespace fkaudit::audit::rules {

extern rule const self_reference_no_action;
constinit rule const self_reference_no_action{
    .name = "self-reference-no-action",
    .grade = severity::warning,
    .title = "a table whose rows hold each other",
    .explanation =
        "Rows of a tree can only be deleted from the leaves up, or all in one statement. See \"Constraints\" "
        "(ddl-constraints, Foreign Keys).",
    .judge = [](rule const& self, audit_run& run) { report_risks(self, run, risk::self_reference_no_action); },
};

}  // namespace fkaudit::audit::rules
