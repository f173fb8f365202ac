#include "src/catalog/placements.hpp"

#include "src/pg/compat.hpp"
#include "src/pg/spi.hpp"
#include "src/pg/subtransaction.hpp"

namespace fkaudit::catalog {

namespace {

using model::oid;
using model::placement;
using text = std::string_view;
template <class T>
using maybe = std::optional<T>;

/// What is asked of a table and of each of its shards, with its name as the argument of format(). It runs on other servers:
/// names and operators say their schema, and definitions are written under one search_path.
#define IS " OPERATOR(pg_catalog.=) "
#define OF(table) " FROM pg_catalog." table " "
#define COLUMNS(keys, relation)                                                           \
    "(SELECT pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' ORDER BY u.n)" \
    " FROM pg_catalog.unnest(" keys                                                       \
    ") WITH ORDINALITY u(k, n) JOIN pg_catalog.pg_attribute a"                            \
    " ON a.attrelid" IS relation " AND a.attnum" IS "u.k)"
#define TRIGGERS(wanted, more)                                                                \
    "(SELECT pg_catalog.count(*)" OF(                                                         \
        "pg_trigger") "t WHERE t.tgconstraint" IS "c.oid AND (t.tgfoid" IS                    \
                      "'pg_catalog.\"RI_FKey_check_ins\"'::pg_catalog.regproc OR t.tgfoid" IS \
                      "'pg_catalog.\"RI_FKey_check_upd\"'::pg_catalog.regproc)" wanted more ")"
#define IDLE " AND (t.tgenabled" IS "'D' OR t.tgenabled" IS "'R')"

constexpr text description =
    "SELECT CASE WHEN pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true) IS NOT NULL THEN"
    " pg_catalog.jsonb_build_object("
    "'rows', (SELECT pg_catalog.pg_stat_get_live_tuples(r.oid)),"
    " 'bytes', r.relpages OPERATOR(pg_catalog.*) pg_catalog.current_setting('block_size')::pg_catalog.int8,"
    " 'deletes', pg_catalog.pg_stat_get_tuples_deleted(r.oid),"
    " 'updates', pg_catalog.pg_stat_get_tuples_updated(r.oid) OPERATOR(pg_catalog.-)"
    " pg_catalog.pg_stat_get_tuples_hot_updated(r.oid),"
    " 'keys', (SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('name', c.conname, 'parent_id', c.confrelid,"
    " 'parent', (SELECT p.relname" OF("pg_class") "p WHERE p.oid" IS "c.confrelid),"
    " 'columns', " COLUMNS("c.conkey", "c.conrelid") ", 'parent_columns', " COLUMNS("c.confkey", "c.confrelid") ","
    " 'actions', pg_catalog.concat(c.confdeltype, c.confupdtype, c.confmatchtype), 'valid', c.convalidated,"
    " 'checks', " TRIGGERS(" IS TRUE", "") ", 'actors', " TRIGGERS(" IS FALSE", "") ","
    " 'idle_checks', " TRIGGERS(" IS TRUE", IDLE) ", 'idle_actors', " TRIGGERS(" IS FALSE", IDLE) "))"
    OF("pg_constraint") "c WHERE c.contype" IS "'f' AND c.conrelid" IS "r.oid),"
    " 'indexes', (SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('name', x.relname, 'usable', i.indisvalid AND"
    " i.indisready, 'definition', pg_catalog.substr(pg_catalog.pg_get_indexdef(i.indexrelid), pg_catalog.length("
    "pg_catalog.concat('CREATE ', CASE WHEN i.indisunique THEN 'UNIQUE ' END, 'INDEX ', pg_catalog.quote_ident(x.relname),"
    " ' ON ', CASE WHEN x.relkind" IS "'I' THEN 'ONLY ' END, pg_catalog.quote_ident(s.nspname), '.',"
    " pg_catalog.quote_ident(r.relname), '  ')))))" OF("pg_index") "i JOIN pg_catalog.pg_class x ON x.oid" IS
    "i.indexrelid WHERE i.indrelid" IS "r.oid))::pg_catalog.text END"
    OF("pg_class") "r JOIN pg_catalog.pg_namespace s ON s.oid" IS "r.relnamespace WHERE r.oid" IS
    "%1$L::pg_catalog.regclass";

#undef IS
#undef OF
#undef COLUMNS
#undef TRIGGERS
#undef IDLE

/// $1 a table, $2 the question: a row for each copy of each shard, and one for the table itself. The latter's texts are this
/// server's own, the former's come from the nodes. Asked at once, every shard takes a connection: that is for few of them. Shards have their number behind the name, cut short where it is long.
constexpr char const* ask = R"(
SELECT p.shard, p.node, p.success, p.result
  FROM (SELECT NULL::text AS shard, NULL::text AS node, true AS success, $3 AS result, 0 AS place
        UNION ALL
        SELECT pg_catalog.shard_name($1::pg_catalog.regclass, c.shardid), concat(c.nodename, ':', c.nodeport), c.success,
               c.result, 1
          FROM pg_catalog.run_command_on_placements($1::pg_catalog.regclass, $2,
                   (SELECT count(*) <= 32 FROM pg_catalog.pg_dist_shard s WHERE s.logicalrelid = $1::pg_catalog.regclass)) c) p
 ORDER BY p.place, p.shard, p.node)";

/// $1 an answer, $2 whether the parents in it are shards.
constexpr char const* read_figures = R"(
SELECT coalesce((a->>'rows')::int8, 0), coalesce((a->>'bytes')::int8, 0), coalesce((a->>'deletes')::int8, 0),
       coalesce((a->>'updates')::int8, 0)
  FROM (SELECT $1::jsonb) x(a))";
