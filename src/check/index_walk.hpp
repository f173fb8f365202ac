#pragma once

#include "src/check/leaf_reader.hpp"
#include "src/check/open_index.hpp"

namespace fkaudit::check {

/// Walks over an index's entries in its order and stops at each distinct complete key, and at every entry whose key is
/// NULL in part. A key that fills whole pages is sought past: the cost follows the number of distinct keys where there are
/// few, and the number of pages where there are many; no estimate is needed. Entries whose rows nobody sees are met, too.
/// Keys that are wholly NULL are left out. Members may ereport: call them inside a guard.
class index_walk {
public:
    /// Its values live in a context below `context`.
    void begin(open_index const& over, model::arena& arena, MemoryContext context);
    /// Goes on; false: that was all.
    bool next();
    void end() { reader_.end(); }

    /// Of the key under way. A complete one stays until the next is met.
    Datum const* values() const noexcept { return is_complete() ? current_.data() : entry_.data(); }
    bool const* nulls() const noexcept { return nulls_.data(); }
    bool is_complete() const noexcept { return met_ == form::complete; }

    /// Leaf pages of the index that it has read.
    std::int64_t pages() const noexcept { return reader_.pages(); }

    /// The rows of an entry that is NULL in part; none of their places is given to another row before the next one is met.
    std::span<ItemPointerData> rows() const noexcept { return reader_.rows(); }

private:
    enum class form : char { nothing, complete, partly_null, null };

    form read(IndexTuple entry);
    bool is_of_current(form what) const;
    bool leave_current();
    void keep();

    open_index const* over_ = nullptr;
    leaf_reader reader_{};
    MemoryContext value_context_ = nullptr;
    std::span<Datum> current_{}, entry_{};
    std::span<bool> nulls_{};
    form met_ = form::nothing;  ///< the entry met last
    bool is_by_value_ = true;
};

}  // namespace fkaudit::check
