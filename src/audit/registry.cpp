#include "src/audit/registry.hpp"

#include <algorithm>

namespace fkaudit::audit {

namespace rules {

// Data.
extern rule const orphan_rows, mixed_null_key, partial_null_key, data_not_examined;
// Enforcement.
extern rule const not_valid, not_enforced, trigger_disabled, trigger_missing, deferrability_mismatch,
    replica_role_default, subscriber_without_parent, collation_version_changed, uncovered_inheritance_child,
    uncovered_partition, cascade_swallowed_by_trigger, cascade_swallowed_by_rule, shard_trigger_disabled,
    shard_constraint_missing;
// Indexes.
extern rule const missing_index, unusable_index, weak_index, shard_index_missing;
// Actions.
extern rule const no_action_default, set_null_not_null, set_null_shared_column, set_default_missing,
    set_default_no_parent, set_default_not_evaluated, cascade_blocked, multiple_cascade_paths, cascade_unindexed,
    inconsistent_actions, self_reference_no_action;
// Shape.
extern rule const type_narrower, type_other, duplicate_constraint, overlapping_constraint, nullable_composite,
    cycle_not_deferrable, references_non_primary_key, missing_foreign_key;
// The audit itself: after all others, whose findings it looks at.
extern rule const stale_suppression;

}  // namespace rules

namespace {

using text = std::string_view;

rule const* const registry[] = {
    &rules::orphan_rows,
    &rules::mixed_null_key,
    &rules::partial_null_key,
    &rules::data_not_examined,
    &rules::not_valid,
    &rules::not_enforced,
    &rules::trigger_disabled,
    &rules::trigger_missing,
    &rules::deferrability_mismatch,
    &rules::replica_role_default,
    &rules::subscriber_without_parent,
    &rules::collation_version_changed,
    &rules::uncovered_inheritance_child,
    &rules::uncovered_partition,
    &rules::cascade_swallowed_by_trigger,
    &rules::cascade_swallowed_by_rule,
    &rules::shard_trigger_disabled,
    &rules::shard_constraint_missing,
    &rules::missing_index,
    &rules::unusable_index,
    &rules::weak_index,
    &rules::shard_index_missing,
    &rules::no_action_default,
    &rules::set_null_not_null,
    &rules::set_null_shared_column,
    &rules::set_default_missing,
    &rules::set_default_no_parent,
    &rules::set_default_not_evaluated,
    &rules::cascade_blocked,
    &rules::multiple_cascade_paths,
    &rules::cascade_unindexed,
    &rules::inconsistent_actions,
    &rules::self_reference_no_action,
    &rules::type_narrower,
    &rules::type_other,
    &rules::duplicate_constraint,
    &rules::overlapping_constraint,
    &rules::nullable_composite,
    &rules::cycle_not_deferrable,
    &rules::references_non_primary_key,
    &rules::missing_foreign_key,
    &rules::stale_suppression,
};

constexpr text separators = ", \t\n\r";

/// The items of a setting, one after the other; `each` returns false to stop.
template <class Each>
void each_item(text setting, Each each) {
    while (true) {
        auto const begin = setting.find_first_not_of(separators);
        if (begin == text::npos) return;
        setting.remove_prefix(begin);
        auto const item = setting.substr(0, setting.find_first_of(separators));
        if (!each(item)) return;
        setting.remove_prefix(item.size());
    }
}

}  // namespace

std::span<rule const* const> all_rules() noexcept { return registry; }

rule const* find_rule(text name) noexcept {
    auto const* const* const found =
        std::find_if(std::begin(registry), std::end(registry), [&](rule const* one) { return one->name == name; });
    return found == std::end(registry) ? nullptr : *found;
}

bool rule_switches::is_enabled(rule const& one) const noexcept {
    bool enabled = one.is_enabled;
    each_item(setting_, [&](text item) {
        auto const name = item.substr(1);
        if (name == one.name || name == "all") enabled = item.front() == '+';
        return true;
    });
    return enabled;
}

text find_wrong_switch(text setting) noexcept {
    text wrong;
    each_item(setting, [&](text item) {
        auto const name = item.substr(1);
        bool const is_switch = item.front() == '+' || item.front() == '-';
        if (!is_switch || (name != "all" && find_rule(name) == nullptr)) wrong = item;
        return wrong.empty();
    });
    return wrong;
}

void judge(audit_run& run, rule_switches const& switches) {
    run.switches = &switches;
    for (auto const* const one : all_rules())
        if (switches.is_enabled(*one)) one->judge(*one, run);
    for (auto& one : run.findings)
        for (auto const& known : run.facts.suppressions)
            if (!known.is_expired && concerns(known, one)) one.suppressed = &known;
    sort(run.findings);
}

}  // namespace fkaudit::audit
