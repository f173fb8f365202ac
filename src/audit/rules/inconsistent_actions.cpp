#include "src/audit/rules/families.hpp"

namespace fkaudit::audit::rules {

extern rule const inconsistent_actions;
constinit rule const inconsistent_actions{
    .name = "inconsistent-actions",
    .grade = severity::warning,
    .title = "keys to one parent that disagree",
    .explanation =
        "Some keys let a parent go and others hold it back, so that a delete works or fails by what happens "
        "to be stored. See that both are meant. See \"Constraints\" (ddl-constraints, Foreign Keys).",
    .judge = [](rule const& self, audit_run& run) { report_risks(self, run, risk::inconsistent_actions); },
};

}  // namespace fkaudit::audit::rules
