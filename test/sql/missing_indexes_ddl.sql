-- The statements of fk_missing_indexes() run as printed, one a line, and then an index covers every key.
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE SCHEMA "Mixed Case";
CREATE SCHEMA ddl;
SET search_path = ddl, public;
CREATE TABLE parent (id int PRIMARY KEY, a int, b int, UNIQUE (a, b));
INSERT INTO parent SELECT n, n, n FROM generate_series(1, 10) n;

-- Names that need quotes, that look like SQL, that have a line break, that are as long as names get (63 bytes), and that
-- are cut inside a character if one only counts bytes.
CREATE TABLE "Mixed Case"."select" ("order by" int REFERENCES parent);
CREATE TABLE "a""b" ("x');DROP TABLE parent;--" int REFERENCES parent);
SELECT format(E'CREATE TABLE "two\nlines" ("of\na\\name" int REFERENCES parent)') \gexec
SELECT format('CREATE TABLE %I (%I int REFERENCES parent)', repeat('t', 63), repeat('c', 63)) \gexec
SELECT format('CREATE TABLE %I (%I int REFERENCES parent)', repeat('ä', 31), 'x' || repeat('日', 20)) \gexec
CREATE TABLE crème (brûlée int REFERENCES parent);

-- The name that CREATE INDEX itself would choose; the next one where it is taken, by whatever relation.
CREATE TABLE taken (a int REFERENCES parent, b int REFERENCES parent);
CREATE TABLE taken_a_idx ();
CREATE VIEW taken_a_idx1 AS SELECT 1;
CREATE TABLE same (a_b int REFERENCES parent, a int, b int, FOREIGN KEY (a, b) REFERENCES parent (a, b));

-- Two keys over the same columns: one index serves both, and both rows' statements run.
CREATE TABLE shared (a int, b int,
    CONSTRAINT shared_1 FOREIGN KEY (a, b) REFERENCES parent (a, b),
    CONSTRAINT shared_2 FOREIGN KEY (b, a) REFERENCES parent (a, b),
    CONSTRAINT shared_3 FOREIGN KEY (a) REFERENCES parent,
    CONSTRAINT shared_4 FOREIGN KEY (a) REFERENCES parent);
CREATE TABLE shared_parts (LIKE shared, CONSTRAINT shared_5 FOREIGN KEY (a) REFERENCES parent,
    CONSTRAINT shared_6 FOREIGN KEY (a) REFERENCES parent) PARTITION BY LIST (a);
CREATE TABLE shared_part PARTITION OF shared_parts DEFAULT;

-- Mostly NULL: a partial index. Only more than half counts.
CREATE TABLE sparse (a int REFERENCES parent, b int, c int, FOREIGN KEY (b, c) REFERENCES parent (a, b));
INSERT INTO sparse SELECT CASE WHEN n % 4 = 0 THEN n END, CASE WHEN n % 10 = 0 THEN n / 10 END, CASE WHEN n % 2 = 0 THEN 1 END
  FROM generate_series(1, 8) n;
ANALYZE sparse;

-- An invalid index that would serve is built again; a unique one would fail again, so that it gets a neighbour.
CREATE TABLE broken (a int REFERENCES parent, b int REFERENCES parent, c int REFERENCES parent, d int REFERENCES parent);
INSERT INTO broken VALUES (1, 1, 1, 1), (2, 1, 1, 1);
CREATE FUNCTION fails(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN 1 / $1; END';
CREATE INDEX CONCURRENTLY broken_a ON broken (a, (1 / (b - 1)));
CREATE UNIQUE INDEX CONCURRENTLY broken_b ON broken (b);
CREATE INDEX broken_c ON broken (c);
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'broken_c'::regclass;
CREATE INDEX broken_d ON broken (d) INCLUDE (a) WHERE d IS NOT NULL;
UPDATE pg_index SET indisvalid = false, indisready = false WHERE indexrelid = 'broken_d'::regclass;
ALTER TABLE broken DROP CONSTRAINT broken_a_fkey;

CREATE TEMP TABLE passing (id int PRIMARY KEY);
CREATE TEMP TABLE passing_child (a int REFERENCES passing);

CREATE VIEW findings AS
SELECT * FROM fk_missing_indexes() WITH ORDINALITY
       AS f(child, child_columns, verdict, priority, index, reason, constraint_name, parent, child_rows, child_bytes,
            parent_deletes, parent_updates, ddl, constraint_oid, position)
 WHERE child IN (SELECT oid FROM pg_class WHERE relnamespace IN ('ddl'::regnamespace, '"Mixed Case"'::regnamespace))
 ORDER BY position;
SELECT ddl FROM findings;
SELECT verdict, regexp_replace(ddl, 'pg_temp_\d+', 'pg_temp_n') AS ddl FROM fk_missing_indexes('passing_child');

-- Each line is one statement, and each runs.
SELECT s FROM findings, string_to_table(ddl, E'\n') s WHERE s !~ ';$' OR s ~ ';.*;$' AND s !~ 'DROP TABLE';
\set ECHO none
SELECT s FROM findings, string_to_table(ddl, E'\n') s \gexec
SELECT s FROM fk_missing_indexes('passing_child'), string_to_table(ddl, E'\n') s \gexec
\set ECHO all
SELECT child, verdict, reason FROM findings;
SELECT verdict FROM fk_missing_indexes('passing_child');
SELECT indexrelid::regclass FROM pg_index WHERE indrelid = 'broken'::regclass AND indisvalid ORDER BY indexrelid::regclass::text COLLATE "C";
-- Names end at a character's boundary.
SELECT octet_length(relname::text), relname FROM pg_class WHERE relkind = 'i' AND relnamespace = 'ddl'::regnamespace AND octet_length(relname::text) > 60 ORDER BY 2;
DROP SCHEMA ddl, "Mixed Case" CASCADE;
