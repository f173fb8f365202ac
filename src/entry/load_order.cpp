#include "src/plan/load_order.hpp"

#include "src/catalog/cluster.hpp"
#include "src/catalog/queries.hpp"
#include "src/catalog/scope.hpp"
#include "src/entry/entry.hpp"
#include "src/pg/compat.hpp"
#include "src/pg/result_set.hpp"

namespace fkaudit::entry {

namespace {

using model::identifier;
using model::oid;
using pg::spi::row;
using pg::spi::select;

std::span<plan::load_table const> list_tables(pg::call& current) {
    auto& arena = current.arena();
    auto const schemas = catalog::read_schemas(current, 0);
    model::vector<plan::load_table> tables(arena);
    model::vector<oid> listed(arena);
    for (auto const& [id, schema, name] :
         select<row<oid, identifier, identifier>>(arena, catalog::queries::loadable_tables))
        if (!schemas || std::find(schemas->begin(), schemas->end(), schema.name) != schemas->end())
            tables.push_back({id, schema, name});
    for (auto const& one : tables) listed.push_back(one.id);
    for (auto const& spread : catalog::find_spread_tables(arena, {listed.data(), listed.size()}))
        for (auto& one : tables)
            if (one.id == spread.id) one.is_reference = spread.how == model::spreading::reference;
    return arena.copy(std::span<plan::load_table const>(tables.data(), tables.size()));
}

std::span<oid const> list_unnameable(model::arena& arena) {
    auto const rows = select<row<oid>>(arena, catalog::queries::unnameable_keys);
    auto const ids = arena.array<oid>(rows.size());
    for (std::size_t number = 0; number < ids.size(); ++number) ids[number] = std::get<0>(rows[number]);
    return ids;
}

}  // namespace

Datum load_order(pg::call& current) {
    pg::result_set result(current);
    auto& arena = current.arena();
    auto const tables = list_tables(current);
    if (tables.empty()) pg::guarded([&] { ereport(NOTICE, (errmsg("there are no tables to load"))); });
    auto const database = catalog::load(current, {});
    auto const steps = plan::plan_load(
        arena, database, tables,
        {.partitioned_not_valid = pg::accepts_not_valid_partitioned_keys, .unnameable = list_unnameable(arena)});
    auto const optional = [](std::string_view value) { return value.empty() ? std::nullopt : std::optional(value); };
    result.add_each(steps, [&](pg::row_builder& row, plan::load_step const& one) {
        row << one.step << one.table->id << (one.cycle > 0 ? std::optional(one.cycle) : std::nullopt) << one.detail
            << optional(one.before_load) << optional(one.after_load);
    });
    return result.finish();
}

}  // namespace fkaudit::entry
