#pragma once

#include "src/check/extent_files.hpp"
#include "src/check/spill_board.hpp"
#include "src/keys/distinct_list.hpp"
#include "src/keys/part_chains.hpp"
#include "src/pg/memory.hpp"

namespace fkaudit::check {

struct key_less {
    bool operator()(keys::word a, keys::word b) const noexcept { return a < b; }
    bool operator()(keys::pair const& a, keys::pair const& b) const noexcept {
        return a.high != b.high ? a.high < b.high : a.low < b.low;
    }
};

/// Compares both sides' keys in a part, which all processes have written: marks the groups of the child's rows that have
/// no parent, and writes their keys.
template <class Key>
class part_comparison {
public:
    /// `missing`: writes one part. `place`: for the set of the largest part.
    part_comparison(model::arena& arena, spill_board& board, extent_files& files,
                    keys::chain_writer<Key, extent_files>& missing, std::byte* place)
        : arena_(arena),
          board_(board),
          files_(files),
          groups_(board.groups()),
          missing_(missing),
          list_(arena.resource(), board.plan().missing_limit),
          place_(place),
          members_(arena.array<std::span<std::size_t const>>(board.plan().processes)) {}
    part_comparison(part_comparison const&) = delete;
    part_comparison& operator=(part_comparison const&) = delete;

    /// May ereport.
    void run(std::size_t part) {
        using table = keys::bucket_table<Key>;
        auto const form = table::fit(board_.records(key_side::parent, part), board_.plan().seed);
        std::memset(place_, 0, table::bytes(form));
        table parents(form, place_);
        for (std::size_t process = 0; process < members_.size(); ++process)
            read(process, key_side::parent, part,
                 [&](std::span<Key const> some, std::uint64_t) { parents.insert(some); });
        for (std::size_t process = 0; process < members_.size(); ++process)
            read(process, key_side::child, part,
                 [&, seen = keys::row_groups::records()](std::span<Key const> some, std::uint64_t first) mutable {
                     find_missing(parents, some, [&](std::size_t position) {
                         auto const number = first + position;
                         if (number >= seen.first && number < seen.end) return;
                         seen = groups_.find(groups_of(process), part, number);
                         groups_.mark(seen.group);
                     });
                 });
        list_.drain([&](std::span<Key const> some) { pass_on(some); });
    }

private:
    template <class Use>
    void read(std::size_t process, key_side side, std::size_t part, Use use) {
        keys::read_chain<Key>(
            board_.written(process, side)[part],
            [&](std::uint32_t id) {
                CHECK_FOR_INTERRUPTS();
                return files_.get(process, id);
            },
            use);
    }

    /// `note(position)` for each key that is missing, in their order.
    template <class Note>
    void find_missing(keys::bucket_table<Key> const& parents, std::span<Key const> some, Note note) {
        constexpr std::size_t batch = 128;
        std::uint32_t missing[batch + 1];
        for (std::size_t start = 0; start < some.size(); start += batch) {
            auto const keys = some.subspan(start, std::min(batch, some.size() - start));
            auto const found = parents.find_missing(keys, missing);
            for (std::size_t number = 0; number < found; ++number) {
                list_.add(keys[missing[number]], [&](std::span<Key const> full) { pass_on(full); });
                note(start + missing[number]);
            }
        }
    }

    void pass_on(std::span<Key const> some) {
        missing_.add(some, [](Key const&) { return std::size_t{0}; });
    }

    std::span<std::size_t const> groups_of(std::size_t process) {
        if (members_[process].empty()) members_[process] = groups_.of_process(arena_, process);
        return members_[process];
    }

    model::arena& arena_;
    spill_board& board_;
    extent_files& files_;
    keys::row_groups groups_;
    keys::chain_writer<Key, extent_files>& missing_;
    keys::distinct_list<Key, key_less> list_;
    std::byte* place_;
    std::span<std::span<std::size_t const>> members_;
};

}  // namespace fkaudit::check
