#include "src/plan/validation.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "src/plan/literal.hpp"
#include "test/unit/catalog.hpp"

namespace fkaudit::test {
namespace {

using lines = std::vector<std::string>;
using state = model::enforcement_state;

class Validation : public testing::Test {
protected:
    Validation() {
        made_.partitioned(1);
        made_.partition(2, 1);
        made_.table(3);
        made_.key(10, 1, 3);
        made_.table(4);
        made_.key(11, 4, 3);
    }

    lines plan(std::size_t number, plan::key_state known, bool partitioned_not_valid = false) {
        auto const& database = made_.finish();
        known.key = &database.constraints[number];
        lines found;
        plan::validation_server const server{partitioned_not_valid, "x"};
        auto const steps = plan::plan_validation(made_.arena(), database, known, server);
        for (auto const& one : steps) found.emplace_back(one.statement);
        return found;
    }

    catalog made_;
};

TEST_F(Validation, AKeyThatIsEnforcedAndSoundNeedsNothing) {
    EXPECT_EQ(plan(1, {.is_examined = true}), lines{});
    EXPECT_EQ(plan(1, {.is_examined = false}), lines{});
}

TEST_F(Validation, AKeyThatIsNotEnforcedIsReplacedBeforeItsOrphansAreRepaired) {
    EXPECT_EQ(
        plan(1, {.enforcement = {state::not_enforced}, .is_examined = true, .orphan_rows = 2}),
        (lines{
            "ALTER TABLE s.t4 DROP CONSTRAINT k11, ADD CONSTRAINT k11 FOREIGN KEY (id) REFERENCES s.t3(id) NOT VALID;",
            "SELECT * FROM x.fk_repair_plan('s.t4', 'k11');", "ALTER TABLE s.t4 VALIDATE CONSTRAINT k11;"}));
}

TEST_F(Validation, WhereAPartitionedChildIsCheckedAtOnceItsOrphansAreRepairedFirst) {
    plan::key_state const missing{
        .enforcement = {.state = state::bypassed, .has_missing_triggers = true}, .is_examined = true, .orphan_rows = 1};
    EXPECT_EQ(
        plan(0, missing),
        (lines{"SELECT * FROM x.fk_repair_plan('s.t1', 'k10');",
               "ALTER TABLE s.t1 DROP CONSTRAINT k10, ADD CONSTRAINT k10 FOREIGN KEY (id) REFERENCES s.t3(id);"}));
    EXPECT_EQ(
        plan(0, missing, true).front(),
        "ALTER TABLE s.t1 DROP CONSTRAINT k10, ADD CONSTRAINT k10 FOREIGN KEY (id) REFERENCES s.t3(id) NOT VALID;");
}

TEST_F(Validation, APartitionThatAloneIsNotValidIsValidatedByItsOwnName) {
    auto const rows = made_.arena().array<model::constraint_row>(2);
    rows[0].is_validated = true;
    rows[1].side = model::constraint_row::origin::referencing;
    rows[1].child = 2;
    rows[1].name = made_.name("k10_1");
    auto& key = made_.key(12, 1, 3);
    key.rows = rows;
    EXPECT_EQ(plan(2, {.enforcement = {state::not_valid}, .is_examined = true}),
              lines{"ALTER TABLE s.t2 VALIDATE CONSTRAINT k10_1;"});
}

/// The same keys where Citus keeps the tables in shards.
class ShardValidation : public Validation {
protected:
    ShardValidation() {
        for (model::oid id = 1; id <= 4; ++id) made_.relation(id).spread = model::spreading::distributed;
    }
};

TEST_F(ShardValidation, TriggersOfShardsAreEnabledOnTheShards) {
    plan::key_state known{.enforcement = {.state = state::bypassed}, .is_examined = true};
    known.enforcement.shards = {.idle_checks = true, .idle_actors = true};
    EXPECT_EQ(plan(1, known),
              (lines{"SELECT * FROM pg_catalog.run_command_on_placements('s.t4', 'ALTER TABLE %s ENABLE TRIGGER ALL');",
                     "SELECT * FROM pg_catalog.run_command_on_placements('s.t3', 'ALTER TABLE %s ENABLE TRIGGER ALL');",
                     "SELECT * FROM x.fk_check('s.t4', 'k11');"}));
}

TEST_F(ShardValidation, AKeyThatShardsLackIsReplacedInATransaction) {
    plan::key_state known{.enforcement = {.state = state::bypassed}, .is_examined = true, .orphan_rows = 2};
    known.enforcement.shards = {.is_broken = true};
    EXPECT_EQ(plan(1, known),
              (lines{"BEGIN;", "ALTER TABLE s.t4 DROP CONSTRAINT IF EXISTS k11;",
                     "ALTER TABLE s.t4 ADD CONSTRAINT k11 FOREIGN KEY (id) REFERENCES s.t3(id) NOT VALID;", "COMMIT;",
                     "SELECT * FROM x.fk_repair_plan('s.t4', 'k11');", "ALTER TABLE s.t4 VALIDATE CONSTRAINT k11;"}));
}

TEST_F(ShardValidation, AKeyThatIsNotValidOnAShardIsValidatedAgain) {
    plan::key_state known{.enforcement = {.state = state::not_valid}, .is_examined = true};
    known.enforcement.shards = {.not_valid = true};
    EXPECT_EQ(plan(1, known), lines{"ALTER TABLE s.t4 VALIDATE CONSTRAINT k11;"});
}

TEST_F(ShardValidation, ShardsThatCouldNotBeSeenAreLookedAtFirst) {
    plan::key_state known{.enforcement = {.state = state::enforced, .is_known = false}, .is_examined = true};
    EXPECT_EQ(plan(1, known), lines{"SELECT * FROM x.fk_constraints('s.t4', 'k11');"});
    known.orphan_rows = 1;
    EXPECT_EQ(plan(1, known),
              (lines{"SELECT * FROM x.fk_constraints('s.t4', 'k11');", "SELECT * FROM x.fk_repair_plan('s.t4', 'k11');",
                     "SELECT * FROM x.fk_check('s.t4', 'k11');"}));
}

TEST_F(Validation, WhatWasNotExaminedIsLookedAtBeforeItIsValidated) {
    made_.key(12, 4, 3).is_validated = false;
    EXPECT_EQ(plan(2, {.enforcement = {state::not_valid}}),
              (lines{"SELECT * FROM x.fk_orphans('s.t4', 'k12');", "ALTER TABLE s.t4 VALIDATE CONSTRAINT k12;"}));
}

TEST_F(Validation, LiteralsStandOnOneLine) {
    auto& arena = made_.arena();
    EXPECT_EQ(plan::literal(arena, "a'b"), "'a''b'");
    EXPECT_EQ(plan::literal(arena, "a\\\nb"), "E'a\\\\\\x0ab'");
    EXPECT_EQ(plan::literal(arena, ""), "''");
    model::relation table;
    table.schema = {"S", "\"S\""};
    table.name = {"a\"\n", "U&\"a\"\"\\000A\""};
    table.qualified = "\"S\".U&\"a\"\"\\000A\"";
    EXPECT_EQ(plan::regclass_literal(arena, table), "E'\"S\".\"a\"\"\\x0a\"'");
}

}  // namespace
}  // namespace fkaudit::test
