#pragma once

#include "src/audit/action_risk.hpp"
#include "src/plan/index_ddl.hpp"

namespace fkaudit::audit {

/// cascade-unindexed: ON DELETE CASCADE, SET NULL or SET DEFAULT without an index that covers the search of the child,
/// among the given keys. Warning where fk_missing_indexes gives a high or medium priority, else info. Keys of one child
/// that one index serves get the same statements. Needs a database that was loaded with statistics.
void judge_cascade_unindexed(action_audit& audit, std::span<model::constraint const* const> keys,
                             plan::server_traits server, plan::index_names& names);

}  // namespace fkaudit::audit
