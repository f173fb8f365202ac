#pragma once

#include "src/check/access.hpp"
#include "src/check/engine.hpp"

namespace fkaudit::check {

/// Sets prepared.is_spread by the catalog of this moment; the tables are locked. A refusal, where the caller may not know.
refusal find_spread(pg::call& current, prepared_key& prepared);

/// Error (feature_not_supported): Citus does not plan a query of a table whose rows it keeps (its library is not loaded, or
/// is of another version), so that the server would read the empty heap.
void require_cluster_plan(pg::call& current, model::constraint const& key);

}  // namespace fkaudit::check
