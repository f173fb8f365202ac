#include "src/audit/rules/families.hpp"

namespace fkaudit::audit::rules {

extern rule const cascade_unindexed;
constinit rule const cascade_unindexed{
    .name = "cascade-unindexed",
    .grade = severity::warning,
    .title = "a cascade without an index",
    .explanation =
        "The action searches the child for each parent row that goes, without an index: deleting a thousand "
        "parents reads the child a thousand times. See \"Constraints\" (ddl-constraints, Foreign Keys).",
    .judge = [](rule const& self, audit_run& run) { report_risks(self, run, risk::cascade_unindexed); },
};

}  // namespace fkaudit::audit::rules
