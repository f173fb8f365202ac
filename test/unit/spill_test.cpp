#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "src/keys/distinct_list.hpp"
#include "src/keys/packed_key.hpp"
#include "src/keys/part_chains.hpp"
#include "src/keys/phases.hpp"
#include "src/keys/row_groups.hpp"
#include "test/unit/memory.hpp"

namespace fkaudit::test {
namespace {

using keys::page_number;
using keys::pair;
using keys::row_groups;
using keys::word;

TEST(Phases, OneAloneGoesOnAtOnce) {
    keys::phases phases;
    EXPECT_EQ(phases.join(), 0u);
    EXPECT_TRUE(phases.arrive());
    EXPECT_EQ(phases.current(), 1u);
    EXPECT_TRUE(phases.arrive());
    EXPECT_EQ(phases.current(), 2u);
}

TEST(Phases, AllThatTakePartAreWaitedForAndNobodyElse) {
    keys::phases phases;
    phases.join();
    phases.join();
    EXPECT_FALSE(phases.arrive());
    EXPECT_EQ(phases.current(), 0u);
    // Who comes now is waited for, too.
    EXPECT_EQ(phases.join(), 0u);
    EXPECT_FALSE(phases.arrive());
    EXPECT_EQ(phases.current(), 0u);
    EXPECT_TRUE(phases.arrive());
    EXPECT_EQ(phases.join(), 1u);
    EXPECT_FALSE(phases.arrive());
    EXPECT_FALSE(phases.arrive());
    EXPECT_FALSE(phases.arrive());
    EXPECT_TRUE(phases.arrive());
    EXPECT_EQ(phases.current(), 2u);
}

TEST(Phases, ManyAtATime) {
    constexpr std::uint32_t rounds = 2000;
    keys::phases phases;
    std::atomic<std::uint32_t> done[rounds + 1] = {};
    std::atomic<int> early = 0;
    auto const run = [&] {
        for (std::uint32_t phase = 0; phase < rounds; ++phase) {
            ++done[phase];
            phases.arrive();
            while (phases.current() == phase) std::this_thread::yield();
            // Everybody has done it, and nobody has gone on without this one.
            early += done[phase] != 4 || phases.current() != phase + 1;
        }
    };
    for (int number = 0; number < 4; ++number) phases.join();
    std::vector<std::thread> all;
    for (int number = 0; number < 4; ++number) all.emplace_back(run);
    for (auto& one : all) one.join();
    EXPECT_EQ(phases.current(), rounds);
    EXPECT_EQ(early, 0);
}

/// Keeps extents as a file does, and clears their memory.
class fake_file {
public:
    void keep(std::byte* extent, std::size_t bytes, std::uint32_t& id) {
        id = static_cast<std::uint32_t>(kept_.size());
        kept_.emplace_back(bytes / 8);
        std::memcpy(kept_.back().data(), extent, bytes);
        std::memset(extent, 0xee, bytes);
    }
    std::byte const* get(std::uint32_t id) const { return reinterpret_cast<std::byte const*>(kept_.at(id).data()); }
    std::size_t size() const { return kept_.size(); }

private:
    std::vector<std::vector<std::uint64_t>> kept_;
};

template <class Record>
class chains {
public:
    chains(std::size_t parts, std::size_t extent_bytes) : memory_(parts * extent_bytes / 8), places_(parts) {
        for (std::size_t part = 0; part < parts; ++part)
            places_[part] = reinterpret_cast<std::byte*>(&memory_[part * extent_bytes / 8]);
        writer.emplace(arena_, file, std::span<std::byte* const>(places_), extent_bytes);
    }

    /// A chain's records by their numbers.
    std::vector<Record> read(keys::part_chain const& chain) const {
        std::vector<Record> all(chain.records);
        std::uint64_t before = chain.records;
        keys::read_chain<Record>(
            chain, [&](std::uint32_t id) { return file.get(id); },
            [&](std::span<Record const> some, std::uint64_t first) {
                EXPECT_EQ(first + some.size(), before);
                before = first;
                std::copy(some.begin(), some.end(), all.begin() + static_cast<std::ptrdiff_t>(first));
            });
        EXPECT_EQ(before, 0u);
        return all;
    }

