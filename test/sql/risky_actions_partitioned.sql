-- fk_risky_actions() on partitioned tables: before 18 they take no NOT VALID key, so that the new key is added in one
-- statement; since 18 in two, as for any other table.
SET client_min_messages = warning;
CREATE SCHEMA risky_actions_partitioned;
SET search_path = risky_actions_partitioned, public;
CREATE TABLE parent (a int, b int, PRIMARY KEY (a, b));
INSERT INTO parent VALUES (1, 1), (1, 2);
CREATE TABLE parted (a int NOT NULL, b int, CONSTRAINT key FOREIGN KEY (a, b) REFERENCES parent ON DELETE SET NULL)
    PARTITION BY LIST (a);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES IN (1);
INSERT INTO parted VALUES (1, 1), (1, 2);
SELECT constraint_name, risk, ddl FROM fk_risky_actions('parted') WHERE risk = 'set-null-not-null' \gx
DELETE FROM parent WHERE b = 1;
SELECT s FROM fk_risky_actions('parted'), string_to_table(ddl, E'\n') s WHERE risk = 'set-null-not-null' \gexec
SELECT conrelid::regclass, conparentid <> 0 AS derived, convalidated, pg_get_constraintdef(oid)
  FROM pg_constraint WHERE contype = 'f' AND conrelid IN ('parted'::regclass, 'parted_1'::regclass) ORDER BY 2, 1;
DELETE FROM parent WHERE b = 1;
SELECT * FROM parted ORDER BY a, b;
SELECT risk FROM fk_risky_actions('parted') WHERE risk = 'set-null-not-null';
DROP SCHEMA risky_actions_partitioned CASCADE;
