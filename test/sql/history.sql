-- fk_history: what each kind of command records, row for row.
SET client_min_messages = warning;
CREATE ROLE regress_fkaudit_deployer SUPERUSER;
CREATE SCHEMA h;
SET search_path = h, public;

-- CREATE EXTENSION alone records nothing and makes no event trigger.
SELECT evtname FROM pg_event_trigger WHERE evtname LIKE 'fkaudit%';
SELECT tracking, missed, changes, since FROM fk_history_info;
CREATE TABLE p (id int PRIMARY KEY, k text UNIQUE, UNIQUE (id, k));
CREATE TABLE q (id int PRIMARY KEY);
CREATE TABLE c (id int, p int CONSTRAINT c_p REFERENCES p, k text CONSTRAINT c_k REFERENCES p (k));
SELECT count(*) FROM fk_history;

SELECT fk_track_history(true);
SELECT evtname, evtevent, evtenabled, evtfoid::regproc FROM pg_event_trigger WHERE evtname LIKE 'fkaudit%' ORDER BY 1;
-- The keys that are there are where it begins, and no change.
SELECT count(*) FROM fk_history;
SELECT tracking, missed, changes, since IS NOT NULL AS begun FROM fk_history_info;
SET SESSION AUTHORIZATION regress_fkaudit_deployer;
SET application_name = 'deploy';

-- The rows that a statement added: the change, the key, the command, and what differs between before and after.
CREATE TEMP TABLE shown AS SELECT 0::bigint AS id;
CREATE PROCEDURE pg_temp.tell(statement text) LANGUAGE plpgsql AS $$
DECLARE
    one record;
    nothing boolean := true;
BEGIN
    RAISE INFO '%', statement;
    EXECUTE statement;
    FOR one IN
        SELECT l.*, (SELECT string_agg(format('%s: %s -> %s', key, b.value, a.value), '; ' ORDER BY key)
                       FROM jsonb_each(l.before) b FULL JOIN jsonb_each(l.after) a USING (key)
                      WHERE b.value IS DISTINCT FROM a.value AND l.before IS NOT NULL AND l.after IS NOT NULL) AS difference
          FROM fk_history_log l WHERE l.id > (SELECT id FROM shown) ORDER BY l.id
    LOOP
        UPDATE shown SET id = one.id;
        CONTINUE WHEN one.change IS NULL;
        nothing := false;
        RAISE INFO '    % % on % by % (%): %; % %', one.change, one.constraint_name, one.child, one.by_user,
            one.application, one.command,
            CASE WHEN one.before IS NULL THEN 'new' WHEN one.after IS NULL THEN 'gone' ELSE 'differs:' END,
            coalesce(one.difference, '');
    END LOOP;
    IF nothing THEN
        RAISE INFO '    nothing';
    END IF;
    COMMIT;
END $$;

-- Made
CALL pg_temp.tell('CREATE TABLE d (id int PRIMARY KEY, p int CONSTRAINT d_p REFERENCES p ON DELETE CASCADE)');
CALL pg_temp.tell('CREATE TABLE self (id int PRIMARY KEY, above int REFERENCES self)');
CALL pg_temp.tell('CREATE TABLE two (a int REFERENCES p, b text, FOREIGN KEY (a, b) REFERENCES p (id, k) MATCH FULL)');
CALL pg_temp.tell('ALTER TABLE d ADD COLUMN q int CONSTRAINT d_q REFERENCES q');
CALL pg_temp.tell('ALTER TABLE d ADD CONSTRAINT d_q2 FOREIGN KEY (q) REFERENCES q NOT VALID');
CALL pg_temp.tell('CREATE SCHEMA elements CREATE TABLE above (id int PRIMARY KEY) CREATE TABLE below (a int REFERENCES elements.above)');
CALL pg_temp.tell('CREATE TABLE IF NOT EXISTS d (p int REFERENCES p)');
-- Changed
CALL pg_temp.tell('ALTER TABLE d VALIDATE CONSTRAINT d_q2');
CALL pg_temp.tell('ALTER TABLE d VALIDATE CONSTRAINT d_q2');
CALL pg_temp.tell('ALTER TABLE d ALTER CONSTRAINT d_p DEFERRABLE INITIALLY DEFERRED');
CALL pg_temp.tell('ALTER TABLE d DISABLE TRIGGER ALL');
CALL pg_temp.tell('ALTER TABLE q DISABLE TRIGGER ALL');
CALL pg_temp.tell('ALTER TABLE d ENABLE TRIGGER ALL');
CALL pg_temp.tell('ALTER TABLE q ENABLE TRIGGER ALL');
SELECT format('ALTER TABLE d DISABLE TRIGGER %I', tgname) AS disable, format('ALTER TABLE d ENABLE REPLICA TRIGGER %I', tgname) AS replica,
       format('ALTER TABLE d ENABLE ALWAYS TRIGGER %I', tgname) AS always
  FROM pg_trigger WHERE tgrelid = 'd'::regclass AND tgfoid = '"RI_FKey_check_ins"'::regproc AND tgconstraint = (SELECT oid FROM pg_constraint WHERE conname = 'd_p') \gset
