-- A partitioned child is one finding, for its root: the server searches it as a whole, and each leaf needs an index.
\getenv abs_srcdir PG_ABS_SRCDIR
\set helper :abs_srcdir '/lib/search_plan.sql'
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE SCHEMA parts;
SET search_path = parts, public;
\set ECHO none
\i :helper
\set ECHO all
CREATE TABLE parent (id int PRIMARY KEY, code float8 UNIQUE);
CREATE TABLE split (id int PRIMARY KEY) PARTITION BY RANGE (id);
CREATE TABLE split_1 PARTITION OF split FOR VALUES FROM (0) TO (10);
CREATE TABLE split_2 PARTITION OF split FOR VALUES FROM (10) TO (20);

-- A child of two partitions; the second was attached with its columns in another order and one dropped.
CREATE PROCEDURE child(name text, key text DEFAULT 'FOREIGN KEY (a) REFERENCES parent') LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TABLE %I (k int, a int, b int) PARTITION BY RANGE (k)', name);
    EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (0) TO (10)', name || '_1', name);
    EXECUTE format('CREATE TABLE %I (b int, gone text, a int, k int)', name || '_2');
    EXECUTE format('ALTER TABLE %I DROP COLUMN gone', name || '_2');
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (10) TO (20)', name, name || '_2');
    EXECUTE format('ALTER TABLE %I ADD CONSTRAINT %I %s', name, name || '_fk', key);
END
$$;
CALL child('a01_none');
CALL child('a02_whole');
CREATE INDEX a02_i ON a02_whole (a);
CALL child('a03_one_leaf');
CREATE INDEX a03_i ON a03_one_leaf_1 (a);
CALL child('a04_both_leaves');
CREATE INDEX a04_i1 ON a04_both_leaves_1 (a);
CREATE INDEX a04_i2 ON a04_both_leaves_2 (a, b);
-- ON ONLY: a partitioned index that is invalid until each partition has one attached to it.
CALL child('a05_only');
CREATE INDEX a05_i ON ONLY a05_only (a);
CALL child('a06_only_one_attached');
CREATE INDEX a06_i ON ONLY a06_only_one_attached (a);
CREATE INDEX a06_i2 ON a06_only_one_attached_2 (a);
ALTER INDEX a06_i ATTACH PARTITION a06_i2;
CALL child('a07_only_all_attached');
CREATE INDEX a07_i ON ONLY a07_only_all_attached (a);
CREATE INDEX a07_i1 ON a07_only_all_attached_1 (a);
CREATE INDEX a07_i2 ON a07_only_all_attached_2 (a);
ALTER INDEX a07_i ATTACH PARTITION a07_i1;
ALTER INDEX a07_i ATTACH PARTITION a07_i2;
-- The leaves' own indexes serve, attached or not.
CALL child('a08_only_none_attached');
CREATE INDEX a08_i ON ONLY a08_only_none_attached (a);
CREATE INDEX a08_i1 ON a08_only_none_attached_1 (a);
CREATE INDEX a08_i2 ON a08_only_none_attached_2 (a);
-- A leaf's index that is invalid, though the partitioned index above is valid.
CALL child('a09_invalid_leaf');
CREATE INDEX a09_i ON a09_invalid_leaf (a);
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'a09_invalid_leaf_2_a_idx'::regclass;
-- Different in each leaf; the second's column a has the number that b has in the first.
CALL child('a10_various');
CREATE INDEX a10_i1 ON a10_various_1 (b);
CREATE INDEX a10_i2 ON a10_various_2 USING brin (a);
CALL child('a11_numbers');
CREATE INDEX a11_i1 ON a11_numbers_1 (b);
CREATE INDEX a11_i2 ON a11_numbers_2 (b);
CALL child('a12_cast', 'FOREIGN KEY (a) REFERENCES parent (code)');
CREATE INDEX a12_i ON a12_cast ((a::float8));
CALL child('a13_cast_plain', 'FOREIGN KEY (a) REFERENCES parent (code)');
CREATE INDEX a13_i ON a13_cast_plain (a);
-- A partitioned parent changes nothing.
CALL child('a14_split', 'FOREIGN KEY (a) REFERENCES split');
CREATE INDEX a14_i ON a14_split_1 (a);
CREATE TABLE a15_plain (a int REFERENCES split);
CREATE TABLE a16_plain (a int REFERENCES split UNIQUE);
-- Partitions of partitions.
CREATE TABLE a17_deep (k int, a int, b int, CONSTRAINT a17_fk FOREIGN KEY (a) REFERENCES parent) PARTITION BY RANGE (k);
CREATE TABLE a17_low (b int, a int, k int) PARTITION BY RANGE (k);
ALTER TABLE a17_deep ATTACH PARTITION a17_low FOR VALUES FROM (0) TO (10);
CREATE TABLE a17_low_1 PARTITION OF a17_low FOR VALUES FROM (0) TO (5);
CREATE TABLE a17_low_2 (k int, b int, a int);
ALTER TABLE a17_low ATTACH PARTITION a17_low_2 FOR VALUES FROM (5) TO (10);
CREATE TABLE a17_high PARTITION OF a17_deep FOR VALUES FROM (10) TO (20);
CREATE INDEX a17_i ON a17_low (a);
DROP INDEX a17_i;
CREATE INDEX a17_low_2_i ON a17_low_2 (a);
-- A key that only one partition has, and a table that has no partition yet.
CREATE TABLE a18_root (k int, a int) PARTITION BY RANGE (k);
CREATE TABLE a18_1 PARTITION OF a18_root FOR VALUES FROM (0) TO (10);
CREATE TABLE a18_2 PARTITION OF a18_root FOR VALUES FROM (10) TO (20) PARTITION BY RANGE (k);
CREATE TABLE a18_3 PARTITION OF a18_2 FOR VALUES FROM (10) TO (20);
ALTER TABLE a18_1 ADD CONSTRAINT a18_1_fk FOREIGN KEY (a) REFERENCES parent;
ALTER TABLE a18_2 ADD CONSTRAINT a18_2_fk FOREIGN KEY (a) REFERENCES parent;
CREATE TABLE a19_empty (a int, CONSTRAINT a19_fk FOREIGN KEY (a) REFERENCES parent) PARTITION BY RANGE (a);
CREATE TABLE a20_empty (a int, CONSTRAINT a20_fk FOREIGN KEY (a) REFERENCES parent) PARTITION BY RANGE (a);
CREATE INDEX a20_i ON a20_empty (a);
-- Twelve partitions without one: ten are named.
CREATE TABLE a21_many (k int, a int, CONSTRAINT a21_fk FOREIGN KEY (a) REFERENCES parent) PARTITION BY RANGE (k);
SELECT format('CREATE TABLE a21_%s PARTITION OF a21_many FOR VALUES FROM (%s) TO (%s)', lpad(n::text, 2, '0'), n, n + 1)
  FROM generate_series(1, 12) n \gexec
