#include "src/pg/custom_scan.hpp"

#include "src/pg/guard.hpp"
#include "src/pg/postgres.hpp"

extern "C" {
#include <nodes/extensible.h>
}

namespace fkaudit::pg {

namespace {

bool has_scan(Plan const* plan, char const* prefix) {
    if (plan == nullptr) return false;
    if (IsA(plan, CustomScan)) {
        auto const* const scan = reinterpret_cast<CustomScan const*>(plan);
        return strncmp(scan->methods->CustomName, prefix, strlen(prefix)) == 0;
    }
    return has_scan(plan->lefttree, prefix) || has_scan(plan->righttree, prefix);
}

}  // namespace

bool is_planned_by(char const* sql, char const* prefix) {
    return guarded([&] {
        SPIPlanPtr const prepared = SPI_prepare(sql, 0, nullptr);
        if (prepared == nullptr) elog(ERROR, "SPI_prepare failed: %s", SPI_result_code_string(SPI_result));
        auto* const cached = SPI_plan_get_cached_plan(prepared);
        bool found = false;
        if (cached != nullptr) {
            ListCell* cell = nullptr;
            foreach (cell, cached->stmt_list)
                found = found || has_scan(lfirst_node(PlannedStmt, cell)->planTree, prefix);
            ReleaseCachedPlan(cached, nullptr);  // a plan that is not kept belongs to no resource owner
        }
        SPI_freeplan(prepared);
        return found;
    });
}

}  // namespace fkaudit::pg
