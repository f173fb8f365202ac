#include "src/catalog/history_log.hpp"

#include "src/catalog/scope.hpp"
#include "src/model/json.hpp"
#include "src/pg/compat.hpp"
#include "src/pg/function_gate.hpp"

namespace fkaudit::catalog {

namespace {

using text = std::string_view;

/// The columns by number; see sql/fkaudit--1.0.sql.
enum column : AttrNumber {
    id_column = 1,
    changed_at_column,
    change_column,
    child_column,
    constraint_name_column,
    before_column,
    after_column,
    by_user_column,
    application_column,
    command_column,
    transaction_column,
    origin_column,
    constraint_column,
    bypassed_column,
};

constexpr std::array<Oid, 14> column_types{INT8OID, TIMESTAMPTZOID, TEXTOID, TEXTOID, NAMEOID, JSONBOID, JSONBOID,
                                           TEXTOID, TEXTOID,        TEXTOID, INT8OID, TEXTOID, OIDOID,   INT4OID};

constexpr char const* table_name = "fk_history_log";
constexpr char const* id_sequence_name = "fk_history_ids";
constexpr char const* missed_sequence_name = "fk_history_missed";
constexpr char const* index_by_constraint = "fk_history_log_by_constraint";
constexpr char const* index_of_bypassed = "fk_history_log_of_bypassed";
constexpr char const* index_by_name = "fk_history_log_by_name";

Oid schema_of(pg::call& current) { return get_func_namespace(current.function()); }

bool has_columns(Relation table) {
    auto* const columns = RelationGetDescr(table);
    if (columns->natts < static_cast<int>(column_types.size())) return false;
    for (std::size_t number = 0; number < column_types.size(); ++number) {
        auto const* const one = TupleDescAttr(columns, static_cast<int>(number));
        if (one->attisdropped || one->atttypid != column_types[number]) return false;
    }
    return true;
}

/// Somebody who may create objects in the schema must not be able to put a table with a trigger of his own there.
Oid find_table(Oid schema, Oid owner) {
    Oid const table = get_relname_relid(table_name, schema);
    if (!OidIsValid(table))
        ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                        errmsg("the table \"%s\" of the extension fkaudit is not there", table_name),
                        errhint("DROP EXTENSION fkaudit and CREATE EXTENSION fkaudit make it anew.")));
    HeapTuple const tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(table));
    bool const is_own = HeapTupleIsValid(tuple) && reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple))->relowner == owner;
    if (HeapTupleIsValid(tuple)) ReleaseSysCache(tuple);
    if (!is_own)
        ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                        errmsg("the table \"%s\" is not owned by the owner of the extension's functions", table_name)));
    return table;
}

void lock_at_once(Oid relation, char const* name) {
    if (!ConditionalLockRelationOid(relation, RowExclusiveLock))
        ereport(ERROR, (errcode(ERRCODE_LOCK_NOT_AVAILABLE), errmsg("could not obtain lock on relation \"%s\"", name)));
}

void lock(Oid table, history_log::locking how) {
    if (how == history_log::locking::alone) return LockRelationOid(table, ShareUpdateExclusiveLock);
    lock_at_once(table, table_name);
}

Relation open_index(char const* name, Oid schema, Oid table) {
    Oid const id = get_relname_relid(name, schema);
    if (!OidIsValid(id))
        ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                        errmsg("the index \"%s\" of the extension fkaudit is not there", name)));
    Relation const index = index_open(id, AccessShareLock);
    if (index->rd_index->indrelid != table || !index->rd_index->indisvalid)
        ereport(ERROR,
                (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE), errmsg("the index \"%s\" cannot be used", name)));
    return index;
}

Datum call_nextval(Oid sequence) { return DirectFunctionCall1(nextval_oid, ObjectIdGetDatum(sequence)); }

/// A text of the table, or nothing for NULL.
text read_text(model::arena& arena, Relation table, HeapTuple tuple, AttrNumber number) {
    bool is_null = false;
    Datum const value = heap_getattr(tuple, number, RelationGetDescr(table), &is_null);
    return is_null ? text() : pg::spi::copy_text(arena, value);
}

std::optional<pg::spi::jsonb> read_json(model::arena& arena, Relation table, HeapTuple tuple, AttrNumber number) {
    bool is_null = false;
    Datum const value = heap_getattr(tuple, number, RelationGetDescr(table), &is_null);
    if (is_null) return std::nullopt;
    return pg::spi::codec<pg::spi::jsonb>::read(arena, value);
}

/// 0 for NULL.
Datum read_number(Relation table, HeapTuple tuple, AttrNumber number) {
    bool is_null = false;
    Datum const value = heap_getattr(tuple, number, RelationGetDescr(table), &is_null);
    return is_null ? Datum{0} : value;
}

