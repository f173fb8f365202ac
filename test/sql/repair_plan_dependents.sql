-- fk_repair_plan(): rows that reference the orphans. PostgreSQL's own DELETE says what would become of them.
CREATE SCHEMA d;
SET search_path = d, public;
\getenv source PG_ABS_SRCDIR
\set run_repair :source '/sql/include/run_repair.sql'
\set ECHO none
\i :run_repair
\set ECHO all
\set SHOW_CONTEXT never
CREATE TABLE parent (id int PRIMARY KEY);
INSERT INTO parent VALUES (1);
CREATE TABLE child (id int PRIMARY KEY, parent int CONSTRAINT child_fk REFERENCES parent ON DELETE CASCADE);
CREATE TABLE item (id int PRIMARY KEY, child int CONSTRAINT item_fk REFERENCES child ON DELETE CASCADE);
CREATE TABLE part (id int PRIMARY KEY, item int CONSTRAINT part_fk REFERENCES item ON DELETE CASCADE);
CREATE TABLE remark (id int, child int CONSTRAINT remark_fk REFERENCES child ON DELETE SET NULL);
SET session_replication_role = replica;
INSERT INTO child VALUES (1, 1), (2, 8), (3, 9), (4, NULL);
INSERT INTO item VALUES (10, 1), (20, 2), (21, 2), (40, 4);
INSERT INTO part VALUES (100, 10), (200, 20), (210, 21), (211, 21), (400, 40);
INSERT INTO remark VALUES (1, 1), (2, 2), (3, 3);
RESET session_replication_role;

-- What cascades goes before what it references, with a copy in a table of its own; what is set NULL is said.
CREATE TABLE plan AS SELECT * FROM fk_repair_plan('child', 'child_fk', batch_rows => 2);
SELECT step, affected_rows, regexp_replace(detail, 'undo: .*', 'undo: …') FROM plan;
BEGIN;
DELETE FROM child WHERE parent > 1;
SELECT (SELECT count(*) FROM item) AS items, (SELECT count(*) FROM part) AS parts, (SELECT count(child) FROM remark) AS remarks;
ROLLBACK;
CALL run_repair('child', 'child_fk', batch_rows => 2);
SELECT (SELECT count(*) FROM item) AS items, (SELECT count(*) FROM part) AS parts, (SELECT count(child) FROM remark) AS remarks;
TABLE child_orphans ORDER BY id;
TABLE item_orphans ORDER BY id;
TABLE part_orphans ORDER BY id;
SELECT child, verdict FROM fk_check();
CALL undo_repair('plan');
TABLE part ORDER BY id;
SELECT count(*) FROM item, child WHERE item.child = child.id;
UPDATE remark SET child = id;
DROP TABLE child_orphans, item_orphans, part_orphans, plan;
-- `delete` does the same without copies.
BEGIN;
SELECT statement FROM fk_repair_plan('child', 'child_fk', 'delete') WHERE affected_rows IS NOT NULL \gexec
SELECT (SELECT count(*) FROM item) AS items, (SELECT count(*) FROM part) AS parts, (SELECT count(child) FROM remark) AS remarks;
ROLLBACK;

-- A key whose triggers do not work would leave its rows without a parent.
ALTER TABLE child DISABLE TRIGGER ALL;
SELECT * FROM fk_repair_plan('child', 'child_fk');
ALTER TABLE child ENABLE TRIGGER ALL;
-- Rows that block: PostgreSQL's DELETE fails.
ALTER TABLE remark DROP CONSTRAINT remark_fk, ADD CONSTRAINT remark_fk FOREIGN KEY (child) REFERENCES child;
SELECT * FROM fk_repair_plan('child', 'child_fk');
DELETE FROM child WHERE parent > 1;
SELECT * FROM fk_repair_plan('child', 'child_fk', 'delete');
SELECT step, affected_rows FROM fk_repair_plan('child', 'child_fk', 'create parents') WHERE affected_rows > 0;
DELETE FROM remark WHERE child > 1;
SELECT count(*) FROM fk_repair_plan('child', 'child_fk', 'delete');

