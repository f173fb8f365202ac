-- What fk_delete_impact() is asked: the predicate is one condition, read as it would be after WHERE, under the caller's
-- search_path and rights, and it can change nothing.
SET maintenance_work_mem = '64MB';
CREATE SCHEMA ii;
CREATE TABLE ii.parent (id int PRIMARY KEY, name text);
CREATE TABLE ii.child (id int PRIMARY KEY, parent int CONSTRAINT child_parent REFERENCES ii.parent ON DELETE CASCADE);
CREATE TABLE ii.grandchild (child int CONSTRAINT grandchild_child REFERENCES ii.child ON DELETE CASCADE);
INSERT INTO ii.parent SELECT n, 'n' || n FROM generate_series(1, 9) n;
INSERT INTO ii.child SELECT n, n FROM generate_series(1, 9) n;
INSERT INTO ii.grandchild SELECT n FROM generate_series(1, 9) n;
-- Columns bare or qualified with the table's name, subqueries, comments, casts.
SELECT depth, relation, outcome, rows FROM fk_delete_impact('ii.parent', 'parent.id < 3');
SELECT rows FROM fk_delete_impact('ii.parent', 'id IN (SELECT c.parent FROM ii.child c WHERE c.id = 4 OR c.parent = 5)') LIMIT 1;
SELECT rows FROM fk_delete_impact('ii.parent', 'id = 1 -- only this one') LIMIT 1;
SELECT rows FROM fk_delete_impact('ii.parent', 'id /* so */ = 1 AND name LIKE ''n%''') LIMIT 1;
SELECT rows FROM fk_delete_impact('ii.parent', 'true) OR (true') LIMIT 1;
SELECT rows FROM fk_delete_impact('ii.parent', 'NULL') LIMIT 1;

-- Anything else is refused, before anything runs.
SELECT * FROM fk_delete_impact('ii.parent', '');
SELECT * FROM fk_delete_impact('ii.parent', 'id');
SELECT * FROM fk_delete_impact('ii.parent', 'nothing = 1');
SELECT * FROM fk_delete_impact('ii.parent', '1) OR (true');
SELECT * FROM fk_delete_impact('ii.parent', 'id = $1');
SELECT * FROM fk_delete_impact('ii.parent', 'true); DELETE FROM ii.parent WHERE (true');
SELECT * FROM fk_delete_impact('ii.parent', 'true);--');
SELECT * FROM fk_delete_impact('ii.parent', 'true /*');
SELECT * FROM fk_delete_impact('ii.parent', 'true) ORDER BY (id');
SELECT * FROM fk_delete_impact('ii.parent', 'true) GROUP BY (id');
SELECT * FROM fk_delete_impact('ii.parent', 'true) UNION SELECT FROM ii.child WHERE (true');
SELECT * FROM fk_delete_impact('ii.parent', 'true) LIMIT (1');
SELECT * FROM fk_delete_impact('ii.parent', 'true) OFFSET (1');
SELECT * FROM fk_delete_impact('ii.parent', 'true) FETCH FIRST (1) ROWS ONLY --');
SELECT * FROM fk_delete_impact('ii.parent', E'true) FETCH FIRST 1 ROWS ONLY FOR UPDATE --');
SELECT * FROM fk_delete_impact('ii.parent', 'count(*) > 0');
SELECT * FROM fk_delete_impact('ii.parent', 'generate_series(1, 2) = 1');
SELECT * FROM fk_delete_impact('ii.parent', 'true) WINDOW w AS (ORDER BY id');
SELECT * FROM fk_delete_impact('ii.parent', 'EXISTS (SELECT 1 INTO ii.made)');
SELECT * FROM fk_delete_impact('ii.parent', 'EXISTS (WITH gone AS (DELETE FROM ii.parent RETURNING 1) SELECT FROM gone)');
-- What writes or locks is refused by the server, whose transaction may only read meanwhile.
CREATE SEQUENCE ii.numbers;
CREATE FUNCTION ii.write() RETURNS bool LANGUAGE plpgsql AS 'BEGIN DELETE FROM ii.parent; RETURN true; END';
CREATE FUNCTION ii.may_write() RETURNS bool LANGUAGE plpgsql AS
    'BEGIN SET transaction_read_only = off; DELETE FROM ii.parent; RETURN true; END';
