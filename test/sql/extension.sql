-- The extension as objects: comments, markings, rights, other schemas, and names planted in the caller's path.

-- Every object has a comment of one line.
SELECT pg_describe_object(d.classid, d.objid, 0) AS without_comment
  FROM pg_depend AS d
  JOIN pg_extension AS e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype = 'e'
 WHERE e.extname = 'fkaudit' AND d.classid NOT IN ('pg_type'::regclass)
   AND coalesce(obj_description(d.objid, d.classid::regclass::text), '') !~ '^[^\n]{10,100}$';
SELECT count(*) > 8 AS several
  FROM pg_depend AS d JOIN pg_extension AS e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
 WHERE e.extname = 'fkaudit' AND d.deptype = 'e';

-- Volatility (v where data is read in subtransactions), parallel safety, no SET clause, nothing SECURITY DEFINER or strict,
-- and named arguments all over.
SELECT p.oid::regprocedure AS function, p.provolatile, p.proparallel, p.prosecdef, p.proisstrict, p.proconfig IS NOT NULL AS sets,
       cardinality(p.proargnames) = cardinality(p.proargmodes) AND NOT '' = ANY (p.proargnames) AS named
  FROM pg_proc AS p
  JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
  JOIN pg_extension AS e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
 WHERE e.extname = 'fkaudit' ORDER BY p.proname, p.pronargs;

-- Functions start with fk_, and so does the rest.
SELECT count(*) FROM pg_depend AS d JOIN pg_extension AS e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
  LEFT JOIN pg_proc AS p ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid
  LEFT JOIN pg_class AS c ON d.classid = 'pg_class'::regclass AND d.objid = c.oid
 WHERE e.extname = 'fkaudit' AND d.deptype = 'e' AND coalesce(p.proname, c.relname) NOT LIKE 'fk\_%';

-- Somebody with no rights at all sees the keys: pg_constraint is everybody's.
CREATE SCHEMA hidden;
REVOKE ALL ON SCHEMA hidden FROM PUBLIC;
CREATE TABLE hidden.parent (id int PRIMARY KEY);
CREATE TABLE hidden.child (parent int CONSTRAINT hidden_key REFERENCES hidden.parent ON DELETE CASCADE);
CREATE ROLE regress_fkaudit_nobody;
SET ROLE regress_fkaudit_nobody;
SELECT child, constraint_name, enforcement, child_columns, parent FROM fk_constraints();
SELECT child, constraint_name, enforcement, index_verdict FROM fk_status;
SELECT child, path FROM fk_references((SELECT parent FROM fk_constraints(NULL, 'hidden_key')));
SELECT count(*) FROM fk_missing_indexes();
SELECT count(risk) IS NOT NULL AS runs FROM fk_risky_actions();
SELECT count(kind) IS NOT NULL AS runs FROM fk_type_mismatches();
SELECT verdict, orphan_rows, example, reason FROM fk_check();
SELECT count(*) FROM fk_orphans();
RESET ROLE;
DROP ROLE regress_fkaudit_nobody;

-- Hostile names: a schema that the caller's path prefers has everything that a catalog query could take by mistake. Each of
-- them would leave a trace.
CREATE SCHEMA evil;
CREATE TABLE evil.trace (what text);
CREATE FUNCTION evil.caught(what text) RETURNS oid LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO evil.trace VALUES (what);
    RAISE WARNING 'evil % ran', what;
    RETURN 0;
END $$;
SELECT format('CREATE VIEW evil.%I AS SELECT evil.caught(%L) AS oid', c.relname, c.relname)
  FROM pg_class AS c
 WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.relkind IN ('r', 'v')
   AND c.relname IN ('pg_constraint', 'pg_class', 'pg_namespace', 'pg_attribute', 'pg_attrdef', 'pg_inherits', 'pg_index', 'pg_am',
                     'pg_opclass', 'pg_trigger', 'pg_operator', 'pg_amop', 'pg_type', 'pg_cast', 'pg_collation', 'pg_stats',
                     'pg_proc', 'pg_description', 'pg_settings', 'pg_policy', 'pg_roles', 'pg_authid')
 ORDER BY c.relname
