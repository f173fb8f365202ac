#pragma once

#include <cstdint>

#include "src/report/report.hpp"
#include "src/report/writer.hpp"

/// What the reports for people have in common: the same words, the findings in the same order.
namespace fkaudit::report {

/// The open findings of one rule and severity.
struct finding_group {
    model::severity grade = model::severity::info;
    rule const* by = nullptr;
    std::span<finding const* const> findings{};
};

/// Worst first, then in the order of the rules; suppressed findings are in none.
std::span<finding_group const> group_findings(model::arena& arena, audit_report const& all);

/// Calls `begin(severity)` before the first group of each severity, and `visit(group)` for every group.
template <class Begin, class Visit>
void each_group(std::span<finding_group const> groups, Begin begin, Visit visit) {
    for (auto const& one : groups) {
        if (&one == &groups.front() || (&one)[-1].grade != one.grade) begin(one.grade);
        visit(one);
    }
}

std::span<finding const* const> suppressed_findings(model::arena& arena, audit_report const& all);

/// The whole report in one sentence, or two.
std::string_view headline(model::arena& arena, audit_report const& all);

/// Of how many keys somebody looked at the rows, in a few words.
std::string_view examined_words(model::arena& arena, audit_report const& all);

/// "1 error", "12 errors".
std::string_view counted(model::arena& arena, std::int64_t number, std::string_view one, std::string_view many);

/// "2026-05-31 23:59:59 UTC".
std::string_view readable_time(model::arena& arena, audit_report const& all);

}  // namespace fkaudit::report
