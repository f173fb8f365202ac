#include "src/audit/rules/families.hpp"

namespace fkaudit::audit::rules {

extern rule const multiple_cascade_paths;
constinit rule const multiple_cascade_paths{
    .name = "multiple-cascade-paths",
    .grade = severity::warning,
    .title = "two ways from one parent with different outcomes",
    .explanation =
        "One delete reaches the same rows twice, and one way deletes them while another sets them to NULL or "
        "refuses: which outcome wins depends on the order of events. See \"Constraints\" (ddl-constraints, "
        "Foreign Keys).",
    .judge = [](rule const& self, audit_run& run) { report_risks(self, run, risk::multiple_cascade_paths); },
};

}  // namespace fkaudit::audit::rules
