#include "src/check/open_index.hpp"

#include "src/pg/compat.hpp"

namespace fkaudit::check {

namespace {

RegProcedure function_of(index_column const& column, int strategy) {
    Oid const found = get_opfamily_member(column.family, column.type, column.type, static_cast<std::int16_t>(strategy));
    if (!OidIsValid(found)) elog(ERROR, "operator %d of operator family %u is missing", strategy, column.family);
    return get_opcode(found);
}

}  // namespace

void open_index::open(key_index const& chosen, model::arena& arena) {
    chosen_ = &chosen;
    table_ = table_open(chosen.table, NoLock);
    index_ = index_open(chosen.id, NoLock);
    columns_ = arena.array<open_column>(chosen.columns.size());
    for (std::size_t number = 0; number < columns_.size(); ++number) {
        auto const& what = chosen.columns[number];
        auto& column = columns_[number];
        auto const* const attribute = TupleDescAttr(RelationGetDescr(index_), static_cast<int>(number));
        column.what = what;
        column.order = index_getprocinfo(index_, static_cast<AttrNumber>(number + 1), BTORDER_PROC);
        column.equal = function_of(what, BTEqualStrategyNumber);
        column.length = attribute->attlen;
        column.by_value = attribute->attbyval;
        if (attribute->atttypid == CSTRINGOID) {
            column.name = arena.array<NameData>(1).data();
            column.length = NAMEDATALEN;
        }
    }
}

void open_index::close() {
    index_close(index_, NoLock);
    table_close(table_, NoLock);
}

IndexScanDesc open_index::begin_scan(int keys, bool keeps_pages) const {
    IndexScanDesc const scan = pg::begin_index_scan(table_, index_, keys);
    scan->xs_want_itup = keeps_pages;
    return scan;
}

void open_index::read_entry(IndexTuple entry, Datum* values, bool* nulls) const {
    auto* const descriptor = RelationGetDescr(index_);
    for (std::size_t number = 0; number < columns_.size(); ++number) {
        auto const& column = columns_[number];
        auto const position = column.what.position;
        values[position] = index_getattr(entry, static_cast<int>(number + 1), descriptor, &nulls[position]);
        if (column.name != nullptr && !nulls[position]) {
            namestrcpy(column.name, DatumGetCString(values[position]));
            values[position] = NameGetDatum(column.name);
        }
    }
}

void open_index::read_row(TupleTableSlot* slot, Datum* values, bool* nulls) const {
    for (auto const& column : columns_)
        values[column.what.position] = slot_getattr(slot, column.what.attribute, &nulls[column.what.position]);
}

bool open_index::are_equal(Datum const* a, Datum const* b) const {
    return std::all_of(columns_.begin(), columns_.end(), [&](open_column const& column) {
        Datum const one = a[column.what.position], other = b[column.what.position];
        if (column.by_value && one == other) return true;
        return DatumGetInt32(FunctionCall2Coll(column.order, column.what.collation, one, other)) == 0;
    });
}

bool open_index::is_all_visible(ItemPointerData const& row, Buffer& buffer) const {
    return VM_ALL_VISIBLE(table_, ItemPointerGetBlockNumber(&row), &buffer);
}

void open_index::set_equal(ScanKey keys, std::size_t count, Datum const* values) const {
    for (std::size_t number = 0; number < count; ++number)
        ScanKeyEntryInitialize(&keys[number], 0, static_cast<AttrNumber>(number + 1), BTEqualStrategyNumber, InvalidOid,
                               columns_[number].what.collation, columns_[number].equal,
                               values[columns_[number].what.position]);
}

}  // namespace fkaudit::check
