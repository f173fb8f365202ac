-- fk_delete_impact() on partitioned tables: a partition has its own column numbers, and its rows are its table's.
CREATE SCHEMA ip;
CREATE TABLE ip.parent (region int, id int, PRIMARY KEY (region, id)) PARTITION BY LIST (region);
CREATE TABLE ip.parent_1 PARTITION OF ip.parent FOR VALUES IN (1);
CREATE TABLE ip.parent_2 (extra int, id int NOT NULL, region int NOT NULL);
ALTER TABLE ip.parent_2 DROP extra;
ALTER TABLE ip.parent ATTACH PARTITION ip.parent_2 FOR VALUES IN (2);
CREATE TABLE ip.child (
    id int, region int, parent int,
    CONSTRAINT child_parent FOREIGN KEY (region, parent) REFERENCES ip.parent ON DELETE CASCADE ON UPDATE CASCADE)
    PARTITION BY RANGE (id);
CREATE TABLE ip.child_1 PARTITION OF ip.child FOR VALUES FROM (0) TO (10);
CREATE TABLE ip.child_2 (parent int, gone int, region int, id int);
ALTER TABLE ip.child_2 DROP gone;
ALTER TABLE ip.child ATTACH PARTITION ip.child_2 FOR VALUES FROM (10) TO (20);
-- A key of one partition alone, and one that refers to a partition.
ALTER TABLE ip.child_2 ADD CONSTRAINT child_2_own FOREIGN KEY (region, parent) REFERENCES ip.parent ON DELETE SET NULL;
CREATE TABLE ip.of_partition (id int, region int, CONSTRAINT of_partition FOREIGN KEY (region, id) REFERENCES ip.parent_2);
-- The partition key of the child is in the foreign key.
CREATE TABLE ip.moving (region int, id int, CONSTRAINT moving FOREIGN KEY (region, id) REFERENCES ip.parent ON UPDATE CASCADE ON DELETE SET NULL)
    PARTITION BY LIST (region);
CREATE TABLE ip.moving_1 PARTITION OF ip.moving FOR VALUES IN (1);
CREATE TABLE ip.moving_2 PARTITION OF ip.moving FOR VALUES IN (2, NULL);
INSERT INTO ip.parent SELECT r, n FROM generate_series(1, 2) r, generate_series(1, 5) n;
INSERT INTO ip.child SELECT n, 1 + n % 2, 1 + n % 5 FROM generate_series(1, 19) n;
INSERT INTO ip.of_partition VALUES (1, 2);
INSERT INTO ip.moving SELECT r, n FROM generate_series(1, 2) r, generate_series(1, 3) n;
SELECT depth, relation, outcome, rows, constraint_name, detail FROM fk_delete_impact('ip.parent', 'region = 1 AND id = 3');
BEGIN;
DELETE FROM ip.parent WHERE region = 1 AND id = 3;
SELECT (SELECT count(*) FROM ip.child) AS child, (SELECT count(*) FROM ip.moving WHERE region IS NULL) AS moving;
ROLLBACK;
SELECT depth, relation, outcome, rows, constraint_name, detail FROM fk_delete_impact('ip.parent', 'region = 2 AND id IN (1, 2)');
DELETE FROM ip.parent WHERE region = 2 AND id IN (1, 2);
SELECT depth, relation, outcome, rows, constraint_name, detail FROM fk_delete_impact('ip.parent', 'id = 3', 'update key');
-- A partition by itself.
SELECT depth, relation, outcome, rows, constraint_name, path FROM fk_delete_impact('ip.parent_2', 'id = 4');
SET client_min_messages = warning;
DROP SCHEMA ip CASCADE;
