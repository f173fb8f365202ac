-- Who may keep, read and sync the history, whose rights count, and what happens where it cannot be written.
SET client_min_messages = warning;
CREATE ROLE regress_fkaudit_owner;
CREATE ROLE regress_fkaudit_reader;
CREATE ROLE regress_fkaudit_deployer;
GRANT pg_read_all_stats TO regress_fkaudit_reader;
CREATE SCHEMA r;
GRANT ALL ON SCHEMA r TO regress_fkaudit_owner;

-- Wrong calls.
SELECT fk_track_history(NULL);
SELECT fk_mark_release(NULL);
SELECT fk_mark_release('');
SELECT fk_record_commands();

-- Only superusers make event triggers, whoever may call the function; the rest is granted.
GRANT EXECUTE ON FUNCTION fk_track_history(bool) TO regress_fkaudit_owner;
SET ROLE regress_fkaudit_owner;
SELECT fk_track_history(true);
SELECT fk_sync_history();
SELECT fk_mark_release('v1');
SELECT count(*) FROM fk_history;
SELECT tracking, missed, changes FROM fk_history_info;
SET ROLE regress_fkaudit_reader;
SELECT count(*) FROM fk_history;
SELECT count(*) FROM fk_history_log;
RESET ROLE;
REVOKE EXECUTE ON FUNCTION fk_track_history(bool) FROM regress_fkaudit_owner;
GRANT EXECUTE ON FUNCTION fk_mark_release(text) TO regress_fkaudit_deployer;
GRANT INSERT ON fk_history_log TO regress_fkaudit_deployer;
GRANT USAGE ON SEQUENCE fk_history_ids TO regress_fkaudit_deployer;
SET ROLE regress_fkaudit_deployer;
SELECT fk_mark_release('v1');
RESET ROLE;

-- A user who may neither read nor write the log has his changes recorded under his name, and his rights back.
SELECT fk_track_history(true);
SELECT fk_track_history(true);
SET SESSION AUTHORIZATION regress_fkaudit_owner;
SET search_path = "$user", r, public;
SET application_name = '';
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE c (id int, p int CONSTRAINT k REFERENCES p);
SELECT current_user, session_user;
ALTER TABLE c DISABLE TRIGGER USER;
ALTER TABLE c RENAME CONSTRAINT k TO "K; DROP TABLE r.c; --";
DROP EVENT TRIGGER fkaudit_history;
DELETE FROM fk_history_log;
RESET SESSION AUTHORIZATION;
SELECT change, child, constraint_name, by_user, application, command FROM fk_history;

-- What others put in the way is not taken by mistake.
CREATE SCHEMA evil;
CREATE TABLE evil.fk_history_log (LIKE fk_history_log);
CREATE FUNCTION evil.jsonb_array_elements(jsonb) RETURNS SETOF jsonb LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''evil''; END';
CREATE FUNCTION evil.nextval(regclass) RETURNS bigint LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''evil''; END';
SET search_path = evil, pg_catalog, r, public;
ALTER TABLE c RENAME CONSTRAINT "K; DROP TABLE r.c; --" TO k;
SELECT count(*) FROM evil.fk_history_log;
SELECT constraint_name FROM fk_history ORDER BY changed_at DESC LIMIT 1;
SET search_path = r, public;

