#pragma once

#include "src/audit/rule.hpp"

namespace fkaudit::audit {

/// Every rule, by family: data, enforcement, indexes, actions, shape.
std::span<rule const* const> all_rules() noexcept;

/// nullptr: there is no such rule.
rule const* find_rule(std::string_view name) noexcept;

/// The setting fkaudit.rules: `+rule` and `-rule` (or all), separated by commas or blanks, read from the left.
class rule_switches {
public:
    explicit rule_switches(std::string_view setting) noexcept : setting_(setting) {}
    bool is_enabled(rule const& one) const noexcept;

private:
    std::string_view setting_;
};

/// The first item of the setting that is no switch of a rule; empty: it can be read.
std::string_view find_wrong_switch(std::string_view setting) noexcept;

/// Runs the rules that are enabled, marks what is suppressed, and sorts what they found.
void judge(audit_run& run, rule_switches const& switches);

}  // namespace fkaudit::audit
