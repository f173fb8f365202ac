-- Which rows are read: ONLY the table itself on each side, unless it is partitioned; and what a row is called.
\getenv inputdir PG_ABS_SRCDIR
\set judge :inputdir '/sql/include/judge.sql'
\set ECHO none
\i :judge
\set ECHO all
CREATE SCHEMA check_tables;
SET search_path = check_tables, public;
SET session_replication_role = replica;

-- Inheritance children are not covered by their parent's foreign key, nor do their rows satisfy one.
CREATE TABLE plain (a int PRIMARY KEY);
INSERT INTO plain VALUES (1), (2);
CREATE TABLE heir_parent (a int PRIMARY KEY);
CREATE TABLE heir_parent_below (PRIMARY KEY (a)) INHERITS (heir_parent);
INSERT INTO heir_parent VALUES (1);
INSERT INTO heir_parent_below VALUES (2);
CREATE TABLE below_parent (id int PRIMARY KEY, a int REFERENCES heir_parent);
INSERT INTO below_parent VALUES (1, 1), (2, 2), (3, 3);
CREATE TABLE to_below (id int PRIMARY KEY, a int REFERENCES heir_parent_below);
INSERT INTO to_below VALUES (1, 1), (2, 2), (3, 3);
CREATE TABLE heir_child (id int PRIMARY KEY, a int REFERENCES plain);
CREATE TABLE heir_child_below () INHERITS (heir_child);
INSERT INTO heir_child VALUES (1, 1), (2, 9);
INSERT INTO heir_child_below VALUES (3, 1), (4, 9), (5, 8);

-- The table references itself: the row itself is a parent, too.
CREATE TABLE tree (id int PRIMARY KEY, up int REFERENCES tree);
INSERT INTO tree VALUES (1, 1), (2, 1), (3, 9), (4, NULL), (5, 3);
CREATE TABLE tree_2 (a int, b int, up_a int, up_b int, PRIMARY KEY (a, b),
    FOREIGN KEY (up_b, up_a) REFERENCES tree_2 (b, a) MATCH FULL);
INSERT INTO tree_2 VALUES (1, 2, 1, 2), (2, 1, 1, 2), (3, 3, 2, 2), (4, 4, NULL, 1), (5, 5, NULL, NULL);

-- Columns in another order than the parent's key, and several keys of one table, one column in two of them.
CREATE TABLE pairs (a int, b int, c text, PRIMARY KEY (a, b), UNIQUE (c, a));
INSERT INTO pairs VALUES (1, 2, 'x'), (2, 3, 'y');
CREATE TABLE permuted (id int PRIMARY KEY, b int, a int, c text,
    CONSTRAINT ab FOREIGN KEY (a, b) REFERENCES pairs (a, b),
    CONSTRAINT ba FOREIGN KEY (b, a) REFERENCES pairs (b, a),
    CONSTRAINT crossed FOREIGN KEY (b, a) REFERENCES pairs (a, b),
    CONSTRAINT ac FOREIGN KEY (a, c) REFERENCES pairs (a, c),
    CONSTRAINT a_alone FOREIGN KEY (a) REFERENCES plain);
INSERT INTO permuted (id, a, b, c) VALUES (1, 1, 2, 'x'), (2, 2, 1, 'y'), (3, 2, 3, 'x'), (4, 3, 2, NULL);
-- A column may stand twice in a key.
CREATE TABLE twice (id int PRIMARY KEY, a int, FOREIGN KEY (a, a) REFERENCES pairs (a, b));
INSERT INTO twice VALUES (1, 1), (2, 2);
INSERT INTO pairs VALUES (2, 2, 'z');

-- A unique constraint or a unique index serves as well as a primary key, with INCLUDE and in any order.
CREATE TABLE uniques (id int PRIMARY KEY, u int UNIQUE, v int, w int);
CREATE UNIQUE INDEX ON uniques (v) INCLUDE (w);
INSERT INTO uniques VALUES (1, 10, 100, 1), (2, NULL, NULL, 2);
CREATE TABLE to_unique (id int PRIMARY KEY, u int REFERENCES uniques (u), v int REFERENCES uniques (v));
INSERT INTO to_unique VALUES (1, 10, 100), (2, 1, 1), (3, NULL, NULL);

