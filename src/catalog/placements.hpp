#pragma once

#include <span>

#include "src/model/relation.hpp"
#include "src/model/shard.hpp"
#include "src/pg/boundary.hpp"

namespace fkaudit::catalog {

/// What the shards of Citus' tables among these have, by Citus' own master_run_on_worker() and with the caller's rights: the
/// nodes are asked at once, each by one connection and one query for all shards of all tables (up to 2000 copies of shards
/// together, then again). What cannot be asked is a placement with its failure.
std::span<model::placement const> load_placements(pg::call& current, std::span<model::relation const> relations);

}  // namespace fkaudit::catalog
