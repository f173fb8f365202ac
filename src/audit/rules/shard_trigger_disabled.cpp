#include "src/audit/rules/families.hpp"
#include "src/audit/shard_defects.hpp"
#include "src/plan/cluster_rules.hpp"

namespace fkaudit::audit::rules {

namespace {

void judge(rule const& self, audit_run& run) {
    for (auto const* const key : run.facts.keys) {
        auto const defects = find_shard_defects(run.arena, run.facts.database, *key);
        std::string_view message, remedy;
        for (auto const fault : {shard_fault::idle_check, shard_fault::idle_actor, shard_fault::no_trigger}) {
            auto const one = describe(run.arena, defects, fault);
            if (one.empty()) continue;
            message = run.arena.concat(message, message.empty() ? "" : "; ", one);
            if (fault == shard_fault::no_trigger) continue;
            auto const& table = fault == shard_fault::idle_check ? *key->child : *key->parent;
            remedy =
                run.arena.concat(remedy, remedy.empty() ? "" : "\n", plan::enable_shard_triggers(run.arena, table));
        }
        if (!message.empty()) run.report(self, severity::error, *key, message, remedy);
    }
}

}  // namespace

extern rule const shard_trigger_disabled;
constinit rule const shard_trigger_disabled{
    .name = "shard-trigger-disabled",
    .grade = severity::error,
    .title = "a shard's triggers are disabled or missing",
    .explanation =
        "Citus keeps the table in shards, and on a shard some of the key's internal triggers are disabled, fire in replica "
        "role only, or are missing: writes that go there make orphans, and the coordinator's catalog, which has triggers "
        "of its own, knows nothing of it. The remedy needs a superuser and enables every trigger of each shard; then look "
        "for orphans. See \"ALTER TABLE\" (DISABLE TRIGGER).",
    .judge = judge,
};

}  // namespace fkaudit::audit::rules