-- (a generated name: only what it changed is shown)
\set QUIET on
:disable;
SELECT change, constraint_name, command FROM fk_history ORDER BY changed_at DESC LIMIT 1;
:replica;
SELECT change, constraint_name, command FROM fk_history ORDER BY changed_at DESC LIMIT 1;
:always;
SELECT change, constraint_name, command FROM fk_history ORDER BY changed_at DESC LIMIT 1;
UPDATE shown SET id = (SELECT max(id) FROM fk_history_log);
-- Renamed
CALL pg_temp.tell('ALTER TABLE d RENAME CONSTRAINT d_p TO "D, p"');
CALL pg_temp.tell('ALTER TABLE d RENAME COLUMN p TO "P p"');
CALL pg_temp.tell('ALTER TABLE p RENAME COLUMN k TO key');
CALL pg_temp.tell('ALTER TABLE d RENAME TO e');
CALL pg_temp.tell('ALTER TABLE q RENAME TO r');
CALL pg_temp.tell('ALTER TABLE r SET SCHEMA elements');
CALL pg_temp.tell('ALTER SCHEMA elements RENAME TO parts');
CALL pg_temp.tell('CREATE DOMAIN number AS int');
CALL pg_temp.tell('CREATE TABLE numbered (n number REFERENCES p)');
CALL pg_temp.tell('ALTER DOMAIN number RENAME TO figure');
CALL pg_temp.tell('ALTER TYPE figure SET SCHEMA parts');
-- Rebuilt
CALL pg_temp.tell('ALTER TABLE e ALTER q TYPE bigint');
CALL pg_temp.tell('ALTER TABLE p ALTER id TYPE bigint');
CALL pg_temp.tell('ALTER TABLE e DROP CONSTRAINT d_q, ADD CONSTRAINT d_q FOREIGN KEY (q) REFERENCES parts.r ON DELETE SET NULL');
CALL pg_temp.tell('ALTER TABLE e DROP CONSTRAINT d_q, ADD CONSTRAINT d_q3 FOREIGN KEY (q) REFERENCES parts.r ON DELETE SET NULL');
BEGIN;
ALTER TABLE e DROP CONSTRAINT d_q2;
ALTER TABLE e ADD CONSTRAINT d_q2 FOREIGN KEY (q) REFERENCES parts.r;
COMMIT;
CALL pg_temp.tell('SELECT ''two statements of one transaction''');
ALTER TABLE e DROP CONSTRAINT d_q2;
ALTER TABLE e ADD CONSTRAINT d_q2 FOREIGN KEY (q) REFERENCES parts.r;
CALL pg_temp.tell('SELECT ''two statements of two transactions''');
-- Partitions: one row for the key, as it was declared.
CALL pg_temp.tell('CREATE TABLE t (id int, p int CONSTRAINT t_p REFERENCES p) PARTITION BY RANGE (id)');
CALL pg_temp.tell('CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10)');
CALL pg_temp.tell('ALTER TABLE t1 ADD CONSTRAINT own FOREIGN KEY (id) REFERENCES parts.r');
CALL pg_temp.tell('ALTER TABLE t1 DISABLE TRIGGER ALL');
CALL pg_temp.tell('ALTER TABLE t1 RENAME TO t_one');
CALL pg_temp.tell('ALTER TABLE t ENABLE TRIGGER ALL');
CALL pg_temp.tell('ALTER TABLE t DETACH PARTITION t_one');
CALL pg_temp.tell('ALTER TABLE t ATTACH PARTITION t_one FOR VALUES FROM (0) TO (10)');
CALL pg_temp.tell('ALTER TABLE t ALTER p TYPE int');
CALL pg_temp.tell('ALTER TABLE t_one DISABLE TRIGGER ALL');
CALL pg_temp.tell('DROP TABLE t_one');
-- Dropped
CALL pg_temp.tell('ALTER TABLE c DROP CONSTRAINT c_k');
CALL pg_temp.tell('ALTER TABLE e DROP COLUMN q');
CALL pg_temp.tell('ALTER TABLE p DROP CONSTRAINT p_id_k_key CASCADE');
CALL pg_temp.tell('DROP DOMAIN parts.figure CASCADE');
CALL pg_temp.tell('DROP TABLE self, e');
CALL pg_temp.tell('DROP SCHEMA parts CASCADE');
CALL pg_temp.tell('DROP TABLE p CASCADE');
-- Nobody's business
CALL pg_temp.tell('CREATE TABLE lone (id int PRIMARY KEY)');
CALL pg_temp.tell('CREATE TEMP TABLE temporary (id int PRIMARY KEY, p int REFERENCES pg_temp.temporary)');
CALL pg_temp.tell('DROP TABLE temporary');
CALL pg_temp.tell('ALTER TABLE c ADD COLUMN more int');
CALL pg_temp.tell('CREATE INDEX ON c (p)');
CALL pg_temp.tell('SELECT fk_mark_release(''v "1"'')');
SELECT after, before, child FROM fk_history WHERE change = 'release';
-- What is undone is not recorded.
BEGIN;
CREATE TABLE undone (id int REFERENCES lone);
ROLLBACK;
CALL pg_temp.tell('SELECT ''rolled back''');

-- Nothing was missed.
SELECT fk_sync_history();
SELECT missed FROM fk_history_info;
RESET SESSION AUTHORIZATION;
SELECT fk_track_history(false);
SELECT evtname FROM pg_event_trigger WHERE evtname LIKE 'fkaudit%';
DROP SCHEMA h CASCADE;
DROP PROCEDURE pg_temp.tell;
DROP TABLE shown;
DELETE FROM fk_history_log;
DROP ROLE regress_fkaudit_deployer;
