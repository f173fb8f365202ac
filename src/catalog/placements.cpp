#include "src/catalog/placements.hpp"

#include <algorithm>

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

/// What is asked of tables and of shards: one query for all that a node has of them, which the argument of format() names,
/// so that a node takes one connection however many shards it has. It runs on other servers: names and operators say
/// their schema, nobody's search_path is asked where a shard is, and definitions are written under one search_path.
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
    "SELECT pg_catalog.jsonb_agg("
    "CASE WHEN pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true) IS NOT NULL THEN"
    " pg_catalog.jsonb_build_object('id', w.id,"
    " 'rows', (SELECT pg_catalog.pg_stat_get_live_tuples(r.oid)),"
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
    "i.indexrelid WHERE i.indrelid" IS "r.oid)) END)::pg_catalog.text"
    " FROM pg_catalog.jsonb_to_recordset(%1$L::pg_catalog.jsonb)"
    " w(id pg_catalog.int8, s pg_catalog.name, t pg_catalog.name)"
    " JOIN pg_catalog.pg_namespace s ON s.nspname" IS "w.s"
    " JOIN pg_catalog.pg_class r ON r.relnamespace" IS "s.oid AND r.relname" IS "w.t";

#undef IS
#undef OF
#undef COLUMNS
#undef TRIGGERS
#undef IDLE

/// $1 tables. Every copy of every shard. shard_name() cuts long names short; for public, and only there, it leaves the schema
/// out.
#define PLACES                                                                                                     \
    "SELECT s.logicalrelid::oid AS relation, s.shardid, n.nspname AS s, names[cardinality(names)] AS t,"           \
    "       p.nodename::text AS host, p.nodeport::int4 AS port"                                                    \
    "  FROM pg_catalog.pg_dist_shard s"                                                                            \
    "  JOIN pg_catalog.pg_dist_shard_placement p USING (shardid)"                                                  \
    "  JOIN pg_class r ON r.oid = s.logicalrelid::oid"                                                             \
    "  JOIN pg_namespace n ON n.oid = r.relnamespace"                                                              \
    " CROSS JOIN LATERAL parse_ident(pg_catalog.shard_name(s.logicalrelid::pg_catalog.regclass, s.shardid)) names" \
    " WHERE s.logicalrelid::oid = ANY ($1) AND p.shardstate = 1"

constexpr char const* list_places =
    "SELECT x.relation, x.shardid, concat(quote_ident(x.s), '.', quote_ident(x.t)), x.host, x.port FROM (" PLACES
    ") x ORDER BY x.relation, x.t, x.host, x.port";

/// $1 tables, $2 the question: an answer of each node.
constexpr char const* ask_nodes =
    "SELECT r.node_name::text, r.node_port::int4, r.success, r.result FROM"
    " (SELECT array_agg(g.host) AS hosts, array_agg(g.port) AS ports, array_agg(g.command) AS commands FROM"
    " (SELECT x.host, x.port, format($2, jsonb_agg(jsonb_build_object('id', x.shardid, 's', x.s, 't', x.t))) AS command"
    " FROM (" PLACES
    ") x GROUP BY x.host, x.port) g) a"
    " CROSS JOIN LATERAL pg_catalog.master_run_on_worker(a.hosts, a.ports, a.commands, true) r";
#undef PLACES

/// $1 tables, $2 the question, as it is put to this server.
constexpr char const* question_here = R"(
SELECT format($2, jsonb_agg(jsonb_build_object('id', r.oid::int8, 's', n.nspname, 't', r.relname)))
  FROM pg_class r
  JOIN pg_namespace n ON n.oid = r.relnamespace
 WHERE r.oid = ANY ($1))";

/// $1 an answer, $2 whether the parents in it are shards.
constexpr char const* read_figures = R"(
SELECT (a->>'id')::int8, coalesce((a->>'rows')::int8, 0), coalesce((a->>'bytes')::int8, 0),
       coalesce((a->>'deletes')::int8, 0), coalesce((a->>'updates')::int8, 0)
  FROM jsonb_array_elements($1::jsonb) a)";
