#include "src/plan/addition.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "test/unit/catalog.hpp"

namespace fkaudit::test {
namespace {

using lines = std::vector<std::string>;

class Addition : public testing::Test {
protected:
    class names final : public plan::index_names {
    public:
        explicit names(catalog& made) : made_(made) {}
        model::identifier choose(model::relation const& table, std::string_view) override {
            return made_.name(std::string(table.name.name) + "_key");
        }

    private:
        catalog& made_;
    };

    Addition() {
        made_.partitioned(1);
        made_.partition(2, 1);
        made_.table(3);
        made_.table(4);
    }

    lines plan(std::uint32_t child, std::uint32_t parent, bool partitioned_not_valid, plan::addition wanted = {}) {
        made_.key(0, child, parent).is_validated = false;
        auto const& database = made_.finish();
        wanted.key = &database.constraints[0];
        names given(made_);
        lines found;
        auto const steps = plan::plan_addition(made_.arena(), database, wanted, given, {partitioned_not_valid, "x"});
        for (auto const& one : steps) found.emplace_back(one.statement);
        return found;
    }

    plan::plan_step const repair_[1] = {{"repair;", {}, {}, {}}};
    catalog made_;
};

TEST_F(Addition, TheKeyComesBeforeTheRepairSoThatNoNewOrphansCome) {
    EXPECT_EQ(plan(4, 3, false, {.orphan_rows = 1, .repair = repair_}),
              (lines{"ALTER TABLE s.t4 ADD CONSTRAINT k0 FOREIGN KEY (id) REFERENCES s.t3(id) NOT VALID;", "repair;",
                     "ALTER TABLE s.t4 VALIDATE CONSTRAINT k0;"}));
}

TEST_F(Addition, APartitionedChildIsRepairedFirstWhereItsKeyIsCheckedAtOnce) {
    EXPECT_EQ(plan(1, 3, false, {.orphan_rows = 1, .repair = repair_}),
              (lines{"repair;", "ALTER TABLE s.t1 ADD CONSTRAINT k0 FOREIGN KEY (id) REFERENCES s.t3(id);"}));
}

TEST_F(Addition, APartitionedChildIsLikeAnyOtherWhereItsKeyCanBeNotValid) {
    EXPECT_EQ(plan(1, 3, true, {.orphan_rows = 1, .repair = repair_}),
              (lines{"ALTER TABLE s.t1 ADD CONSTRAINT k0 FOREIGN KEY (id) REFERENCES s.t3(id) NOT VALID;", "repair;",
                     "ALTER TABLE s.t1 VALIDATE CONSTRAINT k0;"}));
}

TEST_F(Addition, IndexesComeFirst) {
    EXPECT_EQ(
        plan(4, 3, false, {.needs_unique = true, .index_statements = "CREATE INDEX a;\nALTER INDEX b;"}),
        (lines{"CREATE UNIQUE INDEX CONCURRENTLY t3_key ON s.t3 (id);",
               "ALTER TABLE s.t3 ADD CONSTRAINT t3_key UNIQUE USING INDEX t3_key;", "CREATE INDEX a;", "ALTER INDEX b;",
               "ALTER TABLE s.t4 ADD CONSTRAINT k0 FOREIGN KEY (id) REFERENCES s.t3(id) NOT VALID;",
               "ALTER TABLE s.t4 VALIDATE CONSTRAINT k0;"}));
}

TEST_F(Addition, APartitionedParentTakesItsPartitionsIndexes) {
    auto const found = plan(4, 1, false, {.needs_unique = true});
    EXPECT_EQ(lines(found.begin(), found.begin() + 3), (lines{"CREATE UNIQUE INDEX t1_key ON ONLY s.t1 (id);",
                                                              "CREATE UNIQUE INDEX CONCURRENTLY t2_key ON s.t2 (id);",
                                                              "ALTER INDEX s.t1_key ATTACH PARTITION s.t2_key;"}));
}

}  // namespace
}  // namespace fkaudit::test
