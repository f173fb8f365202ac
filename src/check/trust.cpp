#include "src/check/trust.hpp"

#include "src/pg/spi.hpp"

namespace fkaudit::check {

namespace {

using model::oid;
using pg::spi::row;
using pg::spi::select;
using text = std::string_view;

pg::spi::kept_query any_untrusted{R"(
SELECT EXISTS (SELECT FROM pg_proc WHERE proowner NOT IN (SELECT oid FROM pg_roles WHERE rolsuper)))"};

/// $1 child tables, $2 parent tables, $3 types of the key's columns and operands, $4 operators. Objects are followed
/// along pg_depend (which records nothing for built-in ones) and along what pg_depend does not say: a composite type's
/// fields, a type's operator classes, a domain's constraints, casts to json.
pg::spi::kept_query reachable{R"(
WITH RECURSIVE reach(side, class, id) AS (
    SELECT 'k', 'pg_type'::regclass::oid, unnest($3)
    UNION
    SELECT 'k', 'pg_operator'::regclass::oid, unnest($4)
    UNION
    SELECT 'k', 'pg_proc'::regclass::oid, c.castfunc
      FROM pg_cast c WHERE c.castsource = ANY($3) AND c.casttarget = ANY($3) AND c.castfunc <> 0
    UNION
    SELECT t.side, o.class, o.id
      FROM (SELECT 'c', unnest($1) UNION ALL SELECT 'p', unnest($2)) t(side, id)
      CROSS JOIN LATERAL (
          SELECT 'pg_class'::regclass::oid, t.id
          UNION ALL SELECT 'pg_class'::regclass::oid, i.indexrelid FROM pg_index i WHERE i.indrelid = t.id
          UNION ALL SELECT 'pg_constraint'::regclass::oid, c.oid
                      FROM pg_constraint c WHERE c.conrelid = t.id AND c.contype = 'c'
          UNION ALL SELECT 'pg_statistic_ext'::regclass::oid, s.oid FROM pg_statistic_ext s WHERE s.stxrelid = t.id
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
            FROM pg_opclass c WHERE r.class = 'pg_type'::regclass AND c.opcintype = r.id
          UNION ALL
          SELECT 'pg_proc'::regclass, c.castfunc
            FROM pg_cast c
           WHERE r.class = 'pg_type'::regclass AND c.castsource = r.id AND c.castfunc <> 0
             AND c.casttarget IN ('json'::regtype, 'jsonb'::regtype)
          UNION ALL
          SELECT 'pg_opfamily'::regclass, c.opcfamily
            FROM pg_opclass c WHERE r.class = 'pg_opclass'::regclass AND c.oid = r.id
          UNION ALL
          SELECT 'pg_operator'::regclass, o.amopopr
            FROM pg_amop o WHERE r.class = 'pg_opfamily'::regclass AND o.amopfamily = r.id
          UNION ALL
          SELECT 'pg_proc'::regclass, f.amproc
            FROM pg_amproc f WHERE r.class = 'pg_opfamily'::regclass AND f.amprocfamily = r.id
          UNION ALL
          SELECT 'pg_proc'::regclass, o.oprcode
            FROM pg_operator o WHERE r.class = 'pg_operator'::regclass AND o.oid = r.id) n(class, id)
)
SELECT r.side, p.oid::regprocedure::text, pg_get_userbyid(p.proowner)::text
  FROM (SELECT DISTINCT side, id FROM reach WHERE class = 'pg_proc'::regclass) r
  CROSS JOIN LATERAL (SELECT f.oid, f.proowner FROM pg_proc f WHERE f.oid = r.id OFFSET 0) p
 WHERE p.proowner NOT IN (SELECT o.oid FROM pg_roles o WHERE o.rolsuper)
 ORDER BY r.side, p.oid)"};

}  // namespace

untrusted_code find_untrusted_code(pg::call& current, model::constraint const& key, std::span<oid const> child_tables,
                                   std::span<oid const> parent_tables) {
    auto& arena = current.arena();
    untrusted_code found;
    if (!std::get<0>(select<row<bool>>(arena, any_untrusted)[0])) return found;

    model::vector<oid> types(arena);
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
            types.push_back(left);
            types.push_back(right);
        }
    });

    for (auto const& [side, name, owner] :
         select<row<text, text, text>>(arena, reachable, child_tables, parent_tables,
                                       std::span<oid const>(types.data(), types.size()), key.operators)) {
        auto& place = side == "k" ? found.of_key : side == "c" ? found.of_child : found.of_parent;
        if (!place) place = untrusted_function{name, owner};
    }
    return found;
}

}  // namespace fkaudit::check
