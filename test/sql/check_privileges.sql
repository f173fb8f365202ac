-- Who may examine a foreign key: whoever may read the key's columns of both sides, by table or by column, and use their
-- schemas. What the server says to a query over the same columns stands beside it.
SET client_min_messages = warning;
CREATE ROLE regress_fkaudit_owner;
CREATE ROLE regress_fkaudit_tables;
CREATE ROLE regress_fkaudit_columns;
CREATE ROLE regress_fkaudit_nothing;
CREATE ROLE regress_fkaudit_no_schema;
CREATE ROLE regress_fkaudit_child_only;
CREATE ROLE regress_fkaudit_parent_only;
CREATE ROLE regress_fkaudit_some_columns;
CREATE ROLE regress_fkaudit_inherits IN ROLE regress_fkaudit_tables;
CREATE ROLE regress_fkaudit_no_inherit NOINHERIT IN ROLE regress_fkaudit_tables;
CREATE ROLE regress_fkaudit_owners_member IN ROLE regress_fkaudit_owner;
CREATE ROLE regress_fkaudit_reads_all IN ROLE pg_read_all_data;
CREATE ROLE regress_fkaudit_references;
CREATE SCHEMA rights AUTHORIZATION regress_fkaudit_owner;
SET ROLE regress_fkaudit_owner;
CREATE TABLE rights.parent (a int, b int, secret text, PRIMARY KEY (a, b));
CREATE TABLE rights.child (id int PRIMARY KEY, a int, b int, secret text,
    CONSTRAINT k FOREIGN KEY (a, b) REFERENCES rights.parent);
INSERT INTO rights.parent VALUES (1, 1);
INSERT INTO rights.child VALUES (10, 1, 1);
RESET ROLE;
SET session_replication_role = replica;
INSERT INTO rights.child VALUES (11, 1, 2);
RESET session_replication_role;
SET ROLE regress_fkaudit_owner;
GRANT USAGE ON SCHEMA rights TO regress_fkaudit_tables, regress_fkaudit_columns, regress_fkaudit_nothing,
    regress_fkaudit_child_only, regress_fkaudit_parent_only, regress_fkaudit_some_columns, regress_fkaudit_references;
GRANT SELECT ON rights.parent, rights.child TO regress_fkaudit_tables, regress_fkaudit_no_schema;
GRANT SELECT (a, b) ON rights.parent TO regress_fkaudit_columns;
GRANT SELECT (a, b) ON rights.child TO regress_fkaudit_columns;
GRANT SELECT ON rights.child TO regress_fkaudit_child_only;
GRANT SELECT ON rights.parent TO regress_fkaudit_parent_only;
GRANT SELECT (a) ON rights.parent TO regress_fkaudit_some_columns;
GRANT SELECT ON rights.child TO regress_fkaudit_some_columns;
-- What is enough to declare and to satisfy a foreign key is not enough to read it.
GRANT REFERENCES, INSERT, UPDATE, DELETE ON rights.parent, rights.child TO regress_fkaudit_references;
RESET ROLE;

CREATE FUNCTION public.regress_fkaudit_server() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE 'SELECT FROM rights.child c WHERE NOT EXISTS (SELECT FROM rights.parent p WHERE p.a = c.a AND p.b = c.b)';
    RETURN 'reads it';
EXCEPTION WHEN insufficient_privilege THEN
    RETURN SQLERRM;
END $$;
CREATE FUNCTION public.regress_fkaudit_ask(who text, OUT role text, OUT server text, OUT verdict text, OUT reason text,
                                           OUT detail text, OUT not_declared text, OUT listed bigint)
LANGUAGE plpgsql AS $$
DECLARE
    child regclass := 'rights.child';
    parent regclass := 'rights.parent';
BEGIN
    role := who;
    EXECUTE format('SET LOCAL ROLE %I', 'regress_fkaudit_' || who);
    SET LOCAL client_min_messages = error;
    server := regress_fkaudit_server();
    SELECT c.verdict, c.reason, c.detail INTO verdict, reason, detail FROM fk_check(child) c;
    SELECT concat_ws(': ', c.verdict, c.reason) INTO not_declared FROM fk_check(child, '{a,b}', parent, '{a,b}') c;
    SELECT count(*) INTO listed FROM fk_orphans(child);
    RESET ROLE;
END $$;
\x
SELECT a.* FROM unnest(ARRAY['owner', 'tables', 'columns', 'nothing', 'no_schema', 'child_only', 'parent_only',
                             'some_columns', 'inherits', 'no_inherit', 'owners_member', 'reads_all', 'references'])
                WITH ORDINALITY r(role, i), regress_fkaudit_ask(role) a ORDER BY i;
