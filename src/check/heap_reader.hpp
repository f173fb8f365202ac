#pragma once

#include "src/check/key_format.hpp"
#include "src/pg/progress.hpp"

namespace fkaudit::check {

/// A column to be read: its name, because partitions number theirs otherwise, and how.
struct wanted_column {
    std::string_view name{};
    column_format format{};

    friend bool operator==(wanted_column const&, wanted_column const&) = default;
};

/// The values of one column in the visible rows of one page.
struct page_column {
    std::int64_t* integers = nullptr;   ///< where the format is packed as one
    std::string_view* texts = nullptr;  ///< of all others
    bool* nulls = nullptr;              ///< meaningful only if there are any
    bool has_nulls = false;
};

/// The visible rows of one page of a heap, with the wanted columns picked out of them without looking at the others
/// more than their places need. Everything in it is gone with the next page.
class heap_page {
public:
    /// Its memory, but for what it fetches from TOAST tables, is the arena's, and that is a context below `context`.
    heap_page(model::arena& arena, MemoryContext context, std::span<wanted_column const> columns);
    heap_page(heap_page const&) = delete;
    heap_page& operator=(heap_page const&) = delete;

    std::uint32_t rows() const noexcept { return rows_; }
    page_column const& column(std::size_t position) const noexcept { return columns_[position].values; }

    /// A row as the server has it, and the table that it is in.
    HeapTupleData tuple(std::uint32_t row) const noexcept;
    Relation table() const noexcept { return table_; }
    BlockNumber block() const noexcept { return block_; }

    /// Prepares for the pages of a table. May ereport.
    void begin(Relation table);
    /// Picks the values out of the page that the scan has just come to, and lets the scan go on to the next one. May
    /// ereport.
    void load(HeapScanDesc scan);

private:
    struct picked {
        page_column values{};
        column_format format{};
        std::string_view name{};
        picked* next = nullptr;    ///< another way to read the same attribute
        int attribute = 0;         ///< from 0, in the table under way
        std::int32_t offset = -1;  ///< in rows without NULLs; -1: it varies
        bool missing_null = true;  ///< the value of rows that are older than the column
        std::int64_t missing_integer = 0;
        std::string_view missing_text{};
    };
    /// A column of the table, wanted or not, up to the last one that is.
    struct attribute {
        std::int16_t length;
        std::uint8_t alignment;
        picked* wanted;  ///< nullptr: nobody wants it
    };
    /// Rows that are read attribute by attribute, each at a place of its own.
    struct walked {
        std::uint32_t row;
        std::uint32_t offset;
        char const* data;
        std::uint8_t const* bits;  ///< of its NULLs
    };

    void describe_attributes(TupleDesc descriptor);
    void find_missing_values(TupleDesc descriptor);
    void list_rows(HeapScanDesc scan);
    void find_next(HeapScanDesc scan);
    void prefetch_next() noexcept;
    void pick_fixed(picked& column) const;
    template <class Integer>
    void pick_integers(picked& column) const noexcept;
    void walk_rows(std::span<std::uint32_t const> rows, bool has_nulls);
    template <bool HasNulls>
    void walk_attributes(std::span<walked> rows, int first);
    template <bool HasNulls, class Integer>
    void walk_integers(std::span<walked> rows, int number, picked& column) noexcept;
    template <bool HasNulls>
    void align(std::span<walked> rows, int number) noexcept;
    template <bool HasNulls>
    void walk_one(std::span<walked> rows, int number, picked& column);
    template <bool HasNulls>
    void step_over(std::span<walked> rows, int number) noexcept;
    void walk_short(std::uint32_t row);
    void set_missing(std::uint32_t row, int attribute_count);
    void set(picked& column, std::uint32_t row, char const* value);
    void set_null(picked& column, std::uint32_t row) noexcept;
    void rewrite_values(picked& column) const;

    model::arena& arena_;
    MemoryContext values_context_ = nullptr;  ///< what is fetched from TOAST tables, a page's
    Relation table_ = nullptr;
    std::span<picked> columns_{};
    std::span<attribute> attributes_{};
    int attribute_count_ = 0;  ///< up to the last wanted one
    int fixed_count_ = 0;      ///< leading attributes whose places do not vary in rows without NULLs
    std::uint32_t fixed_end_ = 0;
    bool all_fixed_ = false;
    std::uint32_t rows_ = 0;
    HeapTupleHeader* headers_ = nullptr;
    char** data_ = nullptr;
    std::uint32_t* simple_ = nullptr;  ///< rows without NULLs that have all of the wanted columns
    std::uint32_t* nulled_ = nullptr;  ///< rows with NULLs that have all of them
    std::uint32_t* short_ = nullptr;   ///< rows that are older than the last of them
    std::uint32_t simple_count_ = 0, nulled_count_ = 0, short_count_ = 0;
    walked* walked_ = nullptr;
    char const* next_line_ = nullptr;  ///< of the next page, to be prefetched; nullptr: none
    char const* next_end_ = nullptr;
    std::uint32_t absent_pages_ = 0;  ///< so many are not looked for
    Page page_ = nullptr;
    BlockNumber block_ = 0;
    OffsetNumber* offsets_ = nullptr;
};

/// How many blocks the tables have. Their locks are held.
std::uint64_t count_blocks(std::span<model::oid const> tables);

/// A heap, or what one of several processes gets of it: those that have `shared` in common share its pages.
struct heap_part {
    model::oid id = model::no_oid;
    ParallelBlockTableScanDesc shared = nullptr;
    LOCKMODE lock = NoLock;  ///< to be taken while it is read
    BlockNumber first_block = 0;
    BlockNumber block_count = InvalidBlockNumber;  ///< from the first one; InvalidBlockNumber: all
};

/// Counts its blocks while it is read.
pg::block_meter make_meter(TableScanDesc scan, heap_part const& part) noexcept;

/// Begins to read it from its first page to its last one, or what is left of it, under the active snapshot. May ereport.
TableScanDesc begin_heap_scan(Relation table, heap_part const& part);

/// Reads it: `use()` for each page that has visible rows; false ends the reading. `use` may throw and may ereport; where
/// it may ereport it holds only trivially destructible objects.
template <class Use>
void read_heap(heap_part const& part, heap_page& page, Use use) {
    pg::guarded([&] {
        Relation const table = table_open(part.id, part.lock);
        page.begin(table);
        TableScanDesc const scan = begin_heap_scan(table, part);
        auto meter = make_meter(scan, part);
        while (heap_getnext(scan, ForwardScanDirection) != nullptr) {
            CHECK_FOR_INTERRUPTS();
            page.load(reinterpret_cast<HeapScanDesc>(scan));
            meter.at(page.block());
            if (!use()) break;
        }
        meter.end();
        table_endscan(scan);
        table_close(table, part.lock);
    });
}

}  // namespace fkaudit::check
