#include "src/check/index_counter.hpp"

#include "src/pg/compat.hpp"

namespace fkaudit::check {

index_counter::index_counter(model::arena& arena, model::constraint const& key, MemoryContext context, bool has_many)
    : key_(key),
      context_(context),
      row_context_(
          pg::guarded([&] { return AllocSetContextCreate(context, "fkaudit missing key", ALLOCSET_DEFAULT_SIZES); })),
      object_(arena, context, *key.child, key.child_columns),
      columns_(arena.array<column>(key.child_columns.size())),
      no_nulls_(arena.array<bool>(key.child_columns.size())),
      has_many_(has_many) {
    if (has_many) pg::guarded([&] { begin_sort(); });
}

/// The key's columns, then the number of rows.
void index_counter::begin_sort() {
    MemoryContext const before = MemoryContextSwitchTo(context_);
    auto const width = static_cast<int>(columns_.size());
    sorted_ = CreateTemplateTupleDesc(width + 1);
    AttrNumber attributes[INDEX_MAX_KEYS];
    Oid operators[INDEX_MAX_KEYS], collations[INDEX_MAX_KEYS];
    bool nulls_first[INDEX_MAX_KEYS] = {};
    for (int number = 0; number < width; ++number) {
        auto const& stored = key_.child_column(static_cast<std::size_t>(number));
        auto& one = columns_[static_cast<std::size_t>(number)];
        one.type = getBaseType(stored.type);
        one.collation = stored.collation;
        auto* const type = lookup_type_cache(one.type, TYPECACHE_LT_OPR | TYPECACHE_CMP_PROC_FINFO);
        one.before = type->lt_opr;
        one.order = &type->cmp_proc_finfo;
        attributes[number] = static_cast<AttrNumber>(number + 1);
        operators[number] = one.before;
        collations[number] = one.collation;
        TupleDescInitEntry(sorted_, attributes[number], nullptr, one.type, -1, 0);
        TupleDescInitEntryCollation(sorted_, attributes[number], one.collation);
    }
    TupleDescInitEntry(sorted_, static_cast<AttrNumber>(width + 1), nullptr, INT8OID, -1, 0);
    pg::finish_columns(sorted_);
    sort_ = tuplesort_begin_heap(sorted_, width, attributes, operators, collations, nulls_first,
                                 std::max(maintenance_work_mem / 2, 64), nullptr, TUPLESORT_NONE);
    sorting_ = MakeSingleTupleTableSlot(sorted_, &TTSOpsVirtual);
    MemoryContextSwitchTo(before);
}

void index_counter::add_missing(Datum const* values, std::int64_t rows) {
    if (!has_many_) {
        ++missing_keys_;
        propose(values, rows);
        return;
    }
    ExecClearTuple(sorting_);
    std::copy(values, values + columns_.size(), sorting_->tts_values);
    sorting_->tts_values[columns_.size()] = Int64GetDatum(rows);
    std::fill_n(sorting_->tts_isnull, columns_.size() + 1, false);
    ExecStoreVirtualTuple(sorting_);
    tuplesort_puttupleslot(sort_, sorting_);
}

void index_counter::add_mixed(Datum const* values, bool const* nulls) {
    MemoryContext const before = MemoryContextSwitchTo(row_context_);
    keep_least(mixed_example_, object_.build(values, nulls));
    MemoryContextSwitchTo(before);
    MemoryContextReset(row_context_);
}

/// The most frequent key is the example, the least of equals.
void index_counter::propose(Datum const* values, std::int64_t rows) {
    if (rows < most_rows_) return;
    MemoryContext const before = MemoryContextSwitchTo(row_context_);
    if (rows > most_rows_) example_ = 0;
    most_rows_ = rows;
    keep_least(example_, object_.build(values, no_nulls_.data()));
    MemoryContextSwitchTo(before);
    MemoryContextReset(row_context_);
}

void index_counter::keep_least(Datum& kept, Datum shown) const {
    if (kept != 0 && compareJsonbContainers(&DatumGetJsonbP(kept)->root, &DatumGetJsonbP(shown)->root) <= 0) return;
    MemoryContext const before = MemoryContextSwitchTo(context_);
    kept = datumCopy(shown, false, -1);
    MemoryContextSwitchTo(before);
}

bool index_counter::is_same(TupleTableSlot* a, TupleTableSlot* b) const {
    for (std::size_t number = 0; number < columns_.size(); ++number)
        if (DatumGetInt32(FunctionCall2Coll(columns_[number].order, columns_[number].collation, a->tts_values[number],
                                            b->tts_values[number])) != 0)
            return false;
    return true;
}

void index_counter::read_sorted() {
    tuplesort_performsort(sort_);
    // Two slots in turn: the one holds the first of some equal keys, the other the next one that is read.
    TupleTableSlot* first = MakeSingleTupleTableSlot(sorted_, &TTSOpsMinimalTuple);
    TupleTableSlot* next = MakeSingleTupleTableSlot(sorted_, &TTSOpsMinimalTuple);
    std::int64_t rows = 0;
    bool has_first = false;
    for (;;) {
        CHECK_FOR_INTERRUPTS();
        bool const has_next = tuplesort_gettupleslot(sort_, true, true, next, nullptr);
        if (has_next) slot_getallattrs(next);
        if (has_first && has_next && is_same(first, next)) {
            rows += DatumGetInt64(next->tts_values[columns_.size()]);
            continue;
        }
        if (has_first) {
            ++missing_keys_;
            propose(first->tts_values, rows);
        }
        if (!has_next) break;
        std::swap(first, next);
        has_first = true;
        rows = DatumGetInt64(first->tts_values[columns_.size()]);
    }
    ExecDropSingleTupleTableSlot(first);
    ExecDropSingleTupleTableSlot(next);
    ExecDropSingleTupleTableSlot(sorting_);
    tuplesort_end(sort_);
}

void index_counter::finish(verdict& found, MemoryContext target) {
    pg::guarded([&] {
        if (has_many_) read_sorted();
        found.orphan_rows = orphan_rows_;
        found.missing_keys = missing_keys_;
        Datum const shown = example_ != 0 ? example_ : mixed_example_;
        if (shown == 0) return;
        MemoryContext const before = MemoryContextSwitchTo(target);
        found.example = datumCopy(shown, false, -1);
        MemoryContextSwitchTo(before);
    });
}

}  // namespace fkaudit::check
