-- The index that the ddl makes is the one that the search needs, collation and all, and it attaches only what has its
-- own definition.
\getenv abs_srcdir PG_ABS_SRCDIR
\set helper :abs_srcdir '/lib/search_plan.sql'
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE SCHEMA definitions;
SET search_path = definitions, public;
\set ECHO none
\i :helper
\set ECHO all
-- A parameter of type name has the collation "C", which the search then uses for a column with the default one.
CREATE TABLE names (id name COLLATE "default" PRIMARY KEY);
CREATE TABLE d1_default_collation (a name COLLATE "default" CONSTRAINT d1_fk REFERENCES names);
-- One column twice: compared once as text, once as char(n).
CREATE TABLE words (id text, padded char(5), PRIMARY KEY (id, padded));
CREATE TABLE d2_two_ways (a text, CONSTRAINT d2_fk FOREIGN KEY (a, a) REFERENCES words);
-- One column twice, compared in the same way: one place in the index serves both.
CREATE TABLE pairs (a int, b int, PRIMARY KEY (a, b));
CREATE TABLE d3_same_way (a int, CONSTRAINT d3_fk FOREIGN KEY (a, a) REFERENCES pairs);
-- A leaf's index on a relabelled column serves the search, but is not attachable to one on the column itself.
CREATE TABLE codes (id varchar PRIMARY KEY);
CREATE TABLE d4_leaf (part int, a varchar CONSTRAINT d4_fk REFERENCES codes) PARTITION BY LIST (part);
CREATE TABLE d4_leaf_1 PARTITION OF d4_leaf FOR VALUES IN (1);
CREATE INDEX d4_relabelled ON d4_leaf_1 ((a::text));
CREATE TABLE d4_leaf_2 PARTITION OF d4_leaf FOR VALUES IN (2);
CREATE INDEX d4_plain ON d4_leaf_2 (a);
CREATE TABLE d4_leaf_3 PARTITION OF d4_leaf FOR VALUES IN (3);
-- One function casts char(n) to text and to varchar, but the planner does not take the one for the other.
CREATE TABLE d5_other_type (a char(3) CONSTRAINT d5_fk REFERENCES codes);
CREATE INDEX d5_varchar ON d5_other_type ((a::varchar));
CREATE TABLE d6_function (a char(3) CONSTRAINT d6_fk REFERENCES codes);
CREATE INDEX d6_called ON d6_function (text(a));
SELECT * FROM compare_with_planner('definitions');
SELECT constraint_name, verdict, reason, ddl FROM fk_missing_indexes() WHERE constraint_name ~ '^d\d_fk$' \gx
\set ECHO none
SELECT s FROM fk_missing_indexes(), string_to_table(ddl, E'\n') s WHERE constraint_name ~ '^d\d_fk$' \gexec
\set ECHO all
SELECT * FROM compare_with_planner('definitions');
DROP SCHEMA definitions CASCADE;
