-- Each way to make an orphan under a key that is marked valid: the server finds nothing wrong (VALIDATE on such a key
-- looks at no row), fkaudit reads the rows. What `enforcement` says shows whether the way in is still open.
\getenv inputdir PG_ABS_SRCDIR
\set judge :inputdir '/sql/include/judge.sql'
\set ECHO none
\i :judge
\set ECHO all
CREATE SCHEMA check_bypass;
SET search_path = check_bypass, public;
CREATE FUNCTION verdict(child regclass, OUT verdict text, OUT orphan_rows bigint, OUT example jsonb, OUT enforcement text,
    OUT is_valid bool, OUT judge text)
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s VALIDATE CONSTRAINT key', child);
    SELECT c.verdict, c.orphan_rows, c.example, c.enforcement INTO verdict, orphan_rows, example, enforcement
      FROM fk_check(child, 'key') c;
    SELECT convalidated INTO is_valid FROM pg_constraint WHERE conrelid = child AND conname = 'key';
    judge := judge.rows(child, 'key');
END
$$;

CREATE TABLE parent (id int PRIMARY KEY);
INSERT INTO parent SELECT generate_series(1, 9);

-- Triggers disabled on the child while rows come in.
CREATE TABLE child_disabled (id int PRIMARY KEY, a int CONSTRAINT key REFERENCES parent);
ALTER TABLE child_disabled DISABLE TRIGGER ALL;
INSERT INTO child_disabled VALUES (1, 1), (2, 100);
SELECT * FROM verdict('child_disabled');
ALTER TABLE child_disabled ENABLE TRIGGER ALL;
SELECT * FROM verdict('child_disabled');

-- Triggers disabled on the parent while rows go away, or get another key.
CREATE TABLE parent_disabled_parent (id int PRIMARY KEY);
INSERT INTO parent_disabled_parent SELECT generate_series(1, 4);
CREATE TABLE parent_disabled (id int PRIMARY KEY, a int CONSTRAINT key REFERENCES parent_disabled_parent ON DELETE CASCADE);
INSERT INTO parent_disabled VALUES (1, 1), (2, 2), (3, 3), (4, 4);
ALTER TABLE parent_disabled_parent DISABLE TRIGGER ALL;
DELETE FROM parent_disabled_parent WHERE id = 2;
UPDATE parent_disabled_parent SET id = 30 WHERE id = 3;
SELECT * FROM verdict('parent_disabled');
ALTER TABLE parent_disabled_parent ENABLE TRIGGER ALL;
SELECT * FROM verdict('parent_disabled');
-- TRUNCATE looks at the catalog and not at triggers: it refuses.
TRUNCATE parent_disabled_parent;

-- A session that plays the replica, on each side. Nothing is left that would show it.
CREATE TABLE replica_parent (id int PRIMARY KEY);
INSERT INTO replica_parent SELECT generate_series(1, 3);
CREATE TABLE replica_child (id int PRIMARY KEY, a int CONSTRAINT key REFERENCES replica_parent);
SET session_replication_role = replica;
INSERT INTO replica_child VALUES (1, 1), (2, 2), (3, 99);
DELETE FROM replica_parent WHERE id = 2;
RESET session_replication_role;
SELECT * FROM verdict('replica_child');

-- NOT VALID, and then the catalog edited instead of the rows looked at.
CREATE TABLE edited (id int PRIMARY KEY, a int);
INSERT INTO edited VALUES (1, 1), (2, 100), (3, 100);
ALTER TABLE edited ADD CONSTRAINT key FOREIGN KEY (a) REFERENCES parent NOT VALID;
SELECT constraint_name, verdict, orphan_rows, enforcement FROM fk_check('edited');
UPDATE pg_constraint SET convalidated = true WHERE conrelid = 'edited'::regclass AND conname = 'key';
SELECT * FROM verdict('edited');

-- The triggers' rows deleted from the catalog, the child's and the parent's.
CREATE TABLE untriggered (id int PRIMARY KEY, a int CONSTRAINT key REFERENCES parent);
DELETE FROM pg_depend WHERE classid = 'pg_trigger'::regclass AND objid IN
    (SELECT t.oid FROM pg_trigger t JOIN pg_constraint c ON c.oid = t.tgconstraint
      WHERE c.conrelid = 'untriggered'::regclass);
DELETE FROM pg_trigger WHERE tgconstraint = (SELECT oid FROM pg_constraint WHERE conrelid = 'untriggered'::regclass
    AND conname = 'key');
INSERT INTO untriggered VALUES (1, 1), (2, 100);
SELECT * FROM verdict('untriggered');

-- A BEFORE trigger on the child that swallows the cascade: the server asks nobody whether it took place.
CREATE TABLE swallow_parent (id int PRIMARY KEY);
INSERT INTO swallow_parent SELECT generate_series(1, 4);
CREATE TABLE swallow_delete (id int PRIMARY KEY, a int CONSTRAINT key REFERENCES swallow_parent
    ON DELETE CASCADE ON UPDATE CASCADE);
