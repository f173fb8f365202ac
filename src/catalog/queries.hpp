#pragma once

#include "src/pg/compat.hpp"
#include "src/pg/spi.hpp"

/// The SQL text of every catalog query. Each runs once for a call, whatever the number of foreign keys; search_path is
/// pg_catalog alone, so the names need no schema. The plans of some may be kept for the session. Parameters and result types stand beside the rows in loader.cpp.
namespace fkaudit::catalog::queries {

/// The end of a query that has begun a tree of constraints, tree(id): those that partitioning derived from them come in as
/// well, and what the loader reads of each is selected.
#define FKAUDIT_SQL_ROWS_OF_TREE                                                                     \
    "    UNION"                                                                                      \
    "    SELECT c.oid FROM tree t JOIN pg_constraint c ON c.conparentid = t.id AND c.contype = 'f')" \
    " SELECT c.oid, c.conparentid, c.conname, c.conrelid, c.confrelid,"                              \
    " coalesce(c.conkey, '{}'), coalesce(c.confkey, '{}'), coalesce(c.conpfeqop, '{}'),"             \
    " c.confmatchtype, c.confdeltype, c.confupdtype, c.confdelsetcols,"                              \
    " c.condeferrable, c.condeferred, c.convalidated,"                                               \
    " " FKAUDIT_SQL_CONENFORCED ", " FKAUDIT_SQL_CONPERIOD                                           \
    ", c.conindid"                                                                                   \
    " FROM tree t JOIN pg_constraint c ON c.oid = t.id ORDER BY c.oid"

/// $1 child oid or NULL, $2 constraint name or NULL: every pg_constraint row of the keys in scope, the declared ones and
/// those that partitioning derived from them. A partition stands for the keys of its ancestors that apply to it. A row
/// that derives from nothing that is there or, in a circle, from itself, or is of no table that is there, comes along, so that
/// it can be reported.
inline pg::spi::kept_query constraint_rows{R"(
WITH RECURSIVE above(id, next, matches) AS (
    SELECT c.oid, c.conparentid, $2 IS NULL OR c.conname = $2
      FROM pg_constraint c
     WHERE c.contype = 'f' AND c.conrelid = $1
    UNION
    SELECT c.oid, c.conparentid, a.matches OR c.conname = $2
      FROM above a JOIN pg_constraint c ON c.oid = a.next
), declared(id) AS (
    SELECT a.id
      FROM above a
      LEFT JOIN pg_constraint p ON p.oid = a.next AND p.oid <> a.id AND p.contype = 'f'
     WHERE p.oid IS NULL AND a.matches
    UNION
    SELECT c.oid
      FROM pg_constraint c
      LEFT JOIN pg_constraint p ON p.oid = c.conparentid AND p.oid <> c.oid AND p.contype = 'f'
      LEFT JOIN pg_class r ON r.oid = c.conrelid
      LEFT JOIN pg_namespace n ON n.oid = r.relnamespace
     WHERE $1 IS NULL AND c.contype = 'f' AND p.oid IS NULL AND ($2 IS NULL OR c.conname = $2)
       AND (n.oid IS NULL OR n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
                             AND NOT pg_is_other_temp_schema(n.oid))
), climb(id, at) AS (
    SELECT c.oid, c.conparentid
      FROM pg_constraint c
     WHERE c.contype = 'f' AND c.conparentid NOT IN (0, c.oid)
       AND ($1 IS NULL OR c.conrelid = $1) AND ($2 IS NULL OR c.conname = $2)
    UNION
    SELECT l.id, c.conparentid
      FROM climb l JOIN pg_constraint c ON c.oid = l.at AND c.contype = 'f' AND c.conparentid NOT IN (0, c.oid)
), tree(id) AS (
    SELECT id FROM declared
    UNION
    SELECT id FROM climb WHERE at = id
)" FKAUDIT_SQL_ROWS_OF_TREE};

/// $1 declared keys: the same columns.
inline pg::spi::kept_query rows_of_keys{R"(
WITH RECURSIVE tree(id) AS (
    SELECT unnest($1)
)" FKAUDIT_SQL_ROWS_OF_TREE};

/// No parameter: every foreign key's rows, and the declared key that each derives from (itself, where there is none).
inline constexpr char const* declared_keys = R"(
WITH RECURSIVE tree(id, root) AS (
    SELECT c.oid, c.oid
      FROM pg_constraint c
     WHERE c.contype = 'f'
       AND NOT EXISTS (SELECT FROM pg_constraint p WHERE p.oid = c.conparentid AND p.oid <> c.oid AND p.contype = 'f')
    UNION
    SELECT c.oid, t.root FROM tree t JOIN pg_constraint c ON c.conparentid = t.id AND c.contype = 'f'
)
SELECT n.nspname, r.relname, c.conname, r.oid, d.oid, dr.oid, dn.nspname, dr.relname, d.conname, pn.nspname, p.relname,
       pg_has_role(dr.relowner, 'USAGE') OR pg_has_role('pg_read_all_stats', 'USAGE'),
       r.relrowsecurity OR dr.relrowsecurity OR p.relrowsecurity
       OR EXISTS (SELECT FROM pg_class cp WHERE cp.oid = c.confrelid AND cp.relrowsecurity),
       coalesce((SELECT cp.relname FROM pg_class cp WHERE cp.oid = c.confrelid), p.relname)
  FROM tree t
  JOIN pg_constraint c ON c.oid = t.id
  JOIN pg_class r ON r.oid = c.conrelid
  JOIN pg_namespace n ON n.oid = r.relnamespace
  JOIN pg_constraint d ON d.oid = t.root
  JOIN pg_class dr ON dr.oid = d.conrelid
  JOIN pg_namespace dn ON dn.oid = dr.relnamespace
  JOIN pg_class p ON p.oid = d.confrelid
  JOIN pg_namespace pn ON pn.oid = p.relnamespace)";

/// $1 tables: their ids with all partitions and inheritance children below and all of their ancestors.
/// $2: whether to read the cumulative statistics.
inline pg::spi::kept_query relations{R"(
WITH RECURSIVE below(id) AS (
    SELECT unnest($1)
    UNION
    SELECT i.inhrelid FROM below b JOIN pg_inherits i ON i.inhparent = b.id AND NOT i.inhdetachpending
), around(id) AS (
    SELECT id FROM below
    UNION
    SELECT i.inhparent FROM around a JOIN pg_inherits i ON i.inhrelid = a.id AND NOT i.inhdetachpending
)
SELECT r.oid, n.nspname, r.relname, r.relkind, r.relpersistence, r.relispartition,
       r.relpersistence = 't' AND pg_is_other_temp_schema(n.oid), r.relrowsecurity, r.relforcerowsecurity,
       r.relhastriggers, r.relowner, r.relam, r.reltuples::bigint, r.relpages * current_setting('block_size')::bigint,
       CASE WHEN $2 THEN pg_stat_get_tuples_deleted(r.oid) ELSE 0 END,
       CASE WHEN $2 THEN greatest(pg_stat_get_tuples_updated(r.oid) - pg_stat_get_tuples_hot_updated(r.oid), 0)
            ELSE 0 END,
       ARRAY(SELECT i.inhparent FROM pg_inherits i WHERE i.inhrelid = r.oid AND NOT i.inhdetachpending
              ORDER BY i.inhseqno),
       ARRAY(SELECT i.inhrelid FROM pg_inherits i JOIN pg_class k ON k.oid = i.inhrelid
              WHERE r.relhassubclass AND i.inhparent = r.oid AND NOT i.inhdetachpending
              ORDER BY k.relname, k.oid)
  FROM around a
  JOIN pg_class r ON r.oid = a.id
  JOIN pg_namespace n ON n.oid = r.relnamespace
 ORDER BY r.oid)"};

/// No parameter: the tables that rows can be loaded into: the users' own, partitions under their topmost table, without those
/// that belong to an extension.
inline constexpr char const* loadable_tables = R"(
SELECT r.oid, n.nspname, r.relname
  FROM pg_class r
  JOIN pg_namespace n ON n.oid = r.relnamespace
 WHERE r.relkind IN ('r', 'p') AND NOT r.relispartition
   AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND NOT pg_is_other_temp_schema(n.oid)
   AND NOT EXISTS (SELECT FROM pg_depend d
                    WHERE d.classid = 'pg_class'::regclass AND d.objid = r.oid AND d.deptype = 'e')
 ORDER BY n.nspname, r.relname)";

/// No parameter: deferrable foreign keys with whose name SET CONSTRAINTS fails, because another constraint of the schema
/// has it that is not deferrable (trigger.c: AfterTriggerSetState).
inline constexpr char const* unnameable_keys = R"(
SELECT c.oid
  FROM pg_constraint c
 WHERE c.contype = 'f' AND c.condeferrable
   AND EXISTS (SELECT FROM pg_constraint o
                WHERE o.conname = c.conname AND o.connamespace = c.connamespace AND NOT o.condeferrable)
 ORDER BY c.oid)";

