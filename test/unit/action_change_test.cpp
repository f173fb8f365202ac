#include "src/plan/action_change.hpp"

#include <cstdint>
#include <gtest/gtest.h>

#include "test/unit/catalog.hpp"

namespace fkaudit::test {
namespace {

using lines = std::vector<std::string>;
using model::action;

class ActionChange : public testing::Test {
protected:
    ActionChange() {
        made_.partitioned(1);
        made_.table(3);
        made_.table(4);
        made_.key(10, 1, 3);
        made_.key(11, 4, 3);
        database_ = &made_.finish();
    }

    model::constraint key(std::size_t number = 1) const { return database_->constraints[number]; }

    lines plan(model::constraint const& key, plan::action_change const& wanted, plan::key_state known = {},
               bool partitioned_not_valid = false, plan::change_surroundings const& around = {}) {
        known.key = &key;
        lines found;
        auto const steps = plan::plan_action_change(made_.arena(), known, wanted, around, {partitioned_not_valid, "x"});
        for (auto const& one : steps) {
            found.emplace_back(one.statement);
            details_.emplace_back(one.detail);
        }
        return found;
    }

    catalog made_;
    model::database const* database_ = nullptr;
    lines details_;
};

constexpr plan::key_state clean{.is_examined = true};

TEST_F(ActionChange, NothingToChangeIsNoStep) {
    auto const own = key();
    EXPECT_EQ(plan(own, plan::change_nothing(own)), lines{});
}

TEST_F(ActionChange, WhereCitusKeepsTheTableEachChangeIsAStatementOfItsOwn) {
    auto child = *key().child;
    child.spread = model::spreading::distributed;
    auto own = key();
    own.child = &child;
    auto wanted = plan::change_nothing(own);
    wanted.is_deferrable = wanted.initially_deferred = true;
    EXPECT_EQ(plan(own, wanted, clean),
              (lines{"BEGIN;", "SET LOCAL citus.propagate_set_commands = 'local';", "SET LOCAL lock_timeout = '3s';",
                     "ALTER TABLE s.t4 DROP CONSTRAINT k11;",
                     "ALTER TABLE s.t4 ADD CONSTRAINT k11 FOREIGN KEY (id) REFERENCES s.t3(id) DEFERRABLE INITIALLY"
                     " DEFERRED NOT VALID;",
                     "COMMIT;", "ALTER TABLE s.t4 VALIDATE CONSTRAINT k11;"}));
}

TEST_F(ActionChange, DeferrabilityChangesInPlace) {
    auto own = key();
    auto wanted = plan::change_nothing(own);
    wanted.is_deferrable = wanted.initially_deferred = true;
    EXPECT_EQ(plan(own, wanted), (lines{"ALTER TABLE s.t4 ALTER CONSTRAINT k11 DEFERRABLE INITIALLY DEFERRED;"}));
    wanted.initially_deferred = false;
    EXPECT_EQ(plan(own, wanted), (lines{"ALTER TABLE s.t4 ALTER CONSTRAINT k11 DEFERRABLE INITIALLY IMMEDIATE;"}));
    own.is_deferrable = true;
    EXPECT_EQ(plan(own, {plan::actions_of(own), false, false}),
              (lines{"ALTER TABLE s.t4 ALTER CONSTRAINT k11 NOT DEFERRABLE;"}));
}

TEST_F(ActionChange, ActionsAreReplacedInOneTransactionWithTheComment) {
    auto const own = key();
    auto wanted = plan::change_nothing(own);
    wanted.actions.on_delete = action::cascade;
    EXPECT_EQ(plan(own, wanted, clean, false, {{}, "it's"}),
              (lines{"BEGIN;", "SET LOCAL lock_timeout = '3s';",
                     "ALTER TABLE s.t4 DROP CONSTRAINT k11, ADD CONSTRAINT k11 FOREIGN KEY (id) REFERENCES s.t3(id) ON "
                     "DELETE CASCADE NOT VALID;",
                     "COMMENT ON CONSTRAINT k11 ON s.t4 IS 'it''s';", "COMMIT;",
                     "ALTER TABLE s.t4 VALIDATE CONSTRAINT k11;"}));
}

TEST_F(ActionChange, WhatWasNotValidOrNotEnforcedStaysSo) {
    auto own = key();
    auto wanted = plan::change_nothing(own);
    wanted.actions.on_update = action::restrict_;
    own.is_validated = false;
    EXPECT_EQ(plan(own, wanted, clean).size(), 4U);
    own.is_enforced = false;
    EXPECT_EQ(plan(own, wanted, clean)[2],
              "ALTER TABLE s.t4 DROP CONSTRAINT k11, ADD CONSTRAINT k11 FOREIGN KEY (id) REFERENCES s.t3(id) ON UPDATE "
              "RESTRICT NOT ENFORCED;");
}

TEST_F(ActionChange, OrphansComeBeforeTheStepThatTheyWouldStop) {
    auto const own = key(), partitioned = key(0);
    auto wanted = plan::change_nothing(own);
    wanted.actions.on_delete = action::restrict_;
    plan::key_state const dirty{.is_examined = true, .orphan_rows = 3};
    EXPECT_EQ(plan(own, wanted, dirty)[4], "SELECT * FROM x.fk_orphans('s.t4', 'k11');");
    EXPECT_EQ(plan(partitioned, wanted, dirty)[0], "SELECT * FROM x.fk_orphans('s.t1', 'k10');");
    EXPECT_EQ(plan(partitioned, wanted, dirty).size(), 5U);
    EXPECT_EQ(plan(partitioned, wanted, dirty, true).size(), 6U);
}

TEST_F(ActionChange, WarningsStandBesideTheReplacement) {
    auto const own = key();
    auto wanted = plan::change_nothing(own);
    wanted.actions.on_delete = action::cascade;
    std::vector<std::string_view> const warnings{"one", "two"};
    plan(own, wanted, clean, false, {warnings, {}});
    EXPECT_TRUE(details_[2].ends_with("; warning: one; warning: two"));
}

TEST_F(ActionChange, RefusalsOfTheServer) {
    auto own = key();
    auto wanted = plan::change_nothing(own);
    wanted.actions.on_delete = action::set_null;
    EXPECT_TRUE(plan::find_refusal(own, wanted).message.empty());
    own.is_temporal = true;
    EXPECT_STREQ(plan::find_refusal(own, wanted).sqlstate, "0A000");
    own.is_temporal = false;
    model::column column = own.child->columns[0];
    column.generated = 's';
    auto child = *own.child;
    child.columns = {&column, 1};
    own.child = &child;
    EXPECT_STREQ(plan::find_refusal(own, wanted).sqlstate, "42601");
    wanted.actions.on_delete = action::cascade;
    EXPECT_TRUE(plan::find_refusal(own, wanted).message.empty());
    wanted.actions.on_update = action::cascade;
    EXPECT_STREQ(plan::find_refusal(own, wanted).sqlstate, "42601");
}

}  // namespace
}  // namespace fkaudit::test