\gexec
DO $$
DECLARE one record;
BEGIN
    -- Every function of one argument or two that is called by name.
    FOR one IN
        SELECT DISTINCT p.proname, pg_get_function_identity_arguments(p.oid) AS arguments, p.prorettype::regtype AS result, p.proretset
          FROM pg_proc AS p
         WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.provariadic = 0 AND p.prokind = 'f' AND p.proargmodes IS NULL
           AND p.prorettype <> ALL (ARRAY['internal', 'anyelement', 'anyarray', 'cstring', 'trigger']::regtype[])
           AND NOT ('internal'::regtype = ANY (p.proargtypes) OR 'cstring'::regtype = ANY (p.proargtypes))
           AND p.proname IN ('unnest', 'format_type', 'pg_is_other_temp_schema', 'pg_stat_get_tuples_deleted',
                             'pg_stat_get_tuples_updated', 'pg_stat_get_tuples_hot_updated', 'pg_stat_get_tuples_inserted',
                             'current_setting', 'pg_get_constraintdef', 'has_column_privilege', 'has_table_privilege',
                             'row_security_active', 'pg_get_expr', 'pg_relation_size', 'array_agg', 'count', 'quote_ident')
    LOOP
        EXECUTE format('CREATE FUNCTION evil.%I(%s) RETURNS %s %s LANGUAGE sql AS $f$ SELECT evil.caught(%L); SELECT NULL::%s $f$',
                       one.proname, one.arguments, CASE WHEN one.proretset THEN 'SETOF' END, one.result, one.proname, one.result);
    END LOOP;
    -- Operators over the types of the catalog.
    FOR one IN
        SELECT o.oprname, o.oprleft::regtype AS l, o.oprright::regtype AS r, row_number() OVER () AS n
          FROM pg_operator AS o
         WHERE o.oprnamespace = 'pg_catalog'::regnamespace AND o.oprresult = 'bool'::regtype
           AND o.oprname IN ('=', '<>', '<', '>', '<=', '>=')
           AND o.oprleft = ANY (ARRAY['oid', 'name', 'text', 'int2', 'int4', 'int8', '"char"', 'bool']::regtype[])
           AND o.oprright = ANY (ARRAY['oid', 'name', 'text', 'int2', 'int4', 'int8', '"char"', 'bool']::regtype[])
    LOOP
        EXECUTE format('CREATE FUNCTION evil.operator%s(%s, %s) RETURNS bool LANGUAGE sql AS $f$ SELECT evil.caught(%L); SELECT false $f$',
                       one.n, one.l, one.r, 'operator ' || one.oprname);
        EXECUTE format('CREATE OPERATOR evil.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = evil.operator%s)',
                       one.oprname, one.l, one.r, one.n);
    END LOOP;
END $$;
SET search_path = evil, public, pg_catalog;
-- The trap works.
SELECT count(*) FROM (SELECT oid FROM pg_constraint OFFSET 0) AS c;
SELECT 1::oid = 2::oid AS trapped;
SELECT child, constraint_name, enforcement, definition FROM fk_constraints();
SELECT constraint_name FROM fk_constraints('hidden.child', 'hidden_key');
SELECT child, path FROM fk_references('hidden.parent');
SELECT child, constraint_name, index_verdict FROM fk_status;
SELECT verdict, priority, ddl FROM fk_missing_indexes();
SELECT count(risk) IS NOT NULL AS runs FROM fk_risky_actions();
SELECT count(kind) IS NOT NULL AS runs FROM fk_type_mismatches();
SELECT verdict, orphan_rows, reason FROM fk_check();
SELECT count(*) FROM fk_orphans();
SELECT count(*) FROM fk_check('hidden.child', ARRAY['parent'], 'hidden.parent', ARRAY['id']);
RESET search_path;
SELECT what, count(*) FROM evil.trace GROUP BY what;
-- Temporary objects are found last of all.
CREATE TEMP TABLE pg_constraint (oid oid);
CREATE TEMP VIEW pg_class AS SELECT evil.caught('temporary') AS oid;
SELECT count(*) FROM fk_constraints();
SELECT constraint_name FROM fk_constraints('hidden.child');
DROP VIEW pg_temp.pg_class;
DROP TABLE pg_temp.pg_constraint;

-- In a schema of any name, which need not be in the path.
SET client_min_messages = warning;
DROP EXTENSION fkaudit;
CREATE SCHEMA "My ""Schema""; --";
CREATE EXTENSION fkaudit SCHEMA "My ""Schema""; --";
SET search_path = '';
SELECT child, constraint_name, enforcement FROM "My ""Schema""; --".fk_constraints();
SELECT child, constraint_name, enforcement, index_verdict FROM "My ""Schema""; --".fk_status;
SELECT child, verdict FROM "My ""Schema""; --".fk_check();
SELECT child, verdict FROM "My ""Schema""; --".fk_missing_indexes();
SELECT child, path FROM "My ""Schema""; --".fk_references('hidden.parent');
RESET search_path;
-- It is not relocatable.
ALTER EXTENSION fkaudit SET SCHEMA public;
DROP EXTENSION fkaudit;
DROP SCHEMA "My ""Schema""; --";
SELECT count(*) FROM pg_proc WHERE proname LIKE 'fk\_%';
CREATE EXTENSION fkaudit;
DROP SCHEMA hidden, evil CASCADE;
