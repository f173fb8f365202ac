-- The engine that reads the distinct keys of an index: the same orphans as the heap has, wherever it serves a key, and
-- nothing said where an index cannot be trusted.
\getenv inputdir PG_ABS_SRCDIR
\set judge :inputdir '/sql/include/judge.sql'
\set ECHO none
\i :judge
\set ECHO all
CREATE SCHEMA check_index;
SET search_path = check_index, public;

-- What two engines say of a child's keys, where they differ; what is said of no row, only of the engine, aside.
CREATE FUNCTION differences(child regclass) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    counted text[];
    listed text[];
    engine text;
BEGIN
    FOREACH engine IN ARRAY ARRAY['sql', 'index'] LOOP
        PERFORM set_config('fkaudit.engine', engine, true);
        counted := counted || (SELECT string_agg(format('%s: %s orphans of %s keys, such as %s, %s mixed, %s partial', constraint_name,
                                   orphan_rows, missing_keys, example, mixed_null_rows, partial_null_rows), E'\n')
                                 FROM fk_check(child));
        listed := listed || (SELECT string_agg(o::text, E'\n') FROM fk_orphans(child) o);
    END LOOP;
    RETURN NEXT counted[2];
    IF counted[1] IS DISTINCT FROM counted[2] THEN
        RETURN NEXT 'by query: ' || counted[1];
    END IF;
    IF listed[1] IS DISTINCT FROM listed[2] THEN
        RETURN NEXT format('listed by query: %s, by index: %s', listed[1], listed[2]);
    END IF;
END
$$;

-- Types. Each value fills several pages of its index, so that the walk seeks past it; some have no parent, some rows are
-- NULL.
CREATE TYPE mood AS ENUM ('sad', 'so so', 'glad', 'merry', 'mad', 'low', 'high');
CREATE DOMAIN small AS int CHECK (VALUE < 1000);
DO $$
DECLARE
    kind record;
