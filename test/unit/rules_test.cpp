#include <gtest/gtest.h>

#include "src/audit/registry.hpp"
#include "src/plan/cycles.hpp"
#include "test/unit/key_database.hpp"

namespace fkaudit::test {

namespace {

/// One key, judged by the rules that a setting leaves on.
class Rules : public testing::Test {
protected:
    std::vector<std::string> judge(std::string_view setting) {
        std::vector<std::string> found;
        whole.database.constraints = {&whole.key, 1};
        model::constraint const* const keys[] = {&whole.key};
        model::enforcement const enforcement[] = {{}};
        audit::evidence const facts{.database = whole.database, .keys = keys, .enforcement = enforcement};
        audit::audit_run run(whole.arena, facts);
        audit::judge(run, audit::rule_switches(setting));
        for (auto const& one : run.findings) found.emplace_back(one.by->name);
        return found;
    }

    key_database whole;
};

TEST_F(Rules, AreSwitchedFromTheLeft) {
    whole.key.is_enforced = true;
    whole.key.is_validated = false;
    EXPECT_EQ(judge("-all,+not-valid"), std::vector<std::string>{"not-valid"});
    EXPECT_EQ(judge("  +not-valid\t-all "), std::vector<std::string>{});
    EXPECT_EQ(judge("-all +not-enforced"), std::vector<std::string>{});
}

TEST_F(Rules, NotEnforced) {
    whole.key.is_enforced = false;
    EXPECT_EQ(judge("-all +not-enforced +not-valid"), std::vector<std::string>{"not-enforced"});
}

TEST_F(Rules, SettingNamesWhatIsWrong) {
    EXPECT_EQ(audit::find_wrong_switch(""), "");
    EXPECT_EQ(audit::find_wrong_switch("+all, -weak-index"), "");
    EXPECT_EQ(audit::find_wrong_switch("-all, weak-index"), "weak-index");
    EXPECT_EQ(audit::find_wrong_switch("-all,+weak-indexes,-x"), "+weak-indexes");
    EXPECT_EQ(audit::find_wrong_switch("-"), "-");
}

TEST_F(Rules, FindingKeyDependsOnNamesAlone) {
    audit::finding one{.by = audit::find_rule("not-valid"), .child = whole.key.child, .constraint_name = "k"};
    auto const key = audit::finding_key(whole.arena, one);
    EXPECT_EQ(key.size(), 16U);
    one.message = "another";
    one.grade = audit::severity::error;
    EXPECT_EQ(audit::finding_key(whole.arena, one), key);
    one.constraint_name = "k2";
    EXPECT_NE(audit::finding_key(whole.arena, one), key);
    one.constraint_name = "k";
    one.place = "x";
    EXPECT_NE(audit::finding_key(whole.arena, one), key);
}

/// Tables 1 to n and keys between them.
class Cycles : public testing::Test {
protected:
    void connect(std::vector<std::pair<unsigned, unsigned>> const& ends) {
        for (unsigned id = 1; id <= 9; ++id) relations.push_back({.id = id});
        for (auto const& [child, parent] : ends)
            keys.push_back({.id = static_cast<model::oid>(100 + keys.size()),
                            .child = &relations[child - 1],
                            .parent = &relations[parent - 1],
                            .is_enforced = true});
        database.relations = relations;
        database.constraints = keys;
    }
    std::vector<std::vector<model::oid>> tables() {
        std::vector<std::vector<model::oid>> found;
        for (auto const& one : plan::find_cycles(arena, database)) {
            auto& ids = found.emplace_back();
            for (auto const* const table : one.tables) ids.push_back(table->id);
            key_counts.push_back(one.keys.size());
        }
        return found;
    }

    heap memory;
    model::arena arena{memory};
    model::database database;
    std::vector<model::relation> relations;
    std::vector<model::constraint> keys;
    std::vector<std::size_t> key_counts;
};

TEST_F(Cycles, NoneInATreeNorInASelfReference) {
    connect({{1, 2}, {3, 2}, {2, 4}, {4, 4}});
    EXPECT_TRUE(tables().empty());
}

TEST_F(Cycles, EachComponentOnceWithItsOwnKeys) {
    connect({{5, 6}, {6, 5}, {6, 6}, {6, 7}, {1, 2}, {2, 3}, {3, 1}, {3, 5}});
    EXPECT_EQ(tables(), (std::vector<std::vector<model::oid>>{{5, 6}, {1, 2, 3}}));
    EXPECT_EQ(key_counts, (std::vector<std::size_t>{2, 3}));
}

TEST_F(Cycles, NotEnforcedKeysHoldNobodyBack) {
    connect({{1, 2}, {2, 1}});
    keys[1].is_enforced = false;
    EXPECT_TRUE(tables().empty());
}

}  // namespace

}  // namespace fkaudit::test
