#pragma once

#include <optional>
#include <string_view>

#include "src/model/database.hpp"
#include "src/pg/boundary.hpp"

namespace fkaudit::catalog {

/// Which foreign keys a call is about: all of the database (system schemas and other sessions' temporary tables left
/// out), one table's with `child`, one with both, every key of a name with `constraint_name` alone. A partition stands
/// for the keys of its ancestors that apply to it, too.
struct scope {
    std::optional<model::oid> child{};
    std::optional<std::string_view> constraint_name{};
    std::optional<std::span<model::oid const>> keys{};  ///< instead: these declared ones
    bool statistics = false;                            ///< also load table and column statistics
    bool definitions = true;  ///< also CHECKs, operators, operator classes, types, casts and collations
    bool types = false;       ///< of those, types, casts and collations
    bool shards = false;      ///< also what the shards of Citus' tables have: asks each node once
};

/// Loads the scope in a constant number of catalog queries, under the active snapshot, without a lock on any user
/// relation. Errors: only the server's own.
model::database load(pg::call& current, scope const& wanted);

/// Loads tables with their columns, indexes and types, without any foreign key. A table that does not exist is left out.
model::database load_tables(pg::call& current, std::span<model::oid const> tables);

/// Loads every table of the database that may have a foreign key or be referenced by one, without the foreign keys: those
/// of system schemas, of extensions and of other sessions are left out. With the columns' statistics.
model::database load_all_tables(pg::call& current);

}  // namespace fkaudit::catalog
