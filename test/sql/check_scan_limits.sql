-- What the scan engine leaves to sql under `auto`, and what becomes of it where the engine is forced: never more memory
-- than maintenance_work_mem, never a table whose rows are elsewhere, never a row that the caller may not see.
SET client_min_messages = warning;
CREATE SCHEMA check_scan_limits;
SET search_path = check_scan_limits, public;
SET session_replication_role = replica;

-- A parent whose keys take more than the memory: both sides are compared in parts, by temporary files. One whose keys are
-- dense takes hardly any.
CREATE TABLE sparse (k int8 PRIMARY KEY);
INSERT INTO sparse SELECT n * 1000000007::int8 FROM generate_series(1, 100000) n;
CREATE TABLE dense (k int8 PRIMARY KEY);
INSERT INTO dense SELECT n FROM generate_series(1, 100000) n;
-- Byte strings are not spilled.
CREATE TABLE texts (k text PRIMARY KEY);
INSERT INTO texts SELECT 'a text of some length ' || n FROM generate_series(1, 50000) n;
CREATE TABLE child (id int PRIMARY KEY, s int8 CONSTRAINT to_sparse REFERENCES sparse, d int8 CONSTRAINT to_dense REFERENCES dense,
    t text CONSTRAINT to_texts REFERENCES texts);
