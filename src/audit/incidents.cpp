#include "src/audit/incidents.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace fkaudit::audit {

namespace {

using model::time_windows;
using model::timestamp;
using text = std::string_view;
using counts = std::span<std::int64_t const>;

constexpr std::int64_t microseconds_per_hour = 3'600'000'000;

double median(model::arena& arena, counts hours) {
    auto const sorted = arena.array<std::int64_t>(hours.size());
    std::copy(hours.begin(), hours.end(), sorted.begin());
    std::sort(sorted.begin(), sorted.end());
    auto const middle = sorted.size() / 2;
    if (sorted.size() % 2 == 1) return static_cast<double>(sorted[middle]);
    return static_cast<double>(sorted[middle - 1] + sorted[middle]) / 2;
}

/// A number as a person writes it: `3`, `0.5`, `12.3`.
text write_number(model::arena& arena, double value) {
    auto const tenths = static_cast<std::int64_t>(std::llround(value * 10));
    if (tenths % 10 == 0 || tenths >= 1000) return arena.concat((tenths + 5) / 10);
    return arena.concat(tenths / 10, '.', tenths % 10);
}

text count_of(model::arena& arena, std::int64_t count, text one, text many) {
    return arena.concat(count, ' ', count == 1 ? one : many);
}

/// What to make of a change of the key itself.
text advice(text change) {
    constexpr std::array<std::pair<text, text>, 6> all{{
        {"added", "Writes have been checked against it since then."},
        {"rebuilt", "fk_history has it before and after."},
        {"changed", "fk_history has it before and after."},
        {"validated", "VALIDATE itself counts where it finds orphans."},
        {"disabled", "Where triggers are off, orphans go in unseen: fk_orphans() lists them."},
        {"enabled", "While its triggers were off, such writes passed: fk_orphans() lists what they left."},
    }};
    for (auto const& [name, words] : all)
        if (name == change) return words;
    return "Software that does not know of it may be the cause.";
}

/// The hours that the ring keeps of one key, the current one last.
class hourly {
public:
    hourly(model::arena& arena, violation_rate const& rate, timestamp now)
        : arena_(arena),
          rate_(rate),
          // A clock that went back: what was counted lies in the future.
          last_(model::hour_begin({std::max(now.microseconds, rate.last_seen.microseconds)})) {
        auto const earliest =
            model::hour_begin({std::min(rate.counted_since.microseconds, rate.first_seen.microseconds)});
        first_ = {std::max(earliest.microseconds, model::add_hours(last_, 1 - time_windows::hours_kept).microseconds)};
        auto const size = (last_.microseconds - first_.microseconds) / microseconds_per_hour + 1;
        auto const hours = arena.array<std::int64_t>(static_cast<std::size_t>(std::max<std::int64_t>(size, 1)));
        for (std::size_t place = 0; place < hours.size(); ++place) hours[place] = rate.windows.in_hour(at(place));
        hours_ = hours;
    }

    std::size_t size() const noexcept { return hours_.size(); }
    std::int64_t operator[](std::size_t place) const { return hours_[place]; }
    timestamp at(std::size_t place) const { return model::add_hours(first_, static_cast<std::int64_t>(place)); }
    bool is_current(std::size_t place) const { return place + 1 == hours_.size(); }

    /// None: too few hours were counted.
    std::optional<double> baseline(std::size_t place) const {
        constexpr auto fewest = static_cast<std::size_t>(time_windows::fewest_baseline_hours);
        if (place >= fewest) return median(arena_, hours_.first(place));
        if (hours_.size() > fewest) return median(arena_, hours_.first(hours_.size() - 1));
        return std::nullopt;
    }

    static bool is_spike(std::int64_t count, std::optional<double> baseline) {
        return count >= fewest_violations && static_cast<double>(count) >= least_times * baseline.value_or(0);
    }

private:
    model::arena& arena_;
    violation_rate const& rate_;
    timestamp first_{}, last_;
    counts hours_{};
};

/// Hours [begin, end) of one key.
struct spike {
    std::size_t begin, end;
    std::optional<double> baseline;
    std::int64_t violations;

    std::int64_t length() const { return static_cast<std::int64_t>(end - begin); }
};

class judgement {
public:
    judgement(model::arena& arena, violation_rate const& rate, change_history const& history, timestamp now)
        : arena_(arena),
          rate_(rate),
          history_(history),
          hours_(arena, rate, now) {}

