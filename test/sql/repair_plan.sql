-- fk_repair_plan(): the statements that repair the orphans of a key, run as printed; PostgreSQL and fk_check() say what they
-- leave.
CREATE SCHEMA r;
SET search_path = r, public;
\getenv source PG_ABS_SRCDIR
\set run_repair :source '/sql/include/run_repair.sql'
\set ECHO none
\i :run_repair
\set ECHO all
\set SHOW_CONTEXT never
CREATE TABLE parent (id int PRIMARY KEY, note text);
INSERT INTO parent VALUES (1), (2);

-- What is printed. `auto` sets the orphans of a key aside where a parent's deletion is refused, or cascades.
CREATE TABLE child (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    parent int CONSTRAINT child_fk REFERENCES parent,
    twice int GENERATED ALWAYS AS (parent * 2) STORED,
    note text);
SET session_replication_role = replica;
INSERT INTO child (parent, note) SELECT g % 5, 'row ' || g FROM generate_series(1, 20) g;
INSERT INTO child (note) VALUES ('no key');
RESET session_replication_role;
\x on
SELECT * FROM fk_repair_plan('child', 'child_fk');
SELECT * FROM fk_repair_plan('child', 'child_fk', 'set null', 9);
SELECT * FROM fk_repair_plan('child', 'child_fk', 'create parents', 2);
\x off
SELECT step, affected_rows, detail FROM fk_repair_plan('child', 'child_fk', 'delete', 5);
-- It changes nothing.
SELECT count(*) AS rows, count(twice) AS keys FROM child;
SELECT to_regclass('child_orphans');

-- Each way, in one statement and in batches; other rows stay as they are.
CREATE TABLE before AS SELECT * FROM child;
CREATE TABLE plan AS SELECT * FROM fk_repair_plan('child', 'child_fk', batch_rows => 5);
CALL run_repair('child', 'child_fk', batch_rows => 5);
SELECT verdict, rows_checked FROM fk_check('child');
SELECT * FROM child_orphans ORDER BY id;
SELECT count(*) AS others FROM (SELECT * FROM child INTERSECT SELECT * FROM before) x;
-- The undo restores the rows as they were, identity and generated columns included, although the key is enforced.
CALL undo_repair('plan');
SHOW session_replication_role;
SELECT count(*) AS left_over FROM child_orphans;
(SELECT * FROM before EXCEPT ALL SELECT * FROM child) UNION ALL (SELECT * FROM child EXCEPT ALL SELECT * FROM before);
SELECT verdict, orphan_rows FROM fk_check('child');
-- The name is taken now, so the next plan has another.
SELECT substring(statement FROM 'CREATE TABLE (\S+)') FROM fk_repair_plan('child', 'child_fk') WHERE step = 1;
DROP TABLE child_orphans;
BEGIN;
SELECT statement FROM fk_repair_plan('child', 'child_fk', 'delete', 7) WHERE affected_rows IS NOT NULL \gexec
SELECT verdict, rows_checked FROM fk_check('child');
ROLLBACK;
BEGIN;
SELECT statement FROM fk_repair_plan('child', 'child_fk', 'set null', 7) WHERE affected_rows IS NOT NULL \gexec
SELECT verdict, rows_checked FROM fk_check('child');
SELECT count(*) FROM child c JOIN before b USING (id) WHERE c.note = b.note AND (c.parent = b.parent OR c.parent IS NULL);
ROLLBACK;
CALL run_repair('child', 'child_fk', 'create parents', 2);
SELECT verdict FROM fk_check('child');
SELECT * FROM parent ORDER BY id;
-- No orphans: nothing to do.
SELECT * FROM fk_repair_plan('child', 'child_fk');
DELETE FROM child;
DELETE FROM parent WHERE id NOT IN (1, 2);

