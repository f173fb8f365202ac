#pragma once

#include "src/audit/action_risk.hpp"
#include "src/pg/boundary.hpp"

namespace fkaudit::entry {

/// The risks of the given keys' actions, in their order; `keys` are some of the database's, which is the whole one, with
/// statistics, because cascades lead through tables that nobody asked for. Reads parents' rows for SET DEFAULT.
std::span<audit::action_risk const> find_action_risks(pg::call& current, model::database const& database,
                                                      std::span<model::constraint const* const> keys);

}  // namespace fkaudit::entry
