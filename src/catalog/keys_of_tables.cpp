#include "src/catalog/keys_of_tables.hpp"

#include "src/pg/compat.hpp"
#include "src/pg/dependencies.hpp"

namespace fkaudit::catalog {

namespace {

constexpr int most_levels = 100;  ///< of partitions: an edited catalog can lead round in a circle

/// The declared key of a row of pg_constraint; InvalidOid where the row is no foreign key.
Oid declared_key_of(Oid constraint) {
    for (int level = 0; level < most_levels; ++level) {
        HeapTuple const tuple = SearchSysCache1(CONSTROID, ObjectIdGetDatum(constraint));
        if (!HeapTupleIsValid(tuple)) return InvalidOid;
        auto const* const row = reinterpret_cast<Form_pg_constraint>(GETSTRUCT(tuple));
        Oid const above = row->conparentid;
        bool const is_key = row->contype == CONSTRAINT_FOREIGN;
        ReleaseSysCache(tuple);
        if (!is_key) return InvalidOid;
        if (!OidIsValid(above)) return constraint;
        constraint = above;
    }
    return InvalidOid;
}

void add(Oid constraint, key_lists& keys) {
    Oid const declared = declared_key_of(constraint);
    if (OidIsValid(declared)) keys.declared = list_append_unique_oid(keys.declared, declared);
}

/// pg_constraint has no index by parent; but each key depends on it.
void add_keys_of_parent(Oid table, key_lists& keys) {
    Relation const dependencies = table_open(DependRelationId, AccessShareLock);
    ScanKeyData wanted[2];
    ScanKeyInit(&wanted[0], Anum_pg_depend_refclassid, BTEqualStrategyNumber, F_OIDEQ,
                ObjectIdGetDatum(RelationRelationId));
    ScanKeyInit(&wanted[1], Anum_pg_depend_refobjid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(table));
    SysScanDesc const scan = systable_beginscan(dependencies, DependReferenceIndexId, true, nullptr, 2, wanted);
    while (HeapTuple const tuple = systable_getnext(scan)) {
        auto const* const row = reinterpret_cast<Form_pg_depend>(GETSTRUCT(tuple));
        if (row->classid == ConstraintRelationId && row->deptype == DEPENDENCY_NORMAL) add(row->objid, keys);
    }
    systable_endscan(scan);
    table_close(dependencies, AccessShareLock);
}

}  // namespace

void add_keys_of_child(Oid table, key_lists& keys) {
    Relation const constraints = table_open(ConstraintRelationId, AccessShareLock);
    ScanKeyData wanted;
    ScanKeyInit(&wanted, Anum_pg_constraint_conrelid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(table));
    SysScanDesc const scan =
        systable_beginscan(constraints, ConstraintRelidTypidNameIndexId, true, nullptr, 1, &wanted);
    while (HeapTuple const tuple = systable_getnext(scan)) {
        auto const* const row = reinterpret_cast<Form_pg_constraint>(GETSTRUCT(tuple));
        if (row->contype != CONSTRAINT_FOREIGN) continue;
        add(row->oid, keys);
        if (OidIsValid(row->conparentid)) keys.derived = list_append_unique_oid(keys.derived, row->oid);
    }
    systable_endscan(scan);
    table_close(constraints, AccessShareLock);
}

bool was_key(Oid dropped) {
    Relation const constraints = table_open(ConstraintRelationId, AccessShareLock);
    ScanKeyData wanted;
    ScanKeyInit(&wanted, Anum_pg_constraint_oid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(dropped));
    SysScanDesc const scan = systable_beginscan(constraints, ConstraintOidIndexId, true, SnapshotAny, 1, &wanted);
    bool is_key = false;
    // Each version of the row is of the same kind.
    if (HeapTuple const tuple = systable_getnext(scan); HeapTupleIsValid(tuple))
        is_key = reinterpret_cast<Form_pg_constraint>(GETSTRUCT(tuple))->contype == CONSTRAINT_FOREIGN;
    systable_endscan(scan);
    table_close(constraints, AccessShareLock);
    return is_key;
}

void add_keys_of_table(Oid table, key_lists& keys) {
    add_keys_of_child(table, keys);
    add_keys_of_parent(table, keys);
}

}  // namespace fkaudit::catalog
