#include "src/plan/cascade_graph.hpp"

#include <cstdint>
#include <gtest/gtest.h>

#include "test/unit/catalog.hpp"

namespace fkaudit::test {
namespace {

using model::action;
using plan::cascade_graph;
using plan::row_event;

/// "k10 k11" for a way.
std::string names(cascade_graph::keys path) {
    std::string joined;
    for (auto const* const key : path) joined += (joined.empty() ? "" : " ") + std::string(key->name.name);
    return joined;
}

/// Such as "1: k10 k11" for each refusal: the round, the way.
std::vector<std::string> refusals(cascade_graph const& graph, model::constraint const& key, row_event event) {
    std::vector<std::string> found;
    auto const spread = graph.spread_of(key, event);
    for (auto const& one : spread.refusals())
        found.push_back(std::to_string(one.round) + ": " + names(graph.path_to(spread, one)));
    return found;
}

using lines = std::vector<std::string>;

TEST(CascadeGraph, EmptyDatabase) {
    catalog made;
    cascade_graph const graph(made.arena(), made.finish());
    EXPECT_TRUE(graph.tables().empty());
}

TEST(CascadeGraph, ChainEndsAtTheRefusingKey) {
    catalog made;
    for (model::oid id = 1; id <= 4; ++id) made.table(id);
    made.key(10, 2, 1).on_delete = action::cascade;
    made.key(11, 3, 2).on_delete = action::cascade;
    made.key(12, 4, 3).on_delete = action::restrict_;
    auto const& database = made.finish();
    cascade_graph const graph(made.arena(), database);
    EXPECT_EQ(refusals(graph, database.constraints[0], row_event::deleted), (lines{"2: k10 k11 k12"}));
    EXPECT_EQ(refusals(graph, database.constraints[1], row_event::deleted), (lines{"1: k11 k12"}));
    EXPECT_EQ(refusals(graph, database.constraints[2], row_event::deleted), lines{});
    EXPECT_EQ(refusals(graph, database.constraints[0], row_event::key_updated), lines{});
}

TEST(CascadeGraph, CyclesEnd) {
    catalog made;
    made.table(1);
    made.table(2);
    made.key(10, 2, 1).on_delete = action::cascade;
    made.key(11, 1, 2).on_delete = action::cascade;
    made.key(12, 1, 1).on_delete = action::cascade;
    made.key(13, 2, 2);
    auto const& database = made.finish();
    cascade_graph const graph(made.arena(), database);
    EXPECT_EQ(refusals(graph, database.constraints[0], row_event::deleted), (lines{"1: k10 k13"}));
    EXPECT_EQ(refusals(graph, database.constraints[2], row_event::deleted), (lines{"2: k12 k10 k13"}));
    cascade_graph::reach gone(made.arena());
    graph.delete_from(graph.position_of(*database.find_relation(1)), gone);
    EXPECT_EQ(gone.rounds[graph.position_of(*database.find_relation(1))], 0U);
    EXPECT_EQ(gone.rounds[graph.position_of(*database.find_relation(2))], 1U);
}

TEST(CascadeGraph, WrittenColumnsConcernOnlyTheKeysThatReferToThem) {
    catalog made;
    made.table(1);
    auto& middle = made.table(2);
    auto const columns = made.arena().array<model::column>(2);
    columns[0] = middle.columns[0];
    columns[1].number = 2;
    columns[1].name = made.name("other");
    middle.columns = columns;
    made.table(3);
    made.key(10, 2, 1).on_delete = action::set_null;
    made.key(11, 3, 2);
    auto const other = made.arena().array<std::int16_t>(1);
    other[0] = 2;
    made.key(12, 3, 2).parent_columns = other;
    auto const& database = made.finish();
    cascade_graph const graph(made.arena(), database);
    EXPECT_EQ(refusals(graph, database.constraints[0], row_event::deleted), (lines{"1: k10 k11"}));
}

TEST(CascadeGraph, NotEnforcedKeysDoNothing) {
    catalog made;
    for (model::oid id = 1; id <= 3; ++id) made.table(id);
    made.key(10, 2, 1).on_delete = action::cascade;
    made.key(11, 3, 2).is_enforced = false;
    auto const& database = made.finish();
    cascade_graph const graph(made.arena(), database);
    EXPECT_EQ(refusals(graph, database.constraints[0], row_event::deleted), lines{});
}

TEST(CascadeGraph, PartitionsAreTheirTable) {
    catalog made;
    made.table(1);
    made.partitioned(2);
    made.partition(3, 2);
    made.table(4);
    made.key(10, 2, 1).on_delete = action::cascade;
    made.key(11, 4, 3);
    auto const& database = made.finish();
    cascade_graph const graph(made.arena(), database);
    EXPECT_EQ(graph.tables().size(), 3U);
    EXPECT_EQ(refusals(graph, database.constraints[0], row_event::deleted), (lines{"1: k10 k11"}));
}

TEST(CascadeGraph, RoundsAndWaysAreTheShortest) {
    catalog made;
    for (model::oid id = 1; id <= 4; ++id) made.table(id);
    made.key(10, 2, 1).on_delete = action::cascade;
    made.key(11, 3, 2).on_delete = action::cascade;
    made.key(12, 4, 3).on_delete = action::cascade;
    made.key(13, 4, 1).on_delete = action::cascade;
    auto const& database = made.finish();
    cascade_graph const graph(made.arena(), database);
    auto const at = [&](model::oid id) { return graph.position_of(*database.find_relation(id)); };
    cascade_graph::reach gone(made.arena());
    graph.delete_from(at(1), gone);
    EXPECT_EQ(names(graph.path_to(gone, at(3))), "k10 k11");
    EXPECT_EQ(names(graph.path_to(gone, at(4))), "k13");
    EXPECT_EQ(names(graph.path_to(gone, at(1))), "");
    EXPECT_TRUE(graph.leads_over(gone, at(3), at(2)));
    EXPECT_FALSE(graph.leads_over(gone, at(4), at(2)));
    graph.delete_from(at(3), gone);
    EXPECT_EQ(gone.rounds[at(1)], cascade_graph::never);
}

}  // namespace
}  // namespace fkaudit::test
