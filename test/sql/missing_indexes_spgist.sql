-- An SP-GiST index finds texts by their bytes (spgtextproc.c: spg_text_leaf_consistent), and the planner takes it whatever
-- the collation calls equal. The server itself then overlooks a parent's children.
SET client_min_messages = warning;
CREATE SCHEMA spgist;
SET search_path = spgist, public;
CREATE COLLATION any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE TABLE parent (id text COLLATE any_case PRIMARY KEY);
CREATE TABLE child (id int PRIMARY KEY, a text COLLATE any_case CONSTRAINT key REFERENCES parent);
INSERT INTO parent VALUES ('AB'), ('CD');
INSERT INTO child VALUES (1, 'ab'), (2, 'CD');
CREATE INDEX child_a ON child USING spgist (a);
SET enable_seqscan = off;
-- NO ACTION refuses the parent that is spelled like its child, and lets the other one go.
DELETE FROM parent WHERE id = 'CD';
DELETE FROM parent WHERE id = 'AB';
SELECT verdict, orphan_rows, example FROM fk_check('child', 'key');
SELECT verdict, index, regexp_replace(reason, '; spgist\..*', '') AS reason FROM fk_missing_indexes('child');
-- Without it, and with the index that is proposed, the server finds what it should.
INSERT INTO parent VALUES ('AB');
DROP INDEX child_a;
SELECT s FROM fk_missing_indexes('child'), string_to_table(ddl, E'\n') s \gexec
DELETE FROM parent WHERE id = 'AB';

-- A deterministic collation calls nothing equal but the same bytes.
CREATE TABLE plain (a text COLLATE "C" PRIMARY KEY);
CREATE TABLE exact (a text COLLATE "C" CONSTRAINT exact_key REFERENCES plain);
CREATE INDEX exact_a ON exact USING spgist (a);
INSERT INTO plain VALUES ('ab');
INSERT INTO exact VALUES ('ab');
DELETE FROM plain;
SELECT verdict, index, regexp_replace(reason, '; spgist\..*', '') AS reason FROM fk_missing_indexes('exact');
DROP SCHEMA spgist CASCADE;