INSERT INTO child SELECT n, n * 1000000007::int8, n, 'a text of some length ' || n - 50002 FROM generate_series(99990, 100010) n;
SELECT constraint_name, verdict, orphan_rows, missing_keys, engine, detail FROM fk_check('child');
SET maintenance_work_mem = '1MB';
SELECT constraint_name, verdict, orphan_rows, missing_keys, engine, detail FROM fk_check('child');
SELECT constraint_name, count(*) FROM fk_orphans('child') GROUP BY 1 ORDER BY 1;
SET fkaudit.engine = scan;
SELECT constraint_name, verdict, orphan_rows, reason, detail FROM fk_check('child');
SELECT constraint_name, count(*) FROM fk_orphans('child') GROUP BY 1 ORDER BY 1;
RESET fkaudit.engine;
-- What is compared in parts is what sql finds, row for row: one column and several, uuid, partitions, NULLs, both match
-- types, rows that are gone, duplicates in the parent of an undeclared key.
CREATE TABLE wide_parent (a int8, b int4, u uuid UNIQUE, x int8 UNIQUE, PRIMARY KEY (a, b));
INSERT INTO wide_parent SELECT n * 700000000001, n % 7, md5(n::text)::uuid, n * 1000000007::int8 FROM generate_series(0, 69999) n;
CREATE TABLE wide_child (id int, part int, a int8, b int4, u uuid, x int8) PARTITION BY LIST (part);
CREATE TABLE wide_child_1 (x int8, u uuid, part int, gone text, id int, a int8, b int4);
ALTER TABLE wide_child_1 DROP gone;
ALTER TABLE wide_child ATTACH PARTITION wide_child_1 FOR VALUES IN (1);
CREATE TABLE wide_child_2 PARTITION OF wide_child FOR VALUES IN (2);
CREATE TABLE wide_child_3 PARTITION OF wide_child FOR VALUES IN (3);
INSERT INTO wide_child SELECT n, n % 3 + 1, n * 700000000001, n % 7 + (n = 9000)::int, md5(n::text)::uuid, n * 1000000007::int8 FROM generate_series(0, 9999) n;
UPDATE wide_child SET a = NULL WHERE id % 1000 = 17;
UPDATE wide_child SET b = NULL WHERE id % 2000 = 1017 OR id = 5;
UPDATE wide_child SET u = md5(id || '!')::uuid WHERE id % 3333 = 1;
UPDATE wide_child SET u = NULL, x = NULL WHERE id % 10 = 2;
UPDATE wide_child SET x = 3 WHERE id % 4000 = 3;
DELETE FROM wide_child WHERE id % 100 = 50;
INSERT INTO wide_child VALUES (-1, 1, NULL, NULL, NULL, NULL), (-2, 2, 0, 0, '00000000-0000-0000-0000-000000000000', 0), (-3, 3, 0, 0, md5('0')::uuid, 3);
RESET session_replication_role;
ALTER TABLE wide_child ADD CONSTRAINT p1 PRIMARY KEY (id, part);
SET session_replication_role = replica;
CREATE FUNCTION answers(engine text, columns name[], match text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    found jsonb;
BEGIN
    PERFORM set_config('fkaudit.engine', engine, true);
    SELECT to_jsonb(c) - 'elapsed_ms' - 'engine' - 'detail' || jsonb_build_object('rows', (SELECT jsonb_agg(to_jsonb(o) - 'ordinality' ORDER BY ordinality)
        FROM fk_orphans('wide_child', columns, 'wide_parent', columns, match) WITH ORDINALITY o),
        'few', (SELECT jsonb_agg(to_jsonb(o) - 'ordinality' ORDER BY ordinality) FROM fk_orphans('wide_child', columns, 'wide_parent', columns, match, 2) WITH ORDINALITY o))
      INTO found FROM fk_check('wide_child', columns, 'wide_parent', columns, match) c;
    RETURN found;
END $$;
SELECT columns, match, found = answers('sql', columns, match) AS same, found -> 'orphan_rows' AS orphans, found -> 'missing_keys' AS missing,
       found -> 'mixed_null_rows' AS mixed, found -> 'partial_null_rows' AS partial, found -> 'rows_checked' AS checked, found -> 'example' AS example, detail
  FROM (VALUES ('{a,b}'::name[], 'simple'), ('{a,b}', 'full'), ('{u}', 'simple'), ('{x}', 'full')) v(columns, match),
       answers('scan', columns, match) found, fk_check('wide_child', columns, 'wide_parent', columns, match);
-- Too many different keys without a parent for the memory: they are left to sql.
CREATE TABLE nothing_matches (k int8 REFERENCES sparse);
INSERT INTO nothing_matches SELECT -n FROM generate_series(1, 50000) n;
SELECT verdict, orphan_rows, missing_keys, engine, detail FROM fk_check('nothing_matches');
-- Their files are bounded as all temporary files are, and a key whose files may not be written is not examined.
SET temp_file_limit = '512kB';
SELECT verdict, reason, replace(detail, '"', '') AS detail FROM fk_check('child', 'to_sparse');
RESET temp_file_limit;
-- Children in groups of pages, of which those with orphans are read again: the first row, the last one, none for long, and
-- many in one page.
CREATE TABLE grouped (id int PRIMARY KEY, k int8 CONSTRAINT grouped_key REFERENCES sparse);
INSERT INTO grouped SELECT n, CASE WHEN n IN (1, 60000) OR n BETWEEN 20000 AND 20050 OR n % 9973 = 0 THEN -n % 50 ELSE (n % 90000 + 1) * 1000000007::int8 END
  FROM generate_series(1, 60000) n;
SELECT verdict, orphan_rows, missing_keys, example, rows_checked, detail FROM fk_check('grouped');
SELECT count(*), count(*) FILTER (WHERE s.k IS NULL) AS rightly, array_agg(row_ctid ORDER BY ordinality) = array_agg(row_ctid ORDER BY row_ctid) AS in_order,
       min((row_key ->> 'id')::int), max((row_key ->> 'id')::int)
  FROM fk_orphans('grouped') WITH ORDINALITY o LEFT JOIN sparse s ON s.k = (foreign_key ->> 'k')::int8;
SELECT count(*) FROM grouped WHERE NOT EXISTS (SELECT FROM sparse WHERE sparse.k = grouped.k);
-- Parents that do not fit together: several readings.
CREATE TABLE first_parent (k int8 PRIMARY KEY);
INSERT INTO first_parent SELECT n * 1000000007::int8 FROM generate_series(1, 20000) n;
CREATE TABLE second_parent (LIKE first_parent INCLUDING ALL);
INSERT INTO second_parent SELECT -k FROM first_parent;
CREATE TABLE third_parent (LIKE first_parent INCLUDING ALL);
INSERT INTO third_parent SELECT 3 * k FROM first_parent;
CREATE TABLE readings (id int PRIMARY KEY, a int8 REFERENCES first_parent, b int8 REFERENCES second_parent, c int8 REFERENCES third_parent, d int8 REFERENCES first_parent);
INSERT INTO readings SELECT n, n * 1000000007::int8, -n * 1000000007::int8, n * 3000000021, 1000000007 FROM generate_series(19000, 20003) n;
SELECT constraint_name, verdict, orphan_rows, missing_keys, rows_checked, engine, detail FROM fk_check('readings');

-- More missing keys than fit the memory: they are sorted on disk, and the most frequent one is still the example.
CREATE TABLE strings (k text PRIMARY KEY);
CREATE TABLE many (id int PRIMARY KEY, k text REFERENCES strings, a int8 REFERENCES sparse, b int2 REFERENCES dense);
INSERT INTO many SELECT n, 'key ' || n % 15000 || repeat('.', n % 15000 % 40), n % 20000, n % 7 FROM generate_series(1, 50000) n;
INSERT INTO many VALUES (-1, 'key 14999' || repeat('.', 39), -1, NULL), (-2, repeat('long', 100000), NULL, NULL), (-3, repeat('long', 100000), NULL, NULL);
SELECT constraint_name, orphan_rows, missing_keys, left(example::text, 70) AS example, engine FROM fk_check('many');
SET fkaudit.engine = sql;
SELECT constraint_name, orphan_rows, missing_keys, left(example::text, 70) AS example, engine FROM fk_check('many');
RESET fkaudit.engine;
RESET maintenance_work_mem;

-- Rows that are not in a heap of this database: another access method, a foreign table, a table that Citus spreads over
-- nodes, whose local heap is empty.
CREATE TABLE parent (k int PRIMARY KEY);
INSERT INTO parent VALUES (1);
CREATE ACCESS METHOD check_scan_heap TYPE TABLE HANDLER heap_tableam_handler;
CREATE TABLE elsewhere (k int REFERENCES parent) USING check_scan_heap;
INSERT INTO elsewhere VALUES (1), (2);
CREATE TABLE parts (k int REFERENCES parent) PARTITION BY LIST (k);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1);
CREATE TABLE parts_2 PARTITION OF parts FOR VALUES IN (2) USING check_scan_heap;
INSERT INTO parts VALUES (1), (2);
CREATE TABLE to_elsewhere_parent (k int PRIMARY KEY) USING check_scan_heap;
CREATE TABLE to_elsewhere (k int REFERENCES to_elsewhere_parent);
INSERT INTO to_elsewhere VALUES (1);
SELECT child, verdict, orphan_rows, engine FROM fk_check() WHERE child::text ~ 'elsewhere|parts';
SET fkaudit.engine = scan;
SELECT child, verdict, reason, detail FROM fk_check() WHERE child::text ~ 'elsewhere|parts';
RESET fkaudit.engine;
CREATE FOREIGN DATA WRAPPER check_scan_wrapper;
CREATE SERVER check_scan_server FOREIGN DATA WRAPPER check_scan_wrapper;
CREATE FOREIGN TABLE far (k int) SERVER check_scan_server;
SET fkaudit.engine = scan;
SELECT verdict, reason, detail FROM fk_check('far', '{k}', 'parent', '{k}');
RESET fkaudit.engine;
SET allow_system_table_mods = on;
CREATE TABLE pg_catalog.pg_dist_partition (logicalrelid regclass PRIMARY KEY, partmethod "char", partkey text, repmodel "char", colocationid int);
INSERT INTO pg_catalog.pg_dist_partition VALUES ('child', 'h', ':varattno 1', 's', 1), ('parent', 'n', NULL, 't', 2);
CREATE TABLE to_spread (k int REFERENCES parent);
CREATE TABLE not_spread (k int8 REFERENCES dense);
-- A table of that name alone says nothing: the extension must be there. Then no heap is read, and what no planner of Citus'
-- answers is not examined (test/citus has the real one).
SELECT child, constraint_name, verdict, engine FROM fk_check() WHERE child::text ~ 'child|to_spread|not_spread';
INSERT INTO pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion)
VALUES (1, 'citus', 10, 'pg_catalog'::regnamespace, false, '0');
SELECT child, constraint_name, verdict, reason, engine FROM fk_check() WHERE child::text ~ 'child|to_spread|not_spread';
SELECT DISTINCT detail FROM fk_check() WHERE child::text ~ 'child|to_spread';
SELECT count(*) FROM fk_orphans('to_spread');
SET fkaudit.engine = scan;
SELECT child, constraint_name, verdict, reason, detail FROM fk_check('to_spread');
SET fkaudit.engine = index;
SELECT child, constraint_name, verdict, reason, detail FROM fk_check('to_spread');
RESET fkaudit.engine;
SELECT fk_delete_impact('parent', 'true');
CREATE ROLE regress_fkaudit_blind;
GRANT USAGE ON SCHEMA check_scan_limits TO regress_fkaudit_blind;
GRANT SELECT ON to_spread, parent TO regress_fkaudit_blind;
SET ROLE regress_fkaudit_blind;
SELECT verdict, reason, detail FROM fk_check('to_spread');
RESET ROLE;
DROP OWNED BY regress_fkaudit_blind;
DROP ROLE regress_fkaudit_blind;
DELETE FROM pg_extension WHERE extname = 'citus';
DROP TABLE pg_catalog.pg_dist_partition;
RESET allow_system_table_mods;

