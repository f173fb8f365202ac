#include "src/report/report.hpp"

#include <algorithm>
#include <cstdint>

namespace fkaudit::report {

summary summarize(audit_report const& all) noexcept {
    summary sum;
    sum.foreign_keys = static_cast<std::int64_t>(all.keys.size()) + all.damaged_keys;
    for (auto const& one : all.keys) {
        sum.examined += one.is_examined;
        sum.orphan_rows += one.orphan_rows;
        sum.violated_keys += one.orphan_rows > 0;
    }
    sum.not_examined = sum.foreign_keys - sum.examined;
    for (auto const& one : all.findings) {
        if (one.is_suppressed) {
            ++sum.suppressed;
            continue;
        }
        switch (one.grade) {
            case model::severity::error: ++sum.errors; break;
            case model::severity::warning: ++sum.warnings; break;
            case model::severity::info: ++sum.infos; break;
        }
    }
    sum.rules = std::count_if(all.rules.begin(), all.rules.end(), [](rule const& one) { return one.has_run; });
    return sum;
}

}  // namespace fkaudit::report
