#pragma once

#include "src/check/open_index.hpp"

namespace fkaudit::check {

/// Walks over an index's entries in its order and stops at each distinct complete key, and at every entry whose key is
/// NULL in part. Equal entries are stepped over up to a number, then sought past: the cost follows the number of
/// distinct keys, and no estimate is needed. Entries whose rows nobody sees are met, too. Keys that are wholly NULL are
/// left out. Members may ereport: call them inside a guard.
class index_walk {
public:
    /// Its values live in contexts below `context`.
    void begin(open_index const& over, model::arena& arena, MemoryContext context);
    /// Goes on; false: that was all.
    bool next();
    void end();

    /// Of the key under way. A complete one stays until the next is met.
    Datum const* values() const noexcept { return is_complete_ ? current_.data() : entry_.data(); }
    bool const* nulls() const noexcept { return nulls_.data(); }
    bool is_complete() const noexcept { return is_complete_; }

    /// Pages of the index that it has come to.
    std::int64_t pages() const noexcept { return pages_; }

    /// For an entry that is NULL in part. The scan that stands at it:
    IndexScanDesc scan() const noexcept { return active_; }

private:
    bool is_repeated();
    void count_page() noexcept;
    void keep();
    void copy(std::span<Datum const> from, std::span<Datum> to, MemoryContext context);
    bool begin_region();
    void start(std::size_t level, bool wants_null);
    void activate(std::size_t keys);

    open_index const* over_ = nullptr;
    MemoryContext value_context_ = nullptr, sought_context_ = nullptr;
    std::span<Datum> current_{}, sought_{}, entry_{};
    std::span<bool> nulls_{};
    std::span<ScanKeyData> keys_{};
    std::span<IndexScanDesc> scans_{};  ///< by number of scan keys; nullptr: not begun
    IndexScanDesc active_ = nullptr;
    std::size_t active_keys_ = 0;
    std::size_t next_region_ = 0;
    bool has_current_ = false;
    bool is_complete_ = false;  ///< the entry met last
    bool is_by_value_ = true;
    int repeats_ = 0;
    BlockNumber page_ = InvalidBlockNumber;
    std::int64_t pages_ = 0;
};

}  // namespace fkaudit::check
