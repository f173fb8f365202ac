#pragma once

#include <cstdint>

#include "src/audit/evidence.hpp"
#include "src/audit/severity.hpp"

namespace fkaudit::audit {

class audit_run;
class rule_switches;

/// One thing that can be wrong with a foreign key: data and one pure function. Each rule is a file of its name in
/// src/audit/rules, a line in registry.cpp, a test and a paragraph of the reference.
struct rule {
    std::string_view name{};
    severity grade = severity::warning;  ///< the worst that it gives; the evidence may make it less
    bool needs_data = false;             ///< it judges what examining the rows has shown
    bool is_enabled = true;              ///< unless fkaudit.rules says otherwise
    std::string_view title{};
    std::string_view explanation{};  ///< what goes wrong in production, and the page of PostgreSQL's documentation
    void (*judge)(rule const& self, audit_run& run) = nullptr;
};

/// What a rule found.
struct finding {
    rule const* by = nullptr;
    severity grade = severity::info;
    model::constraint const* key = nullptr;   ///< nullptr: it is about a table, or about no table at all
    model::relation const* child = nullptr;   ///< the key's child
    std::string_view constraint_name{};       ///< the key's
    std::string_view message{};               ///< one sentence that names the evidence
    std::string_view remedy{};                ///< statements; empty: no statement decides it
    std::string_view place{};                 ///< tells findings of one rule about one key or table apart; mostly empty
    std::int64_t count = 1;                   ///< how much of it there is: rows, where it is about rows
    suppression const* suppressed = nullptr;  ///< by which row of fk_suppressions
};

/// The evidence, and the findings so far.
class audit_run {
public:
    audit_run(model::arena& memory, evidence const& given) : arena(memory), facts(given), findings(memory) {}

    void report(rule const& by, severity grade, model::constraint const& key, std::string_view message,
                std::string_view remedy = {}, std::string_view place = {}, std::int64_t count = 1) {
        findings.push_back({&by, grade, &key, key.child, key.name.name, message, remedy, place, count});
    }
    void report(rule const& by, severity grade, model::relation const* table, std::string_view message,
                std::string_view remedy, std::string_view place) {
        findings.push_back({&by, grade, nullptr, table, {}, message, remedy, place});
    }

    model::arena& arena;
    evidence const& facts;
    rule_switches const* switches = nullptr;  ///< while the rules judge
    model::vector<finding> findings;
};

/// Worst first, then child (schema, name), constraint name, rule.
void sort(model::vector<finding>& findings);

/// Whether the suppression, expired or not, is about the finding.
bool concerns(suppression const& one, finding const& what) noexcept;

/// Names the finding wherever the same schema stands, over dump and restore: the rule, the child, the constraint and the
/// finding's place, hashed to 16 hexadecimal digits.
std::string_view finding_key(model::arena& arena, finding const& one);

}  // namespace fkaudit::audit
