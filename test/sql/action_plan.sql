-- fk_action_plan(): the statements after which a key has other actions or another deferrability, and is all else that it
-- was. Every statement that it prints is run, and PostgreSQL's catalog compared with what was asked for.
CREATE SCHEMA ap;
CREATE VIEW ap.keys AS
    SELECT c.conrelid::regclass AS child, c.conname, pg_get_constraintdef(c.oid) AS definition, c.convalidated AS valid,
           obj_description(c.oid, 'pg_constraint') AS comment
      FROM pg_constraint c WHERE c.contype = 'f' AND c.conparentid = 0 AND c.connamespace IN (SELECT oid FROM pg_namespace WHERE nspname LIKE 'ap%')
     ORDER BY 1, 2;
CREATE TABLE ap.p (a int, b int, PRIMARY KEY (a, b));
CREATE TABLE ap.c (a int, b int, c int PRIMARY KEY,
    CONSTRAINT k FOREIGN KEY (a, b) REFERENCES ap.p MATCH FULL ON UPDATE CASCADE DEFERRABLE);
CREATE INDEX ON ap.c (a, b);
INSERT INTO ap.p VALUES (1, 1), (2, 2);
INSERT INTO ap.c VALUES (1, 1, 1), (2, 2, 2), (NULL, NULL, 3);
COMMENT ON CONSTRAINT k ON ap.c IS E'It''s \\ the\nkey';
SELECT * FROM fk_action_plan('ap.c', 'k', 'cascade');
SELECT statement FROM fk_action_plan('ap.c', 'k', 'cascade') \gexec
SELECT * FROM ap.keys;
-- Upper case is as good; both actions and the deferrability at once.
SELECT statement FROM fk_action_plan('ap.c', 'k', 'SET NULL', 'NO ACTION', 'INITIALLY DEFERRED') \gexec
SELECT * FROM ap.keys;
-- Deferrability alone changes in place: the key keeps its OID.
SELECT oid AS k FROM pg_constraint WHERE conname = 'k' \gset
SELECT * FROM fk_action_plan('ap.c', 'k', deferrability => 'deferrable');
SELECT statement FROM fk_action_plan('ap.c', 'k', deferrability => 'deferrable') \gexec
SELECT definition FROM ap.keys;
SELECT statement FROM fk_action_plan('ap.c', 'k', 'set null', deferrability => 'not deferrable') \gexec
SELECT definition FROM ap.keys;
SELECT count(*) FROM pg_constraint WHERE oid = :k;
-- Nothing to do.
SELECT * FROM fk_action_plan('ap.c', 'k');
SELECT * FROM fk_action_plan('ap.c', 'k', 'set null', 'no action', 'not deferrable');

-- The columns of SET NULL stay while the action does, and go with it.
CREATE TABLE ap.listed (a int NOT NULL, b int,
    CONSTRAINT some_columns FOREIGN KEY (a, b) REFERENCES ap.p ON DELETE SET NULL (b));
SELECT statement FROM fk_action_plan('ap.listed', 'some_columns', on_update => 'restrict') \gexec
SELECT definition FROM ap.keys WHERE conname = 'some_columns';
SELECT statement FROM fk_action_plan('ap.listed', 'some_columns', 'set default') \gexec
SELECT definition FROM ap.keys WHERE conname = 'some_columns';
SELECT statement FROM fk_action_plan('ap.listed', 'some_columns', 'restrict') \gexec
SELECT definition FROM ap.keys WHERE conname = 'some_columns';

-- A key that is NOT VALID stays so. A valid one with orphans cannot be valid again before they are repaired.
CREATE TABLE ap.dirty (a int, b int);
INSERT INTO ap.dirty VALUES (7, 7);
ALTER TABLE ap.dirty ADD CONSTRAINT not_valid FOREIGN KEY (a, b) REFERENCES ap.p NOT VALID;
SELECT step, statement, detail FROM fk_action_plan('ap.dirty', 'not_valid', 'cascade');
SELECT statement FROM fk_action_plan('ap.dirty', 'not_valid', 'cascade') \gexec
ALTER TABLE ap.dirty DROP CONSTRAINT not_valid;
DELETE FROM ap.dirty;
ALTER TABLE ap.dirty ADD CONSTRAINT bypassed FOREIGN KEY (a, b) REFERENCES ap.p;
ALTER TABLE ap.dirty DISABLE TRIGGER ALL;
INSERT INTO ap.dirty VALUES (7, 7);
SELECT step, statement, lock_mode, detail FROM fk_action_plan('ap.dirty', 'bypassed', 'cascade');
SELECT replace(statement, '*', 'child, foreign_key, reason') FROM fk_action_plan('ap.dirty', 'bypassed', 'cascade') \gexec
SELECT child, definition, valid FROM ap.keys WHERE child = 'ap.dirty'::regclass;

