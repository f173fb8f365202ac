#pragma once

#include <optional>

#include "src/keys/bucket_table.hpp"
#include "src/keys/radix_bitmap.hpp"

namespace fkaudit::keys {

/// A set of words or pairs: a bitmap where they lie close enough together, buckets otherwise.
template <class Key>
class integer_set {
public:
    explicit integer_set(radix_bitmap<Key> const& bitmap) noexcept : bitmap_(bitmap) {}
    explicit integer_set(bucket_table<Key> const& table) noexcept : table_(table) {}

    bool is_bitmap() const noexcept { return bitmap_.has_value(); }

    /// Writes the positions of the keys that are not in the set; returns how many they are.
    std::size_t find_missing(std::span<Key const> keys, std::uint32_t* missing) const noexcept {
        return bitmap_ ? bitmap_->find_missing(keys, missing) : table_->find_missing(keys, missing);
    }

private:
    std::optional<radix_bitmap<Key>> bitmap_{};
    std::optional<bucket_table<Key>> table_{};
};

/// Gathers keys, repeated ones too, and makes the set that suits them. Errors: over_budget.
template <class Key>
class integer_set_builder {
public:
    /// `fields`: the integers that a key is made of; none where it is none, as in a uuid.
    integer_set_builder(model::memory_resource& memory, std::span<field const> fields, std::uint64_t seed) noexcept
        : memory_(memory),
          fields_(fields),
          seed_(seed),
          staged_(memory) {}

    void add(std::span<Key const> keys) { staged_.add(keys); }

    integer_set<Key> finish() {
        auto const form = radix_bitmap<Key>::fit(staged_, fields_, most_bits());
        if (form.size > 0) return integer_set<Key>(fill(radix_bitmap<Key>::with_shape(memory_, form)));
        return integer_set<Key>(fill(bucket_table<Key>::with_room(memory_, staged_.size(), seed_)));
    }

private:
    /// What buckets would take, and a few cache lines in any case.
    std::uint64_t most_bits() const noexcept { return 2 * sizeof(Key) * 8 * (staged_.size() + 32); }

    template <class Set>
    Set fill(Set set) {
        staged_.consume([&](std::span<Key const> part) { set.insert(part); });
        return set;
    }

    model::memory_resource& memory_;
    std::span<field const> fields_;
    std::uint64_t seed_;
    pieces<Key> staged_;
};

}  // namespace fkaudit::keys
