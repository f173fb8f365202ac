-- fk_repair_plan(): kinds of tables, names, rights, and what it refuses.
CREATE SCHEMA t;
SET search_path = t, public;
\getenv source PG_ABS_SRCDIR
\set run_repair :source '/sql/include/run_repair.sql'
\set ECHO none
\i :run_repair
\set ECHO all
\set SHOW_CONTEXT never
CREATE TABLE parent (id int PRIMARY KEY);
INSERT INTO parent VALUES (1);

-- A partitioned child, whose columns lie in another order in a partition: batches go through the partitions; an update
-- that moves rows to another partition starts at the top.
CREATE TABLE split (id int, parent int CONSTRAINT split_fk REFERENCES parent ON DELETE SET NULL) PARTITION BY LIST (parent);
CREATE TABLE split_1 PARTITION OF split FOR VALUES IN (1, 8);
CREATE TABLE split_2 (parent int, gone text, id int);
ALTER TABLE split_2 DROP gone;
ALTER TABLE split ATTACH PARTITION split_2 FOR VALUES IN (9, 10);
CREATE TABLE split_null PARTITION OF split FOR VALUES IN (NULL);
SET session_replication_role = replica;
INSERT INTO split SELECT g, p FROM unnest('{1,8,9,10}'::int[]) p, generate_series(1, 3) g;
RESET session_replication_role;
CREATE TABLE before AS SELECT tableoid::regclass AS at, * FROM split;
BEGIN;
SELECT statement FROM fk_repair_plan('split', 'split_fk', batch_rows => 4) WHERE affected_rows IS NOT NULL \gexec
SELECT tableoid::regclass, count(*), count(parent) FROM split GROUP BY 1 ORDER BY 1;
ROLLBACK;
CREATE TABLE plan AS SELECT * FROM fk_repair_plan('split', 'split_fk', 'quarantine', 4);
CALL run_repair('split', 'split_fk', 'quarantine', 4);
SELECT verdict, rows_checked FROM fk_check('split');
SELECT parent, count(*) FROM split_orphans GROUP BY 1 ORDER BY 1;
CALL undo_repair('plan');
SELECT tableoid::regclass AS at, * FROM split EXCEPT ALL SELECT * FROM before;
SELECT count(*) FROM split;
-- A partition stands for the key; its name leads to the whole one.
SELECT step, affected_rows FROM fk_repair_plan('split_2', 'split_fk', 'delete');
DROP TABLE split_orphans;

-- A key that is declared on one partition; inheritance children have nothing to do with their parents' keys.
CREATE TABLE split2 (id int, parent int) PARTITION BY LIST (id);
CREATE TABLE split2_1 PARTITION OF split2 FOR VALUES IN (1);
ALTER TABLE split2_1 ADD CONSTRAINT leaf_fk FOREIGN KEY (parent) REFERENCES parent;
CREATE TABLE heir_of (parent int CONSTRAINT heir_fk REFERENCES parent);
CREATE TABLE heir () INHERITS (heir_of);
SET session_replication_role = replica;
INSERT INTO split2 VALUES (1, 1), (1, 5);
INSERT INTO heir_of VALUES (5);
INSERT INTO heir VALUES (6);
RESET session_replication_role;
CALL run_repair('split2_1', 'leaf_fk');
CALL run_repair('heir_of', 'heir_fk');
TABLE split2;
SELECT tableoid::regclass, * FROM heir_of;
DROP TABLE split2_1_orphans, heir_of_orphans;

-- Collations and types: the parent's equality decides, here with a type that has no hash function.
CREATE TABLE vector (at tsvector PRIMARY KEY);
CREATE TABLE at_vector (at tsvector CONSTRAINT at_fk REFERENCES vector, "time" timetz);
CREATE TABLE word (w char(4) PRIMARY KEY);
CREATE TABLE at_word (w text CONSTRAINT word_fk REFERENCES word);
INSERT INTO word VALUES ('ab');
SET session_replication_role = replica;
INSERT INTO at_vector VALUES ('a'), ('a b'), ('a b');
INSERT INTO at_word VALUES ('ab '), ('cd'), ('cd  ');
RESET session_replication_role;
CALL run_repair('at_vector', 'at_fk', 'create parents');
CALL run_repair('at_word', 'word_fk', 'create parents');
TABLE word ORDER BY w;
SELECT child, verdict FROM fk_check() WHERE child::text ~ '^at';

