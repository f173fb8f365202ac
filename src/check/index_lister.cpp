#include "src/check/index_lister.hpp"

#include <limits>

#include "src/pg/compat.hpp"

namespace fkaudit::check {

namespace {

/// Rows under one guard.
constexpr std::size_t guarded_rows = 1024;

std::span<std::int16_t const> shown_primary_key(model::arena& arena, prepared_key const& prepared) {
    return prepared.visible.primary_key ? primary_key(arena, *prepared.key->child) : std::span<std::int16_t const>();
}

}  // namespace

index_lister::shown_columns index_lister::make(model::arena& arena, std::span<std::int16_t const> numbers) {
    return {numbers, arena.array<std::int16_t>(numbers.size()), arena.array<Datum>(numbers.size()),
            arena.array<bool>(numbers.size())};
}

index_lister::index_lister(model::arena& arena, prepared_key const& prepared, MemoryContext context,
                           pg::result_set& result)
    : prepared_(prepared),
      context_(context),
      result_(result),
      key_(make(arena, prepared.key->child_columns)),
      primary_key_(make(arena, shown_primary_key(arena, prepared))),
      key_object_(arena, context, *prepared.key->child, key_.numbers),
      primary_object_(arena, context, *prepared.key->child, primary_key_.numbers),
      some_(arena.array<row_place>(guarded_rows)) {
    pg::guarded([&] { begin_sort(); });
}

/// Table and place.
void index_lister::begin_sort() {
    MemoryContext const before = MemoryContextSwitchTo(context_);
    sorted_ = CreateTemplateTupleDesc(2);
    TupleDescInitEntry(sorted_, 1, nullptr, OIDOID, -1, 0);
    TupleDescInitEntry(sorted_, 2, nullptr, TIDOID, -1, 0);
    pg::finish_columns(sorted_);
    AttrNumber attributes[] = {1, 2};
    Oid operators[] = {lookup_type_cache(OIDOID, TYPECACHE_LT_OPR)->lt_opr, TIDLessOperator};
    Oid collations[] = {InvalidOid, InvalidOid};
    bool nulls_first[] = {false, false};
    sort_ = tuplesort_begin_heap(sorted_, 2, attributes, operators, collations, nulls_first,
                                 std::max(maintenance_work_mem / 2, 64), nullptr, TUPLESORT_NONE);
    sorting_ = MakeSingleTupleTableSlot(sorted_, &TTSOpsVirtual);
    reading_ = MakeSingleTupleTableSlot(sorted_, &TTSOpsMinimalTuple);
    MemoryContextSwitchTo(before);
}

void index_lister::add_row(TupleTableSlot* row) {
    ExecClearTuple(sorting_);
    sorting_->tts_values[0] = ObjectIdGetDatum(row->tts_tableOid);
    sorting_->tts_values[1] = PointerGetDatum(&row->tts_tid);
    sorting_->tts_isnull[0] = sorting_->tts_isnull[1] = false;
    ExecStoreVirtualTuple(sorting_);
    tuplesort_puttupleslot(sort_, sorting_);
}

void index_lister::finish(std::int64_t max_rows) {
    auto left = max_rows < 0 ? std::numeric_limits<std::int64_t>::max() : max_rows;
    pg::guarded([&] { tuplesort_performsort(sort_); });
    while (left > 0) {
        auto const wanted = std::min<std::int64_t>(left, guarded_rows);
        auto const some =
            some_.first(pg::guarded([&] { return read_some(some_.first(static_cast<std::size_t>(wanted))); }));
        if (some.empty()) break;
        result_.add_each(some, [this](pg::row_builder& row, row_place const& place) { describe(row, place); });
        left -= static_cast<std::int64_t>(some.size());
    }
    pg::guarded([&] {
        close();
        ExecDropSingleTupleTableSlot(sorting_);
        ExecDropSingleTupleTableSlot(reading_);
        tuplesort_end(sort_);
    });
}

std::size_t index_lister::read_some(std::span<row_place> some) {
    CHECK_FOR_INTERRUPTS();
    std::size_t count = 0;
    while (count < some.size() && tuplesort_gettupleslot(sort_, true, false, reading_, nullptr)) {
        slot_getallattrs(reading_);
        some[count++] = {DatumGetObjectId(reading_->tts_values[0]),
                         *reinterpret_cast<ItemPointer>(DatumGetPointer(reading_->tts_values[1]))};
    }
    return count;
}

/// A partition's columns have the names of the child's, and numbers of their own.
void index_lister::open(Oid table) {
    if (table_ != nullptr && RelationGetRelid(table_) == table) return;
    close();
    MemoryContext const before = MemoryContextSwitchTo(context_);
    table_ = table_open(table, NoLock);
    row_ = table_slot_create(table_, nullptr);
    for (auto* const columns : {&key_, &primary_key_})
        for (std::size_t number = 0; number < columns->numbers.size(); ++number) {
            auto const name = prepared_.key->child->find_column(columns->numbers[number])->name.name;
            columns->attributes[number] = get_attnum(table, pnstrdup(name.data(), name.size()));
        }
    MemoryContextSwitchTo(before);
}

void index_lister::close() {
    if (table_ == nullptr) return;
    ExecDropSingleTupleTableSlot(row_);
    table_close(table_, NoLock);
    table_ = nullptr;
}

void index_lister::read(shown_columns& columns) const {
    for (std::size_t number = 0; number < columns.numbers.size(); ++number)
        columns.values[number] = slot_getattr(row_, columns.attributes[number], &columns.nulls[number]);
}

void index_lister::describe(pg::row_builder& row, row_place const& place) {
    open(place.table);
    auto tid = place.row;
    if (!table_tuple_fetch_row_version(table_, &tid, GetActiveSnapshot(), row_))
        elog(ERROR, "row (%u,%u) of \"%s\" is gone", ItemPointerGetBlockNumber(&tid), ItemPointerGetOffsetNumber(&tid),
             RelationGetRelationName(table_));
    auto const& key = *prepared_.key;
    read(key_);
    bool const is_mixed = std::find(key_.nulls.begin(), key_.nulls.end(), true) != key_.nulls.end();
    row << key.child->id;
    if (key.id != model::no_oid)
        row << key.name;
    else
        row << std::nullopt;
    if (primary_key_.numbers.empty()) {
        row << std::nullopt;
    } else {
        read(primary_key_);
        row << pg::spi::jsonb{primary_object_.build(primary_key_.values.data(), primary_key_.nulls.data())};
    }
    row << pg::spi::jsonb{key_object_.build(key_.values.data(), key_.nulls.data())} << key.parent->id
        << (is_mixed ? "mixed null" : "missing parent") << place.table
        << pg::raw_value{PointerGetDatum(&place.row), false, TIDOID} << key.id;
}

}  // namespace fkaudit::check