text entry_json(model::arena& arena, log_entry const& one) {
    auto const optional = [&](text value) { return value.empty() ? text("null") : model::json_string(arena, value); };
    auto const json = [](text value) { return value.empty() ? text("null") : value; };
    return arena.concat("{\"change\": ", optional(one.change), ", \"child\": ", optional(one.child),
                        ", \"name\": ", optional(one.constraint_name), ", \"before\": ", json(one.before),
                        ", \"after\": ", json(one.after), ", \"command\": ", optional(one.command),
                        ", \"constraint\": ", one.constraint, ", \"bypassed\": ", one.bypassed, '}');
}

}  // namespace

history_log::history_log(pg::call& current, locking how) : arena_(current.arena()) {
    pg::guarded([&] {
        namespace_ = schema_of(current);
        owner_ = owner(current);
        lock(find_table(namespace_, owner_), how);
        table_ = find_table(namespace_, owner_);
        Relation const table = table_open(table_, AccessShareLock);
        bool const is_sound = table->rd_rel->relkind == RELKIND_RELATION && has_columns(table);
        table_close(table, NoLock);
        if (!is_sound)
            ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                            errmsg("the table \"%s\" has not the columns that fkaudit gave it", table_name)));
        qualified_ = arena_.concat(pg::spi::quote_name(arena_, get_namespace_name(namespace_)), '.', table_name);
    });
    origin_ = arena_.concat(GetSystemIdentifier(), '/', table_);
}

Oid history_log::owner(pg::call& current) {
    HeapTuple const tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(current.function()));
    if (!HeapTupleIsValid(tuple)) elog(ERROR, "cache lookup failed for function %u", current.function());
    Oid const owner = reinterpret_cast<Form_pg_proc>(GETSTRUCT(tuple))->proowner;
    ReleaseSysCache(tuple);
    return owner;
}

logged_key history_log::read(Relation table, HeapTuple tuple) const {
    logged_key row;
    row.place = tuple->t_self;
    row.change = read_text(arena_, table, tuple, change_column);
    row.child = read_text(arena_, table, tuple, child_column);
    bool is_null = false;
    Datum const name = heap_getattr(tuple, constraint_name_column, RelationGetDescr(table), &is_null);
    if (!is_null) row.constraint_name = pg::spi::copy_name(arena_, name);
    row.before = read_json(arena_, table, tuple, before_column);
    row.after = read_json(arena_, table, tuple, after_column);
    row.transaction = DatumGetInt64(read_number(table, tuple, transaction_column));
    if (read_text(arena_, table, tuple, origin_column) == origin_)
        row.constraint = DatumGetObjectId(read_number(table, tuple, constraint_column));
    row.bypassed = DatumGetInt32(read_number(table, tuple, bypassed_column));
    return row;
}

std::optional<logged_key> history_log::find(char const* index_name, std::span<ScanKeyData> wanted) const {
    Relation const table = table_open(table_, NoLock);
    Relation const index = open_index(index_name, namespace_, table_);
    // The last column of the index is the row's number: the latest row comes first.
    SysScanDesc const scan =
        systable_beginscan_ordered(table, index, SnapshotSelf, static_cast<int>(wanted.size()), wanted.data());
    HeapTuple const tuple = systable_getnext_ordered(scan, BackwardScanDirection);
    std::optional<logged_key> found;
    if (HeapTupleIsValid(tuple)) found = read(table, tuple);
    systable_endscan_ordered(scan);
    index_close(index, NoLock);
    table_close(table, NoLock);
    return found;
}

std::optional<logged_key> history_log::find(model::oid constraint) const {
    return pg::guarded([&] {
        ScanKeyData wanted[1];
        ScanKeyInit(&wanted[0], constraint_column, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(constraint));
        auto found = find(index_by_constraint, wanted);
        return found && found->constraint == constraint ? found : std::nullopt;
    });
}

std::optional<logged_key> history_log::find(text child, text constraint_name) const {
    return pg::guarded([&] {
        NameData name;
        namestrcpy(&name, pnstrdup(constraint_name.data(), constraint_name.size()));
        ScanKeyData wanted[2];
        ScanKeyInit(&wanted[0], child_column, BTEqualStrategyNumber, F_TEXTEQ,
                    PointerGetDatum(cstring_to_text_with_len(child.data(), static_cast<int>(child.size()))));
        ScanKeyInit(&wanted[1], constraint_name_column, BTEqualStrategyNumber, F_NAMEEQ, NameGetDatum(&name));
        return find(index_by_name, wanted);
    });
}