-- A statement that finds other rows than the plan did changes nothing: rows that came or went, or that a trigger keeps.
SET session_replication_role = replica;
INSERT INTO child (parent) VALUES (8), (9), (9);
RESET session_replication_role;
SELECT statement AS step1 FROM fk_repair_plan('child', 'child_fk', 'delete') WHERE step = 1 \gset
INSERT INTO parent VALUES (9);
:step1
SELECT count(*) FROM child;
DELETE FROM parent WHERE id = 9;
SET session_replication_role = replica;
DELETE FROM parent WHERE id = 9;
RESET session_replication_role;
CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF OLD.parent = 9 THEN RETURN NULL; END IF; RETURN coalesce(NEW, OLD); END';
CREATE TRIGGER keeps BEFORE DELETE OR UPDATE ON child FOR EACH ROW EXECUTE FUNCTION keep();
CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER sees AFTER DELETE ON child EXECUTE FUNCTION see();
CREATE TRIGGER other AFTER UPDATE OF note ON child EXECUTE FUNCTION see();
CREATE TRIGGER off AFTER DELETE ON child EXECUTE FUNCTION see();
ALTER TABLE child DISABLE TRIGGER off;
SELECT strategy, detail FROM unnest('{delete,set null}'::text[]) strategy, fk_repair_plan('child', 'child_fk', strategy) WHERE step = 1;
CALL run_repair('child', 'child_fk', 'delete');
CALL run_repair('child', 'child_fk', 'set null');
CALL run_repair('child', 'child_fk', 'quarantine');
SELECT count(*) FROM child;
SELECT count(*) FROM child_orphans;
DROP TABLE child_orphans;
DROP TRIGGER keeps ON child;
-- A conditional rule swallows rows like a trigger; the server refuses it in WITH.
CREATE RULE swallows AS ON DELETE TO child WHERE old.parent = 9 DO INSTEAD NOTHING;
SELECT detail FROM fk_repair_plan('child', 'child_fk', 'delete') WHERE step = 1;
CALL run_repair('child', 'child_fk', 'delete');
CALL run_repair('child', 'child_fk', 'quarantine');
DROP RULE swallows ON child;
DROP TABLE child_orphans;
CALL run_repair('child', 'child_fk', 'delete');
SELECT count(*) FROM child;
-- The trigger on the parents' inserts changes the key: the statement sees that the parents are still missing.
SET session_replication_role = replica;
INSERT INTO child (parent) VALUES (8);
RESET session_replication_role;
CREATE FUNCTION shift() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.id := NEW.id + 100; RETURN NEW; END';
CREATE TRIGGER shifts BEFORE INSERT ON parent FOR EACH ROW EXECUTE FUNCTION shift();
SELECT detail FROM fk_repair_plan('child', 'child_fk', 'create parents') WHERE step = 1;
CALL run_repair('child', 'child_fk', 'create parents');
DROP TRIGGER shifts ON parent;
DROP TABLE child, before, plan;

-- What stands before and after: as fk_validate_plan() has it.
CREATE TABLE not_valid (parent int);
INSERT INTO not_valid VALUES (1), (8), (9);
ALTER TABLE not_valid ADD CONSTRAINT not_valid_fk FOREIGN KEY (parent) REFERENCES parent ON DELETE CASCADE NOT VALID;
CREATE TABLE disabled (parent int CONSTRAINT disabled_fk REFERENCES parent ON DELETE SET NULL);
ALTER TABLE disabled DISABLE TRIGGER ALL;
INSERT INTO disabled VALUES (1), (9), (NULL);
CALL run_repair('not_valid', 'not_valid_fk');
CALL run_repair('disabled', 'disabled_fk');
SELECT child, verdict, rows_checked FROM fk_check();
SELECT * FROM not_valid_orphans ORDER BY parent;
DROP TABLE not_valid, disabled, not_valid_orphans;

-- SET NULL: the columns that ON DELETE lists; all of a MATCH FULL key, whose rows that are NULL in part are repaired, too.
CREATE TABLE pair (a int, b int, PRIMARY KEY (a, b));
INSERT INTO pair VALUES (1, 1);
CREATE TABLE listed (id int, a int NOT NULL, b int, CONSTRAINT listed_fk FOREIGN KEY (a, b) REFERENCES pair ON DELETE SET NULL (b));
CREATE TABLE full_match (id int, a int, b int, CONSTRAINT full_fk FOREIGN KEY (a, b) REFERENCES pair MATCH FULL ON DELETE SET NULL);
SET session_replication_role = replica;
INSERT INTO listed VALUES (1, 1, 1), (2, 1, 2), (3, 2, NULL);
INSERT INTO full_match VALUES (1, 1, 1), (2, 1, 2), (3, 2, NULL), (4, NULL, 1), (5, NULL, NULL);
RESET session_replication_role;
CALL run_repair('listed', 'listed_fk');
CALL run_repair('full_match', 'full_fk', batch_rows => 1);
TABLE listed ORDER BY id;
TABLE full_match ORDER BY id;
SELECT child, verdict FROM fk_check();
-- Asked for on the same key: the other strategies.
SET session_replication_role = replica;
INSERT INTO full_match VALUES (2, 1, 2), (3, 2, NULL);
RESET session_replication_role;
SELECT * FROM fk_repair_plan('full_match', 'full_fk', 'create parents');
CALL run_repair('full_match', 'full_fk', 'quarantine');
TABLE full_match_orphans ORDER BY id;
DROP TABLE listed, full_match, full_match_orphans;

