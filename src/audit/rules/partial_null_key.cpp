#include "src/audit/rules/families.hpp"

namespace fkaudit::audit::rules {

namespace {

void judge(rule const& self, audit_run& run) {
    each_examined(run, [&](model::constraint const& key, data_finding const& data) {
        if (data.partial_null_rows == 0) return;
        run.report(self, severity::info, key,
                   run.arena.concat(count(run.arena, data.partial_null_rows, "row", "rows"),
                                    of_all(run.arena, data.rows_checked), data.partial_null_rows == 1 ? " is" : " are",
                                    " not checked, because a column of the key is NULL"),
                   {}, {}, data.partial_null_rows);
    });
}

}  // namespace

extern rule const partial_null_key;
constinit rule const partial_null_key{
    .name = "partial-null-key",
    .grade = severity::info,
    .needs_data = true,
    .title = "keys that pass because they are partly NULL",
    .explanation =
        "MATCH SIMPLE checks nothing where one column of the key is NULL: the other columns may hold "
        "anything. That is often meant (an optional reference within a tenant), and sometimes the trace of a "
        "half finished update. MATCH FULL would refuse such rows. See \"Constraints\" (ddl-constraints).",
    .judge = judge,
};

}  // namespace fkaudit::audit::rules
