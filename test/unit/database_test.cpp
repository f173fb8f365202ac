#include "src/model/database.hpp"

#include <cstdint>
#include <gtest/gtest.h>

#include "test/unit/catalog.hpp"

namespace fkaudit::test {
namespace {

TEST(Database, FindsByOid) {
    catalog made;
    made.table(7);
    made.table(3);
    made.table(4294967295U);
    auto const& database = made.finish();
    EXPECT_EQ(database.find_relation(3)->id, 3U);
    EXPECT_EQ(database.find_relation(4294967295U)->id, 4294967295U);
    for (model::oid const id : {0U, 1U, 5U, 8U}) EXPECT_EQ(database.find_relation(id), nullptr);
    EXPECT_EQ(model::database{}.find_relation(3), nullptr);
    EXPECT_EQ(model::database{}.find_type(3), nullptr);
}

TEST(Database, FindsCastsByBothTypes) {
    model::cast const casts[] = {{.source = 1, .target = 2}, {.source = 1, .target = 3}, {.source = 2, .target = 1}};
    model::database database;
    database.casts = casts;
    EXPECT_EQ(database.find_cast(1, 3), &casts[1]);
    EXPECT_EQ(database.find_cast(2, 1), &casts[2]);
    EXPECT_EQ(database.find_cast(3, 1), nullptr);
}

TEST(Database, LooksThroughDomains) {
    model::data_type const types[] = {{.id = 1, .base = 1}, {.id = 2, .kind = 'd', .base = 1}};
    model::database database;
    database.types = types;
    EXPECT_EQ(database.base_type(2), 1U);
    EXPECT_EQ(database.base_type(1), 1U);
    EXPECT_EQ(database.base_type(9), 9U);
}

TEST(Database, LeavesAreTheTablesThatHoldRows) {
    catalog made;
    made.partitioned(1);
    made.partition(4, 1, 'p');
    made.partition(5, 4);
    made.partition(3, 1);
    made.partition(6, 4);
    made.partition(7, 1, 'p');
    made.table(8).children = made.list({9});
    made.table(9);
    auto const& database = made.finish();
    auto const leaves = [&](model::oid id) {
        model::vector<model::relation const*> found(made.arena());
        database.leaves(*database.find_relation(id), found);
        std::vector<model::oid> ids;
        for (auto const* const one : found) ids.push_back(one->id);
        return ids;
    };
    EXPECT_EQ(leaves(1), (std::vector<model::oid>{5, 6, 3}));
    EXPECT_EQ(leaves(3), std::vector<model::oid>{3});
    EXPECT_EQ(leaves(7), std::vector<model::oid>{});
    // An inheritance child is a table of its own.
    EXPECT_EQ(leaves(8), std::vector<model::oid>{8});
}

TEST(Database, RootIsTheTopmostPartitionedTable) {
    catalog made;
    made.partitioned(1);
    made.partition(2, 1, 'p');
    made.partition(3, 2);
    made.table(4).parents = made.list({1});
    auto& lost = made.table(5);
    lost.is_partition = true;
    lost.parents = made.list({99});
    auto const& database = made.finish();
    EXPECT_EQ(database.root_of(*database.find_relation(3)).id, 1U);
    EXPECT_EQ(database.root_of(*database.find_relation(1)).id, 1U);
    EXPECT_EQ(database.root_of(*database.find_relation(4)).id, 4U);
    EXPECT_EQ(database.root_of(*database.find_relation(5)).id, 5U);
}

TEST(Database, APartitionIsOneOfAllAbove) {
    catalog made;
    made.partitioned(1);
    made.partition(2, 1, 'p');
    made.partition(3, 2);
    made.partition(4, 1);
    auto const& database = made.finish();
    auto const is = [&](model::oid one, model::oid above) {
        return database.is_partition_of(*database.find_relation(one), *database.find_relation(above));
    };
    EXPECT_TRUE(is(3, 2) && is(3, 1) && is(2, 1) && is(4, 1));
    EXPECT_FALSE(is(4, 2) || is(2, 3) || is(1, 1) || is(1, 2) || is(3, 3));
}

TEST(Arena, JoinsTextsCharactersAndNumbers) {
    heap memory;
    model::arena arena(memory);
    EXPECT_EQ(arena.concat("a", 'b', 42, std::string_view("c"), -9223372036854775807LL - 1),
              "ab42c-9223372036854775808");
    EXPECT_EQ(arena.concat(), "");
    EXPECT_EQ(arena.concat(std::string_view()), "");
    std::vector<int> const numbers{1, 2, 3};
    EXPECT_EQ(arena.join(numbers, ", ", [&](int number) { return arena.concat(number); }), "1, 2, 3");
    EXPECT_EQ(arena.join(std::vector<int>{}, ", ", [&](int number) { return arena.concat(number); }), "");
    EXPECT_THROW((void)model::allocator<std::int64_t>(memory).allocate(std::size_t(-1) / 2), std::bad_alloc);
}

TEST(Constraint, IsDefinedAsTheServerPrintsIt) {
    catalog made;
    made.table(1);
    made.table(2);
    auto& key = made.key(10, 2, 1);
    EXPECT_EQ(define(made.arena(), key), "FOREIGN KEY (id) REFERENCES s.t1(id)");
    key.match = model::match_type::full;
    key.on_update = model::action::cascade;
    key.on_delete = model::action::set_null;
    key.delete_set_columns = key.child_columns;
    key.is_deferrable = true;
    key.initially_deferred = true;
    key.is_validated = false;
    EXPECT_EQ(define(made.arena(), key),
              "FOREIGN KEY (id) REFERENCES s.t1(id) MATCH FULL ON UPDATE CASCADE ON DELETE SET NULL (id)"
              " DEFERRABLE INITIALLY DEFERRED NOT VALID");
    key.is_enforced = false;
    key.is_temporal = true;
    key.match = model::match_type::simple;
    EXPECT_EQ(define(made.arena(), key),
              "FOREIGN KEY (PERIOD id) REFERENCES s.t1(PERIOD id) ON UPDATE CASCADE ON DELETE SET NULL (id)"
              " DEFERRABLE INITIALLY DEFERRED NOT ENFORCED");
}

}  // namespace
}  // namespace fkaudit::test
