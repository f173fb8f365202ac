#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include "src/model/arena.hpp"

namespace fkaudit::keys {

/// A page among those of several heaps: by the heap's number, then by the block's.
struct page_number {
    std::uint32_t heap = 0, block = 0;

    friend auto operator<=>(page_number const&, page_number const&) = default;
};

/// From one page to another, both included; perhaps of several heaps.
struct page_range {
    page_number first{}, last{};
};

/// Groups of rows, each of pages that one of several processes has read one after the other. The rows' keys are records in
/// parts: each group knows how many records its process's parts had before it, so that a record's number in its part
/// tells the group that it is of. A group's pages are a range, in which there may be pages of others. This is memory of a
/// fixed size, which the processes share; where it is used up, each one's last group goes on.
class row_groups {
public:
    static std::size_t bytes(std::size_t most, std::size_t parts) noexcept {
        return sizeof(head) + most * (sizeof(group) + parts * sizeof(std::uint32_t));
    }

    /// `memory`: `bytes(most, parts)` zeros, at a multiple of 8. There must be a group for each process at the least.
    row_groups(std::byte* memory, std::size_t most, std::size_t parts, std::size_t processes) noexcept
        : head_(reinterpret_cast<head*>(memory)),
          groups_(reinterpret_cast<group*>(memory + sizeof(head))),
          starts_(reinterpret_cast<std::uint32_t*>(groups_ + most)),
          most_(most),
          parts_(parts),
          processes_(processes) {}

    /// A process's next group, by its number; none: there is no room for it. The first one always has its place.
    static constexpr std::size_t none = SIZE_MAX;
    std::size_t begin(std::size_t process, bool is_first, page_number page) noexcept {
        auto const number = is_first ? process : processes_ + head_->taken.fetch_add(1);
        if (number >= most_) return none;
        groups_[number].pages = {page, page};
        groups_[number].owner = static_cast<std::uint32_t>(process + 1);
        return number;
    }

    /// How many records each part had before a group.
    std::span<std::uint32_t> starts(std::size_t number) noexcept { return {starts_ + number * parts_, parts_}; }

    void extend(std::size_t number, page_number last) noexcept { groups_[number].pages.last = last; }
    void mark(std::size_t number) noexcept { groups_[number].has_orphans.store(true, std::memory_order_relaxed); }

    /// A process's groups, in the order in which it began them; when all have been begun.
    std::span<std::size_t const> of_process(model::arena& arena, std::size_t process) const {
        auto const all = arena.array<std::size_t>(count());
        std::size_t found = 0;
        for (std::size_t number = 0; number < all.size(); ++number)
            if (groups_[number].owner == process + 1) all[found++] = number;
        return all.first(found);
    }

    /// Some records of a part that are of the same group.
    struct records {
        std::size_t group = none;
        std::uint64_t first = 0, end = 0;
    };
    /// The group that a process's record is of, by its number in the part, among the groups of the process.
    records find(std::span<std::size_t const> groups, std::size_t part, std::uint64_t number) const noexcept {
        auto const start = [&](std::size_t group) { return starts_[group * parts_ + part]; };
        auto const after =
            std::upper_bound(groups.begin(), groups.end(), number,
                             [&](std::uint64_t value, std::size_t group) { return value < start(group); });
        auto const group = *(after - 1);
        return {group, start(group),
                after == groups.end() ? std::numeric_limits<std::uint64_t>::max() : std::uint64_t{start(*after)}};
    }

    /// The pages of the marked groups, each once, in physical order.
    std::span<page_range const> marked(model::arena& arena) const {
        auto const all = arena.array<page_range>(count());
        std::size_t found = 0;
        for (std::size_t number = 0; number < all.size(); ++number)
            if (groups_[number].has_orphans.load(std::memory_order_relaxed)) all[found++] = groups_[number].pages;
        return merge(all.first(found));
    }

private:
    struct head {
        std::atomic<std::uint64_t> taken;  ///< beside each process's first one
    };
    struct group {
        page_range pages;
        std::uint32_t owner;  ///< the process, plus one; 0: nobody
        std::atomic<bool> has_orphans;
    };

    std::size_t count() const noexcept { return std::min<std::size_t>(processes_ + head_->taken.load(), most_); }

    static std::span<page_range const> merge(std::span<page_range> all) noexcept {
        std::sort(all.begin(), all.end(), [](page_range const& a, page_range const& b) { return a.first < b.first; });
        std::size_t merged = 0;
        for (auto const& one : all) {
            if (merged > 0 && is_reached(all[merged - 1], one.first))
                all[merged - 1].last = std::max(all[merged - 1].last, one.last);
            else
                all[merged++] = one;
        }
        return all.first(merged);
    }
    static bool is_reached(page_range const& range, page_number page) noexcept {
        return page <= range.last || (page.heap == range.last.heap && page.block == range.last.block + 1);
    }

    head* head_;
    group* groups_;
    std::uint32_t* starts_;
    std::size_t most_, parts_, processes_;
};

/// Puts a process's pages into groups while it reads them.
class group_maker {
public:
    /// `rows`: of a group, at the least; after a gap between pages, half as many.
    group_maker(row_groups& groups, std::size_t process, std::uint64_t rows) noexcept
        : groups_(groups),
          process_(process),
          rows_(rows) {}

    /// The next page, before its records: `records(part)` is how many each part has by now. Marks it, perhaps.
    template <class Records>
    void add(page_number page, std::uint64_t rows, bool has_orphans, Records records) {
        bool const is_gap = page.heap != last_.heap || page.block != last_.block + 1;
        if (current_ == row_groups::none || taken_ >= (is_gap ? rows_ / 2 : rows_)) begin(page, records);
        groups_.extend(current_, page);
        if (has_orphans) groups_.mark(current_);
        taken_ += rows;
        last_ = page;
    }

private:
    template <class Records>
    void begin(page_number page, Records records) {
        if (is_full_) return;
        auto const next = groups_.begin(process_, current_ == row_groups::none, page);
        is_full_ = next == row_groups::none;
        if (is_full_) return;
        current_ = next;
        taken_ = 0;
        auto const starts = groups_.starts(next);
        for (std::size_t part = 0; part < starts.size(); ++part)
            starts[part] = static_cast<std::uint32_t>(records(part));
    }

    row_groups& groups_;
    std::size_t process_;
    std::uint64_t rows_, taken_ = 0;
    std::size_t current_ = row_groups::none;
    page_number last_{};
    bool is_full_ = false;
};

}  // namespace fkaudit::keys
