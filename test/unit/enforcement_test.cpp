#include "src/audit/enforcement.hpp"

#include <gtest/gtest.h>

#include "test/unit/catalog.hpp"

namespace fkaudit::test {
namespace {

using model::constraint_row;
using model::constraint_trigger;

/// A key of t2 to t1 with all its triggers, which each test spoils in its own way.
class Enforcement : public testing::Test {
protected:
    Enforcement() {
        for (model::oid id = 1; id <= 9; ++id) made_.table(id);
        key_ = &made_.key(10, 2, 1);
        add_row(constraint_row::origin::declared, 2, 1, "OO", "OO");
    }

    /// One letter for each trigger, its tgenabled; check triggers and action triggers.
    void add_row(constraint_row::origin side, model::oid child, model::oid parent, std::string const& checks,
                 std::string const& actions, bool is_validated = true) {
        auto const triggers = made_.arena().array<constraint_trigger>(checks.size() + actions.size());
        std::size_t number = 0;
        for (char const enabled : checks + actions) {
            triggers[number].is_check = number < checks.size();
            triggers[number].enabled = enabled;
            ++number;
        }
        auto& row = rows_.emplace_back();
        row.side = side;
        row.child = child;
        row.parent = parent;
        row.is_validated = is_validated;
        row.triggers = triggers;
    }

    void spoil(std::string const& checks, std::string const& actions, bool is_validated = true) {
        rows_.clear();
        add_row(constraint_row::origin::declared, 2, 1, checks, actions, is_validated);
    }

    std::string judge() {
        auto key = *key_;
        key.rows = rows_;
        auto const judged = audit::judge_enforcement(made_.arena(), made_.finish(), key);
        return std::string(to_text(judged.state)) + ": " + std::string(judged.detail);
    }

