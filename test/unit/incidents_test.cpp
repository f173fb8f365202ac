#include "src/audit/incidents.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "test/unit/memory.hpp"

namespace fkaudit::test {
namespace {

using audit::change_history;
using audit::dated_change;
using audit::incident;
using audit::violation_rate;
using model::timestamp;

constexpr std::int64_t minute = 60'000'000, hour = 60 * minute;
/// Half past an hour.
constexpr std::int64_t now = 200'000 * hour + 30 * minute;

timestamp ago(std::int64_t hours, std::int64_t minutes = 0) { return {now - hours * hour - minutes * minute}; }

/// Violations by hours ago, oldest first, of a key that is counted for `counted` hours.
class Incidents : public testing::Test {
protected:
    void add(std::int64_t hours_ago, std::uint32_t times, std::int64_t minutes = 0) {
        auto const at = ago(hours_ago, minutes);
        if (rate.first_seen.microseconds == 0) rate.first_seen = at;
        rate.last_seen = at;
        rate.windows.add(at, times);
    }
    void add_each(std::int64_t from_ago, std::int64_t to_ago, std::uint32_t times) {
        for (auto hours = from_ago; hours >= to_ago; --hours) add(hours, times);
    }
    std::vector<incident> find(std::int64_t since_hours = 168) {
        auto const found =
            audit::find_incidents(arena, {&rate, 1}, {state, incomplete, changes}, {now}, ago(since_hours));
        return {found.begin(), found.end()};
    }
    incident only() {
        auto const found = find();
        EXPECT_EQ(found.size(), 1U);
        return found.empty() ? incident{} : found.front();
    }
    void change(std::int64_t hours_ago, std::string_view what, std::string_view child, std::string_view name,
                std::string_view parent = "s.p", std::int64_t minutes = 0) {
        changes.push_back({.at = ago(hours_ago, minutes),
                           .when = "then",
                           .change = what,
                           .child = child,
                           .old_child = child,
                           .constraint_name = name,
                           .old_constraint_name = name,
                           .parent = parent,
                           .old_parent = parent,
                           .user = "ann",
                           .command = "ALTER TABLE s.c"});
    }
    void release(std::int64_t hours_ago, std::string_view label) {
        changes.push_back({.at = ago(hours_ago),
                           .when = "then",
                           .change = "release",
                           .user = "ann",
                           .command = "fk_mark_release()",
                           .label = label});
    }

    heap memory;
    model::arena arena{memory};
    violation_rate rate{.child = "s.c", .constraint_name = "k", .parent = "s.p", .counted_since = ago(500)};
    change_history::state state = change_history::state::kept;
    bool incomplete = false;
    std::vector<dated_change> changes;
};

TEST_F(Incidents, FewViolationsAreNone) {
    add(10, 4);
    EXPECT_TRUE(find().empty());
    add(5, 5);
    EXPECT_EQ(only().violations, 5);
}

TEST_F(Incidents, WhereUsuallyThereIsNoneTheBaselineIsZero) {
    add(3, 6, 10);
    auto const one = only();
    EXPECT_EQ(one.times_baseline, std::nullopt);
    EXPECT_EQ(one.started.microseconds, ago(3, 10).microseconds) << "the first violation ever, to the second";
    ASSERT_TRUE(one.ended.has_value());
    EXPECT_EQ(one.ended->microseconds, ago(3, 10).microseconds);
    EXPECT_NE(one.explanation.find("6 violations within 1 hour; usually there is none."), std::string_view::npos);
}

TEST_F(Incidents, AnHourMustHaveFiveTimesTheMedian) {
    add_each(100, 11, 2);
    add(10, 9);
    EXPECT_TRUE(find().empty());
    add(5, 10);
    // The median of the hours before is still 2: those without any are few.
    auto const one = only();
    EXPECT_EQ(one.violations, 10);
    EXPECT_DOUBLE_EQ(one.times_baseline.value_or(0), 5);
    EXPECT_NE(one.explanation.find("5 times as many as the usual 2 an hour"), std::string_view::npos)
        << one.explanation;
}

TEST_F(Incidents, ASteadyStreamIsTheUsual) {
    rate.counted_since = ago(60);
    add_each(60, 0, 100);
    EXPECT_TRUE(find().empty());
}

TEST_F(Incidents, WithoutADayThereIsNothingToCompareWith) {
    rate.counted_since = ago(10);
    add(2, 7);
    auto const one = only();
    EXPECT_EQ(one.times_baseline, std::nullopt);
    EXPECT_NE(one.explanation.find("less than 24 hours have been counted"), std::string_view::npos) << one.explanation;
}

TEST_F(Incidents, OneThatHasGoneOnForDaysIsOneStill) {
    add_each(60, 0, 50);
    auto const one = only();
    EXPECT_EQ(one.violations, 61 * 50);
    EXPECT_EQ(one.ended, std::nullopt);
    EXPECT_NE(one.explanation.find("within 61 hours, and it goes on"), std::string_view::npos) << one.explanation;
}

TEST_F(Incidents, HoursInARowAreOneAndAPauseMakesTwo) {
    add(20, 8);
    add(19, 9);
    add(17, 10);
    auto const found = find();
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].violations, 17);
    EXPECT_EQ(found[0].ended->microseconds, model::hour_begin(ago(18)).microseconds);
    EXPECT_EQ(found[1].violations, 10);
    EXPECT_EQ(found[1].started.microseconds, model::hour_begin(ago(17)).microseconds);
}

