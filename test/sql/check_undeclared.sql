-- Foreign keys that are not declared: the operators are those that ALTER TABLE … ADD FOREIGN KEY would take, and what
-- it would refuse is refused in its words. What ALTER TABLE says stands beside it each time.
\getenv inputdir PG_ABS_SRCDIR
\set judge :inputdir '/sql/include/judge.sql'
\set ECHO none
\i :judge
\set ECHO all
CREATE SCHEMA check_undeclared;
SET search_path = check_undeclared, public;

--
-- Every pair of these types
--
CREATE TYPE colour AS ENUM ('red', 'green', 'blue');
CREATE TYPE pair AS (a int, b text);
CREATE DOMAIN code AS text;
CREATE DOMAIN small AS int2;
-- (A domain over an enum is no enum for a foreign key, though one over an array is an array.)
CREATE DOMAIN tint AS colour;
CREATE DOMAIN numbers AS int[];

-- Three values of each type: the parent holds the first two, the child all of them and NULL.
CREATE TABLE types (type text PRIMARY KEY, one text, two text, three text);
INSERT INTO types VALUES
    ('"char"', 'a', 'b', 'c'), ('smallint', '1', '-1', '3'),
    ('integer', '1', '-1', '70000'), ('bigint', '1', '9007199254740993', '9007199254740992'), ('real', '1', '0.1', '3'),
    ('double precision', '1', '9007199254740992', '0.1'), ('numeric(9,2)', '1', '1.5', '3'),
    ('oid', '1', '2', '70000'), ('name', 'a', 'ab ', 'abc'),
    ('text', 'a', 'ab ', 'abc'), ('character varying(5)', 'a', 'ab', 'abc'), ('character(5)', 'a', 'ab', 'abc'),
    ('bit(3)', '101', '111', '000'),
    ('date', '2024-03-31', '2024-04-01', '2025-01-01'), ('time', '00:00', '12:00', '13:00'),
    ('timestamp', '2024-03-31', '2024-04-01 12:00', '2025-01-02'),
    ('timestamp with time zone', '2024-03-31', '2024-04-01 12:00', '2025-01-02'),
    ('inet', '10.0.0.1', '10.0.0.0/8', '10.0.0.1/8'), ('cidr', '10.0.0.1', '10.0.0.0/8', '10.0.0.0/9'),
    ('macaddr', '08:00:2b:01:02:03', '08:00:2b:01:02:04', '08:00:2b:01:02:05'),
    ('macaddr8', '08:00:2b:ff:fe:01:02:03', '08:00:2b:01:02:03:04:05', '08:00:2b:ff:fe:01:02:05'),
    ('int4range', '[1,2]', 'empty', '[1,4)'), ('integer[]', '{1}', '{1,2}', '{2,1}'),
    ('text[]', '{1}', '{1,2}', '{2,1}'), ('colour', 'red', 'green', 'blue'),
    ('tint', 'red', 'green', 'blue'), ('numbers', '{1}', '{1,2}', '{2,1}'),
    ('pair', '(1,a)', '(1,)', '(,)'), ('code', 'a', 'ab ', 'abc'), ('small', '1', '-1', '3');
-- Types without a btree order can be on the child's side only.
CREATE TABLE child_types (LIKE types INCLUDING ALL);
INSERT INTO child_types SELECT * FROM types
    UNION ALL VALUES ('json', '1', '2', '3'), ('point', '(0,0)', '(0,1)', '(1,1)'), ('xid', '1', '2', '3'),
        ('json[]', '{1}', '{2}', '{3}');

-- A table with one column of the type, named after the side and the type.
CREATE FUNCTION make_tables() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    t record;
BEGIN
    FOR t IN SELECT * FROM types LOOP
        EXECUTE format('CREATE TABLE %I (k %s UNIQUE)', 'parent ' || t.type, t.type);
        EXECUTE format('INSERT INTO %I VALUES (%L), (%L) ON CONFLICT DO NOTHING', 'parent ' || t.type, t.one, t.two);
    END LOOP;
    FOR t IN SELECT * FROM child_types LOOP
        EXECUTE format('CREATE TABLE %I (k %s)', 'child ' || t.type, t.type);
        EXECUTE format('INSERT INTO %I VALUES (%L), (%L), (%L), (NULL)', 'child ' || t.type, t.one, t.two, t.three);
    END LOOP;
END
$$;
SELECT make_tables();

