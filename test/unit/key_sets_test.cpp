#include <algorithm>
#include <gtest/gtest.h>

#include <cstdint>

#include <map>
#include <random>
#include <set>
#include <string>

#include "src/keys/distinct_list.hpp"
#include "src/keys/integer_set.hpp"
#include "src/keys/key_counter.hpp"
#include "src/keys/text_set.hpp"
#include "test/unit/memory.hpp"

namespace fkaudit::test {
namespace {

using keys::field;
using keys::pair;
using keys::word;

constexpr field whole[] = {{0, 0, 64}};
constexpr std::uint64_t seed = 12345;

std::vector<word> words(std::initializer_list<std::int64_t> values) {
    std::vector<word> made;
    for (auto const value : values) made.push_back(static_cast<word>(value));
    return made;
}

template <class Key>
keys::integer_set<Key> build(heap& memory, std::vector<Key> const& members, std::span<field const> fields) {
    keys::bounded_memory bounded(memory, std::size_t{1} << 30);
    keys::integer_set_builder<Key> builder(bounded, fields, seed, 0);
    builder.add(std::span<Key const>(members));
    return builder.finish();
}

/// The positions of the probes that the set does not hold.
template <class Set, class Key>
std::vector<std::uint32_t> missing(Set const& set, std::vector<Key> const& probes) {
    std::vector<std::uint32_t> found(probes.size() + 1);
    found.resize(set.find_missing(std::span<Key const>(probes), found.data()));
    std::sort(found.begin(), found.end());
    return found;
}

using positions = std::vector<std::uint32_t>;

TEST(IntegerSet, DenseIntegersAreABitmap) {
    heap memory;
    auto const set = build(memory, words({-3, -1, 0, 2, 2}), whole);
    EXPECT_TRUE(set.is_bitmap());
    EXPECT_EQ(missing(set, words({-4, -3, -2, -1, 0, 1, 2, 3, INT64_MIN, INT64_MAX})), (positions{0, 2, 5, 7, 8, 9}));
}

TEST(IntegerSet, SparseIntegersAreBuckets) {
    heap memory;
    auto const set = build(memory, words({0, 1, INT64_MIN, INT64_MAX, 1}), whole);
    EXPECT_FALSE(set.is_bitmap());
    EXPECT_EQ(missing(set, words({0, 1, 2, INT64_MIN, INT64_MAX, -1})), (positions{2, 5}));
    auto const without_zero = build(memory, words({1, INT64_MAX}), whole);
    EXPECT_EQ(missing(without_zero, words({0, 1})), (positions{0}));
}

TEST(IntegerSet, AnEmptySetHoldsNothing) {
    heap memory;
    auto const set = build(memory, std::vector<word>{}, whole);
    EXPECT_EQ(missing(set, words({0, 1, -1})), (positions{0, 1, 2}));
    EXPECT_EQ(missing(set, std::vector<word>{}), (positions{}));
}

TEST(IntegerSet, TheWholeRangeOfIntegersAtBothEnds) {
    heap memory;
    for (std::int64_t const base : {INT64_MIN, INT64_MAX - 9}) {
        std::vector<word> members;
        for (std::int64_t step = 0; step < 10; step += 2) members.push_back(static_cast<word>(base + step));
        auto const set = build(memory, members, whole);
        EXPECT_TRUE(set.is_bitmap());
        EXPECT_EQ(missing(set, members), (positions{}));
        EXPECT_EQ(missing(set, words({base + 1, 0, -1})), (positions{0, 1, 2}));
    }
}

TEST(IntegerSet, DenseIntegersInAnyOrderAreABitmapOfLittleMemory) {
    std::mt19937_64 random(4);
    for (std::int64_t const base : {std::int64_t{0}, std::int64_t{-50000}, INT64_MIN, INT64_MAX - 99999}) {
        for (int const order : {0, 1, 2}) {
            heap memory;
            keys::bounded_memory bounded(memory, 300000);
            std::vector<word> members;
            for (std::int64_t step = 0; step < 100000; ++step)
                if (step % 10 != 3) members.push_back(static_cast<word>(base + step));
            if (order == 1) std::reverse(members.begin(), members.end());
            if (order == 2) std::shuffle(members.begin(), members.end(), random);
            keys::integer_set_builder<word> builder(bounded, whole, seed, 10000);
            for (std::size_t at = 0; at < members.size(); at += 100)
                builder.add(
                    std::span<word const>(members).subspan(at, std::min<std::size_t>(100, members.size() - at)));
            auto const set = builder.finish();
            EXPECT_TRUE(set.is_bitmap());
            EXPECT_EQ(missing(set, members), (positions{}));
            std::vector<word> others;
            for (auto const step : words({-1, 3, 99993, 100000, std::int64_t{1} << 40}))
                others.push_back(static_cast<word>(base) + step);
            EXPECT_EQ(missing(set, others).size(), others.size());
        }
    }
}

TEST(IntegerSet, KeysThatTurnOutSparseKeepWhatCameBefore) {
    heap memory;
    std::vector<word> members;
    for (word key = 0; key < 5000; ++key) members.push_back(key);
    members.push_back(word{1} << 50);
    members.push_back(~word{0});
    auto const set = build(memory, members, whole);
    EXPECT_FALSE(set.is_bitmap());
    EXPECT_EQ(missing(set, members), (positions{}));
    EXPECT_EQ(missing(set, words({5000, -2})), (positions{0, 1}));
}

/// Many keys against std::set, in batches of odd lengths.
TEST(IntegerSet, RandomKeysAgreeWithAnOrdinarySet) {
    std::mt19937_64 random(1);
    for (std::uint64_t const spread : {std::uint64_t{2000}, std::uint64_t{1} << 40, ~std::uint64_t{0}}) {
        heap memory;
        std::vector<word> members, probes;
        for (int number = 0; number < 5000; ++number) members.push_back(random() % spread);
        for (int number = 0; number < 3001; ++number)
            probes.push_back(number % 2 == 0 ? members[random() % members.size()] : random() % spread);
        std::set<word> const known(members.begin(), members.end());
        positions expected;
        for (std::uint32_t number = 0; number < probes.size(); ++number)
            if (!known.contains(probes[number])) expected.push_back(number);
        EXPECT_EQ(missing(build(memory, members, whole), probes), expected);
        EXPECT_EQ(missing(build(memory, members, {}), probes), expected);
    }
}

TEST(IntegerSet, ManyRepeatedKeysTakeTheRoomOfOne) {
    heap memory;
    std::vector<pair> const members(100000, pair{7, 8});
    auto const set = build(memory, members, {});
    EXPECT_EQ(missing(set, std::vector<pair>{{7, 8}, {8, 7}, {0, 0}}), (positions{1, 2}));
}

TEST(IntegerSet, CompositeIntegersAreABitmapOfMixedRadix) {
    heap memory;
    constexpr field fields[] = {{0, 0, 32}, {0, 32, 16}, {0, 48, 16}};
    auto const make = [&](std::int64_t a, std::int64_t b, std::int64_t c) {
        word key = 0;
        place(key, fields[0], a);
        place(key, fields[1], b);
        place(key, fields[2], c);
        EXPECT_EQ(extract(key, fields[0]), a);
        EXPECT_EQ(extract(key, fields[1]), b);
        EXPECT_EQ(extract(key, fields[2]), c);
        return key;
    };
    std::vector<word> members, probes;
    positions expected;
    for (int a = -2; a <= 3; ++a)
        for (int b = -1; b <= 2; ++b)
            for (int c = -4; c <= 0; ++c)
                if ((a + b + c) % 3 != 0) members.push_back(make(a, b, c));
    for (int a = -4; a <= 5; ++a)
        for (int b = -3; b <= 4; ++b)
            for (int c = -6; c <= 2; ++c) {
                bool const inside = a >= -2 && a <= 3 && b >= -1 && b <= 2 && c >= -4 && c <= 0;
                if (!inside || (a + b + c) % 3 == 0) expected.push_back(static_cast<std::uint32_t>(probes.size()));
                probes.push_back(make(a, b, c));
            }
    auto const set = build(memory, members, fields);
    EXPECT_TRUE(set.is_bitmap());
    EXPECT_EQ(missing(set, probes), expected);
}

/// Gives memory back, and adds up what it has given.
class counting_heap final : public model::memory_resource {
public:
    std::size_t given() const noexcept { return given_; }

private:
    void* do_allocate(std::size_t bytes, std::size_t) override {
        given_ += bytes;
        auto block = std::make_unique<char[]>(bytes);
        auto* const place = block.get();
        blocks_[place] = std::move(block);
        return place;
    }
    void do_deallocate(void* place, std::size_t, std::size_t) override { blocks_.erase(place); }
    bool do_is_equal(model::memory_resource const& other) const noexcept override { return this == &other; }

