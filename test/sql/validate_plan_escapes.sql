-- What fk_validate_plan() and fk_repair_plan() print means the same where a backslash in a plain string is an escape, as
-- standard_conforming_strings = off has it; PostgreSQL 19 has no such strings any more.
SELECT current_setting('server_version_num')::int >= 190000 AS too_new \gset
\if :too_new
\echo not run: PostgreSQL 19 takes no other standard_conforming_strings than on
\quit
\endif
CREATE SCHEMA "V ;";
CREATE TABLE "V ;".parent (id int PRIMARY KEY);
CREATE TABLE "V ;"."it's
--\" (p int);
ALTER TABLE "V ;"."it's
--\" ADD CONSTRAINT "k'\;
" FOREIGN KEY (p) REFERENCES "V ;".parent NOT VALID;
SET session_replication_role = replica;
INSERT INTO "V ;"."it's
--\" VALUES (5);
RESET session_replication_role;
SET standard_conforming_strings = off;
\set ECHO none
SELECT replace(statement, '*', 'count(*) > 0 AS found') FROM fk_validate_plan() \gexec
SELECT p.statement FROM fk_check() k, fk_repair_plan(k.child, k.constraint_name) p WHERE k.verdict = 'violated' \gexec
\set ECHO all
SELECT verdict, rows_checked FROM fk_check();
RESET standard_conforming_strings;
DROP SCHEMA "V ;" CASCADE;
