-- Temporal keys: the child's period must lie within the union of the periods of the parents that match otherwise. Each
-- row's verdict is compared with that of PostgreSQL's own triggers.
SELECT current_setting('server_version_num')::int < 180000 AS too_old \gset
\if :too_old
\echo not run: PostgreSQL 15 to 17 have no PERIOD keys
\quit
\endif
\getenv inputdir PG_ABS_SRCDIR
\set judge :inputdir '/sql/include/judge.sql'
\set ECHO none
\i :judge
\set ECHO all
SET client_min_messages = warning;
CREATE SCHEMA check_temporal;
SET search_path = check_temporal, public;
-- An int4range has a GiST operator class without btree_gist.
CREATE TABLE parent (id int4range, valid daterange, CONSTRAINT parent_key PRIMARY KEY (id, valid WITHOUT OVERLAPS));
INSERT INTO parent VALUES
    ('[1,2)', '[2024-01-01,2024-02-01)'), ('[1,2)', '[2024-02-01,2024-03-01)'), ('[1,2)', '[2024-04-01,2024-05-01)'),
    ('[2,3)', '[2024-01-01,)'), ('[3,4)', '(,)'), ('[4,5)', '[2024-01-01,2024-01-02)');
CREATE TABLE child (n int PRIMARY KEY, id int4range, valid daterange,
    CONSTRAINT key FOREIGN KEY (id, PERIOD valid) REFERENCES parent (id, PERIOD valid));
SELECT constraint_name, is_temporal, child_columns, parent_columns, on_delete, definition FROM fk_constraints('child') \gx
SET session_replication_role = replica;
INSERT INTO child VALUES
    (1, '[1,2)', '[2024-01-10,2024-01-20)'),    -- within one parent
    (2, '[1,2)', '[2024-01-10,2024-02-20)'),    -- within two that meet
    (3, '[1,2)', '[2024-02-10,2024-04-20)'),    -- a gap between two
    (4, '[1,2)', '[2024-03-01,2024-04-01)'),    -- in the gap
    (5, '[1,2)', '[2023-12-31,2024-01-02)'),    -- begins a day too early
    (6, '[1,2)', '[2024-04-30,2024-05-02)'),    -- ends a day too late
    (7, '[2,3)', '[2024-06-01,)'),              -- both without an end
    (8, '[2,3)', '(,)'),                        -- only one without a beginning
    (9, '[3,4)', '(,)'), (10, '[3,4)', '[1900-01-01,1900-01-01]'),
    (11, '[1,2)', 'empty'), (12, '[3,4)', 'empty'),
    (13, '[9,10)', '[2024-01-01,2024-01-02)'),  -- no such parent
    (14, '[9,10)', 'empty'),
    (15, NULL, '[2024-01-01,2024-01-02)'), (16, '[9,10)', NULL), (17, NULL, NULL),
    (18, 'empty', '[2024-01-01,2024-01-02)'),
    (19, '[4,5)', '[2024-01-01,2024-01-01]'),
    (20, '[4,5)', '(2023-12-31,2024-01-01]');   -- the same days, written otherwise
RESET session_replication_role;
SELECT verdict, orphan_rows, missing_keys, rows_checked, partial_null_rows, mixed_null_rows, engine FROM fk_check('child');
SELECT row_key -> 'n' AS n, foreign_key, reason FROM fk_orphans('child') ORDER BY 1;
SELECT * FROM judge.all_rows();
ALTER TABLE child VALIDATE CONSTRAINT key;
-- The same columns, not declared, are compared by equality.
SELECT verdict, orphan_rows, detail FROM fk_check('child', '{id,valid}', 'parent', '{id,valid}');

-- Multiranges, two columns beside the period, other types of periods, names that need quoting.
CREATE TABLE multi_parent (id int4range, valid datemultirange, PRIMARY KEY (id, valid WITHOUT OVERLAPS));
INSERT INTO multi_parent VALUES ('[1,2)', '{[2024-01-01,2024-02-01),[2024-03-01,2024-04-01)}'), ('[1,2)', '{[2024-02-01,2024-03-01)}');
CREATE TABLE multi_child (n int PRIMARY KEY, id int4range, valid datemultirange,
    FOREIGN KEY (id, PERIOD valid) REFERENCES multi_parent (id, PERIOD valid));
