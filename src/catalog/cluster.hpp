#pragma once

#include <span>

#include "src/model/arena.hpp"
#include "src/model/relation.hpp"

namespace fkaudit::catalog {

struct spread_table {
    model::oid id = model::no_oid;
    model::spreading how = model::spreading::none;
};

/// Those of the tables whose rows Citus keeps, by OID. Where the extension citus is not installed in the database, none, and
/// no query is run; where the caller may not read pg_dist_partition, all, as `unknown`.
std::span<spread_table const> find_spread_tables(model::arena& arena, std::span<model::oid const> tables);

}  // namespace fkaudit::catalog
