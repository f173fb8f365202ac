-- fk_history: a session watches for constraints from its first DDL on, so that a command that makes or drops none costs
-- little. Whichever command is the first, and whatever runs inside of it, each key is recorded.
SET client_min_messages = warning;
CREATE SCHEMA first;
CREATE TABLE first.p (id int PRIMARY KEY, u int UNIQUE);
CREATE TABLE first.c (a int CONSTRAINT c_a REFERENCES first.p, b int CONSTRAINT c_b REFERENCES first.p, t text);
SELECT fk_track_history(true);
CREATE VIEW first.shown AS SELECT change, constraint_name, command FROM fk_history ORDER BY changed_at, constraint_name;

-- The first command of a session, which makes a key, or drops one.
\c -
CREATE TABLE first.a (a int CONSTRAINT a_1 REFERENCES first.p);
SELECT * FROM first.shown;
\c -
ALTER TABLE first.c DROP CONSTRAINT c_a;
SELECT * FROM first.shown OFFSET 1;
\c -
DROP TABLE first.a;
SELECT * FROM first.shown OFFSET 2;
-- The second one, after one that made none.
\c -
CREATE TABLE first.lone (a int);
CREATE TABLE first.a (a int CONSTRAINT a_2 REFERENCES first.p);
DROP TABLE first.lone;
DROP TABLE first.a;
SELECT * FROM first.shown OFFSET 3;
-- Several in one string, in one function, in one transaction.
\c -
CREATE TABLE first.lone (a int)\; CREATE TABLE first.a (a int CONSTRAINT a_3 REFERENCES first.p)\; DROP TABLE first.lone\; DROP TABLE first.a;
DO $$
BEGIN
    CREATE TABLE first.lone (a int);
    CREATE TABLE first.a (a int CONSTRAINT a_4 REFERENCES first.p);
    DROP TABLE first.lone;
    DROP TABLE first.a;
END $$;
SELECT * FROM first.shown OFFSET 5;
BEGIN;
CREATE TABLE first.lone (a int);
CREATE TABLE first.a (a int CONSTRAINT a_5 REFERENCES first.p);
CREATE TABLE first.lone_2 (a int);
DROP TABLE first.lone, first.lone_2;
DROP TABLE first.a;
COMMIT;
SELECT * FROM first.shown OFFSET 9;

-- Inside of it another event trigger runs DDL of its own, before fkaudit's looks at the outer command: that is the first
-- one that it is called for.
CREATE FUNCTION first.meddle() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN
    IF tg_tag = current_setting('first.tag', true) THEN
        SET first.tag = '';
        CREATE TABLE first.inner_table (a int);
        DROP TABLE first.inner_table;
    END IF;
END $$;
CREATE EVENT TRIGGER a_first_end ON ddl_command_end EXECUTE FUNCTION first.meddle();
CREATE EVENT TRIGGER a_first_drop ON sql_drop EXECUTE FUNCTION first.meddle();
CREATE EVENT TRIGGER a_first_start ON ddl_command_start EXECUTE FUNCTION first.meddle();
ALTER EVENT TRIGGER a_first_drop DISABLE;
ALTER EVENT TRIGGER a_first_start DISABLE;
\c -
SET first.tag = 'CREATE TABLE';
CREATE TABLE first.a (a int CONSTRAINT a_6 REFERENCES first.p);
SELECT * FROM first.shown OFFSET 11;
ALTER EVENT TRIGGER a_first_end DISABLE;
ALTER EVENT TRIGGER a_first_drop ENABLE;
\c -
SET first.tag = 'DROP TABLE';
DROP TABLE first.a;
SELECT * FROM first.shown OFFSET 12;
ALTER EVENT TRIGGER a_first_drop DISABLE;
ALTER EVENT TRIGGER a_first_start ENABLE;
\c -
SET first.tag = 'CREATE TABLE';
CREATE TABLE first.a (a int CONSTRAINT a_7 REFERENCES first.p);
SET first.tag = 'DROP TABLE';
DROP TABLE first.a;
SELECT * FROM first.shown OFFSET 13;
DROP EVENT TRIGGER a_first_end, a_first_drop, a_first_start;

-- What it costs: from the second statement on a command that makes no constraint, or drops none, looks at pg_constraint as
-- often as without a history.
\c -
CREATE PROCEDURE pg_temp.count_looks(statement text, OUT looks bigint) LANGUAGE plpgsql AS $$
DECLARE
    before bigint := (SELECT idx_scan + seq_scan FROM pg_stat_xact_sys_tables WHERE relname = 'pg_constraint');
BEGIN
    EXECUTE statement;
    looks := (SELECT idx_scan + seq_scan FROM pg_stat_xact_sys_tables WHERE relname = 'pg_constraint') - before;
END $$;
CREATE TEMP TABLE looks (history bool, made bigint, dropped bigint, dropped_temporary bigint);
CREATE PROCEDURE pg_temp.measure(history bool) LANGUAGE plpgsql AS $$
DECLARE
    made bigint;
    dropped bigint;
    dropped_temporary bigint;
BEGIN
    FOR warm IN 1..2 LOOP
        CALL pg_temp.count_looks('CREATE TABLE first.bare (a int)', made);
        CALL pg_temp.count_looks('DROP TABLE first.bare', dropped);
        CREATE TEMP TABLE bare (a int);
        CALL pg_temp.count_looks('DROP TABLE pg_temp.bare', dropped_temporary);
    END LOOP;
    INSERT INTO looks VALUES (history, made, dropped, dropped_temporary);
END $$;
CALL pg_temp.measure(true);
DELETE FROM looks;
CALL pg_temp.measure(true);
-- (in a transaction that made keys before)
BEGIN;
CREATE TABLE first.a (a int CONSTRAINT a_8 REFERENCES first.p);
CALL pg_temp.measure(true);
COMMIT;
BEGIN;
DROP TABLE first.a;
CALL pg_temp.measure(true);
COMMIT;
SELECT fk_track_history(false);
CALL pg_temp.measure(false);
SELECT count(*) FILTER (WHERE history) AS with_history, count(DISTINCT (made, dropped, dropped_temporary)) AS different FROM looks;

SELECT missed FROM fk_history_info;
SELECT fk_sync_history();
SET client_min_messages = warning;
DROP SCHEMA first CASCADE;
DROP PROCEDURE pg_temp.measure;
DROP PROCEDURE pg_temp.count_looks;
DELETE FROM fk_history_log;
