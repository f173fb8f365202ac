-- Looking for the parent of a row, PostgreSQL compares in the parent's collation. Looking for the children of a row that is
-- deleted, it compares in the child's, unless the parent's is nondeterministic: where the child's alone takes different
-- texts for equal, rows go whose own parent stays.
SELECT current_setting('server_version_num')::int >= 180000 AS refused \gset
\if :refused
\echo not run: PostgreSQL 18 and newer refuse such keys (check_collations_refused)
\quit
\endif
\set VERBOSITY terse
CREATE SCHEMA impact_collations;
SET search_path = impact_collations, public;
CREATE COLLATION ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false);

CREATE TABLE parent (k varchar PRIMARY KEY);
CREATE TABLE child (id int PRIMARY KEY, k varchar COLLATE ci CONSTRAINT child_k REFERENCES parent ON DELETE CASCADE);
CREATE TABLE loose_parent (k varchar COLLATE ci PRIMARY KEY);
CREATE TABLE strict_child (id int PRIMARY KEY, k varchar CONSTRAINT strict_k REFERENCES loose_parent ON DELETE CASCADE);
INSERT INTO parent VALUES ('a'), ('A'), ('b');
INSERT INTO child VALUES (1, 'a'), (2, 'A'), (3, 'b');
INSERT INTO loose_parent VALUES ('a'), ('b');
INSERT INTO strict_child VALUES (1, 'a'), (2, 'A'), (3, 'b');

-- Two rows of the child go with one of the parent, though each has a parent of its own.
SELECT verdict, orphan_rows FROM fk_check('child');
SELECT relation, outcome, rows FROM fk_delete_impact('parent', $$k = 'a'$$);
BEGIN;
DELETE FROM parent WHERE k = 'a';
SELECT 'parent' AS deleted, 3 - count(*) AS rows FROM parent UNION ALL SELECT 'child', 3 - count(*) FROM child;
ROLLBACK;

-- The other way round the parent's collation decides on both sides.
SELECT relation, outcome, rows FROM fk_delete_impact('loose_parent', $$k = 'a'$$);
BEGIN;
DELETE FROM loose_parent WHERE k = 'a';
SELECT 'loose_parent' AS deleted, 2 - count(*) AS rows FROM loose_parent
UNION ALL SELECT 'strict_child', 3 - count(*) FROM strict_child;
ROLLBACK;

-- What blocks is found alike, also by the number of rows that fk_diagnose tells.
ALTER TABLE child DROP CONSTRAINT child_k, ADD CONSTRAINT child_k FOREIGN KEY (k) REFERENCES parent;
DELETE FROM child WHERE id = 1;
SELECT relation, outcome, rows FROM fk_delete_impact('parent', $$k = 'a'$$);
\set VERBOSITY default
DELETE FROM parent WHERE k = 'a';
\set VERBOSITY terse
SELECT side, parent_exists, child_rows FROM fk_diagnose(
'ERROR:  update or delete on table "parent" violates foreign key constraint "child_k" on table "child"
DETAIL:  Key (k)=(a) is still referenced from table "child".');

-- An orphan of a key to its own table that another orphan takes for its parent, in the child's collation, goes with it.
CREATE TABLE nodes (k varchar PRIMARY KEY, up varchar COLLATE ci);
INSERT INTO nodes VALUES ('x', 'gone'), ('y', 'X');
ALTER TABLE nodes ADD CONSTRAINT nodes_up FOREIGN KEY (up) REFERENCES nodes ON DELETE RESTRICT NOT VALID;
SELECT verdict, orphan_rows FROM fk_check('nodes');
BEGIN;
DELETE FROM nodes WHERE k = 'x';
ROLLBACK;
SELECT string_agg(statement, E'\n' ORDER BY step) AS plan FROM fk_repair_plan('nodes', 'nodes_up', 'delete', 1) \gset
:plan
SELECT verdict, orphan_rows FROM fk_check('nodes');

SET client_min_messages = warning;
DROP SCHEMA impact_collations CASCADE;
