#include "src/check/heap_reader.hpp"

#include "src/check/stored_value.hpp"
#include "src/keys/memory.hpp"
#include "src/pg/compat.hpp"

namespace fkaudit::check {

heap_page::heap_page(model::arena& arena, MemoryContext context, std::span<wanted_column const> columns)
    : arena_(arena) {
    constexpr std::size_t most_rows = MaxHeapTuplesPerPage;
    columns_ = arena_.array<picked>(columns.size());
    for (std::size_t position = 0; position < columns.size(); ++position) {
        auto& column = columns_[position];
        column.format = columns[position].format;
        column.name = arena_.concat(columns[position].name, '\0');
        if (column.format.how == storage::integer)
            column.values.integers = arena_.array<std::int64_t>(most_rows).data();
        if (!column.format.is_packed_as_integer())
            column.values.texts = arena_.array<std::string_view>(most_rows).data();
        column.values.nulls = arena_.array<bool>(most_rows).data();
    }
    headers_ = arena_.array<HeapTupleHeader>(most_rows).data();
    data_ = arena_.array<char*>(most_rows).data();
    for (auto* const list : {&simple_, &nulled_, &short_}) *list = arena_.array<std::uint32_t>(most_rows).data();
    walked_ = arena_.array<walked>(most_rows).data();
    offsets_ = arena_.array<OffsetNumber>(most_rows).data();
    pg::guarded(
        [&] { values_context_ = AllocSetContextCreate(context, "fkaudit page values", ALLOCSET_DEFAULT_SIZES); });
}

HeapTupleData heap_page::tuple(std::uint32_t row) const noexcept {
    HeapTupleData made{};
    made.t_data = headers_[row];
    made.t_len = ItemIdGetLength(PageGetItemId(page_, offsets_[row]));
    made.t_tableOid = RelationGetRelid(table_);
    ItemPointerSet(&made.t_self, block_, offsets_[row]);
    return made;
}

void heap_page::begin(Relation table) {
    table_ = table;
    rows_ = 0;
    auto* const descriptor = RelationGetDescr(table);
    attribute_count_ = 0;
    for (auto& column : columns_) {
        auto const number = get_attnum(RelationGetRelid(table), column.name.data());
        if (number <= 0)
            elog(ERROR, "fkaudit: column \"%s\" of \"%s\" is gone", column.name.data(), RelationGetRelationName(table));
        column.attribute = number - 1;
        attribute_count_ = std::max(attribute_count_, static_cast<int>(number));
    }
    describe_attributes(descriptor);
    find_missing_values(descriptor);
}

/// As heap_deform_tuple finds places: a varlena stands at a known one only if that needs no padding, since short ones
/// are not aligned.
void heap_page::describe_attributes(TupleDesc descriptor) {
    if (attributes_.size() < static_cast<std::size_t>(attribute_count_))
        attributes_ = arena_.array<attribute>(static_cast<std::size_t>(attribute_count_));
    for (auto& column : columns_) {
        column.offset = -1;
        column.next = nullptr;
    }

    bool is_fixed = true;
    fixed_count_ = 0;
    fixed_end_ = 0;
    std::uint32_t offset = 0;
    for (int number = 0; number < attribute_count_; ++number) {
        auto const* const one = TupleDescAttr(descriptor, number);
        auto& described = attributes_[static_cast<std::size_t>(number)];
        described = {one->attlen, alignment_of(one->attalign), nullptr};
        auto const aligned = align_up(offset, described.alignment);
        bool const is_placed = is_fixed && (one->attlen > 0 || aligned == offset);
        for (auto& column : columns_) {
            if (column.attribute != number) continue;
            column.next = described.wanted;
            described.wanted = &column;
            if (is_placed) column.offset = static_cast<std::int32_t>(aligned);
        }
        is_fixed = is_fixed && one->attlen > 0;
        if (!is_fixed) continue;
        offset = aligned + static_cast<std::uint32_t>(one->attlen);
        fixed_count_ = number + 1;
        fixed_end_ = offset;
    }
    all_fixed_ = std::all_of(columns_.begin(), columns_.end(), [](picked const& column) { return column.offset >= 0; });
}

void heap_page::find_missing_values(TupleDesc descriptor) {
    for (auto& column : columns_) {
        Datum const value = getmissingattr(descriptor, column.attribute + 1, &column.missing_null);
        if (column.missing_null) continue;
        auto const* const one = TupleDescAttr(descriptor, column.attribute);
        char stored[sizeof(Datum)];
        if (one->attbyval) store_att_byval(stored, value, one->attlen);
        // A void pointer on 19.
        auto const* const place = one->attbyval ? stored : static_cast<char const*>(DatumGetPointer(value));
        if (column.format.how == storage::integer)
            column.missing_integer = load_integer(place, column.format.width);
        else
            column.missing_text = load_text(place, column.format);
    }
}

void heap_page::load(HeapScanDesc scan) {
    list_rows(scan);
    find_next(scan);
    MemoryContextReset(values_context_);
    MemoryContext const before = MemoryContextSwitchTo(values_context_);
    bool const all_simple = simple_count_ == rows_;
    for (auto& column : columns_) {
        if (!all_simple) std::fill_n(column.values.nulls, rows_, false);
        column.values.has_nulls = false;
        if (column.offset >= 0) pick_fixed(column);
        prefetch_next();
    }
    if (!all_fixed_) walk_rows({simple_, simple_count_}, false);
    walk_rows({nulled_, nulled_count_}, true);
    for (std::uint32_t number = 0; number < short_count_; ++number) walk_short(short_[number]);
    for (auto& column : columns_)
        if (column.format.change != rewriting::none) rewrite_values(column);
    MemoryContextSwitchTo(before);
}

/// Where the next page is, if it is in memory. Asking for it twice costs less than waiting for its lines. One that is not
/// in memory is asked of the kernel, as heap scans leave it to its own reading ahead: so it is not asked every time.
void heap_page::find_next(HeapScanDesc scan) {
    constexpr std::uint32_t patience = 64;
    next_line_ = nullptr;
    if (absent_pages_ > 0) {
        --absent_pages_;
        return;
    }
    auto const next = scan->rs_cblock + 1;
    if (next >= scan->rs_nblocks) return;
    auto const found = PrefetchBuffer(table_, MAIN_FORKNUM, next).recent_buffer;
    if (!BufferIsValid(found)) {
        absent_pages_ = patience;
        return;
    }
    // It is not pinned: nothing but a prefetch, which no address harms, may look there.
    next_line_ = static_cast<char const*>(BufferGetPage(found));
    next_end_ = next_line_ + BLCKSZ;
}

/// A share of the next page's lines, because only so many can be on their way at once.
void heap_page::prefetch_next() noexcept {
    if (next_line_ == nullptr) return;
    auto const share = (BLCKSZ / keys::line_size / columns_.size() + 1) * keys::line_size;
    auto const* const end = std::min(next_line_ + share, next_end_);
    for (; next_line_ < end; next_line_ += keys::line_size) __builtin_prefetch(next_line_);
}

/// Copies of members, here and below, because the server's headers need -fno-strict-aliasing: any store could change them.
void heap_page::list_rows(HeapScanDesc scan) {
    auto const page = BufferGetPage(scan->rs_cbuf);
    auto const count = static_cast<std::uint32_t>(scan->rs_ntuples);
    auto const* const visible = scan->rs_vistuples;
    auto* const headers = headers_;
    for (std::uint32_t row = 0; row < count; ++row) {
        headers[row] = reinterpret_cast<HeapTupleHeader>(PageGetItem(page, PageGetItemId(page, visible[row])));
        __builtin_prefetch(headers[row]);
        __builtin_prefetch(reinterpret_cast<char*>(headers[row]) + keys::line_size);
    }
    auto* const data = data_;
    auto *const simple = simple_, *const nulled = nulled_, *const too_short = short_;
    auto const attribute_count = attribute_count_;
    std::uint32_t simple_count = 0, nulled_count = 0, short_count = 0;
    for (std::uint32_t row = 0; row < count; ++row) {
        auto* const header = headers[row];
        data[row] = reinterpret_cast<char*>(header) + header->t_hoff;
        bool const is_short = static_cast<int>(HeapTupleHeaderGetNatts(header)) < attribute_count;
        bool const has_nulls = (header->t_infomask & HEAP_HASNULL) != 0;
        simple[simple_count] = nulled[nulled_count] = too_short[short_count] = row;
        short_count += is_short;
        nulled_count += !is_short && has_nulls;
        simple_count += !is_short && !has_nulls;
    }
    rows_ = count;
    simple_count_ = simple_count;
    nulled_count_ = nulled_count;
    short_count_ = short_count;
    page_ = page;
    block_ = scan->rs_cblock;
    std::copy_n(visible, count, offsets_);
    // The scan has handed out the page's first row; it is told that this was the last one.
    scan->rs_cindex = static_cast<decltype(scan->rs_cindex)>(count - 1);
}

template <class Integer>
void heap_page::pick_integers(picked& column) const noexcept {
    auto* const into = column.values.integers;
    auto const offset = column.offset;
    auto const pick = [into, offset, data = data_](std::uint32_t row) {
        Integer value;
        std::memcpy(&value, data[row] + offset, sizeof value);
        into[row] = std::int64_t{value};
    };
    auto const count = simple_count_;
    auto const* const simple = simple_;
    if (count == rows_)
        for (std::uint32_t row = 0; row < count; ++row) pick(row);
    else
        for (std::uint32_t number = 0; number < count; ++number) pick(simple[number]);
}

void heap_page::pick_fixed(picked& column) const {
    if (column.format.how == storage::integer) {
        switch (column.format.width) {
            case 1: return pick_integers<std::int8_t>(column);
            case 2: return pick_integers<std::int16_t>(column);
            case 4: return pick_integers<std::int32_t>(column);
            default: return pick_integers<std::int64_t>(column);
        }
    }
    for (std::uint32_t number = 0; number < simple_count_; ++number) {
        auto const row = simple_[number];
        column.values.texts[row] = load_text(data_[row] + column.offset, column.format);
    }
}

/// heap_deform_tuple for many rows at once: an attribute of all of them, then the next one, so that a row's places, each
/// of which depends on the one before, are not waited for.
void heap_page::walk_rows(std::span<std::uint32_t const> rows, bool has_nulls) {
    if (rows.empty()) return;
    int const first = has_nulls ? 0 : fixed_count_;
    std::span<walked> const all(walked_, rows.size());
    auto const offset = has_nulls ? 0 : fixed_end_;
    for (std::size_t number = 0; number < all.size(); ++number) {
        auto const row = rows[number];
        all[number] = {row, offset, data_[row], headers_[row]->t_bits};
    }
    if (has_nulls)
        walk_attributes<true>(all, first);
    else
        walk_attributes<false>(all, first);
}

template <bool HasNulls>
void heap_page::walk_attributes(std::span<walked> rows, int first) {
    for (int number = first; number < attribute_count_; ++number) {
        auto& one = attributes_[static_cast<std::size_t>(number)];
        auto* const wanted = one.wanted;
        if (wanted != nullptr && wanted->next == nullptr && wanted->format.how == storage::integer) {
            switch (wanted->format.width) {
                case 1: walk_integers<HasNulls, std::int8_t>(rows, number, *wanted); continue;
                case 2: walk_integers<HasNulls, std::int16_t>(rows, number, *wanted); continue;
                case 4: walk_integers<HasNulls, std::int32_t>(rows, number, *wanted); continue;
                default: walk_integers<HasNulls, std::int64_t>(rows, number, *wanted); continue;
            }
        }
        align<HasNulls>(rows, number);
        for (auto* column = wanted; column != nullptr; column = column->next) walk_one<HasNulls>(rows, number, *column);
        step_over<HasNulls>(rows, number);
    }
}

/// Without a branch for NULL, which nobody can predict: its value is read from the row's start, and thrown away.
template <bool HasNulls, class Integer>
void heap_page::walk_integers(std::span<walked> rows, int number, picked& column) noexcept {
    auto* const into = column.values.integers;
    auto* const nulls = column.values.nulls;
    auto const alignment = attributes_[static_cast<std::size_t>(number)].alignment;
    bool any_null = false;
    for (auto& each : rows) {
        auto const one = each;
        bool const is_null = HasNulls && att_isnull(number, one.bits);
        auto const place = align_up(one.offset, alignment);
        // The header, of more bytes than an integer has, is before the data.
        std::int64_t const from = is_null ? -std::int64_t{sizeof(Integer)} : std::int64_t{place};
        Integer value;
        std::memcpy(&value, one.data + from, sizeof value);
        into[one.row] = std::int64_t{value} & -std::int64_t{!is_null};
        each.offset = is_null ? one.offset : place + static_cast<std::uint32_t>(sizeof value);
        if constexpr (HasNulls) nulls[one.row] = is_null;
        any_null |= is_null;
    }
    column.values.has_nulls = column.values.has_nulls || any_null;
}

/// Brings the rows to where the attribute begins.
template <bool HasNulls>
void heap_page::align(std::span<walked> rows, int number) noexcept {
    auto const& attribute = attributes_[static_cast<std::size_t>(number)];
    for (auto& one : rows) {
        if (HasNulls && att_isnull(number, one.bits)) continue;
        if (attribute.length != -1 || !VARATT_NOT_PAD_BYTE(one.data + one.offset))
            one.offset = align_up(one.offset, attribute.alignment);
    }
}

template <bool HasNulls>
void heap_page::walk_one(std::span<walked> rows, int number, picked& column) {
    for (auto const& one : rows) {
        if (HasNulls && att_isnull(number, one.bits))
            set_null(column, one.row);
        else
            set(column, one.row, one.data + one.offset);
    }
}

template <bool HasNulls>
void heap_page::step_over(std::span<walked> rows, int number) noexcept {
    auto const length = attributes_[static_cast<std::size_t>(number)].length;
    for (auto& one : rows)
        if (!HasNulls || !att_isnull(number, one.bits)) one.offset += size_of(one.data + one.offset, length);
}

/// heap_deform_tuple for one row that lacks wanted columns.
void heap_page::walk_short(std::uint32_t row) {
    auto const* const header = headers_[row];
    bool const has_nulls = (header->t_infomask & HEAP_HASNULL) != 0;
    int const stored = static_cast<int>(HeapTupleHeaderGetNatts(header));
    std::uint32_t offset = 0;
    auto const* const start = data_[row];
    for (int number = 0; number < stored; ++number) {
        auto const& one = attributes_[static_cast<std::size_t>(number)];
        if (has_nulls && att_isnull(number, header->t_bits)) {
            for (auto* column = one.wanted; column != nullptr; column = column->next) set_null(*column, row);
            continue;
        }
        if (one.length != -1 || !VARATT_NOT_PAD_BYTE(start + offset)) offset = align_up(offset, one.alignment);
        for (auto* column = one.wanted; column != nullptr; column = column->next) set(*column, row, start + offset);
        offset += size_of(start + offset, one.length);
    }
    set_missing(row, stored);
}

void heap_page::set_missing(std::uint32_t row, int attribute_count) {
    for (auto& column : columns_) {
        if (column.attribute < attribute_count) continue;
        if (column.missing_null)
            set_null(column, row);
        else if (column.format.how == storage::integer)
            column.values.integers[row] = column.missing_integer;
        else
            column.values.texts[row] = column.missing_text;
    }
}

void heap_page::set(picked& column, std::uint32_t row, char const* value) {
    if (column.format.how == storage::integer)
        column.values.integers[row] = load_integer(value, column.format.width);
    else
        column.values.texts[row] = load_text(value, column.format);
}

void heap_page::set_null(picked& column, std::uint32_t row) noexcept {
    column.values.nulls[row] = true;
    column.values.has_nulls = true;
    // What is read of a NULL by mistake is at least not the former page's.
    if (column.format.how == storage::integer)
        column.values.integers[row] = 0;
    else
        column.values.texts[row] = {};
}

void heap_page::rewrite_values(picked& column) const {
    auto const change = column.format.change;
    auto* const integers = column.values.integers;
    auto* const texts = column.values.texts;
    switch (change) {
        case rewriting::strip_blanks:
            for (std::uint32_t row = 0; row < rows_; ++row) texts[row] = without_blanks(texts[row]);
            return;
        case rewriting::integer_to_numeric: {
            auto* room = static_cast<char*>(palloc(rows_ * keys::most_integer_bytes));
            for (std::uint32_t row = 0; row < rows_; ++row) {
                texts[row] = {room, keys::write_numeric(integers[row], room)};
                room += texts[row].size();
            }
            return;
        }
        case rewriting::numeric:
        case rewriting::interval: {
            std::size_t size = 0;
            for (std::uint32_t row = 0; row < rows_; ++row) size += room_for(texts[row]);
            auto* room = static_cast<char*>(MemoryContextAllocHuge(CurrentMemoryContext, size));
            for (std::uint32_t row = 0; row < rows_; ++row) {
                texts[row] = rewrite(texts[row], change, room);
                room += texts[row].size();
            }
            return;
        }
        default:
            for (std::uint32_t row = 0; row < rows_; ++row) integers[row] = rewrite(integers[row], change);
    }
}

/// Not synchronised with other scans: rows come in physical order.
std::uint64_t count_blocks(std::span<model::oid const> tables) {
    std::uint64_t blocks = 0;
    pg::guarded([&] {
        for (auto const id : tables) {
            Relation const table = table_open(id, NoLock);
            blocks += RelationGetNumberOfBlocks(table);
            table_close(table, NoLock);
        }
    });
    return blocks;
}

pg::block_meter make_meter(TableScanDesc scan, heap_part const& part) noexcept {
    auto const blocks = reinterpret_cast<HeapScanDesc>(scan)->rs_nblocks;
    bool const is_whole = part.block_count == InvalidBlockNumber;
    return {is_whole ? 0 : part.first_block, is_whole ? blocks : part.block_count, part.shared};
}

TableScanDesc begin_heap_scan(Relation table, heap_part const& part) {
    if (part.shared == nullptr) {
        TableScanDesc const scan = table_beginscan_strat(table, GetActiveSnapshot(), 0, nullptr, true, false);
        if (part.block_count != InvalidBlockNumber) heap_setscanlimits(scan, part.first_block, part.block_count);
        return scan;
    }
    // table_beginscan_parallel() would bring a snapshot of its own for each table.
    return table->rd_tableam->scan_begin(table, GetActiveSnapshot(), 0, nullptr, &part.shared->base,
                                         SO_TYPE_SEQSCAN | SO_ALLOW_STRAT | SO_ALLOW_PAGEMODE);
}

}  // namespace fkaudit::check
