#include "src/audit/rules/families.hpp"

namespace fkaudit::audit::rules {

extern rule const set_default_no_parent;
constinit rule const set_default_no_parent{
    .name = "set-default-no-parent",
    .grade = severity::error,
    .title = "SET DEFAULT to a key that no parent has",
    .explanation =
        "The default is a key without a parent, so that the action always fails with 23503. See \"CREATE "
        "TABLE\" (SET DEFAULT).",
    .judge = [](rule const& self, audit_run& run) { report_risks(self, run, risk::set_default_no_parent); },
};

}  // namespace fkaudit::audit::rules