/// $1 tables.
inline pg::spi::kept_query columns{R"(
SELECT a.attrelid, a.attnum, a.attname, a.atttypid, a.atttypmod, format_type(a.atttypid, a.atttypmod), a.attcollation,
       a.attnotnull,
       a.attnotnull AND NOT EXISTS (SELECT FROM pg_constraint n
                                     WHERE n.conrelid = a.attrelid AND n.contype = 'n' AND n.conkey = ARRAY[a.attnum]
                                       AND NOT n.convalidated),
       a.atthasdef AND a.attgenerated = '', a.attidentity, a.attgenerated,
       d.adbin::text
  FROM pg_attribute a
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
 WHERE a.attrelid = ANY($1) AND a.attnum > 0 AND NOT a.attisdropped
 ORDER BY a.attrelid, a.attnum)"};

/// $1 tables: what ANALYZE found, where the caller may see it.
inline constexpr char const* column_statistics = R"(
SELECT a.attrelid, a.attnum, s.null_frac::float8, s.n_distinct::float8
  FROM pg_class r
  JOIN pg_namespace n ON n.oid = r.relnamespace
  JOIN pg_stats s ON s.schemaname = n.nspname AND s.tablename = r.relname
  JOIN pg_attribute a ON a.attrelid = r.oid AND a.attname = s.attname
 WHERE r.oid = ANY($1) AND s.inherited = (r.relkind = 'p')
 ORDER BY a.attrelid, a.attnum)";