-- A tree: rows below the orphans go first, from the bottom up.
CREATE TABLE tree (id int PRIMARY KEY, up int CONSTRAINT tree_fk REFERENCES tree ON DELETE CASCADE, kin int CONSTRAINT kin_fk REFERENCES tree);
SET session_replication_role = replica;
INSERT INTO tree VALUES (1, NULL), (2, 1), (10, 9), (11, 10), (12, 11), (13, 12), (20, 99);
RESET session_replication_role;
CREATE TABLE plan AS SELECT * FROM fk_repair_plan('tree', 'tree_fk', batch_rows => 1);
SELECT step, affected_rows, regexp_replace(detail, 'undo: .*', 'undo: …') FROM plan;
CALL run_repair('tree', 'tree_fk', batch_rows => 1);
TABLE tree ORDER BY id;
CALL undo_repair('plan');
TABLE tree ORDER BY id;
DROP TABLE tree_orphans;
-- Orphans that reference each other by a key that refuses can only go together.
UPDATE tree SET kin = 20 WHERE id = 10;
SELECT step, affected_rows FROM fk_repair_plan('tree', 'tree_fk', 'delete', 1);
BEGIN;
SELECT statement FROM fk_repair_plan('tree', 'tree_fk', 'delete', 1) WHERE affected_rows IS NOT NULL \gexec
TABLE tree ORDER BY id;
ROLLBACK;
UPDATE tree SET kin = 20 WHERE id = 1;
SELECT * FROM fk_repair_plan('tree', 'tree_fk', 'delete', 1);
-- Rows in a circle below an orphan.
UPDATE tree SET kin = NULL;
ALTER TABLE tree DROP CONSTRAINT kin_fk, ADD CONSTRAINT kin_fk FOREIGN KEY (kin) REFERENCES tree ON DELETE CASCADE;
UPDATE tree SET kin = 12 WHERE id = 11;
SELECT * FROM fk_repair_plan('tree', 'tree_fk');

-- A row that is reached in two ways goes once.
CREATE TABLE a (id int PRIMARY KEY, parent int CONSTRAINT a_fk REFERENCES parent);
CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a ON DELETE CASCADE);
CREATE TABLE c (id int PRIMARY KEY, a int REFERENCES a ON DELETE CASCADE, b int REFERENCES b ON DELETE CASCADE);
SET session_replication_role = replica;
INSERT INTO a VALUES (1, 1), (2, 7);
INSERT INTO b VALUES (1, 1), (2, 2);
INSERT INTO c VALUES (1, 1, 1), (2, 2, 2), (3, 1, 2), (4, 2, 1), (5, 2, NULL);
RESET session_replication_role;
CALL run_repair('a', 'a_fk');
TABLE a_orphans;
TABLE b_orphans;
TABLE c_orphans ORDER BY id;
TABLE c;
SELECT constraint_name, verdict FROM fk_check() WHERE child::text IN ('a', 'b', 'c');

-- SET NULL of columns that are referenced themselves.
CREATE TABLE one_to_one (parent int UNIQUE CONSTRAINT one_fk REFERENCES parent ON DELETE SET NULL);
CREATE TABLE below (one int REFERENCES one_to_one (parent) ON UPDATE CASCADE);
SET session_replication_role = replica;
INSERT INTO one_to_one VALUES (1), (5);
INSERT INTO below VALUES (5);
RESET session_replication_role;
SELECT * FROM fk_repair_plan('one_to_one', 'one_fk');
CALL run_repair('one_to_one', 'one_fk', 'create parents');
SELECT verdict FROM fk_check('one_to_one');

SET client_min_messages = warning;
DROP SCHEMA d CASCADE;
DROP PROCEDURE public.run_repair, public.undo_repair;