    fake_file file;
    std::optional<keys::chain_writer<Record, fake_file>> writer;

private:
    heap heap_;
    model::arena arena_{heap_};
    std::vector<std::uint64_t> memory_;
    std::vector<std::byte*> places_;
};

TEST(PartChains, RecordsComeBackInTheirOrderAndPart) {
    chains<word> all(5, 64);  // 7 in an extent
    std::vector<std::vector<word>> expected(5);
    std::mt19937_64 random(3);
    auto const part_of = [](word record) { return record % 3 + (record % 11 == 0 ? 1 : 0); };
    for (int round = 0; round < 40; ++round) {
        std::vector<word> some(random() % 30);
        for (auto& one : some) expected[part_of(one = random())].push_back(one);
        all.writer->add(some, part_of);
        for (std::size_t part = 0; part < 5; ++part) ASSERT_EQ(all.writer->records(part), expected[part].size());
    }
    keys::part_chain found[5];
    all.writer->finish(found);
    for (std::size_t part = 0; part < 5; ++part) {
        EXPECT_EQ(found[part].extents, (expected[part].size() + 6) / 7);
        EXPECT_EQ(all.read(found[part]), expected[part]);
    }
    EXPECT_EQ(found[4].records, 0u);
}

TEST(PartChains, AFullExtentIsKeptOnce) {
    chains<pair> all(1, 64);  // 3 in an extent
    auto const first = [](pair const&) { return std::size_t{0}; };
    std::vector<pair> const some = {{1, 2}, {3, 4}, {5, 6}};
    all.writer->add(some, first);
    keys::part_chain found[1], next[1];
    all.writer->finish(found);
    EXPECT_EQ(all.file.size(), 1u);
    EXPECT_EQ(all.read(found[0]), some);
    // Another side's begin anew.
    EXPECT_EQ(all.writer->records(0), 0u);
    all.writer->add(std::span<pair const>(some).first(1), first);
    all.writer->finish(next);
    EXPECT_EQ(all.read(next[0]), (std::vector<pair>{{1, 2}}));
    EXPECT_EQ(all.read(found[0]), some);
}

/// Groups over memory of their own.
class grouped {
public:
    grouped(std::size_t most, std::size_t parts, std::size_t processes)
        : memory_(row_groups::bytes(most, parts) / 8 + 1),
          groups(reinterpret_cast<std::byte*>(memory_.data()), most, parts, processes) {}

