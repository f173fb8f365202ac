#include "src/plan/references.hpp"

#include <gtest/gtest.h>

#include "test/unit/catalog.hpp"

namespace fkaudit::test {
namespace {

/// Such as "1 k10 1>2" for each reference: depth, key, path.
std::vector<std::string> find(catalog& made, model::database const& database, model::oid parent,
                              bool recursive = true) {
    std::vector<std::string> found;
    for (auto const& one : plan::find_references(made.arena(), database, parent, recursive)) {
        std::string path;
        for (auto const id : one.path) path += (path.empty() ? "" : ">") + std::to_string(id);
        found.push_back(std::to_string(one.depth) + " " + std::string(one.key->name.name) + " " + path);
    }
    return found;
}

using lines = std::vector<std::string>;

TEST(References, NobodyReferences) {
    catalog made;
    made.table(1);
    made.table(2);
    made.key(10, 1, 2);
    auto const& database = made.finish();
    EXPECT_EQ(find(made, database, 1), lines{});
    EXPECT_EQ(find(made, database, 99), lines{});
    EXPECT_EQ(find(made, model::database{}, 1), lines{});
}

TEST(References, GoOnThroughTheChildren) {
    catalog made;
    for (model::oid id = 1; id <= 4; ++id) made.table(id);
    made.key(10, 2, 1);
    made.key(11, 3, 2);
    made.key(12, 4, 3);
    auto const& database = made.finish();
    EXPECT_EQ(find(made, database, 1), (lines{"1 k10 1>2", "2 k11 1>2>3", "3 k12 1>2>3>4"}));
    EXPECT_EQ(find(made, database, 1, false), lines{"1 k10 1>2"});
    EXPECT_EQ(find(made, database, 3), lines{"1 k12 3>4"});
}

TEST(References, EachKeyStandsOnceUnderItsShortestPath) {
    catalog made;
    for (model::oid id = 1; id <= 4; ++id) made.table(id);
    made.key(10, 2, 1);
    made.key(11, 3, 2);
    made.key(12, 3, 1);
    made.key(13, 4, 3);
    auto const& database = made.finish();
    EXPECT_EQ(find(made, database, 1), (lines{"1 k10 1>2", "1 k12 1>3", "2 k11 1>2>3", "2 k13 1>3>4"}));
}

TEST(References, SelfReferencesAndCyclesEnd) {
    catalog made;
    made.table(1);
    made.table(2);
    made.key(10, 1, 1);
    made.key(11, 2, 1);
    made.key(12, 1, 2);
    auto const& database = made.finish();
    EXPECT_EQ(find(made, database, 1), (lines{"1 k10 1>1", "1 k11 1>2", "2 k12 1>2>1"}));
    EXPECT_EQ(find(made, database, 2), (lines{"1 k12 2>1", "2 k10 2>1>1", "2 k11 2>1>2"}));
}

TEST(References, AmongPathsOfOneLengthTheFirstKeysWins) {
    catalog made;
    for (model::oid id = 1; id <= 5; ++id) made.table(id);
    made.key(10, 3, 1);
    made.key(11, 2, 1);
    made.key(12, 4, 2);
    made.key(13, 4, 3);
    made.key(14, 5, 4);
    auto const& database = made.finish();
    EXPECT_EQ(find(made, database, 1),
              (lines{"1 k10 1>3", "1 k11 1>2", "2 k12 1>2>4", "2 k13 1>3>4", "3 k14 1>2>4>5"}));
}

/// 1 is partitioned into 2 (partitioned into 3 and 4) and 5; each has a key that references it: 11, 12, 13, 14, 15.
void make_partitions(catalog& made) {
    made.partitioned(1);
    made.partition(2, 1, 'p');
    made.partition(3, 2);
    made.partition(4, 2);
    made.partition(5, 1);
    made.table(9);
    for (model::oid id = 1; id <= 5; ++id) made.key(10 + id, 9, id);
}

TEST(References, APartitionStandsForItsAncestorsAndItself) {
    catalog made;
    make_partitions(made);
    auto const& database = made.finish();
    EXPECT_EQ(find(made, database, 3), (lines{"1 k11 3>9", "1 k12 3>9", "1 k13 3>9"}));
    EXPECT_EQ(find(made, database, 5), (lines{"1 k11 5>9", "1 k15 5>9"}));
}

TEST(References, APartitionedTableStandsForItsPartitions) {
    catalog made;
    make_partitions(made);
    auto const& database = made.finish();
    EXPECT_EQ(find(made, database, 1).size(), 5U);
    EXPECT_EQ(find(made, database, 2), (lines{"1 k11 2>9", "1 k12 2>9", "1 k13 2>9", "1 k14 2>9"}));
}

TEST(References, AChildCountsWithItsTreeOnTheWay) {
    catalog made;
    make_partitions(made);
    made.table(7);
    made.table(8);
    made.key(20, 1, 7);
    made.key(21, 3, 8);
    auto const& database = made.finish();
    EXPECT_EQ(find(made, database, 7).size(), 6U);
    EXPECT_EQ(find(made, database, 8), (lines{"1 k21 8>3", "2 k11 8>3>9", "2 k12 8>3>9", "2 k13 8>3>9"}));
}

TEST(References, InheritanceIsNoPartitioning) {
    catalog made;
    made.table(1).children = made.list({2});
    made.table(2).parents = made.list({1});
    made.table(3);
    made.key(10, 3, 1);
    auto const& database = made.finish();
    EXPECT_EQ(find(made, database, 2), lines{});
    EXPECT_EQ(find(made, database, 1).size(), 1U);
}

}  // namespace
}  // namespace fkaudit::test
