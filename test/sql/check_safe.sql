-- What looks dangerous and is safe: afterwards every key is trusted, and the server agrees.
\getenv inputdir PG_ABS_SRCDIR
\set judge :inputdir '/sql/include/judge.sql'
\set ECHO none
\i :judge
\set ECHO all
CREATE SCHEMA check_safe;
SET search_path = check_safe, public;
CREATE TABLE parent (id int PRIMARY KEY, name text);
INSERT INTO parent SELECT n, 'p' || n FROM generate_series(1, 20) n;

-- TRUNCATE … CASCADE takes the child's rows along; RESTART IDENTITY gives keys away again.
CREATE TABLE truncate_parent (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, x int);
CREATE TABLE truncated (id int PRIMARY KEY, a int REFERENCES truncate_parent);
INSERT INTO truncate_parent (x) SELECT generate_series(1, 5);
INSERT INTO truncated VALUES (1, 1), (2, 5);
SET client_min_messages = warning;
TRUNCATE truncate_parent RESTART IDENTITY CASCADE;
RESET client_min_messages;
INSERT INTO truncate_parent (x) VALUES (1);
INSERT INTO truncated VALUES (3, 1);

-- DISABLE TRIGGER USER leaves the constraint's triggers alone; so do rules that are disabled.
CREATE TABLE user_triggers (id int PRIMARY KEY, a int REFERENCES parent);
ALTER TABLE user_triggers DISABLE TRIGGER USER;
ALTER TABLE parent DISABLE TRIGGER USER;
INSERT INTO user_triggers VALUES (1, 1);
INSERT INTO user_triggers VALUES (2, 100);
CREATE RULE nothing AS ON DELETE TO user_triggers DO INSTEAD NOTHING;
ALTER TABLE user_triggers DISABLE RULE nothing;

-- ENABLE ALWAYS makes a trigger fire for a replica, too.
CREATE TABLE always (id int PRIMARY KEY, a int REFERENCES parent);
DO $$
DECLARE
    name text;
BEGIN
    FOR name IN SELECT tgname FROM pg_trigger WHERE tgrelid = 'always'::regclass LOOP
        EXECUTE format('ALTER TABLE always ENABLE ALWAYS TRIGGER %I', name);
    END LOOP;
END
$$;
SET session_replication_role = replica;
INSERT INTO always VALUES (1, 1);
INSERT INTO always VALUES (2, 100);
RESET session_replication_role;

-- Actions: the cascade of a new key, of a delete, SET NULL, SET DEFAULT.
CREATE TABLE action_parent (id int PRIMARY KEY, name text);
INSERT INTO action_parent SELECT n, 'p' || n FROM generate_series(0, 9) n;
CREATE TABLE actions (id int PRIMARY KEY,
    a int REFERENCES action_parent ON UPDATE CASCADE ON DELETE CASCADE,
    b int REFERENCES action_parent ON UPDATE SET NULL ON DELETE SET NULL,
    c int DEFAULT 0 REFERENCES action_parent ON UPDATE SET DEFAULT ON DELETE SET DEFAULT);
INSERT INTO actions SELECT n, n, n, n FROM generate_series(1, 9) n;
UPDATE action_parent SET id = id + 100 WHERE id IN (1, 2);
UPDATE action_parent SET id = id, name = 'same key' WHERE id = 3;
DELETE FROM action_parent WHERE id IN (4, 102);
SELECT * FROM actions ORDER BY id;

-- A deferred key may be wrong on the way. While checks are pending, the rows prove nothing, and fkaudit says so.
CREATE TABLE deferred (id int PRIMARY KEY, a int CONSTRAINT later REFERENCES parent DEFERRABLE INITIALLY DEFERRED);
BEGIN;
INSERT INTO deferred VALUES (1, 100);
SELECT verdict, orphan_rows, reason, detail FROM fk_check('deferred');
INSERT INTO parent VALUES (100, 'late');
COMMIT;
BEGIN;
INSERT INTO deferred VALUES (2, 200);
COMMIT;
BEGIN;
SAVEPOINT before;
INSERT INTO deferred VALUES (3, 300);
ROLLBACK TO before;
INSERT INTO deferred VALUES (4, 4);
SET CONSTRAINTS later IMMEDIATE;
SELECT verdict, orphan_rows, reason FROM fk_check('deferred');
COMMIT;
-- COPY fires the triggers.
CREATE TABLE copied (id int PRIMARY KEY, a int REFERENCES parent);
COPY copied FROM stdin;
1	1
2	\N
\.
COPY copied FROM stdin;
3	3
4	400
\.

