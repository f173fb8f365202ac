#include "src/check/cluster_plan.hpp"

#include "src/catalog/cluster.hpp"
#include "src/pg/compat.hpp"
#include "src/pg/custom_scan.hpp"

namespace fkaudit::check {

namespace {

using model::spreading;
using spread_tables = std::span<catalog::spread_table const>;

bool is_listed(spread_tables tables, model::oid id) {
    return std::any_of(tables.begin(), tables.end(), [&](auto const& one) { return one.id == id; });
}

}  // namespace

refusal find_spread(pg::call& current, prepared_key& prepared) {
    // The statement's snapshot may be older than the moment in which the rows went to the nodes.
    pg::guarded([] { PushActiveSnapshot(GetLatestSnapshot()); });
    for (auto const tables : {prepared.child_tables, prepared.parent_tables}) {
        auto const found = catalog::find_spread_tables(current.arena(), tables);
        prepared.is_spread = prepared.is_spread || !found.empty();
        if (found.empty() || found.front().how != spreading::unknown) continue;
        pg::guarded([] { PopActiveSnapshot(); });
        return {
            reason::no_privilege,
            "permission denied for table pg_catalog.pg_dist_partition, which says where Citus keeps the rows; SELECT on"
            " it is needed"};
    }
    pg::guarded([] { PopActiveSnapshot(); });
    return {};
}

void require_cluster_plan(pg::call& current, model::constraint const& key) {
    auto& arena = current.arena();
    model::oid const both[] = {key.child->id, key.parent->id};
    auto const spread = catalog::find_spread_tables(arena, both);
    for (auto const* const table : {key.child, key.parent}) {
        if (!is_listed(spread, table->id)) continue;
        auto const query = arena.concat("SELECT pg_catalog.count(*) FROM ", table->qualified, '\0');
        if (pg::is_planned_by(query.data(), "Citus")) continue;
        auto const size = static_cast<int>(table->qualified.size());
        pg::guarded([&] {
            ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                            errmsg("Citus keeps the rows of %.*s, and its planner does not answer", size,
                                   table->qualified.data()),
                            errdetail("The library citus of the extension's version must be in"
                                      " shared_preload_libraries; the heap of this server holds no row.")));
        });
    }
}

}  // namespace fkaudit::check
