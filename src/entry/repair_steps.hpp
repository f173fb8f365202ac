#pragma once

#include "src/check/verdict.hpp"
#include "src/pg/boundary.hpp"
#include "src/plan/repair.hpp"

namespace fkaudit::entry {

/// The key whose orphans are to be repaired, and where its tables and those around them are described.
struct repair_scope {
    check::verdict* found = nullptr;         ///< the key; its reason tells why its rows could not be read
    model::database const* own = nullptr;    ///< of the key
    model::database const* whole = nullptr;  ///< all keys, for what references the orphans
};

/// The statements that repair the orphans, with counts that one snapshot has for all tables; empty: there are none, or
/// the key could not be examined, and the verdict says why. The verdict's orphan_rows are counted.
/// Errors: what refuse_way() and refuse_stub() refuse; foreign_key_violation where rows stand in the way that reference the
/// orphans; object_not_in_prerequisite_state where SET DEFAULT finds no parent.
std::span<plan::plan_step const> plan_repair(pg::call& current, repair_scope const& scope, plan::repair_way way,
                                             std::int64_t batch_rows);

/// Raises why the key was not examined, with a SQLSTATE that fits.
[[noreturn]] void refuse_not_examined(model::arena& arena, check::verdict const& found);

}  // namespace fkaudit::entry