CREATE INDEX ON a21_03 (a);

SELECT * FROM compare_with_planner('parts') WHERE child <> 'a21_fk' AND child !~ 'a(19|20)';
SELECT child, verdict, index, reason FROM fk_missing_indexes(include_covered => true)
 WHERE child IN (SELECT oid FROM pg_class WHERE relnamespace = 'parts'::regnamespace) ORDER BY child::text COLLATE "C";
-- A partition stands for the key of its topmost ancestor.
SELECT child, verdict, index FROM fk_missing_indexes('a03_one_leaf_1');
SELECT child, verdict, index FROM fk_missing_indexes('a17_low_2');

-- What fits is attached, the rest is made; run, the partitioned index is valid.
SELECT child, s FROM fk_missing_indexes(), string_to_table(ddl, E'\n') WITH ORDINALITY s(s, n)
 WHERE child IN (SELECT oid FROM pg_class WHERE relnamespace = 'parts'::regnamespace) AND child <> 'a21_many'::regclass
 ORDER BY child::text COLLATE "C", n;
\set ECHO none
SELECT s FROM fk_missing_indexes(), string_to_table(ddl, E'\n') WITH ORDINALITY s(s, n)
 WHERE child IN (SELECT oid FROM pg_class WHERE relnamespace = 'parts'::regnamespace) ORDER BY child::text COLLATE "C", n \gexec
\set ECHO all
SELECT child, verdict, reason FROM fk_missing_indexes() WHERE child IN (SELECT oid FROM pg_class WHERE relnamespace = 'parts'::regnamespace) ORDER BY child::text COLLATE "C";
SELECT * FROM compare_with_planner('parts') WHERE NOT agrees;
-- One is still invalid: its leaves had indexes of their own, so that the key was covered all along.
SELECT indexrelid::regclass FROM pg_index WHERE indrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'parts'::regnamespace) AND NOT indisvalid;
DROP SCHEMA parts CASCADE;