SELECT * FROM fk_delete_impact('ii.parent', 'ii.write()');
SELECT * FROM fk_delete_impact('ii.parent', 'ii.may_write()');
SELECT * FROM fk_delete_impact('ii.parent', 'nextval(''ii.numbers'') > 0');
SELECT * FROM fk_delete_impact('ii.parent', 'id IN (SELECT id FROM ii.child FOR UPDATE)');
-- A setting that the predicate makes goes with it.
SELECT rows FROM fk_delete_impact('ii.parent', 'set_config(''application_name'', ''changed'', false) = ''changed''') LIMIT 1;
SELECT current_setting('application_name') = 'changed' AS changed, current_setting('transaction_read_only');
SELECT count(*) FROM ii.parent;

-- NULLs, other relations, other actions.
SELECT * FROM fk_delete_impact(NULL, 'true');
SELECT * FROM fk_delete_impact('ii.parent', NULL);
SELECT * FROM fk_delete_impact('ii.parent', 'true', NULL);
SELECT * FROM fk_delete_impact('ii.parent', 'true', 'truncate');
SELECT * FROM fk_delete_impact(1, 'true');
CREATE VIEW ii.view AS SELECT * FROM ii.parent;
SELECT * FROM fk_delete_impact('ii.view', 'true');
SELECT * FROM fk_delete_impact('ii.parent_pkey', 'true');

-- The caller's search_path; the table is the one that is named, whatever the path.
CREATE SCHEMA ii_other;
CREATE TABLE ii_other.child (parent int);
INSERT INTO ii_other.child VALUES (7), (8);
CREATE TABLE ii_other.parent (id int);
SET search_path = ii_other;
SELECT rows FROM public.fk_delete_impact('ii.parent', 'id IN (SELECT parent FROM child)') LIMIT 1;
SET search_path = ii;
SELECT rows FROM public.fk_delete_impact('ii.parent', 'id IN (SELECT parent FROM child)') LIMIT 1;
RESET search_path;
SELECT rows FROM fk_delete_impact('ii.parent', 'id IN (SELECT parent FROM child)') LIMIT 1;
-- Operators of somebody else on the path are not used for the keys.
CREATE FUNCTION ii_other.never(int, int) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT false';
CREATE OPERATOR ii_other.= (LEFTARG = int, RIGHTARG = int, FUNCTION = ii_other.never);
SET search_path = ii_other, pg_catalog;
SELECT depth, rows FROM public.fk_delete_impact('ii.parent', 'id < 3');
RESET search_path;

-- Names that would be SQL.
CREATE SCHEMA "ii""; DROP TABLE ii.parent; --";
SET search_path = "ii""; DROP TABLE ii.parent; --";
CREATE TABLE "parent' ) OR (true" ("id"") = 1" int PRIMARY KEY, place1 int UNIQUE);
CREATE TABLE "child
of" ("c'""; --" int CONSTRAINT "k""'; --" REFERENCES "parent' ) OR (true" ON DELETE SET DEFAULT,
     place1 int DEFAULT 2 CONSTRAINT place1 REFERENCES "parent' ) OR (true" (place1) ON DELETE SET DEFAULT);
INSERT INTO "parent' ) OR (true" VALUES (1, 1), (2, 2);
INSERT INTO "child
of" VALUES (1, 1), (NULL, 1);
RESET search_path;
SELECT depth, outcome, rows, constraint_name, detail FROM fk_delete_impact('"ii""; DROP TABLE ii.parent; --"."parent'' ) OR (true"', '"id"") = 1" = 1');
SELECT depth, outcome, rows, constraint_name, detail FROM fk_delete_impact('"ii""; DROP TABLE ii.parent; --"."parent'' ) OR (true"', 'place1 = 2 OR true');