-- SET DEFAULT: only where the default is a stored constant that has a parent, or NULL.
CREATE TABLE by_default (parent int DEFAULT 1 CONSTRAINT by_default_fk REFERENCES parent ON DELETE SET DEFAULT);
SET session_replication_role = replica;
INSERT INTO by_default VALUES (2), (8), (9);
RESET session_replication_role;
BEGIN;
SELECT statement FROM fk_repair_plan('by_default', 'by_default_fk') WHERE affected_rows IS NOT NULL \gexec
TABLE by_default ORDER BY 1;
ROLLBACK;
ALTER TABLE by_default ALTER parent SET DEFAULT 7;
SELECT * FROM fk_repair_plan('by_default', 'by_default_fk');
ALTER TABLE by_default ALTER parent SET DEFAULT random()::int;
SELECT * FROM fk_repair_plan('by_default', 'by_default_fk');
ALTER TABLE by_default ALTER parent DROP DEFAULT;
CALL run_repair('by_default', 'by_default_fk');
TABLE by_default ORDER BY 1;
DROP TABLE by_default;

-- Parents that are made up have parents themselves; a value that the parent's type does not hold is seen.
CREATE TABLE land (id text PRIMARY KEY);
CREATE TABLE town (land text REFERENCES land, id int, name text NOT NULL DEFAULT '?', PRIMARY KEY (land, id));
CREATE TABLE street (land varchar(10), town bigint, CONSTRAINT street_fk FOREIGN KEY (land, town) REFERENCES town);
SET session_replication_role = replica;
INSERT INTO street VALUES ('A', 1), ('A', 1), ('B', 1), (NULL, 2);
RESET session_replication_role;
INSERT INTO land VALUES ('B');
CALL run_repair('street', 'street_fk', 'create parents');
TABLE land ORDER BY id;
TABLE town ORDER BY land;
SELECT verdict FROM fk_check('street');
SET session_replication_role = replica;
INSERT INTO street VALUES ('A', 5000000000);
RESET session_replication_role;
SELECT * FROM fk_repair_plan('street', 'street_fk', 'create parents');
ALTER TABLE town ADD mayor text, ADD size int;
UPDATE town SET mayor = '', size = 0;
ALTER TABLE town ALTER mayor SET NOT NULL, ALTER size SET NOT NULL;
SELECT * FROM fk_repair_plan('street', 'street_fk', 'create parents');
DROP TABLE street, town, land;

-- A parent whose number is generated by identity.
CREATE TABLE numbered (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
CREATE TABLE of_numbered (n int CONSTRAINT of_numbered_fk REFERENCES numbered);
SET session_replication_role = replica;
INSERT INTO of_numbered VALUES (5), (5), (6);
RESET session_replication_role;
CALL run_repair('of_numbered', 'of_numbered_fk', 'create parents');
SELECT verdict FROM fk_check('of_numbered');

-- A key that names a column twice.
CREATE TABLE double (a int, b int, PRIMARY KEY (a, b));
CREATE TABLE of_double (n int, CONSTRAINT of_double_fk FOREIGN KEY (n, n) REFERENCES double);
SET session_replication_role = replica;
INSERT INTO of_double VALUES (1), (2);
RESET session_replication_role;
CALL run_repair('of_double', 'of_double_fk', 'set null');
SELECT verdict FROM fk_check('of_double');

SET client_min_messages = warning;
DROP SCHEMA r CASCADE;
DROP PROCEDURE public.run_repair, public.undo_repair;
