-- On 15 to 17 a key may lie between two collations of which one is nondeterministic: texts are compared with the parent
-- column's, whatever the child's is. Rows that are equal to one but not to the other show it.
SELECT current_setting('server_version_num')::int >= 180000 AS refused \gset
\if :refused
\echo not run: PostgreSQL 18 and newer refuse such keys (check_collations_refused)
\quit
\endif
\getenv inputdir PG_ABS_SRCDIR
\set judge :inputdir '/sql/include/judge.sql'
\set ECHO none
\i :judge
\set ECHO all
CREATE SCHEMA check_collations_mixed;
SET search_path = check_collations_mixed, public;
CREATE COLLATION any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE COLLATION any_accent (provider = icu, locale = 'und-u-ks-level1', deterministic = false);
CREATE COLLATION "Any ""case""" (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
SET session_replication_role = replica;

-- The parent ignores case, the child does not.
CREATE TABLE insensitive_parent (k text COLLATE any_case PRIMARY KEY);
INSERT INTO insensitive_parent VALUES ('Anna'), ('zoé');
CREATE TABLE default_child (id int PRIMARY KEY, k text REFERENCES insensitive_parent);
INSERT INTO default_child VALUES (1, 'ANNA'), (2, 'anna'), (3, 'Zoé'), (4, 'zoe'), (5, 'Anna ');
CREATE TABLE c_child (id int PRIMARY KEY, k text COLLATE "C" REFERENCES insensitive_parent);
INSERT INTO c_child SELECT * FROM default_child;
CREATE TABLE varchar_child (id int PRIMARY KEY, k varchar(20) COLLATE "POSIX" REFERENCES insensitive_parent);
INSERT INTO varchar_child SELECT * FROM default_child;
-- Two collations that ignore different things: the parent's decides.
CREATE TABLE accent_child (id int PRIMARY KEY, k text COLLATE any_accent REFERENCES insensitive_parent);
INSERT INTO accent_child SELECT * FROM default_child;

-- The child ignores case, the parent does not.
CREATE TABLE sensitive_parent (k text COLLATE "C" PRIMARY KEY);
INSERT INTO sensitive_parent VALUES ('Anna'), ('anna');
CREATE TABLE insensitive_child (id int PRIMARY KEY, k text COLLATE any_case REFERENCES sensitive_parent);
INSERT INTO insensitive_child VALUES (1, 'Anna'), (2, 'anna'), (3, 'ANNA'), (4, 'aNNA'), (5, 'bert');
CREATE TABLE default_parent (k text PRIMARY KEY);
INSERT INTO default_parent VALUES ('Anna');
CREATE TABLE insensitive_to_default (id int PRIMARY KEY, k text COLLATE any_case REFERENCES default_parent);
INSERT INTO insensitive_to_default VALUES (1, 'Anna'), (2, 'anna');

-- Composed and decomposed letters are equal to a nondeterministic collation.
CREATE TABLE composed_insensitive_parent (k text COLLATE any_case PRIMARY KEY);
INSERT INTO composed_insensitive_parent VALUES (U&'\00e9');
CREATE TABLE decomposed_insensitive_child (id int PRIMARY KEY, k text COLLATE "C" REFERENCES composed_insensitive_parent);
INSERT INTO decomposed_insensitive_child VALUES (1, U&'\00e9'), (2, U&'e\0301'), (3, 'e');

-- char(n) with a collation, a cast on the way, a domain's collation, a collation whose name needs quoting.
CREATE TABLE char_parent (k char(5) COLLATE any_case PRIMARY KEY);
INSERT INTO char_parent VALUES ('ab');
CREATE TABLE text_to_char (id int PRIMARY KEY, k text COLLATE "C" REFERENCES char_parent);
INSERT INTO text_to_char VALUES (1, 'AB '), (2, 'ab'), (3, 'a b');
CREATE DOMAIN insensitive AS text COLLATE any_case;
CREATE TABLE domain_parent (k insensitive PRIMARY KEY);
INSERT INTO domain_parent VALUES ('x');
CREATE TABLE domain_child (id int PRIMARY KEY, k text REFERENCES domain_parent);
INSERT INTO domain_child VALUES (1, 'X'), (2, 'y');
CREATE TABLE quoted_parent (k text COLLATE "Any ""case""" PRIMARY KEY);
INSERT INTO quoted_parent VALUES ('x');
CREATE TABLE quoted_child (id int PRIMARY KEY, k text REFERENCES quoted_parent);
INSERT INTO quoted_child VALUES (1, 'X'), (2, 'y');
CREATE TABLE array_parent (k text[] COLLATE any_case PRIMARY KEY);
INSERT INTO array_parent VALUES ('{a,b}');
CREATE TABLE array_child (id int PRIMARY KEY, k text[] REFERENCES array_parent);
INSERT INTO array_child VALUES (1, '{A,b}'), (2, '{a}');
CREATE TABLE name_parent (k name PRIMARY KEY);
INSERT INTO name_parent VALUES ('a');
CREATE TABLE name_child (id int PRIMARY KEY, k text COLLATE any_case REFERENCES name_parent);
INSERT INTO name_child VALUES (1, 'a'), (2, 'A');
-- A child without a collation.
CREATE TABLE letter_parent (k text COLLATE any_case PRIMARY KEY);
INSERT INTO letter_parent VALUES ('a');
CREATE TABLE letter_child (id int PRIMARY KEY, k "char" REFERENCES letter_parent);
INSERT INTO letter_child VALUES (1, 'A'), (2, 'b');

-- Each column of a composite key has its own.
CREATE TABLE both_parent (a text COLLATE any_case, b text COLLATE "C", PRIMARY KEY (a, b));
INSERT INTO both_parent VALUES ('a', 'b');
CREATE TABLE both_child (id int PRIMARY KEY, a text COLLATE "C", b text COLLATE any_case,
    FOREIGN KEY (a, b) REFERENCES both_parent);
INSERT INTO both_child VALUES (1, 'A', 'b'), (2, 'a', 'B'), (3, 'a', 'b'), (4, 'A', 'B');

SET session_replication_role = origin;
SELECT * FROM judge.all_rows();

-- missing_keys counts the values that differ for the child's own collation, and each row is still listed.
SELECT child, orphan_rows, missing_keys FROM fk_check('insensitive_child');
SELECT row_key, foreign_key FROM fk_orphans('insensitive_child');

-- A name is hashed by its bytes, a text by its collation: a hash join between them would lose pairs that are equal.
SET session_replication_role = replica;
CREATE TABLE many_texts (k text COLLATE any_case PRIMARY KEY);
INSERT INTO many_texts SELECT 'k' || n FROM generate_series(1, 3000) n;
CREATE TABLE many_names (id int PRIMARY KEY, k name REFERENCES many_texts);
INSERT INTO many_names SELECT n, 'K' || n FROM generate_series(1, 3003) n;
SET session_replication_role = origin;
ANALYZE many_texts, many_names;
-- The server's trigger knows no collation for it at all; VALIDATE asks by the parent's.
INSERT INTO many_names VALUES (0, 'k1');
SET enable_hashjoin = off;
SELECT count(*) FROM many_names c LEFT JOIN many_texts p ON p.k = c.k COLLATE any_case WHERE p.k IS NULL;
RESET enable_hashjoin;
SELECT verdict, orphan_rows FROM fk_check('many_names');

SET client_min_messages = warning;
DROP SCHEMA check_collations_mixed, judge CASCADE;
