-- NULLs: MATCH SIMPLE lets a key with any NULL pass, MATCH FULL only one that is NULL in all of its columns.
\getenv inputdir PG_ABS_SRCDIR
\set judge :inputdir '/sql/include/judge.sql'
\set ECHO none
\i :judge
\set ECHO all
CREATE SCHEMA check_match;
SET search_path = check_match, public;

-- MATCH PARTIAL is in the SQL standard, but not in PostgreSQL.
CREATE TABLE one (a int PRIMARY KEY);
CREATE TABLE two (a int, b int, PRIMARY KEY (a, b));
CREATE TABLE three (a int, b int, c int, PRIMARY KEY (a, b, c));
CREATE TABLE partial (a int, b int, FOREIGN KEY (a, b) REFERENCES two MATCH PARTIAL);
SELECT * FROM fk_check('one', '{a}', 'one', '{a}', 'partial');

SET session_replication_role = replica;
INSERT INTO one VALUES (1);
INSERT INTO two VALUES (1, 1), (2, 3);
INSERT INTO three VALUES (1, 1, 1);

CREATE TABLE simple_1 (id int PRIMARY KEY, a int REFERENCES one);
CREATE TABLE full_1 (id int PRIMARY KEY, a int REFERENCES one MATCH FULL);
INSERT INTO simple_1 VALUES (1, 1), (2, NULL), (3, 2), (4, 2);
INSERT INTO full_1 SELECT * FROM simple_1;

-- Every combination of a value that is there, one that is not, and NULL.
CREATE TABLE simple_2 (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a int, b int, FOREIGN KEY (a, b) REFERENCES two);
CREATE TABLE full_2 (LIKE simple_2 INCLUDING ALL, FOREIGN KEY (a, b) REFERENCES two MATCH FULL);
INSERT INTO simple_2 (a, b) SELECT a, b FROM (VALUES (1), (9), (NULL)) x(a), (VALUES (1), (3), (9), (NULL)) y(b)
 ORDER BY b, a;
INSERT INTO full_2 (a, b) SELECT a, b FROM simple_2 ORDER BY id;
CREATE TABLE simple_3 (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a int, b int, c int,
    FOREIGN KEY (a, b, c) REFERENCES three);
CREATE TABLE full_3 (LIKE simple_3 INCLUDING ALL, FOREIGN KEY (a, b, c) REFERENCES three MATCH FULL);
INSERT INTO simple_3 (a, b, c)
    SELECT a, b, c FROM (VALUES (1), (9), (NULL)) x(a), (VALUES (1), (9), (NULL)) y(b), (VALUES (1), (9), (NULL)) z(c)
 ORDER BY c, b, a;
INSERT INTO full_3 (a, b, c) SELECT a, b, c FROM simple_3 ORDER BY id;

-- Nothing but NULLs, nothing but mixed keys, no rows at all; parents without rows.
CREATE TABLE nobody (a int, b int, PRIMARY KEY (a, b));
CREATE TABLE nulls_simple (id int PRIMARY KEY, a int, b int, FOREIGN KEY (a, b) REFERENCES nobody);
CREATE TABLE nulls_full (id int PRIMARY KEY, a int, b int, FOREIGN KEY (a, b) REFERENCES nobody MATCH FULL);
CREATE TABLE mixed_simple (id int PRIMARY KEY, a int, b int, FOREIGN KEY (a, b) REFERENCES two);
CREATE TABLE mixed_full (id int PRIMARY KEY, a int, b int, FOREIGN KEY (a, b) REFERENCES two MATCH FULL);
CREATE TABLE empty_simple (id int PRIMARY KEY, a int, b int, FOREIGN KEY (a, b) REFERENCES two);
CREATE TABLE empty_full (id int PRIMARY KEY, a int, b int, FOREIGN KEY (a, b) REFERENCES nobody MATCH FULL);
INSERT INTO nulls_simple VALUES (1, NULL, NULL), (2, NULL, NULL);
INSERT INTO nulls_full SELECT * FROM nulls_simple;
INSERT INTO mixed_simple VALUES (1, 1, NULL), (2, NULL, 9), (3, 1, NULL);
INSERT INTO mixed_full SELECT * FROM mixed_simple;
CREATE TABLE orphans_only (id int PRIMARY KEY, a int, b int, FOREIGN KEY (a, b) REFERENCES nobody);
INSERT INTO orphans_only VALUES (1, 1, 1), (2, 1, 1), (3, NULL, 1);

-- A parent's unique constraint may hold NULLs; they match nothing.
CREATE TABLE null_parent (a int, b int, UNIQUE (a, b));
INSERT INTO null_parent VALUES (1, NULL), (NULL, NULL), (1, 1);
CREATE TABLE null_child (id int PRIMARY KEY, a int, b int, FOREIGN KEY (a, b) REFERENCES null_parent (a, b) MATCH FULL);
INSERT INTO null_child VALUES (1, 1, NULL), (2, NULL, NULL), (3, 1, 1), (4, 1, 2);
CREATE TABLE null_distinct_parent (a int, UNIQUE NULLS NOT DISTINCT (a));
INSERT INTO null_distinct_parent VALUES (NULL);
CREATE TABLE null_distinct_child (id int PRIMARY KEY, a int REFERENCES null_distinct_parent (a));
INSERT INTO null_distinct_child VALUES (1, NULL), (2, 1);

SET session_replication_role = origin;
SELECT * FROM judge.all_rows();

SELECT child, verdict, orphan_rows, missing_keys, example, rows_checked, mixed_null_rows, partial_null_rows FROM fk_check();

SELECT row_key, foreign_key, reason FROM fk_orphans('full_2');
SELECT row_key, foreign_key, reason FROM fk_orphans('simple_2');
SELECT row_key, foreign_key, reason FROM fk_orphans('mixed_full');

-- The same keys, not declared.
SELECT child, verdict, orphan_rows, missing_keys, example, rows_checked, mixed_null_rows, partial_null_rows
  FROM fk_check('simple_2', '{a,b}', 'two', '{a,b}', 'full');
SELECT child, verdict, orphan_rows, missing_keys, example, rows_checked, mixed_null_rows, partial_null_rows
  FROM fk_check('full_2', '{a,b}', 'two', '{a,b}');
SELECT row_key, foreign_key, reason FROM fk_orphans('simple_2', '{b,a}', 'two', '{b,a}', 'full', max_rows => 3);

-- The example is the most frequent missing key, of equally frequent ones the smallest.
SET session_replication_role = replica;
CREATE TABLE often (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a int REFERENCES one);
INSERT INTO often (a) SELECT 100 + n FROM generate_series(1, 50) n;
SELECT orphan_rows, missing_keys, example FROM fk_check('often');
INSERT INTO often (a) VALUES (140), (140), (150), (150), (1), (1), (1), (1), (NULL), (NULL), (NULL);
SELECT orphan_rows, missing_keys, example, rows_checked FROM fk_check('often');
SET session_replication_role = origin;

SET client_min_messages = warning;
DROP SCHEMA check_match, judge CASCADE;