constexpr char const* read_keys = R"(
SELECT (a->>'id')::int8, k.name, CASE WHEN NOT $2 THEN k.parent_id ELSE coalesce(s.logicalrelid::oid, 0) END,
       coalesce(k.columns, ''), coalesce(k.parent_columns, ''), k.actions, k.valid, k.checks, k.actors, k.idle_checks,
       k.idle_actors
  FROM jsonb_array_elements($1::jsonb) a
 CROSS JOIN LATERAL jsonb_to_recordset(coalesce(nullif(a->'keys', 'null'), '[]'))
       k(name text, parent_id oid, parent text, columns text, parent_columns text, actions text, valid bool, checks int8,
         actors int8, idle_checks int8, idle_actors int8)
  LEFT JOIN pg_catalog.pg_dist_shard s ON s.shardid = substring(k.parent from '_([0-9]{1,18})$')::int8
 ORDER BY 1, 2)";
constexpr char const* read_indexes = R"(
SELECT (a->>'id')::int8, i.name, i.definition, i.usable
  FROM jsonb_array_elements($1::jsonb) a
 CROSS JOIN LATERAL jsonb_to_recordset(coalesce(nullif(a->'indexes', 'null'), '[]'))
       i(name text, definition text, usable bool)
 ORDER BY 1, 2)";

using pg::spi::row;
using pg::spi::select;
using ids = std::span<oid const>;
using figure_columns = row<std::int64_t, std::int64_t, std::int64_t, std::int64_t, std::int64_t>;
using key_columns =
    row<std::int64_t, text, oid, text, text, text, bool, std::int64_t, std::int64_t, std::int64_t, std::int64_t>;
using index_columns = row<std::int64_t, text, text, bool>;

/// Copies of shards a question: so that no answer is too long for a value of the server.
constexpr std::size_t most_places = 2000;

constexpr text not_there = "the shard is not there";

model::shard_key make_key(key_columns const& from) {
    model::shard_key key;
    std::tie(std::ignore, key.name, key.parent, key.columns, key.parent_columns, key.actions, key.is_validated,
             key.checks, key.actors, key.idle_checks, key.idle_actors) = from;
    return key;
}

model::shard_index make_index(index_columns const& from) {
    return {std::get<1>(from), std::get<2>(from), std::get<3>(from)};
}

/// The rows of one number, out of those that are sorted by it.
template <class Made, class Row>
std::span<Made const> take(model::arena& arena, std::span<Row const> rows, std::int64_t number,
                           Made (*make)(Row const&)) {
    auto const by_number = [](Row const& one, std::int64_t wanted) { return std::get<0>(one) < wanted; };
    auto const begin = std::lower_bound(rows.begin(), rows.end(), number, by_number);
    auto const end = std::lower_bound(begin, rows.end(), number + 1, by_number);
    auto const made = arena.array<Made>(static_cast<std::size_t>(end - begin));
    std::transform(begin, end, made.begin(), make);
    return made;
}

/// Fills in what one node, or this server, says of its places, which are sorted by number.
void read_answer(model::arena& arena, std::span<placement*> places, text answer, bool are_shards) {
    auto const keys = select<key_columns>(arena, read_keys, answer, are_shards);
    auto const indexes = select<index_columns>(arena, read_indexes, answer);
    for (auto const& [number, rows, bytes, deletes, updates] : select<figure_columns>(arena, read_figures, answer)) {
        auto const place =
            std::lower_bound(places.begin(), places.end(), number,
                             [](placement const* one, std::int64_t wanted) { return one->number < wanted; });
        if (place == places.end() || (*place)->number != number) continue;
        auto& one = **place;
        one.rows = rows;
        one.bytes = bytes;
        one.deletes = deletes;
        one.updates = updates;
        one.keys = take(arena, keys, number, make_key);
        one.indexes = take(arena, indexes, number, make_index);
        one.failure = {};
    }
}

auto node_of(placement const& one) { return std::pair(one.host, one.port); }

/// The places of a node, or those without one, by number.
std::span<placement*> places_of(model::arena& arena, std::span<placement> places, text host, std::int32_t port) {
    model::vector<placement*> found(arena);
    for (auto& one : places)
        if (node_of(one) == std::pair(host, port)) found.push_back(&one);
    std::sort(found.begin(), found.end(), [](auto const* a, auto const* b) { return a->number < b->number; });
    auto const made = arena.array<placement*>(found.size());
    std::copy(found.begin(), found.end(), made.begin());
    return made;
}

