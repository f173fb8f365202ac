#include "src/plan/repair.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "src/model/error.hpp"
#include "src/plan/statement_block.hpp"
#include "test/unit/catalog.hpp"

namespace fkaudit::test {
namespace {

using plan::repair_way;

class Repair : public testing::Test {
protected:
    Repair() {
        made_.table(1);
        made_.table(2);
        made_.table(3);
        made_.key(10, 1, 2);
        made_.key(11, 3, 1);
    }

    /// The statements of a plan whose only rows are the key's orphans.
    std::vector<plan::plan_step> plan(repair_way way, std::span<plan::row_portion const> portions) {
        auto const& key = made_.finish().constraints[0];
        plan::row_set const orphans{key.child, nullptr, false, "ONLY s.t1 c", "c.id > 5", 3, portions};
        plan::quarantine const kept{key.child, made_.name("kept"), "owner"};
        plan::repair const wanted{.key = &key,
                                  .way = way,
                                  .sets = {&orphans, 1},
                                  .quarantines = {&kept, way == repair_way::set_aside ? 1u : 0u}};
        auto const steps = plan::plan_repair(made_.arena(), wanted);
        return {steps.begin(), steps.end()};
    }

    std::string refusal(model::database const& database, model::constraint const& key, repair_way way) {
        try {
            plan::refuse_way(made_.arena(), database, key, way);
        } catch (model::error const& error) {
            return std::string(error.sqlstate);
        }
        return "";
    }

    catalog made_;
};

bool contains(std::string_view whole, std::string_view part) { return whole.find(part) != std::string_view::npos; }

TEST_F(Repair, AutoFollowsOnDelete) {
    auto& key = made_.key(12, 1, 2);
    for (auto const& [action, way] : {std::pair(model::action::no_action, repair_way::set_aside),
                                      std::pair(model::action::restrict_, repair_way::set_aside),
                                      std::pair(model::action::cascade, repair_way::set_aside),
                                      std::pair(model::action::set_null, repair_way::set_null),
                                      std::pair(model::action::set_default, repair_way::set_default)}) {
        key.on_delete = action;
        EXPECT_EQ(plan::follow_action(key), way);
    }
    EXPECT_EQ(plan::read_strategy(made_.arena(), "auto"), std::nullopt);
    EXPECT_EQ(plan::read_strategy(made_.arena(), "create parents"), repair_way::create_parents);
    EXPECT_THROW(plan::read_strategy(made_.arena(), "Delete"), model::error);
}

TEST_F(Repair, SetNullWritesTheListedColumnsUnlessTheMatchIsFull) {
    auto& key = made_.key(12, 1, 2);
    std::int16_t const all[] = {1, 2}, listed[] = {2};
    key.child_columns = all;
    key.delete_set_columns = listed;
    key.on_delete = model::action::set_null;
    EXPECT_EQ(plan::repaired_columns(key, repair_way::set_null).size(), 1u);
    EXPECT_EQ(plan::repaired_columns(key, repair_way::set_default).size(), 2u);
    key.match = model::match_type::full;
    EXPECT_EQ(plan::repaired_columns(key, repair_way::set_null).size(), 2u);
}

TEST_F(Repair, WhatTheDefinitionsForbidIsRefused) {
    auto key = made_.finish().constraints[0];
    auto child = *key.child;
    auto const columns = made_.arena().array<model::column>(1);
    columns[0] = child.columns[0];
    child.columns = columns;
    key.child = &child;
    auto const& database = made_.finish();
    EXPECT_EQ(refusal(database, key, repair_way::set_null), "");
    columns[0].not_null = true;
    EXPECT_EQ(refusal(database, key, repair_way::set_null), "23502");
    EXPECT_EQ(refusal(database, key, repair_way::set_aside), "");
    columns[0].generated = 's';
    EXPECT_EQ(refusal(database, key, repair_way::set_default), "428C9");
    key.is_temporal = true;
    EXPECT_EQ(refusal(database, key, repair_way::set_null), "0A000");
    EXPECT_EQ(refusal(database, key, repair_way::create_parents), "0A000");
    EXPECT_EQ(refusal(database, key, repair_way::remove), "");
}

TEST_F(Repair, AParentIsMadeOfItsKeyAndDefaults) {
    auto key = made_.finish().constraints[0];
    auto parent = *key.parent;
    auto const columns = made_.arena().array<model::column>(2);
    columns[0] = parent.columns[0];
    columns[0].not_null = true;
    columns[1].number = 2;
    columns[1].name = made_.name("further");
    parent.columns = columns;
    key.parent = &parent;
    auto const& database = made_.finish();
    EXPECT_EQ(refusal(database, key, repair_way::create_parents), "");
    columns[1].not_null = true;
    EXPECT_EQ(refusal(database, key, repair_way::create_parents), "23502");
    columns[1].has_default = true;
    EXPECT_EQ(refusal(database, key, repair_way::create_parents), "");
    columns[0].generated = 's';
    EXPECT_EQ(refusal(database, key, repair_way::create_parents), "428C9");
}

TEST_F(Repair, EachPortionLooksIntoItsPartAndExpectsItsRows) {
    auto const* const table = made_.finish().constraints[0].child;
    plan::row_portion const portions[] = {{table, "", "(0,7)", 2}, {table, "(0,7)", "", 1}};
    auto const steps = plan(repair_way::remove, portions);
    ASSERT_EQ(steps.size(), 2u);
    EXPECT_TRUE(contains(steps[0].statement,
                         "DELETE FROM ONLY s.t1 c WHERE c.id > 5 AND c.ctid OPERATOR(pg_catalog.<=) '(0,7)'"));
    EXPECT_FALSE(contains(steps[0].statement, "pg_catalog.>)"));
    EXPECT_TRUE(contains(steps[0].statement, "IF fk_rows OPERATOR(pg_catalog.<>) 2 THEN RAISE"));
    EXPECT_TRUE(contains(steps[1].statement, "AND c.ctid OPERATOR(pg_catalog.>) '(0,7)'"));
    EXPECT_EQ(steps[1].affected_rows, 1);
}

TEST_F(Repair, RowsAreMovedToATableThatIsMadeBefore) {
    plan::row_portion const all[] = {{nullptr, "", "", 3}};
    auto const steps = plan(repair_way::set_aside, all);
    ASSERT_EQ(steps.size(), 2u);
    EXPECT_TRUE(contains(steps[0].statement, "CREATE TABLE s.kept (LIKE s.t1); ALTER TABLE s.kept OWNER TO owner;"));
    EXPECT_FALSE(steps[0].affected_rows);
    EXPECT_TRUE(contains(steps[0].detail, "INSERT INTO s.t1 (id) SELECT k.id FROM kept k;"));
    EXPECT_TRUE(contains(steps[1].statement, "RETURNING c.id), kept AS (INSERT INTO s.kept (id)"));
}

TEST_F(Repair, ABlockIsQuotedByWhatItDoesNotContain) {
    EXPECT_EQ(plan::write_block(made_.arena(), "BEGIN END"), "DO $fk$ BEGIN END $fk$;");
    EXPECT_EQ(plan::write_block(made_.arena(), "\"$fk$\" $fk1$"), "DO $fk2$ \"$fk$\" $fk1$ $fk2$;");
}

}  // namespace
}  // namespace fkaudit::test
