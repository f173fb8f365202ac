#include "src/audit/drift.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "src/model/json.hpp"
#include "test/unit/memory.hpp"

namespace fkaudit::test {
namespace {

using audit::key_state;

/// Snapshots written by hand; each key is `child.name: columns -> parent(columns)`.
class Drift : public testing::Test {
protected:
    static key_state key(std::string_view child, std::string_view name, std::string_view parent = "s.p",
                         std::string_view columns = "a") {
        key_state one{.child = child, .constraint_name = name, .child_exists = true, .parent_exists = true};
        for (auto& value : one.values) value = "same";
        one.values[audit::place_of("parent")] = parent;
        one.values[audit::place_of("child_columns")] = columns;
        return one;
    }
    static key_state with(key_state one, std::string_view attribute, std::string_view value) {
        for (std::size_t place = 0; place < one.values.size(); ++place)
            if (audit::snapshot_attributes[place].name == attribute) one.values[place] = value;
        return one;
    }
    static key_state gone(key_state one) {
        one.child_exists = false;
        return one;
    }

    std::vector<std::string> compare(std::vector<key_state> const& expected, std::vector<key_state> const& actual,
                                     std::vector<std::string_view> const& ignored = {}) {
        std::vector<std::string> lines;
        for (auto const& one : audit::compare(arena_, expected, actual, ignored))
            lines.push_back(std::string(to_text(one.grade)) + ' ' + std::string(one.child) + '.' +
                            std::string(one.constraint_name) + ' ' + std::string(one.change) + ' ' +
                            std::string(one.attribute.value_or("-")) + ": " + std::string(one.expected.value_or("-")) +
                            " / " + std::string(one.actual.value_or("-")));
        return lines;
    }

    heap resource_;
    model::arena arena_{resource_};
};

using lines = std::vector<std::string>;

TEST_F(Drift, NothingDiffersFromItselfInAnyOrder) {
    EXPECT_EQ(compare({key("c", "x"), key("b", "y")}, {key("b", "y"), key("c", "x")}), lines{});
    EXPECT_EQ(compare({}, {}), lines{});
}

TEST_F(Drift, LessIsWorseThanMore) {
    auto const one = [&](std::string_view attribute, std::string_view before, std::string_view after) {
        auto const found = compare({with(key("c", "x"), attribute, before)}, {with(key("c", "x"), attribute, after)});
        return found.size() == 1 ? found[0].substr(0, found[0].find(' ')) : "not one line";
    };
    EXPECT_EQ(one("index", "covered", "missing"), "warning");
    EXPECT_EQ(one("index", "unusable", "weak"), "info");
    EXPECT_EQ(one("triggers", "enabled", "none"), "error");
    EXPECT_EQ(one("triggers", "check triggers disabled on s.c", "enabled"), "info");
    EXPECT_EQ(one("triggers", "none", "enabled"), "info");
    EXPECT_EQ(one("enforcement", "enforced", "not enforced"), "error");
    EXPECT_EQ(one("enforcement", "not enforced", "enforced"), "info");
    EXPECT_EQ(one("validity", "valid", "not valid"), "warning");
    EXPECT_EQ(one("validity", "not valid", "valid"), "info");
    EXPECT_EQ(one("on_delete", "cascade", "no action"), "error");
    EXPECT_EQ(one("child_types", "integer", "bigint"), "warning");
    EXPECT_EQ(one("deferrability", "deferrable", "not deferrable"), "warning");
}

TEST_F(Drift, ManyKeysOfOneShapePairByName) {
    // Three of four like keys were renamed; the one that kept its name is paired with itself.
    EXPECT_EQ(compare({key("c", "a"), key("c", "b"), key("c", "d"), key("c", "m")},
                      {key("c", "m"), key("c", "x"), key("c", "y"), key("c", "z")}),
              (lines{"info c.x renamed constraint_name: a / x", "info c.y renamed constraint_name: b / y",
                     "info c.z renamed constraint_name: d / z"}));
}

TEST_F(Drift, DuplicatesAreCounted) {
    EXPECT_EQ(compare({key("c", "a"), key("c", "a")}, {key("c", "a")}).size(), 1U);
    EXPECT_EQ(compare({key("c", "a")}, {key("c", "a"), key("c", "b")}).size(), 1U);
}

TEST_F(Drift, ATableIsRenamedOnlyWhenTheOldOneIsGone) {
    EXPECT_EQ(compare({gone(key("c", "x"))}, {key("d", "x")}), lines{"info d.x renamed child: c / d"});
    EXPECT_EQ(compare({key("c", "x")}, {key("d", "x")}), (lines{"error c.x missing -: (a) REFERENCES s.p (same) / -",
                                                                "warning d.x extra -: - / (a) REFERENCES s.p (same)"}));
    // The reference to itself goes along.
    EXPECT_EQ(compare({gone(key("c", "x", "c"))}, {key("d", "x", "d")}), lines{"info d.x renamed child: c / d"});
}

TEST_F(Drift, AParentIsRenamedOnlyToANameThatIsNew) {
    auto before = key("c", "x", "s.p");
    before.parent_exists = false;
    EXPECT_EQ(compare({before}, {key("c", "x", "s.q")}), lines{"info c.x renamed parent: s.p / s.q"});
    EXPECT_EQ(compare({before, key("e", "y", "s.q")}, {key("c", "x", "s.q"), key("e", "y", "s.q")}),
              lines{"error c.x target parent: s.p / s.q"});
}

TEST_F(Drift, IgnoresChangesAndAttributes) {
    auto const before = std::vector{with(key("c", "x"), "on_update", "cascade"), key("c", "gone", "s.z")};
    auto const after = std::vector{key("c", "x")};
    EXPECT_EQ(compare(before, after).size(), 2U);
    EXPECT_EQ(compare(before, after, {"action"}).size(), 1U);
    EXPECT_EQ(compare(before, after, {"on_update", "missing"}), lines{});
    EXPECT_EQ(compare(before, after, {"on_delete"}).size(), 2U);
}

TEST_F(Drift, KnowsItsNames) {
    for (auto const name : {"missing", "extra", "renamed", "action", "on_delete", "trigger state", "child"})
        EXPECT_TRUE(audit::is_drift_name(name)) << name;
    EXPECT_FALSE(audit::is_drift_name(""));
    EXPECT_FALSE(audit::is_drift_name("Missing"));
}

TEST(Json, EscapesWhatMustBe) {
    heap resource;
    model::arena arena(resource);
    EXPECT_EQ(model::json_string(arena, ""), "\"\"");
    EXPECT_EQ(model::json_string(arena, "a\"b\\c\n\x1f\x7f</é"), "\"a\\\"b\\\\c\\u000a\\u001f\x7f</é\"");
}

}  // namespace
}  // namespace fkaudit::test
