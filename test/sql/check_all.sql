-- CALL fk_check_all(): the verdicts of fk_check(), a transaction for each child table, kept in tables.
CREATE SCHEMA "Shop; --";
SET search_path = "Shop; --", public;
CREATE TABLE parent (id int PRIMARY KEY);
INSERT INTO parent SELECT generate_series(1, 10);
CREATE TABLE "Sound ""x""" (id int PRIMARY KEY, p int CONSTRAINT sound REFERENCES parent);
INSERT INTO "Sound ""x""" SELECT n, n FROM generate_series(1, 10) n;
CREATE TABLE broken (p int CONSTRAINT broken_1 REFERENCES parent, q int CONSTRAINT broken_2 REFERENCES "Sound ""x""",
                     CONSTRAINT broken_3 FOREIGN KEY (p) REFERENCES parent NOT VALID);
CREATE TABLE parts (p int CONSTRAINT parts REFERENCES parent) PARTITION BY RANGE (p);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (5);
CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM (5) TO (100);
ALTER TABLE parts_1 ADD CONSTRAINT own FOREIGN KEY (p) REFERENCES "Sound ""x""";
INSERT INTO parts SELECT generate_series(1, 10);
-- Without trusting what the server refuses otherwise.
SET session_replication_role = replica;
INSERT INTO broken VALUES (1, 1), (77, 1), (78, NULL), (NULL, 79);
INSERT INTO parts VALUES (50);
RESET session_replication_role;

CALL fk_check_all();
SELECT run_id, ended_at >= started_at AS ended, by_user = current_user AS mine, state, child, constraint_name FROM fk_check_runs;
SELECT run_id, child, constraint_name, verdict, orphan_rows, missing_keys, parent, enforcement, reason, detail, rows_checked, engine
  FROM fk_check_results ORDER BY child, constraint_name;
-- The same as fk_check() says now.
SELECT count(*) AS keys, count(*) FILTER (WHERE (r.child, r.parent) = (format('%I.%I', cn.nspname, c.relname), format('%I.%I', pn.nspname, p.relname))
         AND (r.constraint_name, r.verdict, r.orphan_rows, r.missing_keys, r.enforcement, r.reason, r.detail, r.rows_checked,
              r.mixed_null_rows, r.partial_null_rows, r.engine)
             IS NOT DISTINCT FROM (k.constraint_name, k.verdict, k.orphan_rows, k.missing_keys, k.enforcement, k.reason, k.detail,
              k.rows_checked, k.mixed_null_rows, k.partial_null_rows, k.engine)
         AND r.elapsed_ms >= 0) AS same
  FROM fk_check() k
  JOIN pg_class c ON c.oid = k.child JOIN pg_namespace cn ON cn.oid = c.relnamespace
  JOIN pg_class p ON p.oid = k.parent JOIN pg_namespace pn ON pn.oid = p.relnamespace
  LEFT JOIN fk_check_results r USING (constraint_oid);

-- One table, one key, a partition (which stands for the key of the table that it is of, and its own), a name.
CALL fk_check_all('broken');
CALL fk_check_all('broken', 'broken_2');
CALL fk_check_all('parts_1');
CALL fk_check_all(constraint_name => 'sound');
SELECT r.run_id, u.child, u.constraint_name, array_agg(r.constraint_name ORDER BY r.constraint_name) AS checked
  FROM fk_check_results r JOIN fk_check_runs u USING (run_id) WHERE run_id > 1 GROUP BY 1, 2, 3 ORDER BY 1;
-- Nothing to do is done as well.
CALL fk_check_all('parent');
SELECT state FROM fk_check_runs ORDER BY run_id DESC LIMIT 1;

-- With resume, the last run about the same goes on where it ended; one that has come to its end is not touched.
CALL fk_check_all(resume => true);
DELETE FROM fk_check_results WHERE run_id = 7 AND constraint_name IN ('broken_2', 'parts');
UPDATE fk_check_run_records SET state = 'cancelled' WHERE run_id = 7;
SELECT state FROM fk_check_runs WHERE run_id = 7;
CALL fk_check_all('broken', resume => true);
CALL fk_check_all(resume => true);
SELECT constraint_name FROM fk_check_results WHERE run_id = 7
   AND checked_at > (SELECT max(checked_at) FROM fk_check_results WHERE run_id = 8) ORDER BY 1;
SELECT run_id, state, ended_at > started_at AS ended FROM fk_check_runs WHERE run_id >= 7 ORDER BY run_id;
-- A run that says that it is running, but has no session, is interrupted. The row is what its session wrote last.
UPDATE fk_check_run_records SET state = 'running', ended_at = NULL WHERE run_id = 8;
SELECT state FROM fk_check_runs WHERE run_id = 8;
CALL fk_check_all('broken', resume => true);
SELECT state FROM fk_check_runs WHERE run_id = 8;
-- An OID of another key, as after pg_dump, is no verdict of this one.
UPDATE fk_check_run_records SET state = 'running' WHERE run_id = 7;
UPDATE fk_check_results SET constraint_oid = 1 WHERE run_id = 7 AND constraint_name = 'sound';
CALL fk_check_all(resume => true);