std::span<model::oid const> history_log::ever_bypassed() const {
    List* found = nullptr;
    pg::guarded([&] {
        Relation const table = table_open(table_, NoLock);
        Relation const index = open_index(index_of_bypassed, namespace_, table_);
        SysScanDesc const scan = systable_beginscan_ordered(table, index, SnapshotSelf, 0, nullptr);
        while (HeapTuple const tuple = systable_getnext_ordered(scan, ForwardScanDirection)) {
            if (read_text(arena_, table, tuple, origin_column) != origin_) continue;
            found = list_append_unique_oid(found, DatumGetObjectId(read_number(table, tuple, constraint_column)));
        }
        systable_endscan_ordered(scan);
        index_close(index, NoLock);
        table_close(table, NoLock);
    });
    auto const constraints = arena_.array<model::oid>(static_cast<std::size_t>(list_length(found)));
    for (std::size_t number = 0; number < constraints.size(); ++number)
        constraints[number] = list_nth_oid(found, static_cast<int>(number));
    return constraints;
}

void history_log::take_back(logged_key const& row) const {
    pg::guarded([&] {
        Relation const table = table_open(table_, NoLock);
        ItemPointerData place = row.place;
        simple_heap_delete(table, &place);
        table_close(table, NoLock);
        CommandCounterIncrement();
    });
}

void history_log::append(std::span<log_entry const> entries) const {
    if (entries.empty()) return;
    pg::function_gate const gate({&owner_, 1});
    auto const user = pg::guarded([&] { return text(GetUserNameFromId(GetSessionUserId(), false)); });
    Oid const ids = pg::guarded([&] { return get_relname_relid(id_sequence_name, namespace_); });
    auto const statement = arena_.concat(
        "INSERT INTO ", qualified_,
        " (id, changed_at, change, child, constraint_name, before, after, by_user, application, command, txid, origin,"
        " constraint_oid, bypassed) SELECT nextval(",
        ids,
        "::regclass), clock_timestamp(), r ->> 'change', r ->> 'child', (r ->> 'name')::name,"
        " nullif(r -> 'before', 'null'), nullif(r -> 'after', 'null'), $2, nullif($3, ''), r ->> 'command',"
        " pg_current_xact_id()::text::bigint, $4, nullif((r ->> 'constraint')::oid, 0), (r ->> 'bypassed')::int"
        " FROM jsonb_array_elements($1) r");
    constexpr std::size_t most_at_once = 1000;
    for (; !entries.empty(); entries = entries.subspan(std::min(most_at_once, entries.size()))) {
        auto const some = entries.first(std::min(most_at_once, entries.size()));
        auto const list = arena_.join(some, ", ", [&](log_entry const& one) { return entry_json(arena_, one); });
        auto const kept =
            pg::spi::run(arena_.c_string(statement), pg::spi::parse_json(arena_, arena_.concat('[', list, ']')), user,
                         text(application_name == nullptr ? "" : application_name), origin_);
        if (kept != static_cast<std::int64_t>(some.size()))
            throw model::error{"55000", "a trigger or a rule keeps rows out of the table \"fk_history_log\""};
    }
}

void history_log::require_beginning() const {
    bool const has_begun = pg::guarded([&] {
        Relation const table = table_open(table_, NoLock);
        Relation const index = open_index(index_by_name, namespace_, table_);
        ScanKeyData none;
        ScanKeyEntryInitialize(&none, SK_ISNULL | SK_SEARCHNULL, child_column, InvalidStrategy, InvalidOid, InvalidOid,
                               InvalidOid, Datum{0});
        SysScanDesc const scan = systable_beginscan_ordered(table, index, SnapshotSelf, 1, &none);
        bool is_found = false;
        while (HeapTuple const tuple = is_found ? nullptr : systable_getnext_ordered(scan, ForwardScanDirection))
            is_found = heap_attisnull(tuple, change_column, RelationGetDescr(table));
        systable_endscan_ordered(scan);
        index_close(index, NoLock);
        table_close(table, NoLock);
        return is_found;
    });
    if (!has_begun)
        throw model::error{"55000", "the history has no beginning: its rows are gone, or were not restored"};
}

void history_log::note_missed(pg::call& current) {
    pg::guarded([&] {
        Oid const sequence = get_relname_relid(missed_sequence_name, schema_of(current));
        if (!OidIsValid(sequence)) return;
        lock_at_once(sequence, missed_sequence_name);
        (void)call_nextval(sequence);
    });
}

void history_log::forget_missed(pg::call& current) {
    pg::guarded([&] {
        Oid const sequence = get_relname_relid(missed_sequence_name, schema_of(current));
        if (OidIsValid(sequence))
            (void)DirectFunctionCall3(setval3_oid, ObjectIdGetDatum(sequence), Int64GetDatum(1), BoolGetDatum(false));
    });
}

}  // namespace fkaudit::catalog
