#pragma once

#include "src/check/engine.hpp"
#include "src/check/json_object.hpp"
#include "src/check/orphan_rows.hpp"

namespace fkaudit::check {

/// Adds the rows that violate a key to the result, or to those that are kept for it, as fk_orphans shows them.
class orphan_lister final : public orphan_sink {
public:
    /// `max_rows` < 0: all of them.
    orphan_lister(model::arena& arena, MemoryContext context, work_item const& item, std::int64_t max_rows,
                  pg::result_set& result);

    bool add(heap_page const& page, std::span<std::uint32_t const> missing,
             std::span<std::uint32_t const> mixed) override;

private:
    void describe(pg::row_builder& row, heap_page const& page, std::uint32_t number, bool is_mixed);

    prepared_key const& prepared_;
    std::int64_t left_;
    pg::result_set& result_;
    pg::kept_rows* kept_;
    row_values key_, primary_key_;
    json_object key_object_, primary_object_;
};

}  // namespace fkaudit::check