-- Without a primary key a row has no row_key; with one of several columns it has them all.
CREATE TABLE keyless (a int REFERENCES plain, remark text);
INSERT INTO keyless VALUES (1, 'kept'), (7, 'lost'), (7, 'lost');
CREATE TABLE long_key ("the Year" int, a int REFERENCES plain, no text, PRIMARY KEY (no, "the Year"));
INSERT INTO long_key VALUES (2024, 1, 'A1'), (2024, 3, 'A2'), (2025, 3, 'A2');
CREATE TABLE key_is_foreign (a int PRIMARY KEY REFERENCES plain);
INSERT INTO key_is_foreign VALUES (1), (5);
-- A generated column, a dropped one before it.
CREATE TABLE generated (gone int, id int PRIMARY KEY, a int, twice int GENERATED ALWAYS AS (a * 2) STORED REFERENCES plain);
ALTER TABLE generated DROP COLUMN gone;
INSERT INTO generated (id, a) VALUES (1, 1), (2, 2), (3, NULL);
-- A deferrable key, one that is not valid, a key of an unlogged and of a temporary table.
CREATE TABLE deferred (id int PRIMARY KEY, a int REFERENCES plain DEFERRABLE INITIALLY DEFERRED);
INSERT INTO deferred VALUES (1, 1), (2, 4);
CREATE TABLE not_valid (id int PRIMARY KEY, a int);
INSERT INTO not_valid VALUES (1, 1), (2, 4);
ALTER TABLE not_valid ADD FOREIGN KEY (a) REFERENCES plain NOT VALID;
CREATE UNLOGGED TABLE unlogged (id int PRIMARY KEY, a int REFERENCES plain);
INSERT INTO unlogged VALUES (1, 1), (2, 4);
CREATE TEMP TABLE temporary_parent (a int PRIMARY KEY);
INSERT INTO temporary_parent VALUES (1);
CREATE TEMP TABLE temporary (id int PRIMARY KEY, a int REFERENCES temporary_parent);
INSERT INTO temporary VALUES (1, 1), (2, 4);

-- Partitioned children: two levels, other column numbers in the partitions, a default one, a NULL one.
CREATE TABLE parted (region text, gone int, id int, a int, CONSTRAINT parted_plain FOREIGN KEY (a) REFERENCES plain,
    PRIMARY KEY (region, id)) PARTITION BY LIST (region);
ALTER TABLE parted DROP COLUMN gone;
CREATE TABLE parted_eu (a int, region text NOT NULL, junk int, id int NOT NULL) PARTITION BY RANGE (id);
ALTER TABLE parted_eu DROP COLUMN junk;
ALTER TABLE parted ATTACH PARTITION parted_eu FOR VALUES IN ('eu');
CREATE TABLE parted_eu_1 PARTITION OF parted_eu FOR VALUES FROM (0) TO (10);
CREATE TABLE parted_eu_2 (junk int, id int NOT NULL, more int, region text NOT NULL, a int);
ALTER TABLE parted_eu_2 DROP COLUMN junk, DROP COLUMN more;
ALTER TABLE parted_eu ATTACH PARTITION parted_eu_2 FOR VALUES FROM (10) TO (20);
CREATE TABLE parted_rest PARTITION OF parted DEFAULT;
-- Keys that only a part of it has.
ALTER TABLE parted_eu_2 ADD CONSTRAINT own_key FOREIGN KEY (id) REFERENCES plain;
ALTER TABLE parted_eu ADD CONSTRAINT middle_key FOREIGN KEY (a) REFERENCES tree;
INSERT INTO parted VALUES ('eu', 1, 1), ('eu', 2, 9), ('eu', 11, 9), ('eu', 12, 2), ('us', 1, 9), ('us', 2, NULL);
-- The same with a self-reference.
CREATE TABLE parted_tree (id int PRIMARY KEY, up int REFERENCES parted_tree) PARTITION BY HASH (id);
CREATE TABLE parted_tree_0 PARTITION OF parted_tree FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE parted_tree_1 PARTITION OF parted_tree FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO parted_tree SELECT n, n / 2 FROM generate_series(1, 9) n;

