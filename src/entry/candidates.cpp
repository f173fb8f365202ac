#include "src/catalog/scope.hpp"
#include "src/entry/candidate_search.hpp"
#include "src/entry/database_audit.hpp"
#include "src/entry/entry.hpp"
#include "src/pg/result_set.hpp"

namespace fkaudit::entry {

namespace {

/// A share in ten thousandths as a numeric; runs inside a guard.
pg::raw_value as_numeric(std::int64_t share) {
    if (share < 0) return {0, true, NUMERICOID};
    char digits[32];
    snprintf(digits, sizeof digits, "%d.%04d", static_cast<int>(share / 10000), static_cast<int>(share % 10000));
    return {DirectFunctionCall3(numeric_in, CStringGetDatum(digits), ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1)),
            false, NUMERICOID};
}

candidate_options read_options(pg::call& current) {
    candidate_options wanted{.child = current.oid_argument(0), .check_data = require_flag(current, 2, "check_data")};
    auto const share = current.number_argument(1);
    if (!share || !(*share >= 0 && *share <= 1))
        throw model::error{share ? "22023" : "22004",
                           share ? "min_inclusion must be between 0 and 1" : "min_inclusion must not be null",
                           {},
                           "It is the share of the rows with a value that have their parent, such as 0.95."};
    wanted.min_inclusion = *share;
    if (wanted.child) catalog::require_table(current, *wanted.child);
    return wanted;
}

}  // namespace

Datum candidates(pg::call& current) {
    pg::result_set result(current);
    auto& arena = current.arena();
    auto const found = find_candidates(current, read_options(current));

    struct columns {
        std::span<model::identifier const> child, parent;
    };
    struct shown_candidate {
        audit::weighed_candidate const* of;
        columns names;
    };
    auto const rows = arena.array<shown_candidate>(found.size());
    for (std::size_t number = 0; number < rows.size(); ++number) {
        auto const& what = found[number].what;
        rows[number] = {&found[number],
                        {column_names(arena, *what.child, what.child_columns),
                         column_names(arena, *what.parent, what.parent_columns)}};
    }
    auto const count = [](std::int64_t value) { return value < 0 ? std::nullopt : std::optional(value); };
    auto const text = [](std::string_view value) { return value.empty() ? std::nullopt : std::optional(value); };
    result.add_each(rows, [&](pg::row_builder& row, shown_candidate const& shown) {
        auto const& one = *shown.of;
        row << one.what.child->id << shown.names.child << one.what.parent->id << shown.names.parent << one.confidence
            << as_numeric(one.inclusion) << count(one.orphan_rows) << count(one.missing_keys) << one.reason
            << text(one.ddl);
    });
    return result.finish();
}

}  // namespace fkaudit::entry
