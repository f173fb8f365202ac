#pragma once

#include "src/check/index_choice.hpp"
#include "src/pg/postgres.hpp"

namespace fkaudit::check {

/// An index column that is open for reading.
struct open_column {
    index_column what{};
    FmgrInfo* order = nullptr;  ///< compares two values of the column's type
    RegProcedure equal = 0;     ///< for scan keys: the column is equal to a value
    std::int16_t length = 0;
    bool by_value = false;
    NameData* name = nullptr;  ///< indexes keep names as C strings: room to make one; nullptr: of another type
};

/// An index and its table, open. Values are in arrays by position in the foreign key. Members may ereport: call them
/// inside a guard. What an error leaves open goes with the subtransaction.
class open_index {
public:
    void open(key_index const& chosen, model::arena& arena);
    void close();

    key_index const& chosen() const noexcept { return *chosen_; }
    Relation table() const noexcept { return table_; }
    Relation index() const noexcept { return index_; }
    std::span<open_column const> columns() const noexcept { return columns_; }

    /// Begins a scan; the first index_rescan() is the caller's. `keeps_pages`: the page of the entry that it is at stays
    /// pinned, so that no VACUUM gives the row's place to another.
    IndexScanDesc begin_scan(int keys, bool keeps_pages) const;

    /// An entry's key; what it points to is of the entry, or good until the next one is read.
    void read_entry(IndexTuple entry, Datum* values, bool* nulls) const;
    /// The key of a row of the table.
    void read_row(TupleTableSlot* slot, Datum* values, bool* nulls) const;

    /// Whether two complete keys are equal for the index.
    bool are_equal(Datum const* a, Datum const* b) const;

    /// Whether all rows of a row's page are visible to everybody; `buffer` keeps a page of the visibility map.
    bool is_all_visible(ItemPointerData const& row, Buffer& buffer) const;

    /// Scan keys that are equal to values, one for each of the first columns; `keys` has room for them.
    void set_equal(ScanKey keys, std::size_t count, Datum const* values) const;

private:
    key_index const* chosen_ = nullptr;
    Relation table_ = nullptr, index_ = nullptr;
    std::span<open_column> columns_{};
};

}  // namespace fkaudit::check
