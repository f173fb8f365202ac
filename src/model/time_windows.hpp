#pragma once

#include <array>
#include <cstdint>
#include <optional>

namespace fkaudit::model {

/// A moment, as PostgreSQL counts: microseconds since 2000-01-01 00:00 UTC.
struct timestamp {
    std::int64_t microseconds = 0;
};

/// How often something happened, by the minute for an hour and by the hour for a week. Plain data, so that it can stand
/// in shared memory and in a file; all zero is a valid, empty value.
class time_windows {
public:
    static constexpr int minutes_kept = 60;
    static constexpr int hours_kept = 168;  ///< the current one among them
    static constexpr int fewest_baseline_hours = 24;

    /// Counts `times` at `now`. A clock that went back counts for the latest moment seen.
    void add(timestamp now, std::uint32_t times) noexcept;

    /// In the current minute (hour) and the ones before, `length` in all.
    std::int64_t last_minutes(timestamp now, int length) const noexcept;
    std::int64_t last_hours(timestamp now, int length) const noexcept;

    /// In the whole hour that the moment lies in; 0 where it is no longer kept.
    std::int64_t in_hour(timestamp moment) const noexcept;

    /// The median of the hourly counts between the first count and the current hour; none for fewer than
    /// fewest_baseline_hours.
    std::optional<double> hourly_baseline(timestamp now, timestamp first) const noexcept;

    /// Adds what another one counted.
    void merge(time_windows const& other) noexcept;

private:
    template <std::size_t Size>
    struct ring {
        std::int64_t latest = 0;                   ///< the number of the period that was counted in last
        std::array<std::uint32_t, Size> counts{};  ///< by the period's number modulo Size

        void advance(std::int64_t period) noexcept;
        std::int64_t sum(std::int64_t now, std::int64_t length) const noexcept;
        std::uint32_t at(std::int64_t period) const noexcept;
        void add(std::int64_t period, std::uint32_t times) noexcept;
        void merge(ring const& other) noexcept;
    };

    ring<minutes_kept> minutes_;
    ring<hours_kept> hours_;
};

/// When the hour began that the moment lies in; and one that is some hours away.
timestamp hour_begin(timestamp moment) noexcept;
timestamp add_hours(timestamp moment, std::int64_t hours) noexcept;

}  // namespace fkaudit::model
