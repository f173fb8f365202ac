-- Names that a hostile schema plants before pg_catalog's: operators, functions, aggregates, types, casts, and tables of the
-- same name, in a schema that the caller's search_path prefers and in pg_temp. None of them is taken while keys are
-- examined (extension.sql has the same about the functions that read catalogs alone).
SET client_min_messages = warning;
CREATE SCHEMA genuine;
CREATE TYPE genuine.number AS (n int);
CREATE FUNCTION genuine.to_int(genuine.number) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT $1.n';
CREATE CAST (genuine.number AS int) WITH FUNCTION genuine.to_int AS IMPLICIT;
CREATE TABLE genuine.parent (id int PRIMARY KEY, t text UNIQUE, c char(5) UNIQUE, u uuid UNIQUE, b bigint UNIQUE, UNIQUE (id, t));
CREATE TABLE genuine.child (
    key int PRIMARY KEY,
    i int CONSTRAINT k_int REFERENCES genuine.parent,
    v varchar(9) CONSTRAINT k_varchar REFERENCES genuine.parent (t),
    c text CONSTRAINT k_bpchar REFERENCES genuine.parent (c),
    u uuid CONSTRAINT k_uuid REFERENCES genuine.parent (u),
    s smallint CONSTRAINT k_smallint REFERENCES genuine.parent (b),
    n genuine.number CONSTRAINT k_cast REFERENCES genuine.parent,
    CONSTRAINT k_full FOREIGN KEY (i, v) REFERENCES genuine.parent (id, t) MATCH FULL);
CREATE TABLE genuine.parted (i int CONSTRAINT k_parted REFERENCES genuine.parent) PARTITION BY RANGE (i);
CREATE TABLE genuine.parted_1 PARTITION OF genuine.parted FOR VALUES FROM (0) TO (10);
CREATE TABLE genuine.parted_2 PARTITION OF genuine.parted DEFAULT;
INSERT INTO genuine.parent VALUES (1, 'a', 'a', '00000000-0000-0000-0000-000000000001', 1);
SET session_replication_role = replica;
INSERT INTO genuine.child VALUES
    (1, 1, 'a', 'a', '00000000-0000-0000-0000-000000000001', 1, ROW(1)),
    (2, 2, 'b', 'b', '00000000-0000-0000-0000-000000000002', 2, ROW(2)),
    (3, NULL, 'a', NULL, NULL, NULL, NULL);
INSERT INTO genuine.parted VALUES (1), (2), (20);
RESET session_replication_role;

-- Everything planted says yes to any comparison, and counts up.
CREATE SCHEMA evil;
CREATE SEQUENCE evil.ran;
CREATE FUNCTION evil.caught() RETURNS void LANGUAGE plpgsql AS $$BEGIN PERFORM pg_catalog.nextval('evil.ran'); END$$;
DO $$
DECLARE
    one record;
BEGIN
    FOR one IN
        SELECT o.oprname, o.oprleft::regtype AS l, o.oprright::regtype AS r, row_number() OVER (ORDER BY o.oid) AS n
          FROM pg_operator o
         WHERE o.oprnamespace = 'pg_catalog'::regnamespace AND o.oprname IN ('=', '<>', '<', '>', '<=', '>=')
           AND o.oprleft = ANY ('{int2,int4,int8,text,bpchar,uuid,oid,tid,numeric,jsonb,bool,name}'::regtype[])
           AND o.oprright = ANY ('{int2,int4,int8,text,bpchar,uuid,oid,tid,numeric,jsonb,bool,name}'::regtype[])
    LOOP
        EXECUTE format('CREATE FUNCTION evil.f%s(%s, %s) RETURNS bool LANGUAGE plpgsql AS '
                       '$f$BEGIN PERFORM evil.caught(); RETURN true; END$f$', one.n, one.l, one.r);
        EXECUTE format('CREATE OPERATOR evil.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = evil.f%s)',
                       one.oprname, one.l, one.r, one.n);
    END LOOP;
END $$;
CREATE FUNCTION evil.step(bigint, anyelement) RETURNS bigint LANGUAGE plpgsql AS $$BEGIN PERFORM evil.caught(); RETURN 0; END$$;
CREATE FUNCTION evil.step(bigint) RETURNS bigint LANGUAGE plpgsql AS $$BEGIN PERFORM evil.caught(); RETURN 0; END$$;
CREATE AGGREGATE evil.count(*) (SFUNC = evil.step, STYPE = bigint, INITCOND = '0');
CREATE AGGREGATE evil.count(anyelement) (SFUNC = evil.step, STYPE = bigint, INITCOND = '0');
CREATE AGGREGATE evil.sum(anyelement) (SFUNC = evil.step, STYPE = bigint, INITCOND = '0');
CREATE AGGREGATE evil.min(anyelement) (SFUNC = evil.step, STYPE = bigint, INITCOND = '0');
CREATE AGGREGATE evil.max(anyelement) (SFUNC = evil.step, STYPE = bigint, INITCOND = '0');
CREATE FUNCTION evil.jsonb_build_object(text, anyelement) RETURNS jsonb LANGUAGE plpgsql AS $$BEGIN PERFORM evil.caught(); RETURN '{}'; END$$;
CREATE FUNCTION evil.to_jsonb(anyelement) RETURNS jsonb LANGUAGE plpgsql AS $$BEGIN PERFORM evil.caught(); RETURN '{}'; END$$;
CREATE FUNCTION evil.row_number() RETURNS bigint LANGUAGE plpgsql AS $$BEGIN PERFORM evil.caught(); RETURN 0; END$$;
-- Types that take no value.
CREATE FUNCTION evil.no(pg_catalog.text) RETURNS bool LANGUAGE plpgsql AS $$BEGIN PERFORM evil.caught(); RETURN false; END$$;
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY '{text,int2,int4,int8,oid,tid,regclass,jsonb,name,bool,numeric}'::text[] LOOP
        EXECUTE format('CREATE DOMAIN evil.%I AS pg_catalog.text CHECK (evil.no(VALUE))', name);
    END LOOP;
