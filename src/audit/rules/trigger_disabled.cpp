#include "src/audit/rules/families.hpp"
#include "src/plan/cluster_rules.hpp"

namespace fkaudit::audit::rules {

namespace {

/// One statement for each trigger of the key that ordinary writes do not fire.
std::string_view enable_triggers(audit_run& run, model::constraint const& key) {
    auto& arena = run.arena;
    std::string_view statements;
    for (auto const& row : key.rows)
        for (auto const& trigger : row.triggers) {
            if (trigger.enabled != 'D' && trigger.enabled != 'R') continue;
            auto const* const table = run.facts.database.find_relation(trigger.relation);
            if (table == nullptr) continue;
            auto const action = arena.concat(" ENABLE TRIGGER ", trigger.name.quoted);
            statements = arena.concat(statements, statements.empty() ? "" : "\n",
                                      table->is_spread() ? plan::alter_declaration(arena, *table, action)
                                                         : arena.concat("ALTER TABLE ", table->qualified, action, ";"));
        }
    return statements;
}

void judge(rule const& self, audit_run& run) {
    for (std::size_t number = 0; number < run.facts.keys.size(); ++number) {
        auto const& key = *run.facts.keys[number];
        auto const statements = enable_triggers(run, key);
        if (!statements.empty())
            run.report(self, severity::error, key, run.facts.enforcement[number].detail, statements);
    }
}

}  // namespace

extern rule const trigger_disabled;
constinit rule const trigger_disabled{
    .name = "trigger-disabled",
    .grade = severity::error,
    .title = "internal triggers are disabled",
    .explanation =
        "PostgreSQL checks a foreign key by internal triggers, and some of this one are disabled, or fire in "
        "replica role only: ordinary writes make orphans, deletes do not cascade, and pg_constraint still "
        "calls the key valid. ALTER TABLE DISABLE TRIGGER ALL that was never taken back leaves this, a "
        "restore with --disable-triggers that broke off as well. Only a superuser can enable them; then look "
        "for orphans. See \"ALTER TABLE\" (DISABLE TRIGGER).",
    .judge = judge,
};

}  // namespace fkaudit::audit::rules