-- Partitioned parents, two levels; a key to one of their partitions.
CREATE TABLE parted_parent (id int, region text, PRIMARY KEY (region, id)) PARTITION BY LIST (region);
CREATE TABLE parted_parent_eu PARTITION OF parted_parent FOR VALUES IN ('eu') PARTITION BY RANGE (id);
CREATE TABLE parted_parent_eu_1 PARTITION OF parted_parent_eu FOR VALUES FROM (0) TO (10);
CREATE TABLE parted_parent_eu_2 (region text NOT NULL, junk int, id int NOT NULL, PRIMARY KEY (region, id));
ALTER TABLE parted_parent_eu_2 DROP COLUMN junk;
ALTER TABLE parted_parent_eu ATTACH PARTITION parted_parent_eu_2 FOR VALUES FROM (10) TO (20);
CREATE TABLE parted_parent_rest PARTITION OF parted_parent DEFAULT;
INSERT INTO parted_parent (id, region) VALUES (1, 'eu'), (11, 'eu'), (1, 'us');
CREATE TABLE to_parted (id int PRIMARY KEY, region text, a int, FOREIGN KEY (a, region) REFERENCES parted_parent (id, region));
INSERT INTO to_parted VALUES (1, 'eu', 1), (2, 'eu', 11), (3, 'us', 1), (4, 'us', 11), (5, 'eu', 2), (6, 'eu', NULL),
    (7, 'asia', 1), (8, 'eu', 99);
CREATE TABLE to_partition (id int PRIMARY KEY, region text, a int,
    FOREIGN KEY (region, a) REFERENCES parted_parent_eu_2 (region, id));
INSERT INTO to_partition VALUES (1, 'eu', 1), (2, 'eu', 11);
-- Partitioned on both sides.
CREATE TABLE both_parted (region text, id int, a int, PRIMARY KEY (region, id),
    FOREIGN KEY (region, a) REFERENCES parted_parent (region, id)) PARTITION BY LIST (region);
CREATE TABLE both_parted_eu PARTITION OF both_parted FOR VALUES IN ('eu');
CREATE TABLE both_parted_rest PARTITION OF both_parted DEFAULT;
INSERT INTO both_parted VALUES ('eu', 1, 1), ('eu', 2, 2), ('us', 1, 1), ('us', 2, 11), ('asia', 1, 1);
-- A partitioned table without partitions.
CREATE TABLE hollow (a int REFERENCES plain) PARTITION BY LIST (a);
CREATE TABLE hollow_parent (a int PRIMARY KEY) PARTITION BY LIST (a);
CREATE TABLE to_hollow (id int PRIMARY KEY, a int REFERENCES hollow_parent);
INSERT INTO to_hollow VALUES (1, 1), (2, NULL);
SET session_replication_role = origin;

SELECT * FROM judge.all_rows();
SELECT judge.rows('temporary', 'temporary_a_fkey');

-- How each orphan is named.
SELECT constraint_name, row_key, foreign_key, row_table, row_ctid FROM fk_orphans('parted');
SELECT constraint_name, row_key, foreign_key, row_table, row_ctid FROM fk_orphans('both_parted');
SELECT row_key, foreign_key, row_table, row_ctid FROM fk_orphans('keyless');
SELECT row_key, foreign_key, row_table, row_ctid FROM fk_orphans('long_key');
SELECT row_key, foreign_key, row_table, row_ctid FROM fk_orphans('tree_2');
SELECT row_key, foreign_key, row_table, row_ctid FROM fk_orphans('twice');
SELECT row_key, foreign_key, row_table, row_ctid FROM fk_orphans('generated');

-- A partition stands for its ancestors' keys and for its own; the declared child is named, and all of it is examined.
SELECT child, constraint_name, orphan_rows, rows_checked FROM fk_check('parted_eu_2');
SELECT child, constraint_name, orphan_rows, rows_checked FROM fk_check('parted_rest');
SELECT child, constraint_name, row_key, row_table FROM fk_orphans('parted_eu_2', 'own_key');

-- A table between valid and not, its own kind of verdict.
SELECT child, verdict, orphan_rows, enforcement FROM fk_check('not_valid');
DELETE FROM not_valid WHERE id = 2;
SELECT child, verdict, orphan_rows, enforcement FROM fk_check('not_valid');

-- Many rows, and all of them orphans.
SET session_replication_role = replica;
CREATE TABLE many (id int PRIMARY KEY, a int REFERENCES plain);
INSERT INTO many SELECT n, n % 1000 + 10 FROM generate_series(1, 100000) n;
SET session_replication_role = origin;
SELECT verdict, orphan_rows, missing_keys, example, rows_checked FROM fk_check('many');
SELECT count(*), count(DISTINCT row_ctid), count(DISTINCT foreign_key), min(row_key::text) FROM fk_orphans('many');

SET client_min_messages = warning;
DROP SCHEMA check_tables, judge CASCADE;
DROP TABLE temporary, temporary_parent;
