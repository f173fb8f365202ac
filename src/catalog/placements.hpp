#pragma once

#include <span>

#include "src/model/relation.hpp"
#include "src/model/shard.hpp"
#include "src/pg/boundary.hpp"

namespace fkaudit::catalog {

/// What the shards of Citus' tables among these have, by Citus' own run_command_on_placements(), one call for each table and
/// with the caller's rights. What cannot be asked is a placement with its failure.
std::span<model::placement const> load_placements(pg::call& current, std::span<model::relation const> relations);

}  // namespace fkaudit::catalog