-- Rights are the caller's: SELECT on the tables, because rows are told apart by their places. What cannot be read is
-- said, and nothing is said of what lies beyond.
CREATE ROLE regress_fkaudit_impact;
GRANT USAGE ON SCHEMA ii TO regress_fkaudit_impact;
SET ROLE regress_fkaudit_impact;
SELECT * FROM fk_delete_impact('ii.parent', 'true');
RESET ROLE;
GRANT SELECT ON ii.parent TO regress_fkaudit_impact;
SET ROLE regress_fkaudit_impact;
SELECT depth, relation, outcome, rows, constraint_name, detail FROM fk_delete_impact('ii.parent', 'true');
RESET ROLE;
GRANT SELECT (parent) ON ii.child TO regress_fkaudit_impact;
SET ROLE regress_fkaudit_impact;
SELECT depth, relation, outcome, rows, constraint_name, detail FROM fk_delete_impact('ii.parent', 'true');
RESET ROLE;
GRANT SELECT ON ii.child, ii.grandchild TO regress_fkaudit_impact;
-- Row security hides nothing: the rows that a policy would hide are not counted at all.
CREATE POLICY few ON ii.grandchild USING (child < 3);
ALTER TABLE ii.grandchild ENABLE ROW LEVEL SECURITY;
SET ROLE regress_fkaudit_impact;
SELECT depth, relation, outcome, rows, constraint_name, detail FROM fk_delete_impact('ii.parent', 'true');
RESET ROLE;
CREATE POLICY few ON ii.parent USING (id < 3);
ALTER TABLE ii.parent ENABLE ROW LEVEL SECURITY;
SET ROLE regress_fkaudit_impact;
SELECT depth, relation, outcome, rows, constraint_name, detail FROM fk_delete_impact('ii.parent', 'true');
-- A superuser does not run what somebody else has written.
RESET ROLE;
GRANT CREATE ON SCHEMA ii TO regress_fkaudit_impact;
SET ROLE regress_fkaudit_impact;
CREATE FUNCTION ii.trap() RETURNS bool LANGUAGE sql AS 'SELECT true';
RESET ROLE;
SELECT rows FROM fk_delete_impact('ii.parent', 'ii.trap()') LIMIT 1;

-- An end half way leaves nothing: no lock, no setting, and the transaction goes on where it could.
BEGIN;
SAVEPOINT before;
SET LOCAL statement_timeout = '500ms';
SELECT * FROM fk_delete_impact('ii.parent', 'pg_sleep(1) IS NOT NULL');
ROLLBACK TO before;
SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND relation = 'ii.child'::regclass;
SELECT rows FROM fk_delete_impact('ii.parent', 'id = 1') LIMIT 1;
SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND relation IN ('ii.child'::regclass, 'ii.parent'::regclass);
SELECT current_setting('search_path'), current_setting('transaction_read_only'), current_setting('row_security');
COMMIT;
-- While rows are followed: a chain with a round for each row.
CREATE TABLE ii.chain (id int PRIMARY KEY, before int REFERENCES ii.chain ON DELETE CASCADE);
INSERT INTO ii.chain SELECT n, nullif(n - 1, 0) FROM generate_series(1, 10000) n;
\set VERBOSITY sqlstate
SET statement_timeout = '100ms';
SELECT max(depth) FROM fk_delete_impact('ii.chain', 'id = 1');
RESET statement_timeout;
\set VERBOSITY default
SELECT depth, rows, cardinality(path) FROM fk_delete_impact('ii.chain', 'id = 9999');
-- Read-only transactions, and one that has written to the tables itself, uncommitted.
BEGIN READ ONLY;
SELECT depth, rows FROM fk_delete_impact('ii.parent', 'id = 1');
COMMIT;
BEGIN;
INSERT INTO ii.child VALUES (11, 1);
DELETE FROM ii.grandchild;
SELECT depth, rows FROM fk_delete_impact('ii.parent', 'id = 1');
ROLLBACK;

-- Rows are remembered within maintenance_work_mem.
INSERT INTO ii.child SELECT n, 1 FROM generate_series(100, 40000) n;
SET maintenance_work_mem = '1MB';
SELECT depth, rows FROM fk_delete_impact('ii.parent', 'id = 1');
SET maintenance_work_mem = '64MB';
SELECT depth, rows FROM fk_delete_impact('ii.parent', 'id = 1');

SET client_min_messages = warning;
DROP SCHEMA ii, ii_other, "ii""; DROP TABLE ii.parent; --" CASCADE;
DROP ROLE regress_fkaudit_impact;
