-- fk_history where something on its own table keeps rows out or would run somebody's code, where its schema has another
-- name, and where its rows are gone: a command never fails by it, and what is missing is counted.
SET client_min_messages = warning;
CREATE ROLE regress_fkaudit_guest;
CREATE SCHEMA hostile;
GRANT ALL ON SCHEMA hostile TO regress_fkaudit_guest;
SET search_path = hostile, public;
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE c (p int CONSTRAINT k REFERENCES p);
SELECT fk_track_history(true);
\set rename 'ALTER TABLE c RENAME CONSTRAINT k TO j; ALTER TABLE c RENAME CONSTRAINT j TO k; SELECT missed FROM fk_history_info;'

-- A rule and a trigger that swallow rows.
CREATE RULE swallow AS ON INSERT TO fk_history_log DO INSTEAD NOTHING;
:rename
DROP RULE swallow ON fk_history_log;
SELECT fk_sync_history();
CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER swallow BEFORE INSERT ON fk_history_log FOR EACH ROW EXECUTE FUNCTION swallow();
:rename
DROP TRIGGER swallow ON fk_history_log;
SELECT fk_sync_history();

-- Somebody to whom TRIGGER was granted would have his code run with the owner's rights, by everybody's commands.
GRANT TRIGGER ON fk_history_log TO regress_fkaudit_guest;
SET ROLE regress_fkaudit_guest;
CREATE FUNCTION steal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    CREATE TABLE hostile.stolen AS SELECT current_user;
    RETURN NEW;
END $$;
CREATE TRIGGER steal BEFORE INSERT ON fk_history_log FOR EACH ROW EXECUTE FUNCTION steal();
RESET ROLE;
\set VERBOSITY terse
:rename
\set VERBOSITY default
SELECT to_regclass('hostile.stolen');
DROP TRIGGER steal ON fk_history_log;
REVOKE TRIGGER ON fk_history_log FROM regress_fkaudit_guest;
SELECT fk_sync_history();

-- Row security holds for nobody who writes here, also where it is forced.
ALTER TABLE fk_history_log ENABLE ROW LEVEL SECURITY;
ALTER TABLE fk_history_log FORCE ROW LEVEL SECURITY;
:rename
ALTER TABLE fk_history_log DISABLE ROW LEVEL SECURITY;
ALTER TABLE fk_history_log NO FORCE ROW LEVEL SECURITY;
SELECT fk_sync_history();

-- Without its indexes the latest row of a key would not be found.
BEGIN;
DROP INDEX fk_history_log_by_constraint;
:rename
ROLLBACK;
SELECT fk_sync_history();

-- One of the two event triggers is off.
ALTER EVENT TRIGGER fkaudit_history_drop DISABLE;
SELECT tracking FROM fk_history_info;
ALTER TABLE c DROP CONSTRAINT k;
SELECT fk_sync_history();
ALTER EVENT TRIGGER fkaudit_history_drop ENABLE;
SELECT tracking FROM fk_history_info;
SELECT fk_track_history(true);
SELECT tracking FROM fk_history_info;
ALTER TABLE c ADD CONSTRAINT k FOREIGN KEY (p) REFERENCES p;
SELECT change, constraint_name, command FROM fk_history ORDER BY changed_at DESC LIMIT 1;

-- Another event trigger, which comes first and does DDL of its own.
CREATE TABLE lone (id int PRIMARY KEY);
CREATE FUNCTION also() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM pg_event_trigger_dropped_objects() WHERE object_type = 'table constraint')
       AND to_regclass('hostile.lone') IS NOT NULL THEN
        DROP TABLE hostile.lone;
    END IF;
END $$;
CREATE EVENT TRIGGER before_all ON sql_drop EXECUTE FUNCTION also();
ALTER TABLE c DROP CONSTRAINT k;
DROP EVENT TRIGGER before_all;
SELECT change, constraint_name, command, to_regclass('lone') FROM fk_history ORDER BY changed_at DESC LIMIT 1;
SELECT fk_sync_history();

-- The extension's schema gets another name.
ALTER TABLE c ADD CONSTRAINT k FOREIGN KEY (p) REFERENCES p;
CREATE SCHEMA elsewhere;
SELECT nspname AS home FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE extname = 'fkaudit' \gset
ALTER SCHEMA :"home" RENAME TO fkaudit_home;
SET search_path = hostile, fkaudit_home;
:rename
SELECT fk_sync_history();
ALTER SCHEMA fkaudit_home RENAME TO :"home";
SET search_path = hostile, public;
SELECT fk_sync_history();

-- The rows are gone, or were not restored: what was there before cannot be told from what is new.
TRUNCATE fk_history_log;
ALTER TABLE c RENAME CONSTRAINT k TO j;
ALTER TABLE c DROP CONSTRAINT j;
SELECT missed, changes FROM fk_history_info;
ALTER TABLE c ADD CONSTRAINT k FOREIGN KEY (p) REFERENCES p;
-- The comparison begins anew, with no change.
SELECT fk_sync_history();
SELECT missed, changes FROM fk_history_info;
:rename
SELECT change, constraint_name FROM fk_history;
-- What may be deleted: all but the latest row of each key.
DELETE FROM fk_history_log l
 WHERE changed_at < now() AND EXISTS (SELECT FROM fk_history_log n WHERE (n.child, n.constraint_name) = (l.child, l.constraint_name) AND n.id > l.id);
SELECT change, constraint_name FROM fk_history;
SELECT fk_sync_history();
:rename
SELECT change, constraint_name FROM fk_history;

SELECT fk_track_history(false);
DROP SCHEMA hostile, elsewhere CASCADE;
TRUNCATE fk_history_log;
DROP ROLE regress_fkaudit_guest;
