#include "src/keys/equal_bytes.hpp"

namespace fkaudit::keys {

namespace {

/// A digit of a numeric: 0 to 9999.
using digit = std::uint16_t;
constexpr digit base = 10'000;

// As numeric.c has it: a header of 16 bits, or of 32 if a short one cannot hold the scale or the weight.
constexpr std::uint16_t kind_bits = 0xc000, special = 0xc000, short_header = 0x8000, negative = 0x4000;
constexpr std::uint16_t special_bits = 0xf000, plus_infinity = 0xd000, minus_infinity = 0xf000;
constexpr std::uint16_t short_negative = 0x2000, short_weight_sign = 0x0040, short_weight_bits = 0x003f;

// The first byte: sign and a small weight, or one of these. A short number stays so, which packs many an id into a word.
constexpr int least_small = -32, most_small = 31;
enum first_byte : unsigned char { large_weight = 0x40, zero, not_a_number, infinity, negative_infinity, minus = 0x80 };

digit load_digit(char const* from) noexcept {
    digit value = 0;
    std::memcpy(&value, from, sizeof value);
    return value;
}

std::size_t write_one(first_byte what, char* into) noexcept {
    *into = static_cast<char>(what);
    return 1;
}

std::size_t write(bool is_negative, int weight, std::string_view digits, char* into) noexcept {
    while (digits.size() >= sizeof(digit) && load_digit(digits.data()) == 0) {
        digits.remove_prefix(sizeof(digit));
        --weight;
    }
    while (digits.size() >= sizeof(digit) && load_digit(digits.data() + digits.size() - sizeof(digit)) == 0)
        digits.remove_suffix(sizeof(digit));
    if (digits.empty()) return write_one(zero, into);

    std::size_t size = 1;
    auto first = is_negative ? unsigned{minus} : 0U;
    if (weight >= least_small && weight <= most_small) {
        first |= static_cast<unsigned>(weight - least_small);
    } else {
        first |= large_weight;
        std::memcpy(into + size, &weight, sizeof weight);
        size += sizeof weight;
    }
    *into = static_cast<char>(first);
    std::memcpy(into + size, digits.data(), digits.size());
    return size + digits.size();
}

}  // namespace

std::size_t write_numeric(std::string_view stored, char* into) noexcept {
    if (stored.size() < sizeof(std::uint16_t)) return 0;
    auto const header = load_digit(stored.data());
    stored.remove_prefix(sizeof header);
    if ((header & kind_bits) == special) {
        auto const which = header & special_bits;
        return write_one(which == plus_infinity    ? infinity
                         : which == minus_infinity ? negative_infinity
                                                   : not_a_number,
                         into);
    }
    if ((header & kind_bits) == short_header) {
        int const weight = (header & short_weight_bits) - ((header & short_weight_sign) != 0 ? short_weight_sign : 0);
        return write((header & short_negative) != 0, weight, stored, into);
    }
    if (stored.size() < sizeof(std::int16_t)) return 0;
    std::int16_t weight = 0;
    std::memcpy(&weight, stored.data(), sizeof weight);
    stored.remove_prefix(sizeof weight);
    return write((header & kind_bits) == negative, weight, stored, into);
}

std::size_t write_numeric(std::int64_t value, char* into) noexcept {
    constexpr int most_digits = 5;
    digit digits[most_digits];
    int first = most_digits;
    auto left = value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
    for (; left > 0; left /= base) digits[--first] = static_cast<digit>(left % base);
    auto const count = most_digits - first;
    return write(value < 0, count - 1,
                 {reinterpret_cast<char const*>(digits + first), static_cast<std::size_t>(count) * sizeof(digit)},
                 into);
}

}  // namespace fkaudit::keys