constexpr char const* read_keys = R"(
SELECT k.name, CASE WHEN NOT $2 THEN k.parent_id ELSE coalesce(s.logicalrelid::oid, 0) END, coalesce(k.columns, ''),
       coalesce(k.parent_columns, ''), k.actions, k.valid, k.checks, k.actors, k.idle_checks, k.idle_actors
  FROM jsonb_to_recordset(coalesce(nullif($1::jsonb->'keys', 'null'), '[]'))
       k(name text, parent_id oid, parent text, columns text, parent_columns text, actions text, valid bool, checks int8,
         actors int8, idle_checks int8, idle_actors int8)
  LEFT JOIN pg_catalog.pg_dist_shard s ON s.shardid = substring(k.parent from '_([0-9]{1,18})$')::int8
 ORDER BY 1)";
constexpr char const* read_indexes = R"(
SELECT i.name, i.definition, i.usable
  FROM jsonb_to_recordset(coalesce(nullif($1::jsonb->'indexes', 'null'), '[]'))
       i(name text, definition text, usable bool)
 ORDER BY 1)";

using pg::spi::row;
using pg::spi::select;
using key_columns = row<text, oid, text, text, text, bool, std::int64_t, std::int64_t, std::int64_t, std::int64_t>;

void read_answer(model::arena& arena, placement& one, text answer) {
    bool const is_shard = !one.node.empty();
    std::tie(one.rows, one.bytes, one.deletes, one.updates) =
        select<row<std::int64_t, std::int64_t, std::int64_t, std::int64_t>>(arena, read_figures, answer)[0];
    auto const keys = select<key_columns>(arena, read_keys, answer, is_shard);
    auto const read = arena.array<model::shard_key>(keys.size());
    for (std::size_t number = 0; number < keys.size(); ++number) {
        auto& key = read[number];
        std::tie(key.name, key.parent, key.columns, key.parent_columns, key.actions, key.is_validated, key.checks,
                 key.actors, key.idle_checks, key.idle_actors) = keys[number];
    }
    one.keys = read;
    auto const indexes = select<row<text, text, bool>>(arena, read_indexes, answer);
    auto const definitions = arena.array<model::shard_index>(indexes.size());
    for (std::size_t number = 0; number < indexes.size(); ++number) {
        auto& index = definitions[number];
        std::tie(index.name, index.definition, index.is_usable) = indexes[number];
    }
    one.indexes = definitions;
}

/// The question about a table of this server itself.
text describe_here(model::arena& arena, model::relation const& table) {
    auto const place = description.rfind("%1$L");
    auto const question =
        arena.concat(description.substr(0, place), table.id, description.substr(place + text("%1$L").size()), '\0');
    auto const found = select<row<maybe<text>>>(arena, question.data());
    return found.empty() ? text() : std::get<0>(found[0]).value_or(text());
}

void ask_shards(model::arena& arena, model::relation const& table, model::vector<placement>& into) {
    auto const here = describe_here(arena, table);
    for (auto const& [shard, node, success, result] :
         select<row<maybe<text>, maybe<text>, bool, maybe<text>>>(arena, ask, table.id, description, here)) {
        placement one{.relation = table.id, .shard = shard.value_or(text()), .node = node.value_or(text())};
        if (success && result)
            read_answer(arena, one, *result);
        else
            one.failure = result.value_or("the shard is not there");
        into.push_back(one);
    }
}

}  // namespace

std::span<placement const> load_placements(pg::call& current, std::span<model::relation const> relations) {
    auto& arena = current.arena();
    model::vector<placement> found(arena);
    for (auto const& table : relations) {
        if (!table.is_spread()) continue;
        auto const before = found.size();
        auto const fail = [&](text why) {
            found.resize(before, placement());
            found.push_back({.relation = table.id, .shard = table.qualified, .failure = why});
        };
        if (table.spread == model::spreading::unknown) {
            fail("permission denied for table pg_catalog.pg_dist_partition");
        } else if (pg::guarded([] { return IsInParallelMode(); })) {
            fail("parallel queries cannot ask other nodes");
        } else {
            auto const failure = pg::attempt(current, pg::on_success::commit, [&] { ask_shards(arena, table, found); });
            if (failure) fail(failure->message);
        }
    }
    return arena.copy(std::span<placement const>(found.data(), found.size()));
}

}  // namespace fkaudit::catalog
