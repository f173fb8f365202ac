#include "src/catalog/alterable_columns.hpp"

#include "src/pg/spi.hpp"

namespace fkaudit::catalog {

namespace {

using model::identifier;
using model::oid;
using text = std::string_view;

/// $1 tables and $2 column numbers, pairwise.
constexpr char const* query = R"(
WITH RECURSIVE wanted(relation, number, name) AS (
    SELECT DISTINCT a.attrelid, a.attnum, a.attname
      FROM unnest($1, $2) w(relation, number)
      JOIN pg_attribute a ON a.attrelid = w.relation AND a.attnum = w.number::bigint
), above(relation, number, name, id, is_inherited) AS (
    SELECT w.relation, w.number, w.name, w.relation, a.attinhcount > 0
      FROM wanted w JOIN pg_attribute a ON a.attrelid = w.relation AND a.attnum = w.number
    UNION
    SELECT b.relation, b.number, b.name, i.inhparent, a.attinhcount > 0
      FROM above b
      JOIN pg_inherits i ON i.inhrelid = b.id
      JOIN pg_attribute a ON a.attrelid = i.inhparent AND a.attname = b.name AND NOT a.attisdropped
     WHERE b.is_inherited
), top(relation, number, name, id) AS (
    SELECT relation, number, name, min(id) FROM above WHERE NOT is_inherited GROUP BY 1, 2, 3
), below(relation, number, name, id) AS (
    SELECT relation, number, name, id FROM top
    UNION
    SELECT b.relation, b.number, b.name, i.inhrelid FROM below b JOIN pg_inherits i ON i.inhparent = b.id
), obstacle(relation, number, what) AS (
    SELECT b.relation, b.number,
           CASE WHEN d.classid = 'pg_attrdef'::regclass THEN 'generated column ' || g.attname
                WHEN v.relkind IN ('v', 'm') THEN 'view ' || v.oid::regclass
                ELSE pg_describe_object(d.classid, d.objid, 0) END
      FROM below b
      JOIN pg_attribute a ON a.attrelid = b.id AND a.attname = b.name
      JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = a.attrelid AND d.refobjsubid = a.attnum
      LEFT JOIN pg_attrdef e ON d.classid = 'pg_attrdef'::regclass AND e.oid = d.objid
      LEFT JOIN pg_attribute g ON g.attrelid = e.adrelid AND g.attnum = e.adnum
      LEFT JOIN pg_rewrite w ON d.classid = 'pg_rewrite'::regclass AND w.oid = d.objid
      LEFT JOIN pg_class v ON v.oid = w.ev_class
     WHERE d.classid IN ('pg_rewrite'::regclass, 'pg_trigger'::regclass, 'pg_policy'::regclass, 'pg_proc'::regclass,
                         'pg_publication_rel'::regclass)
        OR d.classid = 'pg_attrdef'::regclass AND g.attgenerated <> '' AND g.attnum <> a.attnum
    UNION
    SELECT b.relation, b.number, 'the partition key of ' || b.id::regclass
      FROM below b
      JOIN pg_attribute a ON a.attrelid = b.id AND a.attname = b.name
      JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = a.attrelid AND d.objsubid = a.attnum
     WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = a.attrelid AND d.refobjsubid = 0 AND d.deptype = 'i'
    UNION
    SELECT b.relation, b.number, 'typed table ' || r.oid::regclass
      FROM below b JOIN pg_class r ON r.oid = b.id
     WHERE r.reloftype <> 0
    UNION
    SELECT b.relation, b.number, b.id::regclass || ', which inherits it from several tables'
      FROM below b
      JOIN pg_attribute a ON a.attrelid = b.id AND a.attname = b.name
     WHERE a.attinhcount > (SELECT count(*)
                              FROM pg_inherits i
                              JOIN below o ON o.id = i.inhparent AND o.relation = b.relation AND o.number = b.number
                             WHERE i.inhrelid = b.id)
)
SELECT t.relation, t.number, n.nspname, r.relname,
       coalesce((SELECT string_agg(o.what, ', ' ORDER BY o.what COLLATE "C")
                   FROM obstacle o WHERE o.relation = t.relation AND o.number = t.number), '')
  FROM top t
  JOIN pg_class r ON r.oid = t.id
  JOIN pg_namespace n ON n.oid = r.relnamespace
 ORDER BY t.relation, t.number)";

}  // namespace

std::span<alterable_column const> find_alterable_columns(model::arena& arena,
                                                         std::span<column_reference const> columns) {
    if (columns.empty()) return {};
    auto const relations = arena.array<oid>(columns.size()), numbers = arena.array<oid>(columns.size());
    for (std::size_t position = 0; position < columns.size(); ++position) {
        relations[position] = columns[position].relation;
        numbers[position] = static_cast<oid>(columns[position].number);
    }
    auto const rows = pg::spi::select<pg::spi::row<oid, std::int16_t, identifier, identifier, text>>(
        arena, query, std::span<oid const>(relations), std::span<oid const>(numbers));
    auto const found = arena.array<alterable_column>(rows.size());
    for (std::size_t position = 0; position < rows.size(); ++position) {
        auto const& [relation, number, schema, name, obstacle] = rows[position];
        found[position] = {{relation, number}, arena.concat(schema.quoted, '.', name.quoted), obstacle};
    }
    return found;
}

}  // namespace fkaudit::catalog
