#include "src/check/heap_reader.hpp"

#include "src/keys/memory.hpp"
#include "src/pg/compat.hpp"

namespace fkaudit::check {

namespace {

std::uint8_t alignment_of(char align) noexcept {
    switch (align) {
        case TYPALIGN_CHAR: return 1;
        case TYPALIGN_SHORT: return ALIGNOF_SHORT;
        case TYPALIGN_INT: return ALIGNOF_INT;
        default: return ALIGNOF_DOUBLE;
    }
}

std::uint32_t align_up(std::uint32_t offset, std::uint8_t alignment) noexcept {
    return (offset + alignment - 1U) & ~(alignment - 1U);
}

std::int64_t load_integer(char const* value, std::int16_t width) noexcept {
    auto const load = [&]<class Integer>(Integer integer) {
        std::memcpy(&integer, value, sizeof integer);
        return std::int64_t{integer};
    };
    switch (width) {
        case 1: return load(std::int8_t{});
        case 2: return load(std::int16_t{});
        case 4: return load(std::int32_t{});
        default: return load(std::int64_t{});
    }
}

/// May ereport: a value that is stored elsewhere, or compressed, is fetched.
std::string_view load_varlena(char const* value) {
    auto* const stored = reinterpret_cast<varlena*>(const_cast<char*>(value));
    auto* const plain =
        VARATT_IS_EXTERNAL(stored) || VARATT_IS_COMPRESSED(stored) ? pg_detoast_datum_packed(stored) : stored;
    return {VARDATA_ANY(plain), VARSIZE_ANY_EXHDR(plain)};
}

std::string_view load_text(char const* value, column_format const& format) {
    switch (format.how) {
        case storage::fixed: return {value, static_cast<std::size_t>(format.width)};
        case storage::name: return {value, strnlen(value, NAMEDATALEN)};
        default: return load_varlena(value);
    }
}

std::string_view without_blanks(std::string_view text) noexcept {
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
}

}  // namespace

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
        else
            column.values.texts = arena_.array<std::string_view>(most_rows).data();
        column.values.nulls = arena_.array<bool>(most_rows).data();
    }
    headers_ = arena_.array<HeapTupleHeader>(most_rows).data();
    data_ = arena_.array<char*>(most_rows).data();
    simple_ = arena_.array<bool>(most_rows).data();
    offsets_ = arena_.array<OffsetNumber>(most_rows).data();
    lengths_ = arena_.array<std::uint16_t>(most_rows).data();
    pg::guarded(
        [&] { values_context_ = AllocSetContextCreate(context, "fkaudit page values", ALLOCSET_DEFAULT_SIZES); });
}

