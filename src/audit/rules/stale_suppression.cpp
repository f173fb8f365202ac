#include <algorithm>

#include "src/audit/registry.hpp"
#include "src/audit/rules/families.hpp"

namespace fkaudit::audit::rules {

namespace {

/// Whether its rule has looked: one that is switched off, or that has no data to judge, finds nothing for that reason.
bool was_asked(audit_run const& run, suppression const& one) {
    auto const* const by = find_rule(one.rule);
    if (by == nullptr) return true;
    return run.switches->is_enabled(*by) && (!by->needs_data || run.facts.has_data);
}

model::constraint const* find_key(audit_run const& run, suppression const& one) {
    for (auto const* const key : run.facts.keys)
        if (key->child->qualified == one.child && key->name.name == one.constraint_name) return key;
    return nullptr;
}

/// Empty: it does what it is for, or nobody can tell.
std::string_view describe(audit_run& run, suppression const& one) {
    auto const hides =
        std::any_of(run.findings.begin(), run.findings.end(), [&](finding const& what) { return concerns(one, what); });
    if (one.is_expired)
        return run.arena.concat("the suppression of ", one.rule, " expired on ", one.expires,
                                hides ? "" : " and hides nothing");
    if (hides || !was_asked(run, one)) return {};
    return run.arena.concat("the suppression of ", one.rule, " hides nothing");
}

void judge(rule const& self, audit_run& run) {
    for (auto const& one : run.facts.suppressions) {
        auto const* const key = find_key(run, one);
        if (key == nullptr && !run.facts.is_whole) continue;
        auto const what = describe(run, one);
        if (what.empty()) continue;
        auto& arena = run.arena;
        if (key != nullptr)
            run.report(self, severity::warning, *key, arena.concat(what, "; it was made because: ", one.reason), {},
                       one.rule);
        else
            run.report(self, severity::warning, nullptr,
                       arena.concat(what, ": there is no foreign key ", one.constraint_name, " of ", one.child), {},
                       arena.concat(one.rule, ' ', one.child, ' ', one.constraint_name));
    }
}

}  // namespace

extern rule const stale_suppression;
constinit rule const stale_suppression{
    .name = "stale-suppression",
    .grade = severity::warning,
    .title = "a suppression that has expired or hides nothing",
    .explanation =
        "A row of fk_suppressions has expired, so that what it hid counts again, or nothing is left for it to hide: the "
        "fault was mended, or the table or the key was dropped or renamed. Left alone, it would hide the same fault "
        "when it comes back. Take it away with fk_unsuppress(). See doc/fkaudit.md (fk_suppress).",
    .judge = judge,
};

}  // namespace fkaudit::audit::rules
