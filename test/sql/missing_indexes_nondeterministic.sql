-- On 15 to 17, where the two columns' collations differ and the parent's is nondeterministic, the server compares in the
-- parent's collation (ri_triggers.c: ri_GenerateQualCollation). 18 and newer refuse such a key.
SELECT current_setting('server_version_num')::int >= 180000 AS refused \gset
\if :refused
\echo not run: PostgreSQL 18 and newer refuse such keys
\quit
\endif
\getenv abs_srcdir PG_ABS_SRCDIR
\set helper :abs_srcdir '/lib/search_plan.sql'
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE SCHEMA blind;
SET search_path = blind, public;
\set ECHO none
\i :helper
\set ECHO all
CREATE COLLATION ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE COLLATION ai (provider = icu, locale = 'und-u-ks-level1', deterministic = false);
CREATE TABLE parent (id text COLLATE ci PRIMARY KEY);
CREATE TABLE plain (id text PRIMARY KEY);
CREATE TABLE c1_plain_index (a text CONSTRAINT c1_fk REFERENCES parent);
CREATE INDEX c1_i ON c1_plain_index (a);
CREATE TABLE c2_parent_collation (a text CONSTRAINT c2_fk REFERENCES parent);
CREATE INDEX c2_i ON c2_parent_collation (a COLLATE ci);
CREATE TABLE c3_other_blind (a text COLLATE ai CONSTRAINT c3_fk REFERENCES parent);
CREATE INDEX c3_i ON c3_other_blind (a);
CREATE TABLE c4_same (a text COLLATE ci CONSTRAINT c4_fk REFERENCES parent);
CREATE INDEX c4_i ON c4_same (a);
-- The parent's is deterministic: the child's own counts, even a nondeterministic one.
CREATE TABLE c5_child_only (a text COLLATE ci CONSTRAINT c5_fk REFERENCES plain);
CREATE INDEX c5_i ON c5_child_only (a);
CREATE TABLE c6_pattern (a text CONSTRAINT c6_fk REFERENCES parent);
CREATE INDEX c6_i ON c6_pattern (a text_pattern_ops);
-- A child without a collation: the cast's result has the default one.
CREATE TABLE c7_no_collation (a "char" CONSTRAINT c7_fk REFERENCES parent);
SELECT * FROM compare_with_planner('blind');
SELECT constraint_name, index, reason, ddl FROM fk_missing_indexes() WHERE constraint_name ~ '^c\d_fk$' \gx
\set ECHO none
SELECT s FROM fk_missing_indexes(), string_to_table(ddl, E'\n') s WHERE constraint_name ~ '^c\d_fk$' \gexec
\set ECHO all
SELECT * FROM compare_with_planner('blind');
DROP SCHEMA blind CASCADE;
