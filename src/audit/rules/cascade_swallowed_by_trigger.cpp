#include <algorithm>
#include <cstdint>

#include "src/audit/rules/families.hpp"
#include "src/plan/cascade_graph.hpp"

namespace fkaudit::audit::rules {

namespace {

bool contains(std::span<std::int16_t const> numbers, std::int16_t number) {
    return std::find(numbers.begin(), numbers.end(), number) != numbers.end();
}

/// UPDATE OF fires where one of its columns is written. A partition may number its columns otherwise: there it counts.
bool sees_update(model::constraint const& key, plan::row_event event, model::user_trigger const& trigger) {
    auto const action = plan::action_on(key, event);
    bool const writes = event == plan::row_event::key_updated
                            ? plan::acts(action)
                            : action == model::action::set_null || action == model::action::set_default;
    if (!writes || !trigger.on_update) return false;
    if (trigger.columns.empty() || trigger.relation != key.child->id) return true;
    auto const written = plan::written_columns(key, event);
    return std::any_of(written.begin(), written.end(),
                       [&](std::int16_t number) { return contains(trigger.columns, number); });
}

/// Which statement of the key's actions the trigger sees; empty: none.
std::string_view seen_event(model::constraint const& key, model::user_trigger const& trigger) {
    if (key.on_delete == model::action::cascade && trigger.on_delete) return "delete";
    bool const sees =
        sees_update(key, plan::row_event::deleted, trigger) || sees_update(key, plan::row_event::key_updated, trigger);
    return sees ? "update" : std::string_view();
}

std::span<model::user_trigger const> triggers_of(audit_run const& run, model::oid table) {
    auto const all = run.facts.surroundings.triggers;
    auto const begin = std::lower_bound(
        all.begin(), all.end(), table, [](model::user_trigger const& one, model::oid id) { return one.relation < id; });
    return {begin,
            std::find_if(begin, all.end(), [&](model::user_trigger const& one) { return one.relation != table; })};
}

/// The triggers of the child, or of one of its partitions.
void judge_table(rule const& self, audit_run& run, model::constraint const& key, model::relation const& table) {
    for (auto const& trigger : triggers_of(run, table.id)) {
        if (!trigger.is_before_row || trigger.enabled == 'D' || trigger.enabled == 'R') continue;
        auto const event = seen_event(key, trigger);
        if (event.empty()) continue;
        run.report(self, severity::info, key,
                   run.arena.concat("the trigger ", trigger.name.quoted, " runs before each ", event, " of ",
                                    table.qualified, " and can skip rows that this key's action is about"),
                   {}, run.arena.concat(table.qualified, '.', trigger.name.quoted));
    }
    if (!table.is_partitioned()) return;
    for (auto const id : table.children)
        if (auto const* const partition = run.facts.database.find_relation(id)) judge_table(self, run, key, *partition);
}

void judge(rule const& self, audit_run& run) {
    for (auto const* const key : run.facts.keys) judge_table(self, run, *key, *key->child);
}

}  // namespace

extern rule const cascade_swallowed_by_trigger;
constinit rule const cascade_swallowed_by_trigger{
    .name = "cascade-swallowed-by-trigger",
    .grade = severity::info,
    .title = "a BEFORE trigger of the child can swallow what the key does",
    .explanation =
        "ON DELETE and ON UPDATE actions run as ordinary statements on the child, and a BEFORE ROW trigger "
        "there that returns NULL skips a row without an error: the parent goes, the row stays as an orphan, "
        "and the key is still called valid. Read the trigger's function. See \"Overview of Trigger Behavior\" "
        "(trigger-definition).",
    .judge = judge,
};

}  // namespace fkaudit::audit::rules