/// $1 tables: the enforced ones.
inline constexpr char const* checks = R"(
SELECT c.conrelid, c.conname, c.convalidated, c.conbin::text
  FROM pg_constraint c
 WHERE c.contype = 'c' AND c.conrelid = ANY($1) AND c.conbin IS NOT NULL AND )" FKAUDIT_SQL_CONENFORCED R"(
 ORDER BY c.conrelid, c.conname)";

/// $1 tables.
inline pg::spi::kept_query indexes{R"(
SELECT i.indrelid, i.indexrelid, n.nspname, r.relname, m.amname, r.relkind = 'I', i.indisunique, i.indisprimary,
       i.indisvalid, i.indisready, i.indislive, i.indimmediate, i.indnullsnotdistinct, i.indnkeyatts,
       i.indkey::int2[], i.indclass::oid[], i.indcollation::oid[], i.indexprs::text, i.indpred::text,
       coalesce((SELECT h.inhparent FROM pg_inherits h WHERE r.relispartition AND h.inhrelid = r.oid LIMIT 1), 0::oid)
  FROM pg_index i
  JOIN pg_class r ON r.oid = i.indexrelid
  JOIN pg_namespace n ON n.oid = r.relnamespace
  JOIN pg_am m ON m.oid = r.relam
 WHERE i.indrelid = ANY($1)
 ORDER BY i.indrelid, r.relname)"};

