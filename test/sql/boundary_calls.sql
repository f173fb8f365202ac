-- Calls: arguments, results, the caller's surroundings, and memory over thousands of them.
CREATE SCHEMA probe;
CREATE EXTENSION fkaudit_test SCHEMA probe;

-- Arguments and result columns of every type, given and NULL.
SELECT * FROM probe.echo(true, -2147483648, 9223372036854775807, 4294967295, 'größer', 'Name "x"', ARRAY['a', 'B c']::name[]);
SELECT * FROM probe.echo(NULL, NULL, NULL, NULL, NULL, NULL, NULL);
SELECT * FROM probe.echo(false, 0, 0, 1, '', repeat('é', 31)::name, '{}');
SELECT length(e), octet_length(f::text) FROM probe.echo(NULL, NULL, NULL, NULL, repeat('x', 3000000), repeat('y', 63)::name, NULL);
SELECT * FROM probe.echo(NULL, NULL, NULL, NULL, NULL, NULL, ARRAY['a', NULL]::name[]);
SELECT * FROM probe.echo(NULL, NULL, NULL, NULL, NULL, NULL, ARRAY[['a'], ['b']]::name[]);

-- A library and SQL objects of different versions: a clear error, whatever differs.
CREATE TABLE probe.parent (id int PRIMARY KEY);
CREATE TABLE probe.child (parent int REFERENCES probe.parent);
CREATE FUNCTION probe.other_type(regclass, name) RETURNS TABLE (child regclass, constraint_name name, definition bigint)
    AS '$libdir/fkaudit', 'fk_constraints' LANGUAGE C;
CREATE FUNCTION probe.fewer_columns(regclass, name) RETURNS TABLE (child regclass, constraint_name name)
    AS '$libdir/fkaudit', 'fk_constraints' LANGUAGE C;
CREATE FUNCTION probe.more_columns(bool, int, bigint, oid, text, name, name[])
    RETURNS TABLE (a bool, b int, c bigint, d oid, e text, f name, g name[], h text)
    AS '$libdir/fkaudit_test', 'echo' LANGUAGE C;
CREATE FUNCTION probe.fewer_arguments(regclass) RETURNS TABLE (child regclass, constraint_name name)
    AS '$libdir/fkaudit', 'fk_constraints' LANGUAGE C;
CREATE FUNCTION probe.no_set(regclass, name) RETURNS int AS '$libdir/fkaudit', 'fk_constraints' LANGUAGE C;
SELECT * FROM probe.other_type(NULL, NULL);
SELECT * FROM probe.fewer_columns(NULL, NULL);
SELECT * FROM probe.more_columns(NULL, NULL, NULL, NULL, NULL, NULL, NULL);
SELECT * FROM probe.fewer_arguments('probe.child');
SELECT probe.no_set(NULL, NULL);

-- A catalog query that returns other types, other columns or a NULL is an error, not a crash.
SELECT probe.read_column('SELECT * FROM generate_series(1, 3)', 'int4');
SELECT probe.read_column('SELECT NULL::int UNION ALL SELECT 1', 'int4 or null');
SELECT probe.read_column('SELECT NULL::int', 'int4');
SELECT probe.read_column('SELECT 1::bigint', 'int4');
SELECT probe.read_column('SELECT 1, 2', 'int4');
SELECT probe.read_column('SELECT ''{1,2,3}''::oid[]', 'oid[]');
SELECT probe.read_column('SELECT ''{}''::oid[]', 'oid[]');
SELECT probe.read_column('SELECT ''{1,NULL}''::oid[]', 'oid[]');
SELECT probe.read_column('SELECT ''{{1},{2}}''::oid[]', 'oid[]');
SELECT probe.read_column('CREATE TABLE probe.made ()', 'int4');
SELECT probe.read_column('SELECT repeat(''x'', 100000) FROM generate_series(1, 100)', 'text');

