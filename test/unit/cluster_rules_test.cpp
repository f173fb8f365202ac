#include "src/plan/cluster_rules.hpp"

#include <gtest/gtest.h>

#include "test/unit/catalog.hpp"

namespace fkaudit::test {
namespace {

using model::action;
using model::spreading;

/// A key of t2 to t1; what Citus itself says of each is in test/citus.
class ClusterRules : public testing::Test {
protected:
    ClusterRules() {
        made_.table(1);
        made_.table(2);
        key_ = made_.key(10, 2, 1);
    }

    void spread(model::oid table, spreading how, std::int16_t column = 0, std::int32_t colocation = 0) {
        auto& one = made_.relation(table);
        one.spread = how;
        one.distribution_column = column;
        one.colocation = colocation;
    }

    std::string obstacle() { return std::string(plan::find_cluster_obstacle(made_.arena(), made_.finish(), key_)); }

    catalog made_;
    model::constraint key_;
};

TEST_F(ClusterRules, WhatCitusDoesNotKnowIsNoMatterOfIts) {
    key_.on_delete = action::set_null;
    EXPECT_EQ(obstacle(), "");
    spread(1, spreading::unknown);
    spread(2, spreading::distributed, 1, 4);
    EXPECT_EQ(obstacle(), "");
}

TEST_F(ClusterRules, ReferenceTablesCanBeReferencedByAll) {
    spread(1, spreading::reference);
    for (auto const how : {spreading::none, spreading::local, spreading::reference}) {
        spread(2, how);
        key_.on_delete = action::set_null;
        EXPECT_EQ(obstacle(), "");
    }
    spread(2, spreading::distributed, 7, 4);
    EXPECT_EQ(obstacle(), "");
}

TEST_F(ClusterRules, TablesInOnePlaceAndTablesInShards) {
    spread(1, spreading::distributed, 1, 4);
    for (auto const how : {spreading::none, spreading::local, spreading::reference}) {
        spread(2, how);
        EXPECT_NE(obstacle(), "");
    }
    EXPECT_EQ(obstacle(), "Citus takes no such key: s.t2 is on every node, and s.t1 is spread over shards");
    spread(2, spreading::distributed, 1, 4);
    for (auto const how : {spreading::none, spreading::local}) {
        spread(1, how);
        EXPECT_EQ(obstacle(),
                  "Citus takes no such key: s.t2 is spread over shards, and s.t1 is on this server alone; as a"
                  " reference table it could be referenced");
    }
}

TEST_F(ClusterRules, ShardsMustStandTogetherAndTheKeyLeadBetweenThem) {
    spread(1, spreading::distributed, 1, 4);
    spread(2, spreading::distributed, 1, 4);
    EXPECT_EQ(obstacle(), "");
    spread(2, spreading::distributed, 1, 5);
    EXPECT_EQ(obstacle(), "Citus takes no such key: the shards of s.t2 and s.t1 are not co-located");
    spread(2, spreading::distributed, 3, 4);
    EXPECT_EQ(obstacle(),
              "Citus takes no such key: it has to lead from the distribution column, by which the rows of s.t2"
              " find their shards, to id of s.t1");
    // One shard each.
    spread(1, spreading::distributed, 0, 4);
    spread(2, spreading::distributed, 0, 4);
    EXPECT_EQ(obstacle(), "");
}

TEST_F(ClusterRules, NoActionMovesARowToAnotherShard) {
    spread(1, spreading::distributed, 1, 4);
    spread(2, spreading::distributed, 1, 4);
    key_.on_delete = action::cascade;
    EXPECT_EQ(obstacle(), "");
    for (auto const one : {action::set_null, action::set_default}) {
        key_.on_delete = one;
        EXPECT_NE(obstacle(), "");
    }
    key_.on_delete = action::no_action;
    for (auto const one : {action::set_null, action::set_default, action::cascade}) {
        key_.on_update = one;
        EXPECT_NE(obstacle(), "");
    }
    EXPECT_EQ(obstacle(),
              "Citus takes no ON UPDATE CASCADE of a key with id in it, by which rows of s.t2 find their shards");
    // To a reference table, too.
    spread(1, spreading::reference);
    EXPECT_NE(obstacle(), "");
    spread(2, spreading::distributed, 7, 4);
    EXPECT_EQ(obstacle(), "");
}

TEST_F(ClusterRules, ActionsOfALocalParentDoNotReachCopies) {
    spread(1, spreading::local);
    spread(2, spreading::reference);
    EXPECT_EQ(obstacle(), "");
    key_.on_delete = action::cascade;
    EXPECT_EQ(obstacle(),
              "Citus takes such a key with NO ACTION and RESTRICT alone: s.t2 is on every node, and s.t1 is on"
              " this server");
    spread(2, spreading::local);
    EXPECT_EQ(obstacle(), "");
}

TEST_F(ClusterRules, SequencesAreNoDefaultsOfShards) {
    spread(1, spreading::reference);
    spread(2, spreading::distributed, 7, 4);
    auto const columns = made_.arena().array<model::column>(1);
    columns[0] = made_.relation(2).columns[0];
    made_.relation(2).columns = columns;
    key_.on_delete = action::set_default;
    EXPECT_EQ(obstacle(), "");
    columns[0].identity = 'd';
    EXPECT_EQ(obstacle(), "Citus takes no SET DEFAULT of a column whose default is a sequence: id of s.t2");
    key_.on_delete = action::cascade;
    EXPECT_EQ(obstacle(), "");
}

}  // namespace
}  // namespace fkaudit::test
