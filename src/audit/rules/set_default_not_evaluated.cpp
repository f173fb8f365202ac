#include "src/audit/rules/families.hpp"

namespace fkaudit::audit::rules {

extern rule const set_default_not_evaluated;
constinit rule const set_default_not_evaluated{
    .name = "set-default-not-evaluated",
    .grade = severity::info,
    .title = "SET DEFAULT to a value that is not known",
    .explanation =
        "The default is an expression that would run somebody's code, or it could not be looked up: nobody "
        "knows whether its parent exists. See \"CREATE TABLE\" (SET DEFAULT).",
    .judge = [](rule const& self, audit_run& run) { report_risks(self, run, risk::set_default_not_evaluated); },
};

}  // namespace fkaudit::audit::rules
