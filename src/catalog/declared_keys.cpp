#include "src/catalog/declared_keys.hpp"

#include <algorithm>
#include <tuple>

#include "src/catalog/queries.hpp"
#include "src/pg/spi.hpp"

namespace fkaudit::catalog {

namespace {

using model::identifier;
using model::oid;
using pg::spi::row;
using pg::spi::select;
using text = std::string_view;

auto names_of(declared_key const& one) { return std::tuple(one.schema, one.table, one.constraint); }

}  // namespace

declared_keys::declared_keys(pg::call& current) {
    auto& arena = current.arena();
    auto const rows = select<row<identifier, identifier, identifier, oid, oid, oid, identifier, identifier, identifier,
                                 identifier, identifier, bool, bool, identifier>>(arena, queries::declared_keys);
    auto const keys = arena.array<declared_key>(rows.size());
    std::transform(rows.begin(), rows.end(), keys.begin(), [&](auto const& one) {
        auto const& [schema, table, constraint, table_id, id, child, child_schema, child_name, name, parent_schema,
                     parent_name, may_read, has_row_security, referenced] = one;
        return declared_key{
            .schema = schema.name,
            .table = table.name,
            .constraint = constraint.name,
            .referenced = referenced.name,
            .table_id = table_id,
            .id = id,
            .child = child,
            .child_name = arena.concat(child_schema.quoted, '.', child_name.quoted),
            .name = name.name,
            .parent_name = arena.concat(parent_schema.quoted, '.', parent_name.quoted),
            .has_row_security = has_row_security,
            .shows_rows = may_read && !has_row_security,
        };
    });
    std::sort(keys.begin(), keys.end(), [](auto const& a, auto const& b) { return names_of(a) < names_of(b); });
    keys_ = keys;
    shards_ = list_shards(arena);
    reads_all_ = std::get<0>(select<row<bool>>(arena, "SELECT pg_has_role('pg_read_all_stats', 'USAGE')")[0]);
}

declared_key const* declared_keys::find(text schema, text table, text constraint) const noexcept {
    if (auto const* const of_shard = find_of_shard(table, constraint);
        of_shard != nullptr && of_shard->schema == schema)
        return of_shard;
    auto const wanted = std::tuple(schema, table, constraint);
    auto const found = std::lower_bound(keys_.begin(), keys_.end(), wanted,
                                        [](auto const& one, auto const& names) { return names_of(one) < names; });
    return found != keys_.end() && names_of(*found) == wanted ? &*found : nullptr;
}

/// Only where one key alone can be meant.
declared_key const* declared_keys::find_of_shard(text table, text constraint) const noexcept {
    auto const number = shard_number(table);
    if (number < 0 || shard_number(constraint) != number) return nullptr;
    auto const shard =
        std::lower_bound(shards_.begin(), shards_.end(), number,
                         [](shard_owner const& one, std::int64_t wanted) { return one.number < wanted; });
    if (shard == shards_.end() || shard->number != number || !is_shards_name(table, shard->table)) return nullptr;
    declared_key const* found = nullptr;
    for (auto const& one : keys_) {
        if (one.schema != shard->schema || one.table != shard->table) continue;
        if (!is_shards_name(constraint, one.constraint)) continue;
        if (constraint.substr(0, constraint.rfind('_')) == one.constraint) return &one;
        if (found != nullptr) return nullptr;
        found = &one;
    }
    return found;
}

}  // namespace fkaudit::catalog
