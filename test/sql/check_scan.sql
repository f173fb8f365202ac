-- The scan engine reads the tables' pages itself. Whatever it serves, it must say what the sql engine says, row for row,
-- and so must a key that it refuses be examined by sql under `auto`.
CREATE SCHEMA check_scan;
SET search_path = check_scan, public;
SET lc_monetary = 'C';

-- What one engine says of a key: the verdict, and the rows in their order.
CREATE FUNCTION answer(engine text, child regclass, key name) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    verdict jsonb;
    rows jsonb;
BEGIN
    PERFORM set_config('fkaudit.engine', engine, true);
    SELECT to_jsonb(c) - 'elapsed_ms' INTO verdict FROM fk_check(child, key) c;
    SELECT jsonb_agg(to_jsonb(o)) INTO rows FROM fk_orphans(child, key) o;
    RETURN jsonb_build_object('check', verdict - 'engine', 'orphans', rows, 'engine', verdict -> 'engine');
END $$;
-- Every key of the schema by both engines.
CREATE FUNCTION compare() RETURNS TABLE (child regclass, key name, engine text, orphans int, rows_checked int, partial int,
    mixed int, difference text) LANGUAGE plpgsql SET client_min_messages = error AS $$
DECLARE
    scanned jsonb;
    queried jsonb;
BEGIN
    FOR child, key IN SELECT conrelid::regclass, conname FROM pg_constraint c JOIN pg_class r ON r.oid = conrelid
        WHERE contype = 'f' AND conparentid = 0 AND r.relnamespace = 'check_scan'::regnamespace ORDER BY relname, conname
    LOOP
        scanned := answer('auto', child, key);
        queried := answer('sql', child, key);
        engine := scanned ->> 'engine';
        orphans := queried -> 'check' -> 'orphan_rows';
        rows_checked := queried -> 'check' -> 'rows_checked';
        partial := queried -> 'check' -> 'partial_null_rows';
        mixed := queried -> 'check' -> 'mixed_null_rows';
        difference := NULL;
        IF scanned - 'engine' IS DISTINCT FROM queried - 'engine' THEN
            difference := format('auto %s sql %s', scanned -> 'check', queried -> 'check');
        END IF;
        RETURN NEXT;
    END LOOP;
END $$;

SET session_replication_role = replica;
-- Integers of all widths: dense, sparse, at their limits; one child for all of them.
CREATE TABLE small (k int2 PRIMARY KEY);
INSERT INTO small SELECT n FROM generate_series(-50, 49) n UNION ALL VALUES (-32768), (32767);
CREATE TABLE medium (k int4 PRIMARY KEY);
INSERT INTO medium SELECT n * 7919 FROM generate_series(-500, 499) n UNION ALL VALUES (-2147483648), (2147483647), (-1);
CREATE TABLE large (k int8 PRIMARY KEY);
INSERT INTO large SELECT n * 1000000007::int8 FROM generate_series(-500, 499) n
 UNION ALL VALUES (-9223372036854775808), (9223372036854775807), (-1), (1);
CREATE TABLE integers (
    id int PRIMARY KEY,
    small_2 int2 REFERENCES small, small_4 int4 REFERENCES small, small_8 int8 REFERENCES small,
    medium_2 int2 REFERENCES medium, medium_4 int4 REFERENCES medium, medium_8 int8 REFERENCES medium,
    large_2 int2 REFERENCES large, large_4 int4 REFERENCES large, large_8 int8 REFERENCES large);
INSERT INTO integers
SELECT n, n % 60, n % 60 + (n = 800)::int * 65536, n % 60 + (n = 801)::int * 4294967296,
       n % 4 * 7919, n % 600 * 7919, n % 600 * 7919::int8 + (n = 900)::int * 4294967296,
       n % 2, n % 2, n % 600 * 1000000007::int8
  FROM generate_series(0, 2999) n;
