#pragma once

#include "src/model/constraint.hpp"
#include "src/pg/boundary.hpp"

namespace fkaudit::check {

/// Whether examining the key can reach nothing but what initdb made: built-in types, operators and operator families,
/// no cast, and no expression in an index, a partition key or extended statistics of the tables. Then nobody's code can
/// run. True for most keys, and told from the system caches in microseconds, as the planner will see them. The tables
/// are locked.
bool needs_built_in_code_only(model::constraint const& key, std::span<model::oid const> child_tables,
                              std::span<model::oid const> parent_tables);

}  // namespace fkaudit::check