    std::map<void*, std::unique_ptr<char[]>> blocks_;
    std::size_t given_ = 0;
};

TEST(IntegerSet, AscendingIntegersDoNotCopyTheirBitmapTimeAndAgain) {
    // Far enough apart that a bitmap is just about what buckets would be, or more: pages of keys, of which more or fewer
    // come than were expected.
    for (word const distance : {1, 60, 100, 120, 127, 128, 129, 140, 200})
        for (std::uint64_t const expected : {0, 100'000, 190'000, 200'000, 300'000}) {
            counting_heap memory;
            keys::bounded_memory bounded(memory, std::size_t{1} << 30);
            keys::integer_set_builder<word> builder(bounded, whole, seed, expected);
            std::vector<word> page, probes;
            for (word number = 0; number < 200'000; ++number) {
                page.push_back(number * distance);
                if (page.size() < 226) continue;
                builder.add(std::span<word const>(page));
                page.clear();
            }
            builder.add(std::span<word const>(page));
            auto const set = builder.finish();
            EXPECT_LE(memory.given(), 40'000'000u) << distance << " apart, expected " << expected;
            std::vector<word> const some{0, distance, 199'999 * distance, 200'000 * distance, distance * 500 + 1};
            EXPECT_EQ(missing(set, some), distance == 1 ? positions{3} : (positions{3, 4}));
        }
}

TEST(IntegerSet, PairsOfIntegersDenseAndSparse) {
    constexpr field fields[] = {{0, 0, 64}, {1, 0, 64}};
    for (std::int64_t const step : {std::int64_t{1}, std::int64_t{1} << 33}) {
        heap memory;
        std::vector<pair> members, probes;
        for (std::int64_t number = -50; number < 50; ++number) {
            members.push_back({static_cast<word>(number * step), static_cast<word>(-number / 10)});
            probes.push_back({static_cast<word>(number * step), static_cast<word>(-number / 10 + 100)});
        }
        auto const set = build(memory, members, fields);
        EXPECT_EQ(set.is_bitmap(), step == 1);
        EXPECT_EQ(missing(set, members), (positions{}));
        EXPECT_EQ(missing(set, probes).size(), probes.size());
    }
}

TEST(IntegerSet, NeverTakesMoreThanItsMemory) {
    heap memory;
    keys::bounded_memory bounded(memory, 100000);
    EXPECT_THROW(
        {
            keys::integer_set_builder<word> builder(bounded, {}, seed, 0);
            for (word key = 0; key < 100000; ++key) builder.add({&key, 1});
            (void)builder.finish();
        },
        keys::over_budget);
    EXPECT_LE(bounded.left(), 100000u);
}

std::vector<std::string> texts(std::mt19937_64& random, int count, std::size_t most) {
    std::vector<std::string> made;
    for (int number = 0; number < count; ++number) {
        std::string text(random() % (most + 1), '\0');
        for (auto& letter : text) letter = static_cast<char>(random() % 3);
        made.push_back(text);
    }
    return made;
}

TEST(TextSet, StringsOfAllLengthsAgreeWithAnOrdinarySet) {
    std::mt19937_64 random(2);
    for (std::size_t const most : {3, 8, 17, 300}) {
        heap memory;
        auto const members = texts(random, 2000, most), others = texts(random, 2000, most);
        std::set<std::string> const known(members.begin(), members.end());
        keys::text_set_builder builder(memory, seed);
        std::vector<std::string_view> const views(members.begin(), members.end());
        builder.add(views);
        auto const set = builder.finish();
        EXPECT_EQ(missing(set, views), (positions{}));
        std::vector<std::string_view> const probes(others.begin(), others.end());
        positions expected;
        for (std::uint32_t number = 0; number < probes.size(); ++number)
            if (!known.contains(others[number])) expected.push_back(number);
        EXPECT_EQ(missing(set, probes), expected);
    }
}

TEST(TextSet, StringsThatDifferInOneByteOrInLength) {
    heap memory;
    for (std::size_t size = 0; size < 40; ++size) {
        std::string const member(size, 'a');
        keys::text_set_builder builder(memory, seed);
        std::string_view const view = member;
        builder.add({&view, 1});
        auto const set = builder.finish();
        std::vector<std::string> others{member + 'a', member + '\0'};
        if (size > 0) others.push_back(member.substr(1));
        for (std::size_t at = 0; at < size; ++at) {
            others.push_back(member);
            others.back()[at] = 'b';
        }
        std::vector<std::string_view> const probes(others.begin(), others.end());
        EXPECT_EQ(missing(set, probes).size(), probes.size()) << size;
        EXPECT_EQ(missing(set, std::vector<std::string_view>{view}), (positions{})) << size;
    }
}

/// A copy of a set's memory, after its own has gone.
std::byte* copy_lines(std::vector<keys::pair>& room, std::size_t bytes) {
    room.resize(bytes / sizeof(keys::pair) + keys::line_size);
    auto* const start = reinterpret_cast<std::byte*>(room.data());
    auto const past = reinterpret_cast<std::uintptr_t>(start) % keys::line_size;
    return start + (past == 0 ? 0 : keys::line_size - past);
}

TEST(IntegerSet, ItsMemoryCopiedElsewhereIsTheSameSet) {
    auto const dense = words({-3, -1, 0, 2, 2}), sparse = words({0, 1, INT64_MIN, INT64_MAX}),
               probes = words({-4, -3, -2, -1, 0, 1, 2, 3, INT64_MIN, INT64_MAX});
    for (auto const& members : {dense, sparse}) {
        std::vector<keys::pair> room;
        auto own = std::make_unique<heap>();
        auto const set = build(*own, members, whole);
        auto const expected = missing(set, probes);
        auto* const place = copy_lines(room, set.bytes());
        std::memcpy(place, set.memory(), set.bytes());
        own.reset();
        EXPECT_EQ(missing(set.at(place), probes), expected);
        EXPECT_EQ(missing(set.at(place), members), (positions{}));
    }
}

TEST(TextSet, ItsMemoryCopiedElsewhereIsTheSameSet) {
    for (bool const is_empty : {true, false}) {
        std::vector<keys::pair> room;
        auto own = std::make_unique<heap>();
        std::optional<keys::text_set_builder> builder(std::in_place, *own, seed);
        std::vector<std::string> members;
        for (std::size_t size = 0; size < 40 && !is_empty; ++size) members.push_back(std::string(size, 'm'));
        std::vector<std::string_view> const views(members.begin(), members.end());
        builder->add(views);
        auto const set = builder->finish();
        builder.reset();
        auto* const place = copy_lines(room, set.bytes());
        set.copy_to(place);
        own.reset();
        EXPECT_EQ(missing(set.at(place), views), (positions{}));
        std::vector<std::string_view> const others{"a", "mmmmmmmmmn", "mmmmmmmmmmmmmmmmmn"};
        EXPECT_EQ(missing(set.at(place), others), (positions{0, 1, 2}));
    }
}

TEST(KeyCounter, CountsAndKeepsTheSmallestThatWasShown) {
    heap memory;
    keys::key_counter counter(memory, seed);
    std::map<std::string, std::uint64_t> expected;
    std::map<std::string, std::pair<std::size_t, std::string>> smallest;
    std::mt19937_64 random(3);
    for (int number = 0; number < 20000; ++number) {
        auto const key = std::to_string(random() % 3000);
        auto const shown = std::string(random() % 3, ' ') + std::to_string(random() % 10) + key;
        ++expected[key];
        auto const sized = std::pair(shown.size(), shown);
        smallest[key] = smallest.contains(key) ? std::min(smallest[key], sized) : sized;
        counter.add(key, shown);
    }
    // As the key; then less than that.
    for (auto const* const shown : {"key", "keys", "aey"}) counter.add("key", shown);
    expected["key"] = 3;
    smallest["key"] = {3, "aey"};
    counter.add("", "");
    expected[""] = 1;
    EXPECT_EQ(counter.size(), expected.size());
    counter.read([&](keys::key_counter::entry const& one) {
        auto const key = std::string(one.key);
        EXPECT_EQ(one.count, expected[key]);
        EXPECT_EQ(one.shown, smallest[key].second);
    });
    counter.clear();
    EXPECT_EQ(counter.size(), 0u);
    counter.add("again", "again");
    EXPECT_EQ(counter.size(), 1u);
}

TEST(DistinctList, KeepsEachItemOnceInOrder) {
    heap memory;
    keys::distinct_list<word> list(memory, 100 * sizeof(word));
    std::set<word> expected;
    for (word number = 0; number < 5000; ++number) {
        list.add(number * 37 % 49);
        expected.insert(number * 37 % 49);
    }
    auto const found = list.finish();
    EXPECT_EQ(std::vector<word>(found.begin(), found.end()), std::vector<word>(expected.begin(), expected.end()));
}

TEST(DistinctList, RefusesMoreDifferentItemsThanItHasRoomFor) {
    heap memory;
    keys::distinct_list<word> list(memory, 100 * sizeof(word));
    auto const fill = [&](word count) {
        for (word number = 0; number < count; ++number) list.add(number);
    };
    EXPECT_NO_THROW(fill(100));
    EXPECT_THROW(fill(101), keys::over_budget);
}

}  // namespace
}  // namespace fkaudit::test
