-- fk_history: commands that reach foreign keys by a detour. Each is recorded by itself: nothing is left to fk_sync_history().
SET client_min_messages = warning;
CREATE ROLE regress_fkaudit_deployer;
CREATE ROLE regress_fkaudit_heir;
CREATE SCHEMA way;
GRANT ALL ON SCHEMA way TO regress_fkaudit_deployer, regress_fkaudit_heir;
SET search_path = way, public;
CREATE TABLE p (id int PRIMARY KEY, u int UNIQUE);
GRANT REFERENCES ON p TO regress_fkaudit_deployer;
SELECT fk_track_history(true);

-- What was recorded since the last call, and whether the comparison with the catalog finds more.
CREATE TEMP TABLE shown AS SELECT 0::bigint AS id;
CREATE PROCEDURE pg_temp.tell(what text) LANGUAGE plpgsql AS $$
DECLARE
    one record;
BEGIN
    RAISE INFO '%', what;
    IF fk_sync_history() > 0 THEN
        RAISE INFO '    NOT RECORDED BY ITSELF:';
    END IF;
    FOR one IN SELECT * FROM fk_history_log l WHERE l.id > (SELECT id FROM shown) ORDER BY l.id LOOP
        UPDATE shown SET id = one.id;
        CONTINUE WHEN one.change IS NULL;
        RAISE INFO '    % % on %: %', one.change, one.constraint_name, one.child, one.command;
    END LOOP;
END $$;

-- Typed tables follow their type.
CREATE TYPE kind AS (a int, b int);
CREATE TABLE typed OF kind;
ALTER TABLE typed ADD CONSTRAINT typed_fk FOREIGN KEY (a) REFERENCES p;
ALTER TYPE kind RENAME ATTRIBUTE a TO aa CASCADE;
CALL pg_temp.tell('RENAME ATTRIBUTE');
ALTER TYPE kind ALTER ATTRIBUTE aa TYPE bigint CASCADE;
CALL pg_temp.tell('ALTER ATTRIBUTE TYPE');
ALTER TYPE kind DROP ATTRIBUTE aa CASCADE;
CALL pg_temp.tell('DROP ATTRIBUTE');

-- Children that inherit do so, too.
CREATE TABLE above (a int);
CREATE TABLE below () INHERITS (above);
ALTER TABLE below ADD CONSTRAINT below_fk FOREIGN KEY (a) REFERENCES p;
ALTER TABLE above ALTER a TYPE bigint;
CALL pg_temp.tell('ALTER COLUMN TYPE above');
ALTER TABLE above RENAME a TO aa;
CALL pg_temp.tell('RENAME COLUMN above');
ALTER TABLE above DROP COLUMN aa;
CALL pg_temp.tell('DROP COLUMN above');

