#include "src/check/index_walk.hpp"

#include "src/pg/compat.hpp"

namespace fkaudit::check {

void index_walk::begin(open_index const& over, model::arena& arena, MemoryContext context) {
    auto const size = over.columns().size();
    over_ = &over;
    value_context_ = AllocSetContextCreate(context, "fkaudit index value", ALLOCSET_SMALL_SIZES);
    current_ = arena.array<Datum>(size);
    entry_ = arena.array<Datum>(size);
    nulls_ = arena.array<bool>(size);
    is_by_value_ = std::all_of(over.columns().begin(), over.columns().end(),
                               [](open_column const& column) { return column.by_value; });
    reader_.begin(over.table(), over.index(), context);
}

bool index_walk::next() {
    while (reader_.next()) {
        CHECK_FOR_INTERRUPTS();
        // The keys of a page whose last entry is still of the current key are all of it, and so may be many pages.
        if (reader_.is_at_new_page() && is_of_current(read(reader_.last_entry())) && !leave_current()) return false;
        auto const what = read(reader_.entry());
        if (is_of_current(what)) continue;
        met_ = what;
        if (what == form::complete) keep();
        if (what != form::null) return true;
    }
    return false;
}

index_walk::form index_walk::read(IndexTuple entry) {
    over_->read_entry(entry, entry_.data(), nulls_.data());
    auto const null_count = std::count(nulls_.begin(), nulls_.end(), true);
    if (null_count == 0) return form::complete;
    return null_count == static_cast<std::ptrdiff_t>(nulls_.size()) ? form::null : form::partly_null;
}

/// Whether what was read last is what the walk is at. Of keys that are NULL in part, each entry counts.
bool index_walk::is_of_current(form what) const {
    if (what != met_ || what == form::partly_null) return false;
    return what == form::null || over_->are_equal(current_.data(), entry_.data());
}

bool index_walk::leave_current() {
    auto const& columns = over_->columns();
    for (std::size_t number = 0; number < columns.size(); ++number)
        reader_.set_key(number, current_[columns[number].what.position], met_ == form::null);
    return reader_.seek_after(static_cast<int>(columns.size()));
}

void index_walk::keep() {
    if (is_by_value_) {
        std::copy(entry_.begin(), entry_.end(), current_.begin());
        return;
    }
    MemoryContextReset(value_context_);
    MemoryContext const before = MemoryContextSwitchTo(value_context_);
    for (auto const& column : over_->columns())
        current_[column.what.position] = datumCopy(entry_[column.what.position], column.by_value, column.length);
    MemoryContextSwitchTo(before);
}

}  // namespace fkaudit::check
