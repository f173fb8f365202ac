-- NOT VALID keys on partitioned tables, and keys that are valid for some partitions only.
SELECT current_setting('server_version_num')::int < 180000 AS too_old \gset
\if :too_old
\echo not run: PostgreSQL 15 to 17 have no NOT VALID keys on partitioned tables
\quit
\endif
\getenv inputdir PG_ABS_SRCDIR
\set judge :inputdir '/sql/include/judge.sql'
\set ECHO none
\i :judge
\set ECHO all
CREATE SCHEMA not_valid_partitioned;
SET search_path = not_valid_partitioned, public;
CREATE TABLE parent (id int PRIMARY KEY);
INSERT INTO parent VALUES (1), (2);
CREATE TABLE parted (id int, a int) PARTITION BY LIST (id);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES IN (1);
CREATE TABLE parted_2 PARTITION OF parted FOR VALUES IN (2);
CREATE TABLE parted_rest PARTITION OF parted DEFAULT PARTITION BY LIST (id);
CREATE TABLE parted_3 PARTITION OF parted_rest FOR VALUES IN (3);
INSERT INTO parted VALUES (1, 1), (2, 7), (3, 8), (3, NULL);
ALTER TABLE parted ADD CONSTRAINT key FOREIGN KEY (a) REFERENCES parent NOT VALID;
CREATE VIEW rows AS
SELECT conrelid::regclass, convalidated FROM pg_constraint
 WHERE contype = 'f' AND connamespace = 'not_valid_partitioned'::regnamespace ORDER BY conrelid::regclass::text COLLATE "C";
CREATE VIEW key AS SELECT enforcement, is_validated, enforcement_detail FROM fk_constraints('parted');
TABLE rows;
TABLE key;
SELECT verdict, orphan_rows, enforcement FROM fk_check('parted');
SELECT row_table, foreign_key FROM fk_orphans('parted');
SELECT judge.rows('parted', 'key');
-- New rows are checked.
INSERT INTO parted VALUES (1, 9);
-- One partition after another, the server's word and fkaudit's.
ALTER TABLE parted_1 VALIDATE CONSTRAINT key;
TABLE rows;
TABLE key;
ALTER TABLE parted_2 VALIDATE CONSTRAINT key;
DELETE FROM parted_2;
ALTER TABLE parted_2 VALIDATE CONSTRAINT key;
TABLE key;
SELECT verdict, orphan_rows, enforcement FROM fk_check('parted');
ALTER TABLE parted VALIDATE CONSTRAINT key;
DELETE FROM parted_3 WHERE a = 8;
SELECT verdict, orphan_rows, enforcement FROM fk_check('parted');
ALTER TABLE parted VALIDATE CONSTRAINT key;
TABLE rows;
TABLE key;
SELECT verdict, orphan_rows, enforcement FROM fk_check('parted');
-- A valid partition under a key that is not: a table that is attached with the same key, valid.
CREATE TABLE parted_4 (id int, a int REFERENCES parent);
INSERT INTO parted_4 VALUES (4, 1);
ALTER TABLE parted DROP CONSTRAINT key;
ALTER TABLE parted ADD CONSTRAINT key FOREIGN KEY (a) REFERENCES parent NOT VALID;
ALTER TABLE parted_rest ATTACH PARTITION parted_4 FOR VALUES IN (4);
TABLE rows;
TABLE key;
SELECT child, constraint_name, enforcement FROM fk_constraints('parted_4') ORDER BY 1, 2;
-- A key marked valid at the top with a partition whose own is not. The server would not make it; a catalog can hold it.
ALTER TABLE parted VALIDATE CONSTRAINT key;
UPDATE pg_constraint SET convalidated = false WHERE conrelid = 'parted_3'::regclass AND contype = 'f';
TABLE key;
SELECT verdict, enforcement FROM fk_check('parted');
SET client_min_messages = warning;
DROP SCHEMA not_valid_partitioned, judge CASCADE;