INSERT INTO integers VALUES
    (-1, -32768, -32768, -32768, -1, -2147483648, -2147483648, -1, -1, -9223372036854775808),
    (-2, 32767, 32767, 32767, 1, 2147483647, 2147483647, 1, 1, 9223372036854775807),
    (-3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);

-- NULLs here and there: most pages have some, some have none, and whole stretches of rows have nothing but NULLs.
CREATE TABLE sparse_nulls (
    id int PRIMARY KEY, filler text, a int4 REFERENCES medium, b int8 REFERENCES large, c int2 REFERENCES small, d int4 REFERENCES medium);
INSERT INTO sparse_nulls
SELECT n, repeat('x', n % 17), CASE WHEN n % 193 <> 0 THEN 7919 * (n % 499) END,
       CASE WHEN n % 7 <> 0 THEN 1000000007::int8 * (n % 499) END, CASE WHEN n / 700 % 2 = 0 THEN n % 49 END,
       CASE WHEN n BETWEEN 3000 AND 3001 THEN n END
  FROM generate_series(1, 6000) n;
INSERT INTO sparse_nulls VALUES (0, NULL, NULL, NULL, NULL, 12), (-1, 'y', 5, NULL, NULL, NULL), (-2, NULL, 6, 6, 66, 7);

-- A parent that is empty, a child that is empty, a child without any key, and a parent that several keys share.
CREATE TABLE nobody (k int PRIMARY KEY);
CREATE TABLE of_nobody (id int PRIMARY KEY, k int REFERENCES nobody, l int REFERENCES nobody);
INSERT INTO of_nobody VALUES (1, 0, NULL), (2, NULL, NULL), (3, 1, NULL);
CREATE TABLE empty_child (k int REFERENCES medium);

-- Several columns: packed into 64 or 128 bits or more, dense and sparse, MATCH SIMPLE and FULL.
CREATE TABLE two (a int4, b int4, PRIMARY KEY (a, b), UNIQUE (b, a));
INSERT INTO two SELECT n, n % 10 FROM generate_series(1, 1000) n;
CREATE TABLE three (a int8, b int2, c int8, PRIMARY KEY (a, b, c));
INSERT INTO three SELECT n * 5000000000, n % 10, -n FROM generate_series(1, 1000) n;
CREATE TABLE mixture (a int4, b text, c uuid, PRIMARY KEY (a, b, c));
INSERT INTO mixture SELECT n, repeat('k', n % 30), md5(n::text)::uuid FROM generate_series(1, 500) n;
CREATE TABLE wide (a int8, b int8, PRIMARY KEY (a, b));
INSERT INTO wide SELECT n, n * 4000000000 FROM generate_series(1, 500) n;
CREATE TABLE composites (
    id int PRIMARY KEY, a int4, b int8, c int8, d int2, t varchar, u uuid,
    CONSTRAINT simple_2 FOREIGN KEY (a, d) REFERENCES two, CONSTRAINT full_2 FOREIGN KEY (a, d) REFERENCES two MATCH FULL,
    CONSTRAINT swapped FOREIGN KEY (a, d) REFERENCES two (b, a),
    CONSTRAINT full_3 FOREIGN KEY (b, d, c) REFERENCES three MATCH FULL, CONSTRAINT simple_3 FOREIGN KEY (b, d, c) REFERENCES three,
    CONSTRAINT mixture FOREIGN KEY (a, t, u) REFERENCES mixture,
    CONSTRAINT wide FOREIGN KEY (a, b) REFERENCES wide MATCH FULL);
INSERT INTO composites
SELECT n, nullif(n, 77), nullif(n, 78) * 5000000000, nullif(-n, -79), nullif(n % 10, n - 80), nullif(repeat('k', n % 30), repeat('k', n - 60)), nullif(md5(n::text)::uuid, md5('82')::uuid)
  FROM generate_series(1, 1005) n;
