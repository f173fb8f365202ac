#pragma once

#include "src/check/index_pass.hpp"
#include "src/check/json_object.hpp"

namespace fkaudit::check {

/// Puts what an index pass finds into physical order, on disk where it is much, and adds it to the result as fk_orphans
/// shows it.
class index_lister final : public index_sink {
public:
    index_lister(model::arena& arena, prepared_key const& prepared, MemoryContext context, pg::result_set& result);

    void add_row(TupleTableSlot* row) override;
    void add_missing(Datum const*, std::int64_t) override {}
    void add_mixed(Datum const*, bool const*) override {}

    /// `max_rows` < 0: all of them.
    void finish(std::int64_t max_rows);

private:
    struct row_place {
        Oid table = InvalidOid;
        ItemPointerData row{};
    };
    /// Columns that are shown as one object.
    struct shown_columns {
        std::span<std::int16_t const> numbers{};  ///< in the child
        std::span<std::int16_t> attributes{};     ///< in the table under way
        std::span<Datum> values{};
        std::span<bool> nulls{};
    };

    static shown_columns make(model::arena& arena, std::span<std::int16_t const> numbers);
    void begin_sort();
    std::size_t read_some(std::span<row_place> some);
    void open(Oid table);
    void close();
    void describe(pg::row_builder& row, row_place const& place);
    void read(shown_columns& columns) const;

    prepared_key const& prepared_;
    MemoryContext context_;
    pg::result_set& result_;
    shown_columns key_, primary_key_;
    json_object key_object_, primary_object_;
    std::span<row_place> some_{};
    TupleDesc sorted_ = nullptr;
    Tuplesortstate* sort_ = nullptr;
    TupleTableSlot *sorting_ = nullptr, *reading_ = nullptr;
    Relation table_ = nullptr;
    TupleTableSlot* row_ = nullptr;
};

}  // namespace fkaudit::check
