#pragma once

#include <bit>

#include "src/keys/packed_key.hpp"

/// Values of types that can write one value in several ways, rewritten so that equal ones are equal bytes. "Stored": as
/// PostgreSQL stores them, in this machine's byte order.
namespace fkaudit::keys {

/// The bits of a double (float8eq): one zero, one NaN.
inline std::int64_t equal_double(std::int64_t bits) noexcept {
    constexpr std::int64_t infinity = 0x7ff0'0000'0000'0000, not_a_number = 0x7ff8'0000'0000'0000;
    auto const magnitude = bits & INT64_MAX;
    return magnitude == 0 ? 0 : magnitude > infinity ? not_a_number : bits;
}
inline std::int64_t equal_double(double value) noexcept { return equal_double(std::bit_cast<std::int64_t>(value)); }

/// The bits of a float (float4eq), of which the upper half says nothing.
inline std::int64_t equal_float(std::int64_t bits) noexcept {
    constexpr std::int64_t infinity = 0x7f80'0000, not_a_number = 0x7fc0'0000;
    auto const magnitude = bits & INT32_MAX;
    return magnitude == 0 ? 0 : magnitude > infinity ? not_a_number : static_cast<std::int32_t>(bits);
}
/// The same, compared with doubles.
inline std::int64_t float_as_double(std::int64_t bits) noexcept {
    return equal_double(double{std::bit_cast<float>(static_cast<std::int32_t>(bits))});
}

/// A stored interval's length (interval_cmp_value): a month has 30 days, and a day 24 hours.
inline constexpr std::size_t interval_size = 16;
inline pair equal_interval(char const* stored) noexcept {
    __extension__ using whole = __int128;
    constexpr std::int64_t microseconds_a_day = 86'400'000'000;
    std::int64_t time = 0;
    std::int32_t days = 0, months = 0;
    std::memcpy(&time, stored, sizeof time);
    std::memcpy(&days, stored + 8, sizeof days);
    std::memcpy(&months, stored + 12, sizeof months);
    auto const length = static_cast<whole>(std::int64_t{months} * 30 + days) * microseconds_a_day + time;
    return {static_cast<std::uint64_t>(length), static_cast<std::uint64_t>(length >> 64)};
}

/// A stored numeric without its varlena header (numeric_eq): sign, weight and digits, whatever its scale. Returns the
/// bytes that it took of `into`: at most `stored.size() + most_added`.
inline constexpr std::size_t most_added = 3;
std::size_t write_numeric(std::string_view stored, char* into) noexcept;

/// The same of an integer: at most so many bytes.
inline constexpr std::size_t most_integer_bytes = 11;
std::size_t write_numeric(std::int64_t value, char* into) noexcept;

}  // namespace fkaudit::keys
