#pragma once

#include <span>

#include "src/model/arena.hpp"
#include "src/model/relation.hpp"

namespace fkaudit::catalog {

struct spread_table {
    model::oid id = model::no_oid;
    model::spreading how = model::spreading::none;
    std::int16_t distribution_column = 0;  ///< 0: none
    std::int32_t colocation = 0;
};

/// Those of the tables whose rows Citus keeps, by OID. Where the extension citus is not installed in the database, none, and
/// no query is run; where the caller may not read pg_dist_partition, all, as `unknown`.
std::span<spread_table const> find_spread_tables(model::arena& arena, std::span<model::oid const> tables);

struct shard_owner {
    std::int64_t number = 0;
    std::string_view schema{};  ///< of the table whose shard it is
    std::string_view table{};
};

/// Every shard, by number; none where citus is not installed or the caller may not read pg_dist_shard.
std::span<shard_owner const> list_shards(model::arena& arena);

/// The number behind the last underscore of a shard's name, or of its constraint's; -1: there is none.
std::int64_t shard_number(std::string_view name) noexcept;

/// Whether a shard's name, or its constraint's, is what became of a declared one: with the shard's number behind it; of a long
/// name, the beginning, eight digits that stand for the rest, and the number (shard_utils.c: AppendShardIdToName).
bool is_shards_name(std::string_view name, std::string_view declared) noexcept;

}  // namespace fkaudit::catalog
