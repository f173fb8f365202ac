-- Texts are compared with the parent column's collation. Where only one column's is nondeterministic: see
-- check_collations_mixed for 15 to 17, check_collations_refused for 18 and newer.
\getenv inputdir PG_ABS_SRCDIR
\set judge :inputdir '/sql/include/judge.sql'
\set ECHO none
\i :judge
\set ECHO all
CREATE SCHEMA check_collations;
SET search_path = check_collations, public;
CREATE COLLATION any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE COLLATION "Any ""case""" (provider = icu, locale = 'und');
SET session_replication_role = replica;

-- Both ignore case.
CREATE TABLE insensitive_parent (k text COLLATE any_case PRIMARY KEY);
INSERT INTO insensitive_parent VALUES ('Anna'), ('zoé');
CREATE TABLE insensitive_child (id int PRIMARY KEY, k text COLLATE any_case REFERENCES insensitive_parent);
INSERT INTO insensitive_child VALUES (1, 'ANNA'), (2, 'anna'), (3, 'Zoé'), (4, 'zoe'), (5, 'Anna '), (6, 'ZOE');
CREATE TABLE sensitive_parent (k text COLLATE "C" PRIMARY KEY);
INSERT INTO sensitive_parent VALUES ('Anna'), ('anna');
-- Deterministic collations differ in order only, so all of them agree about equality.
CREATE TABLE und_child (id int PRIMARY KEY, k text COLLATE "und-x-icu" REFERENCES sensitive_parent);
INSERT INTO und_child VALUES (1, 'Anna'), (2, 'ANNA');
-- Composed and decomposed letters are equal to none of them ...
CREATE TABLE composed_parent (k text COLLATE "und-x-icu" PRIMARY KEY);
INSERT INTO composed_parent VALUES (U&'\00e9');
CREATE TABLE decomposed_child (id int PRIMARY KEY, k text COLLATE "C" REFERENCES composed_parent);
INSERT INTO decomposed_child VALUES (1, U&'\00e9'), (2, U&'e\0301');
-- ... but to a nondeterministic one.
CREATE TABLE composed_insensitive_parent (k text COLLATE any_case PRIMARY KEY);
INSERT INTO composed_insensitive_parent VALUES (U&'\00e9');
CREATE TABLE decomposed_insensitive_child (id int PRIMARY KEY,
    k text COLLATE any_case REFERENCES composed_insensitive_parent);
INSERT INTO decomposed_insensitive_child VALUES (1, U&'\00e9'), (2, U&'e\0301'), (3, 'e');
-- A collation whose name needs quoting, and that differs from the child's.
CREATE TABLE quoted_parent (k text COLLATE "Any ""case""" PRIMARY KEY);
INSERT INTO quoted_parent VALUES ('x');
CREATE TABLE quoted_child (id int PRIMARY KEY, k text REFERENCES quoted_parent);
INSERT INTO quoted_child VALUES (1, 'x'), (2, 'X'), (3, 'y');

SET session_replication_role = origin;
SELECT * FROM judge.all_rows();

-- missing_keys counts the values that differ for the collation, and each row is still listed.
SELECT child, orphan_rows, missing_keys FROM fk_check('insensitive_child');
SELECT row_key, foreign_key FROM fk_orphans('insensitive_child');

-- A unique index with another collation than the column's does not change the comparison.
SET session_replication_role = replica;
CREATE TABLE index_parent (k text COLLATE "C");
CREATE UNIQUE INDEX ON index_parent (k COLLATE any_case);
INSERT INTO index_parent VALUES ('a');
CREATE TABLE index_child (id int PRIMARY KEY, k text REFERENCES index_parent (k));
INSERT INTO index_child VALUES (1, 'a'), (2, 'A');
SET session_replication_role = origin;
SELECT judge.rows('index_child', 'index_child_k_fkey');

SET client_min_messages = warning;
DROP SCHEMA check_collations, judge CASCADE;