-- Names as generated SQL writes them: on one line, and PostgreSQL reads them back as they were.
SELECT n AS name, probe.quote_name(n) AS quoted
  FROM unnest(ARRAY['plain', 'Capital', 'two words', 'select', 'quo"te', E'line\nbreak', E'tab\tand\\slash"', E'\x01',
                    'größe', '1st', '', 'a;--', '$1']::name[]) AS n;
DO $$
DECLARE n name;
BEGIN
    FOR n IN SELECT unnest(ARRAY['Capital', 'quo"te', E'line\nbreak', E'tab\tand\\slash"', E'\x01', E'\\000A', 'größe\']::name[]) LOOP
        EXECUTE 'CREATE TABLE probe.' || probe.quote_name(n) || ' ()';
        ASSERT EXISTS (SELECT FROM pg_class WHERE relnamespace = 'probe'::regnamespace AND relname = n), n;
        EXECUTE 'DROP TABLE probe.' || probe.quote_name(n);
    END LOOP;
END $$;

-- Queries see pg_catalog alone; the caller's search_path is known, and is the caller's again after success and error.
SET search_path = "$user", probe, public;
SELECT * FROM search_paths();
SELECT throw_exception('runtime_error', true);
SHOW search_path;
SELECT count(*) FROM public.fk_constraints('child');
SHOW search_path;
SELECT outcome FROM probe.attempt('SELECT 1 / 0', 'commit', true);
SHOW search_path;
DO $$ BEGIN PERFORM probe.throw_exception('int', false); EXCEPTION WHEN OTHERS THEN RAISE NOTICE '%', current_setting('search_path'); END $$;
-- One that a function has set for itself, and an empty one.
CREATE FUNCTION probe.with_own_path() RETURNS SETOF text LANGUAGE plpgsql SET search_path = probe AS $$
BEGIN
    RETURN QUERY SELECT callers FROM search_paths();
    PERFORM public.fk_constraints();
    RETURN NEXT current_setting('search_path');
END $$;
SELECT probe.with_own_path();
SET search_path = '';
SELECT * FROM probe.search_paths();
RESET search_path;

-- Inside other queries, functions and SPI levels.
SELECT probe.run_guarded('SELECT probe.run_guarded(''SELECT FROM public.fk_constraints()'') FROM generate_series(1, 3)');
SELECT t.relname, c.constraint_name
  FROM pg_class t CROSS JOIN LATERAL fk_constraints(t.oid) AS c
 WHERE t.relnamespace = 'probe'::regnamespace AND t.relname = 'child';
SELECT (fk_constraints('probe.child')).constraint_name;
SELECT count(*) FROM fk_constraints() LIMIT 0;
DO $$
DECLARE found bigint := 0; one record;
BEGIN
    FOR attempt IN 1 .. 3 LOOP
        FOR one IN SELECT * FROM fk_constraints('probe.child') LOOP
            found := found + (SELECT count(*) FROM fk_constraints(one.child, one.constraint_name));
        END LOOP;
    END LOOP;
    RAISE NOTICE '% found', found;
END $$;
-- A cursor that is read after the transaction ended.
BEGIN;
DECLARE held CURSOR WITH HOLD FOR SELECT constraint_name FROM fk_constraints('probe.child');
COMMIT;
FETCH ALL held;
CLOSE held;

-- In the leader of a parallel query, while that is in parallel mode.
BEGIN;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
CREATE TABLE probe.big AS SELECT 'probe.child'::regclass AS child, n FROM generate_series(1, 10) AS n;
ALTER TABLE probe.big SET (parallel_workers = 2);
-- 19 numbers subplans otherwise.
CREATE FUNCTION probe.plan(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    line text;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
        RETURN NEXT replace(line, 'SubPlan expr_', 'SubPlan ');
    END LOOP;
END
$$;
SELECT plan FROM probe.plan('SELECT n, (SELECT count(*) FROM fk_constraints(child)) FROM probe.big');
SELECT count, count(*) FROM (SELECT n, (SELECT count(*) FROM fk_constraints(child)) FROM probe.big OFFSET 0) AS s GROUP BY count;
SELECT set_config(name, 'on', true) FROM pg_settings WHERE name IN ('force_parallel_mode', 'debug_parallel_query');
SELECT count(*) FROM fk_constraints('probe.child');
SELECT set_config(name, 'regress', true) FROM pg_settings WHERE name IN ('force_parallel_mode', 'debug_parallel_query');
SELECT constraint_name FROM fk_constraints('probe.child');
ROLLBACK;
-- In a read-only, a serializable and a fresh transaction.
BEGIN READ ONLY ISOLATION LEVEL SERIALIZABLE DEFERRABLE;
SELECT count(*) FROM fk_constraints('probe.child');
COMMIT;
BEGIN ISOLATION LEVEL SERIALIZABLE;
SELECT count(*) FROM fk_constraints('probe.child');
COMMIT;
-- What the transaction itself has just created is seen.
BEGIN;
CREATE TABLE probe.fresh (parent int CONSTRAINT fresh_key REFERENCES probe.parent);
SELECT constraint_name FROM fk_constraints('probe.fresh');
ALTER TABLE probe.fresh RENAME CONSTRAINT fresh_key TO renamed_key;
SELECT constraint_name FROM fk_constraints('probe.fresh');
ROLLBACK;

-- Memory: after a warm-up, thousands of calls that succeed, fail and throw leave the session as large as it was.
CREATE FUNCTION probe.bytes() RETURNS bigint LANGUAGE sql VOLATILE AS 'SELECT sum(total_bytes) FROM pg_backend_memory_contexts';
CREATE FUNCTION probe.run_many(times int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    FOR round IN 1 .. times LOOP
        PERFORM probe.run_guarded('SELECT 1');
        BEGIN
            PERFORM probe.run_guarded('SELECT 1 / 0');
        EXCEPTION WHEN division_by_zero THEN
        END;
        BEGIN
            PERFORM probe.throw_exception((ARRAY['int', 'bad_alloc', 'runtime_error', 'own error'])[1 + round % 4], round % 3 = 0);
        EXCEPTION WHEN OTHERS THEN
        END;
        PERFORM probe.attempt('SELECT 1 / 0', 'commit', true);
        IF round % 20 = 0 THEN
            PERFORM fk_constraints();
            BEGIN
                PERFORM fk_constraints('probe.child', 'none');
            EXCEPTION WHEN undefined_object THEN
            END;
            BEGIN
                PERFORM fk_constraints('pg_stats');
            EXCEPTION WHEN wrong_object_type THEN
            END;
        END IF;
    END LOOP;
END $$;
SELECT probe.run_many(200);
SELECT probe.bytes() AS before \gset
SELECT probe.run_many(10000);
SELECT CASE WHEN probe.bytes() - :before < 65536 THEN 'no growth' ELSE 'grown by ' || probe.bytes() - :before END AS memory;
-- The same while one statement goes on that calls them row by row. (Functions that return sets are left out: looking up
-- their row types takes memory of the statement, as it does for pg_cursor().)
SELECT count(rows), max(changed) AS changed,
       CASE WHEN max(bytes) - min(bytes) < 65536 THEN 'no growth' ELSE 'grown by ' || max(bytes) - min(bytes) END AS memory
  FROM (SELECT probe.run_guarded('SELECT ' || n) AS rows,
               probe.guard_restores((ARRAY['SQL error', 'int', 'bad_alloc'])[1 + n % 3]) AS changed,
               CASE WHEN n % 5000 = 100 THEN probe.bytes() END AS bytes
          FROM generate_series(1, 10000) AS n OFFSET 0) AS called;

DROP SCHEMA probe CASCADE;
