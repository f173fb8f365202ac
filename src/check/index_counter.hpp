#pragma once

#include "src/check/index_pass.hpp"
#include "src/check/json_object.hpp"

namespace fkaudit::check {

/// Counts what an index pass finds. Keys of several tables are sorted, on disk where there are many, to tell which are
/// the same.
class index_counter final : public index_sink {
public:
    /// `has_many`: keys come from more than one table.
    index_counter(model::arena& arena, model::constraint const& key, MemoryContext context, bool has_many);

    void add_row(TupleTableSlot*) override { ++orphan_rows_; }
    void add_missing(Datum const* values, std::int64_t rows) override;
    void add_mixed(Datum const* values, bool const* nulls) override;

    /// Fills the verdict's orphans, missing keys and example; the example is in `target`.
    void finish(verdict& found, MemoryContext target);

private:
    struct column {
        Oid type = InvalidOid;
        Oid collation = InvalidOid;
        Oid before = InvalidOid;  ///< its operator <
        FmgrInfo* order = nullptr;
    };

    void begin_sort();
    void read_sorted();
    bool is_same(TupleTableSlot* a, TupleTableSlot* b) const;
    void propose(Datum const* values, std::int64_t rows);
    void keep_least(Datum& kept, Datum shown) const;

    model::constraint const& key_;
    MemoryContext context_, row_context_;
    json_object object_;
    std::span<column> columns_{};
    std::span<bool> no_nulls_{};
    Tuplesortstate* sort_ = nullptr;
    TupleDesc sorted_ = nullptr;
    TupleTableSlot* sorting_ = nullptr;
    bool has_many_;
    std::int64_t orphan_rows_ = 0, missing_keys_ = 0, most_rows_ = 0;
    Datum example_ = 0, mixed_example_ = 0;  ///< jsonb; 0: none yet
};

}  // namespace fkaudit::check
