#include "src/report/outline.hpp"

#include <algorithm>
#include <cstdint>

namespace fkaudit::report {

namespace {

using text = std::string_view;

std::span<finding const* const> select(model::arena& arena, audit_report const& all, bool is_suppressed) {
    model::vector<finding const*> chosen(arena);
    for (auto const& one : all.findings)
        if (one.is_suppressed == is_suppressed) chosen.push_back(&one);
    return arena.copy(std::span<finding const* const>(chosen.data(), chosen.size()));
}

text not_examined_words(model::arena& arena, audit_report const& all, summary const& sum) {
    if (!all.has_data) return " The rows were not examined.";
    if (sum.not_examined > 0)
        return arena.concat(" The rows of ", counted(arena, sum.not_examined, "foreign key", "foreign keys"),
                            " were not examined.");
    return {};
}

}  // namespace

std::span<finding_group const> group_findings(model::arena& arena, audit_report const& all) {
    auto const open = select(arena, all, false);
    auto const sorted = arena.array<finding const*>(open.size());
    std::copy(open.begin(), open.end(), sorted.begin());
    std::stable_sort(sorted.begin(), sorted.end(), [](finding const* a, finding const* b) {
        return a->grade != b->grade ? a->grade < b->grade : a->by < b->by;
    });
    model::vector<finding_group> groups(arena);
    for (std::size_t begin = 0, end = 0; begin < sorted.size(); begin = end) {
        auto const& first = *sorted[begin];
        while (end < sorted.size() && sorted[end]->grade == first.grade && sorted[end]->by == first.by) ++end;
        groups.push_back({first.grade, first.by, std::span<finding const* const>(sorted).subspan(begin, end - begin)});
    }
    return arena.copy(std::span<finding_group const>(groups.data(), groups.size()));
}

std::span<finding const* const> suppressed_findings(model::arena& arena, audit_report const& all) {
    return select(arena, all, true);
}

text headline(model::arena& arena, audit_report const& all) {
    auto const sum = summarize(all);
    auto const warnings = counted(arena, sum.warnings, "warning", "warnings");
    auto const unknown = not_examined_words(arena, all, sum);
    if (sum.errors > 0)
        return arena.concat("Not sound: ", counted(arena, sum.errors, "error", "errors"), ", ", warnings, '.', unknown);
    if (sum.foreign_keys == 0)
        return sum.findings() == 0 ? text("The database has no foreign keys: there was nothing to audit.")
                                   : arena.concat("The database has no foreign keys, but ", warnings, '.');
    if (sum.warnings > 0) return arena.concat("No errors, ", warnings, '.', unknown);
    if (!unknown.empty()) return arena.concat("No errors, no warnings.", unknown);
    if (sum.suppressed > 0)
        return arena.concat("No errors, no warnings; ", counted(arena, sum.suppressed, "finding is", "findings are"),
                            " suppressed. The rows of every foreign key were examined.");
    return "Sound: no errors, no warnings, and the rows of every foreign key were examined.";
}

text examined_words(model::arena& arena, audit_report const& all) {
    auto const sum = summarize(all);
    if (!all.has_data) return "rows not examined";
    return arena.concat(sum.examined, " examined, ", sum.not_examined, " not examined");
}

text counted(model::arena& arena, std::int64_t number, text one, text many) {
    return arena.concat(number, ' ', number == 1 ? one : many);
}

text readable_time(model::arena& arena, audit_report const& all) {
    auto const day_end = all.time.find('T');
    if (day_end == text::npos || all.time.back() != 'Z') return all.time;
    return arena.concat(all.time.substr(0, day_end), ' ', all.time.substr(day_end + 1, all.time.size() - day_end - 2),
                        " UTC");
}

}  // namespace fkaudit::report