-- The quarantine table's name is free, and short enough; nobody but the owner may read it, whatever the defaults say.
CREATE ROLE fkaudit_owner;
CREATE ROLE fkaudit_reader;
CREATE ROLE "fkaudit ""odd""";
GRANT ALL ON SCHEMA t TO fkaudit_owner;
GRANT SELECT, REFERENCES ON parent TO fkaudit_owner;
ALTER DEFAULT PRIVILEGES IN SCHEMA t GRANT SELECT ON TABLES TO fkaudit_reader, "fkaudit ""odd""", PUBLIC;
CREATE TABLE long_name_of_sixty_three_bytes_that_leaves_no_room_for_anything (parent int CONSTRAINT long_fk REFERENCES parent);
ALTER TABLE long_name_of_sixty_three_bytes_that_leaves_no_room_for_anything OWNER TO fkaudit_owner;
ALTER TABLE long_name_of_sixty_three_bytes_that_leaves_no_room_for_anything ENABLE ROW LEVEL SECURITY;
SET session_replication_role = replica;
INSERT INTO long_name_of_sixty_three_bytes_that_leaves_no_room_for_anything VALUES (7);
RESET session_replication_role;
CREATE TYPE long_name_of_sixty_three_bytes_that_leaves_no_room_for__orphans AS ENUM ();
CALL run_repair('long_name_of_sixty_three_bytes_that_leaves_no_room_for_anything', 'long_fk');
SELECT relname, relowner::regrole, relrowsecurity, ARRAY(SELECT DISTINCT grantee::regrole FROM aclexplode(relacl)) AS grantees
  FROM pg_class WHERE relname ~ 'orphans\d*$' AND relkind = 'r';
GRANT USAGE ON SCHEMA t TO fkaudit_reader;
SET ROLE fkaudit_reader;
SELECT count(*) FROM t.long_name_of_sixty_three_bytes_that_leaves_no_room_for_orphans1;
RESET ROLE;
ALTER DEFAULT PRIVILEGES IN SCHEMA t REVOKE SELECT ON TABLES FROM fkaudit_reader, "fkaudit ""odd""", PUBLIC;
-- The owner can run the plan, but for the undo.
SET session_replication_role = replica;
INSERT INTO long_name_of_sixty_three_bytes_that_leaves_no_room_for_anything VALUES (7);
RESET session_replication_role;
SET ROLE fkaudit_owner;
CREATE TEMP TABLE plan2 AS SELECT * FROM public.fk_repair_plan('t.long_name_of_sixty_three_bytes_that_leaves_no_room_for_anything', 'long_fk');
SELECT statement FROM plan2 WHERE statement !~ '^SELECT' ORDER BY step \gexec
CALL undo_repair('plan2');
RESET ROLE;
SET client_min_messages = warning;
DROP OWNED BY fkaudit_owner CASCADE;
RESET client_min_messages;

-- Own temporary tables; unlogged ones.
CREATE TEMP TABLE temp_parent (id int PRIMARY KEY);
CREATE TEMP TABLE temp_child (id int CONSTRAINT temp_fk REFERENCES temp_parent);
SET session_replication_role = replica;
INSERT INTO temp_child VALUES (5);
RESET session_replication_role;
SELECT regexp_replace(statement, 'pg_temp_\d+', 'pg_temp_N', 'g') FROM fk_repair_plan('temp_child', 'temp_fk') WHERE affected_rows IS NOT NULL;
CALL run_repair('temp_child', 'temp_fk', 'delete');
SELECT verdict FROM fk_check('temp_child');

