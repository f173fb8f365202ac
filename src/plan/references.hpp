#pragma once

#include <cstdint>

#include "src/model/database.hpp"

namespace fkaudit::plan {

/// A foreign key that a table's rows are referenced by, directly (depth 1) or through other tables.
struct reference {
    std::int32_t depth = 0;
    model::constraint const* key = nullptr;
    std::span<model::oid const> path{};  ///< from the table to the key's child, both included: depth + 1 of them
};

/// The foreign keys that reference `parent`, and with `recursive` those that reference their children, and so on. Each key
/// stands once, under its shortest path, so that cycles and self-references end. A partition's rows are those of the
/// partitioned tables above it, and a partitioned table's those of its partitions: keys that reference these count, for the
/// parent and for each child on the way. Order: depth, then that of database.constraints.
std::span<reference const> find_references(model::arena& arena, model::database const& database, model::oid parent,
                                           bool recursive);

}  // namespace fkaudit::plan
