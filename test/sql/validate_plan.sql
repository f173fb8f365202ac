-- fk_validate_plan(): the statements after which a key can be trusted, run as printed. PostgreSQL says itself whether they
-- work, and pg_locks which locks they take.
CREATE SCHEMA v;
SET search_path = v, public;
CREATE TABLE parent (id int PRIMARY KEY);
INSERT INTO parent VALUES (1), (2);

-- Nothing to do: no rows.
CREATE TABLE fine (parent int CONSTRAINT fine_fk REFERENCES parent);
SELECT * FROM fk_validate_plan('fine');

-- What is printed for each way in which a key can be less than it seems.
CREATE TABLE not_valid (parent int);
INSERT INTO not_valid VALUES (1);
ALTER TABLE not_valid ADD CONSTRAINT not_valid_fk FOREIGN KEY (parent) REFERENCES parent NOT VALID;
CREATE TABLE with_orphans (parent int);
INSERT INTO with_orphans VALUES (1), (8), (9);
ALTER TABLE with_orphans ADD CONSTRAINT with_orphans_fk FOREIGN KEY (parent) REFERENCES parent NOT VALID;
CREATE TABLE disabled (parent int CONSTRAINT disabled_fk REFERENCES parent);
ALTER TABLE disabled DISABLE TRIGGER ALL;
CREATE TABLE falsely_valid (parent int CONSTRAINT falsely_valid_fk REFERENCES parent);
SET session_replication_role = replica;
INSERT INTO falsely_valid VALUES (9);
RESET session_replication_role;
CREATE TABLE trigger_missing (parent int CONSTRAINT trigger_missing_fk REFERENCES parent ON DELETE CASCADE DEFERRABLE);
DELETE FROM pg_depend WHERE classid = 'pg_trigger'::regclass
   AND objid IN (SELECT oid FROM pg_trigger WHERE tgrelid = 'trigger_missing'::regclass);
DELETE FROM pg_trigger WHERE tgrelid = 'trigger_missing'::regclass;
CREATE TABLE two_faults (parent int);
INSERT INTO two_faults VALUES (1);
ALTER TABLE two_faults ADD CONSTRAINT two_faults_fk FOREIGN KEY (parent) REFERENCES parent NOT VALID;
ALTER TABLE two_faults DISABLE TRIGGER ALL;
INSERT INTO two_faults VALUES (9);
CREATE TABLE tree (id int PRIMARY KEY, up int);
ALTER TABLE tree ADD CONSTRAINT tree_fk FOREIGN KEY (up) REFERENCES tree NOT VALID;
-- Names of system triggers end in their OIDs.
CREATE FUNCTION readable(statement text) RETURNS text LANGUAGE sql IMMUTABLE AS
    'SELECT regexp_replace(statement, ''(RI_ConstraintTrigger_[ac]_)\d+'', ''\1…'', ''g'')';
\x on
SELECT step, child, constraint_name, readable(statement) AS statement, lock_mode, blocking, detail FROM fk_validate_plan();
\x off

-- Each plan is run as printed, a statement a transaction; where it stands for a repair, that plan is run. Each statement's locks
-- are those that pg_locks shows, and the key is trusted in the end.
CREATE FUNCTION public.strongest_locks() RETURNS text LANGUAGE sql AS $$
    WITH held AS (
        SELECT DISTINCT ON (l.relation) l.relation::regclass::text AS name, array_position(modes, l.mode) AS strength, modes
          FROM pg_locks l,
               (SELECT ARRAY['AccessShareLock', 'RowShareLock', 'RowExclusiveLock', 'ShareUpdateExclusiveLock', 'ShareLock',
                             'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock'] AS modes) m
         WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND l.relation > 16383
           AND (SELECT relkind FROM pg_class WHERE oid = l.relation) IN ('r', 'p')
         ORDER BY l.relation, array_position(modes, l.mode) DESC)
    SELECT string_agg(upper(trim(regexp_replace(replace(modes[strength], 'Lock', ''), '([A-Z])', ' \1', 'g'))) || ' ' || name,
                      ', ' ORDER BY name)
      FROM held WHERE strength > 1 $$;
CREATE PROCEDURE public.run_plan(child regclass, key name) LANGUAGE plpgsql AS $$
DECLARE
    plan jsonb := (SELECT jsonb_agg(p ORDER BY step) FROM fk_validate_plan(child, key) p);
    one record;
    repair record;
BEGIN
    COMMIT;
    FOR one IN SELECT * FROM jsonb_to_recordset(plan) AS p(step int, statement text, lock_mode text) ORDER BY step LOOP
        EXECUTE one.statement;
        RAISE NOTICE '%: says % | takes %', split_part(one.statement, ' ', 1), one.lock_mode, strongest_locks();
        COMMIT;
        IF one.statement ~ 'fk_repair_plan' THEN
            FOR repair IN EXECUTE one.statement LOOP
                IF repair.statement LIKE 'DO %' THEN EXECUTE repair.statement; END IF;
            END LOOP;
            COMMIT;
        END IF;
    END LOOP;
