#include <algorithm>

#include "src/catalog/declared_keys.hpp"
#include "src/catalog/scope.hpp"
#include "src/entry/entry.hpp"
#include "src/pg/compat.hpp"
#include "src/pg/result_set.hpp"
#include "src/watch/counters.hpp"

namespace fkaudit::entry {

namespace {

using text = std::string_view;
using watch::violation_entry;

constexpr int minutes_shown = 5;
constexpr int hours_per_day = 24;

void require_counters() {
    if (watch::has_counters()) return;
    throw model::error{"55000", "violations of foreign keys are not counted on this server",
                       "fkaudit is not among shared_preload_libraries.",
                       "Set shared_preload_libraries = 'fkaudit' in postgresql.conf and restart the server."};
}

text as_text(NameData const& name) { return NameStr(name); }

/// This database's entries. More can come while the room for them is made: those are left for the next call.
std::span<violation_entry> load_entries(model::arena& arena) {
    auto const count = watch::copy_entries(MyDatabaseId, nullptr, 0);
    auto const room = arena.array<violation_entry>(count);
    auto const copied = watch::copy_entries(MyDatabaseId, room.data(), room.size());
    return room.first(std::min(copied, room.size()));
}

/// The violations of one side of a declared key, those of its partitions among them.
struct key_violations {
    text child{};
    text constraint_name{};
    text parent{};  ///< empty: the key is gone
    bool shows_rows = false;
    violation_entry sum{};

    auto order() const { return std::tuple(child, constraint_name, sum.key.side); }
};

key_violations name_entry(model::arena& arena, catalog::declared_keys const& keys, violation_entry const& one) {
    auto const schema = as_text(one.key.schema), table = as_text(one.key.child), name = as_text(one.key.constraint);
    if (auto const* const known = keys.find(schema, table, name))
        return {known->child_name, known->name, known->parent_name, known->shows_rows, one};
    auto const quoted = [&](text part) { return pg::guarded([&] { return pg::spi::quote_name(arena, part); }); };
    return {arena.concat(quoted(schema), '.', quoted(table)), arena.copy(name), {}, keys.reads_all(), one};
}

void merge(key_violations& into, key_violations const& other) {
    auto& sum = into.sum;
    sum.violations += other.sum.violations;
    sum.first_seen.microseconds = std::min(sum.first_seen.microseconds, other.sum.first_seen.microseconds);
    // Each part has been judged by its own table: a hidden one hides the whole.
    into.shows_rows = into.shows_rows && other.shows_rows;
    if (other.sum.last.at.microseconds > sum.last.at.microseconds) sum.last = other.sum.last;
    sum.windows.merge(other.sum.windows);
}

/// Keys that were kept before somebody enabled row security on a table of theirs.
void forget_secrets(model::arena& arena, catalog::declared_keys const& keys, std::span<violation_entry const> entries) {
    model::vector<watch::violation_key> secrets(arena);
    for (auto const& one : entries) {
        auto const* const known =
            keys.find(as_text(one.key.schema), as_text(one.key.child), as_text(one.key.constraint));
        if (known != nullptr && known->has_row_security && one.last.key[0] != '\0') secrets.push_back(one.key);
    }
    if (!secrets.empty()) watch::forget_last_key(secrets.data(), secrets.size());
}

/// By child, constraint name and side.
model::vector<key_violations> load_violations(pg::call& current) {
    auto& arena = current.arena();
    catalog::declared_keys const keys(current);
    model::vector<key_violations> all(arena);
    auto const entries = load_entries(arena);
    forget_secrets(arena, keys, entries);
    for (auto const& one : entries) all.push_back(name_entry(arena, keys, one));
    std::stable_sort(all.begin(), all.end(), [](auto const& a, auto const& b) { return a.order() < b.order(); });

    model::vector<key_violations> folded(arena);
    for (auto const& one : all)
        if (!folded.empty() && folded.back().order() == one.order())
            merge(folded.back(), one);
        else
            folded.push_back(one);
    return folded;
}

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
