#include "src/audit/rules/families.hpp"

namespace fkaudit::audit::rules {

extern rule const cascade_blocked;
constinit rule const cascade_blocked{
    .name = "cascade-blocked",
    .grade = severity::warning,
    .title = "a cascade ends at a key that refuses it",
    .explanation =
        "The action leads to rows that another key holds back: the whole delete fails, with an error about a "
        "table that the statement never named. See \"Constraints\" (ddl-constraints, Foreign Keys).",
    .judge = [](rule const& self, audit_run& run) { report_risks(self, run, risk::cascade_blocked); },
};

}  // namespace fkaudit::audit::rules
