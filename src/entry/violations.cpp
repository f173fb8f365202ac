#include <algorithm>

#include "src/catalog/declared_keys.hpp"
#include "src/catalog/scope.hpp"
#include "src/entry/entry.hpp"
#include "src/entry/key_violations.hpp"
#include "src/pg/compat.hpp"
#include "src/pg/result_set.hpp"
#include "src/watch/counters.hpp"

namespace fkaudit::entry {

namespace {

using text = std::string_view;

constexpr int minutes_shown = 5;
constexpr int hours_per_day = 24;

std::optional<text> user_name(Oid user) {
    char const* const name = GetUserNameFromId(user, true);
    return name == nullptr ? std::nullopt : std::optional<text>(name);
}

std::optional<text> shown(bool is_shown, text value) {
    return is_shown && !value.empty() ? std::optional(value) : std::nullopt;
}

}  // namespace

Datum list_violations(pg::call& current) {
    require_counters();
    pg::result_set result(current);
    auto const found = load_violations(current);
    model::timestamp const now{GetCurrentTimestamp()};
    result.add_each(found, [now](pg::row_builder& row, key_violations const& one) {
        auto const& [key, violations, first_seen, last, windows] = one.sum;
        row << one.child << one.constraint_name << to_text(key.side) << violations << last.at
            << windows.last_minutes(now, minutes_shown) << windows.last_minutes(now, model::time_windows::minutes_kept)
            << windows.last_hours(now, hours_per_day) << windows.hourly_baseline(now, first_seen)
            << shown(one.shows_rows, last.key) << (one.shows_rows ? user_name(last.user) : std::nullopt)
            << shown(one.shows_rows, last.application) << shown(true, one.parent) << first_seen;
    });
    return result.finish();
}

Datum reset_violations(pg::call& current) {
    require_counters();
    auto& arena = current.arena();
    auto const child = current.oid_argument(0);
    auto const name = current.name_argument(1);
    catalog::declared_keys const keys(current);
    model::vector<watch::violation_key> forgotten(arena);
    for (auto const& one : load_entries(arena)) {
        auto const* const known =
            keys.find(as_text(one.key.schema), as_text(one.key.child), as_text(one.key.constraint));
        auto const entry_name = known == nullptr ? as_text(one.key.constraint) : known->name;
        bool const is_of_child = !child || (known != nullptr && (known->child == *child || known->table_id == *child));
        if (is_of_child && (!name || entry_name == *name)) forgotten.push_back(one.key);
    }
    // What was never violated can be reset, but must exist.
    if (forgotten.empty() && (child || name)) (void)catalog::load_scope(current, 0);
    watch::forget(forgotten.data(), forgotten.size());
    if (!child && !name) watch::note_reset();
    return Datum{0};
}

Datum violations_info(pg::call& current) {
    require_counters();
    pg::result_set result(current);
    auto const info = watch::read_info();
    result.add([&](pg::row_builder& row) { row << info.tracked << info.evicted << info.reset_at; });
    return result.finish();
}

}  // namespace fkaudit::entry
