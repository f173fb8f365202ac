-- Parallel workers of the scan engine: whatever their number, and whether the leader reads, too, they find the same rows.
SET client_min_messages = warning;
CREATE SCHEMA check_parallel;
SET search_path = check_parallel, public;
SET session_replication_role = replica;

-- Keys of every form, over many pages: words, pairs, short and long texts, several columns, MATCH FULL, dead rows.
CREATE TYPE mood AS ENUM ('sad', 'happy', 'other');
CREATE TABLE dense (id int PRIMARY KEY);
INSERT INTO dense SELECT generate_series(1, 1000);
CREATE TABLE sparse (id int8 PRIMARY KEY);
INSERT INTO sparse SELECT n * 1000000007::int8 FROM generate_series(0, 5000) n;
CREATE TABLE uuids (id uuid PRIMARY KEY);
INSERT INTO uuids SELECT md5(n::text)::uuid FROM generate_series(1, 3000) n;
CREATE TABLE texts (id text PRIMARY KEY);
INSERT INTO texts SELECT repeat('x', n % 40) || n FROM generate_series(1, 3000) n;
CREATE TABLE pairs (a int, b int, PRIMARY KEY (a, b));
INSERT INTO pairs SELECT n, n % 7 FROM generate_series(1, 3000) n;
CREATE TABLE mixture (a int, t text, PRIMARY KEY (a, t));
INSERT INTO mixture SELECT n, 'text ' || n FROM generate_series(1, 3000) n;
CREATE TABLE moods (id mood PRIMARY KEY);
INSERT INTO moods VALUES ('sad'), ('happy');
CREATE TABLE nobody (a int, b int, PRIMARY KEY (a, b), UNIQUE (b));
CREATE TABLE child (
    filler text, d int REFERENCES dense, s int8 REFERENCES sparse, u uuid REFERENCES uuids, t text REFERENCES texts, m mood REFERENCES moods,
    a int, b int, n int REFERENCES nobody (b),
    CONSTRAINT simple FOREIGN KEY (a, b) REFERENCES pairs, CONSTRAINT full_key FOREIGN KEY (b, a) REFERENCES pairs MATCH FULL,
    CONSTRAINT text_and_number FOREIGN KEY (a, t) REFERENCES mixture,
    CONSTRAINT only_mixed FOREIGN KEY (n, a) REFERENCES nobody MATCH FULL)
    WITH (parallel_workers = 4);
INSERT INTO child
SELECT repeat('f', n % 50), nullif(n % 1003, 7), n % 5010 * 1000000007::int8, md5((n % 3010)::text)::uuid, repeat('x', n % 3020 % 40) || n % 3020,
       (enum_range(NULL::mood))[n % 3 + 1], nullif(n % 3005, n % 13), nullif(n % 3005 % 7, 2), NULL
  FROM generate_series(1, 6000) n;
DELETE FROM child WHERE d % 11 = 0;
UPDATE child SET filler = 'updated' WHERE d % 13 = 0;
-- Every row an orphan with a value of its own: more than the memory for them.
CREATE TABLE lost (id int PRIMARY KEY, t text REFERENCES texts, k int8 REFERENCES sparse) WITH (parallel_workers = 2);
INSERT INTO lost SELECT n, 'lost ' || n || repeat('.', n % 200), -n FROM generate_series(1, 6000) n;
INSERT INTO lost VALUES (0, 'lost 5999' || repeat('.', 199), -6000), (-1, repeat('long', 100000), NULL), (-2, repeat('long', 100000), NULL);
-- Partitions, some empty, each with its own order of columns.
CREATE TABLE parts (id int, d int, t text) PARTITION BY RANGE (id);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (1) TO (5000);
CREATE TABLE parts_2 (t text, gone int, d int, id int);
ALTER TABLE parts_2 DROP gone;
ALTER TABLE parts ATTACH PARTITION parts_2 FOR VALUES FROM (5000) TO (9000);
CREATE TABLE parts_3 PARTITION OF parts FOR VALUES FROM (9000) TO (9001);
CREATE TABLE parts_4 PARTITION OF parts DEFAULT WITH (parallel_workers = 3);
ALTER TABLE parts ADD CONSTRAINT to_dense FOREIGN KEY (d) REFERENCES dense, ADD CONSTRAINT to_texts FOREIGN KEY (t) REFERENCES texts;
INSERT INTO parts SELECT n, n % 1010, repeat('x', n % 3020 % 40) || n % 3020 FROM generate_series(1, 8999) n;
INSERT INTO parts SELECT n, n % 1010, 'z' FROM generate_series(9001, 9100) n;
-- Tables without any row, with a page, and those that are small or told to have no worker.
CREATE TABLE empty (d int REFERENCES dense) WITH (parallel_workers = 2);
CREATE TABLE few (d int REFERENCES dense) WITH (parallel_workers = 2);
INSERT INTO few VALUES (1), (2000), (NULL);
CREATE TABLE small (d int REFERENCES dense);
INSERT INTO small SELECT generate_series(990, 1002);
CREATE TABLE unwilling (d int REFERENCES dense) WITH (parallel_workers = 0);
INSERT INTO unwilling SELECT n % 1002 FROM generate_series(1, 6000) n;
-- Values that are equal and not shown alike: the example is the shortest of them, whoever reads them.
CREATE TABLE blanks (id bpchar PRIMARY KEY);
CREATE TABLE of_blanks (k bpchar REFERENCES blanks) WITH (parallel_workers = 2);
INSERT INTO of_blanks SELECT 'k' || repeat(' ', n % 3) FROM generate_series(1, 2000) n;
CREATE TABLE of_padded (k char(5) REFERENCES blanks) WITH (parallel_workers = 2);
INSERT INTO of_padded SELECT 'k' || n % 2 FROM generate_series(1, 2001) n;
RESET session_replication_role;

