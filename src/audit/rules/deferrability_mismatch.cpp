#include "src/audit/rules/families.hpp"

namespace fkaudit::audit::rules {

namespace {

/// Action triggers other than NO ACTION's are never deferred (tablecmds.c: createForeignKeyActionTriggers), so that only
/// the check triggers are asked.
bool differs(model::constraint const& key) {
    for (auto const& row : key.rows)
        for (auto const& trigger : row.triggers)
            if (trigger.is_check &&
                (trigger.is_deferrable != key.is_deferrable || trigger.initially_deferred != key.initially_deferred))
                return true;
    return false;
}

std::string_view describe(model::constraint const& key) {
    return !key.is_deferrable       ? "NOT DEFERRABLE"
           : key.initially_deferred ? "DEFERRABLE INITIALLY DEFERRED"
                                    : "DEFERRABLE INITIALLY IMMEDIATE";
}

void judge(rule const& self, audit_run& run) {
    for (auto const* const key : run.facts.keys) {
        if (!differs(*key)) continue;
        run.report(self, severity::warning, *key,
                   run.arena.concat("the key is ", describe(*key), ", but a trigger of it is not"),
                   plan::change_actions(run.arena, *key, plan::actions_of(*key), run.facts.partitioned_not_valid));
    }
}

}  // namespace

extern rule const deferrability_mismatch;
constinit rule const deferrability_mismatch{
    .name = "deferrability-mismatch",
    .grade = severity::warning,
    .title = "triggers do not have the deferrability of their key",
    .explanation =
        "The key says DEFERRABLE and its triggers do not, or the other way round: SET CONSTRAINTS then fails "
        "to defer, and a transaction that worked before breaks at its first statement. PostgreSQL 18.0 to "
        "18.3 lose it when a key goes through NOT ENFORCED and back. See \"SET CONSTRAINTS\".",
    .judge = judge,
};

}  // namespace fkaudit::audit::rules
