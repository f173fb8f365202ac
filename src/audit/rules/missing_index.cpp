#include "src/audit/rules/families.hpp"

namespace fkaudit::audit::rules {

extern rule const missing_index;
constinit rule const missing_index{
    .name = "missing-index",
    .grade = severity::warning,
    .title = "no index for the child's side",
    .explanation =
        "PostgreSQL makes no index for the referencing columns. Each delete of a parent row, and each change "
        "of its key, then reads the whole child while it holds its locks: fast in a test, minutes in "
        "production, and a queue of waiting sessions behind it. See \"Constraints\" (ddl-constraints, Foreign "
        "Keys).",
    .judge = [](rule const& self, audit_run& run) { report_gaps(self, run, index_verdict::missing); },
};

}  // namespace fkaudit::audit::rules