INSERT INTO composites (id) VALUES (-1);
INSERT INTO composites VALUES (-2, 1, 4000000000, NULL, NULL, NULL, NULL);

-- Byte strings: of every length up to what is kept elsewhere, compressed or not; short ones are stored unaligned.
CREATE TABLE strings (k text PRIMARY KEY);
INSERT INTO strings SELECT repeat('s', n) FROM generate_series(0, 300) n;
INSERT INTO strings SELECT 'z' || n FROM generate_series(1, 300) n;
CREATE TABLE long_strings (k text);
ALTER TABLE long_strings ALTER k SET STORAGE EXTERNAL;
INSERT INTO long_strings SELECT string_agg(md5(i::text || n), '') FROM generate_series(1, 20) n, generate_series(1, 100) i GROUP BY n;
INSERT INTO long_strings SELECT repeat('long', 5000 + n) FROM generate_series(1, 5) n;
CREATE TABLE text_child (
    odd bool, id int PRIMARY KEY, k text REFERENCES strings, v varchar REFERENCES strings, n name REFERENCES strings);
INSERT INTO text_child SELECT true, n, repeat('s', n), 'z' || n, 'z' || n FROM generate_series(0, 310) n;
INSERT INTO text_child VALUES (NULL, -1, 'S', '', 's '), (false, -2, NULL, 'z', NULL), (false, -3, E's\u00e4', 'z3', 'z3');
CREATE TABLE toasted (id int, k text);
INSERT INTO toasted SELECT row_number() OVER (), k FROM long_strings UNION ALL SELECT 98, repeat('long', 5003) || '!' UNION ALL SELECT 99, NULL;
CREATE TABLE blank_parent (k bpchar PRIMARY KEY);
INSERT INTO blank_parent VALUES ('a  '), ('b'), (''), ('sixteen and more blanks     ');
CREATE TABLE blank_child (
    id int PRIMARY KEY, k bpchar REFERENCES blank_parent, f char(40) REFERENCES blank_parent, t text REFERENCES blank_parent);
INSERT INTO blank_child VALUES (1, 'a', 'a', 'a'), (2, 'a    ', 'b', 'b  '), (3, '   ', '', ''), (4, ' a', 'c', ' '), (5, 'c', 'c', 'c  '), (6, 'c ', NULL, 'c'),
    (7, 'sixteen and more blanks', 'sixteen and more blanks', 'sixteen and more blanks    '), (8, 'c  ', 'd', 'c  ');
CREATE TABLE bytes_parent (k bytea PRIMARY KEY);
INSERT INTO bytes_parent VALUES (''), ('\x00'), ('\x0000'), ('\x00000000000000'), ('\x0000000000000000'), (decode(repeat('00', 20), 'hex'));
CREATE TABLE bytes_child (id int PRIMARY KEY, k bytea REFERENCES bytes_parent);
INSERT INTO bytes_child SELECT n, decode(repeat('00', n), 'hex') FROM generate_series(0, 22) n;

-- Types whose values are equal where their bytes are.
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE DOMAIN number AS int4 CHECK (VALUE <> 13);
CREATE DOMAIN code AS varchar(9);
CREATE TABLE kinds_parent (
    o oid UNIQUE, d date UNIQUE, t time UNIQUE, ts timestamp UNIQUE, tz timestamptz UNIQUE, b bool UNIQUE, c "char" UNIQUE, m money UNIQUE,
    e mood UNIQUE, u uuid UNIQUE, n number UNIQUE, s code UNIQUE, x xid8 UNIQUE, l pg_lsn UNIQUE, a macaddr UNIQUE, a8 macaddr8 UNIQUE, r regclass UNIQUE);
