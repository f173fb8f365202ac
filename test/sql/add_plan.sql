-- fk_add_plan(): the statements that declare a foreign key, run as printed. PostgreSQL says itself whether they work, and
-- what it refuses.
CREATE SCHEMA a;
SET search_path = a, public;
\set SHOW_CONTEXT never
-- CREATE INDEX CONCURRENTLY cannot run in a procedure: it is run without the word there, and as printed at the end.
CREATE PROCEDURE public.run_add(plan regclass) LANGUAGE plpgsql AS $$
DECLARE
    plan_rows jsonb;
    one record;
BEGIN
    EXECUTE format('SELECT jsonb_agg(p ORDER BY step) FROM %s p', plan) INTO plan_rows;
    COMMIT;
    FOR one IN SELECT * FROM jsonb_to_recordset(plan_rows) AS p(step int, statement text, detail text) ORDER BY step LOOP
        EXECUTE replace(one.statement, ' CONCURRENTLY', '');
        COMMIT;
    END LOOP;
END $$;

-- All that can be missing: the parent's unique index, the child's index; and orphans.
CREATE TABLE parent (id int NOT NULL, name text);
CREATE TABLE child (id int PRIMARY KEY, parent int);
INSERT INTO parent SELECT generate_series(1, 10);
INSERT INTO child SELECT g, g % 13 FROM generate_series(1, 26) g;
\x on
SELECT * FROM fk_add_plan('child', '{parent}', 'parent', '{id}', on_delete => 'set null', on_update => 'cascade');
\x off
CREATE TABLE plan AS SELECT * FROM fk_add_plan('child', '{parent}', 'parent', '{id}', on_delete => 'cascade');
SELECT step, constraint_name, lock_mode, regexp_replace(detail, 'undo: .*', 'undo: …') AS detail FROM plan;
SELECT count(*) AS keys FROM fk_constraints('child');
SELECT statement FROM plan ORDER BY step \gexec
SELECT pg_get_constraintdef(oid), convalidated FROM pg_constraint WHERE conname = 'child_parent_fkey';
SELECT verdict, rows_checked FROM fk_check('child');
SELECT count(*) FROM fk_missing_indexes('child');
SELECT count(*) FROM child_orphans;
-- It is declared now.
SELECT * FROM fk_add_plan('child', '{parent}', 'parent', '{id}');

-- Nothing is missing but the key; composite keys, whose columns stand in another order in the parent's index; other ways.
CREATE TABLE pair (b int, a int, UNIQUE (b, a));
INSERT INTO pair VALUES (1, 1);
CREATE TABLE of_pair (a int, b int);
CREATE INDEX ON of_pair (b, a);
INSERT INTO of_pair VALUES (1, 1), (1, 2), (NULL, 3);
SELECT step, statement FROM fk_add_plan('of_pair', '{a,b}', 'pair', '{a,b}', 'full', strategy => 'delete');
DROP TABLE plan;
CREATE TABLE plan AS SELECT * FROM fk_add_plan('of_pair', '{a,b}', 'pair', '{a,b}', strategy => 'create parents');
CALL run_add('plan');
SELECT definition, (SELECT verdict FROM fk_check('of_pair')) FROM fk_constraints('of_pair');
TABLE pair ORDER BY b;

-- A tree: rows below the orphans would be orphans themselves.
CREATE TABLE tree (id int PRIMARY KEY, up int);
INSERT INTO tree VALUES (1, NULL), (2, 1), (10, 9), (11, 10);
SELECT * FROM fk_add_plan('tree', '{up}', 'tree', '{id}');
DROP TABLE plan;
CREATE TABLE plan AS SELECT * FROM fk_add_plan('tree', '{up}', 'tree', '{id}', on_delete => 'cascade');
CALL run_add('plan');
TABLE tree ORDER BY id;
SELECT verdict FROM fk_check('tree');

-- The name is free: PostgreSQL would give the same.
CREATE TABLE named (id int CONSTRAINT named_id_fkey CHECK (id > 0));
CREATE TABLE ref (id int PRIMARY KEY);
SELECT DISTINCT constraint_name FROM fk_add_plan('named', '{id}', 'ref', '{id}');
BEGIN;
ALTER TABLE named ADD FOREIGN KEY (id) REFERENCES ref;
SELECT conname FROM pg_constraint WHERE conrelid = 'named'::regclass AND contype = 'f';
ROLLBACK;