END $$;
CALL run_plan('not_valid', 'not_valid_fk');
CALL run_plan('with_orphans', 'with_orphans_fk');
CALL run_plan('disabled', 'disabled_fk');
CALL run_plan('falsely_valid', 'falsely_valid_fk');
CALL run_plan('trigger_missing', 'trigger_missing_fk');
CALL run_plan('two_faults', 'two_faults_fk');
CALL run_plan('tree', 'tree_fk');
SELECT child, constraint_name, verdict FROM fk_check();
SELECT * FROM fk_validate_plan();
SELECT conrelid::regclass, pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'trigger_missing_fk';
-- The orphans stand in the way until they are repaired, as the plan says: without that, its last step fails.
INSERT INTO with_orphans VALUES (2);
ALTER TABLE with_orphans DROP CONSTRAINT with_orphans_fk;
INSERT INTO with_orphans VALUES (9);
ALTER TABLE with_orphans ADD CONSTRAINT with_orphans_fk FOREIGN KEY (parent) REFERENCES parent NOT VALID;
SELECT statement AS last_step FROM fk_validate_plan('with_orphans') ORDER BY step DESC LIMIT 1 \gset
:last_step

-- The parent's triggers, too; both sides' statements. The user's own disabled trigger is left alone.
DROP TABLE with_orphans, with_orphans_orphans;
CREATE TABLE child (id int PRIMARY KEY, parent int CONSTRAINT child_fk REFERENCES parent);
CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER mine AFTER INSERT ON child EXECUTE FUNCTION nothing();
ALTER TABLE child DISABLE TRIGGER ALL;
ALTER TABLE parent DISABLE TRIGGER ALL;
SELECT step, readable(statement) AS statement FROM fk_validate_plan('child');
CALL run_plan('child', 'child_fk');
SELECT tgname, tgenabled FROM pg_trigger WHERE tgrelid = 'child'::regclass AND NOT tgisinternal;
SELECT child, verdict FROM fk_check('child');
ALTER TABLE parent ENABLE TRIGGER ALL;

-- Partitioned tables: a partition's triggers in a statement of their own, each table's named once.
CREATE TABLE part (id int, parent int CONSTRAINT part_fk REFERENCES parent) PARTITION BY RANGE (id);
CREATE TABLE part_1 PARTITION OF part FOR VALUES FROM (0) TO (10);
CREATE TABLE part_2 PARTITION OF part FOR VALUES FROM (10) TO (20);
ALTER TABLE part_1 DISABLE TRIGGER ALL;
SELECT step, readable(statement) AS statement, lock_mode FROM fk_validate_plan('part');
CALL run_plan('part', 'part_fk');
ALTER TABLE part DISABLE TRIGGER ALL;
SELECT step, readable(statement) AS statement FROM fk_validate_plan('part');
CALL run_plan('part', 'part_fk');
SELECT child, verdict FROM fk_check('part');

-- Names that must be quoted.
CREATE SCHEMA "V ;";
CREATE TABLE "V ;"."it's
--\" (p int);
ALTER TABLE "V ;"."it's
--\" ADD CONSTRAINT "k'\;
" FOREIGN KEY (p) REFERENCES parent NOT VALID;
SET session_replication_role = replica;
INSERT INTO "V ;"."it's
--\" VALUES (5);
RESET session_replication_role;
SELECT replace(statement, '*', 'count(*) > 0 AS found') FROM fk_validate_plan() \gexec
DELETE FROM "V ;"."it's
--\";
SELECT replace(statement, '*', 'count(*) > 0 AS found') FROM fk_validate_plan() \gexec
SELECT verdict FROM fk_check(constraint_name => E'k\'\\;\n');

-- A caller who may not read the rows is told so, and gets the plan that the catalog alone gives.
CREATE TABLE secret (parent int);
ALTER TABLE secret ADD CONSTRAINT secret_fk FOREIGN KEY (parent) REFERENCES parent NOT VALID;
CREATE ROLE fkaudit_nobody;
GRANT USAGE ON SCHEMA v TO fkaudit_nobody;
SET ROLE fkaudit_nobody;
SELECT step, statement, detail FROM fk_validate_plan('secret');
SELECT * FROM fk_validate_plan('fine');
RESET ROLE;
DROP OWNED BY fkaudit_nobody;
DROP ROLE fkaudit_nobody;
SELECT * FROM fk_validate_plan('secret', 'nope');
SELECT * FROM fk_validate_plan('parent');

SET client_min_messages = warning;
DROP SCHEMA v, "V ;" CASCADE;
DROP FUNCTION public.strongest_locks;
DROP PROCEDURE public.run_plan;