INSERT INTO swallow_delete VALUES (1, 1), (2, 2), (3, 3);
CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER keep BEFORE DELETE OR UPDATE ON swallow_delete FOR EACH ROW EXECUTE FUNCTION nothing();
DELETE FROM swallow_parent WHERE id = 1;
UPDATE swallow_parent SET id = 20 WHERE id = 2;
SELECT * FROM verdict('swallow_delete');
-- One that undoes what ON DELETE SET NULL sets.
CREATE TABLE undo_parent (id int PRIMARY KEY);
INSERT INTO undo_parent SELECT generate_series(1, 4);
CREATE TABLE undo (id int PRIMARY KEY, a int CONSTRAINT key REFERENCES undo_parent ON DELETE SET NULL);
INSERT INTO undo VALUES (1, 1), (2, 2);
CREATE FUNCTION old_key() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.a := OLD.a; RETURN NEW; END';
CREATE TRIGGER keep BEFORE UPDATE ON undo FOR EACH ROW EXECUTE FUNCTION old_key();
DELETE FROM undo_parent WHERE id = 1;
SELECT * FROM verdict('undo');

-- A conditional rule on the child does the same. (An unconditional one is an error of the server's own.)
CREATE TABLE rule_parent (id int PRIMARY KEY);
INSERT INTO rule_parent SELECT generate_series(1, 4);
CREATE TABLE ruled (id int PRIMARY KEY, a int CONSTRAINT key REFERENCES rule_parent ON DELETE CASCADE);
INSERT INTO ruled VALUES (1, 1), (2, 2), (3, 3);
CREATE RULE keep AS ON DELETE TO ruled WHERE old.a < 3 DO INSTEAD NOTHING;
DELETE FROM rule_parent WHERE id IN (1, 3);
SELECT * FROM verdict('ruled');

-- Key values that VALIDATE does not look at: composite ones with a NULL field.
CREATE TYPE pair AS (a int, b int);
CREATE TABLE pair_parent (k pair PRIMARY KEY);
INSERT INTO pair_parent VALUES (ROW(1, 1));
CREATE TABLE pair_child (id int PRIMARY KEY, a pair);
INSERT INTO pair_child VALUES (1, ROW(1, 1)), (2, ROW(1, NULL));
ALTER TABLE pair_child ADD CONSTRAINT key FOREIGN KEY (a) REFERENCES pair_parent;
SELECT * FROM verdict('pair_child');

-- An index that lacks an entry. While the parent's index is not ready, rows come in without it: afterwards the server,
-- which asks the index, refuses a key that is there. The heap has it, and so fkaudit calls no row an orphan.
CREATE TABLE hole_parent (id int PRIMARY KEY);
CREATE TABLE hole (id int PRIMARY KEY, a int CONSTRAINT key REFERENCES hole_parent);
UPDATE pg_index SET indisready = false WHERE indexrelid = 'hole_parent_pkey'::regclass;
INSERT INTO hole_parent VALUES (1);
UPDATE pg_index SET indisready = true WHERE indexrelid = 'hole_parent_pkey'::regclass;
INSERT INTO hole_parent VALUES (2);
INSERT INTO hole VALUES (1, 1);
SET session_replication_role = replica;
INSERT INTO hole VALUES (1, 1), (2, 2), (3, 3);
RESET session_replication_role;
-- The one case in which the two differ.
SELECT verdict, orphan_rows, example, judge FROM verdict('hole');
SELECT row_key, foreign_key FROM fk_orphans('hole');
-- A cascade that does not find its rows, because the child's index lacks them.
CREATE TABLE lost_parent (id int PRIMARY KEY);
INSERT INTO lost_parent SELECT generate_series(1, 3);
CREATE TABLE lost (id int PRIMARY KEY, a int CONSTRAINT key REFERENCES lost_parent ON DELETE CASCADE);
CREATE INDEX lost_a ON lost (a);
INSERT INTO lost VALUES (1, 1);
UPDATE pg_index SET indisready = false WHERE indexrelid = 'lost_a'::regclass;
INSERT INTO lost VALUES (2, 2);
UPDATE pg_index SET indisready = true WHERE indexrelid = 'lost_a'::regclass;
SET enable_seqscan = off;
DELETE FROM lost_parent WHERE id IN (1, 2);
-- The caller's planner settings are those that make it go wrong; fkaudit reads the heap all the same.
SELECT count(*) AS through_the_index FROM lost WHERE a = 2;
SELECT * FROM verdict('lost');
SELECT row_key, foreign_key, row_ctid FROM fk_orphans('lost');
RESET enable_seqscan;

-- A change of the key's type looks at the rows again: only then the server finds what came in before.
ALTER TABLE child_disabled ALTER a TYPE bigint;

-- Everything of this schema that is wrong, and only that.
SELECT child, orphan_rows, missing_keys, rows_checked, enforcement FROM fk_check() WHERE verdict = 'violated';

SET client_min_messages = warning;
DROP SCHEMA check_bypass, judge CASCADE;
