#include "src/catalog/cluster.hpp"

#include "src/pg/spi.hpp"

namespace fkaudit::catalog {

namespace {

using model::oid;
using model::spreading;
using ids = std::span<oid const>;

enum class knowledge { no_cluster, hidden, readable };

knowledge ask_cluster() {
    return pg::guarded([] {
        if (!OidIsValid(get_extension_oid("citus", true))) return knowledge::no_cluster;
        Oid const tables = get_relname_relid("pg_dist_partition", PG_CATALOG_NAMESPACE);
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
           ::"char"
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
    auto const known = ask_cluster();
    if (known == knowledge::no_cluster) return {};
    if (known == knowledge::hidden) {
        auto const all = arena.array<spread_table>(tables.size());
        std::transform(tables.begin(), tables.end(), all.begin(), [](oid id) {
            return spread_table{id, spreading::unknown};
        });
        std::sort(all.begin(), all.end(), [](auto const& a, auto const& b) { return a.id < b.id; });
        return all;
    }
    auto const rows = pg::spi::select<pg::spi::row<oid, char>>(arena, spread_tables, tables);
    auto const found = arena.array<spread_table>(rows.size());
    for (std::size_t number = 0; number < rows.size(); ++number)
        found[number] = {std::get<0>(rows[number]), to_spreading(std::get<1>(rows[number]))};
    return found;
}

}  // namespace fkaudit::catalog
