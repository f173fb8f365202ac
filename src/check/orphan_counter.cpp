#include "src/check/orphan_counter.hpp"

#include <climits>

#include "src/check/stored_value.hpp"
#include "src/pg/compat.hpp"

namespace fkaudit::check {

namespace {

void append(model::vector<char>& bytes, std::string_view part) {
    auto const size = static_cast<std::uint32_t>(part.size());
    auto const* const prefix = reinterpret_cast<char const*>(&size);
    bytes.insert(bytes.end(), prefix, prefix + sizeof size);
    bytes.insert(bytes.end(), part.begin(), part.end());
}

std::string_view view(model::vector<char> const& bytes) { return {bytes.data(), bytes.size()}; }

bool is_smaller(Datum a, Datum b) {
    return compareJsonbContainers(&DatumGetJsonbP(a)->root, &DatumGetJsonbP(b)->root) < 0;
}

Datum make_bytea(std::string_view bytes) {
    return PointerGetDatum(cstring_to_text_with_len(bytes.data(), static_cast<int>(bytes.size())));
}

std::string_view read_bytea(Datum value) {
    auto* const bytes = reinterpret_cast<varlena*>(DatumGetPointer(value));
    return {VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes)};
}

}  // namespace

orphan_counter::orphan_counter(model::arena& arena, MemoryContext context, model::constraint const& key,
                               key_format const& format, std::size_t limit, counted_values* others)
    : key_(key),
      context_(context),
      columns_(arena.array<column>(key.child_columns.size())),
      values_(arena, *key.child, key.child_columns),
      object_(arena, context, *key.child, key.child_columns),
      source_(context),
      memory_(source_, limit),
      counter_(memory_, reinterpret_cast<std::uintptr_t>(this)),
      group_(arena),
      shown_(arena),
      room_(arena),
      limit_(limit),
      others_(others) {
    pg::guarded([&] {
        for (std::size_t position = 0; position < columns_.size(); ++position) {
            auto& one = columns_[position];
            one.group = format.groups[position];
            get_typlenbyval(key.child_column(position).type, &one.length, &one.by_value);
        }
        row_context_ = AllocSetContextCreateInternal(context, "fkaudit orphan", ALLOCSET_DEFAULT_SIZES);
    });
}

bool orphan_counter::add(heap_page const& page, std::span<std::uint32_t const> missing,
                         std::span<std::uint32_t const> mixed) {
    MemoryContext const before = MemoryContextSwitchTo(row_context_);
    sum_.missing_rows += static_cast<std::int64_t>(missing.size());
    sum_.mixed_rows += static_cast<std::int64_t>(mixed.size());
    for (auto const row : missing) {
        read_row(page, row);
        count_row();
    }
    if (sum_.missing_rows == 0)
        for (auto const row : mixed) {
            read_row(page, row);
            compare_mixed();
        }
    MemoryContextSwitchTo(before);
    MemoryContextReset(row_context_);
    return true;
}

void orphan_counter::read_row(heap_page const& page, std::uint32_t row) {
    auto tuple = page.tuple(row);
    values_.begin(page.table());
    values_.read(tuple);
}

void orphan_counter::count_row() {
    group_.clear();
    shown_.clear();
    for (std::size_t position = 0; position < columns_.size(); ++position) {
        auto const& one = columns_[position];
        Datum const value = values_.values()[position];
        char stored[sizeof(Datum)];
        std::string_view bytes(stored, static_cast<std::size_t>(one.length));
        if (one.by_value)
            store_att_byval(stored, value, one.length);
        else if (one.length > 0)
            bytes = {static_cast<char const*>(DatumGetPointer(value)), bytes.size()};
        else
            bytes = read_bytea(PointerGetDatum(PG_DETOAST_DATUM_PACKED(value)));
        append(shown_, bytes);
        append_group(one.group, bytes);
    }
    count_value(1);
}

void orphan_counter::append_group(column_format const& format, std::string_view stored) {
    // The very bytes are kept once.
    if (format.change == rewriting::none) return append(group_, stored);
    if (format.how == storage::integer) {
        auto const value = rewrite(load_integer(stored.data(), format.width), format.change);
        return append(group_, {reinterpret_cast<char const*>(&value), sizeof value});
    }
    room_.resize(room_for(stored));
    append(group_, rewrite(stored, format.change, room_.data()));
}

void orphan_counter::count_value(std::uint64_t count) {
    if (try_count(count)) return;
    flush();
    // One that is larger than all of the memory.
    if (!try_count(count)) pass_on({count, view(group_), view(shown_)});
}

void orphan_counter::merge(keys::key_counter::entry const& one) {
    group_.assign(one.key.begin(), one.key.end());
    shown_.assign(one.shown.begin(), one.shown.end());
    count_value(one.count);
}

void orphan_counter::merge(totals const& other) {
    sum_.missing_rows += other.missing_rows;
    sum_.mixed_rows += other.mixed_rows;
    if (other.best_mixed != 0 && (sum_.best_mixed == 0 || is_smaller(other.best_mixed, sum_.best_mixed)))
        keep(sum_.best_mixed, other.best_mixed);
}

bool orphan_counter::try_count(std::uint64_t count) {
    try {
        counter_.add(view(group_), view(shown_), count);
    } catch (keys::over_budget const&) {
        return false;
    }
    return true;
}

void orphan_counter::compare_mixed() {
    Datum const object = object_.build(values_.values(), values_.nulls());
    if (sum_.best_mixed == 0 || is_smaller(object, sum_.best_mixed)) keep(sum_.best_mixed, object);
}

