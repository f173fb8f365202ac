#include "src/audit/rules/families.hpp"

namespace fkaudit::audit::rules {

namespace {

void judge(rule const& self, audit_run& run) {
    each_examined(run, [&](model::constraint const& key, data_finding const& data) {
        if (data.mixed_null_rows == 0) return;
        run.report(self, severity::error, key,
                   run.arena.concat(count(run.arena, data.mixed_null_rows, "row has", "rows have"),
                                    " a key that is partly NULL, which MATCH FULL forbids"),
                   {}, {}, data.mixed_null_rows);
    });
}

}  // namespace

extern rule const mixed_null_key;
constinit rule const mixed_null_key{
    .name = "mixed-null-key",
    .grade = severity::error,
    .needs_data = true,
    .title = "MATCH FULL keys that are partly NULL",
    .explanation =
        "MATCH FULL allows a key whose columns are all NULL or all not NULL. These rows are in between: no "
        "write could have made them while the key was enforced, and no parent is checked for them. See "
        "\"CREATE TABLE\" (MATCH FULL).",
    .judge = judge,
};

}  // namespace fkaudit::audit::rules
