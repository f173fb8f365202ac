#pragma once

#include "src/check/parent_search.hpp"

namespace fkaudit::check {

/// Keys of the child that the parent's indexes do not have, gathered to be looked for in the parent's heap: an index
/// that lacks an entry makes no orphan.
class missing_batch {
public:
    /// Its memory is below `context`, and stays within a share of maintenance_work_mem.
    missing_batch(pg::call& current, prepared_key const& prepared, MemoryContext context);
    missing_batch(missing_batch const&) = delete;
    missing_batch& operator=(missing_batch const&) = delete;

    /// Copies a complete key; `place` is the caller's own note. May ereport.
    void add(std::size_t place, Datum const* values);
    bool is_full() const noexcept;

    std::size_t size() const noexcept { return places_.size(); }
    std::size_t place(std::size_t number) const noexcept { return places_[number]; }
    Datum const* values(std::size_t number) const noexcept { return &values_[number * columns_.size()]; }

    /// Reads the parent's heap once, under the active snapshot: as a scan does, or by a query.
    void confirm();
    /// Then: whether the heap has a parent for the key.
    bool has_parent(std::size_t number) const noexcept { return found_[number]; }

    void clear();

private:
    struct column {
        Oid type = InvalidOid;  ///< below all domains
        std::int16_t length = 0;
        bool by_value = false;
        char alignment = 0;
    };

    std::string_view write_query(prepared_key const& prepared);
    void ask();

    pg::call& current_;
    MemoryContext copies_;
    parent_search search_;
    pg::context_resource resource_;
    std::span<column> columns_{};
    std::string_view query_{};
    model::vector<std::size_t> places_;
    model::vector<Datum> values_;
    model::vector<bool> found_;
};

}  // namespace fkaudit::check