-- What PostgreSQL refuses.
CREATE TABLE doubled (id int, other int);
INSERT INTO doubled VALUES (1), (1), (2), (2), (3), (NULL), (NULL);
SELECT * FROM fk_add_plan('named', '{id}', 'doubled', '{id}');
SELECT * FROM fk_add_plan('named', '{id}', 'parent', '{name}');
ALTER TABLE named ADD FOREIGN KEY (id) REFERENCES parent (name);
CREATE TABLE dotted (p point);
SELECT * FROM fk_add_plan('dotted', '{p}', 'dotted', '{p}');
CREATE VIEW seen AS SELECT 1 AS id;
SELECT * FROM fk_add_plan('seen', '{id}', 'ref', '{id}');
SELECT * FROM fk_add_plan('named', '{id}', 'seen', '{id}');
CREATE TEMP TABLE passing (id int PRIMARY KEY);
SELECT * FROM fk_add_plan('named', '{id}', 'passing', '{id}');
ALTER TABLE named ADD FOREIGN KEY (id) REFERENCES passing;
CREATE TABLE computed (id int, double int GENERATED ALWAYS AS (id * 2) STORED);
SELECT * FROM fk_add_plan('computed', '{double}', 'ref', '{id}', on_delete => 'set null');
ALTER TABLE computed ADD FOREIGN KEY (double) REFERENCES ref ON DELETE SET NULL;
SELECT * FROM fk_add_plan('computed', '{double}', 'ref', '{id}', on_update => 'cascade');
ALTER TABLE computed ADD FOREIGN KEY (double) REFERENCES ref ON UPDATE CASCADE;
CREATE FOREIGN DATA WRAPPER nowhere;
CREATE SERVER nowhere FOREIGN DATA WRAPPER nowhere;
CREATE FOREIGN TABLE far (id int) SERVER nowhere;
SELECT * FROM fk_add_plan('far', '{id}', 'ref', '{id}');
ALTER FOREIGN TABLE far ADD FOREIGN KEY (id) REFERENCES ref;
SELECT * FROM fk_add_plan('named', '{id}', 'far', '{id}');
ALTER TABLE named ADD FOREIGN KEY (id) REFERENCES far;
SELECT * FROM fk_add_plan('named', '{id}', 'ref', '{id}', on_delete => 'drop');
SELECT * FROM fk_add_plan('named', '{id}', 'ref', '{id}', on_update => NULL);
SELECT * FROM fk_add_plan('named', '{id}', 'ref', '{id}', strategy => 'mend');
SELECT * FROM fk_add_plan('named', '{id}', 'ref', NULL);
SELECT * FROM fk_add_plan('named', '{nope}', 'ref', '{id}');

-- Partitioned tables: the parent's unique index is made of its partitions' ones, and holds the partition key.
CREATE TABLE split_parent (id int, at int) PARTITION BY LIST (id);
CREATE TABLE split_parent_1 PARTITION OF split_parent FOR VALUES IN (1, 2);
CREATE TABLE split_parent_2 PARTITION OF split_parent FOR VALUES IN (3) PARTITION BY LIST (id);
CREATE TABLE split_parent_3 PARTITION OF split_parent_2 FOR VALUES IN (3);
INSERT INTO split_parent VALUES (1), (3);
INSERT INTO ref VALUES (5);
CREATE TABLE of_split (id int);
INSERT INTO of_split VALUES (1), (3), (8);
SELECT step, statement, lock_mode FROM fk_add_plan('of_split', '{id}', 'split_parent', '{id}', strategy => 'delete') WHERE statement !~ '^DO';
SELECT statement FROM fk_add_plan('of_split', '{id}', 'split_parent', '{id}', strategy => 'delete') \gexec
SELECT verdict FROM fk_check('of_split');
SELECT * FROM fk_add_plan('of_split', '{id}', 'split_parent', '{at}');
-- PostgreSQL's own, whose words depend on the version.
\set VERBOSITY sqlstate
ALTER TABLE split_parent ADD UNIQUE (at);
\set VERBOSITY default

