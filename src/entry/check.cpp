#include "src/catalog/scope.hpp"
#include "src/check/undeclared.hpp"
#include "src/entry/entry.hpp"
#include "src/entry/verdicts.hpp"

namespace fkaudit::entry {

namespace {

using check::verdict;

void write_row(pg::row_builder& row, verdict const& found) {
    auto const& key = *found.key;
    bool const examined = found.is_examined();
    auto const count = [&](std::int64_t value) { return examined ? std::optional(value) : std::nullopt; };
    auto const text = [](std::string_view value) { return value.empty() ? std::nullopt : std::optional(value); };

    row << key.child->id << (found.is_declared() ? std::optional(key.name.name) : std::nullopt) << summary(found)
        << count(found.orphan_rows) << (examined ? found.missing_keys : std::nullopt)
        << (found.example != 0 ? std::optional(pg::spi::jsonb{found.example}) : std::nullopt) << key.parent->id
        << (found.is_declared() ? to_text(found.enforcement.state) : "not declared") << text(to_text(found.why_not))
        << text(found.detail) << (examined ? found.rows_checked : std::nullopt) << count(found.mixed_null_rows)
        << count(found.partial_null_rows) << text(found.engine)
        << (examined ? std::optional(found.elapsed_ms) : std::nullopt) << key.id;
}

/// A key that cannot even be described is no key less in the result.
void write_damaged_row(pg::row_builder& row, model::damaged_constraint const& key, std::string_view detail) {
    row << key.child << key.name << "not examined";
    for (int column = 0; column < 3; ++column) row << std::nullopt;
    row << key.parent << std::nullopt << to_text(check::reason::error) << detail;
    for (int column = 0; column < 5; ++column) row << std::nullopt;
    row << key.id;
}

/// `further` is what to say of every key beside its verdict.
Datum run(pg::call& current, pg::result_set& result, model::database const& database, std::string_view further) {
    count_rows(current, list_verdicts(current.arena(), database), [&](std::span<verdict> group) {
        for (auto& found : group) {
            found.detail = join_details(current.arena(), full_detail(current.arena(), found), further);
        }
        result.add_each(group, write_row);
    });
    auto& arena = current.arena();
    result.add_each(database.damaged, [&arena](pg::row_builder& row, model::damaged_constraint const& key) {
        write_damaged_row(row, key, arena.concat("its catalog entry is damaged: ", key.damage));
    });
    return result.finish();
}

}  // namespace

Datum check(pg::call& current) {
    pg::result_set result(current);
    return run(current, result, catalog::load_keys(current, 0, true), {});
}

Datum check_undeclared(pg::call& current) {
    pg::result_set result(current);
    auto const described = check::read_undeclared_key(current);
    return run(current, result, described.database, described.detail);
}

}  // namespace fkaudit::entry
