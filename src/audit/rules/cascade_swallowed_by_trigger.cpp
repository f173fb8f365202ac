#include <algorithm>

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

bool is_below(audit_run const& run, model::oid table, model::relation const& root) {
    auto const* const relation = run.facts.database.find_relation(table);
    return relation != nullptr && relation->is_partition && &run.facts.database.root_of(*relation) == &root;
}

void judge(rule const& self, audit_run& run) {
    for (auto const* const key : run.facts.keys)
        for (auto const& trigger : run.facts.surroundings.triggers) {
            if (!trigger.is_before_row || trigger.enabled == 'D' || trigger.enabled == 'R') continue;
            if (trigger.relation != key->child->id && !is_below(run, trigger.relation, *key->child)) continue;
            auto const event = seen_event(*key, trigger);
            if (event.empty()) continue;
            auto const& table = *run.facts.database.find_relation(trigger.relation);
            run.report(self, severity::info, *key,
                       run.arena.concat("the trigger ", trigger.name.quoted, " runs before each ", event, " of ",
                                        table.qualified, " and can skip rows that this key's action is about"),
                       {}, run.arena.concat(table.qualified, '.', trigger.name.quoted));
        }
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