-- A partitioned child: before PostgreSQL 18 its orphans go first, and its key is checked at once.
CREATE TABLE split_child (id int, ref int) PARTITION BY LIST (id);
CREATE TABLE split_child_1 PARTITION OF split_child FOR VALUES IN (1);
CREATE TABLE split_child_2 PARTITION OF split_child FOR VALUES IN (2);
INSERT INTO split_child VALUES (1, 5), (1, 6), (2, 7);
DROP TABLE plan;
CREATE TABLE plan AS SELECT * FROM fk_add_plan('split_child', '{ref}', 'ref', '{id}');
CALL run_add('plan');
SELECT verdict, rows_checked FROM fk_check('split_child');
SELECT count(*) FROM fk_missing_indexes('split_child');
SELECT * FROM fk_add_plan('split_child_1', '{ref}', 'ref', '{id}');
-- Tables in the middle of a tree: what is above them does not count, their own partitions' indexes do.
CREATE TABLE top (id int, ref int, at int) PARTITION BY LIST (at);
CREATE TABLE middle PARTITION OF top FOR VALUES IN (1) PARTITION BY LIST (id);
CREATE TABLE bottom PARTITION OF middle DEFAULT;
CREATE INDEX ON middle (ref);
SELECT count(*) FROM fk_add_plan('middle', '{ref}', 'ref', '{id}') WHERE statement ~ 'INDEX';
CREATE TABLE of_middle (id int PRIMARY KEY);
SELECT statement FROM fk_add_plan('of_middle', '{id}', 'middle', '{id}');
SELECT statement FROM fk_add_plan('of_middle', '{id}', 'middle', '{id}') \gexec
SELECT verdict FROM fk_check('of_middle');
-- Who may not read the rows is told so.
CREATE ROLE fkaudit_nobody;
GRANT USAGE ON SCHEMA a TO fkaudit_nobody;
GRANT SELECT ON ref TO fkaudit_nobody;
SET ROLE fkaudit_nobody;
SELECT * FROM fk_add_plan('named', '{id}', 'ref', '{id}');
RESET ROLE;
DROP OWNED BY fkaudit_nobody;
DROP ROLE fkaudit_nobody;

-- Names that must be quoted.
CREATE SCHEMA "$fk$ A
;";
CREATE TABLE "$fk$ A
;"."p'
--" ("i d" int, "o;""" int NOT NULL DEFAULT 5);
CREATE TABLE "$fk$ A
;"."c\
" (fk_rows int, "o;""" int);
INSERT INTO "$fk$ A
;"."c\
" VALUES (1, 2), (1, 2), (2, NULL);
CREATE TABLE odd AS SELECT * FROM fk_add_plan($$"$fk$ A
;"."c\
"$$, '{fk_rows}', $$"$fk$ A
;"."p'
--"$$, '{i d}', strategy => 'create parents');
SELECT bool_and(strpos(statement, E'\n') = 0) AS on_one_line FROM odd;
\set ECHO none
SELECT statement FROM odd ORDER BY step \gexec
\set ECHO all
SELECT verdict, rows_checked FROM fk_check($$"$fk$ A
;"."c\
"$$);

-- The indexes of a partitioned child: those that are there are seen, whatever the order of the partition's columns.
CREATE TABLE wanted (id int PRIMARY KEY);
CREATE TABLE parted (id int, w int) PARTITION BY RANGE (id);
CREATE TABLE parted_1 (w int, gone int, id int);
ALTER TABLE parted_1 DROP COLUMN gone;
ALTER TABLE parted ATTACH PARTITION parted_1 FOR VALUES FROM (0) TO (10);
CREATE TABLE parted_2 PARTITION OF parted FOR VALUES FROM (10) TO (20);
CREATE INDEX parted_w ON ONLY parted (w);
CREATE INDEX parted_1_w ON parted_1 (w);
ALTER INDEX parted_w ATTACH PARTITION parted_1_w;
SELECT step, statement FROM fk_add_plan('parted', '{w}', 'wanted', '{id}')
 WHERE statement LIKE '%INDEX%' ORDER BY step;
CREATE INDEX parted_2_w ON parted_2 (w);
ALTER INDEX parted_w ATTACH PARTITION parted_2_w;
SELECT count(*) FROM fk_add_plan('parted', '{w}', 'wanted', '{id}') WHERE statement LIKE '%INDEX%';

SET client_min_messages = warning;
DROP SCHEMA a CASCADE;
SELECT format('DROP SCHEMA %I CASCADE', nspname) FROM pg_namespace WHERE nspname ~ '^\$fk' \gexec
DROP FOREIGN DATA WRAPPER nowhere CASCADE;
DROP PROCEDURE public.run_add;
