#include "src/audit/incidents.hpp"

#include <algorithm>

#include "src/catalog/scope.hpp"
#include "src/entry/entry.hpp"
#include "src/entry/key_violations.hpp"
#include "src/pg/compat.hpp"
#include "src/pg/result_set.hpp"

namespace fkaudit::entry {

namespace {

using audit::change_history;
using audit::dated_change;
using audit::violation_rate;
using pg::spi::row;
using pg::spi::select;
using text = std::string_view;

/// `since` as a moment. Errors: null (22004), negative (22023).
model::timestamp read_since(pg::call& current, int position, model::timestamp now) {
    auto const& given = current.arguments()->args[position];
    if (given.isnull)
        throw model::error{
            "22004", "since must not be null", {}, "Leave it out for a week, which is all that is kept."};
    auto const begin = pg::guarded([&] {
        return DatumGetTimestampTz(
            DirectFunctionCall2(timestamptz_mi_interval, TimestampTzGetDatum(now.microseconds), given.value));
    });
    if (begin > now.microseconds)
        throw model::error{"22023", "since must not be negative", {}, "Pass how far to look back, such as '1 day'."};
    return {begin};
}

/// A key's sides are one to an incident.
std::span<violation_rate const> load_rates(pg::call& current) {
    auto& arena = current.arena();
    auto const counted_since = watch::read_info().reset_at;
    model::vector<violation_rate> rates(arena);
    for (auto const& one : load_violations(current)) {
        auto const& sum = one.sum;
        if (!rates.empty() && rates.back().child == one.child && rates.back().constraint_name == one.constraint_name) {
            auto& into = rates.back();
            into.first_seen.microseconds = std::min(into.first_seen.microseconds, sum.first_seen.microseconds);
            into.last_seen.microseconds = std::max(into.last_seen.microseconds, sum.last.at.microseconds);
            into.windows.merge(sum.windows);
            continue;
        }
        rates.push_back(
            {one.child, one.constraint_name, one.parent, sum.first_seen, sum.last.at, counted_since, sum.windows});
    }
    return arena.copy(std::span<violation_rate const>(rates.data(), rates.size()));
}

/// From a week and the time to be near before the earliest hour that is kept.
constexpr char const* changes_query = R"(
SELECT (extract(epoch FROM h.changed_at - '2000-01-01 00:00:00+00'::timestamptz) * 1000000)::bigint,
       to_char(h.changed_at, 'YYYY-MM-DD HH24:MI:SSTZH:TZM'), h.change, coalesce(h.child, ''),
       coalesce(h.before ->> 'child', ''), coalesce(h.constraint_name::text, ''),
       coalesce(h.before ->> 'constraint_name', ''), coalesce(h.after ->> 'parent', ''),
       coalesce(h.before ->> 'parent', ''), coalesce(h.by_user, ''), h.command,
       coalesce((SELECT string_agg(format('%s: %s -> %s', a.key, b.value #>> '{}', a.value #>> '{}'), ', ' ORDER BY a.key)
                   FROM jsonb_each(h.before) b JOIN jsonb_each(h.after) a ON a.key = b.key AND a.value <> b.value), ''),
       coalesce(h.after ->> 'label', '')
  FROM )";

std::span<dated_change const> load_changes(pg::call& current, text schema) {
    using columns = row<std::int64_t, text, text, text, text, text, text, text, text, text, text, text, text>;
    auto& arena = current.arena();
    auto const query = arena.c_string(changes_query, schema,
                                      ".fk_history h WHERE h.changed_at > clock_timestamp() - interval '15 days'");
    auto const rows = select<columns>(arena, query);
    auto const changes = arena.array<dated_change>(rows.size());
    for (std::size_t number = 0; number < rows.size(); ++number) {
        auto& one = changes[number];
        std::tie(one.at.microseconds, one.when, one.change, one.child, one.old_child, one.constraint_name,
                 one.old_constraint_name, one.parent, one.old_parent, one.user, one.command, one.difference,
                 one.label) = rows[number];
    }
    return changes;
}

change_history load_history(pg::call& current) {
    auto& arena = current.arena();
    auto const schema = catalog::extension_schema(current);
    auto const query = arena.c_string("SELECT i.tracking, i.missed > 0, has_table_privilege($1, 'SELECT') FROM ",
                                      schema, ".fk_history_info i");
    auto const [is_kept, is_incomplete, is_shown] =
        select<row<bool, bool, bool>>(arena, query, arena.concat(schema, ".fk_history"))[0];
    using state = change_history::state;
    if (!is_shown) return {is_kept ? state::hidden : state::off, is_incomplete, {}};
    return {is_kept ? state::kept : state::off, is_incomplete, load_changes(current, schema)};
}

}  // namespace

Datum incidents(pg::call& current) {
    require_counters();
    model::timestamp const now{GetCurrentTimestamp()};
    auto const since = read_since(current, 0, now);
    pg::result_set result(current);
    auto const found = audit::find_incidents(current.arena(), load_rates(current), load_history(current), now, since);
    result.add_each(found, [](pg::row_builder& row, audit::incident const& one) {
        row << one.child << one.constraint_name << one.started << one.ended << one.violations << one.times_baseline
            << one.nearest_change << one.nearest_release << one.explanation;
    });
    return result.finish();
}

}  // namespace fkaudit::entry
