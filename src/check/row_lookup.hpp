#pragma once

#include "src/check/open_index.hpp"

namespace fkaudit::check {

/// Finds the visible rows of a key's value through an index. The row itself decides: one whose key is another, to which
/// a damaged index leads, is left out. Members may ereport: call them inside a guard.
class row_lookup {
public:
    void begin(open_index const& over, model::arena& arena) {
        auto const size = over.columns().size();
        over_ = &over;
        keys_ = arena.array<ScanKeyData>(size);
        values_ = arena.array<Datum>(size);
        nulls_ = arena.array<bool>(size);
        scan_ = over.begin_scan(static_cast<int>(size), false);
        slot_ = table_slot_create(over.table(), nullptr);
    }
    void end() {
        index_endscan(scan_);
        ExecDropSingleTupleTableSlot(slot_);
    }

    /// `use(TupleTableSlot*)` for each row of a complete key; false ends it.
    template <class Use>
    void find(Datum const* values, Use use) {
        over_->set_equal(keys_.data(), keys_.size(), values);
        index_rescan(scan_, keys_.data(), static_cast<int>(keys_.size()), nullptr, 0);
        while (index_getnext_slot(scan_, ForwardScanDirection, slot_)) {
            CHECK_FOR_INTERRUPTS();
            over_->read_row(slot_, values_.data(), nulls_.data());
            bool const is_complete = std::find(nulls_.begin(), nulls_.end(), true) == nulls_.end();
            if (is_complete && over_->are_equal(values, values_.data()) && !use(slot_)) break;
        }
        // Nothing stays pinned.
        ExecClearTuple(slot_);
        index_rescan(scan_, keys_.data(), static_cast<int>(keys_.size()), nullptr, 0);
    }

    bool has_any(Datum const* values) {
        bool found = false;
        find(values, [&](TupleTableSlot*) {
            found = true;
            return false;
        });
        return found;
    }

    /// The row that an entry leads to, if it is visible and its key is NULL in part; else nullptr.
    TupleTableSlot* fetch_partly_null(ItemPointerData place) {
        bool is_chain = false, is_dead = false;
        if (!table_index_fetch_tuple(scan_->xs_heapfetch, &place, GetActiveSnapshot(), slot_, &is_chain, &is_dead))
            return nullptr;
        over_->read_row(slot_, values_.data(), nulls_.data());
        auto const nulls = std::count(nulls_.begin(), nulls_.end(), true);
        return nulls > 0 && nulls < static_cast<std::ptrdiff_t>(nulls_.size()) ? slot_ : nullptr;
    }
    /// Of the row that was fetched last.
    Datum const* values() const noexcept { return values_.data(); }
    bool const* nulls() const noexcept { return nulls_.data(); }

private:
    open_index const* over_ = nullptr;
    std::span<ScanKeyData> keys_{};
    std::span<Datum> values_{};
    std::span<bool> nulls_{};
    IndexScanDesc scan_ = nullptr;
    TupleTableSlot* slot_ = nullptr;
};

}  // namespace fkaudit::check
