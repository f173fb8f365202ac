-- The enforcement of fk_constraints(): whether writes are really checked, with PostgreSQL's own behaviour beside it: an
-- insert of an orphan and a delete of a referenced row, tried and undone.
CREATE SCHEMA e;
SET search_path = e, public;

-- What PostgreSQL does with a statement that would violate a key.
CREATE FUNCTION tries(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE statement;
    SET CONSTRAINTS ALL IMMEDIATE;
    RAISE EXCEPTION 'undo' USING ERRCODE = 'P0042';
EXCEPTION
    WHEN foreign_key_violation THEN RETURN 'refused';
    WHEN SQLSTATE 'P0042' THEN RETURN 'accepted';
END $$;
CREATE FUNCTION look(table_name regclass, OUT constraint_name name, OUT enforcement text, OUT enforcement_detail text)
RETURNS SETOF record LANGUAGE sql AS
'SELECT f.constraint_name, f.enforcement, f.enforcement_detail FROM fk_constraints(table_name) AS f';

CREATE TABLE parent (id int PRIMARY KEY);
INSERT INTO parent VALUES (1);
CREATE TABLE child (parent int CONSTRAINT k REFERENCES parent);
INSERT INTO child VALUES (1);
CREATE VIEW verdict AS
SELECT enforcement, tries('INSERT INTO child VALUES (99)') AS orphan, tries('DELETE FROM parent') AS parent_delete,
       tries('UPDATE child SET parent = 99') AS orphan_by_update, enforcement_detail
  FROM look('child');

TABLE verdict;

-- DISABLE TRIGGER ALL on one side leaves the other side on.
ALTER TABLE child DISABLE TRIGGER ALL;
TABLE verdict;
ALTER TABLE child ENABLE TRIGGER ALL;
ALTER TABLE parent DISABLE TRIGGER ALL;
TABLE verdict;
ALTER TABLE child DISABLE TRIGGER ALL;
TABLE verdict;
ALTER TABLE child ENABLE TRIGGER ALL;
ALTER TABLE parent ENABLE TRIGGER ALL;
TABLE verdict;

-- DISABLE TRIGGER USER leaves the key's own triggers alone.
ALTER TABLE child DISABLE TRIGGER USER;
ALTER TABLE parent DISABLE TRIGGER USER;
TABLE verdict;

-- One trigger of the four.
CREATE FUNCTION alter_one(what text, table_name regclass, function_name text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE name name;
BEGIN
    SELECT tgname INTO STRICT name FROM pg_trigger
     WHERE tgrelid = table_name AND tgfoid = format('pg_catalog.%I', function_name)::regproc;
    EXECUTE format('ALTER TABLE %s %s TRIGGER %I', table_name, what, name);
END $$;
SELECT alter_one('DISABLE', 'child', 'RI_FKey_check_upd');
TABLE verdict;
SELECT alter_one('ENABLE', 'child', 'RI_FKey_check_upd'), alter_one('DISABLE', 'parent', 'RI_FKey_noaction_del');
TABLE verdict;
SELECT alter_one('ENABLE', 'parent', 'RI_FKey_noaction_del');

-- ENABLE REPLICA: normal writes are not checked; ENABLE ALWAYS: every write is.
SELECT alter_one('ENABLE REPLICA', 'child', 'RI_FKey_check_ins'), alter_one('ENABLE REPLICA', 'parent', 'RI_FKey_noaction_upd');
TABLE verdict;
SELECT alter_one('ENABLE ALWAYS', 'child', 'RI_FKey_check_ins'), alter_one('ENABLE ALWAYS', 'parent', 'RI_FKey_noaction_upd');
TABLE verdict;
-- The role is the session's, not the key's: the verdict is about normal sessions.
SET session_replication_role = replica;
TABLE verdict;
RESET session_replication_role;
ALTER TABLE child ENABLE TRIGGER ALL;
ALTER TABLE parent ENABLE TRIGGER ALL;

-- NOT VALID: new writes are checked; until it is validated. A defect of the triggers is worse and comes first.
ALTER TABLE child DROP CONSTRAINT k;
INSERT INTO child VALUES (98);
ALTER TABLE child ADD CONSTRAINT k FOREIGN KEY (parent) REFERENCES parent NOT VALID;
TABLE verdict;
ALTER TABLE child DISABLE TRIGGER ALL;
TABLE verdict;
ALTER TABLE child ENABLE TRIGGER ALL;
DELETE FROM child WHERE parent = 98;
ALTER TABLE child VALIDATE CONSTRAINT k;
TABLE verdict;

-- Triggers that a superuser deleted from the catalog. (PostgreSQL goes by what it has cached until something else changes
-- about the table.)
CREATE FUNCTION forget_cached(VARIADIC tables regclass[]) RETURNS void LANGUAGE sql AS
'UPDATE pg_class SET relhastriggers = true WHERE oid = ANY (tables)';
BEGIN;
DELETE FROM pg_trigger WHERE tgrelid = 'parent'::regclass;
SELECT forget_cached('parent');
TABLE verdict;
ROLLBACK;
BEGIN;
DELETE FROM pg_trigger WHERE tgrelid = 'child'::regclass AND tgfoid = '"RI_FKey_check_ins"'::regproc;
SELECT forget_cached('child');
TABLE verdict;
ROLLBACK;
BEGIN;
DELETE FROM pg_trigger WHERE tgrelid IN ('child'::regclass, 'parent'::regclass);
SELECT forget_cached('child', 'parent');
TABLE verdict;
ROLLBACK;

-- A table that the catalog says has no triggers: PostgreSQL looks for none, and none fires.
BEGIN;
UPDATE pg_class SET relhastriggers = false WHERE oid = 'child'::regclass;
TABLE verdict;
ROLLBACK;
BEGIN;
UPDATE pg_class SET relhastriggers = false WHERE oid = 'parent'::regclass;
TABLE verdict;
ROLLBACK;
-- Beside triggers that are gone, and of a key that was never validated.
BEGIN;
UPDATE pg_class SET relhastriggers = false WHERE oid IN ('child'::regclass, 'parent'::regclass);
DELETE FROM pg_trigger WHERE tgrelid = 'parent'::regclass;
UPDATE pg_constraint SET convalidated = false WHERE conname = 'k' AND conrelid = 'child'::regclass;
TABLE verdict;
ROLLBACK;
TABLE verdict;

-- Cascading actions and deferrable keys have other trigger functions, the same verdicts.
ALTER TABLE child DROP CONSTRAINT k;
ALTER TABLE child ADD CONSTRAINT k FOREIGN KEY (parent) REFERENCES parent ON DELETE CASCADE ON UPDATE SET NULL
    DEFERRABLE INITIALLY DEFERRED;
TABLE verdict;
ALTER TABLE parent DISABLE TRIGGER ALL;
SELECT enforcement, enforcement_detail FROM look('child');
-- The delete goes through and cascades no more: it leaves an orphan.
BEGIN;
DELETE FROM parent;
SELECT count(*) AS orphans FROM child;
ROLLBACK;
ALTER TABLE parent ENABLE TRIGGER ALL;

-- A key to its own table: both sides' triggers are on the one table.
CREATE TABLE own (id int PRIMARY KEY, up int CONSTRAINT own_up REFERENCES own);
INSERT INTO own VALUES (1, NULL), (2, 1);
SELECT enforcement, enforcement_detail, tries('INSERT INTO own VALUES (3, 99)') AS orphan,
       tries('DELETE FROM own WHERE id = 1') AS parent_delete FROM look('own');
ALTER TABLE own DISABLE TRIGGER ALL;
SELECT enforcement, enforcement_detail, tries('INSERT INTO own VALUES (3, 99)') AS orphan,
       tries('DELETE FROM own WHERE id = 1') AS parent_delete FROM look('own');
DROP TABLE own;

-- A partitioned child: every leaf's check triggers count.
CREATE TABLE pc (id int, parent int CONSTRAINT pk REFERENCES parent) PARTITION BY LIST (id);
CREATE TABLE pc1 PARTITION OF pc FOR VALUES IN (1);
CREATE TABLE pc2 PARTITION OF pc FOR VALUES IN (2) PARTITION BY LIST (id);
-- Its columns are in another order, and one was dropped.
CREATE TABLE pc21 (gone text, parent int, id int);
ALTER TABLE pc21 DROP gone;
ALTER TABLE pc2 ATTACH PARTITION pc21 FOR VALUES IN (2);
INSERT INTO pc VALUES (1, 1), (2, 1);
CREATE VIEW pc_verdict AS
SELECT constraint_name, enforcement, tries('INSERT INTO pc VALUES (1, 99)') AS orphan_in_pc1,
       tries('INSERT INTO pc VALUES (2, 99)') AS orphan_in_pc21, enforcement_detail FROM look('pc');
TABLE pc_verdict;
ALTER TABLE pc21 DISABLE TRIGGER ALL;
TABLE pc_verdict;
-- A partition shows the same key, and so does a partition that is itself partitioned.
SELECT * FROM look('pc21');
SELECT child, constraint_name, enforcement FROM fk_constraints('pc2');
ALTER TABLE pc21 ENABLE TRIGGER ALL;
-- The whole tree: PostgreSQL disables the partitions' triggers, too.
ALTER TABLE pc DISABLE TRIGGER ALL;
TABLE pc_verdict;
ALTER TABLE pc ENABLE TRIGGER ALL;
TABLE pc_verdict;
-- Only the root's, which never fire: writes are still checked. It is reported all the same, as every disabled trigger is.
ALTER TABLE ONLY pc DISABLE TRIGGER ALL;
TABLE pc_verdict;
ALTER TABLE ONLY pc ENABLE TRIGGER ALL;
-- A partition's triggers deleted from the catalog.
BEGIN;
DELETE FROM pg_trigger WHERE tgrelid = 'pc1'::regclass;
SELECT forget_cached('pc1');
TABLE pc_verdict;
ROLLBACK;

BEGIN;
DELETE FROM pg_trigger WHERE tgrelid = 'pc21'::regclass;
DELETE FROM pg_constraint WHERE contype = 'f' AND conrelid = 'pc21'::regclass;
SELECT forget_cached('pc21');
TABLE pc_verdict;
ROLLBACK;

-- A partition that the catalog says has no triggers.
BEGIN;
UPDATE pg_class SET relhastriggers = false WHERE oid = 'pc21'::regclass;
TABLE pc_verdict;
ROLLBACK;

-- A partition's own key beside the inherited one.
ALTER TABLE pc1 ADD CONSTRAINT own_key FOREIGN KEY (id) REFERENCES parent NOT VALID;
SELECT child, constraint_name, enforcement FROM fk_constraints('pc1');
SELECT child, constraint_name, enforcement FROM fk_constraints('pc');
SELECT child, constraint_name, enforcement FROM fk_constraints(NULL, 'own_key');

-- Detached, a partition has a key of its own with triggers on both sides; attached again, it is folded in again.
ALTER TABLE pc DETACH PARTITION pc1;
SELECT child, constraint_name, enforcement, tries('INSERT INTO pc1 VALUES (1, 99)') AS orphan,
       tries('DELETE FROM parent') AS parent_delete, enforcement_detail FROM fk_constraints('pc1');
ALTER TABLE pc1 DISABLE TRIGGER ALL;
ALTER TABLE pc ATTACH PARTITION pc1 FOR VALUES IN (1);
TABLE pc_verdict;
ALTER TABLE pc1 ENABLE TRIGGER ALL;
TABLE pc_verdict;
SELECT child, constraint_name FROM fk_constraints() WHERE parent = 'parent'::regclass;
DROP TABLE pc CASCADE;

-- A partitioned parent: every partition's action triggers count.
CREATE TABLE pp (id int PRIMARY KEY) PARTITION BY LIST (id);
CREATE TABLE pp1 PARTITION OF pp FOR VALUES IN (1);
CREATE TABLE pp2 PARTITION OF pp FOR VALUES IN (2) PARTITION BY LIST (id);
CREATE TABLE pp21 PARTITION OF pp2 FOR VALUES IN (2);
INSERT INTO pp VALUES (1), (2);
CREATE TABLE cp (id int, pp int CONSTRAINT ck REFERENCES pp);
INSERT INTO cp VALUES (1, 1), (2, 2);
CREATE VIEW cp_verdict AS
SELECT constraint_name, enforcement, tries('INSERT INTO cp VALUES (9, 9)') AS orphan,
       tries('DELETE FROM pp WHERE id = 1') AS delete_from_pp1, tries('DELETE FROM pp WHERE id = 2') AS delete_from_pp21,
       enforcement_detail FROM look('cp');
TABLE cp_verdict;
ALTER TABLE pp21 DISABLE TRIGGER ALL;
TABLE cp_verdict;
ALTER TABLE pp21 ENABLE TRIGGER ALL;
ALTER TABLE pp DISABLE TRIGGER ALL;
TABLE cp_verdict;
ALTER TABLE pp ENABLE TRIGGER ALL;
BEGIN;
DELETE FROM pg_trigger WHERE tgrelid = 'pp1'::regclass;
SELECT forget_cached('pp1');
TABLE cp_verdict;
ROLLBACK;
-- With the row that partitioning derived for it: what PostgreSQL before 15.9, 16.5 and 17.1 left behind where a partition
-- was detached and attached again.
BEGIN;
DELETE FROM pg_trigger WHERE tgrelid = 'pp21'::regclass;
DELETE FROM pg_constraint WHERE contype = 'f' AND confrelid = 'pp21'::regclass;
SELECT forget_cached('pp21');
TABLE cp_verdict;
ROLLBACK;
BEGIN;
UPDATE pg_class SET relhastriggers = false WHERE oid = 'pp1'::regclass;
TABLE cp_verdict;
ROLLBACK;
-- A partition that is detached from the parent takes no part in the key any more; PostgreSQL lets it go only unreferenced.
SELECT tries('ALTER TABLE pp DETACH PARTITION pp1');
DELETE FROM cp WHERE pp = 1;
ALTER TABLE pp DETACH PARTITION pp1;
SELECT constraint_name, enforcement, enforcement_detail FROM fk_constraints('cp');
SELECT * FROM fk_references('pp1');
ALTER TABLE pp ATTACH PARTITION pp1 FOR VALUES IN (1);
INSERT INTO cp VALUES (1, 1);
TABLE cp_verdict;
DROP TABLE cp CASCADE;
DROP TABLE pp;

-- A partitioned table that references itself: partitions of both sides.
CREATE TABLE tree (id int PRIMARY KEY, up int CONSTRAINT tree_up REFERENCES tree) PARTITION BY RANGE (id);
CREATE TABLE tree1 PARTITION OF tree FOR VALUES FROM (0) TO (10);
CREATE TABLE tree2 (up int, id int NOT NULL);
ALTER TABLE tree ATTACH PARTITION tree2 FOR VALUES FROM (10) TO (20);
INSERT INTO tree VALUES (1, NULL), (11, 1), (12, 11), (2, 12);
CREATE VIEW tree_verdict AS
SELECT constraint_name, enforcement, tries('INSERT INTO tree VALUES (3, 99)') AS orphan_in_1,
       tries('INSERT INTO tree VALUES (13, 99)') AS orphan_in_2, tries('DELETE FROM tree WHERE id = 1') AS delete_from_1,
       tries('DELETE FROM tree WHERE id = 12') AS delete_from_2, enforcement_detail FROM look('tree');
TABLE tree_verdict;
ALTER TABLE tree2 DISABLE TRIGGER ALL;
TABLE tree_verdict;
ALTER TABLE tree2 ENABLE TRIGGER ALL;
-- Detached and attached again.
DELETE FROM tree WHERE id IN (2, 12, 11);
ALTER TABLE tree DETACH PARTITION tree2;
SELECT child, constraint_name, parent, enforcement, enforcement_detail FROM fk_constraints('tree2');
SELECT child, constraint_name, parent, enforcement, enforcement_detail FROM fk_constraints('tree');
ALTER TABLE tree ATTACH PARTITION tree2 FOR VALUES FROM (10) TO (20);
INSERT INTO tree VALUES (11, 1), (12, 11), (2, 12);
TABLE tree_verdict;
SELECT child, constraint_name FROM fk_constraints() WHERE child::text LIKE 'tree%';

-- A table with a key to the partitioned table that it then becomes a partition of.
CREATE TABLE tree3 (id int PRIMARY KEY, up int, to_root int CONSTRAINT tree3_to_root REFERENCES tree);
ALTER TABLE tree ADD to_root int;
ALTER TABLE tree ATTACH PARTITION tree3 FOR VALUES FROM (20) TO (30);
INSERT INTO tree VALUES (21, NULL, NULL), (22, NULL, 21), (23, NULL, 1);
SELECT child, constraint_name, parent, enforcement, enforcement_detail FROM fk_constraints('tree3');
SELECT tries('INSERT INTO tree VALUES (24, NULL, 99)') AS orphan, tries('DELETE FROM tree WHERE id = 21') AS delete_from_3,
       tries('DELETE FROM tree WHERE id = 1') AS delete_from_1;

-- Both sides partitioned; the key of a partition that was detached knows the parent's partitions.
CREATE TABLE bp (id int PRIMARY KEY) PARTITION BY LIST (id);
CREATE TABLE bp1 PARTITION OF bp FOR VALUES IN (1);
CREATE TABLE bc (id int, bp int CONSTRAINT bk REFERENCES bp) PARTITION BY LIST (id);
CREATE TABLE bc1 PARTITION OF bc FOR VALUES IN (1);
INSERT INTO bp VALUES (1);
INSERT INTO bc VALUES (1, 1);
SELECT constraint_name, enforcement, enforcement_detail, tries('DELETE FROM bp') AS parent_delete FROM look('bc');
ALTER TABLE bc DETACH PARTITION bc1;
SELECT constraint_name, enforcement, enforcement_detail, tries('DELETE FROM bp') AS parent_delete FROM look('bc1');
SELECT constraint_name, enforcement, enforcement_detail FROM look('bc');
CREATE TABLE bp2 PARTITION OF bp FOR VALUES IN (2);
ALTER TABLE bc ATTACH PARTITION bc1 FOR VALUES IN (1);
SELECT constraint_name, enforcement, enforcement_detail, tries('DELETE FROM bp') AS parent_delete FROM look('bc');
SELECT child, constraint_name FROM fk_constraints() WHERE parent = 'bp'::regclass;

SET client_min_messages = warning;
DROP SCHEMA e CASCADE;
