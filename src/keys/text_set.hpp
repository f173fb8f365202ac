#pragma once

#include <optional>
#include <string_view>

#include "src/keys/bucket_table.hpp"

namespace fkaudit::keys {

/// A set of byte strings: short ones packed into words and pairs, longer ones one after the other in one block with
/// buckets of hash and offset. The memory holds no pointer.
class text_set {
public:
    text_set(bucket_table<word> const& words, bucket_table<pair> const& pairs, bucket_table<pair> const& places,
             std::string_view bytes, std::uint64_t seed) noexcept
        : words_(words),
          pairs_(pairs),
          places_(places),
          bytes_(bytes),
          seed_(seed) {}

    /// What it takes in one piece, and itself in such a piece, which begins at a cache line.
    std::size_t bytes() const noexcept { return words_.bytes() + pairs_.bytes() + places_.bytes() + bytes_.size(); }
    void copy_to(std::byte* memory) const noexcept;
    text_set at(std::byte* memory) const noexcept;

    /// Writes the positions of the keys that are not in the set, in no order; returns how many they are.
    std::size_t find_missing(std::span<std::string_view const> keys, std::uint32_t* missing) const noexcept;

private:
    static constexpr std::size_t batch = 128;

    std::size_t find_batch(std::span<std::string_view const> keys, std::size_t start,
                           std::uint32_t* missing) const noexcept;
    bool contains_long(std::string_view key, std::uint64_t hashed) const noexcept;

    bucket_table<word> words_;
    bucket_table<pair> pairs_;
    bucket_table<pair> places_;  ///< low: the hash; high: the offset in bytes_, plus one
    std::string_view bytes_;     ///< each string after its length (32 bits)
    std::uint64_t seed_;
};

/// Gathers byte strings, repeated ones too. Errors: over_budget.
class text_set_builder {
public:
    text_set_builder(model::memory_resource& memory, std::uint64_t seed) noexcept
        : memory_(memory),
          seed_(seed),
          words_(memory),
          pairs_(memory),
          bytes_(memory) {}

    void add(std::span<std::string_view const> keys);
    text_set finish();

private:
    bucket_table<pair> place_long(char const* bytes) const;

    model::memory_resource& memory_;
    std::uint64_t seed_;
    pieces<word> words_;
    pieces<pair> pairs_;
    pieces<char> bytes_;
    std::size_t long_count_ = 0;
};

}  // namespace fkaudit::keys