    std::string marked() {
        std::string text;
        for (auto const& one : groups.marked(arena))
            text += std::to_string(one.first.heap) + ":" + std::to_string(one.first.block) + "-" +
                    std::to_string(one.last.heap) + ":" + std::to_string(one.last.block) + " ";
        return text;
    }

private:
    heap heap_;
    std::vector<std::uint64_t> memory_;

public:
    model::arena arena{heap_};
    row_groups groups;
};

TEST(RowGroups, AGapEndsAGroupThatIsHalfFull) {
    grouped all(20, 1, 1);
    keys::group_maker maker(all.groups, 0, 100);
    std::uint64_t records = 0;
    auto const add = [&](page_number page, std::uint64_t rows) {
        maker.add(page, rows, false, [&](std::size_t) { return records; });
        records += rows;
    };
    for (std::uint32_t block : {0, 1, 2, 3, 4}) add({0, block}, 20);  // full
    add({0, 5}, 30);
    add({0, 9}, 30);   // a gap too early
    add({0, 20}, 30);  // this one ends it
    add({1, 0}, 40);   // another heap, too early
    EXPECT_EQ(all.groups.of_process(all.arena, 0).size(), 3u);
    for (auto const group : all.groups.of_process(all.arena, 0)) all.groups.mark(group);
    EXPECT_EQ(all.marked(), "0:0-0:9 0:20-1:0 ");
}

/// Its pages have the record's among them.
TEST(RowGroups, ARecordsNumberTellsItsGroup) {
    constexpr std::size_t parts = 3;
    grouped all(200, parts, 2);
    std::mt19937_64 random(5);
    std::vector<keys::group_maker> makers = {{all.groups, 0, 10}, {all.groups, 1, 10}};
    std::uint64_t counts[2][parts] = {};
    struct record {
        std::size_t process, part;
        std::uint64_t number;
        page_number page;
    };
    std::vector<record> records;
    for (std::uint32_t block = 0; block < 300; ++block) {
        auto const process = random() % 2;
        page_number const page{block / 120, block % 120};
        auto const rows = random() % 6;
        makers[process].add(page, rows, false, [&](std::size_t part) { return counts[process][part]; });
        for (std::uint64_t row = 0; row < rows; ++row) {
            auto const part = random() % parts;
            records.push_back({process, part, counts[process][part]++, page});
        }
    }
    for (auto const& one : records) {
        auto const groups = all.groups.of_process(all.arena, one.process);
        auto const found = all.groups.find(groups, one.part, one.number);
        EXPECT_LE(found.first, one.number);
        EXPECT_GT(found.end, one.number);
        all.groups.mark(found.group);
        bool is_there = false;
        for (auto const& range : all.groups.marked(all.arena))
            is_there = is_there || (range.first <= one.page && one.page <= range.last);
        EXPECT_TRUE(is_there);
    }
}

TEST(RowGroups, MarksAreMergedInPhysicalOrder) {
    grouped all(10, 1, 2);
    auto const make = [&](std::size_t process, bool is_first, page_number first, page_number last) {
        auto const group = all.groups.begin(process, is_first, first);
        all.groups.extend(group, last);
        return group;
    };
    auto const a = make(1, true, {0, 40}, {0, 50});
    auto const b = make(0, true, {0, 0}, {0, 9});
    auto const c = make(0, false, {0, 10}, {0, 10});
    auto const d = make(1, false, {0, 45}, {2, 3});
    auto const e = make(0, false, {2, 1}, {2, 7});
    auto const f = make(0, false, {3, 0}, {3, 1});
    for (auto const one : {f, a, c}) all.groups.mark(one);
    EXPECT_EQ(all.marked(), "0:10-0:10 0:40-0:50 3:0-3:1 ");
    for (auto const one : {b, d, e}) all.groups.mark(one);
    EXPECT_EQ(all.marked(), "0:0-0:10 0:40-2:7 3:0-3:1 ");
}

TEST(RowGroups, WhereThereIsNoMoreRoomTheLastGroupGoesOn) {
    grouped all(3, 1, 2);  // one for each process, and one more
    keys::group_maker first(all.groups, 0, 1), second(all.groups, 1, 1);
    std::uint64_t records = 0;
    auto const count = [&](std::size_t) { return records; };
    for (std::uint32_t block = 0; block < 10; ++block, ++records) first.add({0, block}, 1, block == 9, count);
    second.add({0, 11}, 1, true, count);
    auto const groups = all.groups.of_process(all.arena, 0);
    EXPECT_EQ(groups.size(), 2u);
    EXPECT_EQ(all.groups.find(groups, 0, 0).group, groups[0]);
    EXPECT_EQ(all.groups.find(groups, 0, 9).group, groups[1]);
    EXPECT_EQ(all.marked(), "0:1-0:9 0:11-0:11 ");
}

TEST(DistinctList, PassesOnWhatIsTooMuch) {
    heap memory;
    keys::distinct_list<word> list(memory, 64 * sizeof(word));
    std::vector<word> passed;
    auto const pass_on = [&](std::span<word const> some) { passed.insert(passed.end(), some.begin(), some.end()); };
    for (word number = 0; number < 1000; ++number) list.add(number % 10, pass_on);
    EXPECT_TRUE(passed.empty());
    for (word number = 0; number < 1000; ++number) list.add(number, pass_on);
    EXPECT_FALSE(passed.empty());
    list.drain(pass_on);
    std::sort(passed.begin(), passed.end());
    passed.erase(std::unique(passed.begin(), passed.end()), passed.end());
    EXPECT_EQ(passed.size(), 1000u);
    // It is empty, and begins anew.
    passed.clear();
    list.drain(pass_on);
    EXPECT_TRUE(passed.empty());
}

/// Whether items are too many does not depend on how often they come.
TEST(DistinctList, TooManyIsTooManyInAnyOrder) {
    heap memory;
    for (word const distinct : {50, 51}) {
        for (int const times : {1, 5}) {
            keys::distinct_list<word> list(memory, 100 * sizeof(word));
            auto const fill = [&] {
                for (int time = 0; time < times; ++time)
                    for (word number = 0; number < distinct; ++number) list.add(number);
                return list.finish().size();
            };
            if (distinct == 50)
                EXPECT_EQ(fill(), 50u);
            else
                EXPECT_THROW(fill(), keys::over_budget);
        }
    }
}

}  // namespace
}  // namespace fkaudit::test
