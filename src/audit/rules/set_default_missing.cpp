#include "src/audit/rules/families.hpp"

namespace fkaudit::audit::rules {

extern rule const set_default_missing;
constinit rule const set_default_missing{
    .name = "set-default-missing",
    .grade = severity::error,
    .title = "SET DEFAULT without a default",
    .explanation =
        "The column has no default, or one that is no stored value: the action sets NULL in disguise, or "
        "fails. See \"CREATE TABLE\" (SET DEFAULT).",
    .judge = [](rule const& self, audit_run& run) { report_risks(self, run, risk::set_default_missing); },
};

}  // namespace fkaudit::audit::rules