/// What the tables themselves are, by the same query.
void describe_tables(model::arena& arena, ids tables, std::span<placement> places) {
    auto const question = std::get<0>(select<row<maybe<text>>>(arena, question_here, tables, description)[0]);
    if (!question) return;
    auto const answer = std::get<0>(select<row<maybe<text>>>(arena, arena.c_string(*question))[0]);
    if (answer) read_answer(arena, places_of(arena, places, {}, 0), *answer, false);
}

void ask_shards(model::arena& arena, ids tables, std::span<placement> places) {
    describe_tables(arena, tables, places);
    for (auto const& [host, port, success, result] :
         select<row<text, std::int32_t, bool, maybe<text>>>(arena, ask_nodes, tables, description)) {
        auto const mine = places_of(arena, places, host, port);
        if (!success)
            for (auto* const one : mine) one->failure = result.value_or(not_there);
        else if (result)
            read_answer(arena, mine, *result, true);
    }
}

/// The tables' own places and those of their shards, of which nothing is known yet.
void list_all(model::arena& arena, ids tables, model::vector<placement>& into) {
    auto const rows = select<row<oid, std::int64_t, text, text, std::int32_t>>(arena, list_places, tables);
    std::size_t next = 0;
    for (auto const table : tables) {
        into.push_back({.relation = table, .number = table, .failure = "the table is not there"});
        for (; next < rows.size() && std::get<0>(rows[next]) == table; ++next) {
            auto const& [relation, number, shard, host, port] = rows[next];
            into.push_back({.relation = table,
                            .shard = shard,
                            .node = arena.concat(host, ':', port),
                            .host = host,
                            .port = port,
                            .number = number,
                            .failure = not_there});
        }
    }
}

class asker {
public:
    explicit asker(pg::call& current) : current_(current), arena_(current.arena()), found_(arena_) {}

    std::span<placement const> ask(std::span<model::relation const> relations) {
        model::vector<oid> tables(arena_);
        for (auto const& one : relations) {
            if (one.spread == model::spreading::unknown)
                fail(one, "permission denied for table pg_catalog.pg_dist_partition");
            else if (one.is_spread())
                tables.push_back(one.id);
        }
        if (!tables.empty()) ask_tables(relations, {tables.data(), tables.size()});
        std::stable_sort(found_.begin(), found_.end(),
                         [](placement const& a, placement const& b) { return a.relation < b.relation; });
        return arena_.copy(std::span<placement const>(found_.data(), found_.size()));
    }

private:
    void fail(model::relation const& table, text why) {
        found_.push_back({.relation = table.id, .shard = table.qualified, .failure = why});
    }
    void fail(std::span<model::relation const> relations, ids tables, text why) {
        for (auto const& one : relations)
            if (std::find(tables.begin(), tables.end(), one.id) != tables.end()) fail(one, why);
    }

    void ask_tables(std::span<model::relation const> relations, ids tables) {
        if (pg::guarded([] { return IsInParallelMode(); }))
            return fail(relations, tables, "parallel queries cannot ask other nodes");
        model::vector<placement> places(arena_);
        auto const unlisted = pg::attempt(current_, pg::on_success::commit, [&] { list_all(arena_, tables, places); });
        if (unlisted) return fail(relations, tables, unlisted->message);
        std::size_t begin = 0;
        for (std::size_t table = 0; table < tables.size();) {
            auto const first = table;
            auto end = begin;
            do {
                for (++end; end < places.size() && places[end].relation == tables[table];) ++end;
                ++table;
            } while (table < tables.size() && end - begin < most_places);
            ask_some(relations, tables.subspan(first, table - first), {places.data() + begin, end - begin});
            begin = end;
        }
    }

    void ask_some(std::span<model::relation const> relations, ids tables, std::span<placement> places) {
        auto const failure = pg::attempt(current_, pg::on_success::commit, [&] { ask_shards(arena_, tables, places); });
        if (failure) return fail(relations, tables, failure->message);
        for (auto const& one : places) found_.push_back(one);
    }

    pg::call& current_;
    model::arena& arena_;
    model::vector<placement> found_;
};

}  // namespace

std::span<placement const> load_placements(pg::call& current, std::span<model::relation const> relations) {
    return asker(current).ask(relations);
}

}  // namespace fkaudit::catalog
