#include "src/check/built_in.hpp"

#include "src/pg/compat.hpp"

namespace fkaudit::check {

namespace {

using model::oid;

/// What initdb makes has OIDs below; its functions are the bootstrap superuser's.
bool is_built_in(Oid id) { return id < FirstNormalObjectId; }

bool are_built_in(SysCacheIdentifier cache, HeapTuple tuple, AttrNumber column) {
    bool is_null = false;
    Datum const value = SysCacheGetAttr(cache, tuple, column, &is_null);
    if (is_null) return true;
    auto const* const ids = reinterpret_cast<oidvector*>(DatumGetPointer(value));
    return std::all_of(ids->values, ids->values + ids->dim1, is_built_in);
}

/// Built in with its elements, its default operator classes too. Composite types and ranges are left to the long way.
bool is_plain_type(Oid type) {
    if (!is_built_in(type)) return false;
    Oid const element = get_element_type(type);
    if (OidIsValid(element)) return is_plain_type(element);
    if (get_typtype(type) != TYPTYPE_BASE) return false;
    auto const* const entry = lookup_type_cache(type, TYPECACHE_BTREE_OPFAMILY | TYPECACHE_HASH_OPFAMILY);
    return is_built_in(entry->btree_opf) && is_built_in(entry->hash_opf);
}

/// A hash or merge join takes its functions from any family that has the operator.
bool is_plain_operator(Oid id) {
    if (!is_built_in(id) || !is_built_in(get_commutator(id)) || !is_built_in(get_negator(id))) return false;
    CatCList* const members = SearchSysCacheList1(AMOPOPID, ObjectIdGetDatum(id));
    bool plain = true;
    for (int number = 0; number < members->n_members; ++number) {
        auto const* const member = reinterpret_cast<Form_pg_amop>(GETSTRUCT(&members->members[number]->tuple));
        plain = plain && is_built_in(member->amopfamily);
    }
    ReleaseSysCacheList(members);
    return plain;
}

bool is_plain_cast(Oid source, Oid target) {
    if (source == target) return true;
    HeapTuple const tuple = SearchSysCache2(CASTSOURCETARGET, ObjectIdGetDatum(source), ObjectIdGetDatum(target));
    if (!HeapTupleIsValid(tuple)) return true;
    bool const plain = is_built_in(reinterpret_cast<Form_pg_cast>(GETSTRUCT(tuple))->oid);
    ReleaseSysCache(tuple);
    return plain;
}

bool is_plain_match(Oid parent, Oid child, Oid operator_id) {
    Oid left = InvalidOid, right = InvalidOid;
    op_input_types(operator_id, &left, &right);
    return is_plain_operator(operator_id) && is_plain_type(parent) && is_plain_type(child) && is_built_in(left) &&
           is_built_in(right) && is_plain_cast(parent, left) && is_plain_cast(child, right);
}

bool is_plain_index(Oid id) {
    HeapTuple const tuple = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(id));
    if (!HeapTupleIsValid(tuple)) return false;
    bool const plain = heap_attisnull(tuple, Anum_pg_index_indexprs, nullptr) &&
                       heap_attisnull(tuple, Anum_pg_index_indpred, nullptr) &&
                       are_built_in(INDEXRELID, tuple, Anum_pg_index_indclass);
    ReleaseSysCache(tuple);
    return plain;
}

bool is_plain_statistic(Oid id) {
    HeapTuple const tuple = SearchSysCache1(STATEXTOID, ObjectIdGetDatum(id));
    if (!HeapTupleIsValid(tuple)) return false;
    bool const plain = heap_attisnull(tuple, Anum_pg_statistic_ext_stxexprs, nullptr);
    ReleaseSysCache(tuple);
    return plain;
}

bool has_plain_partition_key(Oid table) {
    HeapTuple const tuple = SearchSysCache1(PARTRELID, ObjectIdGetDatum(table));
    if (!HeapTupleIsValid(tuple)) return false;
    bool plain = heap_attisnull(tuple, Anum_pg_partitioned_table_partexprs, nullptr) &&
                 are_built_in(PARTRELID, tuple, Anum_pg_partitioned_table_partclass);
    auto const* const key = reinterpret_cast<Form_pg_partitioned_table>(GETSTRUCT(tuple));
    for (int position = 0; plain && position < key->partnatts; ++position)
        plain = is_plain_type(get_atttype(table, key->partattrs.values[position]));
    ReleaseSysCache(tuple);
    return plain;
}

/// Closes the list that the relation cache copied.
template <class Test>
bool holds_for_all(List* list, Test test) {
    bool holds = true;
    ListCell* cell = nullptr;
    foreach (cell, list) holds = holds && test(lfirst_oid(cell));
    list_free(list);
    return holds;
}

/// Planning reads the bounds of a partition, and with them the partition keys above it. An edited catalog can make a
/// table its own ancestor: get_partition_ancestors would walk for ever.
bool has_plain_ancestors(Oid id) {
    constexpr int most_levels = 100;
    for (int level = 0; level < most_levels; ++level) {
        if (!get_rel_relispartition(id)) return true;
        id = get_partition_parent(id, true);
        if (!has_plain_partition_key(id)) return false;
    }
    return false;
}

bool is_plain_table(Oid id) {
    Relation const table = relation_open(id, NoLock);
    char const kind = table->rd_rel->relkind;
    bool plain = kind == RELKIND_RELATION || (kind == RELKIND_PARTITIONED_TABLE && has_plain_partition_key(id));
    TupleDesc const columns = RelationGetDescr(table);
    for (int number = 0; plain && number < columns->natts; ++number)
        plain = TupleDescAttr(columns, number)->attgenerated != 'v';
    plain = plain && holds_for_all(RelationGetIndexList(table), is_plain_index);
    plain = plain && holds_for_all(RelationGetStatExtList(table), is_plain_statistic);
    plain = plain && has_plain_ancestors(id);
    relation_close(table, NoLock);
    return plain;
}

}  // namespace

bool needs_built_in_code_only(model::constraint const& key, std::span<oid const> child_tables,
                              std::span<oid const> parent_tables) {
    return pg::guarded([&] {
        // Locks that the transaction has held before brought no news of other sessions' changes.
        AcceptInvalidationMessages();
        for (std::size_t position = 0; position < key.child_columns.size(); ++position)
            if (!is_plain_match(key.parent_column(position).type, key.child_column(position).type,
                                key.operators[position]))
                return false;
        // The rows' primary keys are shown as jsonb, which calls a cast to json of a type that is not built in.
        for (auto const& index : key.child->indexes)
            if (index.is_primary)
                for (auto const& part : index.keys)
                    if (auto const* const column = key.child->find_column(part.column);
                        column == nullptr || !is_plain_type(column->type))
                        return false;
        return std::all_of(child_tables.begin(), child_tables.end(), is_plain_table) &&
               std::all_of(parent_tables.begin(), parent_tables.end(), is_plain_table);
    });
}

}  // namespace fkaudit::check
