#include "src/check/index_pass.hpp"

#include "src/pg/compat.hpp"
#include "src/pg/progress.hpp"

namespace fkaudit::check {

namespace {

/// Keys under one guard.
constexpr int guarded_keys = 1024;

}  // namespace

index_pass::index_pass(pg::call& current, prepared_key const& prepared, key_indexes const& chosen,
                       MemoryContext context, index_sink& sink)
    : current_(current),
      prepared_(prepared),
      chosen_(chosen),
      context_(context),
      sink_(sink),
      missing_(current, prepared, context) {}

void index_pass::run() {
    pg::guarded([&] {
        open();
        begin_reading(0);
    });
    for (place_ = 0; place_ < places_.size(); ++place_) {
        pg::guarded([&] {
            MemoryContext const before = MemoryContextSwitchTo(context_);
            walk_ = {};
            walk_.begin(places_[place_].over, current_.arena(), context_);
            parent_.begin_walk(places_[place_].over);
            MemoryContextSwitchTo(before);
        });
        while (pg::guarded([&] { return examine_some(); }))
            if (missing_.is_full()) confirm(pages_ + walk_.pages());
        pages_ += walk_.pages();
        pg::guarded([&] { walk_.end(); });
    }
    confirm(pages_);
    pg::guarded([&] { close(); });
}

void index_pass::open() {
    MemoryContext const before = MemoryContextSwitchTo(context_);
    places_ = current_.arena().array<place>(chosen_.children.size());
    for (std::size_t number = 0; number < places_.size(); ++number) {
        places_[number].over.open(chosen_.children[number], current_.arena());
        places_[number].rows.begin(places_[number].over, current_.arena());
    }
    parent_.begin(*prepared_.key, chosen_, current_.arena(), context_);
    MemoryContextSwitchTo(before);
}

void index_pass::close() {
    parent_.end();
    for (auto& one : places_) {
        if (BufferIsValid(one.map)) ReleaseBuffer(one.map);
        one.rows.end();
        one.over.close();
    }
}

/// False: the walk is at its end. Access methods keep what they allocate, and comparisons leave nothing behind.
bool index_pass::examine_some() {
    auto& one = places_[place_];
    bool has_more = true;
    MemoryContext const before = MemoryContextSwitchTo(context_);
    for (int number = 0; number < guarded_keys; ++number) {
        has_more = walk_.next();
        if (!has_more) break;
        if (!walk_.is_complete()) {
            take_partly_null(one);
            continue;
        }
        ++probed_;
        // Whether an entry's row is visible matters only where there is no parent.
        if (parent_.contains(walk_.values()) || !one.rows.has_any(walk_.values())) continue;
        missing_.add(place_, walk_.values());
        if (missing_.is_full()) break;
    }
    MemoryContextSwitchTo(before);
    pg::note_blocks(pages_ + walk_.pages());
    return has_more;
}

/// An index that is sought through is done before all of its blocks are.
void index_pass::begin_reading(std::int64_t pages) const {
    if (!pg::is_followed()) return;
    std::int64_t blocks = 0;
    for (auto const& one : places_) blocks += RelationGetNumberOfBlocks(one.over.index());
    pg::begin_phase(pg::progress_phase::walking_index, blocks, pages);
}

void index_pass::take_partly_null(place& one) {
    bool const is_full = prepared_.key->match == model::match_type::full;
    for (auto const& tid : walk_.rows()) {
        if (!is_full && one.over.is_all_visible(tid, one.map)) {
            ++partly_null_;
            continue;
        }
        auto* const row = one.rows.fetch_partly_null(tid);
        if (row == nullptr) continue;
        ++partly_null_;
        if (!is_full) continue;
        pg::note_orphans(1);
        sink_.add_mixed(one.rows.values(), one.rows.nulls());
        sink_.add_row(row);
    }
}

void index_pass::confirm(std::int64_t pages) {
    if (missing_.size() == 0) return;
    pg::guarded([] { pg::begin_phase(pg::progress_phase::reading_parent); });
    missing_.confirm();
    pg::guarded([&] {
        begin_reading(pages);
        MemoryContext const before = MemoryContextSwitchTo(context_);
        for (std::size_t number = 0; number < missing_.size(); ++number) {
            if (missing_.has_parent(number)) {
                ++unindexed_;
                continue;
            }
            std::int64_t rows = 0;
            places_[missing_.place(number)].rows.find(missing_.values(number), [&](TupleTableSlot* row) {
                ++rows;
                sink_.add_row(row);
                return true;
            });
            sink_.add_missing(missing_.values(number), rows);
            pg::note_orphans(static_cast<std::size_t>(rows));
        }
        pg::tick_progress();
        MemoryContextSwitchTo(before);
    });
    missing_.clear();
}

}  // namespace fkaudit::check