-- What the new action meets.
CREATE TABLE ap.q (id int PRIMARY KEY);
CREATE TABLE ap.r (id int PRIMARY KEY, q int NOT NULL DEFAULT 9 CONSTRAINT r_q REFERENCES ap.q, next int CONSTRAINT r_r REFERENCES ap.r);
CREATE TABLE ap.s (r int CONSTRAINT s_r REFERENCES ap.r ON DELETE CASCADE);
CREATE TABLE ap.t (r int CONSTRAINT t_r REFERENCES ap.r ON DELETE CASCADE);
CREATE FUNCTION ap.nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER watch AFTER DELETE ON ap.r FOR EACH ROW EXECUTE FUNCTION ap.nothing();
CREATE TRIGGER guard BEFORE UPDATE ON ap.r FOR EACH ROW EXECUTE FUNCTION ap.nothing();
SELECT warning FROM fk_action_plan('ap.r', 'r_q', 'cascade'), string_to_table(detail, '; warning: ') warning WHERE step = 3;
SELECT warning FROM fk_action_plan('ap.r', 'r_q', 'set null'), string_to_table(detail, '; warning: ') warning WHERE step = 3;
SELECT warning FROM fk_action_plan('ap.r', 'r_q', 'set default'), string_to_table(detail, '; warning: ') warning WHERE step = 3;
SELECT warning FROM fk_action_plan('ap.r', 'r_q', 'restrict', 'cascade'), string_to_table(detail, '; warning: ') warning WHERE step = 3;
SELECT statement, lock_mode FROM fk_action_plan('ap.r', 'r_r', 'set null');
SELECT statement FROM fk_action_plan('ap.r', 'r_r', 'set null') \gexec
SELECT definition, valid FROM ap.keys WHERE conname = 'r_r';

-- The locks are those that PostgreSQL takes.
CREATE VIEW ap.locks AS
    SELECT relation::regclass, mode FROM pg_locks
     WHERE pid = pg_backend_pid() AND locktype = 'relation' AND relation IN ('ap.q'::regclass, 'ap.r'::regclass)
       AND mode NOT IN ('AccessShareLock', 'RowShareLock') ORDER BY 1, 2;
SELECT statement, lock_mode FROM fk_action_plan('ap.r', 'r_q', 'cascade') WHERE statement LIKE 'ALTER%';
BEGIN;
ALTER TABLE ap.r DROP CONSTRAINT r_q, ADD CONSTRAINT r_q FOREIGN KEY (q) REFERENCES ap.q(id) ON DELETE CASCADE NOT VALID;
SELECT * FROM ap.locks;
COMMIT;
BEGIN;
ALTER TABLE ap.r VALIDATE CONSTRAINT r_q;
SELECT * FROM ap.locks;
COMMIT;
SELECT statement, lock_mode FROM fk_action_plan('ap.r', 'r_q', deferrability => 'deferrable');
BEGIN;
ALTER TABLE ap.r ALTER CONSTRAINT r_q DEFERRABLE INITIALLY IMMEDIATE;
SELECT * FROM ap.locks;
ROLLBACK;

-- Generated columns: PostgreSQL refuses what the plan refuses, and takes what it prints.
CREATE TABLE ap.gen (x int, g int GENERATED ALWAYS AS (x + 1) STORED CONSTRAINT gen REFERENCES ap.q);
SELECT * FROM fk_action_plan('ap.gen', 'gen', 'set null');
ALTER TABLE ap.gen ADD FOREIGN KEY (g) REFERENCES ap.q ON DELETE SET NULL;
SELECT * FROM fk_action_plan('ap.gen', 'gen', NULL, 'cascade');
ALTER TABLE ap.gen ADD FOREIGN KEY (g) REFERENCES ap.q ON UPDATE CASCADE;
SELECT statement FROM fk_action_plan('ap.gen', 'gen', 'cascade', 'restrict') \gexec
SELECT definition FROM ap.keys WHERE conname = 'gen';

-- Bad input.
SELECT * FROM fk_action_plan(NULL, 'k', 'cascade');
SELECT * FROM fk_action_plan('ap.c', NULL, 'cascade');
SELECT * FROM fk_action_plan('ap.c', 'no_such', 'cascade');
SELECT * FROM fk_action_plan('ap.keys', 'k', 'cascade');
SELECT * FROM fk_action_plan('ap.c', 'k', 'delete');
SELECT * FROM fk_action_plan('ap.c', 'k', NULL, '');
SELECT * FROM fk_action_plan('ap.c', 'k', deferrability => 'initially immediate');