void orphan_counter::keep(Datum& place, Datum fresh) const {
    MemoryContext const before = MemoryContextSwitchTo(context_);
    if (place != 0) pfree(DatumGetPointer(place));
    place = PointerGetDatum(DatumGetJsonbPCopy(fresh));
    MemoryContextSwitchTo(before);
}

void orphan_counter::begin_sort() {
    MemoryContext const before = MemoryContextSwitchTo(context_);
    auto const columns = CreateTemplateTupleDesc(3);
    TupleDescInitEntry(columns, 1, "key", BYTEAOID, -1, 0);
    TupleDescInitEntry(columns, 2, "count", INT8OID, -1, 0);
    TupleDescInitEntry(columns, 3, "shown", BYTEAOID, -1, 0);
    pg::finish_columns(columns);
    read_slot_ = MakeSingleTupleTableSlot(columns, &TTSOpsMinimalTuple);
    write_slot_ = MakeSingleTupleTableSlot(columns, &TTSOpsVirtual);
    AttrNumber column = 1;
    Oid smaller = ByteaLessOperator, collation = InvalidOid;
    bool nulls_first = false;
    int const kilobytes = static_cast<int>(std::min<std::size_t>(std::max<std::size_t>(limit_ / 1024, 64), INT_MAX));
    sort_ = tuplesort_begin_heap(columns, 1, &column, &smaller, &collation, &nulls_first, kilobytes, nullptr,
                                 TUPLESORT_NONE);
    MemoryContextSwitchTo(before);
}

void orphan_counter::sort_one(keys::key_counter::entry const& one) {
    ExecClearTuple(write_slot_);
    auto* const values = write_slot_->tts_values;
    values[0] = make_bytea(one.key);
    values[1] = Int64GetDatum(static_cast<std::int64_t>(one.count));
    values[2] = make_bytea(one.shown);
    std::fill_n(write_slot_->tts_isnull, 3, false);
    ExecStoreVirtualTuple(write_slot_);
    tuplesort_puttupleslot(sort_, write_slot_);
    ExecClearTuple(write_slot_);
    for (int const place : {0, 2}) pfree(DatumGetPointer(values[place]));
}

/// Hands what is counted to the others, or to the sort, as (key, count, shown).
void orphan_counter::flush() {
    if (others_ == nullptr && sort_ == nullptr) begin_sort();
    counter_.read([this](keys::key_counter::entry const& one) { pass_on(one); });
    counter_.clear();
}

void orphan_counter::pass_on(keys::key_counter::entry const& one) {
    if (others_ != nullptr)
        others_->take(one);
    else
        sort_one(one);
}

Datum orphan_counter::show(std::string_view shown) const {
    Datum values[INDEX_MAX_KEYS];
    bool nulls[INDEX_MAX_KEYS] = {};
    char const* from = shown.data();
    for (std::size_t position = 0; position < columns_.size(); ++position) {
        auto const& one = columns_[position];
        std::uint32_t size = 0;
        std::memcpy(&size, from, sizeof size);
        from += sizeof size;
        // A copy, because what it is read from need not be aligned.
        auto* const copy = static_cast<char*>(palloc(size + 1));
        std::memcpy(copy, from, size);
        if (one.by_value)
            values[position] = fetch_att(copy, true, one.length);
        else
            values[position] = one.length > 0 ? PointerGetDatum(copy) : make_bytea({copy, size});
        from += size;
    }
    return object_.build(values, nulls);
}

void orphan_counter::propose(std::uint64_t count, std::string_view shown) {
    ++distinct_;
    if (count < best_count_) return;
    Datum const object = show(shown);
    if (count > best_count_ || is_smaller(object, best_)) keep(best_, object);
    best_count_ = count;
    MemoryContextReset(row_context_);
}

/// Equal keys stand side by side now, each with what was counted between two flushes.
void orphan_counter::read_sorted() {
    flush();
    tuplesort_performsort(sort_);
    std::uint64_t count = 0;
    group_.clear();
    shown_.clear();
    while (tuplesort_gettupleslot(sort_, true, false, read_slot_, nullptr)) {
        CHECK_FOR_INTERRUPTS();
        slot_getallattrs(read_slot_);
        auto const key = read_bytea(read_slot_->tts_values[0]);
        if (count > 0 && key != view(group_)) {
            propose(count, view(shown_));
            count = 0;
        }
        auto const shown = read_bytea(read_slot_->tts_values[2]);
        if (count == 0) group_.assign(key.begin(), key.end());
        if (count == 0 || keys::is_smaller(shown, view(shown_))) shown_.assign(shown.begin(), shown.end());
        count += static_cast<std::uint64_t>(DatumGetInt64(read_slot_->tts_values[1]));
    }
    if (count > 0) propose(count, view(shown_));
    tuplesort_end(sort_);
    ExecDropSingleTupleTableSlot(read_slot_);
    ExecDropSingleTupleTableSlot(write_slot_);
}

void orphan_counter::finish(verdict& found, MemoryContext target) {
    pg::guarded([&] {
        MemoryContext const before = MemoryContextSwitchTo(row_context_);
        if (sort_ != nullptr)
            read_sorted();
        else
            counter_.read([&](keys::key_counter::entry const& one) { propose(one.count, one.shown); });
        MemoryContextSwitchTo(target);
        Datum const example = best_ != 0 ? best_ : sum_.best_mixed;
        found.example = example == 0 ? 0 : PointerGetDatum(DatumGetJsonbPCopy(example));
        MemoryContextSwitchTo(before);
    });
    found.orphan_rows = sum_.missing_rows + sum_.mixed_rows;
    found.missing_keys = distinct_;
    if (key_.match == model::match_type::full) found.mixed_null_rows = sum_.mixed_rows;
}

}  // namespace fkaudit::check