-- What is said of each key, the time and the workers aside, and how many workers helped.
CREATE FUNCTION answer() RETURNS TABLE (child regclass, key name, workers int, found jsonb) LANGUAGE sql AS $$
    SELECT child, constraint_name, coalesce(substring(detail from '(\d+) parallel')::int, 0),
           to_jsonb(c) - '{elapsed_ms,engine,detail}'::text[]
      FROM public.fk_check() c WHERE child IN (SELECT oid FROM pg_class WHERE relnamespace = 'check_parallel'::regnamespace)
$$;
SET fkaudit.max_parallel_workers = 0;
CREATE TABLE alone AS SELECT * FROM answer();
SELECT child, key, workers, found ->> 'orphan_rows' AS orphans, found ->> 'missing_keys' AS missing, left(found ->> 'example', 40) AS example,
       found ->> 'rows_checked' AS rows, found ->> 'partial_null_rows' AS partial, found ->> 'mixed_null_rows' AS mixed FROM alone;

SET fkaudit.max_parallel_workers = 4;
SELECT child, max(b.workers) AS workers, bool_and(a.found = b.found) AS same
  FROM alone a JOIN answer() b USING (child, key) GROUP BY child ORDER BY child::text COLLATE "C";

CREATE FUNCTION compare() RETURNS TABLE (workers int, leader text, memory text, together bigint, different bigint, most_workers int)
LANGUAGE plpgsql AS $$
BEGIN
    FOR workers, leader, memory IN
        SELECT * FROM unnest('{1,2,4}'::int[]) w, unnest('{on,off}'::text[]) l, unnest('{1MB,64MB}'::text[]) m ORDER BY 3 DESC, 1, 2 DESC
    LOOP
        PERFORM set_config('fkaudit.max_parallel_workers', workers::text, true), set_config('parallel_leader_participation', leader, true),
                set_config('maintenance_work_mem', memory, true), set_config('min_parallel_table_scan_size', '0', true);
        SELECT count(*), count(*) FILTER (WHERE a.found IS DISTINCT FROM b.found), max(b.workers)
          INTO together, different, most_workers FROM check_parallel.alone a FULL JOIN check_parallel.answer() b USING (child, key);
        RETURN NEXT;
    END LOOP;
END $$;
SELECT * FROM compare();

-- fk_orphans: the rows in their physical order, of all keys of a table at once and of one alone. A limit needs no workers.
CREATE FUNCTION listed() RETURNS TABLE (child regclass, key name, alone bool, rows bigint, digest text) LANGUAGE sql AS $$
    SELECT child, constraint_name, false, count(*), md5(string_agg(to_jsonb(o)::text, ',' ORDER BY o.ordinality))
      FROM public.fk_orphans() WITH ORDINALITY o WHERE child IN (SELECT oid FROM pg_class WHERE relnamespace = 'check_parallel'::regnamespace)
     GROUP BY 1, 2
     UNION ALL
    SELECT child, constraint_name, true, count(*), md5(string_agg(to_jsonb(o)::text, ',' ORDER BY o.ordinality))
      FROM (VALUES ('check_parallel.child'::regclass, 'full_key'::name), ('check_parallel.lost', 'lost_t_fkey'), ('check_parallel.parts', 'to_texts'),
                   ('check_parallel.of_blanks', 'of_blanks_k_fkey')) one(child, constraint_name),
           LATERAL public.fk_orphans(one.child, one.constraint_name) WITH ORDINALITY o(same_child, same_name, row_key, foreign_key, parent, reason, row_table, row_ctid, constraint_oid, ordinality)
     GROUP BY 1, 2