-- Before 18 the server names the columns without their tables.
CREATE FUNCTION name_tables(detail text) RETURNS text LANGUAGE sql AS $$
    SELECT regexp_replace(detail, '^(Key columns ".*") and (".*") are of',
                          '\1 of the referencing table and \2 of the referenced table are of')
$$;

-- Declares the key, and puts what the server says (its SQLSTATE and DETAIL, or the orphans) beside what fkaudit says of
-- the key while it is not declared. The declaration is rolled back.
CREATE FUNCTION compare(child regclass, parent regclass, OUT server text, OUT fkaudit text, OUT judge text)
LANGUAGE plpgsql AS $$
DECLARE
    explanation text;
BEGIN
    BEGIN
        SELECT format('%s orphans', count(*)) INTO fkaudit FROM fk_orphans(child, '{k}', parent, '{k}');
    EXCEPTION WHEN OTHERS THEN
        GET STACKED DIAGNOSTICS explanation = PG_EXCEPTION_DETAIL;
        -- The server leaves the schema out where the caller's path finds the type.
        fkaudit := format('%s %s: %s', SQLSTATE, SQLERRM, replace(explanation, 'check_undeclared.', ''));
    END;
    BEGIN
        EXECUTE format('ALTER TABLE %s ADD CONSTRAINT again FOREIGN KEY (k) REFERENCES %s (k) NOT VALID', child, parent);
        judge := judge.rows(child, 'again');
        SELECT format('%s orphans', orphan_rows) INTO server FROM fk_check(child, 'again');
        RAISE EXCEPTION USING ERRCODE = 'AGAIN';
    EXCEPTION
        WHEN SQLSTATE 'AGAIN' THEN
            RETURN;
        WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS explanation = PG_EXCEPTION_DETAIL;
            server := format('%s %s: %s', SQLSTATE, replace(SQLERRM, ' "again"', ''), name_tables(explanation));
    END;
END
$$;
SET client_min_messages = error;
CREATE TABLE verdicts AS
SELECT p.type AS parent, c.type AS child, v.*
  FROM types p, child_types c,
       compare(quote_ident('child ' || c.type)::regclass, quote_ident('parent ' || p.type)::regclass) v;
RESET client_min_messages;
-- "char" has no collation. 15 to 17 do not mind (check_collations_mixed), 18 and newer fail with an internal error: key
-- columns are not both collatable.
DELETE FROM verdicts WHERE child = '"char"' AND parent IN ('text', 'character varying(5)', 'code');

SELECT count(*) AS pairs, count(judge) AS accepted, count(*) FILTER (WHERE server <> fkaudit) AS different FROM verdicts;
-- Where a value cannot be cast, the server's own check fails with the cast's error, and the key cannot be examined.
SELECT * FROM verdicts WHERE server <> fkaudit OR judge !~ '^agrees' ORDER BY parent, child;
SELECT parent, string_agg(format('%s (%s)', child, left(server, 1)), ', ' ORDER BY child) AS "children (orphans of 4)"
  FROM verdicts WHERE judge IS NOT NULL GROUP BY parent ORDER BY parent;
SELECT DISTINCT server FROM verdicts WHERE parent IN ('numeric(9,2)', 'integer[]') AND child IN ('character varying(5)',
    'numeric(9,2)', 'bit(3)', 'text[]') AND judge IS NULL ORDER BY 1;

--
-- What the server refuses
--
CREATE TABLE parent (a int PRIMARY KEY, b int, c text, UNIQUE (a, b), UNIQUE (c), later int UNIQUE DEFERRABLE);
CREATE TABLE child (a int, b int, c text, "A b" int);
CREATE VIEW a_view AS SELECT * FROM parent;
CREATE MATERIALIZED VIEW a_matview AS SELECT * FROM parent;
CREATE SEQUENCE a_sequence;
CREATE INDEX an_index ON parent (b);
CREATE TYPE a_type AS (a int);
CREATE FOREIGN DATA WRAPPER nowhere;
CREATE SERVER nowhere FOREIGN DATA WRAPPER nowhere;
CREATE FOREIGN TABLE a_foreign (a int) SERVER nowhere;
CREATE TABLE parted (a int) PARTITION BY LIST (a);
CREATE TEMP TABLE temporary (a int PRIMARY KEY);
CREATE UNLOGGED TABLE unlogged (a int PRIMARY KEY);