\x
SELECT 'rights.child'::regclass::oid AS child \gset
-- A NOINHERIT member uses the right by SET ROLE.
SET ROLE regress_fkaudit_no_inherit;
SELECT verdict, reason FROM fk_check(:child);
SET ROLE regress_fkaudit_tables;
SELECT verdict, reason FROM fk_check(:child);
RESET ROLE;
-- An owner may deny himself.
REVOKE SELECT ON rights.parent FROM regress_fkaudit_owner;
SET ROLE regress_fkaudit_owner;
SELECT verdict, reason, detail FROM fk_check('rights.child');
RESET ROLE;
SELECT verdict FROM fk_check('rights.child');
GRANT SELECT ON rights.parent TO regress_fkaudit_owner;

-- What is shown of an orphan: its key, and whatever else the caller may read. The server tells ctid and tableoid only to
-- those who may read the whole table.
SET ROLE regress_fkaudit_columns;
SELECT row_key, foreign_key, row_table, row_ctid FROM fk_orphans('rights.child');
SELECT example FROM fk_check('rights.child');
SELECT ctid FROM rights.child;
SELECT id FROM rights.child;
RESET ROLE;
GRANT SELECT (id) ON rights.child TO regress_fkaudit_columns;
SET ROLE regress_fkaudit_columns;
SELECT row_key, foreign_key, row_table, row_ctid FROM fk_orphans('rights.child');
SET ROLE regress_fkaudit_tables;
SELECT row_key, foreign_key, row_table, row_ctid FROM fk_orphans('rights.child');
-- Nothing is listed, and that is said.
SET ROLE regress_fkaudit_nothing;
SELECT * FROM fk_orphans('rights.child');
SELECT * FROM fk_orphans('rights.child', '{a,b}', 'rights.parent', '{a,b}');
-- Nor does a key that cannot be read hide the others.
RESET ROLE;
SET ROLE regress_fkaudit_owner;
CREATE TABLE rights.other (a int, b int, CONSTRAINT other FOREIGN KEY (a, b) REFERENCES rights.parent);
RESET ROLE;
SET ROLE regress_fkaudit_tables;
SELECT child, verdict, reason FROM fk_check();
RESET ROLE;

-- Of a partitioned table the rights on the table that the key is declared on decide, as for the server's query; those on
-- its partitions neither help nor hinder.
SET ROLE regress_fkaudit_owner;
CREATE TABLE rights.parted_parent (a int PRIMARY KEY) PARTITION BY LIST (a);
CREATE TABLE rights.parted (a int CONSTRAINT parted REFERENCES rights.parted_parent) PARTITION BY LIST (a);
CREATE TABLE rights.parted_parent_1 PARTITION OF rights.parted_parent FOR VALUES IN (1);
CREATE TABLE rights.parted_1 PARTITION OF rights.parted FOR VALUES IN (1);
GRANT SELECT ON rights.parted, rights.parted_parent TO regress_fkaudit_tables;
GRANT SELECT ON rights.parted_1, rights.parted_parent_1 TO regress_fkaudit_nothing;
SET ROLE regress_fkaudit_tables;
SELECT count(*) FROM rights.parted WHERE a NOT IN (SELECT a FROM rights.parted_parent);
SELECT child, verdict, reason FROM fk_check('rights.parted');
SELECT child, verdict, reason FROM fk_check('rights.parted_1');
SET ROLE regress_fkaudit_nothing;
SELECT count(*) FROM rights.parted;
SELECT count(*) FROM rights.parted_1 WHERE a NOT IN (SELECT a FROM rights.parted_parent_1);
SELECT child, verdict, reason, detail FROM fk_check('rights.parted_1');
SELECT child, verdict, reason FROM fk_check('rights.parted_1', '{a}', 'rights.parted_parent_1', '{a}');
RESET ROLE;

SET client_min_messages = warning;
DROP FUNCTION regress_fkaudit_ask, regress_fkaudit_server;
DROP SCHEMA rights CASCADE;
DROP ROLE regress_fkaudit_tables, regress_fkaudit_columns, regress_fkaudit_nothing, regress_fkaudit_no_schema,
    regress_fkaudit_child_only, regress_fkaudit_parent_only, regress_fkaudit_some_columns, regress_fkaudit_inherits,
    regress_fkaudit_no_inherit, regress_fkaudit_owners_member, regress_fkaudit_reads_all, regress_fkaudit_references,
    regress_fkaudit_owner;
