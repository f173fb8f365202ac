#include "src/plan/load_order.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "test/unit/catalog.hpp"

namespace fkaudit::test {
namespace {

using lines = std::vector<std::string>;

/// "step table [cycle] [| before] [/ after]", the statements shortened to what is done to which key.
lines plan_of(catalog& made, model::database const& database, std::vector<model::oid> const& ids,
              plan::load_conditions const& conditions = {}) {
    std::vector<plan::load_table> tables;
    for (auto const id : ids) {
        auto const name = made.name("t" + std::to_string(id));
        auto const& all = database.relations;
        auto const is_reference = std::any_of(all.begin(), all.end(), [&](model::relation const& one) {
            return one.id == id && one.spread == model::spreading::reference;
        });
        tables.push_back({id, made.name("s"), name, is_reference});
    }
    lines rows;
    auto const& kept = made.arena().copy(std::span<plan::load_table const>(tables));
    for (auto const& one : plan::plan_load(made.arena(), database, kept, conditions)) {
        auto row = std::to_string(one.step) + " " + std::string(one.table->name.name);
        if (one.cycle > 0) row += " (" + std::to_string(one.cycle) + ")";
        if (!one.before_load.empty()) row += " | " + std::string(one.before_load);
        if (!one.after_load.empty()) row += " / " + std::string(one.after_load);
        rows.push_back(row);
    }
    return rows;
}

void set_not_null(catalog& made, model::oid id) {
    auto const columns = made.arena().copy(made.relation(id).columns);
    auto const changed = made.arena().array<model::column>(columns.size());
    std::copy(columns.begin(), columns.end(), changed.begin());
    for (auto& column : changed) column.not_null = true;
    made.relation(id).columns = changed;
}

TEST(LoadOrder, ParentsComeBeforeChildrenAndIndependentTablesShareAStep) {
    catalog made;
    for (model::oid id = 1; id <= 5; ++id) made.table(id);
    made.key(10, 1, 2);
    made.key(11, 2, 4);
    made.key(12, 3, 4);
    made.key(13, 1, 3);
    auto const& database = made.finish();
    EXPECT_EQ(plan_of(made, database, {1, 2, 3, 4, 5}), (lines{"1 t4", "1 t5", "2 t2", "2 t3", "3 t1"}));
    // What is not asked for is there already.
    EXPECT_EQ(plan_of(made, database, {1, 2, 5}), (lines{"1 t2", "1 t5", "2 t1"}));
}

TEST(LoadOrder, ReferenceTablesOfCitusAndWhatTheyNeedComeFirst) {
    catalog made;
    for (model::oid id = 1; id <= 6; ++id) made.table(id);
    made.relation(3).spread = model::spreading::reference;
    made.relation(6).spread = model::spreading::reference;
    made.key(10, 3, 5);
    made.key(11, 2, 1);
    made.key(12, 2, 6);
    auto const& database = made.finish();
    // t5 is needed; t1 and t4 need nothing and would be as early otherwise.
    EXPECT_EQ(plan_of(made, database, {1, 2, 3, 4, 5, 6}), (lines{"1 t5", "1 t6", "2 t3", "3 t1", "3 t4", "4 t2"}));
    // In a circle with a table that is none, both are early.
    catalog other;
    for (model::oid id = 1; id <= 3; ++id) other.table(id);
    other.relation(3).spread = model::spreading::reference;
    other.relation(2).spread = model::spreading::local;
    other.key(10, 2, 3);
    other.key(11, 3, 2).is_deferrable = true;
    EXPECT_EQ(plan_of(other, other.finish(), {1, 2, 3}),
              (lines{"1 t2 (1) | ALTER TABLE s.t2 DROP CONSTRAINT k10;",
                     "2 t3 (1) / ALTER TABLE s.t2 ADD CONSTRAINT k10 FOREIGN KEY (id) REFERENCES s.t3(id) NOT VALID;\n"
                     "ALTER TABLE s.t2 VALIDATE CONSTRAINT k10;",
                     "3 t1"}));
}

TEST(LoadOrder, ASelfReferenceIsNoCircle) {
    catalog made;
    made.table(1);
    made.partitioned(2);
    made.partition(3, 2);
    made.key(10, 1, 1);
    made.key(11, 3, 2);
    auto const& database = made.finish();
    EXPECT_EQ(plan_of(made, database, {1, 2}), (lines{"1 t1", "1 t2"}));
}

TEST(LoadOrder, ADeferrableKeyIsGivenUpRatherThanOneThatCanBeNull) {
    catalog made;
    made.table(1);
    made.table(2);
    made.key(10, 1, 2);
    made.key(11, 2, 1).is_deferrable = true;
    auto const& database = made.finish();
    EXPECT_EQ(plan_of(made, database, {1, 2}),
              (lines{"1 t2 (1) | SET CONSTRAINTS s.k11 DEFERRED;", "2 t1 (1) / SET CONSTRAINTS s.k11 IMMEDIATE;"}));
    model::oid const shared[] = {11};
    EXPECT_EQ(plan_of(made, database, {1, 2}, {.unnameable = shared}),
              (lines{"1 t2 (1) | SET CONSTRAINTS ALL DEFERRED;", "2 t1 (1) / SET CONSTRAINTS ALL IMMEDIATE;"}));
}

TEST(LoadOrder, AKeyThatCanBeNullIsGivenUpRatherThanOneThatCannot) {
    catalog made;
    made.table(1);
    made.table(2);
    made.key(10, 1, 2);
    made.key(11, 2, 1);
    set_not_null(made, 1);
    auto const& database = made.finish();
    EXPECT_EQ(plan_of(made, database, {1, 2}),
              (lines{"1 t2 (1) | ALTER TABLE s.t2 DROP CONSTRAINT k11;",
                     "2 t1 (1) / ALTER TABLE s.t2 ADD CONSTRAINT k11 FOREIGN KEY (id) REFERENCES s.t1(id) NOT VALID;\n"
                     "ALTER TABLE s.t2 VALIDATE CONSTRAINT k11;"}));
}

TEST(LoadOrder, ManyDeferrableKeysAreGivenUpRatherThanOneOther) {
    catalog made;
    for (model::oid id = 1; id <= 2; ++id) made.table(id);
    for (model::oid id = 10; id < 14; ++id) made.key(id, 1, 2).is_deferrable = true;
    made.key(14, 2, 1);
    auto const& database = made.finish();
    EXPECT_EQ(plan_of(made, database, {1, 2}),
              (lines{"1 t1 (1) | SET CONSTRAINTS s.k10, s.k11, s.k12, s.k13 DEFERRED;",
                     "2 t2 (1) / SET CONSTRAINTS s.k10, s.k11, s.k12, s.k13 IMMEDIATE;"}));
}

TEST(LoadOrder, AKeyThatIsNotValidIsDroppedAroundItsChild) {
    catalog made;
    made.table(1);
    made.table(2);
    made.key(10, 1, 2).is_validated = false;
    auto const& database = made.finish();
    EXPECT_EQ(plan_of(made, database, {1, 2}),
              (lines{"1 t2",
                     "2 t1 | ALTER TABLE s.t1 DROP CONSTRAINT k10; / "
                     "ALTER TABLE s.t1 ADD CONSTRAINT k10 FOREIGN KEY (id) REFERENCES s.t2(id) NOT VALID;"}));
}

TEST(LoadOrder, APartitionedChildOfAnOlderServerIsCheckedAtOnce) {
    catalog made;
    made.partitioned(1);
    made.table(2);
    set_not_null(made, 2);
    made.key(10, 1, 2);
    made.key(11, 2, 1);
    auto const& database = made.finish();
    EXPECT_EQ(plan_of(made, database, {1, 2}),
              (lines{"1 t1 (1) | ALTER TABLE s.t1 DROP CONSTRAINT k10;",
                     "2 t2 (1) / ALTER TABLE s.t1 ADD CONSTRAINT k10 FOREIGN KEY (id) REFERENCES s.t2(id);"}));
    EXPECT_EQ(plan_of(made, database, {1, 2}, {.partitioned_not_valid = true}).back(),
              "2 t2 (1) / ALTER TABLE s.t1 ADD CONSTRAINT k10 FOREIGN KEY (id) REFERENCES s.t2(id) NOT VALID;\n"
              "ALTER TABLE s.t1 VALIDATE CONSTRAINT k10;");
}

TEST(LoadOrder, DeferredChecksAreMadeBeforeAlterTable) {
    catalog made;
    for (model::oid id = 1; id <= 3; ++id) made.table(id);
    auto& deferred = made.key(9, 1, 3);
    deferred.is_deferrable = deferred.initially_deferred = true;
    made.key(10, 1, 2);
    made.key(11, 2, 1);
    auto const& database = made.finish();
    auto const rows = plan_of(made, database, {1, 2, 3});
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(rows[2].substr(0, 40), "3 t2 (1) / SET CONSTRAINTS ALL IMMEDIATE");
}

TEST(LoadOrder, KeysThatCheckNoInsertBindNothing) {
    catalog made;
    made.table(1);
    made.table(2);
    made.key(10, 1, 2).is_enforced = false;
    auto& bypassed = made.key(11, 2, 1);
    auto const triggers = made.arena().array<model::constraint_trigger>(2);
    for (auto& one : triggers) {
        one.is_check = true;
        one.enabled = 'D';
    }
    auto const rows = made.arena().array<model::constraint_row>(1);
    rows[0].triggers = triggers;
    bypassed.rows = rows;
    auto const& database = made.finish();
    EXPECT_EQ(plan_of(made, database, {1, 2}), (lines{"1 t1", "1 t2"}));
}

TEST(LoadOrder, ACircleStandsBetweenWhatItNeedsAndWhatNeedsIt) {
    catalog made;
    for (model::oid id = 1; id <= 6; ++id) made.table(id);
    made.key(10, 1, 2);
    made.key(11, 2, 3).is_deferrable = true;
    made.key(12, 3, 1);
    made.key(13, 3, 4);
    made.key(14, 5, 2);
    auto const& database = made.finish();
    EXPECT_EQ(plan_of(made, database, {1, 2, 3, 4, 5, 6}),
              (lines{"1 t4", "1 t6", "2 t2 (1) | SET CONSTRAINTS s.k11 DEFERRED;", "3 t1 (1)",
                     "4 t3 (1) / SET CONSTRAINTS s.k11 IMMEDIATE;", "5 t5"}));
}

}  // namespace
}  // namespace fkaudit::test
