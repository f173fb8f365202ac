-- Row security: where a policy would hide rows from the caller, a count of orphans means nothing, and the key is not
-- examined. Nobody's policy runs.
SET client_min_messages = warning;
CREATE ROLE regress_fkaudit_owner;
CREATE ROLE regress_fkaudit_reader;
CREATE ROLE regress_fkaudit_bypass BYPASSRLS;
CREATE ROLE regress_fkaudit_member IN ROLE regress_fkaudit_owner;
CREATE SCHEMA hidden AUTHORIZATION regress_fkaudit_owner;
SET ROLE regress_fkaudit_owner;
GRANT USAGE ON SCHEMA hidden TO PUBLIC;
CREATE TABLE hidden.parent (id int PRIMARY KEY);
CREATE TABLE hidden.child (id int CONSTRAINT k REFERENCES hidden.parent);
INSERT INTO hidden.parent VALUES (1), (2), (3);
INSERT INTO hidden.child VALUES (1), (2), (3);
CREATE SEQUENCE hidden.policy_ran;
GRANT ALL ON SEQUENCE hidden.policy_ran TO PUBLIC;
CREATE FUNCTION hidden.policy(id int) RETURNS bool LANGUAGE plpgsql AS
    'BEGIN PERFORM nextval(''hidden.policy_ran''); RETURN id = 1; END';
CREATE FUNCTION hidden.has_run() RETURNS bool LANGUAGE plpgsql AS $$
DECLARE
    ran bool;
BEGIN
    SELECT is_called INTO ran FROM hidden.policy_ran;
    PERFORM setval('hidden.policy_ran', 1, false);
    RETURN ran;
END $$;
CREATE POLICY p ON hidden.parent USING (hidden.policy(id));
CREATE POLICY p ON hidden.child USING (hidden.policy(id));
GRANT SELECT ON ALL TABLES IN SCHEMA hidden TO PUBLIC;
RESET ROLE;

-- A plain query of each role finds these orphans; with row_security = off the server refuses it.
CREATE FUNCTION public.regress_fkaudit_query() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    orphans bigint;
BEGIN
    EXECUTE 'SELECT count(*) FROM hidden.child c WHERE NOT EXISTS (SELECT FROM hidden.parent p WHERE p.id = c.id)' INTO orphans;
    RETURN orphans;
EXCEPTION WHEN insufficient_privilege THEN
    RETURN SQLERRM;
END $$;
CREATE FUNCTION public.regress_fkaudit_ask(who text, child regclass DEFAULT 'hidden.child', OUT role text, OUT filtered text,
                                           OUT unfiltered text, OUT policy_ran bool, OUT fk_check text, OUT fk_orphans bigint, OUT fkaudit_ran bool)
LANGUAGE plpgsql AS $$
BEGIN
    role := who;
    EXECUTE format('SET LOCAL ROLE %I', 'regress_fkaudit_' || who);
    SET LOCAL client_min_messages = error;
    SET LOCAL row_security = on;
    filtered := regress_fkaudit_query();
    policy_ran := hidden.has_run();
    SET LOCAL row_security = off;
    unfiltered := regress_fkaudit_query();
    RESET row_security;
    SELECT concat_ws(': ', c.verdict, c.reason, c.detail) INTO fk_check FROM fk_check(child) c;
    SELECT count(*) INTO fk_orphans FROM fk_orphans(child);
    fkaudit_ran := hidden.has_run();
    RESET ROLE;
END $$;
\set ask 'SELECT a.* FROM unnest(ARRAY[''owner'', ''member'', ''reader'', ''bypass'']) WITH ORDINALITY r(role, i), regress_fkaudit_ask(role) a ORDER BY i;'
-- No row security: policies that are not enabled hide nothing.
:ask
-- The parent's.
ALTER TABLE hidden.parent ENABLE ROW LEVEL SECURITY;
:ask
SELECT verdict FROM fk_check('hidden.child');
SELECT hidden.has_run();
-- FORCE binds the owner, too, but PostgreSQL's own check of each write reads all rows even then, and so does a superuser.
ALTER TABLE hidden.parent FORCE ROW LEVEL SECURITY;
:ask
SELECT verdict FROM fk_check('hidden.child');
SELECT hidden.has_run();
SET ROLE regress_fkaudit_owner;
INSERT INTO hidden.child VALUES (3);
RESET ROLE;
-- The child's alone: orphans would be missed, not invented.
ALTER TABLE hidden.parent NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY;
ALTER TABLE hidden.child ENABLE ROW LEVEL SECURITY;
:ask
ALTER TABLE hidden.child DISABLE ROW LEVEL SECURITY;
-- Without any policy for the caller nothing is visible.
ALTER TABLE hidden.parent ENABLE ROW LEVEL SECURITY;
DROP POLICY p ON hidden.parent;
:ask
-- A policy that hides nothing is a policy nonetheless: whether it does, only running it would tell.
CREATE POLICY p ON hidden.parent USING (true);
SELECT * FROM regress_fkaudit_ask('reader');
-- A key that is not declared.
SET ROLE regress_fkaudit_reader;
SELECT verdict, reason, detail FROM fk_check('hidden.child', '{id}', 'hidden.parent', '{id}');
SELECT * FROM fk_orphans('hidden.child', '{id}', 'hidden.parent', '{id}');
-- The caller's own setting changes nothing.
SET row_security = off;
SELECT verdict, reason FROM fk_check('hidden.child');
SHOW row_security;
RESET row_security;
RESET ROLE;

-- The policies of a partition bind those who name it, not those who read the table above it.
SET ROLE regress_fkaudit_owner;
CREATE TABLE hidden.parted_parent (id int PRIMARY KEY) PARTITION BY LIST (id);
CREATE TABLE hidden.parted_parent_1 PARTITION OF hidden.parted_parent DEFAULT;
CREATE TABLE hidden.parted (id int CONSTRAINT parted REFERENCES hidden.parted_parent) PARTITION BY LIST (id);
CREATE TABLE hidden.parted_1 PARTITION OF hidden.parted (CONSTRAINT own FOREIGN KEY (id) REFERENCES hidden.parent) DEFAULT;
INSERT INTO hidden.parted_parent VALUES (1), (2), (3);
INSERT INTO hidden.parted VALUES (1), (2), (3);
GRANT SELECT ON ALL TABLES IN SCHEMA hidden TO PUBLIC;
CREATE POLICY p ON hidden.parted_1 USING (hidden.policy(id));
CREATE POLICY p ON hidden.parted_parent_1 USING (hidden.policy(id));
ALTER TABLE hidden.parted_1 ENABLE ROW LEVEL SECURITY;
ALTER TABLE hidden.parted_parent_1 ENABLE ROW LEVEL SECURITY;
ALTER TABLE hidden.parent DISABLE ROW LEVEL SECURITY;
SET ROLE regress_fkaudit_reader;
SELECT count(*) FROM hidden.parted;
SELECT hidden.has_run();
SELECT count(*) FROM hidden.parted_1;
SELECT hidden.has_run();
SELECT child, constraint_name, verdict, reason, rows_checked, detail FROM fk_check('hidden.parted_1');
SELECT verdict, reason, rows_checked FROM fk_check('hidden.parted', '{id}', 'hidden.parted_parent_1', '{id}');
SELECT hidden.has_run();
RESET ROLE;

SET client_min_messages = warning;
DROP FUNCTION regress_fkaudit_ask, regress_fkaudit_query;
DROP SCHEMA hidden CASCADE;
DROP ROLE regress_fkaudit_member, regress_fkaudit_owner, regress_fkaudit_reader, regress_fkaudit_bypass;
