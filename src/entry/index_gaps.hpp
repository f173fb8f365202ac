#pragma once

#include "src/audit/evidence.hpp"
#include "src/pg/boundary.hpp"

namespace fkaudit::entry {

/// How the children's indexes serve the given keys, which stand in the database's order, and the statements for those
/// that no index serves well; the covered ones only with `include_covered`. Needs a database with statistics.
std::span<audit::index_gap const> find_index_gaps(pg::call& current, model::database const& database,
                                                  std::span<model::constraint const* const> keys, bool include_covered);

}  // namespace fkaudit::entry