    catalog made_;
    model::constraint* key_ = nullptr;
    std::vector<constraint_row> rows_;
};

TEST_F(Enforcement, Enforced) { EXPECT_EQ(judge(), "enforced: "); }

TEST_F(Enforcement, AlwaysIsEnforced) {
    spoil("AO", "OA");
    EXPECT_EQ(judge(), "enforced: ");
}

TEST_F(Enforcement, NotEnforcedHasNoTriggersAndIsSaidFirst) {
    spoil("", "", false);
    key_->is_enforced = false;
    EXPECT_EQ(judge(), "not enforced: NOT ENFORCED: neither new writes nor existing rows are checked");
}

TEST_F(Enforcement, NotValid) {
    spoil("OO", "OO", false);
    EXPECT_EQ(judge(), "not valid: NOT VALID: rows written before were never checked on s.t2");
}

TEST_F(Enforcement, DeferrabilityLostByTheTriggersIsToldAndNoBypass) {
    std::string const lost =
        "check triggers not deferrable as declared, which ALTER CONSTRAINT to NOT DEFERRABLE and back mends, on s.t2";
    key_->is_deferrable = true;
    EXPECT_EQ(judge(), "enforced: " + lost);
    spoil("OO", "OO", false);
    EXPECT_EQ(judge(), "not valid: NOT VALID: rows written before were never checked on s.t2; " + lost);
}

TEST_F(Enforcement, DisabledOnEitherSide) {
    spoil("DO", "OO");
    EXPECT_EQ(judge(), "bypassed: check triggers disabled on s.t2");
    spoil("OO", "OD");
    EXPECT_EQ(judge(), "bypassed: action triggers disabled on s.t1");
}

TEST_F(Enforcement, ReplicaOnly) {
    spoil("RR", "OR");
    EXPECT_EQ(judge(),
              "bypassed: check triggers fire in replica role only on s.t2; "
              "action triggers fire in replica role only on s.t1");
}

TEST_F(Enforcement, Missing) {
    spoil("O", "OO");
    EXPECT_EQ(judge(), "bypassed: check triggers missing on s.t2");
    spoil("OO", "");
    EXPECT_EQ(judge(), "bypassed: action triggers missing on s.t1");
    // More of the other side's do not make up for it.
    spoil("OOOO", "O");
    EXPECT_EQ(judge(), "bypassed: action triggers missing on s.t1");
}

TEST_F(Enforcement, ATableWithoutTheTriggerFlagFiresNone) {
    made_.relation(2).has_triggers = false;
    EXPECT_EQ(judge(), "bypassed: check triggers never fire (pg_class.relhastriggers is false) on s.t2");
    // What is missing cannot fire anyway.
    spoil("", "OO");
    EXPECT_EQ(judge(), "bypassed: check triggers missing on s.t2");
    made_.relation(2).has_triggers = true;
    made_.relation(1).has_triggers = false;
    spoil("OO", "OO");
    EXPECT_EQ(judge(), "bypassed: action triggers never fire (pg_class.relhastriggers is false) on s.t1");
    add_row(constraint_row::origin::referencing, 3, 1, "OO", "");
    add_row(constraint_row::origin::referenced, 2, 4, "", "OO");
    made_.relation(1).has_triggers = true;
    made_.relation(3).has_triggers = false;
    made_.relation(4).has_triggers = false;
    EXPECT_EQ(judge(),
              "bypassed: check triggers never fire (pg_class.relhastriggers is false) on s.t3; "
              "action triggers never fire (pg_class.relhastriggers is false) on s.t4");
}

TEST_F(Enforcement, BypassedBeforeNotValidAndTheDetailNamesAll) {
    spoil("D", "RR", false);
    EXPECT_EQ(judge(),
              "bypassed: check triggers missing on s.t2; check triggers disabled on s.t2; "
              "action triggers fire in replica role only on s.t1; "
              "NOT VALID: rows written before were never checked on s.t2");
}

TEST_F(Enforcement, PartitionsOfTheChildHaveCheckTriggersOnly) {
    add_row(constraint_row::origin::referencing, 3, 1, "OO", "");
    EXPECT_EQ(judge(), "enforced: ");
    add_row(constraint_row::origin::referencing, 4, 1, "DD", "");
    add_row(constraint_row::origin::referencing, 5, 1, "D", "", false);
    EXPECT_EQ(judge(),
              "bypassed: check triggers missing on s.t5; check triggers disabled on s.t4, s.t5; "
              "NOT VALID: rows written before were never checked on s.t5");
}

TEST_F(Enforcement, PartitionsOfTheParentHaveActionTriggersOnly) {
    add_row(constraint_row::origin::referenced, 2, 3, "", "OO");
    EXPECT_EQ(judge(), "enforced: ");
    // What is valid is said by the child's side.
    add_row(constraint_row::origin::referenced, 2, 4, "", "DO", false);
    EXPECT_EQ(judge(), "bypassed: action triggers disabled on s.t4");
}

TEST_F(Enforcement, APartitionWithoutARowHasNoTriggers) {
    made_.partitioned(20);
    made_.partition(21, 20, 'p');
    made_.partition(22, 21);
    made_.partition(23, 20);
    made_.partitioned(30);
    made_.partition(31, 30);
    made_.partition(32, 30);
    key_ = &made_.key(11, 20, 30);
    rows_.clear();
    add_row(constraint_row::origin::declared, 20, 30, "OO", "OO");
    add_row(constraint_row::origin::referencing, 21, 30, "OO", "");
    add_row(constraint_row::origin::referencing, 23, 30, "OO", "");
    add_row(constraint_row::origin::referenced, 20, 32, "", "OO");
    EXPECT_EQ(judge(), "bypassed: check triggers missing on s.t22; action triggers missing on s.t31");
    add_row(constraint_row::origin::referencing, 22, 30, "OO", "");
    add_row(constraint_row::origin::referenced, 20, 31, "", "OO");
    EXPECT_EQ(judge(), "enforced: ");
}

TEST_F(Enforcement, NamesFiveTablesAndCountsTheRest) {
    for (model::oid id = 3; id <= 9; ++id) add_row(constraint_row::origin::referencing, id, 1, "DD", "");
    EXPECT_EQ(judge(), "bypassed: check triggers disabled on s.t3, s.t4, s.t5, s.t6, s.t7 and 2 more");
}

TEST_F(Enforcement, ATableThatIsGone) {
    add_row(constraint_row::origin::referencing, 99, 1, "", "");
    EXPECT_EQ(judge(), "bypassed: check triggers missing on a table that does not exist");
}

}  // namespace
}  // namespace fkaudit::test