-- Names that would end a quote, a line or a statement, and those of the statements' own variables.
CREATE SCHEMA "$fk$; 'x' ""y""
";
CREATE TABLE "$fk$; 'x' ""y""
"."$fk1$\" ("c" int, p int, fk_rows int, "fk_role;
" int, "$fk$" int, PRIMARY KEY (c, p));
CREATE TABLE "$fk$; 'x' ""y""
"."it's
--" (c int, p int, fk_rows int, "k
;" int GENERATED ALWAYS AS (c + 1) STORED, g int, o int);
ALTER TABLE "$fk$; 'x' ""y""
"."it's
--" ADD CONSTRAINT "$fk$ k'
\" FOREIGN KEY (g, fk_rows) REFERENCES "$fk$; 'x' ""y""
"."$fk1$\" ON DELETE SET NULL;
SET session_replication_role = replica;
INSERT INTO "$fk$; 'x' ""y""
"."it's
--" (c, p, fk_rows, g, o) VALUES (1, 2, 3, 4, 5), (1, 2, 3, 4, 6), (1, 2, NULL, 4, 7);
RESET session_replication_role;
CREATE TABLE odd AS SELECT child, constraint_name FROM fk_check() WHERE verdict = 'violated' AND constraint_name ~ '\$';
CREATE PROCEDURE run_odd(strategy text, batch_rows int) LANGUAGE plpgsql AS $run$
DECLARE
    one record;
BEGIN
    FOR one IN SELECT p.* FROM odd, fk_repair_plan(child, constraint_name, strategy, batch_rows) p LOOP
        EXECUTE one.statement;
        RAISE NOTICE '%: % lines, %', one.step, array_length(string_to_array(one.statement, E'\n'), 1), one.affected_rows;
    END LOOP;
END $run$;
BEGIN;
CALL run_odd('auto', 1);
SELECT verdict, rows_checked FROM odd, fk_check(child);
ROLLBACK;
BEGIN;
CALL run_odd('create parents', 1);
SELECT verdict, rows_checked FROM odd, fk_check(child);
ROLLBACK;
CREATE TABLE plan3 AS SELECT p.* FROM odd, fk_repair_plan(child, constraint_name, 'quarantine') p;
CREATE TABLE before3 AS SELECT * FROM "$fk$; 'x' ""y""
"."it's
--";
CALL run_odd('quarantine', 10);
SELECT verdict, rows_checked FROM odd, fk_check(child);
CALL undo_repair('plan3');
SELECT * FROM before3 EXCEPT ALL SELECT * FROM "$fk$; 'x' ""y""
"."it's
--";