HeapTupleData heap_page::tuple(std::uint32_t row) const noexcept {
    HeapTupleData made{};
    made.t_data = headers_[row];
    made.t_len = lengths_[row];
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
    for (auto& column : columns_) column.offset = -1;

    bool is_fixed = true;
    fixed_count_ = 0;
    fixed_end_ = 0;
    std::uint32_t offset = 0;
    for (int number = 0; number < attribute_count_; ++number) {
        auto const* const one = TupleDescAttr(descriptor, number);
        auto& described = attributes_[static_cast<std::size_t>(number)];
        described = {one->attlen, alignment_of(one->attalign), false};
        auto const aligned = align_up(offset, described.alignment);
        bool const is_placed = is_fixed && (one->attlen > 0 || aligned == offset);
        for (auto& column : columns_) {
            if (column.attribute != number) continue;
            described.is_wanted = true;
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
    MemoryContextReset(values_context_);
    MemoryContext const before = MemoryContextSwitchTo(values_context_);
    for (auto& column : columns_) {
        if (!all_simple_) std::fill_n(column.values.nulls, rows_, false);
        column.values.has_nulls = false;
        if (column.offset >= 0) pick_fixed(column);
    }
    if (!all_simple_ || !all_fixed_)
        for (std::uint32_t row = 0; row < rows_; ++row)
            if (!simple_[row] || !all_fixed_) walk(row);
    for (auto& column : columns_)
        if (column.format.strips_blanks) strip_blanks(column);
    MemoryContextSwitchTo(before);
}

void heap_page::list_rows(HeapScanDesc scan) {
    auto const page = BufferGetPage(scan->rs_cbuf);
    rows_ = static_cast<std::uint32_t>(scan->rs_ntuples);
    block_ = scan->rs_cblock;
    all_simple_ = true;
    for (std::uint32_t row = 0; row < rows_; ++row) {
        auto const item = PageGetItemId(page, scan->rs_vistuples[row]);
        headers_[row] = reinterpret_cast<HeapTupleHeader>(PageGetItem(page, item));
        __builtin_prefetch(headers_[row]);
        __builtin_prefetch(reinterpret_cast<char*>(headers_[row]) + keys::line_size);
    }
    for (std::uint32_t row = 0; row < rows_; ++row) {
        auto const offset = scan->rs_vistuples[row];
        auto const item = PageGetItemId(page, offset);
        auto* const header = headers_[row];
        data_[row] = reinterpret_cast<char*>(header) + header->t_hoff;
        offsets_[row] = offset;
        lengths_[row] = static_cast<std::uint16_t>(ItemIdGetLength(item));
        simple_[row] = (header->t_infomask & HEAP_HASNULL) == 0 &&
                       static_cast<int>(HeapTupleHeaderGetNatts(header)) >= attribute_count_;
        all_simple_ = all_simple_ && simple_[row];
    }
    // The scan has handed out the page's first row; it is told that this was the last one.
    scan->rs_cindex = static_cast<decltype(scan->rs_cindex)>(rows_ - 1);
}

template <class Integer>
void heap_page::pick_integers(picked& column) const noexcept {
    auto* const into = column.values.integers;
    auto const offset = column.offset;
    for (std::uint32_t row = 0; row < rows_; ++row) {
        if (!all_simple_ && !simple_[row]) continue;
        Integer value;
        std::memcpy(&value, data_[row] + offset, sizeof value);
        into[row] = std::int64_t{value};
    }
}

void heap_page::pick_fixed(picked& column) const noexcept {
    if (column.format.how == storage::integer) {
        switch (column.format.width) {
            case 1: return pick_integers<std::int8_t>(column);
            case 2: return pick_integers<std::int16_t>(column);
            case 4: return pick_integers<std::int32_t>(column);
            default: return pick_integers<std::int64_t>(column);
        }
    }
    for (std::uint32_t row = 0; row < rows_; ++row)
        if (all_simple_ || simple_[row])
            column.values.texts[row] = load_text(data_[row] + column.offset, column.format);
}

/// heap_deform_tuple for the wanted columns of one row that the short way does not serve.
void heap_page::walk(std::uint32_t row) {
    auto const* const header = headers_[row];
    bool const has_nulls = (header->t_infomask & HEAP_HASNULL) != 0;
    int const stored = std::min(static_cast<int>(HeapTupleHeaderGetNatts(header)), attribute_count_);
    int number = has_nulls ? 0 : std::min(fixed_count_, stored);
    std::uint32_t offset = has_nulls ? 0 : fixed_end_;
    auto const* const start = data_[row];
    if (!has_nulls && !simple_[row])
        for (auto& column : columns_)
            if (column.attribute < number) set(column, row, start + column.offset);

    for (; number < stored; ++number) {
        auto const& one = attributes_[static_cast<std::size_t>(number)];
        if (has_nulls && att_isnull(number, header->t_bits)) {
            if (!one.is_wanted) continue;
            for (auto& column : columns_)
                if (column.attribute == number) set_null(column, row);
            continue;
        }
        if (one.length != -1 || !VARATT_NOT_PAD_BYTE(start + offset)) offset = align_up(offset, one.alignment);
        if (one.is_wanted)
            for (auto& column : columns_)
                if (column.attribute == number) set(column, row, start + offset);
        offset += one.length > 0     ? static_cast<std::uint32_t>(one.length)
                  : one.length == -1 ? static_cast<std::uint32_t>(VARSIZE_ANY(start + offset))
                                     : static_cast<std::uint32_t>(std::strlen(start + offset) + 1);
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

void heap_page::strip_blanks(picked& column) const noexcept {
    for (std::uint32_t row = 0; row < rows_; ++row) column.values.texts[row] = without_blanks(column.values.texts[row]);
}

/// Not synchronised with other scans: rows come in physical order.
TableScanDesc begin_heap_scan(Relation table, heap_part const& part) {
    if (part.shared == nullptr) return table_beginscan_strat(table, GetActiveSnapshot(), 0, nullptr, true, false);
    // table_beginscan_parallel() would bring a snapshot of its own for each table.
    return table->rd_tableam->scan_begin(table, GetActiveSnapshot(), 0, nullptr, &part.shared->base,
                                         SO_TYPE_SEQSCAN | SO_ALLOW_STRAT | SO_ALLOW_PAGEMODE);
}

}  // namespace fkaudit::check