-- The error of a statement: SQLSTATE, message, DETAIL, HINT. What succeeds is rolled back.
CREATE FUNCTION error_of(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    detail text;
    hint text;
BEGIN
    EXECUTE statement;
    RAISE EXCEPTION USING ERRCODE = 'NOERR';
EXCEPTION WHEN SQLSTATE 'NOERR' THEN
    RETURN 'none';
WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
    -- Since 16 it says of an index or a type: cannot open relation "…", which does not support this operation.
    IF SQLERRM ~ '^"(an_index|a_type)" is a' AND hint = '' THEN
        RETURN format('%s cannot open relation %s', SQLSTATE, substring(SQLERRM FROM '^"[^"]+"'));
    ELSIF SQLERRM ~ '^cannot open relation' THEN
        RETURN SQLSTATE || ' ' || SQLERRM;
    END IF;
    RETURN concat_ws(E'\n', SQLSTATE || ' ' || SQLERRM, 'DETAIL: ' || name_tables(nullif(detail, '')), 'HINT: ' || nullif(hint, ''));
END
$$;
CREATE FUNCTION errors(child text, columns text, parent text, parent_columns text, OUT server text, OUT fkaudit text)
LANGUAGE sql AS $$
    SELECT error_of(format('ALTER TABLE %s ADD CONSTRAINT k FOREIGN KEY (%s) REFERENCES %s (%s) NOT VALID', child, columns,
                           parent, parent_columns)),
           error_of(format('SELECT * FROM fk_check(%L, %L, %L, %L)', child, '{' || columns || '}', parent,
                           '{' || parent_columns || '}'))
$$;
\x
SELECT * FROM errors('child', 'a,b', 'parent', 'a');
SELECT * FROM errors('child', 'a', 'parent', 'a,b');
SELECT * FROM errors('child', 'nothing', 'parent', 'a');
SELECT * FROM errors('child', 'a', 'parent', 'nothing');
SELECT * FROM errors('child', 'ctid', 'parent', 'a');
SELECT * FROM errors('child', 'a', 'parent', 'tableoid');
SELECT * FROM errors('child', 'a,b', 'parent', 'a,a');
SELECT * FROM errors('child', 'a,a', 'parent', 'a,b');
SELECT * FROM errors('child', 'c', 'parent', 'a');
SELECT * FROM errors('child', 'a,c', 'parent', 'a,b');
SELECT * FROM errors('a_view', 'a', 'parent', 'a');
SELECT * FROM errors('child', 'a', 'a_view', 'a');
SELECT * FROM errors('a_matview', 'a', 'parent', 'a');
SELECT * FROM errors('child', 'a', 'a_matview', 'a');
SELECT * FROM errors('a_sequence', 'last_value', 'parent', 'a');
SELECT * FROM errors('child', 'a', 'a_sequence', 'last_value');
SELECT * FROM errors('an_index', 'b', 'parent', 'a');
SELECT * FROM errors('child', 'a', 'an_index', 'b');
SELECT * FROM errors('a_type', 'a', 'parent', 'a');
SELECT * FROM errors('child', 'a', 'a_type', 'a');
SELECT * FROM errors('nothing', 'a', 'parent', 'a');
SELECT * FROM errors('child', 'a', 'nothing', 'a');
SELECT * FROM errors('child', 'a', 'temporary', 'a');
SELECT * FROM errors('temporary', 'a', 'parent', 'a');
SELECT * FROM errors('child', 'a', 'unlogged', 'a');
SELECT * FROM errors('unlogged', 'a', 'temporary', 'a');
SELECT * FROM errors('unlogged', 'a', 'parent', 'a');
SELECT * FROM errors('child', 'a', 'a_foreign', 'a');
SELECT * FROM errors('child', 'a', 'pg_catalog.pg_class', 'oid');
SELECT * FROM errors('pg_catalog.pg_class', 'oid', 'parent', 'a');
SELECT * FROM errors('child', 'a', 'pg_catalog.pg_class', 'nothing');
SELECT * FROM errors('child', 'c', 'information_schema.sql_parts', 'feature_id');
-- A unique index is needed to declare the key, not to examine it.
SELECT * FROM errors('child', 'b', 'parent', 'b');
SELECT * FROM errors('child', 'a', 'parent', 'later');
\x
SELECT verdict, enforcement, detail FROM fk_check('child', '{b}', 'parent', '{b}');
SELECT verdict, enforcement, detail FROM fk_check('child', '{a}', 'parent', '{later}');
SELECT verdict, enforcement, detail, constraint_name, constraint_oid FROM fk_check('child', '{a}', 'parent', '{a}');
SELECT verdict, enforcement, detail FROM fk_check('parted', '{a}', 'child', '{a}');
SELECT verdict, reason, detail FROM fk_check('"child bigint"', '{k}', '"parent oid"', '{k}');

-- 32 columns are the most.
CREATE FUNCTION columns(count int, kind text DEFAULT '') RETURNS text LANGUAGE sql AS
    $$ SELECT string_agg('c' || n || kind, ',' ORDER BY n) FROM generate_series(1, count) n $$;
SELECT format('CREATE TABLE wide_parent (%s, UNIQUE (%s))', columns(33, ' int'), columns(32)) AS parent,
       format('CREATE TABLE wide (%s)', columns(33, ' int')) AS child \gset
:parent;
:child;
INSERT INTO wide DEFAULT VALUES;
SELECT verdict, rows_checked, partial_null_rows
  FROM fk_check('wide', string_to_array(columns(32), ',')::name[], 'wide_parent', string_to_array(columns(32), ',')::name[]);
\x
SELECT * FROM errors('wide', columns(33), 'wide_parent', columns(33));
SELECT * FROM errors('wide', columns(33), 'wide_parent', columns(32));
\x

-- Arguments that make no sense.
SELECT * FROM fk_check('child', '{}', 'parent', '{}');
SELECT * FROM fk_check('child', '{{a,b}}', 'parent', '{{a,b}}');
SELECT * FROM fk_check('child', '{a,NULL}', 'parent', '{a,b}');
SELECT * FROM fk_check('child', '{a}', 'parent', '{NULL}');
SELECT * FROM fk_check('child', NULL, 'parent', '{a}');
SELECT * FROM fk_check('child', '{a}', 'parent', NULL::name[]);
SELECT * FROM fk_check('child', '{a}', NULL, '{a}');
SELECT * FROM fk_check(NULL, '{a}', 'parent', '{a}');
SELECT * FROM fk_check('child', '{a}', 'parent', '{a}', NULL);
SELECT * FROM fk_check('child', '{a}', 'parent', '{a}', 'FULL');
SELECT * FROM fk_check('child', '{a}', 'parent', '{a}', 'partial');
SELECT * FROM fk_check('child', '{a}', 'parent', '{a}', '');
SELECT * FROM fk_check(0, '{a}', 'parent', '{a}');
SELECT * FROM fk_check('child', '{a}', 4294967295, '{a}');
SELECT * FROM fk_orphans('child', '{a}', 'parent', '{a}', max_rows => -1);
SELECT * FROM fk_orphans('child', '{}', 'parent', '{}');
SELECT * FROM fk_orphans('child', '{a}', 'parent', NULL::name[]);

-- A key may be examined that would reference its own column, or that is declared already.
INSERT INTO parent VALUES (1, 2), (2, 3), (3, 3);
SELECT verdict, orphan_rows, enforcement FROM fk_check('parent', '{b}', 'parent', '{a}');
SELECT verdict, orphan_rows FROM fk_check('parent', '{b}', 'parent', '{b}');
INSERT INTO child VALUES (1, 1), (7, 2), (7, 3), (NULL, NULL);
SELECT verdict, orphan_rows, missing_keys, example, rows_checked, partial_null_rows
  FROM fk_check('child', '{a,b}', 'parent', '{a,b}');
SELECT child, constraint_name, row_key, foreign_key, parent, reason, row_table, row_ctid, constraint_oid
  FROM fk_orphans('child', '{b,a}', 'parent', '{b,a}');
-- The parent's values need not be unique.
SELECT verdict, orphan_rows FROM fk_check('parent', '{a}', 'child', '{b}');
-- An index that is not valid, partial or on an expression does not count; of two that fit, the older one's operators do.
CREATE TABLE other_parent (k text COLLATE "C");
CREATE UNIQUE INDEX ON other_parent (k) WHERE k <> '';
CREATE UNIQUE INDEX ON other_parent (lower(k));
SELECT detail FROM fk_check('child', '{c}', 'other_parent', '{k}');
CREATE UNIQUE INDEX z_index ON other_parent (k text_pattern_ops);
SELECT detail FROM fk_check('child', '{c}', 'other_parent', '{k}');
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'z_index'::regclass;
SELECT detail FROM fk_check('child', '{c}', 'other_parent', '{k}');

SET client_min_messages = warning;
DROP SCHEMA check_undeclared, judge CASCADE;
DROP TABLE temporary;
DROP FOREIGN DATA WRAPPER nowhere CASCADE;
