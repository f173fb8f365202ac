#pragma once

#include <optional>

#include "src/keys/bucket_table.hpp"
#include "src/keys/growing_bitmap.hpp"
#include "src/keys/radix_bitmap.hpp"

namespace fkaudit::keys {

/// A set of words or pairs: a bitmap where they lie close enough together, buckets otherwise.
template <class Key>
class integer_set {
public:
    explicit integer_set(radix_bitmap<Key> const& bitmap) noexcept : bitmap_(bitmap) {}
    explicit integer_set(bucket_table<Key> const& table) noexcept : table_(table) {}

    bool is_bitmap() const noexcept { return bitmap_.has_value(); }

    /// Its memory holds no pointer: copied elsewhere, it is the same set.
    std::size_t bytes() const noexcept { return bitmap_ ? radix_bitmap<Key>::bytes(bitmap_->form()) : table_->bytes(); }
    std::byte const* memory() const noexcept { return bitmap_ ? bitmap_->memory() : table_->memory(); }
    integer_set at(std::byte* memory) const noexcept {
        if (bitmap_) return integer_set(radix_bitmap<Key>(bitmap_->form(), memory));
        return integer_set(bucket_table<Key>(table_->form(), memory));
    }

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
    /// `fields`: the integers that a key is made of; none where it is none, as in a uuid. `expected`: about how many keys
    /// will come, rather too few.
    integer_set_builder(bounded_memory& memory, std::span<field const> fields, std::uint64_t seed,
                        std::uint64_t expected) noexcept
        : memory_(memory),
          fields_(fields),
          seed_(seed),
          expected_(expected),
          is_dense_(std::is_same_v<Key, word> && fields.size() == 1 && fields[0].width == 64),
          dense_(memory),
          staged_(memory) {}

    void add(std::span<Key const> keys) {
        if constexpr (std::is_same_v<Key, word>)
            if (is_dense_) keys = add_dense(keys);
        if (keys.empty()) return;
        // Sooner rather than when a good part of them has been read.
        if (staged_.size() == 0 && expected_ > memory_.left() / least_bytes()) throw over_budget{};
        staged_.add(keys);
    }

    integer_set<Key> finish() {
        if constexpr (std::is_same_v<Key, word>)
            if (is_dense_ && !dense_.is_empty()) return integer_set<Key>(dense_.finish());
        auto const form = radix_bitmap<Key>::fit(staged_, fields_, most_bits(staged_.size()));
        if (form.size > 0) return integer_set<Key>(fill(radix_bitmap<Key>::with_shape(memory_, form)));
        return integer_set<Key>(fill(bucket_table<Key>::with_room(memory_, staged_.size(), seed_)));
    }

private:
    /// What buckets would take for so many keys, and a few cache lines in any case.
    static std::uint64_t most_bits(std::uint64_t count) noexcept { return 2 * sizeof(Key) * 8 * (count + 32); }

    /// For each key: its place in the list, and in buckets, unless several integers may make a small bitmap.
    std::size_t least_bytes() const noexcept { return (fields_.size() > 1 ? 1 : 3) * sizeof(Key); }

    /// Keys for the bitmap, as long as they are dense; then all of them are for the list. Returns those that are left.
    std::span<word const> add_dense(std::span<word const> keys) {
        // Growing needs the old bitmap beside the new one.
        auto const most = std::min<std::uint64_t>(most_bits(std::max(count_, expected_)), memory_.left() / 2 * 8);
        auto const added = dense_.add(keys, most);
        count_ += added;
        if (added == keys.size()) return {};
        is_dense_ = false;
        dense_.consume([&](word key) { staged_.add(key); });
        return keys.subspan(added);
    }

    template <class Set>
    Set fill(Set set) {
        staged_.consume([&](std::span<Key const> part) { set.insert(part); });
        return set;
    }

    bounded_memory& memory_;
    std::span<field const> fields_;
    std::uint64_t seed_;
    std::uint64_t expected_;
    std::uint64_t count_ = 0;
    bool is_dense_;
    growing_bitmap dense_;
    pieces<Key> staged_;
};

}  // namespace fkaudit::keys
