#include "src/audit/rules/families.hpp"

namespace fkaudit::audit::rules {

extern rule const set_null_shared_column;
constinit rule const set_null_shared_column{
    .name = "set-null-shared-column",
    .grade = severity::error,
    .title = "SET NULL on a column that another key needs",
    .explanation =
        "The action also empties a column of another key, which then checks nothing or, under MATCH FULL, "
        "refuses. In schemas with a tenant column it takes rows out of their tenant. See \"CREATE TABLE\" (ON "
        "DELETE SET NULL with a column list).",
    .judge = [](rule const& self, audit_run& run) { report_risks(self, run, risk::set_null_shared_column); },
};

}  // namespace fkaudit::audit::rules
