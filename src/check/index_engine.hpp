#pragma once

#include "src/check/index_choice.hpp"
#include "src/check/sql_engine.hpp"

namespace fkaudit::check {

/// Reads the distinct keys of an index of the child and looks each up in the parent's: its cost follows the number of
/// distinct keys, not of rows. It believes the indexes about what has a parent, so that a row that a damaged index does
/// not have is not seen; the orphans that it finds are those of the heaps. The key's rows are not counted.
class index_engine final : public engine {
public:
    explicit index_engine(pg::call& current) : current_(current), heap_(current) {}

    /// Why the engine cannot serve a key; empty: it can. Locks the indexes that it would read. Raises the server's
    /// errors.
    std::string_view refuse(prepared_key const& prepared);

    /// Whether statistics say that the key's values repeat so often that reading an index pays.
    static bool is_worthwhile(model::constraint const& key);

    std::string_view name() const noexcept override { return "index"; }
    void count(std::span<work_item> items) override;
    void list(std::span<work_item> items, std::int64_t max_rows, pg::result_set& result) override;

private:
    void count_one(prepared_key const& prepared, key_indexes const& chosen, verdict& found);
    void list_one(prepared_key const& prepared, key_indexes const& chosen, std::int64_t max_rows,
                  pg::result_set& result);

    pg::call& current_;
    sql_engine heap_;
};

}  // namespace fkaudit::check
