#pragma once

#include <algorithm>

#include "src/keys/memory.hpp"
#include "src/keys/packed_key.hpp"

namespace fkaudit::keys {

/// A set of words or pairs by open addressing: buckets of one cache line, half full, probed in batches so that the lines
/// come while others are looked at. The memory holds no pointer: with the same shape it is the same set at any address.
template <class Key>
class bucket_table {
public:
    struct shape {
        std::uint64_t buckets = 0;
        std::uint64_t seed = 0;
        bool has_zero = false;  ///< the key whose bits are all zero, which an empty slot looks like
    };

    bucket_table(shape const& form, std::byte* memory) noexcept
        : shape_(form),
          slots_(reinterpret_cast<Key*>(memory)) {}

    /// Room for `count` different keys. Error: over_budget.
    static bucket_table with_room(model::memory_resource& memory, std::size_t count, std::uint64_t seed) {
        auto const form = fit(count, seed);
        return {form, allocate_lines(memory, bytes(form))};
    }

    /// The shape for `count` different keys, and what it takes of zeroed memory. Error: over_budget.
    static shape fit(std::size_t count, std::uint64_t seed) {
        if (count > SIZE_MAX / 4 / sizeof(Key)) throw over_budget{};
        shape form;
        form.buckets = 2 * count / slots_per_bucket + 1;
        form.seed = seed;
        return form;
    }
    static std::size_t bytes(shape const& form) noexcept { return form.buckets * line_size; }

    shape const& form() const noexcept { return shape_; }
    std::size_t bytes() const noexcept { return bytes(shape_); }
    std::byte const* memory() const noexcept { return reinterpret_cast<std::byte const*>(slots_); }

    void insert(std::span<Key const> keys) noexcept {
        in_batches(keys, [&](Key const& key, std::uint64_t bucket, std::size_t) {
            if (key == Key{})
                shape_.has_zero = true;
            else
                insert_at(key, bucket);
        });
    }

    /// Writes the positions of the keys that are not in the set; returns how many they are.
    std::size_t find_missing(std::span<Key const> keys, std::uint32_t* missing) const noexcept {
        std::uint32_t* end = missing;
        in_batches(keys, [&](Key const& key, std::uint64_t bucket, std::size_t position) {
            *end = static_cast<std::uint32_t>(position);
            end += !contains_at(key, bucket);
        });
        return static_cast<std::size_t>(end - missing);
    }

    /// Calls `is_it(slot)` for the slots in the key's chain whose `low` is that of the key, until one is it.
    template <class IsIt>
    bool find(Key const& key, std::uint64_t bucket, IsIt is_it) const {
        for (;; bucket = next(bucket)) {
            auto const* const slots = slots_ + bucket * slots_per_bucket;
            for (std::size_t slot = 0; slot < slots_per_bucket; ++slot)
                if (slots[slot].low == key.low && slots[slot] != Key{} && is_it(slots[slot])) return true;
            if (slots[slots_per_bucket - 1] == Key{}) return false;
        }
    }

    /// Adds a key without looking whether it is there; a zero key is not allowed.
    void append(Key const& key, std::uint64_t bucket) noexcept {
        for (;; bucket = next(bucket)) {
            auto* const slots = slots_ + bucket * slots_per_bucket;
            auto* const free = std::find(slots, slots + slots_per_bucket, Key{});
            if (free == slots + slots_per_bucket) continue;
            *free = key;
            return;
        }
    }

    std::uint64_t bucket_of_hash(std::uint64_t hashed) const noexcept {
        __extension__ using product = unsigned __int128;
        return static_cast<std::uint64_t>(static_cast<product>(hashed) * shape_.buckets >> 64);
    }
    void prefetch(std::uint64_t bucket) const noexcept { __builtin_prefetch(slots_ + bucket * slots_per_bucket); }

private:
    static constexpr std::size_t slots_per_bucket = line_size / sizeof(Key);
    static constexpr std::size_t batch = 128;

    template <class Use>
    void in_batches(std::span<Key const> keys, Use use) const {
        std::uint64_t buckets[batch];
        auto const seed = shape_.seed;
        for (std::size_t start = 0; start < keys.size(); start += batch) {
            auto const part = keys.subspan(start, std::min(batch, keys.size() - start));
            for (std::size_t number = 0; number < part.size(); ++number) {
                buckets[number] = bucket_of_hash(hash(part[number], seed));
                prefetch(buckets[number]);
            }
            for (std::size_t number = 0; number < part.size(); ++number)
                use(part[number], buckets[number], start + number);
        }
    }

    std::uint64_t next(std::uint64_t bucket) const noexcept { return bucket + 1 == shape_.buckets ? 0 : bucket + 1; }

    void insert_at(Key const& key, std::uint64_t bucket) noexcept {
        for (;; bucket = next(bucket)) {
            auto* const slots = slots_ + bucket * slots_per_bucket;
            // Slots fill from the first one on. No branch for each: how many are taken is anybody's guess.
            bool found = false;
            std::size_t taken = 0;
#pragma GCC unroll 8
            for (std::size_t slot = 0; slot < slots_per_bucket; ++slot) {
                found |= slots[slot] == key;
                taken += slots[slot] != Key{};
            }
            if (found) return;
            if (taken == slots_per_bucket) continue;
            slots[taken] = key;
            return;
        }
    }

    bool contains_at(Key const& key, std::uint64_t bucket) const noexcept {
        if (key == Key{}) return shape_.has_zero;
        for (;; bucket = next(bucket)) {
            auto const* const slots = slots_ + bucket * slots_per_bucket;
            bool found = false;
#pragma GCC unroll 8
            for (std::size_t slot = 0; slot < slots_per_bucket; ++slot) found |= slots[slot] == key;
            if (found) return true;
            if (slots[slots_per_bucket - 1] == Key{}) return false;
        }
    }

    shape shape_;
    Key* slots_;
};

}  // namespace fkaudit::keys