-- What is refused.
SELECT * FROM fk_repair_plan('split', 'split_fk', 'mend');
SELECT * FROM fk_repair_plan('split', 'split_fk', batch_rows => 0);
SELECT * FROM fk_repair_plan('split', 'split_fk', batch_rows => NULL);
SELECT * FROM fk_repair_plan('split', 'split_fk', NULL);
SELECT * FROM fk_repair_plan('split', NULL);
SELECT * FROM fk_repair_plan(NULL, 'split_fk');
SELECT * FROM fk_repair_plan('split', 'nope');
SELECT * FROM fk_repair_plan('pg_views', 'nope');
CREATE TABLE must (parent int NOT NULL CONSTRAINT must_fk REFERENCES parent ON DELETE SET NULL);
CREATE DOMAIN number_there AS int NOT NULL;
CREATE TABLE must_domain (parent number_there CONSTRAINT domain_fk REFERENCES parent);
CREATE TABLE computed (id int, parent int GENERATED ALWAYS AS (id + 1) STORED CONSTRAINT computed_fk REFERENCES parent);
SELECT * FROM fk_repair_plan('must', 'must_fk');
SET session_replication_role = replica;
INSERT INTO must VALUES (6);
INSERT INTO must_domain VALUES (6);
INSERT INTO computed VALUES (6);
RESET session_replication_role;
SELECT * FROM fk_repair_plan('must', 'must_fk');
SELECT * FROM fk_repair_plan('must_domain', 'domain_fk', 'set null');
SELECT * FROM fk_repair_plan('computed', 'computed_fk', 'set null');
SELECT step, affected_rows FROM fk_repair_plan('must', 'must_fk', 'delete');
-- Who may not read the rows is told so.
SET ROLE fkaudit_reader;
SELECT * FROM fk_repair_plan('must', 'must_fk');
RESET ROLE;
GRANT SELECT (parent) ON must TO fkaudit_reader;
GRANT SELECT ON parent TO fkaudit_reader;
SET ROLE fkaudit_reader;
SELECT step, affected_rows FROM fk_repair_plan('must', 'must_fk');
SELECT step, affected_rows FROM fk_repair_plan('must', 'must_fk', 'delete', 1);
RESET ROLE;
CREATE TABLE below_must (parent int);
GRANT SELECT ON must TO fkaudit_reader;
ALTER TABLE must ADD UNIQUE (parent);
ALTER TABLE below_must ADD CONSTRAINT below_fk FOREIGN KEY (parent) REFERENCES must (parent);
SET ROLE fkaudit_reader;
SELECT step, affected_rows FROM fk_repair_plan('must', 'must_fk', 'delete');
RESET ROLE;
ALTER TABLE must ENABLE ROW LEVEL SECURITY;
SET ROLE fkaudit_reader;
SELECT * FROM fk_repair_plan('must', 'must_fk');
RESET ROLE;
-- Nobody runs the code of another who made a table that references his rows: an index's predicate, say.
CREATE ROLE fkaudit_mallory;
CREATE TABLE mine (id int PRIMARY KEY, parent int CONSTRAINT mine_fk REFERENCES parent);
SET session_replication_role = replica;
INSERT INTO mine VALUES (1, 7);
RESET session_replication_role;
ALTER TABLE mine OWNER TO fkaudit_reader;
GRANT REFERENCES, SELECT ON mine TO fkaudit_mallory;
GRANT ALL ON SCHEMA t TO fkaudit_mallory;
SET client_min_messages = error;
SET ROLE fkaudit_mallory;
CREATE FUNCTION t.trap() RETURNS bool IMMUTABLE LANGUAGE plpgsql AS
    $$BEGIN IF current_user <> 'fkaudit_mallory' THEN RAISE EXCEPTION 'the trap runs as %', current_user; END IF; RETURN true; END$$;
CREATE TABLE t.theirs (id int REFERENCES t.mine ON DELETE CASCADE);
CREATE INDEX ON t.theirs (id) WHERE t.trap();
GRANT SELECT ON t.theirs TO PUBLIC;
RESET client_min_messages;
SET ROLE fkaudit_reader;
SELECT step, affected_rows FROM fk_repair_plan('mine', 'mine_fk', 'delete');
RESET ROLE;
SELECT step, affected_rows FROM fk_repair_plan('mine', 'mine_fk', 'delete');

-- A catalog entry that is damaged.
BEGIN;
UPDATE pg_constraint SET conkey = '{77}' WHERE conname = 'must_fk';
SET client_min_messages = error;
SELECT * FROM fk_repair_plan('must', 'must_fk');
ROLLBACK;
-- Own deferred checks that are pending.
ALTER TABLE must DROP CONSTRAINT must_fk, ADD CONSTRAINT must_fk FOREIGN KEY (parent) REFERENCES parent DEFERRABLE INITIALLY DEFERRED NOT VALID;
BEGIN;
INSERT INTO must VALUES (66);
SELECT * FROM fk_repair_plan('must', 'must_fk');
ROLLBACK;

SET client_min_messages = warning;
DROP SCHEMA t CASCADE;
SELECT format('DROP SCHEMA %I CASCADE', nspname) FROM pg_namespace WHERE nspname ~ '^\$fk' \gexec
DROP OWNED BY fkaudit_reader, "fkaudit ""odd""", fkaudit_owner, fkaudit_mallory;
DROP ROLE fkaudit_mallory, fkaudit_reader, "fkaudit ""odd""", fkaudit_owner;
DROP PROCEDURE public.run_repair, public.undo_repair;
