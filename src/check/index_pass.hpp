#pragma once

#include "src/check/index_walk.hpp"
#include "src/check/missing_batch.hpp"
#include "src/check/parent_probe.hpp"
#include "src/check/row_lookup.hpp"

namespace fkaudit::check {

/// What becomes of the rows that violate a key. Members are called inside a guard and may ereport.
class index_sink {
public:
    index_sink() = default;
    index_sink(index_sink const&) = delete;
    index_sink& operator=(index_sink const&) = delete;
    virtual ~index_sink() = default;

    /// A row whose key has no parent, or is NULL in part (MATCH FULL). In no order.
    virtual void add_row(TupleTableSlot* row) = 0;
    /// A key without a parent and its rows in one table; once for each table that has it.
    virtual void add_missing(Datum const* values, std::int64_t rows) = 0;
    /// The key of a row that is NULL in part (MATCH FULL).
    virtual void add_mixed(Datum const* values, bool const* nulls) = 0;
};

/// One examination of a key through indexes: the child's distinct keys are looked up in the parent's indexes; those
/// that are not found there are looked for in the parent's heap, and their rows in the child's.
class index_pass {
public:
    /// `context`: the pass's own, deleted by the caller.
    index_pass(pg::call& current, prepared_key const& prepared, key_indexes const& chosen, MemoryContext context,
               index_sink& sink);
    index_pass(index_pass const&) = delete;
    index_pass& operator=(index_pass const&) = delete;

    void run();

    std::int64_t probed() const noexcept { return probed_; }            ///< distinct keys of each index
    std::int64_t partly_null() const noexcept { return partly_null_; }  ///< visible rows
    std::int64_t unindexed() const noexcept { return unindexed_; }      ///< keys that the parent's heap alone has

private:
    /// One table that holds the child's rows.
    struct place {
        open_index over{};
        row_lookup rows{};
        Buffer map = InvalidBuffer;
    };

    void open();
    void close();
    bool examine_some();
    void begin_reading(std::int64_t pages) const;
    void take_partly_null(place& one);
    /// `pages` of the indexes are read.
    void confirm(std::int64_t pages);

    pg::call& current_;
    prepared_key const& prepared_;
    key_indexes const& chosen_;
    MemoryContext context_;
    index_sink& sink_;
    missing_batch missing_;
    parent_probe parent_{};
    index_walk walk_{};
    std::span<place> places_{};
    std::size_t place_ = 0;   ///< under way
    std::int64_t pages_ = 0;  ///< of the places before that one
    std::int64_t probed_ = 0, partly_null_ = 0, unindexed_ = 0;
};

}  // namespace fkaudit::check