TEST_F(Incidents, LooksBackAsFarAsAsked) {
    add(100, 8);
    add(3, 9);
    EXPECT_EQ(find(168).size(), 2U);
    EXPECT_EQ(find(50).size(), 1U);
    EXPECT_EQ(find(1).size(), 0U);
    add(0, 9);
    EXPECT_EQ(find(0).size(), 1U) << "what goes on is always in";
}

TEST_F(Incidents, TheRingsOldestHourCounts) {
    add(167, 6);
    EXPECT_EQ(find().size(), 1U);
}

TEST_F(Incidents, ABurstLongAgoDoesNotHideTheNext) {
    add(160, 100'000);
    add(2, 5);
    EXPECT_EQ(find().size(), 2U);
}

TEST_F(Incidents, NamesTheNearestChangeBefore) {
    change(50, "rebuilt", "s.c", "k");
    change(21, "disabled", "s.c", "k");
    change(20, "enabled", "s.c", "k");
    change(5, "changed", "s.c", "k");
    add(20, 30, -20);
    auto const one = only();
    EXPECT_EQ(one.nearest_change.value_or(""), "enabled at then by ann: ALTER TABLE s.c");
    EXPECT_NE(one.explanation.find("fk_orphans() lists what they left"), std::string_view::npos) << one.explanation;
    EXPECT_EQ(one.nearest_release, std::nullopt);
}

TEST_F(Incidents, TakesChangesOfItsTablesAndNoOthers) {
    change(22, "added", "s.other", "far", "s.elsewhere");
    add(20, 30);
    EXPECT_EQ(only().nearest_change, std::nullopt);
    EXPECT_NE(only().explanation.find("No change of the key or its tables is known in the 7 days before"),
              std::string_view::npos);
    change(21, "dropped", "s.d", "sibling", "s.p");
    EXPECT_EQ(only().nearest_change.value_or(""), "dropped key sibling of s.d at then by ann: ALTER TABLE s.c");
    changes.clear();
    change(21, "changed", "s.p", "of_parent", "s.top");
    EXPECT_TRUE(only().nearest_change.has_value()) << "a key of its parent";
}

TEST_F(Incidents, OfOneCommandTakesTheKeysOwnChange) {
    change(21, "rebuilt", "s.c", "k");
    change(21, "rebuilt", "s.d", "z");
    add(20, 30);
    EXPECT_EQ(only().nearest_change.value_or(""), "rebuilt at then by ann: ALTER TABLE s.c");
}

TEST_F(Incidents, AChangeOfAWeekAgoIsNotNear) {
    change(188, "rebuilt", "s.c", "k");
    add(19, 30);
    EXPECT_EQ(only().nearest_change, std::nullopt);
    changes.clear();
    change(180, "rebuilt", "s.c", "k");
    EXPECT_TRUE(only().nearest_change.has_value());
}

TEST_F(Incidents, NamesTheReleaseBefore) {
    release(30, "v1");
    release(21, "v2");
    release(10, "v3");
    add(20, 30);
    EXPECT_EQ(only().nearest_release.value_or(""), "v2");
    EXPECT_EQ(only().nearest_change, std::nullopt) << "a release is none";
    EXPECT_NE(only().explanation.find("Release v2 was marked at then."), std::string_view::npos);
}

TEST_F(Incidents, FollowsARename) {
    changes.push_back({.at = ago(21),
                       .when = "then",
                       .change = "renamed",
                       .child = "s.c",
                       .old_child = "s.old",
                       .constraint_name = "k",
                       .old_constraint_name = "old",
                       .user = "ann",
                       .command = "x"});
    add(20, 30);
    EXPECT_TRUE(only().nearest_change.value_or("").starts_with("renamed at"));
}

TEST_F(Incidents, TakesChangesByWhichAKeyLeftItsTables) {
    // Another key of the child, whose table was split off; one of the parent, which points elsewhere since.
    for (auto const& [old_child, old_parent] : {std::pair{"s.c", "s.x"}, std::pair{"s.y", "s.p"}}) {
        changes = {{.at = ago(21),
                    .when = "then",
                    .change = "changed",
                    .child = "s.new",
                    .old_child = old_child,
                    .constraint_name = "z",
                    .old_constraint_name = "z",
                    .parent = "s.elsewhere",
                    .old_parent = old_parent,
                    .user = "ann",
                    .command = "x"}};
        rate.windows = {};
        rate.first_seen = {};
        add(20, 30);
        EXPECT_EQ(only().nearest_change.value_or(""), "changed key z of s.new at then by ann: x") << old_child;
    }
}

TEST_F(Incidents, SaysHowToHaveAHistory) {
    add(20, 30);
    state = change_history::state::off;
    EXPECT_NE(only().explanation.find("SELECT fk_track_history(true)"), std::string_view::npos);
    state = change_history::state::hidden;
    EXPECT_NE(only().explanation.find("pg_read_all_stats"), std::string_view::npos);
    state = change_history::state::kept;
    incomplete = true;
    EXPECT_NE(only().explanation.find("SELECT fk_sync_history()"), std::string_view::npos);
}

TEST_F(Incidents, AClockThatWentBackLosesNothing) {
    add(-5, 30);
    auto const one = only();
    EXPECT_EQ(one.violations, 30);
    EXPECT_EQ(one.ended, std::nullopt);
}

}  // namespace
}  // namespace fkaudit::test
