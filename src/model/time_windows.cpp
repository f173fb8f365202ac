#include "src/model/time_windows.hpp"

#include <algorithm>
#include <limits>

namespace fkaudit::model {

namespace {

constexpr std::int64_t microseconds_per_minute = 60'000'000;
constexpr std::int64_t microseconds_per_hour = 60 * microseconds_per_minute;

/// Rounded down, also before 2000.
std::int64_t divide(std::int64_t value, std::int64_t unit) noexcept {
    return value / unit - (value % unit < 0 ? 1 : 0);
}

std::int64_t minute_of(timestamp moment) noexcept { return divide(moment.microseconds, microseconds_per_minute); }
std::int64_t hour_of(timestamp moment) noexcept { return divide(moment.microseconds, microseconds_per_hour); }

template <std::size_t Size>
std::size_t place_of(std::int64_t period) noexcept {
    auto const size = static_cast<std::int64_t>(Size);
    return static_cast<std::size_t>((period % size + size) % size);
}

std::uint32_t add_saturated(std::uint32_t count, std::uint32_t times) noexcept {
    return times > std::numeric_limits<std::uint32_t>::max() - count ? std::numeric_limits<std::uint32_t>::max()
                                                                     : count + times;
}

}  // namespace

/// Makes `period` the latest one; what lies between is zero.
template <std::size_t Size>
void time_windows::ring<Size>::advance(std::int64_t period) noexcept {
    if (period <= latest) return;
    if (period - latest >= static_cast<std::int64_t>(Size))
        counts.fill(0);
    else
        for (auto number = latest + 1; number <= period; ++number) counts[place_of<Size>(number)] = 0;
    latest = period;
}

template <std::size_t Size>
std::uint32_t time_windows::ring<Size>::at(std::int64_t period) const noexcept {
    bool const is_kept = period <= latest && latest - period < static_cast<std::int64_t>(Size);
    return is_kept ? counts[place_of<Size>(period)] : 0;
}

template <std::size_t Size>
std::int64_t time_windows::ring<Size>::sum(std::int64_t now, std::int64_t length) const noexcept {
    std::int64_t total = 0;
    // Counts from after a clock went back lie in the future, and belong to now.
    now = std::max(now, latest);
    for (auto period = now - length + 1; period <= now; ++period) total += at(period);
    return total;
}

template <std::size_t Size>
void time_windows::ring<Size>::add(std::int64_t period, std::uint32_t times) noexcept {
    advance(period);
    auto& count = counts[place_of<Size>(latest)];
    count = add_saturated(count, times);
}

template <std::size_t Size>
void time_windows::ring<Size>::merge(ring const& other) noexcept {
    advance(other.latest);
    for (auto period = latest - static_cast<std::int64_t>(Size) + 1; period <= latest; ++period) {
        auto& count = counts[place_of<Size>(period)];
        count = add_saturated(count, other.at(period));
    }
}

void time_windows::add(timestamp now, std::uint32_t times) noexcept {
    minutes_.add(minute_of(now), times);
    hours_.add(hour_of(now), times);
}

std::int64_t time_windows::last_minutes(timestamp now, int length) const noexcept {
    return minutes_.sum(minute_of(now), length);
}

std::int64_t time_windows::last_hours(timestamp now, int length) const noexcept {
    return hours_.sum(hour_of(now), length);
}

std::int64_t time_windows::in_hour(timestamp moment) const noexcept { return hours_.at(hour_of(moment)); }

std::optional<double> time_windows::hourly_baseline(timestamp now, timestamp first) const noexcept {
    auto const current = std::max(hour_of(now), hours_.latest);
    auto const start = std::max(hour_of(first), current - hours_kept + 1);
    auto const length = current - start;
    if (length < fewest_baseline_hours) return std::nullopt;

    std::array<std::uint32_t, hours_kept> counts{};
    auto const end = counts.begin() + length;
    for (auto number = 0; number < length; ++number)
        counts[static_cast<std::size_t>(number)] = hours_.at(start + number);
    auto const middle = counts.begin() + length / 2;
    std::nth_element(counts.begin(), middle, end);
    if (length % 2 == 1) return *middle;
    return (static_cast<double>(*std::max_element(counts.begin(), middle)) + *middle) / 2;
}

void time_windows::merge(time_windows const& other) noexcept {
    minutes_.merge(other.minutes_);
    hours_.merge(other.hours_);
}

timestamp hour_begin(timestamp moment) noexcept { return {hour_of(moment) * microseconds_per_hour}; }

timestamp add_hours(timestamp moment, std::int64_t hours) noexcept {
    return {moment.microseconds + hours * microseconds_per_hour};
}

}  // namespace fkaudit::model
