-- The locks that fk_add_plan() names, beside those that PostgreSQL takes (CONCURRENTLY left out: it runs in no procedure); and a
-- plan that is cancelled half way.
CREATE SCHEMA l;
SET search_path = l, public;
CREATE TABLE p (id int, code text);
CREATE TABLE c (id int PRIMARY KEY, p int);
INSERT INTO p SELECT n FROM generate_series(1, 5) n;
INSERT INTO c SELECT n, n FROM generate_series(1, 5) n;
CREATE TABLE held (statement text, lock_mode text, blocking text, taken text);
CREATE PROCEDURE try() LANGUAGE plpgsql AS $$
DECLARE
    steps jsonb;
    one record;
BEGIN
    SELECT jsonb_agg(f ORDER BY step) INTO steps FROM fk_add_plan('c', '{p}', 'p', '{id}') f;
    COMMIT;
    FOR one IN SELECT * FROM jsonb_to_recordset(steps) AS s(step int, statement text, lock_mode text, blocking text) ORDER BY step LOOP
        EXECUTE replace(one.statement, ' CONCURRENTLY', '');
        INSERT INTO held
        SELECT one.statement, one.lock_mode, one.blocking, string_agg(DISTINCT relation::regclass || ' ' || mode, ', ')
          FROM pg_locks WHERE pid = pg_backend_pid() AND relation IN ('c'::regclass, 'p'::regclass) AND mode <> 'AccessShareLock';
        COMMIT;
    END LOOP;
END $$;
CALL try();
\x on
SELECT * FROM held;
\x off

-- Cancelled: nothing is left behind, and what was there is as it was.
CREATE TABLE many (id int, p int);
INSERT INTO many SELECT n, n + 10 FROM generate_series(1, 300000) n;
ALTER TABLE many ADD CONSTRAINT many_fk FOREIGN KEY (p) REFERENCES p (id) NOT VALID;
\set VERBOSITY terse
BEGIN;
SET LOCAL statement_timeout = '20ms';
SAVEPOINT before;
SELECT * FROM fk_add_plan('many', '{id}', 'p', '{id}');
ROLLBACK TO before;
SELECT * FROM fk_repair_plan('many', 'many_fk');
ROLLBACK TO before;
SET LOCAL statement_timeout = 0;
SELECT relation::regclass, mode FROM pg_locks WHERE pid = pg_backend_pid() AND relation = 'many'::regclass;
SELECT count(*), (SELECT count(*) FROM pg_class WHERE relnamespace = 'l'::regnamespace AND relname ~ 'many.+') AS made FROM many;
COMMIT;
SET client_min_messages = warning;
DROP SCHEMA l CASCADE;
