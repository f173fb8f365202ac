#include "src/check/index_walk.hpp"

#include "src/pg/compat.hpp"

namespace fkaudit::check {

namespace {

/// Seeking costs about as much as this many steps.
constexpr int most_repeats = 128;

/// Moves a btree scan to the last row of the index tuple that it stands at, which may have many (nbtree.h: posting
/// lists): they share one copy of it among the page's items. Returns how many rows it has stepped over.
int skip_rows_of_tuple(IndexScanDesc scan) {
    auto& at = static_cast<BTScanOpaque>(scan->opaque)->currPos;
    if (!BTScanPosIsValid(at)) return 0;
    auto const first = at.itemIndex;
    while (at.itemIndex < at.lastItem && at.items[at.itemIndex + 1].tupleOffset == at.items[at.itemIndex].tupleOffset)
        ++at.itemIndex;
    return at.itemIndex - first;
}

}  // namespace

void index_walk::begin(open_index const& over, model::arena& arena, MemoryContext context) {
    auto const size = over.columns().size();
    over_ = &over;
    value_context_ = AllocSetContextCreate(context, "fkaudit index value", ALLOCSET_SMALL_SIZES);
    sought_context_ = AllocSetContextCreate(context, "fkaudit index position", ALLOCSET_SMALL_SIZES);
    current_ = arena.array<Datum>(size);
    sought_ = arena.array<Datum>(size);
    entry_ = arena.array<Datum>(size);
    nulls_ = arena.array<bool>(size);
    keys_ = arena.array<ScanKeyData>(size);
    scans_ = arena.array<IndexScanDesc>(size + 1);
    is_by_value_ = std::all_of(over.columns().begin(), over.columns().end(),
                               [](open_column const& column) { return column.by_value; });
    next_region_ = 2 * size;
    if (size > 1) return activate(0);
    // NULL in a key of one column is of no interest, wherever the index has it.
    ScanKeyEntryInitialize(&keys_[0], SK_ISNULL | SK_SEARCHNOTNULL, 1, InvalidStrategy, InvalidOid, InvalidOid,
                           InvalidOid, Datum{0});
    activate(1);
}

void index_walk::end() {
    for (auto* const scan : scans_)
        if (scan != nullptr) index_endscan(scan);
}

bool index_walk::next() {
    for (;;) {
        CHECK_FOR_INTERRUPTS();
        if (is_complete_) repeats_ += skip_rows_of_tuple(active_);
        if (index_getnext_tid(active_, ForwardScanDirection) == nullptr) {
            if (!begin_region()) return false;
            continue;
        }
        count_page();
        over_->read_entry(active_, entry_.data(), nulls_.data());
        auto const null_count = std::count(nulls_.begin(), nulls_.end(), true);
        if (null_count == static_cast<std::ptrdiff_t>(nulls_.size())) continue;
        is_complete_ = null_count == 0;
        if (!is_complete_) return true;
        if (!is_repeated()) {
            keep();
            return true;
        }
    }
}

void index_walk::count_page() noexcept {
    auto const page = static_cast<BTScanOpaque>(active_->opaque)->currPos.currPage;
    pages_ += page != page_;
    page_ = page;
}

/// Whether the entry is of the current key; past so many of them, the scan goes on behind all.
bool index_walk::is_repeated() {
    if (!has_current_ || !over_->are_equal(current_.data(), entry_.data())) return false;
    if (++repeats_ > most_repeats) {
        next_region_ = 0;
        (void)begin_region();
    }
    return true;
}

void index_walk::keep() {
    repeats_ = 0;
    has_current_ = true;
    if (is_by_value_) {
        std::copy(entry_.begin(), entry_.end(), current_.begin());
        return;
    }
    copy(entry_, current_, value_context_);
}

void index_walk::copy(std::span<Datum const> from, std::span<Datum> to, MemoryContext context) {
    MemoryContextReset(context);
    MemoryContext const before = MemoryContextSwitchTo(context);
    for (auto const& column : over_->columns())
        to[column.what.position] = datumCopy(from[column.what.position], column.by_value, column.length);
    MemoryContextSwitchTo(before);
}

/// What is left behind the current key, in the index's order, is for each column from the last one to the first: the
/// keys that share the columns before it and stand after it in this one, then those that are NULL in this one. All of
/// it can be said by the current key, which has been moved along: inside a region, the columns before it stay.
bool index_walk::begin_region() {
    auto const size = current_.size();
    while (next_region_ < 2 * size) {
        auto const region = next_region_++;
        auto const level = size - 1 - region / 2;
        bool const wants_null = region % 2 != 0;
        auto const& column = over_->columns()[level];
        // NULLs that come first have been met on the way in.
        if (wants_null && (size == 1 || column.is_never_null || column.what.has_nulls_first)) continue;
        start(level, wants_null);
        return true;
    }
    return false;
}

void index_walk::start(std::size_t level, bool wants_null) {
    repeats_ = 0;
    // A scan keeps what its keys point to, longer than the current key stays.
    copy(current_, sought_, sought_context_);
    over_->set_equal(keys_.data(), level, sought_.data());
    auto const& column = over_->columns()[level];
    auto const number = static_cast<AttrNumber>(level + 1);
    if (wants_null)
        ScanKeyEntryInitialize(&keys_[level], SK_ISNULL | SK_SEARCHNULL, number, InvalidStrategy, InvalidOid,
                               InvalidOid, InvalidOid, Datum{0});
    else
        ScanKeyEntryInitialize(&keys_[level], 0, number,
                               column.what.is_descending ? BTLessStrategyNumber : BTGreaterStrategyNumber, InvalidOid,
                               column.what.collation, column.after, sought_[column.what.position]);
    activate(level + 1);
}

/// A scan has as many keys as it began with, so there is one for each number of them. One that is left behind must not
/// keep its page pinned, and so it is started anew, too: that frees the page and reads none.
void index_walk::activate(std::size_t keys) {
    if (active_ != nullptr && active_keys_ != keys)
        index_rescan(active_, keys_.data(), static_cast<int>(active_keys_), nullptr, 0);
    auto& scan = scans_[keys];
    if (scan == nullptr) scan = over_->begin_scan(static_cast<int>(keys), true);
    index_rescan(scan, keys_.data(), static_cast<int>(keys), nullptr, 0);
    active_ = scan;
    active_keys_ = keys;
}

}  // namespace fkaudit::check
