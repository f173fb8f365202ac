-- What needs PostgreSQL's own contrib modules: citext keys, and rows that pg_surgery killed. Where they are not installed,
-- expected/check_contrib_1.out.
SELECT count(*) = 2 AS installed FROM pg_available_extensions WHERE name IN ('citext', 'pg_surgery') \gset
\if :installed
\else
\quit
\endif
\getenv inputdir PG_ABS_SRCDIR
\set judge :inputdir '/sql/include/judge.sql'
\set ECHO none
\i :judge
\set ECHO all
CREATE SCHEMA check_contrib;
SET search_path = check_contrib, public;
-- In a schema of its own, which is on nobody's path but this session's.
CREATE SCHEMA "Contrib";
CREATE EXTENSION citext SCHEMA "Contrib";
CREATE EXTENSION pg_surgery SCHEMA "Contrib";
SET search_path = check_contrib, public, "Contrib";

-- citext compares without case; which operator decides depends on the parent's type.
CREATE TABLE insensitive (k citext PRIMARY KEY);
CREATE TABLE sensitive (k text PRIMARY KEY);
INSERT INTO insensitive VALUES ('Anna'), ('ß');
INSERT INTO sensitive VALUES ('Anna'), ('ß');
CREATE TABLE both_insensitive (id int PRIMARY KEY, k citext REFERENCES insensitive);
CREATE TABLE child_insensitive (id int PRIMARY KEY, k citext REFERENCES sensitive);
-- text has no implicit cast to citext, so there is no such key.
\set VERBOSITY terse
CREATE TABLE no_insensitive (k text REFERENCES insensitive);
\set VERBOSITY default
CREATE TABLE no_insensitive (k text);
SELECT * FROM fk_check('no_insensitive', '{k}', 'insensitive', '{k}');
SET session_replication_role = replica;
INSERT INTO both_insensitive VALUES (1, 'Anna'), (2, 'ANNA'), (3, 'anna '), (4, 'Bert'), (5, 'SS'), (6, NULL);
INSERT INTO child_insensitive SELECT * FROM both_insensitive;
RESET session_replication_role;
SELECT * FROM judge.all_rows();
-- citext's operators are found without its schema on the path.
SET search_path = public;
SELECT child, orphan_rows, missing_keys, example FROM fk_check() WHERE child::text ~ 'insensitive' ORDER BY 1;
SET search_path = check_contrib, public, "Contrib";

-- A parent's row killed in the heap: no trigger ran, the index still has its entry.
CREATE TABLE killed_parent (id int PRIMARY KEY);
CREATE TABLE killed (id int PRIMARY KEY, a int CONSTRAINT key REFERENCES killed_parent ON DELETE CASCADE);
INSERT INTO killed_parent VALUES (1), (2), (3);
INSERT INTO killed VALUES (1, 1), (2, 2), (3, 3);
SELECT verdict, orphan_rows FROM fk_check('killed');
SELECT heap_force_kill('killed_parent', ARRAY['(0,2)']::tid[]);
ALTER TABLE killed VALIDATE CONSTRAINT key;
SELECT verdict, orphan_rows, example, enforcement, rows_checked FROM fk_check('killed');
SELECT row_key, foreign_key, row_ctid FROM fk_orphans('killed');
SELECT judge.rows('killed', 'key');
-- Nor does a planner that prefers indexes change that.
SET enable_seqscan = off;
SELECT verdict, orphan_rows FROM fk_check('killed');
RESET enable_seqscan;
-- A child's row killed is one orphan less.
SELECT heap_force_kill('killed', ARRAY['(0,2)']::tid[]);
SELECT verdict, orphan_rows, rows_checked FROM fk_check('killed');

SET client_min_messages = warning;
DROP SCHEMA check_contrib, judge, "Contrib" CASCADE;
