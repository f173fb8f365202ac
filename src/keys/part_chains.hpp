#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

#include "src/model/arena.hpp"

namespace fkaudit::keys {

/// What an extent of records begins with.
struct extent_head {
    std::uint32_t previous;  ///< the extent before it; meaningless in the first one
    std::uint32_t count;     ///< its records
};

/// A part's records, in extents that are linked from the last one back to the first. Zeros: it is empty.
struct part_chain {
    std::uint32_t last = 0;
    std::uint32_t extents = 0;
    std::uint64_t records = 0;
};

/// Writes records in parts, each to an extent of its own, of which the store keeps a copy when it is full:
/// `Store::keep(std::byte* extent, std::size_t bytes, std::uint32_t& id)` says what that is called. What it raises goes
/// through.
template <class Record, class Store>
class chain_writer {
public:
    /// `places`: for each part `extent_bytes` of memory; all begin at multiples of 8.
    chain_writer(model::arena& arena, Store& store, std::span<std::byte* const> places, std::size_t extent_bytes)
        : store_(store),
          most_((extent_bytes - sizeof(extent_head)) / sizeof(Record)),
          open_(arena.array<open_extent>(places.size())),
          chains_(arena.array<part_chain>(places.size())) {
        static_assert(std::is_trivially_copyable_v<Record> && sizeof(extent_head) % alignof(Record) == 0);
        for (std::size_t part = 0; part < places.size(); ++part) open_[part] = begin(places[part]);
    }
    chain_writer(chain_writer const&) = delete;
    chain_writer& operator=(chain_writer const&) = delete;

    /// Each goes to the part that `part_of(record)` says.
    template <class PartOf>
    void add(std::span<Record const> records, PartOf part_of) {
        // A copy of a member, which any store could change: the server's headers need -fno-strict-aliasing.
        auto* const open = open_.data();
        for (auto const& record : records) {
            auto const part = part_of(record);
            auto* const next = open[part].next;
            *next = record;
            open[part].next = next + 1;
            if (next + 1 == open[part].end) flush(part);
        }
    }

    /// How many records a part has.
    std::uint64_t records(std::size_t part) const noexcept { return chains_[part].records + filled(open_[part]); }

    /// Keeps what is not full yet, too, and hands the chains over. Others can be written then.
    void finish(part_chain* into) {
        for (std::size_t part = 0; part < open_.size(); ++part) {
            if (filled(open_[part]) > 0) flush(part);
            into[part] = chains_[part];
            chains_[part] = {};
        }
    }

private:
    struct open_extent {
        Record* next;
        Record* end;
    };

    open_extent begin(std::byte* place) const noexcept {
        auto* const first = reinterpret_cast<Record*>(place + sizeof(extent_head));
        return {first, first + most_};
    }
    std::size_t filled(open_extent const& one) const noexcept {
        return most_ - static_cast<std::size_t>(one.end - one.next);
    }

    [[gnu::noinline]] void flush(std::size_t part) {
        auto& one = open_[part];
        auto& chain = chains_[part];
        auto const count = filled(one);
        auto* const place = reinterpret_cast<std::byte*>(one.end - most_) - sizeof(extent_head);
        *reinterpret_cast<extent_head*>(place) = {chain.last, static_cast<std::uint32_t>(count)};
        store_.keep(place, sizeof(extent_head) + count * sizeof(Record), chain.last);
        ++chain.extents;
        chain.records += count;
        one.next = one.end - most_;
    }

    Store& store_;
    std::size_t most_;
    std::span<open_extent> open_;
    std::span<part_chain> chains_;
};

/// Reads a chain from its last extent to its first: `get(id)` gives an extent's bytes, which need last until the next
/// call only; `use(records, number)` takes the records of one in their order, with the first one's number in the part.
template <class Record, class Get, class Use>
void read_chain(part_chain const& chain, Get get, Use use) {
    auto number = chain.records;
    auto id = chain.last;
    for (auto left = chain.extents; left > 0; --left) {
        auto const* const head = reinterpret_cast<extent_head const*>(get(id));
        auto const count = head->count;
        id = head->previous;
        number -= count;
        use(std::span<Record const>(reinterpret_cast<Record const*>(head + 1), count), number);
    }
}

}  // namespace fkaudit::keys
