#pragma once

#include <optional>

#include "src/check/engine.hpp"

namespace fkaudit::check {

/// The reference engine: an anti-join through SPI with exactly the operators, casts and collations of PostgreSQL's own
/// check. It reads heaps, never an index, so that a damaged index decides nothing; the server may use parallel workers
/// and `maintenance_work_mem` in all.
class sql_engine final : public engine {
public:
    explicit sql_engine(pg::call& current) : current_(current) {}

    std::string_view name() const noexcept override { return "sql"; }
    void count(std::span<work_item> items) override;
    void list(std::span<work_item> items, std::int64_t max_rows, pg::result_set& result) override;

private:
    bool was_beyond(prepared_key const& prepared);
    void count(work_item& item);
    void list(work_item& item, std::int64_t max_rows, pg::result_set& result);

    pg::call& current_;
    /// The child's rows, once counted: an engine serves the keys of one child under one snapshot.
    std::optional<std::int64_t> child_rows_{};
};

/// For the rest of the call: no row is ever hidden.
void set_check_settings();

/// For the rest of the subtransaction, around the reading of a key's tables alone: no index decides anything, and
/// maintenance_work_mem is there to be used. Catalog queries need their indexes, and little memory: the planner sizes
/// their hash tables by wild guesses.
void set_reading_settings();

}  // namespace fkaudit::check