INSERT INTO kinds_parent VALUES
    (4294967295, 'infinity', '24:00', '-infinity', '2024-03-31 02:30+02', true, '', 1.5::numeric::money, 'sad', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
     7, 'seven', '7', '0/7', '08:00:2b:01:02:03', '08:00:2b:01:02:03:04:05', 'pg_class'),
    (7, '2024-02-29', '00:00', '2024-02-29', 'infinity', NULL, 'a', 0::money, NULL, '00000000-0000-0000-0000-000000000000',
     -7, '', '18446744073709551615', 'FFFFFFFF/FFFFFFFF', NULL, NULL, NULL);
CREATE TABLE kinds (
    id int PRIMARY KEY, o oid REFERENCES kinds_parent (o), i int4 REFERENCES kinds_parent (o), d date REFERENCES kinds_parent (d), t time REFERENCES kinds_parent (t),
    ts timestamp REFERENCES kinds_parent (ts), tz timestamptz REFERENCES kinds_parent (tz), b bool REFERENCES kinds_parent (b),
    c "char" REFERENCES kinds_parent (c), m money REFERENCES kinds_parent (m), e mood REFERENCES kinds_parent (e),
    u uuid REFERENCES kinds_parent (u), n int8 REFERENCES kinds_parent (n), s code REFERENCES kinds_parent (s), x xid8 REFERENCES kinds_parent (x),
    l pg_lsn REFERENCES kinds_parent (l), a macaddr REFERENCES kinds_parent (a), a8 macaddr8 REFERENCES kinds_parent (a8), r regclass REFERENCES kinds_parent (o));
INSERT INTO kinds VALUES
    (1, 7, -1, 'infinity', '24:00', '-infinity', '2024-03-31 00:30+00', true, '', 1.5::numeric::money, 'sad', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
     7, 'seven', '7', '0/7', '08:00:2b:01:02:03', '08:00:2b:01:02:03:04:05', 7),
    (2, 8, 7, '-infinity', '00:00', '2024-02-29', '-infinity', false, 'b', 1::money, 'happy', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a12',
     8, 'seven ', '8', '0/8', '08:00:2b:01:02:04', '08:00:2b:01:02:03:04:06', 'pg_type'),
    (3, 4294967295, 6, '2024-03-01', '12:00', NULL, NULL, NULL, 'a', NULL, NULL, '00000000-0000-0000-0000-000000000000',
     -7, '', '18446744073709551615', 'FFFFFFFF/FFFFFFFF', NULL, NULL, NULL);
-- A time is equal to another one with the same zone only, a network with as many bits.
CREATE TABLE more_kinds_parent (
    tz timetz UNIQUE, n inet UNIQUE, c cidr UNIQUE, b bit(5) UNIQUE, v varbit UNIQUE, p tid UNIQUE, UNIQUE (n, tz, v));
INSERT INTO more_kinds_parent VALUES
    ('12:00+02', '10.0.0.1/8', '10.0.0.0/8', B'10101', B'', '(0,1)'),
    ('24:00-15:59:59', '::1', '2001:db8::/32', B'00000', B'0000000', '(4294967295,65535)'),
    ('00:00+00', '0.0.0.0', '::/0', B'11111', B'10101', '(1,1)');
CREATE TABLE more_kinds (
    id int PRIMARY KEY, tz timetz REFERENCES more_kinds_parent (tz), n inet REFERENCES more_kinds_parent (n), c cidr REFERENCES more_kinds_parent (c),
    cn cidr REFERENCES more_kinds_parent (n), nc inet REFERENCES more_kinds_parent (c), b bit(5) REFERENCES more_kinds_parent (b),
    v varbit REFERENCES more_kinds_parent (v), p tid REFERENCES more_kinds_parent (p),
    CONSTRAINT together FOREIGN KEY (n, tz, v) REFERENCES more_kinds_parent (n, tz, v) MATCH FULL);
