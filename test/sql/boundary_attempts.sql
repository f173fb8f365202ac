-- Work inside a subtransaction of its own: whatever ends it, nothing of it stays behind.
CREATE SCHEMA probe;
CREATE EXTENSION fkaudit_test SCHEMA probe;
CREATE TABLE probe.locked (a int);
CREATE VIEW probe.locks AS
SELECT mode FROM pg_locks WHERE relation = 'probe.locked'::regclass AND pid = pg_backend_pid() ORDER BY mode;

-- The body succeeds or fails, is committed or rolled back, leaves a mess (an open SPI level, a snapshot, another user, a
-- setting, another memory context) or none: afterwards everything is as it was. PostgreSQL itself would warn of a snapshot
-- or an SPI level that outlives its subtransaction.
SELECT b.body, e.ending, d.disorder, a.outcome, a.changed, a.sqlstate, a.message, a.detail, a.hint
  FROM unnest(ARRAY['SELECT 1', 'SELECT 1 / 0', 'DO $$ BEGIN RAISE ''m'' USING DETAIL = ''d'', HINT = ''h''; END $$',
                    'throw runtime_error', 'throw bad_alloc']) WITH ORDINALITY AS b(body, n),
       unnest(ARRAY['commit', 'roll back']) AS e(ending), unnest(ARRAY[false, true]) AS d(disorder),
       probe.attempt(b.body, e.ending, d.disorder) AS a
 WHERE NOT (d.disorder AND e.ending = 'commit' AND b.body = 'SELECT 1')
 ORDER BY n, e.ending, d.disorder;

-- Locks and work stay after a commit, and go with a rollback, an error or an exception.
BEGIN;
SELECT outcome FROM probe.attempt('LOCK probe.locked IN SHARE MODE', 'roll back', false);
TABLE probe.locks;
SELECT outcome FROM probe.attempt('DO $$ BEGIN LOCK probe.locked IN SHARE MODE; PERFORM 1 / 0; END $$', 'commit', false);
TABLE probe.locks;
SELECT outcome FROM probe.attempt('INSERT INTO probe.locked VALUES (1)', 'roll back', false);
SELECT outcome FROM probe.attempt('INSERT INTO probe.locked VALUES (2)', 'commit', false);
TABLE probe.locks;
TABLE probe.locked;
COMMIT;
TABLE probe.locked;

-- A setting that the body changed is back after an error.
SELECT outcome
  FROM probe.attempt('DO $$ BEGIN PERFORM set_config(''lock_timeout'', ''1ms'', false); PERFORM 1 / 0; END $$', 'commit', false);
SHOW lock_timeout;

-- What ends the whole run is not caught: a cancel, a serialization failure.
SET statement_timeout = '100ms';
SELECT * FROM probe.attempt('SELECT pg_sleep(60)', 'commit', false);
\echo :LAST_ERROR_SQLSTATE
RESET statement_timeout;
SELECT * FROM probe.attempt('DO $$ BEGIN RAISE ''m'' USING ERRCODE = ''serialization_failure'', DETAIL = ''d'', HINT = ''h''; END $$',
                            'commit', true);
\echo :LAST_ERROR_SQLSTATE
-- What may be caught: a deadlock, a lock that is not available.
SELECT outcome, sqlstate FROM unnest(ARRAY['40P01', '55P03', '42501', '53200', 'XX000', 'P0004']) AS code,
       probe.attempt(format('DO $$ BEGIN RAISE ''m'' USING ERRCODE = %L; END $$', code), 'commit', false) ORDER BY code;

-- One inside the other.
BEGIN;
SELECT outcome, changed, message
  FROM probe.attempt($$SELECT probe.attempt('INSERT INTO probe.locked VALUES (3)', 'commit', false),
                              probe.attempt('INSERT INTO probe.locked SELECT 1 / 0', 'commit', true)$$, 'commit', false);
TABLE probe.locked;
SELECT outcome, changed, message
  FROM probe.attempt($$SELECT probe.attempt('INSERT INTO probe.locked VALUES (4)', 'commit', false), 1 / 0$$, 'commit', true);
TABLE probe.locked;
COMMIT;

-- The caller's rows outlive the subtransactions in which they were made, spilled to disk or not.
SET work_mem = '64kB';
SELECT count(*), count(DISTINCT (attempt, number)), min(length(filler)), max(length(filler))
  FROM probe.rows_from_attempts(20, 1000);
RESET work_mem;
SELECT count(*), sum(number) FROM probe.rows_from_attempts(3, 2);

-- Many of them in one transaction.
SELECT count(*), count(*) FILTER (WHERE a.outcome = 'error' AND a.changed = 'nothing') AS unchanged
  FROM generate_series(1, 2000) AS n, probe.attempt('SELECT 1 / ' || n - n, 'commit', true) AS a;

-- In a read-only transaction, too.
BEGIN READ ONLY;
SELECT outcome, changed FROM probe.attempt('SELECT 1', 'roll back', false);
SELECT outcome, sqlstate FROM probe.attempt('INSERT INTO probe.locked VALUES (5)', 'commit', false);
COMMIT;

DROP SCHEMA probe CASCADE;