-- Rights: the key's columns are enough to count; places and row keys are shown to those who may read them.
CREATE ROLE regress_fkaudit_reader;
GRANT USAGE ON SCHEMA check_scan_limits TO regress_fkaudit_reader;
GRANT SELECT (s, d, t) ON child TO regress_fkaudit_reader;
GRANT SELECT (k) ON dense TO regress_fkaudit_reader;
SET ROLE regress_fkaudit_reader;
SELECT constraint_name, verdict, orphan_rows, example, reason, engine, detail FROM fk_check('child');
SELECT row_key, foreign_key, row_table, row_ctid FROM fk_orphans('child', 'to_dense', 2);
SET fkaudit.engine = scan;
SELECT row_key, foreign_key, row_table, row_ctid FROM fk_orphans('child', 'to_dense', 2);
RESET fkaudit.engine;
RESET ROLE;
GRANT SELECT ON sparse TO regress_fkaudit_reader;
ALTER TABLE sparse ENABLE ROW LEVEL SECURITY;
SET ROLE regress_fkaudit_reader;
SELECT constraint_name, verdict, reason, engine FROM fk_check('child');
RESET ROLE;

-- An enum that its owner shows as JSON by a function of his own is shown by sql; the others, by scan.
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE TABLE moods (k mood PRIMARY KEY);
CREATE TABLE mood_child (id int PRIMARY KEY, k mood REFERENCES moods);
INSERT INTO mood_child VALUES (1, 'sad');
SELECT verdict, example, engine FROM fk_check('mood_child');
CREATE FUNCTION mood_to_json(mood) RETURNS json LANGUAGE sql IMMUTABLE AS $$ SELECT '"hidden"'::json $$;
CREATE CAST (mood AS json) WITH FUNCTION mood_to_json(mood);
\c
SET search_path = check_scan_limits, public;
SELECT verdict, example, engine FROM fk_check('mood_child');
CREATE TABLE mood_key (id mood PRIMARY KEY, k int REFERENCES parent);
SET session_replication_role = replica;
INSERT INTO mood_key VALUES ('sad', 3);
SELECT verdict, example, engine FROM fk_check('mood_key');
SELECT row_key, foreign_key FROM fk_orphans('mood_key');
SET fkaudit.engine = scan;
SELECT row_key, foreign_key FROM fk_orphans('mood_key');
RESET fkaudit.engine;

RESET session_replication_role;
SET client_min_messages = warning;
DROP SCHEMA check_scan_limits CASCADE;
DROP FOREIGN DATA WRAPPER check_scan_wrapper CASCADE;
DROP ACCESS METHOD check_scan_heap;
DROP ROLE regress_fkaudit_reader;
