#pragma once
/// The only file that knows PostgreSQL's version numbers: what differs between majors, under one name.

#include "src/pg/postgres.hpp"

#if PG_VERSION_NUM < 150000
#error "fkaudit needs PostgreSQL 15 or newer"
#endif

extern "C" {
#include <storage/predicate.h>
#if PG_VERSION_NUM >= 160000
#include <varatt.h>
#endif
}

namespace fkaudit::pg {

inline constexpr int server_major = PG_VERSION_NUM / 10000;

/// pg_constraint.conenforced and conperiod exist since PostgreSQL 18.
inline constexpr bool has_not_enforced_keys = PG_VERSION_NUM >= 180000;
inline constexpr bool has_temporal_keys = PG_VERSION_NUM >= 180000;

/// ADD FOREIGN KEY … NOT VALID on a partitioned table, since PostgreSQL 18.
inline constexpr bool accepts_not_valid_partitioned_keys = PG_VERSION_NUM >= 180000;

/// PostgreSQL 18 lets a btree skip over leading columns that a query does not name.
inline constexpr bool has_skip_scan = PG_VERSION_NUM >= 180000;

/// Since PostgreSQL 19 the planner takes IS NOT NULL on a NOT NULL column for true, in an index's predicate, too.
inline constexpr bool reduces_null_tests = PG_VERSION_NUM >= 190000;

/// Since PostgreSQL 18 a key between different collations is refused where either is nondeterministic.
inline constexpr bool refuses_mixed_nondeterministic_collations = PG_VERSION_NUM >= 180000;

/// Whether a role has USAGE on a schema. May ereport.
inline bool may_use_schema(Oid schema, Oid role) {
#if PG_VERSION_NUM >= 160000
    return object_aclcheck(NamespaceRelationId, schema, role, ACL_USAGE) == ACLCHECK_OK;
#else
    return pg_namespace_aclcheck(schema, role, ACL_USAGE) == ACLCHECK_OK;
#endif
}

/// Whether this transaction holds ACCESS SHARE on a table. May ereport.
inline bool holds_read_lock(Oid table) {
    LOCKTAG tag;
    SET_LOCKTAG_RELATION(tag, MyDatabaseId, table);
#if PG_VERSION_NUM >= 170000
    return LockHeldByMe(&tag, AccessShareLock, false);
#else
    return LockHeldByMe(&tag, AccessShareLock);
#endif
}

/// Ends the making of a tuple descriptor, which PostgreSQL 19 wants to be told. May ereport.
inline void finish_columns([[maybe_unused]] TupleDesc columns) {
#if PG_VERSION_NUM >= 190000
    TupleDescFinalize(columns);
#endif
}

/// A hash table in shared memory over keys that compare by their bytes. May ereport.
inline HTAB* make_shared_hash(char const* name, int entries, HASHCTL& shape) {
#if PG_VERSION_NUM >= 190000
    return ShmemInitHash(name, entries, &shape, HASH_ELEM | HASH_BLOBS);
#else
    return ShmemInitHash(name, entries, entries, &shape, HASH_ELEM | HASH_BLOBS);
#endif
}

/// index_beginscan() under the active snapshot. May ereport.
inline IndexScanDesc begin_index_scan(Relation table, Relation index, int keys) {
#if PG_VERSION_NUM >= 190000
    return index_beginscan(table, index, GetActiveSnapshot(), nullptr, keys, 0, SO_NONE);
#elif PG_VERSION_NUM >= 180000
    return index_beginscan(table, index, GetActiveSnapshot(), nullptr, keys, 0);
#else
    return index_beginscan(table, index, GetActiveSnapshot(), keys, 0);
#endif
}

/// A btree's leftmost leaf page, pinned and locked for reading; InvalidBuffer: it has none. May ereport.
inline Buffer first_leaf(Relation index) {
#if PG_VERSION_NUM >= 170000
    return _bt_get_endpoint(index, 0, false);
#else
    return _bt_get_endpoint(index, 0, false, GetActiveSnapshot());
#endif
}

/// The leaf page that a key leads to, alike. May ereport.
inline Buffer find_leaf([[maybe_unused]] Relation table, Relation index, BTScanInsert key) {
    Buffer leaf = InvalidBuffer;
#if PG_VERSION_NUM >= 190000
    (void)_bt_search(index, table, key, &leaf, BT_READ, false);
#elif PG_VERSION_NUM >= 170000
    _bt_freestack(_bt_search(index, table, key, &leaf, BT_READ));
#elif PG_VERSION_NUM >= 160000
    _bt_freestack(_bt_search(index, table, key, &leaf, BT_READ, GetActiveSnapshot()));
#else
    _bt_freestack(_bt_search(index, key, &leaf, BT_READ, GetActiveSnapshot()));
#endif
    return leaf;
}

/// Raises "snapshot too old" where the page has changed too much since the active snapshot was taken: until PostgreSQL 16.
inline void check_snapshot_age([[maybe_unused]] Relation relation, [[maybe_unused]] Page page) {
#if PG_VERSION_NUM < 170000
    TestForOldSnapshot(GetActiveSnapshot(), relation, page);
#endif
}

}  // namespace fkaudit::pg

/// Columns that only newer catalogs have, as a catalog query names them (`c` is pg_constraint).
#if PG_VERSION_NUM >= 180000
#define FKAUDIT_SQL_CONENFORCED "c.conenforced"
#define FKAUDIT_SQL_CONPERIOD "c.conperiod"
#else
#define FKAUDIT_SQL_CONENFORCED "true"
#define FKAUDIT_SQL_CONPERIOD "false"
#endif

#if PG_VERSION_NUM >= 180000
#define FKAUDIT_MODULE_MAGIC PG_MODULE_MAGIC_EXT(.name = "fkaudit", .version = "1.0")
#else
#define FKAUDIT_MODULE_MAGIC PG_MODULE_MAGIC
#endif
