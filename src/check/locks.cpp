#include "src/check/locks.hpp"

#include "src/pg/compat.hpp"
#include "src/pg/spi.hpp"

namespace fkaudit::check {

namespace {

using model::oid;
using pg::spi::row;
using pg::spi::select;
using ids = std::span<oid const>;

/// Lists a table and its partitions from the top down. `take` locks each before its partitions are read; the one that
/// it refuses ends the walk and is returned. May ereport.
template <class Take>
oid walk_tree(model::vector<oid>& tables, oid root, Take take) {
    tables.push_back(root);
    for (std::size_t next = 0; next < tables.size();) {
        oid const id = tables[next];
        if (!take(id)) return id;
        char const kind = get_rel_relkind(id);
        if (kind == '\0') {  // dropped before it could be locked
            tables.erase(tables.begin() + static_cast<std::ptrdiff_t>(next));
            continue;
        }
        if (kind == RELKIND_PARTITIONED_TABLE) {
            List* const partitions = find_inheritance_children(id, NoLock);
            ListCell* cell = nullptr;
            foreach (cell, partitions) tables.push_back(lfirst_oid(cell));
            list_free(partitions);
        }
        ++next;
    }
    return model::no_oid;
}

/// $1 tables: those among them whose storage is not the one that the snapshot's catalog names.
constexpr char const* rewritten = R"(
SELECT count(*)
  FROM unnest($1) t(id)
  LEFT JOIN pg_class r ON r.oid = t.id
 WHERE r.oid IS NULL OR nullif(r.relfilenode, 0) IS DISTINCT FROM nullif(pg_relation_filenode(t.id), 0))";

/// $1 a partitioned table: itself and its partitions as the snapshot's catalog has them, by OID.
constexpr char const* tree_in_snapshot = R"(
WITH RECURSIVE tree(id) AS (
    SELECT $1
    UNION
    SELECT i.inhrelid FROM tree t JOIN pg_inherits i ON i.inhparent = t.id AND NOT i.inhdetachpending
)
SELECT array_agg(id ORDER BY id) FROM tree)";

}  // namespace

locked_tree lock_tree(pg::call& current, model::relation const& root, patience how) {
    auto& arena = current.arena();
    model::vector<oid> tables(arena);
    oid const blocker = pg::guarded([&] {
        return walk_tree(tables, root.id, [&](oid id) {
            if (how == patience::none) return ConditionalLockRelationOid(id, AccessShareLock);
            LockRelationOid(id, AccessShareLock);
            return true;
        });
    });
    return {arena.copy(ids(tables.data(), tables.size())), blocker};
}

bool has_changed(pg::call& current, model::relation const& root, ids locked) {
    if (!root.is_partitioned()) return false;
    model::vector<oid> tables(current.arena());
    pg::guarded([&] {
        AcceptInvalidationMessages();
        (void)walk_tree(tables, root.id, [](oid) { return true; });
    });
    return !std::equal(tables.begin(), tables.end(), locked.begin(), locked.end());
}

bool was_read_beyond(pg::call& current, model::relation const& root, ids locked) {
    if (!root.is_partitioned()) return false;
    model::vector<oid> tables(current.arena());
    return pg::guarded([&] {
        AcceptInvalidationMessages();
        (void)walk_tree(tables, root.id, [](oid) { return true; });
        return std::any_of(tables.begin(), tables.end(), [&](oid table) {
            return std::find(locked.begin(), locked.end(), table) == locked.end() && pg::holds_read_lock(table);
        });
    });
}

void wait_for_lock(oid table) {
    pg::guarded([&] { LockRelationOid(table, AccessShareLock); });
}

bool is_newer_than_snapshot(pg::call& current, model::relation const& root, ids locked) {
    if (!IsolationUsesXactSnapshot()) return false;
    auto& arena = current.arena();
    if (std::get<0>(select<row<std::int64_t>>(arena, rewritten, locked)[0]) > 0) return true;
    if (!root.is_partitioned()) return false;
    auto const seen = std::get<0>(select<row<ids>>(arena, tree_in_snapshot, root.id)[0]);
    model::vector<oid> sorted(locked.begin(), locked.end(), arena);
    std::sort(sorted.begin(), sorted.end());
    return !std::equal(seen.begin(), seen.end(), sorted.begin(), sorted.end());
}

}  // namespace fkaudit::check
