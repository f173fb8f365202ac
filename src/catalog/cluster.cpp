#include "src/catalog/cluster.hpp"

#include "src/pg/spi.hpp"

namespace fkaudit::catalog {

namespace {

using model::oid;
using model::spreading;
using ids = std::span<oid const>;

enum class knowledge { no_cluster, hidden, readable };

knowledge ask_cluster(char const* table) {
    return pg::guarded([&] {
        if (!OidIsValid(get_extension_oid("citus", true))) return knowledge::no_cluster;
        Oid const tables = get_relname_relid(table, PG_CATALOG_NAMESPACE);
        if (!OidIsValid(tables)) return knowledge::no_cluster;
        return pg_class_aclcheck(tables, GetUserId(), ACL_SELECT) == ACLCHECK_OK ? knowledge::readable
                                                                                 : knowledge::hidden;
    });
}

/// $1 tables. A reference table is replicated by two-phase commit (t); other tables without a distribution column are on the
/// coordinator, or in the one shard of a group that stays together.
constexpr char const* spread_tables = R"(
SELECT d.logicalrelid::oid,
       CASE WHEN d.partmethod <> 'n' THEN 'd' WHEN d.repmodel = 't' THEN 'r' WHEN d.colocationid = 0 THEN 'l' ELSE 'd' END
           ::"char",
       coalesce(substring(d.partkey from ':varattno ([0-9]+)')::int2, 0::int2), d.colocationid::int4
  FROM pg_catalog.pg_dist_partition d
 WHERE d.logicalrelid::oid = ANY ($1)
 ORDER BY 1)";

spreading to_spreading(char how) noexcept {
    switch (how) {
        case 'r': return spreading::reference;
        case 'l': return spreading::local;
        default: return spreading::distributed;
    }
}

}  // namespace

std::span<spread_table const> find_spread_tables(model::arena& arena, ids tables) {
    auto const known = ask_cluster("pg_dist_partition");
    if (known == knowledge::no_cluster) return {};
    if (known == knowledge::hidden) {
        auto const all = arena.array<spread_table>(tables.size());
        std::transform(tables.begin(), tables.end(), all.begin(),
                       [](oid id) { return spread_table{.id = id, .how = spreading::unknown}; });
        std::sort(all.begin(), all.end(), [](auto const& a, auto const& b) { return a.id < b.id; });
        return all;
    }
    auto const rows =
        pg::spi::select<pg::spi::row<oid, char, std::int16_t, std::int32_t>>(arena, spread_tables, tables);
    auto const found = arena.array<spread_table>(rows.size());
    for (std::size_t number = 0; number < rows.size(); ++number) {
        auto const& [id, how, column, colocation] = rows[number];
        found[number] = {id, to_spreading(how), column, colocation};
    }
    return found;
}

std::span<shard_owner const> list_shards(model::arena& arena) {
    if (ask_cluster("pg_dist_shard") != knowledge::readable) return {};
    static constexpr char const* query = R"(
SELECT s.shardid, n.nspname::text, r.relname::text
  FROM pg_catalog.pg_dist_shard s
  JOIN pg_class r ON r.oid = s.logicalrelid
  JOIN pg_namespace n ON n.oid = r.relnamespace
 ORDER BY 1)";
    auto const rows = pg::spi::select<pg::spi::row<std::int64_t, std::string_view, std::string_view>>(arena, query);
    auto const shards = arena.array<shard_owner>(rows.size());
    for (std::size_t number = 0; number < rows.size(); ++number)
        shards[number] = {std::get<0>(rows[number]), std::get<1>(rows[number]), std::get<2>(rows[number])};
    return shards;
}

std::int64_t shard_number(std::string_view name) noexcept {
    constexpr std::size_t most_digits = 18;
    auto const underscore = name.rfind('_');
    if (underscore == std::string_view::npos) return -1;
    auto const digits = name.substr(underscore + 1);
    if (digits.empty() || digits.size() > most_digits) return -1;
    std::int64_t number = 0;
    for (char const digit : digits) {
        if (digit < '0' || digit > '9') return -1;
        number = number * 10 + (digit - '0');
    }
    return number;
}

bool is_shards_name(std::string_view name, std::string_view declared) noexcept {
    constexpr std::size_t hash_length = 9;
    auto const base = name.substr(0, name.rfind('_'));
    if (base == declared) return true;
    if (base.size() <= hash_length || base[base.size() - hash_length] != '_') return false;
    if (base.substr(base.size() - hash_length + 1).find_first_not_of("0123456789abcdef") != std::string_view::npos)
        return false;
    return base.size() < declared.size() + hash_length + 1 &&
           declared.starts_with(base.substr(0, base.size() - hash_length));
}

}  // namespace fkaudit::catalog
