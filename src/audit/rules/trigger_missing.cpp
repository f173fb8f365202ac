#include "src/audit/rules/families.hpp"

namespace fkaudit::audit::rules {

namespace {

void judge(rule const& self, audit_run& run) {
    for (std::size_t number = 0; number < run.facts.keys.size(); ++number) {
        auto const& key = *run.facts.keys[number];
        auto const& judged = run.facts.enforcement[number];
        if (judged.has_missing_triggers)
            run.report(self, severity::error, key, judged.detail,
                       plan::change_actions(run.arena, key, plan::actions_of(key), run.facts.partitioned_not_valid));
    }
}

}  // namespace

extern rule const trigger_missing;
constinit rule const trigger_missing{
    .name = "trigger-missing",
    .grade = severity::error,
    .title = "internal triggers are missing",
    .explanation =
        "Some of the internal triggers that check this key do not exist: deleted from pg_trigger, or "
        "forgotten by PostgreSQL itself when a partition was detached and attached (before 15.9, 16.5 and "
        "17.1; self-references before 15.13, 16.9 and 17.5), or they exist and never fire, because the "
        "catalog says that their table has none (pg_class.relhastriggers). Nothing checks these writes. Dropping the key "
        "and adding it again makes the triggers anew, and finds the orphans. (Who deleted rows of pg_trigger "
        "by hand left others in pg_depend, which must go before the key can be dropped.) See the release "
        "notes of those versions.",
    .judge = judge,
};

}  // namespace fkaudit::audit::rules
