#pragma once

#include <optional>

#include "src/catalog/cluster.hpp"
#include "src/model/identifier.hpp"
#include "src/pg/boundary.hpp"

namespace fkaudit::catalog {

/// A row of pg_constraint by the names that an error gives it, and the foreign key that it was declared as.
struct declared_key {
    std::string_view schema{};  ///< of the table that the row is of, a partition perhaps
    std::string_view table{};
    std::string_view constraint{};
    std::string_view referenced{};  ///< the table that the row refers to, a partition of the parent perhaps
    model::oid table_id = model::no_oid;

    model::oid id = model::no_oid;     ///< of the declared key
    model::oid child = model::no_oid;  ///< that it was declared on
    std::string_view child_name{};     ///< schema-qualified and quoted
    std::string_view name{};
    std::string_view parent_name{};  ///< schema-qualified and quoted
    bool has_row_security = false;   ///< one of its tables
    bool shows_rows = false;  ///< the caller may see what is in the rows: owns the child or reads all statistics,
                              ///< and no table of the key has row security
};

/// Every foreign key's rows, sorted by schema, table and constraint; read by one query, without locks.
class declared_keys {
public:
    explicit declared_keys(pg::call& current);

    /// A shard's constraint of Citus is the one of its table. nullptr: there is no such constraint any more.
    declared_key const* find(std::string_view schema, std::string_view table,
                             std::string_view constraint) const noexcept;

    std::span<declared_key const> all() const noexcept { return keys_; }

    /// Whether the caller may see what is in the rows of tables that are not there any more: reads all statistics.
    bool reads_all() const noexcept { return reads_all_; }

    /// The key of the table whose shard has that name, in whatever schema; nullptr: there is no such shard, or it has
    /// no such key, or several that may be meant.
    declared_key const* find_of_shard(std::string_view table, std::string_view constraint) const noexcept;

private:
    std::span<declared_key const> keys_;
    std::span<shard_owner const> shards_;
    bool reads_all_ = false;
};

}  // namespace fkaudit::catalog
