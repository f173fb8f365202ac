#pragma once

#include "src/check/json_object.hpp"
#include "src/check/orphan_rows.hpp"
#include "src/keys/key_counter.hpp"
#include "src/pg/memory.hpp"

namespace fkaudit::check {

/// Takes over what a counter has counted, for somebody else to add it up. May ereport.
class counted_values {
public:
    counted_values() = default;
    counted_values(counted_values const&) = delete;
    counted_values& operator=(counted_values const&) = delete;
    virtual ~counted_values() = default;
    virtual void take(keys::key_counter::entry const& one) = 0;
};

/// Counts the rows that violate a key, its distinct missing values, and finds the example: the most frequent of them,
/// the smallest of equals. Past its memory the values are sorted on disk.
class orphan_counter final : public orphan_sink {
public:
    /// What is counted beside the values.
    struct totals {
        std::int64_t missing_rows = 0, mixed_rows = 0;
        Datum best_mixed = 0;  ///< jsonb, the smallest of them; 0: none, or there are missing rows
    };

    /// `limit`: bytes for the values that are counted, and as many for sorting them. With `others`, it is one of several
    /// counters: past its memory the values go there.
    orphan_counter(model::arena& arena, MemoryContext context, model::constraint const& key, key_format const& format,
                   std::size_t limit, counted_values* others = nullptr);

    bool add(heap_page const& page, std::span<std::uint32_t const> missing,
             std::span<std::uint32_t const> mixed) override;

    /// Hands all values that are left to the others. May ereport.
    void hand_over() { flush(); }
    totals const& sum() const noexcept { return sum_; }

    /// Adds what another counter of the same key has counted. May ereport.
    void merge(keys::key_counter::entry const& one);
    void merge(totals const& other);

    /// Fills the verdict's orphans, missing keys and example; the example is in `target`.
    void finish(verdict& found, MemoryContext target);

private:
    struct column {
        column_format group{};
        std::int16_t length = 0;
        bool by_value = false;
    };

    void read_row(heap_page const& page, std::uint32_t row);
    void count_row();
    void append_group(column_format const& format, std::string_view stored);
    void compare_mixed();
    bool try_count(std::uint64_t count);
    void count_value(std::uint64_t count);
    void flush();
    void pass_on(keys::key_counter::entry const& one);
    void begin_sort();
    void sort_one(keys::key_counter::entry const& one);
    void propose(std::uint64_t count, std::string_view shown);
    Datum show(std::string_view shown) const;
    void keep(Datum& place, Datum fresh) const;
    void read_sorted();

    model::constraint const& key_;
    MemoryContext context_;
    MemoryContext row_context_ = nullptr;
    std::span<column> columns_{};
    row_values values_;
    json_object object_;
    pg::context_resource source_;
    keys::bounded_memory memory_;
    keys::key_counter counter_;
    model::vector<char> group_, shown_, room_;
    std::size_t limit_;
    counted_values* others_;
    Tuplesortstate* sort_ = nullptr;
    TupleTableSlot* read_slot_ = nullptr;
    TupleTableSlot* write_slot_ = nullptr;
    totals sum_{};
    std::int64_t distinct_ = 0;
    std::uint64_t best_count_ = 0;
    Datum best_ = 0;  ///< jsonb; 0: none yet
};

}  // namespace fkaudit::check