END $$;
-- A cast that did not exist when the key was declared, and an operator that now fits its columns exactly.
CREATE FUNCTION evil.to_bigint(genuine.number) RETURNS bigint LANGUAGE plpgsql AS $$BEGIN PERFORM evil.caught(); RETURN 1; END$$;
CREATE CAST (genuine.number AS bigint) WITH FUNCTION evil.to_bigint AS IMPLICIT;
CREATE FUNCTION evil.equal(pg_catalog.int4, genuine.number) RETURNS pg_catalog.bool LANGUAGE plpgsql AS
    $$BEGIN PERFORM evil.caught(); RETURN true; END$$;
CREATE OPERATOR evil.= (LEFTARG = pg_catalog.int4, RIGHTARG = genuine.number, FUNCTION = evil.equal);
-- Tables of the same name, and of the names that the queries use for themselves.
CREATE TABLE evil.parent (id int, t text);
CREATE VIEW evil.child AS SELECT evil.caught()::text AS key;
CREATE VIEW evil.orphan AS SELECT evil.caught()::text AS k1;
CREATE TEMPORARY TABLE parent (id int, t text);
CREATE TEMPORARY VIEW child AS SELECT evil.caught()::text AS key;
CREATE TEMPORARY VIEW orphan AS SELECT evil.caught()::text AS k1, 1 AS n;
CREATE TEMPORARY VIEW c AS SELECT evil.caught()::text AS i;

-- Under a clean path.
CREATE TABLE checks AS SELECT 'clean' AS path, constraint_name, verdict, orphan_rows, missing_keys, example, rows_checked, mixed_null_rows,
                              partial_null_rows, reason, detail FROM fk_check() WHERE child::text LIKE 'genuine.%';
CREATE TABLE orphans AS SELECT 'clean' AS path, constraint_name, row_key, foreign_key, reason, row_table, row_ctid FROM fk_orphans();
CREATE TABLE others AS SELECT 'clean' AS path, verdict, orphan_rows, example FROM fk_check('genuine.child', '{c}', 'genuine.parent', '{t}');
SELECT constraint_name, verdict, orphan_rows, example, rows_checked FROM checks;

-- The trap works: each of these runs it. (Under this path not even an expected NULL can be compared.)
SET search_path = evil, pg_temp, pg_catalog, public;
CREATE FUNCTION public.regress_fkaudit_caught() RETURNS pg_catalog.bool LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
    ran bool;
BEGIN
    SELECT is_called INTO ran FROM evil.ran;
    PERFORM setval('evil.ran', 1, false);
    RETURN ran;
END $$;
SELECT c.i FROM genuine.child c JOIN genuine.parent p ON p.id = c.i;
SELECT public.regress_fkaudit_caught();
SELECT count(*) FROM genuine.parent;
SELECT public.regress_fkaudit_caught();
SELECT jsonb_build_object('i', i) FROM genuine.child;
SELECT public.regress_fkaudit_caught();
SELECT 'a'::text;
SELECT public.regress_fkaudit_caught();
SELECT key FROM child;
SELECT public.regress_fkaudit_caught();
SELECT c.n FROM genuine.child c JOIN genuine.parent p ON p.id = c.n;
SELECT public.regress_fkaudit_caught();
INSERT INTO public.checks SELECT 'evil', constraint_name, verdict, orphan_rows, missing_keys, example, rows_checked, mixed_null_rows,
                                 partial_null_rows, reason, detail FROM public.fk_check();
INSERT INTO public.orphans SELECT 'evil', constraint_name, row_key, foreign_key, reason, row_table, row_ctid FROM public.fk_orphans();
INSERT INTO public.others SELECT 'evil', verdict, orphan_rows, example FROM public.fk_check('genuine.child', '{c}', 'genuine.parent', '{t}');
SELECT c.detail FROM public.fk_check('genuine.child', '{n}', 'genuine.parent', '{id}') c;
SELECT public.regress_fkaudit_caught();
SELECT severity, risk FROM public.fk_risky_actions();
SELECT child_column, kind FROM public.fk_type_mismatches();
SELECT public.regress_fkaudit_caught();
-- A table's bare name is the caller's own, as everywhere.
SELECT verdict FROM public.fk_check('parent', '{id}', 'genuine.parent', '{id}');
SELECT * FROM public.fk_check('child', '{id}', 'genuine.parent', '{id}');
RESET search_path;

-- The same answers.
SELECT path, count(*) FROM checks GROUP BY path ORDER BY path;
SELECT path, count(*) FROM orphans GROUP BY path ORDER BY path;
SELECT count(*) AS different FROM (SELECT constraint_name, to_jsonb(c) - 'path' FROM checks c GROUP BY 1, 2 HAVING count(*) <> 2) d;
SELECT count(*) AS different FROM (SELECT to_jsonb(o) - 'path' FROM orphans o GROUP BY 1 HAVING count(*) <> 2) d;
SELECT count(*) AS different FROM (SELECT to_jsonb(o) - 'path' FROM others o GROUP BY 1 HAVING count(*) <> 2) d;

DROP TABLE checks, orphans, others, pg_temp.parent CASCADE;
DROP VIEW pg_temp.child, pg_temp.orphan, pg_temp.c;
DROP FUNCTION regress_fkaudit_caught;
DROP SCHEMA evil, genuine CASCADE;
