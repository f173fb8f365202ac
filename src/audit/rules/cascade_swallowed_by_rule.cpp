#include "src/audit/rules/families.hpp"

namespace fkaudit::audit::rules {

namespace {

bool is_rewritten(model::constraint const& key, model::instead_rule const& one) {
    using model::action;
    auto const writes = [](action event) { return event == action::set_null || event == action::set_default; };
    if (one.on_delete) return key.on_delete == action::cascade;
    return writes(key.on_delete) || writes(key.on_update) || key.on_update == action::cascade;
}

void judge(rule const& self, audit_run& run) {
    for (auto const* const key : run.facts.keys)
        for (auto const& one : run.facts.surroundings.instead_rules) {
            if (one.relation != key->child->id || !is_rewritten(*key, one)) continue;
            run.report(self, severity::warning, *key,
                       run.arena.concat("the rule ", one.name.quoted, " of ", key->child->qualified, " rewrites each ",
                                        one.on_delete ? "delete" : "update",
                                        one.is_conditional ? ": rows that this key's action is about can stay"
                                                           : ": this key's action fails"),
                       run.arena.concat("DROP RULE ", one.name.quoted, " ON ", key->child->qualified, ";"),
                       one.name.name);
        }
}

}  // namespace

extern rule const cascade_swallowed_by_rule;
constinit rule const cascade_swallowed_by_rule{
    .name = "cascade-swallowed-by-rule",
    .grade = severity::warning,
    .title = "a rule of the child rewrites what the key does",
    .explanation =
        "ON DELETE and ON UPDATE actions run as ordinary statements on the child, and a rule with INSTEAD "
        "rewrites them: an unconditional one makes the parent's delete fail (\"gave unexpected result\"), a "
        "conditional one keeps rows that should go, as orphans. See \"Rules on INSERT, UPDATE, and DELETE\" "
        "(rules-update).",
    .judge = judge,
};

}  // namespace fkaudit::audit::rules