/// No parameter: every operator class.
inline constexpr char const* operator_classes = R"(
SELECT o.oid, n.nspname, o.opcname, m.amname::text, o.opcfamily, o.opcintype, o.opcdefault
  FROM pg_opclass o
  JOIN pg_namespace n ON n.oid = o.opcnamespace
  JOIN pg_am m ON m.oid = o.opcmethod
 ORDER BY o.oid)";

/// $1 pg_constraint rows: their internal triggers.
inline pg::spi::kept_query triggers{R"(
SELECT t.tgconstraint, t.oid, t.tgrelid, t.tgname, t.tgfoid IN ('"RI_FKey_check_ins"'::regproc, '"RI_FKey_check_upd"'::regproc),
       t.tgenabled, t.tgdeferrable, t.tginitdeferred
  FROM pg_trigger t
 WHERE t.tgconstraint = ANY($1)
 ORDER BY t.tgconstraint, t.oid)"};

/// $1 tables: the users' own triggers, without the copies that partitions have.
inline constexpr char const* user_triggers = R"(
SELECT t.tgrelid, t.tgname, t.tgenabled, t.tgtype & 3 = 3, t.tgtype & 4 <> 0, t.tgtype & 8 <> 0, t.tgtype & 16 <> 0, t.tgattr::int2[]
  FROM pg_trigger t
 WHERE t.tgrelid = ANY($1) AND NOT t.tgisinternal AND t.tgparentid = 0
 ORDER BY t.tgrelid, t.tgname)";

/// $1 tables: what rewrites their deletes and updates.
inline constexpr char const* instead_rules = R"(
SELECT w.ev_class, w.rulename, w.ev_type = '4', w.ev_qual::text <> '<>'
  FROM pg_rewrite w
 WHERE w.ev_class = ANY($1) AND w.is_instead AND w.ev_type IN ('2', '4') AND w.ev_enabled NOT IN ('D', 'R')
 ORDER BY w.ev_class, w.rulename)";

/// No parameter: roles and databases whose sessions start in replica role; NULL and NULL for the server itself.
inline constexpr char const* replica_settings = R"(
SELECT CASE WHEN s.setrole <> 0 THEN pg_get_userbyid(s.setrole) END, d.datname
  FROM pg_db_role_setting s
  LEFT JOIN pg_database d ON d.oid = s.setdatabase
 WHERE (s.setdatabase = 0 OR d.datname = current_database()) AND 'session_replication_role=replica' = ANY(s.setconfig)
UNION ALL
SELECT NULL, NULL
  FROM pg_settings
 WHERE name = 'session_replication_role' AND source = 'configuration file' AND setting = 'replica'
 ORDER BY 1 NULLS FIRST, 2 NULLS FIRST)";

/// $1 collations: those whose version has changed since.
inline constexpr char const* stale_collations = R"(
SELECT c.oid, quote_ident(n.nspname) || '.' || quote_ident(c.collname), v.recorded, v.actual
  FROM pg_collation c
  JOIN pg_namespace n ON n.oid = c.collnamespace
  JOIN pg_database d ON d.datname = current_database()
 CROSS JOIN LATERAL (
      SELECT CASE WHEN c.collprovider = 'd' THEN d.datcollversion ELSE c.collversion END AS recorded,
             CASE WHEN c.collprovider = 'd' THEN pg_database_collation_actual_version(d.oid)
                  ELSE pg_collation_actual_version(c.oid) END AS actual) v
 WHERE c.oid = ANY($1) AND v.recorded <> v.actual
 ORDER BY c.oid)";

