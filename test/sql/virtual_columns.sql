-- Virtual generated columns: no key can have one, but the tables of a key can, and the CHECKs on it.
SELECT current_setting('server_version_num')::int < 180000 AS too_old \gset
\if :too_old
\echo not run: PostgreSQL 15 to 17 have no virtual generated columns
\quit
\endif
\getenv inputdir PG_ABS_SRCDIR
\set judge :inputdir '/sql/include/judge.sql'
\set ECHO none
\i :judge
\set ECHO all
CREATE SCHEMA virtual_columns;
SET search_path = virtual_columns, public;
CREATE TABLE parent (id int PRIMARY KEY, twice int GENERATED ALWAYS AS (id * 2) VIRTUAL, stored int GENERATED ALWAYS AS (id * 2) STORED UNIQUE);
INSERT INTO parent VALUES (1), (2), (3);
CREATE TABLE child (id int PRIMARY KEY, a int, CONSTRAINT key FOREIGN KEY (a) REFERENCES parent ON DELETE SET NULL,
    twice int GENERATED ALWAYS AS (a * 2) VIRTUAL, stored int GENERATED ALWAYS AS (a * 2) STORED REFERENCES parent (stored));
SET session_replication_role = replica;
INSERT INTO child VALUES (1, 1), (2, 2), (3, 7), (4, NULL);
RESET session_replication_role;
-- On either side, the server refuses it, and so does the form for keys that are not declared.
ALTER TABLE child ADD FOREIGN KEY (twice) REFERENCES parent (id);
SELECT * FROM fk_check('child', '{twice}', 'parent', '{id}');
SELECT * FROM fk_orphans('child', '{id,twice}', 'parent', '{id,stored}');
ALTER TABLE parent ADD UNIQUE (twice);
ALTER TABLE child ADD FOREIGN KEY (a) REFERENCES parent (twice);
-- As the parent's column it can be compared, though never declared.
SELECT verdict, orphan_rows, detail FROM fk_check('child', '{a}', 'parent', '{twice}');
SELECT verdict, orphan_rows, detail FROM fk_check('child', '{stored}', 'parent', '{stored}');
SELECT constraint_name, verdict, orphan_rows, missing_keys FROM fk_check('child') ORDER BY 1;
SELECT constraint_name, row_key, foreign_key FROM fk_orphans('child') ORDER BY 1, 2;
SELECT * FROM judge.all_rows();

-- A CHECK on a virtual column that is NULL with the key's forbids NULL as well.
SELECT constraint_name, risk, severity FROM fk_risky_actions('child', 'key') ORDER BY 2;
DELETE FROM child;
ALTER TABLE child ADD CONSTRAINT through CHECK (twice IS NOT NULL);
SELECT constraint_name, risk, severity FROM fk_risky_actions('child', 'key') ORDER BY 2;
INSERT INTO child VALUES (1, 1);
DELETE FROM parent WHERE id = 1;
ALTER TABLE child DROP CONSTRAINT through, ADD CONSTRAINT itself CHECK (a IS NOT NULL);
SELECT constraint_name, risk, severity FROM fk_risky_actions('child', 'key') ORDER BY 2;
DELETE FROM parent WHERE id = 1;
ALTER TABLE child DROP CONSTRAINT itself;
-- NOT NULL on the virtual column: the same.
ALTER TABLE child ALTER twice SET NOT NULL;
SELECT constraint_name, risk, severity FROM fk_risky_actions('child', 'key') ORDER BY 2;
DELETE FROM parent WHERE id = 1;
ALTER TABLE child ALTER twice DROP NOT NULL;

-- CHECKs on virtual columns that a planner could believe decide nothing.
CREATE TABLE blind (id int PRIMARY KEY, a int CONSTRAINT key REFERENCES parent, plus int GENERATED ALWAYS AS (a + 1) VIRTUAL);
SET session_replication_role = replica;
INSERT INTO blind VALUES (1, 1), (2, 9);
RESET session_replication_role;
ALTER TABLE blind ADD CHECK (plus < 4) NOT VALID, ADD CHECK (plus IS NULL) NOT VALID;
UPDATE pg_constraint SET convalidated = true WHERE conrelid = 'blind'::regclass AND contype = 'c';
SET constraint_exclusion = on;
SELECT verdict, orphan_rows, rows_checked FROM fk_check('blind');
RESET constraint_exclusion;
-- Types with a virtual column in them, whole rows and late columns.
ALTER TABLE blind ADD late int GENERATED ALWAYS AS (id) VIRTUAL, DROP COLUMN plus;
SELECT row_key, foreign_key FROM fk_orphans('blind');
SELECT constraint_name, verdict FROM fk_missing_indexes('blind');
SET client_min_messages = warning;
DROP SCHEMA virtual_columns, judge CASCADE;
