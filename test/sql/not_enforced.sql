-- NOT ENFORCED keys, and ENFORCED ones that were not, with PostgreSQL's own behaviour beside what fkaudit says.
SELECT current_setting('server_version_num')::int < 180000 AS too_old \gset
\if :too_old
\echo not run: PostgreSQL 15 to 17 have no NOT ENFORCED keys
\quit
\endif
\getenv inputdir PG_ABS_SRCDIR
\set judge :inputdir '/sql/include/judge.sql'
\set ECHO none
\i :judge
\set ECHO all
CREATE SCHEMA not_enforced;
SET search_path = not_enforced, public;
CREATE TABLE parent (id int PRIMARY KEY);
INSERT INTO parent VALUES (1), (2);
CREATE TABLE child (id int PRIMARY KEY, a int CONSTRAINT loose REFERENCES parent ON DELETE CASCADE DEFERRABLE NOT ENFORCED,
    b int CONSTRAINT tight REFERENCES parent);
CREATE VIEW keys AS
SELECT constraint_name, enforcement, is_enforced, is_validated, is_deferrable, definition, enforcement_detail
  FROM fk_constraints('child') ORDER BY constraint_name;
SELECT * FROM keys \gx
-- No trigger, so nothing is checked and nothing cascades.
SELECT count(*) FILTER (WHERE conname = 'loose') AS loose, count(*) FILTER (WHERE conname = 'tight') AS tight
  FROM pg_trigger JOIN pg_constraint c ON c.oid = tgconstraint WHERE c.conrelid = 'child'::regclass;
INSERT INTO child VALUES (1, 1, 1), (2, 2, 1), (3, 7, 1), (4, NULL, 1);
DELETE FROM parent WHERE id = 2;
SELECT constraint_name, verdict, orphan_rows, missing_keys, rows_checked, enforcement FROM fk_check('child');
SELECT row_key, foreign_key, reason FROM fk_orphans('child', 'loose');
SELECT judge.rows('child', 'loose');
-- VALIDATE is not for such a key; ENFORCED examines the rows.
ALTER TABLE child VALIDATE CONSTRAINT loose;
ALTER TABLE child ALTER CONSTRAINT loose ENFORCED;
DELETE FROM child WHERE a IN (2, 7);
SELECT constraint_name, verdict, enforcement FROM fk_check('child', 'loose');
ALTER TABLE child ALTER CONSTRAINT loose ENFORCED;
SELECT * FROM keys WHERE constraint_name = 'loose' \gx
SELECT constraint_name, verdict, enforcement FROM fk_check('child', 'loose');
INSERT INTO child VALUES (5, 7, 1);
BEGIN;
SET CONSTRAINTS loose DEFERRED;
INSERT INTO child VALUES (5, 7, 1);
ROLLBACK;
-- An index would serve it once it is enforced; an action that never fires risks nothing.
ALTER TABLE child ALTER CONSTRAINT loose NOT ENFORCED;
SELECT constraint_name, verdict FROM fk_missing_indexes('child') ORDER BY 1;
SELECT constraint_name, risk FROM fk_risky_actions('child') ORDER BY 1, 2;

-- Partitions: one key for all, which ALTER CONSTRAINT alters for all.
CREATE TABLE parted (id int, a int, CONSTRAINT loose FOREIGN KEY (a) REFERENCES parent NOT ENFORCED) PARTITION BY LIST (id);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES IN (1);
CREATE TABLE parted_rest PARTITION OF parted DEFAULT PARTITION BY LIST (id);
CREATE TABLE parted_2 PARTITION OF parted_rest DEFAULT;
INSERT INTO parted VALUES (1, 1), (1, 7), (2, 8);
SELECT constraint_name, enforcement, enforcement_detail FROM fk_constraints('parted');
SELECT constraint_name, enforcement FROM fk_constraints('parted_2');
SELECT verdict, orphan_rows, enforcement FROM fk_check('parted');
ALTER TABLE parted ALTER CONSTRAINT loose ENFORCED;
DELETE FROM parted WHERE a > 1;
ALTER TABLE parted ALTER CONSTRAINT loose ENFORCED;
SELECT constraint_name, enforcement, enforcement_detail FROM fk_constraints('parted');
SELECT verdict, orphan_rows FROM fk_check('parted');
ALTER TABLE parted ALTER CONSTRAINT loose NOT ENFORCED;
-- A table that has the same key, enforced, is no partition for it.
CREATE TABLE parted_3 (id int, a int, CONSTRAINT own FOREIGN KEY (a) REFERENCES parent);
ALTER TABLE parted_rest ATTACH PARTITION parted_3 FOR VALUES IN (3);
SELECT child, constraint_name, enforcement FROM fk_constraints('parted_3') ORDER BY 1, 2;
INSERT INTO parted VALUES (1, 9);
SELECT child, constraint_name, verdict, orphan_rows FROM fk_check() WHERE child::text LIKE 'parted%' ORDER BY 1, 2;

-- A table that references itself, and one that is referenced in partitions.
CREATE TABLE tree (id int PRIMARY KEY, up int CONSTRAINT loose REFERENCES tree NOT ENFORCED);
INSERT INTO tree VALUES (1, NULL), (2, 1), (3, 9);
SELECT verdict, orphan_rows, enforcement FROM fk_check('tree');
CREATE TABLE parent_parts (id int PRIMARY KEY) PARTITION BY LIST (id);
CREATE TABLE parent_parts_1 PARTITION OF parent_parts FOR VALUES IN (1);
CREATE TABLE child_of_parts (id int PRIMARY KEY, a int CONSTRAINT loose REFERENCES parent_parts NOT ENFORCED);
INSERT INTO parent_parts VALUES (1);
INSERT INTO child_of_parts VALUES (1, 1), (2, 2);
SELECT verdict, orphan_rows, enforcement FROM fk_check('child_of_parts');
DELETE FROM child_of_parts WHERE a = 2;
ALTER TABLE child_of_parts ALTER CONSTRAINT loose ENFORCED;
SELECT verdict, orphan_rows, enforcement FROM fk_check('child_of_parts');
CREATE TABLE parent_parts_2 PARTITION OF parent_parts FOR VALUES IN (2);
SELECT verdict, orphan_rows, enforcement FROM fk_check('child_of_parts');
SET client_min_messages = warning;
DROP SCHEMA not_enforced, judge CASCADE;