-- Where the log cannot be written the command goes on, says so, and leaves a mark until the history is synced.
ALTER TABLE fk_history_log ADD CONSTRAINT full_disk CHECK (constraint_name <> 'k2');
ALTER TABLE c RENAME CONSTRAINT k TO k2;
\d c
SELECT missed FROM fk_history_info;
BEGIN;
ALTER TABLE c ADD CONSTRAINT k3 FOREIGN KEY (id) REFERENCES p;
ALTER TABLE c DROP CONSTRAINT k2;
COMMIT;
SELECT missed FROM fk_history_info;
ALTER TABLE c ADD CONSTRAINT k2 FOREIGN KEY (p) REFERENCES p;
SELECT missed FROM fk_history_info;
\set VERBOSITY sqlstate
SELECT fk_sync_history();
\set VERBOSITY default
ALTER TABLE fk_history_log DROP CONSTRAINT full_disk;
SELECT fk_sync_history();
SELECT fk_sync_history();
SELECT missed FROM fk_history_info;
SELECT change, constraint_name, command FROM fk_history ORDER BY changed_at DESC LIMIT 3;
-- A column is gone; then the table belongs to somebody else, who could have put a trigger on it.
ALTER TABLE fk_history_log RENAME COLUMN bypassed TO other;
ALTER TABLE c RENAME CONSTRAINT k2 TO k4;
ALTER TABLE fk_history_log RENAME COLUMN other TO bypassed;
ALTER TABLE fk_history_log OWNER TO regress_fkaudit_owner;
CREATE FUNCTION evil.caught() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''evil as %'', current_user; END';
CREATE TRIGGER evil BEFORE INSERT ON fk_history_log FOR EACH ROW EXECUTE FUNCTION evil.caught();
ALTER TABLE c RENAME CONSTRAINT k4 TO k5;
DROP TRIGGER evil ON fk_history_log;
SELECT rolname AS me FROM pg_roles WHERE oid = (SELECT proowner FROM pg_proc WHERE proname = 'fk_record_drops') \gset
ALTER TABLE fk_history_log OWNER TO :"me";
SELECT missed FROM fk_history_info;
SELECT fk_sync_history();

-- Behind the triggers' back: an edited catalog, and event triggers that are off. What can be told by the OID is a rename.
SET session_replication_role = replica;
ALTER TABLE c RENAME CONSTRAINT k5 TO k6;
RESET session_replication_role;
UPDATE pg_constraint SET condeferrable = true WHERE conname = 'k6';
UPDATE pg_trigger SET tgenabled = 'D' WHERE tgconstraint = (SELECT oid FROM pg_constraint WHERE conname = 'k3');
SELECT fk_track_history(false);
ALTER TABLE c RENAME TO d;
ALTER TABLE d ADD CONSTRAINT k7 FOREIGN KEY (p) REFERENCES p;
-- Two keys change their names.
ALTER TABLE d ADD CONSTRAINT one FOREIGN KEY (p) REFERENCES p ON DELETE CASCADE;
ALTER TABLE d ADD CONSTRAINT two FOREIGN KEY (p) REFERENCES p ON DELETE SET NULL;
SELECT fk_sync_history();
ALTER TABLE d RENAME CONSTRAINT one TO three;
ALTER TABLE d RENAME CONSTRAINT two TO one;
ALTER TABLE d RENAME CONSTRAINT three TO two;
ALTER TABLE d DROP CONSTRAINT k7;
ALTER TABLE d ADD CONSTRAINT k7 FOREIGN KEY (p) REFERENCES p;
SELECT fk_sync_history();
SELECT fk_sync_history();
SELECT change, child, constraint_name, before ->> 'constraint_name' AS was, command, after ->> 'on_delete' AS on_delete, after ->> 'triggers' AS triggers,
       after ->> 'deferrability' AS deferrability
  FROM fk_history WHERE command = 'fk_sync_history()';
DROP SCHEMA r, evil CASCADE;
SELECT fk_sync_history();
SELECT missed FROM fk_history_info;

-- The table is gone.
SELECT fk_track_history(true);
BEGIN;
ALTER TABLE fk_history_log RENAME TO gone;
CREATE TABLE p (id int PRIMARY KEY, p int REFERENCES p);
DROP TABLE p;
SELECT fk_sync_history();
ROLLBACK;
SELECT missed FROM fk_history_info;
SELECT fk_sync_history();

-- DROP EXTENSION says what keeps it; the event triggers are no part of it.
DROP EXTENSION fkaudit;
DROP EXTENSION fkaudit CASCADE;
CREATE EXTENSION fkaudit;
SELECT tracking, missed, changes, since FROM fk_history_info;
DROP ROLE regress_fkaudit_owner, regress_fkaudit_reader, regress_fkaudit_deployer;
