// Values that PostgreSQL calls equal have equal bytes, and no others have. Numerics are made here as numeric.c stores them.
#include "src/keys/equal_bytes.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace fkaudit {
namespace {

std::string bytes_of(std::uint16_t value) { return {reinterpret_cast<char const*>(&value), sizeof value}; }

struct decimal {
    bool is_negative = false;
    int weight = 0;
    std::vector<std::uint16_t> digits{};  ///< of 10000
};

std::string digits_of(decimal const& value) {
    std::string all;
    for (auto const one : value.digits) all += bytes_of(one);
    return all;
}

std::string store_long(decimal const& value, int scale) {
    auto const header = static_cast<std::uint16_t>((value.is_negative ? 0x4000 : 0) | scale);
    return bytes_of(header) + bytes_of(static_cast<std::uint16_t>(value.weight)) + digits_of(value);
}

std::string store_short(decimal const& value, int scale) {
    auto const header = static_cast<std::uint16_t>(0x8000 | (value.is_negative ? 0x2000 : 0) | scale << 7 |
                                                   (value.weight < 0 ? 0x40 : 0) | (value.weight & 0x3f));
    return bytes_of(header) + digits_of(value);
}

std::string rewrite(std::string const& stored) {
    std::string room(stored.size() + keys::most_added, '?');
    auto const size = keys::write_numeric(stored, room.data());
    EXPECT_LE(size, room.size());
    room.resize(size);
    return room;
}

std::string rewrite(std::int64_t value) {
    std::string room(keys::most_integer_bytes, '?');
    auto const size = keys::write_numeric(value, room.data());
    EXPECT_LE(size, room.size());
    room.resize(size);
    return room;
}

TEST(EqualBytes, NumericsWithoutTheirScale) {
    decimal const value{false, 1, {12, 3456, 7800}};
    auto const expected = rewrite(store_short(value, 2));
    for (int scale = 0; scale < 64; ++scale) {
        EXPECT_EQ(rewrite(store_short(value, scale)), expected);
        EXPECT_EQ(rewrite(store_long(value, scale)), expected);
    }
    EXPECT_EQ(rewrite(store_long(value, 9000)), expected);
    // Not as the server stores them, but equal all the same.
    EXPECT_EQ(rewrite(store_long({false, 1, {12, 3456, 7800, 0, 0}}, 9)), expected);
    EXPECT_EQ(rewrite(store_long({false, 3, {0, 0, 12, 3456, 7800}}, 9)), expected);
    EXPECT_NE(rewrite(store_short({true, 1, {12, 3456, 7800}}, 2)), expected);
    EXPECT_NE(rewrite(store_short({false, 2, {12, 3456, 7800}}, 2)), expected);
    EXPECT_NE(rewrite(store_short({false, 1, {12, 3456, 7801}}, 4)), expected);
    EXPECT_NE(rewrite(store_short({false, 1, {12, 3456}}, 0)), expected);
}

TEST(EqualBytes, NumericsAreDifferentWhereTheirValuesAre) {
    std::map<std::string, std::string> found;
    std::mt19937_64 random(5);
    int equal = 0;
    for (int number = 0; number < 200'000; ++number) {
        decimal value{random() % 2 == 0, static_cast<int>(random() % 9) - 4, {}};
        if (random() % 20 == 0) value.weight *= 2000;
        for (auto count = random() % 4; count > 0; --count)
            value.digits.push_back(static_cast<std::uint16_t>(random() % 3 == 0 ? 0 : random() % 8));
        // What it is worth: sign, and each digit that is not 0 with its place.
        std::string worth;
        for (std::size_t at = 0; at < value.digits.size(); ++at)
            if (value.digits[at] != 0)
                worth +=
                    std::to_string(value.digits[at]) + "@" + std::to_string(value.weight - static_cast<int>(at)) + " ";
        if (!worth.empty() && value.is_negative) worth += "-";
        bool const is_small = value.weight >= -64 && value.weight < 64;
        auto const rewritten = rewrite(is_small && random() % 2 == 0 ? store_short(value, 5) : store_long(value, 5));
        auto const [place, is_new] = found.emplace(rewritten, worth);
        EXPECT_EQ(place->second, worth);
        equal += !is_new;
    }
    std::map<std::string, int> worths;
    for (auto const& [bytes, worth] : found) EXPECT_EQ(++worths[worth], 1) << worth;
    EXPECT_GT(equal, 100'000);
    EXPECT_GT(found.size(), 1000u);
}

TEST(EqualBytes, NumericsThatAreNoNumbers) {
    std::vector<std::string> const all{rewrite(bytes_of(0xc000)), rewrite(bytes_of(0xd000)), rewrite(bytes_of(0xf000)),
                                       rewrite(store_short({}, 0)), rewrite(store_short({false, 0, {1}}, 0))};
    for (std::size_t a = 0; a < all.size(); ++a)
        for (std::size_t b = 0; b < a; ++b) EXPECT_NE(all[a], all[b]);
    EXPECT_EQ(rewrite(store_short({}, 5)), rewrite(std::int64_t{0}));
    EXPECT_EQ(rewrite(store_long({true, 7, {0, 0}}, 5)), rewrite(std::int64_t{0}));
    // Of a NULL, and of a header without its weight.
    EXPECT_EQ(rewrite(std::string()), "");
    EXPECT_EQ(rewrite(bytes_of(0x0005)), "");
}

TEST(EqualBytes, IntegersAsNumerics) {
    std::vector<std::int64_t> all{0, 1, -1, INT64_MAX, INT64_MIN, INT64_MIN + 1};
    for (std::int64_t power = 1; power <= 1'000'000'000'000'000'000 / 10; power *= 10)
        for (std::int64_t const near : {-1, 0, 1}) all.insert(all.end(), {power + near, -power - near, 7 * power});
    std::mt19937_64 random(6);
    for (int number = 0; number < 10'000; ++number) all.push_back(static_cast<std::int64_t>(random() >> random() % 64));
    for (auto const value : all) {
        decimal stored{value < 0, -1, {}};
        for (auto left = value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
             left > 0; left /= 10'000, ++stored.weight)
            stored.digits.insert(stored.digits.begin(), static_cast<std::uint16_t>(left % 10'000));
        EXPECT_EQ(rewrite(value), rewrite(store_short(stored, 0))) << value;
    }
    // As many ids have: such keys are packed into a word.
    EXPECT_LE(rewrite(std::int64_t{999'999'999'999}).size(), keys::most_word_bytes);
}

TEST(EqualBytes, Floats) {
    auto const bits = [](double value) { return std::bit_cast<std::int64_t>(value); };
    auto const real = [](float value) { return std::int64_t{std::bit_cast<std::int32_t>(value)}; };
    double const not_a_number = std::numeric_limits<double>::quiet_NaN(),
                 infinity = std::numeric_limits<double>::infinity();
    float const no_number = std::numeric_limits<float>::quiet_NaN();
    EXPECT_EQ(keys::equal_double(bits(-0.0)), keys::equal_double(bits(0.0)));
    EXPECT_EQ(keys::equal_double(bits(-not_a_number)), keys::equal_double(bits(not_a_number)));
    EXPECT_EQ(keys::equal_double(bits(not_a_number) + 5), keys::equal_double(bits(not_a_number)));
    for (double const value : {1.5, -1.5, infinity, -infinity, 5e-324, -5e-324, 1.7e308}) {
        EXPECT_EQ(keys::equal_double(bits(value)), bits(value));
        EXPECT_EQ(keys::equal_double(value), bits(value));
    }
    EXPECT_EQ(keys::equal_float(real(-0.0F)), keys::equal_float(real(0.0F)));
    EXPECT_EQ(keys::equal_float(real(-no_number)), keys::equal_float(real(no_number)));
    EXPECT_EQ(keys::equal_float(real(no_number) + 1), keys::equal_float(real(no_number)));
    // Whether or not its sign was extended.
    EXPECT_EQ(keys::equal_float(real(-1.5F)), keys::equal_float(real(-1.5F) & 0xffff'ffff));
    for (float const value : {1.5F, -1.5F, 0.1F, -0.0F, 1e-45F, std::numeric_limits<float>::infinity(), no_number})
        EXPECT_EQ(keys::float_as_double(real(value)), keys::equal_double(static_cast<double>(value)));
}

TEST(EqualBytes, Intervals) {
    auto const stored = [](std::int64_t time, std::int32_t days, std::int32_t months) {
        std::string all(keys::interval_size, '\0');
        std::memcpy(all.data(), &time, sizeof time);
        std::memcpy(all.data() + 8, &days, sizeof days);
        std::memcpy(all.data() + 12, &months, sizeof months);
        return all;
    };
    constexpr std::int64_t day = 86'400'000'000;
    auto const length = [&](std::int64_t time, std::int32_t days, std::int32_t months) {
        return keys::equal_interval(stored(time, days, months).data());
    };
    EXPECT_EQ(length(0, 30, 0), length(0, 0, 1));
    EXPECT_EQ(length(day, 29, 0), length(0, 0, 1));
    EXPECT_EQ(length(-day, 1, 0), length(0, 0, 0));
    EXPECT_EQ(length(-1, 0, 1), length(day - 1, 29, 0));
    EXPECT_FALSE(length(1, 0, 0) == length(-1, 0, 0));
    EXPECT_FALSE(length(0, 0, 0) == length(1, 0, 0));
    // Where 64 bits would wrap around.
    EXPECT_FALSE(length(INT64_MAX, 1, 0) == length(INT64_MIN + day - 1, 0, 0));
    EXPECT_EQ(length(0, INT32_MAX, INT32_MAX).high, 0x137U);
}

}  // namespace
}  // namespace fkaudit
