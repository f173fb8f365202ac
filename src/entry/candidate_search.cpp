#include "src/entry/candidate_search.hpp"

#include <cmath>

#include "src/catalog/loader.hpp"
#include "src/check/undeclared.hpp"
#include "src/entry/verdicts.hpp"
#include "src/pg/compat.hpp"
#include "src/plan/cluster_rules.hpp"

namespace fkaudit::entry {

namespace {

using audit::candidate;
using audit::likeness;
using audit::weighed_candidate;
using check::verdict;
using text = std::string_view;

constexpr std::int64_t all_of_them = 10000;  ///< inclusion
constexpr std::int64_t few_rows = 10;

/// The candidates that PostgreSQL would take, with their keys.
struct possible {
    model::vector<candidate> what;
    model::vector<model::constraint> keys;
};

possible describe(pg::call& current, model::database const& tables, candidate_options const& wanted) {
    auto& arena = current.arena();
    auto const declared = catalog::load(current, {});
    possible made{model::vector<candidate>(arena), model::vector<model::constraint>(arena)};
    auto child = model::no_oid;
    if (wanted.child) {
        auto const* const found = tables.find_relation(*wanted.child);
        child = found == nullptr ? *wanted.child : tables.root_of(*found).id;
    }
    auto const pause = [] { pg::guarded([] { CHECK_FOR_INTERRUPTS(); }); };
    for (auto const& one : audit::find_candidates(arena, tables, declared, pause)) {
        pause();
        if (wanted.child && one.child->id != child) continue;
        auto const key =
            check::describe_key(current, tables, *one.child, one.child_columns, *one.parent, one.parent_columns);
        if (!key) continue;
        made.what.push_back(one);
        made.keys.push_back(*key);
    }
    return made;
}

/// How many rows have a value, as far as the last ANALYZE tells; `is_sure` where the columns cannot be NULL or it does.
struct valued_rows {
    std::int64_t count = 0;
    bool is_sure = true;
};

valued_rows count_valued(verdict const& found) {
    auto const& key = *found.key;
    double share = 1;
    bool is_sure = true;
    for (std::size_t position = 0; position < key.child_columns.size(); ++position) {
        auto const& column = key.child_column(position);
        if (column.not_null) continue;
        if (column.null_fraction >= 0)
            share = std::min(share, 1 - column.null_fraction);
        else
            is_sure = false;
    }
    auto const count = std::llround(share * static_cast<double>(*found.rows_checked));
    return {std::max<std::int64_t>(count, found.orphan_rows), is_sure};
}

text confidence_text(int level) { return level >= 3 ? "high" : level == 2 ? "medium" : "low"; }

int name_level(likeness name) {
    switch (name) {
        case likeness::high:
        case likeness::key: return 3;
        case likeness::medium: return 2;
        case likeness::low: return 1;
    }
    return 1;
}

/// What the rows say.
weighed_candidate weigh(model::arena& arena, candidate const& what, verdict const& found) {
    weighed_candidate one{.what = what};
    auto const level = name_level(what.name);
    auto const conclude = [&](int confidence, auto const&... words) {
        one.confidence = confidence_text(confidence);
        one.reason = arena.concat(what.reason, "; ", words...);
        return one;
    };
    if (!found.is_examined()) return conclude(level - 1, "not examined (", to_text(found.why_not), "): ", found.detail);
    one.orphan_rows = found.orphan_rows;
    one.missing_keys = found.missing_keys.value_or(-1);
    if (!found.rows_checked) {
        if (found.orphan_rows == 0) one.inclusion = all_of_them;
        return conclude(found.orphan_rows == 0 ? level : level - 1, "examined by distinct keys");
    }
    auto const valued = count_valued(found);
    if (*found.rows_checked == 0) return conclude(level - 1, "the table has no rows");
    if (valued.count == 0) return conclude(level - 1, "no row has a value");
    if (found.orphan_rows > 0) {
        auto const missing = static_cast<double>(found.orphan_rows) / static_cast<double>(valued.count);
        one.inclusion =
            std::min<std::int64_t>(all_of_them - 1, static_cast<std::int64_t>((1 - missing) * double(all_of_them)));
        auto const confidence = one.inclusion >= 9500 ? level : one.inclusion >= 5000 ? level - 1 : 1;
        return conclude(confidence, found.orphan_rows, " of ", valued.count, " rows with a value have no parent");
    }
    one.inclusion = all_of_them;
    bool const is_proof = valued.is_sure && valued.count >= few_rows;
    return conclude(is_proof ? level + 1 : level,
                    valued.is_sure ? "every row with a value has its parent"
                    : found.key->child->is_spread()
                        ? "no row lacks its parent; how many have a value is known to the shards alone"
                        : "no row lacks its parent; the table was never analyzed");
}

/// Names for the constraints as ALTER TABLE chooses them (tablecmds.c: ATExecAddConstraint), none of them twice.
std::span<model::identifier const> choose_names(model::arena& arena, std::span<weighed_candidate const> candidates) {
    auto const names = arena.array<model::identifier>(candidates.size());
    pg::guarded([&] {
        List* given = NIL;
        for (std::size_t number = 0; number < names.size(); ++number) {
            auto const& what = candidates[number].what;
            text columns;
            for (auto const one : what.child_columns)
                columns = arena.concat(columns, columns.empty() ? "" : "_", what.child->find_column(one)->name.name);
            // Like ChooseForeignKeyConstraintNameAddition: no longer than a name.
            columns = columns.substr(0, static_cast<std::size_t>(pg_mbcliplen(
                                            columns.data(), static_cast<int>(columns.size()), NAMEDATALEN - 1)));
            char* const name =
                ChooseConstraintName(arena.c_string(what.child->name.name), arena.c_string(columns), "fkey",
                                     get_namespace_oid(arena.c_string(what.child->schema.name), true), given);
            given = lappend(given, name);
            names[number] = {arena.copy(text(name)), pg::spi::quote_name(arena, name)};
        }
    });
    return names;
}

/// ADD … NOT VALID looks at no row and VALIDATE blocks no write; before 18, partitioned tables take the key at once
/// only.
text make_ddl(model::arena& arena, weighed_candidate const& one, model::identifier const& name) {
    auto const& what = one.what;
    auto const add =
        arena.concat("ALTER TABLE ", what.child->qualified, " ADD CONSTRAINT ", name.quoted, " FOREIGN KEY (",
                     column_list(arena, *what.child, what.child_columns), ") REFERENCES ", what.parent->qualified, " (",
                     column_list(arena, *what.parent, what.parent_columns), ')');
    if (!one.obstacle.empty()) return {};
    bool const at_once = what.child->is_partitioned() && !pg::accepts_not_valid_partitioned_keys;
    if (at_once) return one.orphan_rows > 0 ? text() : arena.concat(add, ';');
    if (one.orphan_rows > 0) return arena.concat(add, " NOT VALID;");
    return arena.concat(add, " NOT VALID;\nALTER TABLE ", what.child->qualified, " VALIDATE CONSTRAINT ", name.quoted,
                        ';');
}

/// What the tables mean to each other, and Citus would not take as a foreign key.
void tell_obstacle(model::arena& arena, model::database const& tables, weighed_candidate& one) {
    model::constraint key;
    key.child = one.what.child;
    key.parent = one.what.parent;
    key.child_columns = one.what.child_columns;
    key.parent_columns = one.what.parent_columns;
    one.obstacle = plan::find_cluster_obstacle(arena, tables, key);
    if (!one.obstacle.empty()) one.reason = arena.concat(one.reason, "; ", one.obstacle);
}

}  // namespace

std::span<weighed_candidate const> find_candidates(pg::call& current, candidate_options const& wanted) {
    auto& arena = current.arena();
    auto tables = catalog::load_all_tables(current);
    auto const made = describe(current, tables, wanted);
    tables.constraints = {made.keys.data(), made.keys.size()};

    model::vector<weighed_candidate> kept(arena);
    if (wanted.check_data) {
        auto const verdicts = list_verdicts(arena, tables);
        count_rows(current, verdicts, [](std::span<verdict>) {});
        for (std::size_t number = 0; number < verdicts.size(); ++number) {
            auto const one = weigh(arena, made.what[number], verdicts[number]);
            if (one.inclusion < 0 || static_cast<double>(one.inclusion) >= wanted.min_inclusion * double(all_of_them))
                kept.push_back(one);
        }
    } else {
        for (auto const& one : made.what)
            kept.push_back(weighed_candidate{.what = one,
                                             .confidence = confidence_text(name_level(one.name) - 1),
                                             .reason = arena.concat(one.reason, "; its rows were not examined")});
    }
    auto const found = arena.array<weighed_candidate>(kept.size());
    std::copy(kept.begin(), kept.end(), found.begin());
    for (auto& one : found) tell_obstacle(arena, tables, one);
    auto const names = choose_names(arena, found);
    for (std::size_t number = 0; number < found.size(); ++number)
        found[number].ddl = make_ddl(arena, found[number], names[number]);
    return found;
}

}  // namespace fkaudit::entry