$$;
SET fkaudit.max_parallel_workers = 0;
CREATE TABLE listed_alone AS SELECT * FROM listed();
SELECT child, key, alone, rows FROM listed_alone ORDER BY child::text COLLATE "C", key, alone;
CREATE FUNCTION compare_lists() RETURNS TABLE (workers int, memory text, lists bigint, different bigint) LANGUAGE plpgsql AS $$
BEGIN
    FOR workers, memory IN SELECT * FROM unnest('{1,2,4}'::int[]) w, unnest('{64MB,1MB}'::text[]) m WHERE w > 1 LOOP
        PERFORM set_config('fkaudit.max_parallel_workers', workers::text, true), set_config('maintenance_work_mem', memory, true),
                set_config('min_parallel_table_scan_size', '0', true);
        SELECT count(*), count(*) FILTER (WHERE a.digest IS DISTINCT FROM b.digest)
          INTO lists, different FROM check_parallel.listed_alone a FULL JOIN check_parallel.listed() b USING (child, key, alone);
        RETURN NEXT;
    END LOOP;
END $$;
SELECT * FROM compare_lists();
SET fkaudit.max_parallel_workers = 4;
SELECT row_key, foreign_key, row_ctid FROM fk_orphans('parts', 'to_dense', 3);
-- No worker is free.
SET max_parallel_workers = 0;
SELECT count(*) FROM listed_alone a JOIN listed() b USING (child, key, alone) WHERE a.digest = b.digest;
RESET max_parallel_workers;

-- The setting: -1 follows max_parallel_maintenance_workers.
SHOW fkaudit.max_parallel_workers;
RESET fkaudit.max_parallel_workers;
SHOW fkaudit.max_parallel_workers;
SELECT workers FROM answer() WHERE child = 'child'::regclass AND key = 'simple';
SET max_parallel_maintenance_workers = 1;
SELECT workers FROM answer() WHERE child = 'child'::regclass AND key = 'simple';
SET max_parallel_maintenance_workers = 0;
SELECT workers FROM answer() WHERE child = 'child'::regclass AND key = 'simple';
RESET max_parallel_maintenance_workers;
SET fkaudit.max_parallel_workers = -2;
SET fkaudit.max_parallel_workers = 1025;
SET fkaudit.max_parallel_workers = 1024;
SELECT workers FROM answer() WHERE child = 'child'::regclass AND key = 'simple';
-- The server's own limit: no worker is free, and the check goes on without.
SET max_parallel_workers = 0;
SELECT workers FROM answer() WHERE child = 'child'::regclass AND key = 'simple';
SET max_parallel_workers = 1;
SELECT workers FROM answer() WHERE child = 'child'::regclass AND key = 'simple';
RESET max_parallel_workers;

-- Isolation levels, and rows that the transaction itself has written, changed and deleted (combo command ids).
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT count(*), max(b.workers) FROM alone a JOIN answer() b USING (child, key) WHERE a.found = b.found;
COMMIT;
BEGIN ISOLATION LEVEL SERIALIZABLE;
SELECT count(*), max(b.workers) FROM alone a JOIN answer() b USING (child, key) WHERE a.found = b.found;
COMMIT;
BEGIN ISOLATION LEVEL SERIALIZABLE, READ ONLY, DEFERRABLE;
SELECT count(*), max(b.workers) FROM alone a JOIN answer() b USING (child, key) WHERE a.found = b.found;
COMMIT;
BEGIN;
SET LOCAL session_replication_role = replica;
ALTER TYPE mood ADD VALUE 'new';
CREATE TABLE fresh (id int, d int REFERENCES dense) WITH (parallel_workers = 2);
INSERT INTO fresh SELECT n, n FROM generate_series(1, 3000) n;
UPDATE fresh SET d = d + 1 WHERE id % 2 = 0;
SAVEPOINT s;
DELETE FROM fresh WHERE id > 2000;
ROLLBACK TO s;
UPDATE fresh SET d = -d WHERE id % 3 = 0;
DELETE FROM fresh WHERE id % 5 = 0;
SELECT workers, found -> 'orphan_rows' AS orphans, found -> 'rows_checked' AS rows,
       (SELECT count(*) FROM fresh WHERE d NOT BETWEEN 1 AND 1000) AS really FROM answer() WHERE child = 'fresh'::regclass;