INSERT INTO more_kinds VALUES
    (1, '12:00+02', '10.0.0.1/8', '10.0.0.0/8', '0.0.0.0/32', '::/0', B'10101', B'', '(0,1)'),
    (2, '10:00+00', '10.0.0.1/9', '10.0.0.0/9', '::1/128', '10.0.0.0/8', B'10100', B'0', '(0,2)'),
    (3, '24:00-15:59:59', '::1', '2001:db8::/32', '10.0.0.0/8', '10.0.0.1/8', B'00000', B'0000000', '(4294967295,65535)'),
    (4, '00:00+01', '::2', '2001:db8::/33', '::2', '2001:db8::/32', B'00001', B'00000000', '(65537,1)'),
    (5, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL), (6, NULL, '0.0.0.0', NULL, NULL, NULL, NULL, B'10101', '(1,1)');
-- Types of the same size whose equal values may differ in their bytes are left to sql.
CREATE TABLE others_parent (f float8 UNIQUE, n numeric UNIQUE, i interval UNIQUE, j jsonb UNIQUE, ts timestamp UNIQUE, a int[] UNIQUE);
INSERT INTO others_parent VALUES (0, 1.0, '1 day', '1.0', '2024-01-01', '{1}');
CREATE TABLE others (
    f float8 REFERENCES others_parent (f), n numeric REFERENCES others_parent (n), i interval REFERENCES others_parent (i), j jsonb REFERENCES others_parent (j),
    d date REFERENCES others_parent (ts), z int8 REFERENCES others_parent (f), a int[] REFERENCES others_parent (a));
INSERT INTO others VALUES ('-0', 1.00, '24:00', '1.00', '2024-01-01', 0, '{1}'), (1, 2, '1', '2', '2024-01-02', 1, '{2}');

-- Columns that came later, with a constant default or without one, and columns that went.
CREATE TABLE altered (gone text, id int PRIMARY KEY, gone_too int8, filler text);
INSERT INTO altered SELECT 'x', n, n, repeat('f', n % 9) FROM generate_series(1, 500) n;
ALTER TABLE altered DROP gone, ADD a int4 DEFAULT 7919 REFERENCES medium, ADD t text DEFAULT 'z5' REFERENCES strings, ADD u uuid;
INSERT INTO altered SELECT n, n, 'y', 7919 * n, 'z' || n FROM generate_series(490, 510) n ON CONFLICT (id) DO UPDATE SET a = 5;
ALTER TABLE altered DROP gone_too, ADD b int8 DEFAULT 2, ADD n int4 REFERENCES medium;
ALTER TABLE altered ADD long text DEFAULT repeat('s', 200) REFERENCES strings, ADD p int2 DEFAULT 3, ADD q int2 DEFAULT 99 NOT NULL;
ALTER TABLE altered ADD FOREIGN KEY (b) REFERENCES large NOT VALID, ADD FOREIGN KEY (q) REFERENCES small NOT VALID,
    ADD CONSTRAINT p_and_q FOREIGN KEY (q, p) REFERENCES two MATCH FULL NOT VALID;
UPDATE altered SET filler = NULL, t = 'none' WHERE id % 100 = 0;
CREATE TABLE altered_parent (id int);
INSERT INTO altered_parent SELECT generate_series(1, 3);
ALTER TABLE altered_parent ADD k int4 DEFAULT 5, ADD name text DEFAULT 'five';
INSERT INTO altered_parent VALUES (4, 6, 'six'), (5, NULL, NULL);
CREATE TABLE of_altered (id int PRIMARY KEY, k int4, name text);
INSERT INTO of_altered VALUES (1, 5, 'five'), (2, 6, 'six'), (3, 7, 'seven'), (4, NULL, NULL);