/// $1 tables: those that a subscription writes.
inline constexpr char const* subscribed_tables = R"(
SELECT DISTINCT s.srrelid FROM pg_subscription_rel s WHERE s.srrelid = ANY($1) ORDER BY 1)";

/// $1 operators: themselves and their commutators.
inline constexpr char const* operators = R"(
SELECT o.oid, n.nspname, o.oprname::text, o.oprleft, o.oprright, o.oprcom, o.oprcode::oid,
       coalesce(p.proisstrict, true)
  FROM pg_operator o
  JOIN pg_namespace n ON n.oid = o.oprnamespace
  LEFT JOIN pg_proc p ON p.oid = o.oprcode
 WHERE o.oid = ANY($1) OR o.oid IN (SELECT c.oprcom FROM pg_operator c WHERE c.oid = ANY($1))
 ORDER BY o.oid)";

/// $1 operators.
inline constexpr char const* family_members = R"(
SELECT o.amopopr, o.amopfamily, o.amopstrategy, m.amname::text
  FROM pg_amop o
  JOIN pg_am m ON m.oid = o.amopmethod
 WHERE o.amopopr = ANY($1) AND o.amoppurpose = 's'
 ORDER BY o.amopopr, o.amopfamily)";

/// $1 types: themselves, the types below domains and inside arrays.
inline constexpr char const* types = R"(
WITH RECURSIVE inside(id) AS (
    SELECT unnest($1)
    UNION
    SELECT x.id
      FROM inside i
      JOIN pg_type t ON t.oid = i.id
      CROSS JOIN LATERAL (VALUES (t.typbasetype), (t.typelem)) x(id)
     WHERE x.id <> 0
)
SELECT t.oid, n.nspname, t.typname, format_type(t.oid, NULL), t.typtype, t.typcategory, t.typispreferred, t.typnotnull, t.typlen,
       t.typbasetype, t.typtypmod, CASE WHEN t.typcategory = 'A' THEN t.typelem ELSE 0::oid END, t.typcollation,
       t.typdefault IS NOT NULL, t.typdefaultbin::text
  FROM inside i
  JOIN pg_type t ON t.oid = i.id
  JOIN pg_namespace n ON n.oid = t.typnamespace
 ORDER BY t.oid)";

/// $1 types: the CHECKs of those that are domains.
inline constexpr char const* domain_checks = R"(
SELECT c.contypid, c.conbin::text
  FROM pg_constraint c
 WHERE c.contype = 'c' AND c.contypid = ANY($1) AND c.conbin IS NOT NULL
 ORDER BY c.contypid, c.conname)";

/// $1 types.
inline constexpr char const* casts = R"(
SELECT c.castsource, c.casttarget, c.castmethod, c.castfunc,
       coalesce(p.proisstrict, true), coalesce(p.provolatile = 'i', true)
  FROM pg_cast c
  LEFT JOIN pg_proc p ON p.oid = c.castfunc
 WHERE c.castsource = ANY($1) AND c.casttarget = ANY($1)
 ORDER BY c.castsource, c.casttarget)";

/// $1 collations.
inline constexpr char const* collations = R"(
SELECT c.oid, n.nspname, c.collname, c.collisdeterministic
  FROM pg_collation c
  JOIN pg_namespace n ON n.oid = c.collnamespace
 WHERE c.oid = ANY($1)
 ORDER BY c.oid)";

/// No parameter: the tables of the database, each partition tree by its root.
inline constexpr char const* all_tables = R"(
SELECT r.oid
  FROM pg_class r
  JOIN pg_namespace n ON n.oid = r.relnamespace
 WHERE r.relkind IN ('r', 'p') AND NOT r.relispartition
   AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND NOT pg_is_other_temp_schema(n.oid)
   AND NOT EXISTS (SELECT FROM pg_depend d
                    WHERE d.classid = 'pg_class'::regclass AND d.objid = r.oid AND d.deptype = 'e'))";

}  // namespace fkaudit::catalog::queries
