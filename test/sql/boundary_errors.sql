-- What leaves one of fkaudit's functions when an error is raised inside: PostgreSQL's own errors come through as they
-- are, C++ exceptions become errors, and the session goes on.
CREATE SCHEMA probe;
CREATE EXTENSION fkaudit_test SCHEMA probe;

CREATE FUNCTION probe.caught(sql text, OUT state text, OUT message text, OUT detail text, OUT hint text, OUT context text)
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE sql;
    message := 'no error';
EXCEPTION WHEN OTHERS OR query_canceled OR assert_failure THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL,
        hint = PG_EXCEPTION_HINT, context = PG_EXCEPTION_CONTEXT;
    context := split_part(context, E'\nSQL statement "SELECT probe.', 1);
END $$;
CREATE FUNCTION probe.fail() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'it failed at 100%%' USING ERRCODE = 'PK042', DETAIL = 'The detail.', HINT = 'The hint.',
        SCHEMA = 's', TABLE = 't', COLUMN = 'c', CONSTRAINT = 'k', DATATYPE = 'd';
END $$;

-- An SQL error keeps SQLSTATE, DETAIL, HINT and CONTEXT; a server's own one keeps the names of its objects.
\x on
SELECT * FROM probe.caught($$SELECT probe.run_guarded('SELECT probe.fail()')$$);
DO $$
DECLARE s text; t text; c text; k text; d text;
BEGIN
    PERFORM probe.run_guarded('SELECT probe.fail()');
EXCEPTION WHEN SQLSTATE 'PK042' THEN
    GET STACKED DIAGNOSTICS s = SCHEMA_NAME, t = TABLE_NAME, c = COLUMN_NAME, k = CONSTRAINT_NAME, d = PG_DATATYPE_NAME;
    RAISE NOTICE 'schema %, table %, column %, constraint %, type %', s, t, c, k, d;
END $$;
\set SHOW_CONTEXT always
SELECT probe.run_guarded('SELECT probe.fail()');
\set SHOW_CONTEXT errors
SELECT * FROM probe.caught($$SELECT probe.run_guarded('SELECT 1/0')$$);
SELECT * FROM probe.caught($$SELECT probe.run_guarded('SELEC')$$);

-- fkaudit's own error: its SQLSTATE, DETAIL and HINT; without them; with a SQLSTATE that is none.
SELECT * FROM probe.caught($$SELECT probe.throw_exception('own error', false)$$);
SELECT * FROM probe.caught($$SELECT probe.throw_exception('own error without detail', false)$$);
SELECT * FROM probe.caught($$SELECT probe.throw_exception('own error with a bad SQLSTATE', false)$$);
\x off

-- Out of memory is 53200, any other C++ exception XX000; inside a guard and outside.
SELECT k AS kind, inside, c.state, left(c.message, 60) AS message, length(c.message), c.detail
  FROM unnest(ARRAY['bad_alloc', 'size beyond the limit', 'size that overflows', 'size beyond the machine', 'runtime_error',
                    'long runtime_error', 'int', 'own error', 'SQL error']) WITH ORDINALITY AS k(k, n),
       (VALUES (false), (true)) AS i(inside),
       probe.caught(format('SELECT probe.throw_exception(%L, %L)', k, inside)) AS c
 ORDER BY n, inside;

-- Whatever is thrown inside a guard, the stacks of exceptions and of error contexts and the current memory context are
-- those from before.
SELECT k AS kind, probe.guard_restores(k) AS changed
  FROM unnest(ARRAY['SQL error', 'own error', 'bad_alloc', 'runtime_error', 'int']) AS k;

-- An error after a caught one shows no trace of that.
\set SHOW_CONTEXT always
SELECT probe.guard_restores('SQL error'), probe.run_guarded('SELECT 1 / 0');
SELECT 1 / 0;
\set SHOW_CONTEXT errors

-- A cancel stays a cancel, and the session goes on.
SET statement_timeout = '100ms';
SELECT probe.run_guarded('SELECT pg_sleep(60)');
\echo :LAST_ERROR_SQLSTATE
RESET statement_timeout;
SELECT probe.run_guarded('SELECT 1');

-- After an error: a savepoint is rolled back and used again, and again.
BEGIN;
CREATE TABLE probe.kept (a int);
SAVEPOINT s;
SELECT probe.run_guarded('INSERT INTO probe.kept SELECT 1 / 0');
ROLLBACK TO s;
SELECT probe.run_guarded('INSERT INTO probe.kept VALUES (1)');
SAVEPOINT s;
SELECT probe.throw_exception('int', true);
ROLLBACK TO s;
SELECT probe.throw_exception('runtime_error', false);
ROLLBACK TO s;
SELECT probe.run_guarded('INSERT INTO probe.kept VALUES (2)');
RELEASE s;
COMMIT;
SELECT * FROM probe.kept ORDER BY a;

-- A transaction that fails inside is aborted as usual.
BEGIN;
SELECT probe.throw_exception('int', false);
SELECT 1;
ROLLBACK;
-- A cursor over it: the error comes when it is fetched, and the transaction block goes on after ROLLBACK TO.
BEGIN;
DECLARE c CURSOR FOR SELECT probe.run_guarded('SELECT 1 / 0') FROM generate_series(1, 2);
SAVEPOINT s;
FETCH c;
ROLLBACK TO s;
SELECT probe.run_guarded('SELECT 1');
COMMIT;

DROP SCHEMA probe CASCADE;
