#include "src/audit/drift.hpp"

#include "src/catalog/scope.hpp"
#include "src/entry/entry.hpp"
#include "src/entry/snapshot_document.hpp"
#include "src/pg/result_set.hpp"

namespace fkaudit::entry {

namespace {

using text = std::string_view;
using names = std::span<text const>;

pg::spi::jsonb require_baseline(pg::call& current, int position) {
    auto const given = current.jsonb_argument(position);
    if (!given) throw model::error{"22004", "baseline must not be null", {}, "Pass the result of fk_snapshot()."};
    return {*given};
}

names require_ignored(pg::call& current, int position) {
    auto& arena = current.arena();
    auto const ignored = current.texts_argument(position, "names to ignore");
    if (!ignored)
        throw model::error{
            "22004", "the names to ignore must not be null", {}, "Leave the argument out, or pass '{}'."};
    for (auto const name : *ignored)
        if (!audit::is_drift_name(name))
            throw model::error{"22023",
                               arena.concat("there is no change or attribute \"", name, '"'),
                               {},
                               arena.concat("There are ", audit::drift_names(arena), '.')};
    return *ignored;
}

}  // namespace

Datum snapshot(pg::call& current) {
    return current.keep_jsonb(take_snapshot(current, catalog::read_schemas(current, 0)).value);
}

Datum fingerprint(pg::call& current) {
    auto& arena = current.arena();
    // In UTF-8, so that databases of other encodings agree; SQL_ASCII knows of no encoding to convert from.
    auto const found = pg::spi::select<pg::spi::row<text>>(
        arena,
        "SELECT encode(sha256(convert_to(($1 -> 'foreign_keys')::text,"
        " CASE getdatabaseencoding() WHEN 'SQL_ASCII' THEN 'SQL_ASCII' ELSE 'UTF8' END::name)), 'hex')",
        take_snapshot(current, catalog::read_schemas(current, 0)));
    return current.keep_text(std::get<0>(found[0]));
}

Datum drift(pg::call& current) {
    auto const baseline = require_baseline(current, 0);
    auto const ignored = require_ignored(current, 1);
    pg::result_set result(current);
    auto const expected = read_snapshot(current, baseline);
    auto const actual = read_snapshot(current, take_snapshot(current, snapshot_schemas(current, baseline)));
    auto const found = audit::compare(current.arena(), expected, actual, ignored);
    result.add_each(found, [](pg::row_builder& row, audit::drift const& one) {
        row << to_text(one.grade) << one.child << one.constraint_name << one.change << one.attribute << one.expected
            << one.actual;
    });
    return result.finish();
}

}  // namespace fkaudit::entry
