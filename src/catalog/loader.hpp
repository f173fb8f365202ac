#pragma once

#include <optional>
#include <string_view>

#include "src/model/database.hpp"
#include "src/pg/boundary.hpp"

namespace fkaudit::catalog {

/// Which foreign keys a call is about; see interface.md, "Conventions".
struct scope {
    std::optional<model::oid> child{};
    std::optional<std::string_view> constraint_name{};
    bool statistics = false;  ///< also load table and column statistics
};

/// Reads the two arguments `child regclass, constraint_name name` of a function and checks them: errors are
/// undefined_table (no such relation), wrong_object_type (no table), undefined_object (no such constraint). A NOTICE
/// says that a table has no foreign keys.
model::database load_scope(pg::call& current, int child_position, bool statistics = false);

/// Loads the scope in a constant number of catalog queries, under the active snapshot, without a lock on any user
/// relation. Errors: only the server's own.
model::database load(pg::call& current, scope const& wanted);

/// Loads tables with their columns, indexes and types, without any foreign key. A table that does not exist is left out.
model::database load_tables(pg::call& current, std::span<model::oid const> tables);

/// Errors unless the relation is a table of some kind (undefined_table, wrong_object_type). Its name, without the schema.
std::string_view require_table(pg::call& current, model::oid relation);

}  // namespace fkaudit::catalog
