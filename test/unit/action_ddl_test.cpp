#include "src/plan/action_ddl.hpp"

#include <gtest/gtest.h>

#include "test/unit/catalog.hpp"

namespace fkaudit::test {
namespace {

using model::action;

TEST(ActionDdl, ReplacesAndValidates) {
    catalog made;
    made.table(1);
    made.table(2);
    auto& key = made.key(10, 2, 1);
    key.on_update = action::cascade;
    auto wanted = plan::actions_of(key);
    wanted.on_delete = action::restrict_;
    EXPECT_EQ(plan::change_actions(made.arena(), key, wanted, false),
              "ALTER TABLE s.t2 DROP CONSTRAINT k10, ADD CONSTRAINT k10 FOREIGN KEY (id) REFERENCES s.t1(id) ON UPDATE"
              " CASCADE ON DELETE RESTRICT NOT VALID;\nALTER TABLE s.t2 VALIDATE CONSTRAINT k10;");
}

TEST(ActionDdl, KeepsWhatWasNeverValidatedOrEnforced) {
    catalog made;
    made.table(1);
    made.table(2);
    auto& key = made.key(10, 2, 1);
    key.is_validated = false;
    auto const wanted = plan::key_actions{action::set_null, action::no_action, {}};
    EXPECT_EQ(plan::change_actions(made.arena(), key, wanted, false),
              "ALTER TABLE s.t2 DROP CONSTRAINT k10, ADD CONSTRAINT k10 FOREIGN KEY (id) REFERENCES s.t1(id)"
              " ON DELETE SET NULL NOT VALID;");
    key.is_enforced = false;
    EXPECT_EQ(plan::change_actions(made.arena(), key, wanted, false),
              "ALTER TABLE s.t2 DROP CONSTRAINT k10, ADD CONSTRAINT k10 FOREIGN KEY (id) REFERENCES s.t1(id)"
              " ON DELETE SET NULL NOT ENFORCED;");
}

TEST(ActionDdl, ReplacesInATransactionWhereCitusKeepsTheTable) {
    catalog made;
    made.table(1);
    made.table(2).spread = model::spreading::distributed;
    auto const wanted = plan::key_actions{action::cascade, action::no_action, {}};
    EXPECT_EQ(
        plan::change_actions(made.arena(), made.key(10, 2, 1), wanted, false),
        "BEGIN;\nALTER TABLE s.t2 DROP CONSTRAINT IF EXISTS k10;\nALTER TABLE s.t2 ADD CONSTRAINT k10 FOREIGN KEY (id)"
        " REFERENCES s.t1(id) ON DELETE CASCADE NOT VALID;\nCOMMIT;\nALTER TABLE s.t2 VALIDATE CONSTRAINT k10;");
}

TEST(ActionDdl, PartitionedTablesTakeNotValidWhereTheServerDoes) {
    catalog made;
    made.table(1);
    made.partitioned(2);
    auto& key = made.key(10, 2, 1);
    auto const wanted = plan::key_actions{action::cascade, action::no_action, {}};
    EXPECT_EQ(plan::change_actions(made.arena(), key, wanted, false),
              "ALTER TABLE s.t2 DROP CONSTRAINT k10, ADD CONSTRAINT k10 FOREIGN KEY (id) REFERENCES s.t1(id)"
              " ON DELETE CASCADE;");
    EXPECT_EQ(plan::change_actions(made.arena(), key, wanted, true),
              "ALTER TABLE s.t2 DROP CONSTRAINT k10, ADD CONSTRAINT k10 FOREIGN KEY (id) REFERENCES s.t1(id)"
              " ON DELETE CASCADE NOT VALID;\nALTER TABLE s.t2 VALIDATE CONSTRAINT k10;");
}

TEST(ActionDdl, TheListOfColumnsGoesWithItsAction) {
    catalog made;
    made.table(1);
    made.table(2);
    auto& key = made.key(10, 2, 1);
    key.is_validated = false;
    auto wanted = plan::key_actions{action::set_default, action::no_action, key.child_columns};
    EXPECT_NE(plan::change_actions(made.arena(), key, wanted, false).find("ON DELETE SET DEFAULT (id) "),
              std::string_view::npos);
    wanted.on_delete = action::restrict_;
    EXPECT_EQ(plan::change_actions(made.arena(), key, wanted, false).find("(id) NOT VALID;\n"), std::string_view::npos);
    EXPECT_NE(plan::change_actions(made.arena(), key, wanted, false).find("ON DELETE RESTRICT NOT VALID;"),
              std::string_view::npos);
}

}  // namespace
}  // namespace fkaudit::test
