#include "src/audit/rules/families.hpp"
#include "src/audit/shard_defects.hpp"
#include "src/plan/action_ddl.hpp"

namespace fkaudit::audit::rules {

namespace {

void judge(rule const& self, audit_run& run) {
    for (auto const* const key : run.facts.keys) {
        auto const defects = find_shard_defects(run.arena, run.facts.database, *key);
        std::string_view message, remedy;
        for (auto const fault : {shard_fault::no_key, shard_fault::not_valid, shard_fault::unknown}) {
            auto const one = describe(run.arena, defects, fault);
            if (one.empty()) continue;
            message = run.arena.concat(message, message.empty() ? "" : "; ", one);
            if (fault == shard_fault::no_key)
                remedy = plan::change_actions(run.arena, *key, plan::actions_of(*key), run.facts.partitioned_not_valid);
            if (fault == shard_fault::not_valid && remedy.empty())
                remedy = run.arena.concat("ALTER TABLE ", key->child->qualified, " VALIDATE CONSTRAINT ",
                                          key->name.quoted, ';');
        }
        if (!message.empty()) run.report(self, severity::error, *key, message, remedy);
    }
}

}  // namespace

extern rule const shard_constraint_missing;
constinit rule const shard_constraint_missing{
    .name = "shard-constraint-missing",
    .grade = severity::error,
    .title = "a shard lacks the foreign key, or has it NOT VALID",
    .explanation =
        "Citus keeps the table in shards, and a shard lacks the foreign key that the coordinator's catalog has, has it NOT "
        "VALID, or could not be looked at: then nobody knows whether its rows are checked. A DROP CONSTRAINT on a shard, "
        "or a restore or a move that broke off, leaves this. The remedy makes a missing key anew in all shards; "
        "fk_validate_plan() repairs the orphans in between. See \"ALTER TABLE\" (ADD table_constraint).",
    .judge = judge,
};

}  // namespace fkaudit::audit::rules
