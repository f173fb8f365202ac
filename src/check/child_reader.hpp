#pragma once

#include "src/check/key_set.hpp"
#include "src/check/orphan_rows.hpp"

namespace fkaudit::check {

/// A key whose rows are looked for while the child is read, and what was found.
struct child_key {
    key_set const* set = nullptr;      ///< the parent's keys
    key_gatherer* gatherer = nullptr;  ///< over the reader's columns
    orphan_sink* sink = nullptr;       ///< what its orphans go to
    bool is_full = false;              ///< MATCH FULL: rows that are NULL in part are orphans
    std::int64_t partly_null = 0;      ///< rows, of another match type
    bool is_done = false;              ///< its sink wants no more
};

/// Called after each page; it may ereport.
class page_listener {
public:
    page_listener() = default;
    page_listener(page_listener const&) = delete;
    page_listener& operator=(page_listener const&) = delete;
    virtual ~page_listener() = default;
    virtual void page_was_read(heap_page const& page) = 0;
};

/// Reads the pages of a child, or of the part of it that one of several processes gets, for all of its keys.
class child_reader {
public:
    /// Its memory is the arena's, which is a context below `context`. `listener` may be none.
    child_reader(model::arena& arena, MemoryContext context, std::span<wanted_column const> columns,
                 std::span<child_key> keys, page_listener* listener = nullptr);

    /// Reads the heaps, one after the other, until no key wants more.
    void read(std::span<heap_part const> heaps);

    /// Visible rows, so far.
    std::int64_t rows() const noexcept { return row_count_; }

private:
    bool read_page();
    void probe(child_key& one);

    heap_page page_;
    std::span<child_key> keys_;
    page_listener* listener_;
    std::uint32_t* missing_;
    std::uint32_t* rows_;
    std::int64_t row_count_ = 0;
};

}  // namespace fkaudit::check
