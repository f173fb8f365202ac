#include "src/check/trust.hpp"

#include "src/check/built_in.hpp"
#include "src/pg/spi.hpp"

namespace fkaudit::check {

namespace {

using model::oid;
using pg::spi::row;
using pg::spi::select;
using text = std::string_view;
using ids = std::span<oid const>;

/// Whether anything that a query reaches depends on a function of a user who is no superuser, or such a user has a
/// foreign table ($1: whether that counts). Triggers, rules, policies and event triggers do not count: reading runs none
/// of them.
pg::spi::kept_query any_untrusted{R"(
SELECT EXISTS (SELECT
                 FROM pg_proc p
                 JOIN pg_roles o ON o.oid = p.proowner
                WHERE NOT o.rolsuper
                  AND EXISTS (SELECT
                                FROM pg_depend d
                               WHERE d.refclassid = 'pg_proc'::regclass AND d.refobjid = p.oid
                                 AND d.classid IN ('pg_class'::regclass, 'pg_type'::regclass, 'pg_operator'::regclass,
                                                   'pg_opclass'::regclass, 'pg_opfamily'::regclass,
                                                   'pg_amproc'::regclass, 'pg_cast'::regclass, 'pg_proc'::regclass,
                                                   'pg_constraint'::regclass, 'pg_statistic_ext'::regclass,
                                                   'pg_attrdef'::regclass)))
    OR $1 AND EXISTS (SELECT
                        FROM pg_foreign_table f
                        JOIN pg_class r ON r.oid = f.ftrelid
                        JOIN pg_foreign_server s ON s.oid = f.ftserver
                        JOIN pg_roles o ON o.oid IN (r.relowner, s.srvowner)
                       WHERE NOT o.rolsuper))"};

/// $1 child tables, $2 parent tables, $3 types of the key's columns and operands, $4 operators, $5 whether foreign tables
/// count. Objects are followed along pg_depend (which records nothing about what initdb made: OIDs below 16384) and along
/// what pg_depend does not say: a composite type's fields, a type's operator classes, a domain's constraints, casts, an
/// operator's families and commutator (either may take its place in a plan), partition ancestors (planning reads a
/// partition's bounds; UNION ends the walk where an edited catalog goes in circles).
pg::spi::kept_query reachable{R"(
WITH RECURSIVE tables(side, id) AS (
    SELECT 'c', unnest($1) UNION SELECT 'p', unnest($2)
    UNION
    SELECT t.side, i.inhparent
      FROM tables t JOIN pg_class r ON r.oid = t.id JOIN pg_inherits i ON i.inhrelid = t.id
     WHERE r.relispartition
), reach(side, class, id) AS (
    SELECT 'k', 'pg_type'::regclass::oid, unnest($3)
    UNION
    SELECT 'k', 'pg_operator'::regclass::oid, unnest($4)
    UNION
    SELECT t.side, o.class, o.id
      FROM tables t
      CROSS JOIN LATERAL (
          SELECT 'pg_class'::regclass::oid, t.id
          UNION ALL SELECT 'pg_class'::regclass::oid, i.indexrelid FROM pg_index i WHERE i.indrelid = t.id
          UNION ALL SELECT 'pg_statistic_ext'::regclass::oid, s.oid FROM pg_statistic_ext s WHERE s.stxrelid = t.id
          UNION ALL SELECT 'pg_type'::regclass::oid, a.atttypid
                      FROM pg_partitioned_table p
                      JOIN pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = ANY(p.partattrs)
                     WHERE p.partrelid = t.id
          UNION ALL SELECT 'pg_attrdef'::regclass::oid, d.oid
                      FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
                     WHERE d.adrelid = t.id AND a.attgenerated = 'v') o(class, id)
    UNION
    SELECT r.side, n.class, n.id
      FROM reach r
      CROSS JOIN LATERAL (
          SELECT d.refclassid, d.refobjid
            FROM pg_depend d
           WHERE d.classid = r.class AND d.objid = r.id AND d.objsubid = 0
             AND d.refclassid IN ('pg_proc'::regclass, 'pg_operator'::regclass, 'pg_opclass'::regclass,
                                  'pg_opfamily'::regclass, 'pg_type'::regclass, 'pg_cast'::regclass)
          UNION ALL
          SELECT 'pg_type'::regclass, a.atttypid
            FROM pg_type t JOIN pg_attribute a ON a.attrelid = t.typrelid
           WHERE r.class = 'pg_type'::regclass AND t.oid = r.id AND t.typrelid <> 0 AND a.attnum > 0
             AND NOT a.attisdropped
          UNION ALL
          SELECT 'pg_type'::regclass, x.id
            FROM pg_type t CROSS JOIN LATERAL (VALUES (t.typelem), (t.typbasetype)) x(id)
           WHERE r.class = 'pg_type'::regclass AND t.oid = r.id AND x.id <> 0
          UNION ALL
          SELECT 'pg_constraint'::regclass, c.oid
            FROM pg_constraint c WHERE r.class = 'pg_type'::regclass AND c.contypid = r.id
          UNION ALL
          SELECT 'pg_opclass'::regclass, c.oid
            FROM pg_opclass c WHERE r.class = 'pg_type'::regclass AND c.opcintype = r.id AND c.oid >= 16384
          UNION ALL
          SELECT CASE WHEN c.castfunc <> 0 THEN 'pg_proc'::regclass ELSE 'pg_type'::regclass END,
                 CASE WHEN c.castfunc <> 0 THEN c.castfunc ELSE c.casttarget END
            FROM pg_cast c
           WHERE r.class = 'pg_type'::regclass AND c.castsource = r.id AND c.oid >= 16384
             AND (c.castmethod = 'b' OR c.casttarget IN ('json'::regtype, 'jsonb'::regtype) OR c.casttarget = ANY($3))
          UNION ALL
          SELECT 'pg_opfamily'::regclass, c.opcfamily
            FROM pg_opclass c WHERE r.class = 'pg_opclass'::regclass AND c.oid = r.id
          UNION ALL
          SELECT 'pg_operator'::regclass, o.amopopr
            FROM pg_amop o WHERE r.class = 'pg_opfamily'::regclass AND o.amopfamily = r.id AND o.amopopr >= 16384
          UNION ALL
          SELECT 'pg_proc'::regclass, f.amproc
            FROM pg_amproc f WHERE r.class = 'pg_opfamily'::regclass AND f.amprocfamily = r.id AND f.amproc >= 16384
          UNION ALL
          SELECT 'pg_opfamily'::regclass, o.amopfamily
            FROM pg_amop o
           WHERE r.class = 'pg_operator'::regclass AND o.amopopr = r.id AND greatest(o.amopopr, o.amopfamily) >= 16384
          UNION ALL
          SELECT x.class, x.id
            FROM pg_operator o
            CROSS JOIN LATERAL (VALUES ('pg_proc'::regclass, o.oprcode::oid), ('pg_operator', o.oprcom),
                                       ('pg_operator', o.oprnegate)) x(class, id)
           WHERE r.class = 'pg_operator'::regclass AND o.oid = r.id AND x.id >= 16384) n(class, id)
), functions AS (
    SELECT DISTINCT r.side, p.oid, p.proowner
      FROM reach r JOIN pg_proc p ON r.class = 'pg_proc'::regclass AND p.oid = r.id
)
SELECT f.side, 'function ' || f.oid::regprocedure::text, o.rolname::text, o.oid
  FROM functions f JOIN pg_roles o ON o.oid = f.proowner
 WHERE NOT o.rolsuper
UNION ALL
SELECT t.side, 'foreign table ' || f.ftrelid::regclass::text, o.rolname::text, o.oid
  FROM tables t
  JOIN pg_foreign_table f ON f.ftrelid = t.id
  JOIN pg_class r ON r.oid = f.ftrelid
  JOIN pg_foreign_server s ON s.oid = f.ftserver
  JOIN pg_roles o ON o.oid IN (r.relowner, s.srvowner)
 WHERE NOT o.rolsuper AND $5
 ORDER BY 1, 2)"};

/// The types whose values the query compares, casts or shows.
ids list_types(pg::call& current, model::constraint const& key) {
    model::vector<oid> types(current.arena());
    for (std::size_t position = 0; position < key.child_columns.size(); ++position) {
        types.push_back(key.child_column(position).type);
        types.push_back(key.parent_column(position).type);
    }
    // The rows' primary keys are shown as jsonb too.
    for (auto const& index : key.child->indexes)
        if (index.is_primary)
            for (auto const& part : index.keys)
                if (auto const* const column = key.child->find_column(part.column)) types.push_back(column->type);
    pg::guarded([&] {
        for (oid const id : key.operators) {
            Oid left = InvalidOid, right = InvalidOid;
            op_input_types(id, &left, &right);
            for (oid const operand : {left, right, getBaseType(left), getBaseType(right)}) types.push_back(operand);
        }
    });
    return current.arena().copy(ids(types.data(), types.size()));
}

}  // namespace

std::span<untrusted_object const> find_untrusted_code(pg::call& current, model::constraint const& key, ids child_tables,
                                                      ids parent_tables, bool as_superuser) {
    if (needs_built_in_code_only(key, child_tables, parent_tables)) return {};
    auto& arena = current.arena();
    std::span<row<text, text, text, oid> const> found;
    if (std::get<0>(select<row<bool>>(arena, any_untrusted, as_superuser)[0]))
        found = select<row<text, text, text, oid>>(arena, reachable, child_tables, parent_tables,
                                                   list_types(current, key), key.operators, as_superuser);

    auto const objects = arena.array<untrusted_object>(found.size());
    std::transform(found.begin(), found.end(), objects.begin(), [](auto const& one) {
        auto const& [side, name, owner, owner_id] = one;
        return untrusted_object{static_cast<untrusted_object::origin>(side[0]), name, owner, owner_id};
    });
    return objects;
}

}  // namespace fkaudit::check
