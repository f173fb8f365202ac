#include "src/check/leaf_reader.hpp"

#include "src/pg/compat.hpp"

/// A page is read as nbtree's own scans read it (nbtsearch.c: _bt_readpage, _bt_steppage): what is on the copy was there
/// under the lock, and what was behind it then stands on the page that the copy calls the next, or still further right,
/// for pages split to the right, and entries of rows that the snapshot sees are not removed. A deleted page keeps its
/// link, and is not used again while the snapshot lives (nbtpage.c: BTPageIsRecyclable).
namespace fkaudit::check {

void leaf_reader::begin(Relation table, Relation index, MemoryContext context) {
    table_ = table;
    index_ = index;
    MemoryContext const before = MemoryContextSwitchTo(context);
    sought_ = _bt_mkscankey(index, nullptr);
    page_ = static_cast<char*>(palloc(BLCKSZ));
    MemoryContextSwitchTo(before);
    for (Relation const one : {table, index}) PredicateLockRelation(one, GetActiveSnapshot());
}

void leaf_reader::end() {
    if (page_ == nullptr) return;
    release();
    pfree(page_);
    pfree(sought_);
    *this = {};
}

void leaf_reader::release() {
    if (BufferIsValid(pinned_)) ReleaseBuffer(pinned_);
    pinned_ = InvalidBuffer;
}

bool leaf_reader::next() {
    if (is_at_end_) return false;
    if (!BufferIsValid(pinned_)) return take(pg::first_leaf(index_));
    if (at_ == last_) return take_next();
    ++at_;
    is_at_new_page_ = false;
    return true;
}

void leaf_reader::set_key(std::size_t column, Datum value, bool is_null) {
    auto& key = sought_->scankeys[column];
    key.sk_argument = value;
    key.sk_flags = is_null ? key.sk_flags | SK_ISNULL : key.sk_flags & ~SK_ISNULL;
}

void leaf_reader::set_comparison(std::size_t column, FmgrInfo const& compare) {
    sought_->scankeys[column].sk_func = compare;
}

bool leaf_reader::seek(int columns) { return place(columns, false); }

bool leaf_reader::seek_after(int columns) { return place(columns, true); }

bool leaf_reader::place(int columns, bool after) {
    sought_->keysz = columns;
    sought_->nextkey = after;
    if (!take(pg::find_leaf(table_, index_, sought_))) return false;
    // The first entry that stands there; none of this page may.
    auto low = first_;
    for (auto high = static_cast<OffsetNumber>(last_ + 1); low < high;) {
        auto const middle = static_cast<OffsetNumber>((low + high) / 2);
        auto const order = _bt_compare(index_, sought_, page_, middle);
        if (after ? order >= 0 : order > 0)
            low = static_cast<OffsetNumber>(middle + 1);
        else
            high = middle;
    }
    if (low > last_) return take_next();
    at_ = low;
    is_at_new_page_ = false;
    return true;
}

bool leaf_reader::take_next() {
    auto const* const opaque = BTPageGetOpaque(page_);
    if (!P_RIGHTMOST(opaque)) return take(_bt_getbuf(index_, opaque->btpo_next, BT_READ));
    is_at_end_ = true;
    return false;
}

/// Copies a page that is pinned and locked, and unlocks it; goes to its first entry, or to that of the next page that has
/// one. False: there is none.
bool leaf_reader::take(Buffer leaf) {
    release();
    if (!BufferIsValid(leaf)) {
        is_at_end_ = true;
        return false;
    }
    pinned_ = leaf;
    ++pages_;
    std::memcpy(page_, BufferGetPage(leaf), BLCKSZ);
    pg::check_snapshot_age(index_, page_);
    _bt_unlockbuf(index_, leaf);
    auto const* const opaque = BTPageGetOpaque(page_);
    first_ = at_ = P_FIRSTDATAKEY(opaque);
    last_ = PageGetMaxOffsetNumber(page_);
    is_at_new_page_ = true;
    is_at_end_ = false;
    if (!P_IGNORE(opaque) && first_ <= last_) return true;
    CHECK_FOR_INTERRUPTS();
    return take_next();
}

IndexTuple leaf_reader::entry_at(OffsetNumber number) const noexcept {
    return reinterpret_cast<IndexTuple>(PageGetItem(page_, PageGetItemId(page_, number)));
}

std::span<ItemPointerData> leaf_reader::rows() const noexcept {
    auto* const at = entry();
    if (BTreeTupleIsPosting(at)) return {BTreeTupleGetPosting(at), BTreeTupleGetNPosting(at)};
    return {&at->t_tid, 1};
}

}  // namespace fkaudit::check
