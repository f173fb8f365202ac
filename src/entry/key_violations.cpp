#include "src/entry/key_violations.hpp"

#include <algorithm>

#include "src/catalog/declared_keys.hpp"
#include "src/pg/compat.hpp"
#include "src/pg/spi.hpp"

namespace fkaudit::entry {

namespace {

using text = std::string_view;
using watch::violation_entry;

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

}  // namespace

void require_counters() {
    if (watch::has_counters()) return;
    throw model::error{"55000", "violations of foreign keys are not counted on this server",
                       "fkaudit is not among shared_preload_libraries.",
                       "Set shared_preload_libraries = 'fkaudit' in postgresql.conf and restart the server."};
}

std::span<violation_entry> load_entries(model::arena& arena) {
    auto const count = watch::copy_entries(MyDatabaseId, nullptr, 0);
    auto const room = arena.array<violation_entry>(count);
    auto const copied = watch::copy_entries(MyDatabaseId, room.data(), room.size());
    return room.first(std::min(copied, room.size()));
}

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

}  // namespace fkaudit::entry