-- Partitions number their columns otherwise; each holds orphans, and they come by table, then by place.
CREATE TABLE parts (id int, region text, a int4, t text) PARTITION BY LIST (region);
CREATE TABLE parts_b (t text, gone int8, region text, a int4, id int);
CREATE TABLE parts_a PARTITION OF parts FOR VALUES IN ('a');
ALTER TABLE parts_b DROP gone;
ALTER TABLE parts ATTACH PARTITION parts_b FOR VALUES IN ('b');
CREATE TABLE parts_c PARTITION OF parts FOR VALUES IN ('c', NULL) PARTITION BY RANGE (id);
CREATE TABLE parts_c_1 PARTITION OF parts_c FOR VALUES FROM (0) TO (100);
CREATE TABLE parts_c_2 PARTITION OF parts_c DEFAULT;
ALTER TABLE parts ADD CONSTRAINT to_medium FOREIGN KEY (a) REFERENCES medium, ADD CONSTRAINT to_strings FOREIGN KEY (t) REFERENCES strings;
CREATE TABLE parts_parent (id int, region text, PRIMARY KEY (region, id)) PARTITION BY LIST (region);
CREATE TABLE parts_parent_a PARTITION OF parts_parent FOR VALUES IN ('a');
CREATE TABLE parts_parent_b (gone int, region text NOT NULL, id int NOT NULL);
ALTER TABLE parts_parent_b DROP gone;
ALTER TABLE parts_parent ATTACH PARTITION parts_parent_b FOR VALUES IN ('b');
INSERT INTO parts_parent SELECT n, substr('ba', n % 2 + 1, 1) FROM generate_series(1, 100) n;
ALTER TABLE parts ADD CONSTRAINT to_parts FOREIGN KEY (id, region) REFERENCES parts_parent (id, region);
INSERT INTO parts SELECT n, substr('abc', n % 4, 1), 7919 * (n % 101 - n / 190 * 7), 'z' || n FROM generate_series(1, 299) n WHERE n % 4 <> 0;
INSERT INTO parts VALUES (1, 'a', NULL, 'z'), (2, 'b', 1, NULL), (3, 'b', 2, 'x'), (4, NULL, NULL, NULL);
-- Inheritance children neither violate nor satisfy a key.
CREATE TABLE base (id int PRIMARY KEY, k int REFERENCES medium);
CREATE TABLE heir () INHERITS (base);
INSERT INTO base VALUES (1, 7919), (2, 1);
INSERT INTO heir VALUES (3, 1);
CREATE TABLE to_base (id int PRIMARY KEY, k int REFERENCES base);
INSERT INTO to_base VALUES (1, 1), (2, 3);
-- A key to the table itself, rows that are dead, updated and rolled back.
CREATE TABLE selfish (id int PRIMARY KEY, k int REFERENCES selfish);
INSERT INTO selfish SELECT n, n - 1 FROM generate_series(1, 300) n;
DELETE FROM selfish WHERE id % 50 = 0;
UPDATE selfish SET k = NULL WHERE id % 50 = 1 AND id > 200;
BEGIN;
SAVEPOINT s;
DELETE FROM selfish;
ROLLBACK TO s;
COMMIT;
RESET session_replication_role;
SET timezone = 'UTC';
SELECT * FROM compare();
-- The same after dead rows are gone.
VACUUM sparse_nulls, selfish;
SELECT * FROM compare() WHERE child IN ('sparse_nulls'::regclass, 'selfish'::regclass) AND difference IS NOT NULL;

-- Undeclared keys: a parent without an index, with NULLs and the same key many times; a key in TOAST.
CREATE FUNCTION undeclared(engine text, child regclass, child_columns name[], parent regclass, parent_columns name[], match text) RETURNS jsonb
LANGUAGE plpgsql AS $$
#variable_conflict use_variable
DECLARE
    found jsonb;
BEGIN
    PERFORM set_config('fkaudit.engine', engine, true);
    SELECT to_jsonb(c) - 'elapsed_ms' - 'engine' || jsonb_build_object('rows', (SELECT jsonb_agg(to_jsonb(o)) FROM fk_orphans(child, child_columns, parent, parent_columns, match) o))
      INTO found FROM fk_check(child, child_columns, parent, parent_columns, match) c;
    RETURN found;