-- The caller's settings are as before, in the session and inside the run.
SHOW search_path;
SHOW work_mem;
DO $$ BEGIN PERFORM set_config('search_path', 'pg_catalog', false); CALL "public".fk_check_all('"Shop; --".broken'); END $$;
SHOW search_path;
SET search_path = "Shop; --", public;
-- From a procedure of one's own, which goes on in a transaction of its own.
CREATE PROCEDURE nightly() LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO parent VALUES (1000);
    CALL fk_check_all('broken', 'broken_1');
    ROLLBACK;
END $$;
CALL nightly();
SELECT count(*) FROM parent WHERE id = 1000;
DELETE FROM parent WHERE id = 1000;

-- Where a transaction cannot end: in a block, a function, a DO block inside of a block, under an exception handler.
\set SHOW_CONTEXT never
BEGIN;
-- The server's own words.
SAVEPOINT before;
DO $$ BEGIN COMMIT; END $$;
\echo :LAST_ERROR_SQLSTATE
ROLLBACK TO before;
CALL fk_check_all();
\echo :LAST_ERROR_SQLSTATE
ROLLBACK TO before;
DO $$ BEGIN CALL fk_check_all(); END $$;
ROLLBACK;
CREATE FUNCTION checks() RETURNS void LANGUAGE plpgsql AS $$ BEGIN CALL fk_check_all(); END $$;
SELECT checks();
DO $$ BEGIN CALL fk_check_all(); EXCEPTION WHEN division_by_zero THEN NULL; END $$;
CREATE PROCEDURE with_setting() LANGUAGE plpgsql SET work_mem = '1MB' AS $$ BEGIN CALL fk_check_all(); END $$;
CALL with_setting();
-- Where nothing may be written.
SET default_transaction_read_only = on;
CALL fk_check_all();
RESET default_transaction_read_only;
-- Bad arguments, and no run of them.
CALL fk_check_all(resume => NULL);
CALL fk_check_all('broken', 'sound');
CALL fk_check_all(constraint_name => 'nobody');
CALL fk_check_all(1);
CALL fk_check_all('pg_stat_activity');
SELECT max(run_id) FROM fk_check_runs;

-- A key that cannot be examined is a row, and no end; one that is damaged is, too.
CREATE TABLE damaged (p int CONSTRAINT damaged REFERENCES parent);
UPDATE pg_constraint SET conkey = '{9}' WHERE conname = 'damaged';
SET fkaudit.engine = scan;
CREATE TABLE documents (d jsonb PRIMARY KEY);
CREATE TABLE "A" (d jsonb CONSTRAINT no_scan REFERENCES documents);
-- A WARNING would name an OID.
SET client_min_messages = error;
CALL fk_check_all();
RESET client_min_messages;
RESET fkaudit.engine;
SELECT child, constraint_name, verdict, parent, reason, detail, enforcement FROM fk_check_results
 WHERE run_id = (SELECT max(run_id) FROM fk_check_runs) AND verdict = 'not examined' ORDER BY 1, 2;
UPDATE pg_constraint SET conkey = '{1}' WHERE conname = 'damaged';

-- Rights: nobody's but who is given them, and the tables are readable by pg_read_all_stats.
CREATE ROLE regress_fkaudit_checker;
GRANT USAGE ON SCHEMA "Shop; --" TO regress_fkaudit_checker;
SET ROLE regress_fkaudit_checker;
CALL fk_check_all();
SELECT count(*) FROM fk_check_runs;
SELECT count(*) FROM fk_check_results;
SELECT count(*) FROM fk_check_run_records;
RESET ROLE;
GRANT EXECUTE ON PROCEDURE fk_check_all TO regress_fkaudit_checker;
SET ROLE regress_fkaudit_checker;
CALL fk_check_all('parts');
RESET ROLE;
GRANT SELECT, INSERT, UPDATE ON fk_check_run_records, fk_check_results TO regress_fkaudit_checker;
SET ROLE regress_fkaudit_checker;
CALL fk_check_all('parts');
SELECT child, verdict, reason FROM fk_check_results WHERE run_id = (SELECT max(run_id) FROM fk_check_run_records);
RESET ROLE;
SELECT by_user FROM fk_check_runs ORDER BY run_id DESC LIMIT 1;
REVOKE ALL ON fk_check_run_records, fk_check_results FROM regress_fkaudit_checker;
REVOKE ALL ON PROCEDURE fk_check_all FROM regress_fkaudit_checker;
GRANT pg_read_all_stats TO regress_fkaudit_checker;
SET ROLE regress_fkaudit_checker;
SELECT count(*) > 0 AS runs FROM fk_check_runs;
SELECT count(*) > 0 AS results FROM fk_check_results;
UPDATE fk_check_results SET verdict = 'trusted';
RESET ROLE;
REVOKE USAGE ON SCHEMA "Shop; --" FROM regress_fkaudit_checker;
DROP ROLE regress_fkaudit_checker;

-- Old runs go.
DELETE FROM fk_check_runs WHERE run_id < (SELECT max(run_id) FROM fk_check_runs);
SELECT count(*) FROM fk_check_run_records;

SET client_min_messages = warning;
TRUNCATE fk_check_run_records, fk_check_results RESTART IDENTITY;
DROP SCHEMA "Shop; --" CASCADE;