-- Partitions with keys of their own, which their table's key takes in and DETACH leaves behind.
CREATE TABLE t (id int, p int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
CREATE TABLE t2 PARTITION OF t FOR VALUES FROM (10) TO (20) PARTITION BY RANGE (id);
CREATE TABLE t21 PARTITION OF t2 FOR VALUES FROM (10) TO (20);
ALTER TABLE t1 ADD CONSTRAINT t1_fk FOREIGN KEY (p) REFERENCES p;
ALTER TABLE t21 ADD CONSTRAINT t21_fk FOREIGN KEY (p) REFERENCES p;
ALTER TABLE t ADD CONSTRAINT t_fk FOREIGN KEY (p) REFERENCES p;
CALL pg_temp.tell('ADD CONSTRAINT above partitions');
ALTER TABLE t DETACH PARTITION t1 CONCURRENTLY;
CALL pg_temp.tell('DETACH CONCURRENTLY');
ALTER TABLE t ATTACH PARTITION t1 FOR VALUES FROM (0) TO (10);
CALL pg_temp.tell('ATTACH');
ALTER TABLE t ADD COLUMN u int CONSTRAINT t_u_fk REFERENCES p (u);
ALTER TABLE t RENAME COLUMN u TO uu;
ALTER TABLE t RENAME CONSTRAINT t_u_fk TO t_uu_fk;
ALTER TABLE t21 RENAME TO t22;
DROP TABLE t2;
CALL pg_temp.tell('a column with a key for all partitions');
-- A parent with partitions.
CREATE TABLE w (id int PRIMARY KEY) PARTITION BY RANGE (id);
CREATE TABLE w1 PARTITION OF w FOR VALUES FROM (0) TO (10);
CREATE TABLE of_w (p int CONSTRAINT of_w_fk REFERENCES w);
CREATE TABLE w2 (id int PRIMARY KEY);
ALTER TABLE w ATTACH PARTITION w2 FOR VALUES FROM (10) TO (20);
ALTER TABLE w1 DISABLE TRIGGER ALL;
ALTER TABLE w RENAME TO ww;
ALTER TABLE ww DETACH PARTITION w1;
CALL pg_temp.tell('a parent''s partitions');
DROP TABLE ww CASCADE;
CALL pg_temp.tell('DROP of the parent');

-- Owners and schemas.
SET ROLE regress_fkaudit_deployer;
CREATE TABLE owned (a int CONSTRAINT owned_fk REFERENCES p);
RESET ROLE;
REASSIGN OWNED BY regress_fkaudit_deployer TO regress_fkaudit_heir;
DROP OWNED BY regress_fkaudit_heir;
CALL pg_temp.tell('DROP OWNED');
CREATE SCHEMA elements CREATE TABLE x (id int PRIMARY KEY, y int REFERENCES elements.x);
ALTER TABLE elements.x SET SCHEMA way;
ALTER TABLE x SET SCHEMA elements;
DROP SCHEMA elements CASCADE;
CALL pg_temp.tell('a schema''s tables');
-- A temporary table hides the one that the command made.
CREATE TEMP TABLE hidden (a int);
CREATE TABLE way.hidden (a int REFERENCES p);
ALTER TABLE way.hidden ADD COLUMN b int REFERENCES p (u);
CALL pg_temp.tell('behind a temporary table');
-- Copies have no keys.
CREATE TABLE copied AS SELECT 1 AS a;
SELECT 1 AS a INTO selected;
CREATE TABLE alike (LIKE way.hidden INCLUDING ALL);
CALL pg_temp.tell('copies');

-- What is rolled back is not recorded.
DO $$
BEGIN
    BEGIN
        CREATE TABLE s (a int CONSTRAINT s_fk REFERENCES p);
        RAISE EXCEPTION 'undone';
    EXCEPTION WHEN raise_exception THEN NULL;
    END;
    CREATE TABLE s (a int CONSTRAINT s_fk REFERENCES p);
    BEGIN
        ALTER TABLE s DROP CONSTRAINT s_fk;
        RAISE EXCEPTION 'undone';
    EXCEPTION WHEN raise_exception THEN NULL;
    END;
    ALTER TABLE s RENAME CONSTRAINT s_fk TO s2_fk;
END $$;
CALL pg_temp.tell('handlers');
BEGIN;
ALTER TABLE s DROP CONSTRAINT s2_fk;
SAVEPOINT one;
ALTER TABLE s ADD CONSTRAINT s2_fk FOREIGN KEY (a) REFERENCES p (u);
ROLLBACK TO one;
COMMIT;
CALL pg_temp.tell('half of a rebuild undone');
BEGIN;
ALTER TABLE s ADD CONSTRAINT s_fk FOREIGN KEY (a) REFERENCES p;
ALTER TABLE s DROP CONSTRAINT s_fk;
ALTER TABLE s ADD CONSTRAINT s_fk FOREIGN KEY (a) REFERENCES p (u);
COMMIT;
CALL pg_temp.tell('made, dropped and made');
BEGIN;
ALTER TABLE s RENAME CONSTRAINT s_fk TO s1_fk;
PREPARE TRANSACTION 'fkaudit_history_detours';
CALL pg_temp.tell('prepared');
COMMIT PREPARED 'fkaudit_history_detours';
CALL pg_temp.tell('prepared and committed');

-- Names that change places.
CREATE TABLE a (p int CONSTRAINT k REFERENCES p);
CREATE TABLE b (p int CONSTRAINT k REFERENCES p ON DELETE CASCADE);
BEGIN;
ALTER TABLE a RENAME TO c;
ALTER TABLE b RENAME TO a;
ALTER TABLE c RENAME TO b;
COMMIT;
BEGIN;
DROP TABLE b;
ALTER TABLE a RENAME TO b;
COMMIT;
CALL pg_temp.tell('names that change places');
-- Constraints that the key leans on, and several changes at once.
ALTER TABLE b ADD COLUMN n int CHECK (n > 0) CONSTRAINT n_fk REFERENCES p (u), DROP COLUMN p;
ALTER TABLE b ADD CONSTRAINT positive CHECK (n > 1), ADD PRIMARY KEY (n);
ALTER TABLE b ADD COLUMN IF NOT EXISTS n int REFERENCES p;
-- However the session wants its names to be written.
SET quote_all_identifiers = on;
ALTER TABLE b RENAME CONSTRAINT n_fk TO n2_fk;
RESET quote_all_identifiers;
ALTER INDEX p_u_key RENAME TO u_index;
CALL pg_temp.tell('several changes at once');
ALTER TABLE p DROP CONSTRAINT u_index CASCADE;
CALL pg_temp.tell('DROP of what the keys lean on');

SELECT missed FROM fk_history_info;
SELECT fk_track_history(false);
DROP SCHEMA way CASCADE;
DROP TABLE shown, pg_temp.hidden;
DROP PROCEDURE pg_temp.tell;
DELETE FROM fk_history_log;
DROP ROLE regress_fkaudit_deployer, regress_fkaudit_heir;
