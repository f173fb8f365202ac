#pragma once

#include "src/check/engine.hpp"
#include "src/check/shown_row.hpp"

namespace fkaudit::check {

/// A row that violates a key.
struct listed_row {
    model::oid table = model::no_oid;
    ItemPointerData place{};
    bool is_mixed = false;
    shown_row::values values{};
};

/// The columns of the child that fk_orphans shows as the rows' primary key; empty: none, or the caller may not see it.
std::span<std::int16_t const> shown_primary_key(model::arena& arena, prepared_key const& prepared);

/// Adds the rows that violate a key to the result, or to those that are kept for it, as fk_orphans shows them.
class orphan_lister final : public orphan_sink {
public:
    /// `max_rows` < 0: all of them.
    orphan_lister(model::arena& arena, MemoryContext context, work_item const& item, std::int64_t max_rows,
                  pg::result_set& result);

    bool add(heap_page const& page, std::span<std::uint32_t const> missing,
             std::span<std::uint32_t const> mixed) override;

    /// Adds a row that `make()` gives, which may ereport; its values are in the context that is current there.
    template <class Make>
    void add(Make make) {
        result_.add([&](pg::row_builder& row) { describe(row, make()); }, kept_);
    }

private:
    void describe(pg::row_builder& row, listed_row const& one) const;

    prepared_key const& prepared_;
    std::int64_t left_;
    pg::result_set& result_;
    pg::kept_rows* kept_;
    shown_row shown_;
};

}  // namespace fkaudit::check