END $$;
SELECT name, found = undeclared('sql', c, cc, p, pc, m) AS same, found -> 'orphan_rows' AS orphans, found -> 'missing_keys' AS keys
  FROM (VALUES ('toasted', 'toasted'::regclass, '{k}'::name[], 'long_strings'::regclass, '{k}'::name[], 'simple'),
               ('repeated', 'integers', '{small_4}', 'sparse_nulls', '{c}', 'simple'),
               ('later columns', 'of_altered', '{k}', 'altered_parent', '{k}', 'full'),
               ('later text', 'of_altered', '{name,k}', 'altered_parent', '{name,k}', 'full'),
               ('upwards', 'sparse_nulls', '{a,d}', 'sparse_nulls', '{d,a}', 'full')) v(name, c, cc, p, pc, m),
       LATERAL undeclared('scan', c, cc, p, pc, m) found;

-- One table's keys together and each alone are the same; so are a few rows and all of them.
CREATE TEMPORARY TABLE together AS SELECT constraint_oid, to_jsonb(c) - 'elapsed_ms' AS row FROM fk_check() c;
SELECT count(*), count(*) FILTER (WHERE row <> (SELECT to_jsonb(c) - 'elapsed_ms' FROM fk_check(child, constraint_name) c)) AS different
  FROM together JOIN LATERAL (SELECT conrelid::regclass, conname FROM pg_constraint WHERE oid = constraint_oid) k(child, constraint_name) ON true;
SELECT row_key, foreign_key, row_ctid FROM fk_orphans('sparse_nulls', max_rows => 2);
SELECT count(*) FROM fk_orphans('composites', max_rows => 0);
-- All keys of a table are listed by one scan of it; the rows stand as they do key by key, between those of the sql engine.
CREATE TABLE turns (id int PRIMARY KEY, a int4 REFERENCES medium, b jsonb REFERENCES others_parent (j), c int8 REFERENCES large, d int4 REFERENCES medium);
SET session_replication_role = replica;
INSERT INTO turns SELECT n, n, to_jsonb(n + 1), n, nullif(n % 3, 0) FROM generate_series(1, 1000) n;
RESET session_replication_role;
SET fkaudit.engine = auto;
SELECT constraint_name, engine, orphan_rows FROM fk_check('turns');
CREATE FUNCTION listed_together(child regclass, n bigint) RETURNS jsonb LANGUAGE sql
    RETURN (SELECT jsonb_agg(to_jsonb(o) - 'ordinality' ORDER BY ordinality) FROM fk_orphans(child, max_rows => n) WITH ORDINALITY o);
CREATE FUNCTION listed_alone(child regclass, n bigint) RETURNS jsonb LANGUAGE sql
    RETURN (SELECT jsonb_agg(to_jsonb(o) - 'ordinality' ORDER BY conname, ordinality)
              FROM (SELECT conname FROM pg_constraint WHERE conrelid = child AND contype = 'f' AND conparentid = 0 OFFSET 0) k,
                   fk_orphans(child, conname, n) WITH ORDINALITY o);
SELECT count(*), sum(jsonb_array_length(listed_together(child, n))) AS rows,
       count(*) FILTER (WHERE listed_together(child, n) IS DISTINCT FROM listed_alone(child, n)) AS different
  FROM (SELECT DISTINCT conrelid::regclass FROM pg_constraint c JOIN pg_class r ON r.oid = conrelid
         WHERE contype = 'f' AND conparentid = 0 AND relnamespace = 'check_scan'::regnamespace) k(child), (VALUES (NULL), (7)) m(n);
-- As many keys in so little memory that their rows are kept on disk.
SET maintenance_work_mem = '1MB';
SELECT jsonb_array_length(listed_together('turns', NULL)) AS rows, listed_together('turns', NULL) = listed_alone('turns', NULL) AS same;
RESET maintenance_work_mem;

SET client_min_messages = warning;
DROP SCHEMA check_scan CASCADE;