-- What the statement itself does is not seen, nor by a worker.
WITH gone AS (DELETE FROM fresh RETURNING *), counted AS (SELECT count(*) FROM gone)
SELECT counted.count, rows_checked, orphan_rows, detail FROM counted, LATERAL fk_check(('check_parallel.fresh' || left('', counted.count::int))::regclass);
ROLLBACK;
-- Temporary tables are in the memory of one process.
CREATE TEMPORARY TABLE temporary_parent (id int PRIMARY KEY);
CREATE TEMPORARY TABLE temporary_child (id int REFERENCES temporary_parent) WITH (parallel_workers = 2);
SELECT verdict, detail FROM fk_check('temporary_child');
-- A parent that is too large for the half of the memory that processes share, and not for one process: the other keys
-- have their workers. One that is too large for either goes to files. One of many pages is read before any worker starts.
CREATE TABLE half (id int8 PRIMARY KEY);
INSERT INTO half SELECT n * 1000000007::int8 FROM generate_series(1, 20000) n;
CREATE TABLE whole (id int8 PRIMARY KEY);
INSERT INTO whole SELECT n * 1000000007::int8 FROM generate_series(1, 100000) n;
CREATE TABLE spread (id int8 PRIMARY KEY) WITH (fillfactor = 10);
INSERT INTO spread SELECT n * 1000000007::int8 FROM generate_series(3001, 20000) n;
CREATE TABLE spread_whole (id int8 PRIMARY KEY) WITH (fillfactor = 10);
INSERT INTO spread_whole SELECT n * 1000000007::int8 FROM generate_series(1, 60000) n;
CREATE TABLE of_half (d int8 REFERENCES dense, h int8 REFERENCES half, w int8 REFERENCES whole, s int8 REFERENCES spread, sw int8 REFERENCES spread_whole) WITH (parallel_workers = 2);
SET session_replication_role = replica;
INSERT INTO of_half SELECT n, n * 1000000007::int8, n * 1000000007::int8, n * 1000000007::int8, n * 1000000007::int8 FROM generate_series(19001, 20002) n;
RESET session_replication_role;
SET maintenance_work_mem = '1MB';
SET fkaudit.engine = scan;
SELECT constraint_name, verdict, orphan_rows, missing_keys, example, rows_checked, detail FROM fk_check('of_half');
SELECT constraint_name, count(*), min(row_ctid), max(row_ctid) FROM fk_orphans('of_half') GROUP BY 1 ORDER BY 1;
RESET fkaudit.engine;
RESET maintenance_work_mem;
-- In a cursor, in a function, in a statement that writes.
BEGIN;
DECLARE c CURSOR FOR SELECT constraint_name, orphan_rows, detail ~ 'parallel' AS helped FROM fk_check('child') ORDER BY 1;
FETCH 2 FROM c;
CLOSE c;
CREATE TABLE kept AS SELECT constraint_name, orphan_rows, detail ~ 'parallel' AS helped FROM fk_check('parts');
SELECT * FROM kept;
ROLLBACK;

-- A caller with SELECT on the key's columns alone: workers have his rights, and no more are needed. Row security that
-- applies to him stands before all.
CREATE ROLE regress_fkaudit_parallel;
GRANT USAGE ON SCHEMA check_parallel TO regress_fkaudit_parallel;
GRANT SELECT (d, s) ON child TO regress_fkaudit_parallel;
GRANT SELECT ON dense, sparse TO regress_fkaudit_parallel;
ALTER TABLE sparse ENABLE ROW LEVEL SECURITY;
SET ROLE regress_fkaudit_parallel;
SELECT constraint_name, verdict, orphan_rows, reason, detail FROM fk_check('child') WHERE constraint_name IN ('child_d_fkey', 'child_s_fkey', 'child_t_fkey');
RESET ROLE;
DROP SCHEMA check_parallel CASCADE;
DROP ROLE regress_fkaudit_parallel;
