#include "src/model/time_windows.hpp"

#include <cstdint>
#include <gtest/gtest.h>

namespace fkaudit::test {
namespace {

using model::time_windows;
using model::timestamp;

constexpr std::int64_t minute = 60'000'000, hour = 60 * minute;
/// Somewhen in the middle of an hour and of a minute.
constexpr std::int64_t start = 200'000 * hour + 29 * minute + 30'000'000;

timestamp after(std::int64_t time) { return {start + time}; }

TEST(TimeWindows, IsEmptyAtFirst) {
    time_windows const none;
    EXPECT_EQ(none.last_minutes(after(0), 60), 0);
    EXPECT_EQ(none.last_hours(after(0), 24), 0);
    EXPECT_EQ(none.hourly_baseline(after(0), after(0)), std::nullopt);
}

TEST(TimeWindows, ForgetsByTheMinuteAndByTheHour) {
    time_windows some;
    some.add(after(0), 3);
    some.add(after(4 * minute), 4);
    EXPECT_EQ(some.last_minutes(after(4 * minute), 5), 7);
    EXPECT_EQ(some.last_minutes(after(5 * minute), 5), 4);
    EXPECT_EQ(some.last_minutes(after(9 * minute), 5), 0);
    EXPECT_EQ(some.last_minutes(after(59 * minute), 60), 7);
    EXPECT_EQ(some.last_minutes(after(60 * minute), 60), 4);
    EXPECT_EQ(some.last_hours(after(23 * hour), 24), 7);
    EXPECT_EQ(some.last_hours(after(24 * hour), 24), 0);
}

TEST(TimeWindows, TheRingsTurnRoundWithoutOldCounts) {
    time_windows some;
    some.add(after(0), 5);
    some.add(after(60 * minute), 1);  // the place of the first one, an hour later
    EXPECT_EQ(some.last_minutes(after(60 * minute), 60), 1);
    some.add(after(1000 * hour), 2);
    EXPECT_EQ(some.last_hours(after(1000 * hour), 168), 2);
    EXPECT_EQ(some.last_minutes(after(1000 * hour), 60), 2);
}

TEST(TimeWindows, AClockThatGoesBackLosesNothing) {
    time_windows some;
    some.add(after(10 * minute), 1);
    some.add(after(0), 1);
    EXPECT_EQ(some.last_minutes(after(0), 5), 2);
    EXPECT_EQ(some.last_minutes(after(10 * minute), 5), 2);
    EXPECT_EQ(some.last_hours(after(-3 * hour), 1), 2);
}

TEST(TimeWindows, TheBaselineIsTheMedianOfCompleteHours) {
    time_windows some;
    for (int number = 0; number < 30; ++number) some.add(after(number * hour), static_cast<std::uint32_t>(number));
    EXPECT_EQ(some.hourly_baseline(after(29 * hour), after(0)), 14);  // of 0 to 28
    // 23 complete hours are too few, 24 are enough.
    time_windows few;
    for (int number = 0; number < 24; ++number) few.add(after(number * hour), static_cast<std::uint32_t>(number));
    EXPECT_EQ(few.hourly_baseline(after(23 * hour), after(0)), std::nullopt);
    EXPECT_EQ(few.hourly_baseline(after(24 * hour), after(0)), 11.5);
    EXPECT_EQ(few.hourly_baseline(after(25 * hour), after(0)), 11);  // with an empty hour
}

TEST(TimeWindows, TheBaselineForgetsAfterAWeek) {
    time_windows some;
    some.add(after(0), 1000);
    for (int number = 1; number < 400; ++number) some.add(after(number * hour), 2);
    EXPECT_EQ(some.hourly_baseline(after(399 * hour), after(0)), 2);
    EXPECT_EQ(some.hourly_baseline(after(399 * hour + 168 * hour), after(0)), 0);
}

TEST(TimeWindows, CountsStopAtTheTop) {
    time_windows some;
    some.add(after(0), 4'000'000'000U);
    some.add(after(0), 4'000'000'000U);
    EXPECT_EQ(some.last_minutes(after(0), 1), 4'294'967'295);
}

TEST(TimeWindows, MergesWhatOthersCounted) {
    time_windows one, other;
    one.add(after(0), 1);
    one.add(after(3 * minute), 1);
    other.add(after(3 * minute), 2);
    other.add(after(5 * hour), 4);
    auto sum = one;
    sum.merge(other);
    EXPECT_EQ(sum.last_hours(after(5 * hour), 24), 8);
    EXPECT_EQ(sum.last_minutes(after(5 * hour), 60), 4);
    auto reversed = other;
    reversed.merge(one);
    EXPECT_EQ(reversed.last_hours(after(5 * hour), 24), 8);
    EXPECT_EQ(reversed.last_minutes(after(5 * hour), 60), 4);
    one.merge(time_windows());
    EXPECT_EQ(one.last_minutes(after(3 * minute), 60), 2);
}

TEST(TimeWindows, CountsBefore2000) {
    time_windows some;
    some.add({-90'000'000}, 1);
    EXPECT_EQ(some.last_minutes({0}, 5), 1);
    EXPECT_EQ(some.last_minutes({5 * minute}, 5), 0);
}

}  // namespace
}  // namespace fkaudit::test
