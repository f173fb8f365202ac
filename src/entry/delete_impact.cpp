#include <algorithm>

#include "src/catalog/cluster.hpp"
#include "src/catalog/scope.hpp"
#include "src/check/sql_engine.hpp"
#include "src/entry/entry.hpp"
#include "src/entry/impact_rows.hpp"
#include "src/entry/table_facts.hpp"
#include "src/pg/compat.hpp"
#include "src/pg/function_gate.hpp"
#include "src/pg/predicate.hpp"
#include "src/pg/result_set.hpp"
#include "src/pg/subtransaction.hpp"
#include "src/plan/impact_notes.hpp"

namespace fkaudit::entry {

namespace {

using model::oid;
using pg::spi::row;
using pg::spi::select;
using text = std::string_view;

struct question {
    oid parent = model::no_oid;
    text predicate{};
    plan::row_event event = plan::row_event::deleted;
};

constexpr char const* actions_hint = "The actions are delete and update key.";

question read_question(pg::call& current) {
    auto const parent = current.oid_argument(0);
    if (!parent)
        throw model::error{"22004",
                           "the parent table must not be null",
                           {},
                           "Name a table: SELECT * FROM fk_delete_impact('a_table', 'id = 1')."};
    catalog::require_table(current, *parent);
    auto const predicate = current.text_argument(1);
    if (!predicate)
        throw model::error{"22004",
                           "the predicate must not be null",
                           {},
                           "Write what would stand after WHERE in a DELETE; true selects all rows."};
    auto const action = current.text_argument(2);
    if (!action) throw model::error{"22004", "the action must not be null", {}, actions_hint};
    if (*action != "delete" && *action != "update key")
        throw model::error{"22023", current.arena().concat("there is no action \"", *action, '"'), {}, actions_hint};
    return {*parent, *predicate, *action == "delete" ? plan::row_event::deleted : plan::row_event::key_updated};
}

void set(char const* name, char const* value, GucAction how) {
    (void)set_config_option(name, value, PGC_USERSET, PGC_S_SESSION, how, true, 0, false);
}

/// The rows that the predicate selects, in the order in which a statement would find them.
std::span<plan::row_place const> select_rows(pg::call& current, impact_rows& source, text table, text predicate) {
    pg::guarded([&] { set("search_path", current.search_path(), GUC_ACTION_SAVE); });
    pg::require_predicate(current, table, predicate);
    auto const rows = source.select_rows(current.arena().concat(" FROM ", table, " WHERE (\n", predicate, "\n)"));
    pg::guarded([&] { set("search_path", "pg_catalog, pg_temp", GUC_ACTION_SAVE); });
    return rows;
}

/// Of the tables that are reached.
std::span<plan::table_fact const> load_facts(pg::call& current, std::span<plan::impact const> found, oid parent) {
    model::vector<oid> tables(current.arena());
    for (auto const& one : found)
        if (std::find(tables.begin(), tables.end(), one.table->id) == tables.end()) tables.push_back(one.table->id);
    return load_table_facts(current, {tables.data(), tables.size()}, parent);
}

/// One that has no foreign keys around it is not loaded.
model::relation describe_table(pg::call& current, oid id) {
    auto const found = select<row<model::identifier, model::identifier>>(
        current.arena(),
        "SELECT n.nspname, r.relname FROM pg_class r JOIN pg_namespace n ON n.oid = r.relnamespace WHERE r.oid = $1",
        id);
    model::relation table;
    table.id = id;
    if (found.empty()) throw model::error{"42P01", current.arena().concat("relation with OID ", id, " does not exist")};
    std::tie(table.schema, table.name) = found[0];
    table.qualified = current.arena().concat(table.schema.quoted, '.', table.name.quoted);
    auto const spread = catalog::find_spread_tables(current.arena(), {&table.id, 1});
    if (!spread.empty()) table.spread = spread.front().how;
    return table;
}

/// Reads only, and leaves nothing behind: not a lock, not a setting.
void prepare_to_read() {
    check::set_check_settings();
    pg::guarded([] {
        set("transaction_read_only", "on", GUC_ACTION_LOCAL);
        set("max_parallel_workers_per_gather", "0", GUC_ACTION_SAVE);
        char number[32];
        snprintf(number, sizeof number, "%d", maintenance_work_mem);
        set("work_mem", number, GUC_ACTION_SAVE);
        // A snapshot of now, without what the caller's own command does itself.
        PushActiveSnapshot(GetTransactionSnapshot());
    });
}

/// The rows are followed from place to place in heaps, and those of Citus' tables are not in the heaps of this server.
void refuse_spread(model::arena& arena, model::relation const& table) {
    if (!table.is_spread()) return;
    throw model::error{"0A000", arena.concat("cannot tell what a delete in ", table.qualified, " would do"),
                       "Citus keeps its rows in shards, and the rows that reference them.",
                       "BEGIN, run the DELETE, look at what it reports, and ROLLBACK."};
}

}  // namespace

Datum delete_impact(pg::call& current) {
    pg::result_set result(current);
    auto const asked = read_question(current);
    auto const database = catalog::load(current, {});
    auto const* known = database.find_relation(asked.parent);
    auto const own = known != nullptr ? model::relation() : describe_table(current, asked.parent);
    auto const& parent = known != nullptr ? *known : own;
    refuse_spread(current.arena(), parent);
    audit::action_audit const audit(current.arena(), database, pg::accepts_not_valid_partitioned_keys);
    impact_rows source(current, audit);

    std::span<plan::impact const> found;
    pg::run_rolled_back(current, [&] {
        prepare_to_read();
        // A superuser does not run what users have put into their tables, operators and indexes.
        std::optional<pg::function_gate> gate;
        if (pg::guarded([] { return superuser(); })) gate.emplace(std::span<Oid const>());
        auto const rows = select_rows(current, source, parent.qualified, asked.predicate);
        found = plan::find_impact(current.arena(), database, parent, rows, asked.event, source);
    });
    found = plan::add_notes(current.arena(), database, found, load_facts(current, found, parent.id), asked.event);
    result.add_each(found, [&](pg::row_builder& row, plan::impact const& one) {
        row << one.depth << one.table->id << to_text(one.outcome) << one.rows
            << (one.key != nullptr ? std::optional(one.key->name) : std::nullopt)
            << (one.detail.empty() ? std::nullopt : std::optional(one.detail)) << one.path;
    });
    return result.finish();
}

}  // namespace fkaudit::entry
