-- Compares fkaudit's verdicts with the planner's choices: compare_with_planner(schema).

CREATE FUNCTION cast_name(type oid) RETURNS text LANGUAGE sql AS $$
SELECT format('%I.%I', n.nspname, t.typname) FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.oid = type
$$;

-- The query with which the server searches the child for a parent's row (ri_triggers.c: ri_restrict), and its parameters.
CREATE FUNCTION search_query(key pg_constraint, OUT query text, OUT types text) LANGUAGE sql AS $$
SELECT format('SELECT 1 FROM %s%s x WHERE %s FOR KEY SHARE OF x',
              CASE WHEN r.relkind = 'p' THEN '' ELSE 'ONLY ' END, key.conrelid::regclass,
              string_agg(format('$%s%s OPERATOR(%I.%s) x.%I%s%s', k.n,
                                CASE WHEN p.atttypid <> o.oprleft THEN '::' || cast_name(o.oprleft) END,
                                s.nspname, o.oprname, c.attname,
                                CASE WHEN c.atttypid <> o.oprright THEN '::' || cast_name(o.oprright) END,
                                CASE WHEN p.attcollation <> c.attcollation AND NOT l.collisdeterministic
                                     THEN format(' COLLATE %I.%I', ls.nspname, l.collname) END),
                         ' AND ' ORDER BY k.n)),
       string_agg(format_type(p.atttypid, NULL), ', ' ORDER BY k.n)
  FROM pg_class r, unnest(key.conkey, key.confkey, key.conpfeqop) WITH ORDINALITY k(child, parent, operator, n)
  JOIN pg_attribute c ON c.attrelid = key.conrelid AND c.attnum = k.child
  JOIN pg_attribute p ON p.attrelid = key.confrelid AND p.attnum = k.parent
  JOIN pg_operator o ON o.oid = k.operator
  JOIN pg_namespace s ON s.oid = o.oprnamespace
  LEFT JOIN pg_collation l ON l.oid = p.attcollation
  LEFT JOIN pg_namespace ls ON ls.oid = l.collnamespace
 WHERE r.oid = key.conrelid
 GROUP BY r.oid
$$;

CREATE FUNCTION plan_nodes(plan jsonb) RETURNS SETOF jsonb LANGUAGE sql AS $$
WITH RECURSIVE node(n) AS (
    SELECT plan UNION ALL SELECT p FROM node, jsonb_array_elements(n->'Plans') p)
SELECT n FROM node
$$;

-- Whether the conditions name every column of the key, and the index, a btree or a hash, leads with these columns. (A
-- condition on a btree's second column alone is an Index Cond too, but reads the whole index.)
CREATE FUNCTION leads_to_rows(key pg_constraint, index text, conditions text) RETURNS bool LANGUAGE sql AS $$
SELECT m.amname IN ('btree', 'hash')
       AND (SELECT count(DISTINCT p) FROM regexp_matches(conditions, '\$\d+', 'g') p) >= n.columns
       AND (x.indnkeyatts = n.columns OR NOT EXISTS (
            SELECT FROM generate_series(1, n.columns) k
             WHERE strpos(translate(conditions, '()', ''),
                          translate(pg_get_indexdef(x.indexrelid, k::int, false), '()', '')) = 0))
  FROM (SELECT count(DISTINCT c) AS columns FROM unnest(key.conkey) c) n, pg_index x
  JOIN pg_class r ON r.oid = x.indexrelid
  JOIN pg_am m ON m.oid = r.relam
 WHERE r.relname = index
   AND x.indrelid IN (SELECT key.conrelid UNION ALL SELECT relid FROM pg_partition_tree(key.conrelid))
$$;

-- Each table that the search scans, as a generic plan and with sequential scans switched off.
CREATE FUNCTION search_plan(key_oid oid, OUT relation text, OUT index text, OUT conditions text, OUT is_whole bool)
RETURNS SETOF record LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
    key pg_constraint;
    search record;
    plan json;
BEGIN
    SELECT c.* INTO key FROM pg_constraint c WHERE c.oid = key_oid;
    search := search_query(key);
    EXECUTE format('PREPARE search(%s) AS %s', search.types, search.query);
    EXECUTE format('EXPLAIN (COSTS OFF, FORMAT JSON) EXECUTE search(%s)',
                   (SELECT string_agg('NULL', ', ') FROM unnest(key.conkey))) INTO plan;
    DEALLOCATE search;
    RETURN QUERY
    SELECT s.n->>'Relation Name', i.n->>'Index Name', i.n->>'Index Cond',
           coalesce(leads_to_rows(key, i.n->>'Index Name', i.n->>'Index Cond'), false)
      FROM plan_nodes(plan::jsonb->0->'Plan') s(n)
      LEFT JOIN LATERAL plan_nodes(s.n) i(n) ON i.n ? 'Index Name'
     WHERE s.n ? 'Relation Name';
END
$$;

-- Each key of a schema: the verdict beside the index and the conditions that the planner chooses for every table.
CREATE FUNCTION compare_with_planner(wanted regnamespace, OUT child text, OUT verdict text, OUT planner text, OUT agrees bool)
RETURNS SETOF record LANGUAGE sql AS $$
SELECT CASE WHEN f.constraint_name LIKE r.relname || '%' THEN f.constraint_name ELSE r.relname || ' ' || f.constraint_name END,
       f.verdict, p.chosen, (f.verdict = 'covered') = p.is_whole
  FROM fk_missing_indexes(include_covered => true) WITH ORDINALITY
       AS f(child, child_columns, verdict, priority, index, reason, constraint_name, parent, child_rows, child_bytes,
            parent_deletes, parent_updates, ddl, constraint_oid, position)
  JOIN pg_class r ON r.oid = f.child
  CROSS JOIN LATERAL (
       SELECT string_agg(CASE WHEN r.relkind = 'p' THEN relation || ': ' ELSE '' END || coalesce(index || ' ' || conditions, 'none'),
                         '; ' ORDER BY relation COLLATE "C") AS chosen,
              bool_and(is_whole) AS is_whole
         FROM search_plan(f.constraint_oid)) p
 WHERE r.relnamespace = wanted
 ORDER BY f.position
$$;
