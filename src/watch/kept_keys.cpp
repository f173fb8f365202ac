#include "src/watch/kept_keys.hpp"

namespace fkaudit::watch {

namespace {

enum class knowledge { nothing, no_row_security, perhaps_row_security };

/// What was found about a table. It holds until any table's definition changes.
struct known_table {
    Oid id;
    std::uint64_t generation;
    bool is_secret;
};

// A statement costs a few instructions for each table that it writes.
constexpr std::size_t places = 64;
known_table known_tables[places];
std::uint64_t generation = 1;
knowledge transaction = knowledge::nothing;

// The server may leave the functions below by a longjmp: nothing in them has a destructor.

void at_invalidation(Datum, Oid) { ++generation; }

/// Also where the table is gone: nothing is known about that.
bool has_row_security(Oid table) {
    HeapTuple const row = SearchSysCache1(RELOID, ObjectIdGetDatum(table));
    if (!HeapTupleIsValid(row)) return true;
    bool const result = reinterpret_cast<Form_pg_class>(GETSTRUCT(row))->relrowsecurity;
    ReleaseSysCache(row);
    return result;
}

/// A partition's key was perhaps declared on a table above it.
bool is_secret_above(Oid partition) {
    ListCell const* cell = nullptr;
    foreach (cell, get_partition_ancestors(partition))
        if (has_row_security(lfirst_oid(cell))) return true;
    return false;
}

/// The table itself, those above it, and the other side of each foreign key of which it is the child or the parent.
bool find_out(Relation table) {
    if (table->rd_rel->relrowsecurity) return true;
    if (table->rd_rel->relispartition && is_secret_above(RelationGetRelid(table))) return true;
    for (int number = 0; number < table->trigdesc->numtriggers; ++number) {
        auto const& trigger = table->trigdesc->triggers[number];
        if (OidIsValid(trigger.tgconstrrelid) && has_row_security(trigger.tgconstrrelid)) return true;
    }
    return false;
}

bool is_secret(Relation table) {
    if (table->trigdesc == nullptr) return false;
    Oid const id = RelationGetRelid(table);
    auto& known = known_tables[id % places];
    if (known.id == id && known.generation == generation) return known.is_secret;
    // What changes while this looks makes it look again the next time.
    auto const begun = generation;
    bool const result = find_out(table);
    known = {id, begun, result};
    return result;
}

void note(bool is_secret) noexcept {
    if (is_secret)
        transaction = knowledge::perhaps_row_security;
    else if (transaction == knowledge::nothing)
        transaction = knowledge::no_row_security;
}

void note_each(List* tables) {
    ListCell const* cell = nullptr;
    foreach (cell, tables) note(is_secret(static_cast<ResultRelInfo*>(lfirst(cell))->ri_RelationDesc));
}

}  // namespace

void prepare_kept_keys() { CacheRegisterRelcacheCallback(at_invalidation, Datum{0}); }

void note_written(EState const& query) {
    if (transaction == knowledge::perhaps_row_security) return;
    note_each(query.es_opened_result_relations);
    note_each(query.es_tuple_routing_result_relations);
    note_each(query.es_trig_target_relations);
}

void note_copy(CopyStmt const& statement) {
    if (!statement.is_from || statement.relation == nullptr) return;
    Relation const table = table_openrv_extended(statement.relation, RowExclusiveLock, true);
    if (table == nullptr) return;
    // Partitions can have keys of their own; which ones get rows is not known yet.
    bool const is_partitioned = table->rd_rel->relkind == RELKIND_PARTITIONED_TABLE;
    note(is_partitioned || is_secret(table));
    table_close(table, NoLock);
}

bool may_keep_key() noexcept { return transaction == knowledge::no_row_security; }

void forget_written() noexcept { transaction = knowledge::nothing; }

}  // namespace fkaudit::watch
