-- fk_snapshot(), fk_drift(), fk_fingerprint(): what differs between two states of the foreign keys.
SET client_min_messages = warning;
CREATE SCHEMA t;
CREATE SCHEMA u;
SET search_path = t, public;
CREATE TABLE p (id int PRIMARY KEY, "A, b" text UNIQUE, UNIQUE (id, "A, b"));
CREATE TABLE "C c" (id int PRIMARY KEY, p int CONSTRAINT "K, ""k""" REFERENCES p ON DELETE CASCADE,
    q text COLLATE "C" REFERENCES p ("A, b") DEFERRABLE,
    CONSTRAINT pair FOREIGN KEY (p, q) REFERENCES p (id, "A, b") MATCH FULL ON DELETE SET NULL (q)
        DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE u.c (p int);
ALTER TABLE u.c ADD FOREIGN KEY (p) REFERENCES p NOT VALID;

-- Every attribute, in the catalog's own order; lists stay lists.
SELECT jsonb_pretty(fk_snapshot('{t}'));

-- A temporary table's key is nobody's to compare, and what partitioning derives has no row of its own.
CREATE TEMP TABLE gone (id int PRIMARY KEY, p int REFERENCES gone);
CREATE TABLE parted (p int REFERENCES p) PARTITION BY RANGE (p);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (10);
SELECT k ->> 'child' AS child, k ->> 'constraint_name' AS name
  FROM jsonb_array_elements(fk_snapshot() -> 'foreign_keys') k;
DROP TABLE parted;

-- Nothing has changed, and the fingerprint says the same as fk_drift().
SELECT fk_snapshot() AS before, fk_fingerprint() AS finger \gset
SELECT * FROM fk_drift(:'before');
SELECT fk_fingerprint() = :'finger' AS same, fk_fingerprint('{t,u}') = :'finger' AS all_schemas,
       fk_fingerprint('{t}') = :'finger' AS one_schema, length(:'finger');
-- However the session wants its names to be written.
SET quote_all_identifiers = on;
SELECT fk_fingerprint() = :'finger' AS same, (SELECT count(*) FROM fk_drift(:'before')) AS differences;
RESET quote_all_identifiers;
-- Neither do other OIDs change anything.
BEGIN;
DROP TABLE u.c;
CREATE TABLE u.c (p int);
ALTER TABLE u.c ADD FOREIGN KEY (p) REFERENCES p NOT VALID;
SELECT * FROM fk_drift(:'before');
SELECT fk_fingerprint() = :'finger' AS same;
ROLLBACK;

-- Each attribute, one change after the other.
CREATE PROCEDURE show_drift(before jsonb, VARIADIC statements text[]) LANGUAGE plpgsql AS $$
DECLARE
    statement text;
    one record;
BEGIN
    FOREACH statement IN ARRAY statements LOOP
        EXECUTE statement;
    END LOOP;
    FOR one IN SELECT * FROM fk_drift(before) LOOP
        RAISE INFO '% | % | % | % | % | % | %', one.severity, one.child, one.constraint_name, one.change,
            coalesce(one.attribute, '-'), coalesce(one.expected, '-'), coalesce(one.actual, '-');
    END LOOP;
    ROLLBACK;
END $$;
-- deferrability
CALL show_drift(:'before', 'ALTER TABLE "C c" ALTER CONSTRAINT pair DEFERRABLE INITIALLY IMMEDIATE');
-- validity: better is only information
CALL show_drift(:'before', 'ALTER TABLE u.c VALIDATE CONSTRAINT c_p_fkey');
-- trigger state
CALL show_drift(:'before', 'ALTER TABLE u.c DISABLE TRIGGER ALL');
CALL show_drift(:'before', 'ALTER TABLE p DISABLE TRIGGER ALL');
-- index coverage
CALL show_drift(:'before', 'CREATE INDEX ON u.c (p)');
-- type
CALL show_drift(:'before', 'ALTER TABLE u.c ALTER p TYPE bigint');
CALL show_drift(:'before', 'ALTER TABLE "C c" ALTER q TYPE text COLLATE "POSIX"');
-- action
CALL show_drift(:'before', 'ALTER TABLE "C c" DROP CONSTRAINT "K, ""k"""',
    'ALTER TABLE "C c" ADD CONSTRAINT "K, ""k""" FOREIGN KEY (p) REFERENCES p ON UPDATE CASCADE ON DELETE SET NULL');
CALL show_drift(:'before', 'ALTER TABLE "C c" DROP CONSTRAINT pair',
    'ALTER TABLE "C c" ADD CONSTRAINT pair FOREIGN KEY (p, q) REFERENCES p (id, "A, b")'
    ' ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED');
-- target and columns
CALL show_drift(:'before', 'ALTER TABLE u.c DROP CONSTRAINT c_p_fkey, ADD q int',
    'CREATE TABLE u.other (id int PRIMARY KEY)',
    'ALTER TABLE u.c ADD CONSTRAINT c_p_fkey FOREIGN KEY (q) REFERENCES u.other NOT VALID');
-- missing and extra
CALL show_drift(:'before', 'DROP TABLE u.c', 'CREATE TABLE t.extra (p int REFERENCES p)');

-- Renames are recognised: of the constraint, of the child, of the parent, of a schema.
CALL show_drift(:'before', 'ALTER TABLE "C c" RENAME CONSTRAINT pair TO "Pair"');
CALL show_drift(:'before', 'ALTER TABLE u.c RENAME TO d');
CALL show_drift(:'before', 'ALTER TABLE t.p RENAME TO people');
CALL show_drift(:'before', 'ALTER SCHEMA u RENAME TO v');
-- State is the key's, whatever its tables are called.
CALL show_drift(:'before', 'ALTER TABLE u.c RENAME TO d', 'ALTER TABLE u.d DISABLE TRIGGER ALL');
-- Two constraints that swap their names are not.
CALL show_drift(:'before', 'ALTER TABLE "C c" RENAME CONSTRAINT pair TO x',
    'ALTER TABLE "C c" RENAME CONSTRAINT "C c_q_fkey" TO pair', 'ALTER TABLE "C c" RENAME CONSTRAINT x TO "C c_q_fkey"');
-- A second table like the first is no rename of it while the first is there.
CALL show_drift(:'before', 'ALTER TABLE u.c DROP CONSTRAINT c_p_fkey',
    'CREATE TABLE t.c (p int, CONSTRAINT c_p_fkey FOREIGN KEY (p) REFERENCES p)');

-- What is ignored: changes, and single attributes.
BEGIN;
ALTER TABLE "C c" RENAME CONSTRAINT pair TO other;
CREATE INDEX ON u.c (p);
ALTER TABLE u.c VALIDATE CONSTRAINT c_p_fkey;
SELECT change, attribute FROM fk_drift(:'before');
SELECT change, attribute FROM fk_drift(:'before', '{renamed,validity}');
SELECT change, attribute FROM fk_drift(:'before', '{constraint_name,index}');
ROLLBACK;

-- A snapshot of some schemas is compared with these schemas, also where one of them is gone.
SELECT fk_snapshot('{u}') AS some \gset
SELECT * FROM fk_drift(:'some');
CALL show_drift(:'some', 'DROP SCHEMA u CASCADE');

-- Whoever reads only the catalog may compare.
CREATE ROLE regress_fkaudit_drift;
GRANT USAGE ON SCHEMA public TO regress_fkaudit_drift;
SET ROLE regress_fkaudit_drift;
SELECT * FROM public.fk_drift(:'before');
RESET ROLE;
DROP OWNED BY regress_fkaudit_drift;
DROP ROLE regress_fkaudit_drift;

-- What is no snapshot is refused, and says where.
SELECT * FROM fk_drift(NULL);
SELECT * FROM fk_drift('[]');
SELECT * FROM fk_drift('"text"');
SELECT * FROM fk_drift('{}');
SELECT * FROM fk_drift('{"foreign_keys": []}');
SELECT * FROM fk_drift('{"foreign_keys": [], "version": 2, "schemas": null}');
SELECT * FROM fk_drift('{"foreign_keys": [], "version": 1}');
SELECT * FROM fk_drift('{"foreign_keys": [], "version": 1, "schemas": [3]}');
SELECT * FROM fk_drift('{"foreign_keys": [null], "version": 1, "schemas": null}');
SELECT * FROM fk_drift('{"foreign_keys": [[]], "version": 1, "schemas": null}');
SELECT * FROM fk_drift(jsonb_set(:'before', '{foreign_keys,1,on_delete}', '7'));
SELECT * FROM fk_drift(jsonb_set(:'before', '{foreign_keys,0,child_columns}', '[null]'));
SELECT * FROM fk_drift(:'before'::jsonb #- '{foreign_keys,2,triggers}');
SELECT * FROM fk_drift(fk_baseline(false));
SELECT * FROM fk_drift(:'before', NULL);
SELECT * FROM fk_drift(:'before', '{nonsense}');
SELECT * FROM fk_drift(:'before', '{{a},{b}}');
SELECT fk_snapshot('{nowhere}');
SELECT fk_snapshot('{NULL}');
SELECT fk_fingerprint('{t,nowhere}');
-- A snapshot from elsewhere is data: nothing in it is run, and nothing in it hides a key.
SELECT severity, child, constraint_name, change
  FROM fk_drift(jsonb_set(:'before', '{foreign_keys,0,child}', to_jsonb('t."C c''; DROP TABLE p; --"'::text)));

DROP SCHEMA t, u CASCADE;