BEGIN
    SET LOCAL session_replication_role = replica;
    FOR kind IN SELECT * FROM (VALUES
        ('int2', 'int2', 'n::int2'), ('int4', 'int4', 'n'), ('int8', 'int8', 'n'), ('oid', 'oid', 'n::oid'),
        ('int4_of_int8', 'int8', 'n'), ('numeric', 'numeric', 'n / 4.0'), ('float8', 'float8', 'n / 4.0'),
        ('money', 'money', 'n::money'), ('bool', 'bool', 'n = 1'), ('"char"', '"char"', 'chr(64 + n)::"char"'),
        ('mood', 'mood', 'enum_range(NULL::mood)[n:n]::text::mood[]'), ('text', 'text', '''item '' || n'),
        ('text_c', 'text COLLATE "C"', '''item '' || n'), ('long_text', 'text', 'repeat(''long '' || n, 30)'),
        ('varchar', 'varchar(20)', '''item '' || n'), ('bpchar', 'char(9)', '''item '' || n'),
        ('name', 'name', '''item '' || n'), ('bytea', 'bytea', 'int4send(n)'), ('uuid', 'uuid', 'md5(n::text)::uuid'),
        ('date', 'date', 'date ''2000-01-01'' + n'), ('timestamptz', 'timestamptz', 'timestamptz ''2000-01-01 UTC'' + n * interval ''1 h'''),
        ('interval', 'interval', 'n * interval ''1 month'''), ('inet', 'inet', 'inet ''10.0.0.0'' + n'),
        ('jsonb', 'jsonb', 'to_jsonb(n)'), ('int4range', 'int4range', 'int4range(0, n)'), ('small', 'small', 'n')
    ) k(name, type, value) LOOP
        EXECUTE format('CREATE TABLE %I (id %s PRIMARY KEY)', 'to_' || kind.name, kind.type);
        EXECUTE format('CREATE TABLE %I (number int PRIMARY KEY, k %s REFERENCES %I)', 'of_' || kind.name,
                       CASE kind.name WHEN 'int4_of_int8' THEN 'int4' ELSE kind.type END, 'to_' || kind.name);
        IF kind.name = 'mood' THEN
            kind.value := '(enum_range(NULL::mood))[n]';
        END IF;
        EXECUTE format('INSERT INTO %I SELECT DISTINCT %s FROM generate_series(1, 5) n', 'to_' || kind.name, kind.value);
        IF kind.name = 'bool' THEN
            DELETE FROM to_bool WHERE id;
        END IF;
        EXECUTE format('INSERT INTO %I SELECT row_number() OVER (), CASE WHEN i > 3 OR n <> 7 THEN v END FROM generate_series(1, 150) i,'
                       ' LATERAL (SELECT n, %s FROM generate_series(1, 7) n) x(n, v) WHERE n NOT IN (2, 7) OR i <= 5',
                       'of_' || kind.name, kind.value);
        EXECUTE format('CREATE INDEX ON %I (k) WITH (fillfactor = 10, deduplicate_items = off)', 'of_' || kind.name);
    END LOOP;
END
$$;
SELECT c.relname, d FROM pg_class c, differences(c.oid) d WHERE c.relnamespace = 'check_index'::regnamespace AND c.relname LIKE 'of\_%'
   AND c.relkind = 'r' ORDER BY 1;
SET fkaudit.engine = index;
-- PostgreSQL's own verdict on every row.
SELECT name, judge.rows(('of_' || name)::regclass, 'of_' || name || '_k_fkey')
  FROM unnest(ARRAY['int4_of_int8', 'mood', 'bpchar', 'name', 'small']) name;
SELECT verdict, orphan_rows, missing_keys, example, rows_checked, detail, engine FROM fk_check('of_text') \gx

-- Several columns, and NULL in any of them: each order of the columns and of the NULLs is another walk.
SET session_replication_role = replica;
CREATE TABLE three (a int, b text, c int, PRIMARY KEY (a, b, c));
INSERT INTO three SELECT a, 'b' || b, c FROM generate_series(1, 3) a, generate_series(1, 3) b, generate_series(1, 3) c;
CREATE TABLE simple_rows (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a int, b text, c int,
                          FOREIGN KEY (a, b, c) REFERENCES three (a, b, c));
INSERT INTO simple_rows (a, b, c)
SELECT a, 'b' || b, c
  FROM (VALUES (1), (2), (4), (NULL)) x(a), (VALUES (1), (3), (5), (NULL)) y(b), (VALUES (1), (2), (6), (NULL)) z(c),
       generate_series(1, 1 + 170 * (coalesce(a, 0) % 2) * (coalesce(b, 0) % 2) * (coalesce(c, 0) % 2)) repeated
 ORDER BY repeated, a, b, c;
CREATE TABLE full_rows (LIKE simple_rows INCLUDING ALL, FOREIGN KEY (a, b, c) REFERENCES three (a, b, c) MATCH FULL);
INSERT INTO full_rows (a, b, c) SELECT a, b, c FROM simple_rows ORDER BY id;
RESET session_replication_role;
CREATE FUNCTION differences_by(definition text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE INDEX by_this ON simple_rows %s', definition);
    EXECUTE format('CREATE INDEX by_that ON full_rows %s', definition);
    RETURN QUERY SELECT definition UNION ALL SELECT differences('simple_rows') UNION ALL SELECT differences('full_rows');
    DROP INDEX by_this, by_that;
END
$$;
SELECT d FROM unnest(ARRAY['(a, b, c)', '(c, a, b)', '(b DESC, c, a DESC)', '(a NULLS FIRST, b, c)', '(a, b NULLS FIRST, c)',
    '(c DESC NULLS LAST, b DESC, a)', '(a, c DESC, b NULLS FIRST, id) INCLUDE (id)',
    '(a, b, c) WITH (fillfactor = 10, deduplicate_items = off)', '(c, b NULLS FIRST, a DESC) WITH (fillfactor = 10)',
    '(b NULLS FIRST, a, c DESC) WITH (fillfactor = 10, deduplicate_items = off)']) definition,
    LATERAL differences_by(definition) d;
CREATE INDEX ON simple_rows (b, a, c);
CREATE INDEX ON full_rows (b, a, c);
SELECT judge.rows('full_rows', 'full_rows_a_b_c_fkey'), judge.rows('simple_rows', 'simple_rows_a_b_c_fkey');
-- Rows that are NULL in part, in one entry of the index each (a posting list): all visible to everybody, some deleted, and
-- some that only this transaction sees.
CREATE TABLE two (a int, b int, PRIMARY KEY (a, b));
INSERT INTO two VALUES (1, 1);
CREATE TABLE twins (id int PRIMARY KEY, a int, b int, CONSTRAINT plain FOREIGN KEY (a, b) REFERENCES two,
                    CONSTRAINT strict FOREIGN KEY (a, b) REFERENCES two MATCH FULL NOT VALID);
SET session_replication_role = replica;
INSERT INTO twins SELECT n, 1, CASE WHEN n % 3 > 0 THEN 1 END FROM generate_series(1, 90) n;
RESET session_replication_role;
CREATE INDEX ON twins (a, b);
VACUUM twins;
SELECT d FROM differences('twins') d;
DELETE FROM twins WHERE id % 9 = 0;
SELECT d FROM differences('twins') d;
BEGIN;
SET LOCAL session_replication_role = replica;
INSERT INTO twins SELECT n, NULL, 1 FROM generate_series(101, 120) n;
SELECT d FROM differences('twins') d;
ROLLBACK;

-- No NULL anywhere.
CREATE TABLE not_null (LIKE simple_rows, FOREIGN KEY (a, b, c) REFERENCES three (a, b, c) NOT VALID);
ALTER TABLE not_null ALTER a SET NOT NULL, ALTER b SET NOT NULL, ALTER c SET NOT NULL, ALTER id DROP NOT NULL;
SET session_replication_role = replica;
INSERT INTO not_null SELECT * FROM simple_rows WHERE a + c IS NOT NULL AND b IS NOT NULL;
RESET session_replication_role;
CREATE INDEX ON not_null (a, b, c);
SELECT differences('not_null');

-- Rows in the order of the index and others: the physical order is the heap's. max_rows takes the first.
CREATE TABLE parent (id int PRIMARY KEY);
CREATE TABLE child (id int PRIMARY KEY, k int REFERENCES parent);
CREATE INDEX child_k ON child (k);
SET session_replication_role = replica;
INSERT INTO parent SELECT generate_series(1, 300);
INSERT INTO child SELECT n, CASE WHEN n % 100 = 0 THEN -n ELSE n % 300 + 1 END FROM generate_series(1, 1000) n;
RESET session_replication_role;
SELECT differences('child');
SELECT row_key, foreign_key, row_ctid FROM fk_orphans('child', max_rows => 3);
SELECT count(*) FROM fk_orphans('child', max_rows => 0);
-- The parent's keys lie far apart, or close: stepping and seeking find the same.
SET session_replication_role = replica;
DELETE FROM parent WHERE id BETWEEN 100 AND 199;
RESET session_replication_role;
SELECT differences('child');
INSERT INTO parent SELECT generate_series(-1000000, -1001, 7);
INSERT INTO parent SELECT generate_series(1001, 60000);
SELECT differences('child');

-- Entries of rows that are no more, on both sides, before VACUUM and after it.
SET session_replication_role = replica;
DELETE FROM child WHERE k = -100;
UPDATE child SET k = k + 1 WHERE k IN (-200, 10, 99);
DELETE FROM parent WHERE id = 20;
UPDATE parent SET id = 400 WHERE id = 21;
RESET session_replication_role;
SELECT differences('child');
VACUUM parent, child;
SELECT differences('child');
-- What a transaction has done is seen by itself, and not after it was rolled back.
BEGIN;
SET LOCAL session_replication_role = replica;
DELETE FROM parent WHERE id = 50;
SELECT differences('child');
ROLLBACK;
SELECT differences('child');

-- An index that lacks entries hides the orphans in question: `clean` is said, never `trusted`. Only the heap tells.
CREATE TABLE damaged (id int PRIMARY KEY, k int REFERENCES parent);
CREATE INDEX damaged_k ON damaged (k);
INSERT INTO damaged VALUES (1, 1), (2, 2);
UPDATE pg_index SET indisready = false WHERE indexrelid = 'damaged_k'::regclass;
\c
SET search_path = check_index, public;
SET fkaudit.engine = index;
SET session_replication_role = replica;
INSERT INTO damaged VALUES (3, -7);
RESET session_replication_role;
SELECT verdict, reason, detail FROM fk_check('damaged');
UPDATE pg_index SET indisready = true WHERE indexrelid = 'damaged_k'::regclass;
\c
SET search_path = check_index, public;
SET fkaudit.engine = index;
SELECT verdict, orphan_rows, enforcement, rows_checked, detail, engine FROM fk_check('damaged');
SELECT * FROM fk_orphans('damaged');
SET fkaudit.engine = sql;
SELECT verdict, orphan_rows, rows_checked, engine FROM fk_check('damaged');
SET fkaudit.engine = index;
REINDEX INDEX damaged_k;
SELECT verdict, orphan_rows, enforcement, detail, engine FROM fk_check('damaged');
-- A parent's index that lacks an entry makes no orphan: the heap has the parent.
UPDATE pg_index SET indisready = false WHERE indexrelid = 'parent_pkey'::regclass;
\c
SET search_path = check_index, public;
SET fkaudit.engine = index;
INSERT INTO parent VALUES (-7), (-8);
UPDATE pg_index SET indisready = true WHERE indexrelid = 'parent_pkey'::regclass;
\c
SET search_path = check_index, public;
SET fkaudit.engine = index;
SELECT verdict, orphan_rows, detail FROM fk_check('damaged');
SELECT * FROM fk_orphans('damaged');
REINDEX INDEX parent_pkey;
SELECT verdict, orphan_rows, detail FROM fk_check('damaged');
-- An entry without a parent that leads to a row of another key makes no orphan: VACUUM has not cleaned the index, and
-- the row's place went to another.
CREATE TABLE misled (id int PRIMARY KEY, k int REFERENCES parent);
CREATE INDEX misled_k ON misled (k);
SET session_replication_role = replica;
INSERT INTO misled VALUES (1, 1), (2, -77);
RESET session_replication_role;
UPDATE pg_index SET indisready = false WHERE indexrelid = 'misled_k'::regclass;
DELETE FROM misled WHERE k = -77;
\c
SET search_path = check_index, public;
SET fkaudit.engine = index;
VACUUM misled;
INSERT INTO misled VALUES (3, 2);
SELECT ctid, * FROM misled;
UPDATE pg_index SET indisready = true WHERE indexrelid = 'misled_k'::regclass;
\c
SET search_path = check_index, public;
SET fkaudit.engine = index;
SELECT verdict, orphan_rows, detail FROM fk_check('misled');
SELECT * FROM fk_orphans('misled');
-- Keys of every form, all of which the parent's heap has and none of its indexes: but for the last three, which nobody has.
CREATE TABLE forms (s int2, i int4, b int8, c int8, m timestamptz, u uuid, t text,
    UNIQUE (s), UNIQUE (s, i), UNIQUE (b, c), UNIQUE (m), UNIQUE (u), UNIQUE (t), UNIQUE (i, t));
CREATE TABLE of_forms (n int, s int4, i int2, b int8, c int4, m timestamptz, u uuid, t varchar,
    CONSTRAINT one FOREIGN KEY (s) REFERENCES forms (s), CONSTRAINT small FOREIGN KEY (s, i) REFERENCES forms (s, i),
    CONSTRAINT large FOREIGN KEY (b, c) REFERENCES forms (b, c), CONSTRAINT of_time FOREIGN KEY (m) REFERENCES forms (m),
    CONSTRAINT of_uuid FOREIGN KEY (u) REFERENCES forms (u), CONSTRAINT of_text FOREIGN KEY (t) REFERENCES forms (t),
    CONSTRAINT of_both FOREIGN KEY (i, t) REFERENCES forms (i, t));
CREATE INDEX ON of_forms (s);
CREATE INDEX ON of_forms (s, i);
CREATE INDEX ON of_forms (c, b);
CREATE INDEX ON of_forms (m);
CREATE INDEX ON of_forms (u);
CREATE INDEX ON of_forms (t);
CREATE INDEX ON of_forms (i, t);
SET session_replication_role = replica;
INSERT INTO of_forms SELECT n, n - 5, -n, (n - 5) * 1000000000000::int8, -n, timestamptz '2026-01-01 UTC' + n * interval '1 h', md5(n::text)::uuid, 'text ' || n
  FROM generate_series(1, 12) n, generate_series(1, 5);
UPDATE pg_index SET indisready = false WHERE indrelid = 'forms'::regclass;
\c
SET search_path = check_index, public;
INSERT INTO forms SELECT s, i, b, c, m, u, t FROM of_forms WHERE n <= 9 GROUP BY n, s, i, b, c, m, u, t;
INSERT INTO forms VALUES (NULL), (NULL, 7, 7);
UPDATE pg_index SET indisready = true WHERE indrelid = 'forms'::regclass;
\c
SET search_path = check_index, public;
SET fkaudit.engine = index;
SELECT constraint_name, verdict, orphan_rows, missing_keys, example, engine, substring(detail from '\d+ of them have their parents in the heap') AS unindexed FROM fk_check('of_forms');
SELECT constraint_name, count(*), min(foreign_key::text), max(foreign_key::text) FROM fk_orphans('of_forms') GROUP BY 1 ORDER BY 1;
SET fkaudit.engine = sql;
SELECT constraint_name, verdict, orphan_rows, missing_keys, example FROM fk_check('of_forms');
SET fkaudit.engine = index;

-- Where an index is no help, or could not be believed.
CREATE TABLE refused (id int PRIMARY KEY, k int, t text COLLATE "C", CONSTRAINT k FOREIGN KEY (k) REFERENCES parent);
CREATE TABLE text_parent (id text COLLATE "C" PRIMARY KEY);
ALTER TABLE refused ADD CONSTRAINT t FOREIGN KEY (t) REFERENCES text_parent;
CREATE FUNCTION why(definition text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE 'CREATE INDEX tried ON refused ' || definition;
    RETURN QUERY SELECT format('%s: %s: %s', definition, constraint_name, coalesce(reason || ': ' || detail, verdict))
                   FROM fk_check('refused');
    DROP INDEX tried;
END
$$;
SELECT verdict, reason, detail FROM fk_check('refused');
SELECT d FROM unnest(ARRAY['(k)', 'USING hash (k)', 'USING brin (k)', '(id, k)', '(id) INCLUDE (k)', '((k + 0))', '(k, (k + 0))',
    '(k) WHERE id > 0', '(k) WHERE k > 0', '(k) WHERE k IS NOT NULL', '(k) WHERE t IS NOT NULL', '(t)', '(t COLLATE "POSIX")',
    '(t text_pattern_ops)']) definition, LATERAL why(definition) d WHERE d !~ 'check_index.refused has no';
CREATE INDEX refused_k ON refused (k);
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'refused_k'::regclass;
SELECT verdict, reason, detail FROM fk_check('refused', 'k');
UPDATE pg_index SET indisvalid = true, indislive = false WHERE indexrelid = 'refused_k'::regclass;
\c
SET search_path = check_index, public;
SET fkaudit.engine = index;
SELECT verdict, reason, detail FROM fk_check('refused', 'k');
UPDATE pg_index SET indislive = true WHERE indexrelid = 'refused_k'::regclass;
\c
SET search_path = check_index, public;
SET fkaudit.engine = index;
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'parent_pkey'::regclass;
SELECT verdict, reason, detail FROM fk_check('refused', 'k');
UPDATE pg_index SET indisvalid = true WHERE indexrelid = 'parent_pkey'::regclass;
-- A cast, a composite, a type or an operator class of somebody's, a column named twice, an array.
CREATE TABLE number_parent (id numeric PRIMARY KEY);
CREATE TYPE pair AS (x int, y int);
CREATE TABLE pair_parent (id pair PRIMARY KEY);
CREATE TABLE array_parent (id int[] PRIMARY KEY);
CREATE FUNCTION backwards(int, int) RETURNS int LANGUAGE sql IMMUTABLE STRICT AS 'SELECT btint4cmp($2, $1)';
CREATE OPERATOR CLASS backward_ops FOR TYPE int USING btree AS OPERATOR 1 >, OPERATOR 2 >=, OPERATOR 3 =, OPERATOR 4 <=,
    OPERATOR 5 <, FUNCTION 1 backwards(int, int);
CREATE TABLE casts (k int REFERENCES number_parent, p pair REFERENCES pair_parent, a int[] REFERENCES array_parent,
                    o int REFERENCES parent);
CREATE INDEX ON casts (k);
CREATE INDEX ON casts (p);
CREATE INDEX ON casts (a);
CREATE INDEX ON casts (o backward_ops);
SELECT constraint_name, verdict, reason, detail FROM fk_check('casts');
CREATE TABLE pairs (a int, b int, UNIQUE (a, b));
CREATE TABLE twice (k int, FOREIGN KEY (k, k) REFERENCES pairs (a, b));
CREATE INDEX ON twice (k);
SELECT constraint_name, verdict, reason, detail FROM fk_check('twice');
-- The parent of a key that is not declared needs an index, too, but no unique one.
CREATE TABLE plain_parent (id int);
INSERT INTO plain_parent VALUES (1), (1), (2), (NULL);
SELECT verdict, reason, detail FROM fk_check('damaged', '{k}', 'plain_parent', '{id}');
CREATE INDEX ON plain_parent (id);
SELECT verdict, orphan_rows, example, detail FROM fk_check('damaged', '{k}', 'plain_parent', '{id}');

-- Partitions: each leaf by its own index, with its own column numbers; a key that several leaves have is one key.
CREATE TABLE parted_parent (id int PRIMARY KEY) PARTITION BY RANGE (id);
CREATE TABLE parted_parent_1 PARTITION OF parted_parent FOR VALUES FROM (0) TO (50);
CREATE TABLE parted_parent_2 PARTITION OF parted_parent FOR VALUES FROM (50) TO (100);
CREATE TABLE parted (id int, k int REFERENCES parted_parent, PRIMARY KEY (id)) PARTITION BY RANGE (id);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (1000);
CREATE TABLE parted_2 (gone int, k int, id int NOT NULL);
ALTER TABLE parted_2 DROP gone;
ALTER TABLE parted ATTACH PARTITION parted_2 FOR VALUES FROM (1000) TO (3000);
CREATE INDEX ON parted_1 (k);
SET session_replication_role = replica;
INSERT INTO parted_parent SELECT generate_series(0, 99);
INSERT INTO parted SELECT n, n % 103 FROM generate_series(1, 2200) n;
INSERT INTO parted SELECT n, 500 FROM generate_series(2201, 2400) n;
INSERT INTO parted VALUES (0, 500), (2999, NULL);
RESET session_replication_role;
SELECT verdict, reason, detail FROM fk_check('parted');
CREATE INDEX ON parted_2 (k);
SELECT differences('parted');
SELECT verdict, detail FROM fk_check('parted');
DROP INDEX parted_1_k_idx, parted_2_k_idx;
CREATE INDEX ON parted (k);
SELECT differences('parted');
SELECT judge.rows('parted', 'parted_k_fkey');
-- No partition, no row.
CREATE TABLE no_leaf (k int REFERENCES parted_parent) PARTITION BY RANGE (k);
SELECT verdict, orphan_rows, detail FROM fk_check('no_leaf');
-- Inheritance children are no part of a key, on neither side.
CREATE TABLE heirs () INHERITS (child);
SET session_replication_role = replica;
INSERT INTO heirs VALUES (1, -5);
RESET session_replication_role;
SELECT differences('child');

-- Who may not see the places of rows gets the same rows, from the heap.
CREATE ROLE fkaudit_index_reader;
GRANT USAGE ON SCHEMA check_index TO fkaudit_index_reader;
GRANT SELECT (k) ON child TO fkaudit_index_reader;
GRANT SELECT ON parent TO fkaudit_index_reader;
SET ROLE fkaudit_index_reader;
SELECT row_key, foreign_key, row_ctid FROM fk_orphans('child', max_rows => 2);
SELECT orphan_rows, engine FROM fk_check('child');
RESET ROLE;
REASSIGN OWNED BY fkaudit_index_reader TO CURRENT_USER;
DROP OWNED BY fkaudit_index_reader;
DROP ROLE fkaudit_index_reader;

-- auto takes an index only where it is trusted and serves, and where keys repeat a lot; otherwise it goes on as without.
CREATE TABLE good (id int PRIMARY KEY, k int REFERENCES parent, l int REFERENCES parent, m int REFERENCES parent);
INSERT INTO good SELECT n, n % 2 + 1, n % 2 + 1, n + 2000 FROM generate_series(1, 50) n;
CREATE INDEX ON good (k);
CREATE INDEX ON good (m);
ANALYZE good, full_rows, simple_rows;
SET fkaudit.engine = auto;
SHOW fkaudit.trust_indexes;
SELECT constraint_name, verdict, engine = 'index' AS by_index FROM fk_check('good');
SET fkaudit.trust_indexes = on;
SELECT constraint_name, verdict, engine = 'index' AS by_index, rows_checked, enforcement FROM fk_check('good');
SET fkaudit.engine = sql;
SELECT constraint_name, verdict, engine, rows_checked FROM fk_check('good');
SET fkaudit.engine = auto;
-- Findings do not count rows that nobody counted.
SELECT rule, message FROM fk_audit('full_rows', check_data => true) WHERE rule IN ('orphan-rows', 'mixed-null-key');
SELECT rule, message FROM fk_audit('simple_rows', check_data => true) WHERE rule IN ('orphan-rows', 'partial-null-key');

SET client_min_messages = warning;
DROP SCHEMA check_index, judge CASCADE;
