#include "src/audit/rules/families.hpp"

namespace fkaudit::audit::rules {

extern rule const set_null_not_null;
constinit rule const set_null_not_null{
    .name = "set-null-not-null",
    .grade = severity::error,
    .title = "SET NULL on a column that must not be NULL",
    .explanation =
        "The action writes NULL where NULL is refused, so that the parent's delete or key change fails with "
        "23502 or 23514, which no test without such a row shows. See \"CREATE TABLE\" (ON DELETE SET NULL).",
    .judge = [](rule const& self, audit_run& run) { report_risks(self, run, risk::set_null_not_null); },
};

}  // namespace fkaudit::audit::rules
