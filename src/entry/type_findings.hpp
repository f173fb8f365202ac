#pragma once

#include "src/audit/evidence.hpp"
#include "src/pg/boundary.hpp"

namespace fkaudit::entry {

/// The type differences of the given keys with their statements, by key and position; `database` is the whole one,
/// because whoever widens a parent has to look at all of its keys.
std::span<audit::type_finding const> find_type_findings(pg::call& current, model::database const& database,
                                                        std::span<model::constraint const* const> keys);

}  // namespace fkaudit::entry
