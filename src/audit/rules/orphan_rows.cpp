#include "src/audit/rules/families.hpp"

namespace fkaudit::audit::rules {

namespace {

void judge(rule const& self, audit_run& run) {
    each_examined(run, [&](model::constraint const& key, data_finding const& data) {
        auto const orphans = data.orphan_rows - data.mixed_null_rows;
        if (orphans == 0) return;
        auto& arena = run.arena;
        auto const keys = data.missing_keys
                              ? arena.concat(" by ", count(arena, *data.missing_keys, "missing key", "missing keys"))
                              : std::string_view();
        run.report(self, severity::error, key,
                   arena.concat(count(arena, orphans, "row", "rows"), of_all(arena, data.rows_checked),
                                orphans == 1 ? " refers" : " refer", " to no row of ", key.parent->qualified, keys,
                                ", such as ", data.example),
                   {}, {}, orphans);
    });
}

}  // namespace

extern rule const orphan_rows;
constinit rule const orphan_rows{
    .name = "orphan-rows",
    .grade = severity::error,
    .needs_data = true,
    .title = "rows without their parent",
    .explanation =
        "Rows refer to parents that do not exist, although the key promises that they do. Joins lose them, "
        "reports disagree, a restore of a dump fails, and PostgreSQL itself never notices: VALIDATE "
        "CONSTRAINT looks at nothing where the key is marked valid already. They come from disabled triggers,"
        " session_replication_role, edited catalogs, triggers or rules that swallow a cascade, and from "
        "replication of one table alone. See \"Constraints\" (ddl-constraints) and the page of ALTER TABLE "
        "(DISABLE TRIGGER).",
    .judge = judge,
};

}  // namespace fkaudit::audit::rules