    void run(timestamp since, model::vector<incident>& found) {
        for (std::size_t place = 0; place < hours_.size();) {
            auto const baseline = hours_.baseline(place);
            spike one{place, place, baseline, 0};
            while (one.end < hours_.size() && hourly::is_spike(hours_[one.end], baseline))
                one.violations += hours_[one.end++];
            if (one.end == one.begin) {
                ++place;
                continue;
            }
            auto const judged = describe(one);
            if (!judged.ended || judged.ended->microseconds >= since.microseconds) found.push_back(judged);
            place = one.end;
        }
    }

private:
    incident describe(spike const& one) {
        incident told{.child = rate_.child, .constraint_name = rate_.constraint_name, .violations = one.violations};
        // The hour is known; the very first and last violation of the key also by the second.
        told.started = {std::max(hours_.at(one.begin).microseconds, rate_.first_seen.microseconds)};
        if (!hours_.is_current(one.end - 1))
            told.ended = timestamp{std::min(hours_.at(one.end).microseconds,
                                            std::max(rate_.last_seen.microseconds, told.started.microseconds))};
        if (one.baseline.value_or(0) > 0)
            told.times_baseline =
                static_cast<double>(one.violations) / static_cast<double>(one.length()) / *one.baseline;

        auto const* const change = find_nearest(one, [this](dated_change const& row) { return is_related(row); });
        auto const* const release = find_nearest(one, [](dated_change const& row) { return row.change == "release"; });
        if (change != nullptr) told.nearest_change = describe(*change);
        if (release != nullptr) told.nearest_release = release->label;
        told.explanation = arena_.concat(explain_count(one, told), explain_change(change), explain_release(release));
        return told;
    }

    /// Anywhere in the first hour can be before the first violation in it.
    template <class Fits>
    dated_change const* find_nearest(spike const& one, Fits fits) const {
        auto const end = model::add_hours(hours_.at(one.begin), 1);
        auto const begin = model::add_hours(end, -near_hours);
        dated_change const* found = nullptr;
        for (auto const& row : history_.changes) {
            if (row.at.microseconds < begin.microseconds || row.at.microseconds >= end.microseconds || !fits(row))
                continue;
            // What one command did at once: to this key before any other.
            if (found != nullptr && is_own(*found) && !is_own(row) && found->command == row.command &&
                found->when == row.when)
                continue;
            found = &row;
        }
        return found;
    }

    bool is_own(dated_change const& row) const {
        return (row.child == rate_.child && row.constraint_name == rate_.constraint_name) ||
               (row.old_child == rate_.child && row.old_constraint_name == rate_.constraint_name);
    }

    /// The key's own, or that of another key of its tables.
    bool is_related(dated_change const& row) const {
        if (row.change == "release") return false;
        for (auto const table : {row.child, row.old_child, row.parent, row.old_parent})
            if (!table.empty() && (table == rate_.child || table == rate_.parent)) return true;
        return false;
    }

    text describe(dated_change const& row) {
        auto const subject = is_own(row) ? text() : arena_.concat(" key ", row.constraint_name, " of ", row.child);
        return arena_.concat(row.change, subject, " at ", row.when, " by ", row.user, ": ", row.command);
    }

    text explain_count(spike const& one, incident const& told) {
        auto const how_many =
            arena_.concat(count_of(arena_, one.violations, "violation", "violations"), " within ",
                          count_of(arena_, one.length(), "hour", "hours"), told.ended ? "" : ", and it goes on");
        if (!one.baseline)
            return arena_.concat(how_many, "; less than ", time_windows::fewest_baseline_hours,
                                 " hours have been counted to compare with.");
        if (*one.baseline == 0) return arena_.concat(how_many, "; usually there is none.");
        return arena_.concat(how_many, "; ", write_number(arena_, *told.times_baseline), " times as many as the usual ",
                             write_number(arena_, *one.baseline), " an hour.");
    }

    text explain_change(dated_change const* change) {
        auto const incomplete =
            history_.is_incomplete ? text(" The history is incomplete: run SELECT fk_sync_history().") : text();
        if (change != nullptr) {
            auto const difference = change->difference.empty() ? text() : arena_.concat(" (", change->difference, ')');
            return arena_.concat(
                " Changed before that: ", describe(*change), difference, ". ",
                is_own(*change) ? advice(change->change) : text("It is a key of the same tables, which may matter."),
                incomplete);
        }
        switch (history_.is) {
            case change_history::state::off:
                return " No history of changes is kept: SELECT fk_track_history(true) starts one, which names the change"
                       " before the next incident.";
            case change_history::state::hidden: return " What changed before that is for members of pg_read_all_stats.";
            case change_history::state::kept: break;
        }
        return arena_.concat(" No change of the key or its tables is known in the ", near_hours / 24,
                             " days before: see who violated it last, and from where, in fk_violations.", incomplete);
    }

    text explain_release(dated_change const* release) {
        if (release == nullptr) return {};
        return arena_.concat(" Release ", release->label, " was marked at ", release->when, '.');
    }

    model::arena& arena_;
    violation_rate const& rate_;
    change_history const& history_;
    hourly hours_;
};

}  // namespace

std::span<incident const> find_incidents(model::arena& arena, std::span<violation_rate const> rates,
                                         change_history const& history, timestamp now, timestamp since) {
    model::vector<incident> found(arena);
    for (auto const& rate : rates) judgement(arena, rate, history, now).run(since, found);
    return arena.copy(std::span<incident const>(found.data(), found.size()));
}

}  // namespace fkaudit::audit