CREATE TABLE "A parent" ("I""d" int4range, b int8range, "select" tsrange, PRIMARY KEY ("I""d", b, "select" WITHOUT OVERLAPS));
INSERT INTO "A parent" VALUES ('[1,2)', '[1,2)', '[2024-01-01,2024-01-02)'), ('[1,2)', '[1,2)', '[2024-01-02,2024-01-03)');
CREATE TABLE "A child" (n int PRIMARY KEY, "from" tsrange, x int4range, y int8range,
    CONSTRAINT "a key" FOREIGN KEY (x, y, PERIOD "from") REFERENCES "A parent" ("I""d", b, PERIOD "select"));
CREATE TABLE number_parent (id int4range, valid numrange, UNIQUE (id, valid WITHOUT OVERLAPS));
INSERT INTO number_parent VALUES ('[1,2)', '[0,1)'), ('[1,2)', '(1,2)'), ('[2,3)', NULL);
CREATE TABLE number_child (n int PRIMARY KEY, id int4range, valid numrange,
    FOREIGN KEY (id, PERIOD valid) REFERENCES number_parent (id, PERIOD valid));
SET session_replication_role = replica;
INSERT INTO multi_child VALUES (1, '[1,2)', '{[2024-01-01,2024-04-01)}'), (2, '[1,2)', '{[2024-01-15,2024-01-16),[2024-04-01,2024-04-02)}'),
    (3, '[1,2)', '{}'), (4, '[2,3)', '{[2024-01-15,2024-01-16)}'), (5, '[1,2)', NULL);
INSERT INTO "A child" VALUES (1, '[2024-01-01 12:00,2024-01-02 12:00]', '[1,2)', '[1,2)'), (2, '[2024-01-01,2024-01-03]', '[1,2)', '[1,2)'),
    (3, '[2024-01-01,2024-01-02)', '[1,2)', '[2,3)'), (4, '[2024-01-01,2024-01-02)', '[1,2)', NULL);
INSERT INTO number_child VALUES (1, '[1,2)', '[0.5,1)'), (2, '[1,2)', '[0.5,1.5]'), (3, '[1,2)', '[1,1]'), (4, '[2,3)', '[0,1)');
RESET session_replication_role;
SELECT child, missing_keys, example FROM fk_check() WHERE child <> 'child'::regclass ORDER BY child::text;
SELECT * FROM judge.all_rows() WHERE child <> 'child'::regclass;

-- Partitions on either side, and inheritance children, which do not count.
CREATE TABLE parted_parent (id int4range, valid daterange, PRIMARY KEY (id, valid WITHOUT OVERLAPS)) PARTITION BY LIST (id);
CREATE TABLE parted_parent_1 PARTITION OF parted_parent FOR VALUES IN ('[1,2)');
CREATE TABLE parted_parent_2 PARTITION OF parted_parent DEFAULT;
INSERT INTO parted_parent SELECT * FROM parent;
CREATE TABLE parted_child (n int, valid daterange, id int4range,
    CONSTRAINT key FOREIGN KEY (id, PERIOD valid) REFERENCES parted_parent (id, PERIOD valid)) PARTITION BY LIST (n);
CREATE TABLE parted_child_1 PARTITION OF parted_child FOR VALUES IN (1, 2, 3, 4, 5, 6, 7, 8);
CREATE TABLE parted_child_2 PARTITION OF parted_child DEFAULT;
SET session_replication_role = replica;
INSERT INTO parted_child SELECT n, valid, id FROM child;
RESET session_replication_role;
CREATE TABLE heir () INHERITS (parent);
INSERT INTO heir VALUES ('[9,10)', '(,)');
SELECT child, verdict, orphan_rows FROM fk_check() WHERE child IN ('child'::regclass, 'parted_child') ORDER BY 1;
SELECT judge.rows('child', 'key'), judge.rows('parted_child', 'key');
SELECT row_table, count(*) FROM fk_orphans('parted_child') GROUP BY 1 ORDER BY 1;
-- What the keys need of an index, which serves the search for the children of a parent's row.
SELECT constraint_name, verdict, reason FROM fk_missing_indexes('child', include_covered => true);
CREATE INDEX child_gist ON child USING gist (id, valid);
SELECT constraint_name, verdict, index, reason FROM fk_missing_indexes('child', include_covered => true);
DELETE FROM child WHERE n IN (SELECT (row_key ->> 'n')::int FROM fk_orphans('child'));
SELECT verdict, orphan_rows FROM fk_check('child');
SELECT constraint_name, risk FROM fk_risky_actions('child');
SELECT * FROM fk_type_mismatches('child');
DROP SCHEMA check_temporal, judge CASCADE;
