#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "src/model/arena.hpp"
#include "src/model/time_windows.hpp"

namespace fkaudit::audit {

/// How often one foreign key was violated, by all sides together.
struct violation_rate {
    std::string_view child{};  ///< schema-qualified and quoted
    std::string_view constraint_name{};
    std::string_view parent{};  ///< empty: the key is gone
    model::timestamp first_seen{};
    model::timestamp last_seen{};
    model::timestamp counted_since{};  ///< no violation before first_seen, as far back as this
    model::time_windows windows{};
};

/// A row of the history, oldest first.
struct dated_change {
    model::timestamp at{};
    std::string_view when{};    ///< the same as text
    std::string_view change{};  ///< as fk_history has it
    std::string_view child{}, old_child{};
    std::string_view constraint_name{}, old_constraint_name{};
    std::string_view parent{}, old_parent{};
    std::string_view user{};
    std::string_view command{};
    std::string_view difference{};  ///< `on_delete: no action -> cascade`
    std::string_view label{};       ///< of a release
};

/// What is known of changes.
struct change_history {
    enum class state : char { kept, off, hidden /**< from the caller */ };

    state is = state::kept;
    bool is_incomplete = false;
    std::span<dated_change const> changes{};
};

/// Hours, one after the other, in which a key was violated far more often than usual.
struct incident {
    std::string_view child{};
    std::string_view constraint_name{};
    model::timestamp started{};
    std::optional<model::timestamp> ended{};  ///< none: it goes on
    std::int64_t violations = 0;
    std::optional<double> times_baseline{};  ///< none: the baseline is 0, or there is none
    std::optional<std::string_view> nearest_change{};
    std::optional<std::string_view> nearest_release{};
    std::string_view explanation{};
};

/// An hour is part of an incident when it has at least fewest_violations and least_times times the baseline. The baseline
/// is the median of the hours before, or, where those are fewer than time_windows::fewest_baseline_hours, of all complete
/// hours that were counted; 0 where those are fewer, too. The one at its beginning holds for all of an incident.
inline constexpr std::int64_t fewest_violations = 5;
inline constexpr double least_times = 5;
/// A change or a release is near when it came at most so long before the incident's first hour ended.
inline constexpr std::int64_t near_hours = 168;

/// The incidents that went on at `since` or later, in the order of the rates, then by time.
std::span<incident const> find_incidents(model::arena& arena, std::span<violation_rate const> rates,
                                         change_history const& history, model::timestamp now, model::timestamp since);

}  // namespace fkaudit::audit
