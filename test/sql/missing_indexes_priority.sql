-- Priority: how much the missing index costs, by the child's size, the parent's deletes and updates, and the action.
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE SCHEMA priority;
SET search_path = priority, public;
-- Children of about 50 kB, 2 MB and 11 MB.
CREATE PROCEDURE family(name text, rows int, action text, deletes int, updates int) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TABLE %I (id int PRIMARY KEY, note int) WITH (autovacuum_enabled = off)', name || '_p');
    EXECUTE format('INSERT INTO %I SELECT n, 0 FROM generate_series(1, %s) n', name || '_p', 20);
    EXECUTE format('CREATE TABLE %I (a int, filler char(1900)) WITH (autovacuum_enabled = off)', name);
    EXECUTE format('INSERT INTO %I SELECT 1, n FROM generate_series(1, %s) n', name, rows);
    EXECUTE format('ALTER TABLE %I ADD CONSTRAINT %I FOREIGN KEY (a) REFERENCES %I %s', name, name || '_fk', name || '_p', action);
    EXECUTE format('ALTER TABLE %I DISABLE TRIGGER ALL', name || '_p');
    -- An update of a key column is not HOT.
    EXECUTE format('UPDATE %I SET id = -id WHERE id > %s', name || '_p', 20 - updates);
    EXECUTE format('DELETE FROM %I WHERE id > 1 AND id <= 1 + %s', name || '_p', deletes);
    EXECUTE format('ALTER TABLE %I ENABLE TRIGGER ALL', name || '_p');
END
$$;
CALL family('p01_quiet', 5700, 'ON DELETE CASCADE', 0, 0);
CALL family('p02_small_cascade', 40, 'ON DELETE CASCADE', 3, 0);
CALL family('p03_small_updates', 40, '', 0, 5);
CALL family('p04_middle_cascade', 1000, 'ON DELETE CASCADE', 3, 0);
CALL family('p05_middle_often', 1000, '', 10, 0);
CALL family('p06_large_cascade', 5700, 'ON DELETE CASCADE', 1, 0);
CALL family('p07_large_set_null', 5700, 'ON DELETE SET NULL', 1, 0);
CALL family('p08_large_set_default', 5700, 'ON DELETE SET DEFAULT', 1, 0);
CALL family('p09_large_no_action', 5700, '', 1, 0);
CALL family('p10_large_restrict', 5700, 'ON DELETE RESTRICT', 1, 0);
CALL family('p11_large_updates', 5700, 'ON DELETE CASCADE', 0, 5);
CALL family('p12_weak', 5700, 'ON DELETE CASCADE', 1, 0);
CREATE INDEX p12_weak_i ON p12_weak USING brin (a);
CALL family('p13_covered', 5700, 'ON DELETE CASCADE', 1, 0);
CREATE INDEX p13_covered_i ON p13_covered (a);
-- 1 GB read by searches: 100 deletes of an 11 MB child.
CREATE TABLE p14_much_p (id int PRIMARY KEY);
INSERT INTO p14_much_p SELECT generate_series(1, 200);
CREATE TABLE p14_much (a int CONSTRAINT p14_much_fk REFERENCES p14_much_p, filler char(1900));
INSERT INTO p14_much SELECT 1, n FROM generate_series(1, 5700) n;
ALTER TABLE p14_much_p DISABLE TRIGGER ALL;
DELETE FROM p14_much_p WHERE id > 100;
-- A table's key to itself: its own deletes count. A weak index that is unique leaves one row to filter.
CREATE TABLE p15_self (id int PRIMARY KEY, up int CONSTRAINT p15_self_fk REFERENCES p15_self ON DELETE CASCADE, filler char(1900));
INSERT INTO p15_self SELECT n, 1, n FROM generate_series(1, 5700) n;
ALTER TABLE p15_self DISABLE TRIGGER ALL;
DELETE FROM p15_self WHERE id > 5690;
CREATE TABLE p16_unique_p (a int, b int, PRIMARY KEY (a, b));
INSERT INTO p16_unique_p SELECT n, 1 FROM generate_series(1, 5700) n;
CREATE TABLE p16_unique (a int UNIQUE, b int, filler char(1900), CONSTRAINT p16_unique_fk FOREIGN KEY (a, b) REFERENCES p16_unique_p ON DELETE CASCADE);
INSERT INTO p16_unique SELECT n, 1, n FROM generate_series(1, 5700) n;
ALTER TABLE p16_unique_p DISABLE TRIGGER ALL;
DELETE FROM p16_unique_p WHERE a > 5690;
-- Partitions' figures are added up, on both sides.
CREATE TABLE p17_parts_p (id int PRIMARY KEY) PARTITION BY RANGE (id);
CREATE TABLE p17_parts_p1 PARTITION OF p17_parts_p FOR VALUES FROM (0) TO (10);
CREATE TABLE p17_parts_p2 PARTITION OF p17_parts_p FOR VALUES FROM (10) TO (20);
INSERT INTO p17_parts_p SELECT generate_series(1, 19);
CREATE TABLE p17_parts (a int CONSTRAINT p17_parts_fk REFERENCES p17_parts_p ON DELETE CASCADE, filler char(1900)) PARTITION BY HASH (filler);
CREATE TABLE p17_parts_1 PARTITION OF p17_parts FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE p17_parts_2 PARTITION OF p17_parts FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO p17_parts SELECT 1, n FROM generate_series(1, 5700) n;
DELETE FROM p17_parts_p WHERE id IN (5, 15);
\set ECHO none
SELECT format('ANALYZE %s', oid::regclass) FROM pg_class WHERE relnamespace = 'priority'::regnamespace AND relkind = 'r' ORDER BY relname \gexec
\set ECHO all
-- Never analysed: the size is unknown.
CALL family('p18_unknown', 40, 'ON DELETE CASCADE', 3, 0);
-- HOT updates do not count.
CREATE TABLE p19_hot_p (id int PRIMARY KEY, note int);
INSERT INTO p19_hot_p SELECT n, 0 FROM generate_series(1, 5) n;
UPDATE p19_hot_p SET note = 1;
CREATE TABLE p19_hot (a int CONSTRAINT p19_hot_fk REFERENCES p19_hot_p) WITH (autovacuum_enabled = off);
SELECT pg_stat_force_next_flush();
\c
SET search_path = priority, public;
SELECT constraint_name, verdict, priority, child_rows, pg_size_pretty(child_bytes) AS size, parent_deletes AS deletes, parent_updates AS updates
  FROM fk_missing_indexes(include_covered => true) WHERE constraint_name LIKE 'p__\_%';
SELECT constraint_name, reason FROM fk_missing_indexes() WHERE constraint_name IN ('p01_quiet_fk', 'p06_large_cascade_fk', 'p16_unique_fk');
\set ECHO none
SET client_min_messages = warning;
DROP SCHEMA priority CASCADE;
