#pragma once

#include "src/check/heap_reader.hpp"
#include "src/check/verdict.hpp"

namespace fkaudit::check {

/// Columns of a table's rows as the server has them, by the names that the table and its partitions share.
class row_values {
public:
    row_values(model::arena& arena, model::relation const& table, std::span<std::int16_t const> columns);

    std::size_t size() const noexcept { return numbers_.size(); }
    /// Prepares for a table's rows. May ereport.
    void begin(Relation table);
    /// Reads a row's values, which point into it. May ereport.
    void read(HeapTupleData& row);

    Datum const* values() const noexcept { return values_.data(); }
    bool const* nulls() const noexcept { return nulls_.data(); }

private:
    std::span<std::string_view> names_{};  ///< each ends in a zero byte
    std::span<AttrNumber> numbers_{};
    std::span<Datum> values_{};
    std::span<bool> nulls_{};
    Relation table_ = nullptr;
};

/// What becomes of a page's rows that violate a key.
class orphan_sink {
public:
    orphan_sink() = default;
    orphan_sink(orphan_sink const&) = delete;
    orphan_sink& operator=(orphan_sink const&) = delete;
    virtual ~orphan_sink() = default;

    /// Rows in the page's order, whose keys are complete without a parent, or NULL in part (MATCH FULL). Called inside
    /// a guard; false: no more are wanted.
    virtual bool add(heap_page const& page, std::span<std::uint32_t const> missing,
                     std::span<std::uint32_t const> mixed) = 0;
};

}  // namespace fkaudit::check