-- Names that would be SQL, and a comment.
CREATE SCHEMA "ap""; DROP SCHEMA ap CASCADE; --";
CREATE TABLE "ap""; DROP SCHEMA ap CASCADE; --"."t'
1" ("c""; --" int PRIMARY KEY, other int CONSTRAINT "k""'; --" REFERENCES "ap""; DROP SCHEMA ap CASCADE; --"."t'
1");
COMMENT ON CONSTRAINT "k""'; --" ON "ap""; DROP SCHEMA ap CASCADE; --"."t'
1" IS '''; DROP SCHEMA ap CASCADE; --';
SELECT statement FROM fk_action_plan((SELECT oid FROM pg_class WHERE relname LIKE E't''\n1'), 'k"''; --', 'cascade');
SELECT statement FROM fk_action_plan((SELECT oid FROM pg_class WHERE relname LIKE E't''\n1'), 'k"''; --', 'cascade') \gexec
SELECT definition, comment FROM ap.keys WHERE conname LIKE 'k"%';

-- Who may not read the rows gets the plan, and is told that they were not looked at.
CREATE ROLE regress_fkaudit_plan;
GRANT USAGE ON SCHEMA ap TO regress_fkaudit_plan;
SET ROLE regress_fkaudit_plan;
SELECT step, statement, detail FROM fk_action_plan('ap.s', 's_r', 'restrict') WHERE step > 3;
RESET ROLE;

-- All actions and deferrabilities, on keys of many shapes: all else stays as the catalog has it.
CREATE FUNCTION ap.letter(action text) RETURNS "char" LANGUAGE sql AS $$
    SELECT CASE action WHEN 'set null' THEN 'n' WHEN 'no action' THEN 'a' WHEN 'set default' THEN 'd' ELSE left(action, 1) END::"char"
$$;
CREATE FUNCTION ap.apply(child regclass, name name, on_delete text, on_update text, deferrability text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    ignored text[] := '{oid,conindid,confdeltype,confupdtype,condeferrable,condeferred,confdelsetcols,conperiod}';
    before jsonb := (SELECT to_jsonb(c) - ignored FROM pg_constraint c WHERE conrelid = child AND conname = name);
    one text;
    now pg_constraint;
BEGIN
    FOR one IN SELECT statement FROM fk_action_plan(child, name, on_delete, on_update, deferrability)
                WHERE statement NOT IN ('BEGIN;', 'COMMIT;') LOOP
        EXECUTE one;
    END LOOP;
    SELECT * INTO now FROM pg_constraint WHERE conrelid = child AND conname = name;
    RETURN CASE WHEN to_jsonb(now) - ignored <> before THEN format('%s, was %s', to_jsonb(now) - ignored, before)
                WHEN now.confdeltype <> ap.letter(on_delete) THEN 'ON DELETE'
                WHEN now.confupdtype <> ap.letter(on_update) THEN 'ON UPDATE'
                WHEN now.condeferrable <> (deferrability <> 'not deferrable') THEN 'deferrable'
                WHEN now.condeferred <> (deferrability = 'initially deferred') THEN 'deferred'
                ELSE 'as asked' END;
END $$;
CREATE TABLE ap.parted (a int, b int, c int) PARTITION BY RANGE (c);
CREATE TABLE ap.parted_1 PARTITION OF ap.parted FOR VALUES FROM (0) TO (10);
CREATE TABLE ap.parted_2 (b int, c int, a int);
ALTER TABLE ap.parted ATTACH PARTITION ap.parted_2 FOR VALUES FROM (10) TO (20);
ALTER TABLE ap.parted ADD CONSTRAINT parted FOREIGN KEY (a, b) REFERENCES ap.p;
CREATE TABLE ap.pp (a int PRIMARY KEY) PARTITION BY HASH (a);
CREATE TABLE ap.pp_0 PARTITION OF ap.pp FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE ap.pp_1 PARTITION OF ap.pp FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE TABLE ap.of_pp (a int CONSTRAINT of_pp REFERENCES ap.pp);
ALTER TABLE ap.dirty DROP CONSTRAINT bypassed;
DROP TABLE ap.gen;
SET client_min_messages = warning;
SELECT outcome, count(*)
  FROM (SELECT ap.apply(child, conname, d, u,
                        ('{not deferrable,deferrable,initially deferred}'::text[])[1 + (length(d) + length(u)) % 3]) AS outcome
          FROM ap.keys, unnest('{cascade,set null,no action,set default,restrict}'::text[]) d,
               unnest('{cascade,set null,no action,set default,restrict}'::text[]) u) AS tries
 GROUP BY 1 ORDER BY 1;
RESET client_min_messages;
-- No key lost a trigger.
SELECT child, constraint_name, enforcement FROM fk_constraints() WHERE enforcement <> 'enforced';
-- A partition stands for its table's key; before PostgreSQL 18 all of its rows are read at once.
SELECT replace(statement, ' NOT VALID', '') AS statement FROM fk_action_plan('ap.parted_2', 'parted', 'cascade') WHERE statement LIKE '%DROP%';

SET client_min_messages = warning;
DROP SCHEMA ap, "ap""; DROP SCHEMA ap CASCADE; --" CASCADE;
DROP ROLE regress_fkaudit_plan;