-- Columns added and dropped, types changed, tables rewritten, clustered and renamed.
CREATE TABLE altered (gone int, id int PRIMARY KEY, a int REFERENCES parent);
INSERT INTO altered VALUES (1, 1, 1), (2, 2, 2);
ALTER TABLE altered DROP COLUMN gone, ADD COLUMN came int DEFAULT 7;
ALTER TABLE altered ADD COLUMN key_too int DEFAULT 3 REFERENCES parent;
ALTER TABLE altered ALTER a TYPE bigint;
ALTER TABLE altered RENAME a TO "A key";
ALTER TABLE altered RENAME CONSTRAINT altered_a_fkey TO "Its key";
CLUSTER altered USING altered_pkey;
VACUUM FULL parent;
REINDEX TABLE parent;

-- Partitions come and go; a row moves to another one.
CREATE TABLE moving_parent (id int PRIMARY KEY, name text) PARTITION BY RANGE (id);
CREATE TABLE moving_parent_1 PARTITION OF moving_parent FOR VALUES FROM (0) TO (10);
CREATE TABLE moving_parent_2 PARTITION OF moving_parent FOR VALUES FROM (10) TO (20);
INSERT INTO moving_parent SELECT n, 'p' || n FROM generate_series(1, 19) n;
CREATE TABLE moving (id int, a int REFERENCES moving_parent ON UPDATE CASCADE, PRIMARY KEY (id))
    PARTITION BY RANGE (id);
CREATE TABLE moving_1 PARTITION OF moving FOR VALUES FROM (0) TO (10);
CREATE TABLE moving_2 PARTITION OF moving FOR VALUES FROM (10) TO (20);
INSERT INTO moving VALUES (1, 1), (2, 11), (11, 5);
UPDATE moving SET id = 12 WHERE id = 2;
UPDATE moving_parent SET id = 0 WHERE id = 11;
UPDATE moving_parent SET id = 15 WHERE id = 15;
-- (The derived constraints that these messages name have other names in each major version.)
\set VERBOSITY sqlstate
ALTER TABLE moving_parent DETACH PARTITION moving_parent_1;
\set VERBOSITY default
ALTER TABLE moving_parent DETACH PARTITION moving_parent_2;
ALTER TABLE moving_parent ATTACH PARTITION moving_parent_2 FOR VALUES FROM (10) TO (20);
ALTER TABLE moving DETACH PARTITION moving_2;
INSERT INTO moving_2 VALUES (13, 999);
DELETE FROM moving_2 WHERE id = 13;
ALTER TABLE moving ATTACH PARTITION moving_2 FOR VALUES FROM (10) TO (20);
ALTER TABLE moving_1 ADD CONSTRAINT own FOREIGN KEY (a) REFERENCES parent;

-- A constraint dropped and declared anew, NOT VALID and then validated.
CREATE TABLE redeclared (id int PRIMARY KEY, a int CONSTRAINT key REFERENCES parent);
INSERT INTO redeclared VALUES (1, 1);
ALTER TABLE redeclared DROP CONSTRAINT key;
INSERT INTO redeclared VALUES (2, 200);
ALTER TABLE redeclared ADD CONSTRAINT key FOREIGN KEY (a) REFERENCES parent;
ALTER TABLE redeclared ADD CONSTRAINT key FOREIGN KEY (a) REFERENCES parent NOT VALID;
ALTER TABLE redeclared VALIDATE CONSTRAINT key;
DELETE FROM redeclared WHERE id = 2;
ALTER TABLE redeclared VALIDATE CONSTRAINT key;

-- A parent is deleted and put back within one statement, and a child comes with its parent in one.
WITH gone AS (DELETE FROM parent WHERE id = 20 RETURNING *) INSERT INTO parent SELECT id + 1000, name FROM gone;
CREATE TABLE together (id int PRIMARY KEY, up int REFERENCES together);
INSERT INTO together VALUES (2, 1), (1, 1), (3, 4), (4, 3);
DELETE FROM together WHERE id IN (3, 4);
DELETE FROM together WHERE id = 1;

SELECT * FROM judge.all_rows();
SELECT child, constraint_name, verdict, rows_checked FROM fk_check();

SET client_min_messages = warning;
DROP SCHEMA check_safe, judge CASCADE;
