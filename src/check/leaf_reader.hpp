#pragma once

#include <span>

#include "src/pg/postgres.hpp"

namespace fkaudit::check {

/// Reads the entries of a btree in its order, leaf page by leaf page: a fraction of what a scan takes, which lists every
/// row of a page first. Entries whose rows nobody sees are met, too. The page stays pinned while its entries are read, so
/// that no VACUUM gives a row's place to another meanwhile. Members may ereport: call them inside a guard; what an error
/// leaves pinned goes with the subtransaction.
class leaf_reader {
public:
    /// Its memory is of `context`, until the end. A serializable transaction locks both relations, for all of the index will be read.
    void begin(Relation table, Relation index, MemoryContext context);
    void end();

    /// Goes to the next entry, to the first one at the start; false: that was all.
    bool next();

    /// What is sought in an index column. `compare` replaces the index's own comparison: of a value of the index with one
    /// of another type.
    void set_key(std::size_t column, Datum value, bool is_null);
    void set_comparison(std::size_t column, FmgrInfo const& compare);
    /// Goes to the first entry that stands, by its first so many columns, at the keys or after them; or after them only.
    bool seek(int columns);
    bool seek_after(int columns);

    /// What it is at, good until it goes on.
    IndexTuple entry() const noexcept { return entry_at(at_); }
    /// The entry's rows, one or many (nbtree.h: posting lists).
    std::span<ItemPointerData> rows() const noexcept;

    /// Whether the entry is its page's first, and the last entry of that page.
    bool is_at_new_page() const noexcept { return is_at_new_page_; }
    IndexTuple last_entry() const noexcept { return entry_at(last_); }

    /// Pages that it has read.
    std::int64_t pages() const noexcept { return pages_; }

private:
    IndexTuple entry_at(OffsetNumber number) const noexcept;
    void release();
    bool take(Buffer leaf);
    bool take_next();
    bool place(int columns, bool after);

    Relation table_ = nullptr, index_ = nullptr;
    BTScanInsert sought_ = nullptr;
    char* page_ = nullptr;  ///< a copy: comparing runs functions, and none must run under a page's lock
    Buffer pinned_ = InvalidBuffer;
    std::int64_t pages_ = 0;
    OffsetNumber first_ = 0, at_ = 0, last_ = 0;
    bool is_at_new_page_ = false, is_at_end_ = false;
};

}  // namespace fkaudit::check
