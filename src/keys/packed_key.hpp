#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace fkaudit::keys {

/// A key in 64 bits.
using word = std::uint64_t;

/// A key in 128 bits.
struct pair {
    std::uint64_t low = 0;
    std::uint64_t high = 0;

    /// Without a branch between the halves: which of them differs is anybody's guess.
    friend bool operator==(pair const& a, pair const& b) noexcept { return ((a.low ^ b.low) | (a.high ^ b.high)) == 0; }
};

/// Where an integer of a composite key lies in a word or a pair; it straddles no word.
struct field {
    std::uint8_t word = 0;
    std::uint8_t shift = 0;
    std::uint8_t width = 64;
};

inline std::uint64_t word_of(word key, field) noexcept { return key; }
inline std::uint64_t word_of(pair const& key, field where) noexcept { return where.word == 0 ? key.low : key.high; }

/// The integer, with its sign.
template <class Key>
std::int64_t extract(Key const& key, field where) noexcept {
    auto const top = word_of(key, where) << (64 - where.shift - where.width);
    return static_cast<std::int64_t>(top) >> (64 - where.width);
}

/// Puts an integer into a field that is still zero.
inline void place(word& key, field where, std::int64_t value) noexcept {
    auto const bits = static_cast<std::uint64_t>(value);
    key |= (where.width == 64 ? bits : bits & ((std::uint64_t{1} << where.width) - 1)) << where.shift;
}
inline void place(pair& key, field where, std::int64_t value) noexcept {
    place(where.word == 0 ? key.low : key.high, where, value);
}

namespace detail {

/// Both halves of the 128-bit product, folded.
inline std::uint64_t fold(std::uint64_t a, std::uint64_t b) noexcept {
    __extension__ using product = unsigned __int128;
    auto const whole = static_cast<product>(a) * b;
    return static_cast<std::uint64_t>(whole) ^ static_cast<std::uint64_t>(whole >> 64);
}

inline constexpr std::uint64_t odd_1 = 0x9e3779b97f4a7c15, odd_2 = 0xe7037ed1a0b428db;

/// 0 to 8 bytes as an integer; reads nothing beyond them.
inline std::uint64_t load_short(char const* from, std::size_t size) noexcept {
    auto const load = [&]<class T>(T value, std::size_t offset) {
        std::memcpy(&value, from + offset, sizeof value);
        return static_cast<std::uint64_t>(value);
    };
    if (size == 8) return load(std::uint64_t{}, 0);
    if (size >= 4) return load(std::uint32_t{}, 0) | load(std::uint32_t{}, size - 4) << (8 * (size - 4));
    if (size == 0) return 0;
    // First, middle and last byte, each at its place: one, two or three different ones.
    return load(std::uint8_t{}, 0) | load(std::uint8_t{}, size / 2) << (8 * (size / 2)) |
           load(std::uint8_t{}, size - 1) << (8 * (size - 1));
}

}  // namespace detail

/// All bits of the result depend on all bits of the key, the uppermost best. Without the seed nobody can choose keys that
/// collide.
inline std::uint64_t hash(word key, std::uint64_t seed) noexcept { return detail::fold(key ^ seed, detail::odd_1); }
inline std::uint64_t hash(pair const& key, std::uint64_t seed) noexcept {
    return detail::fold(hash(key.low, seed) ^ key.high, detail::odd_2);
}
inline std::uint64_t hash(std::string_view key, std::uint64_t seed) noexcept {
    std::uint64_t state = seed ^ key.size();
    char const* from = key.data();
    std::size_t left = key.size();
    for (; left > 8; left -= 8, from += 8) state = detail::fold(state ^ detail::load_short(from, 8), detail::odd_1);
    return detail::fold(detail::fold(state ^ detail::load_short(from, left), detail::odd_1), detail::odd_2);
}

/// Byte strings of up to 7 and up to 15 bytes as packed keys: never zero, and different for different strings.
inline constexpr std::size_t most_word_bytes = 7, most_pair_bytes = 15;
inline word pack_word(std::string_view text) noexcept {
    return detail::load_short(text.data(), text.size()) | (std::uint64_t{0x80} | text.size()) << 56;
}
inline pair pack_pair(std::string_view text) noexcept {
    auto const first = text.size() < 8 ? text.size() : 8;
    return {detail::load_short(text.data(), first),
            detail::load_short(text.data() + first, text.size() - first) | (std::uint64_t{0x80} | text.size()) << 56};
}

}  // namespace fkaudit::keys
