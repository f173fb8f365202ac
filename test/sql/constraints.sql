-- fk_constraints(): which keys are listed, how often, under which name and in which order, and what is said of them.
CREATE SCHEMA c;
SET search_path = c, public;

-- No foreign keys: no rows, no error; a NOTICE where a table was named.
SELECT count(*) FROM fk_constraints();
SELECT count(*) FROM fk_status;
CREATE TABLE parent (id int PRIMARY KEY, a int, b int, UNIQUE (a, b), UNIQUE (b, a));
SELECT count(*) FROM fk_constraints('parent');

-- Every attribute, as PostgreSQL prints it.
CREATE TABLE child (
    gone int,
    one int CONSTRAINT one REFERENCES parent,
    two int CONSTRAINT two REFERENCES parent ON DELETE CASCADE ON UPDATE RESTRICT DEFERRABLE,
    x int, y int,
    CONSTRAINT three FOREIGN KEY (y, x) REFERENCES parent (a, b) MATCH FULL ON DELETE SET NULL ON UPDATE SET DEFAULT
        DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT four FOREIGN KEY (x, y) REFERENCES parent (b, a) ON DELETE SET DEFAULT (y) ON UPDATE SET NULL);
ALTER TABLE child DROP gone;
ALTER TABLE child ADD CONSTRAINT five FOREIGN KEY (one) REFERENCES parent ON DELETE RESTRICT ON UPDATE CASCADE NOT VALID;
\x on
SELECT child, constraint_name, definition, enforcement, enforcement_detail, child_columns, parent, parent_columns, match_type,
       on_delete, on_delete_columns, on_update, is_deferrable, initially_deferred, is_validated, is_enforced, is_temporal
  FROM fk_constraints('child');
\x off
-- The catalog's own view of each, and the definition adds a key that prints alike.
SET search_path = pg_catalog;
SELECT f.constraint_name, f.constraint_oid = c.oid AS oid, f.definition = pg_get_constraintdef(c.oid) AS definition,
       f.is_deferrable = c.condeferrable AS deferrable, f.initially_deferred = c.condeferred AS deferred,
       f.is_validated = c.convalidated AS validated
  FROM public.fk_constraints('c.child') AS f
  JOIN pg_constraint AS c ON c.conrelid = f.child AND c.conname = f.constraint_name;
SET search_path = c, public;
CREATE TABLE again (LIKE child);
SELECT format('ALTER TABLE again ADD CONSTRAINT %I %s', constraint_name, definition) FROM fk_constraints('child') \gexec
SELECT count(*) FROM fk_constraints('child') AS f JOIN fk_constraints('again') AS g USING (constraint_name, definition, enforcement);
DROP TABLE again;

-- The arguments: a table, a table and a key, a key's name alone; renamed keys under their new name.
CREATE TABLE other (two int CONSTRAINT two REFERENCES parent);
SELECT child, constraint_name FROM fk_constraints('child', 'two');
SELECT child, constraint_name FROM fk_constraints(NULL, 'two');
SELECT child, constraint_name FROM fk_constraints(constraint_name => 'two', child => 'other');
ALTER TABLE other RENAME CONSTRAINT two TO second;
SELECT child, constraint_name FROM fk_constraints(NULL, 'two');
SELECT child, constraint_name FROM fk_constraints(NULL, 'second');
ALTER TABLE other RENAME TO another;
SELECT child, constraint_name FROM fk_constraints('another');
-- A name is taken as it is written, not folded.
SELECT child, constraint_name FROM fk_constraints(NULL, 'SECOND');

-- The order: schema, table, key, by bytes.
CREATE SCHEMA "C";
CREATE TABLE "C".z (p int CONSTRAINT b REFERENCES parent, q int CONSTRAINT "B" REFERENCES parent, r int CONSTRAINT a REFERENCES parent);
CREATE TABLE "C"."Z" (p int CONSTRAINT c REFERENCES parent);
SELECT child, constraint_name FROM fk_constraints();
DROP SCHEMA "C" CASCADE;

-- Other kinds of constraints are none of its business.
ALTER TABLE parent ADD CONSTRAINT positive CHECK (id > 0);
SELECT * FROM fk_constraints('parent', 'positive');
SELECT * FROM fk_constraints(NULL, 'parent_pkey');

-- Partitions: a key once, as it was declared, whatever PostgreSQL derived from it on either side; a partition stands for
-- the keys above it and its own.
CREATE TABLE pp (id int PRIMARY KEY) PARTITION BY LIST (id);
CREATE TABLE pp1 PARTITION OF pp FOR VALUES IN (1) PARTITION BY LIST (id);
CREATE TABLE pp11 PARTITION OF pp1 FOR VALUES IN (1);
CREATE TABLE pp2 PARTITION OF pp DEFAULT;
CREATE TABLE pc (id int, pp int CONSTRAINT root_key REFERENCES pp) PARTITION BY LIST (id);
CREATE TABLE pc1 PARTITION OF pc FOR VALUES IN (1) PARTITION BY LIST (id);
CREATE TABLE pc11 (pp int, gone text, id int);
ALTER TABLE pc11 DROP gone;
ALTER TABLE pc1 ATTACH PARTITION pc11 FOR VALUES IN (1);
ALTER TABLE pc1 ADD CONSTRAINT middle_key FOREIGN KEY (pp) REFERENCES parent;
ALTER TABLE pc11 ADD CONSTRAINT leaf_key FOREIGN KEY (pp) REFERENCES pp11;
SELECT count(*) AS rows_in_the_catalog FROM pg_constraint WHERE contype = 'f' AND conrelid::regclass::text LIKE 'pc%';
SELECT t AS asked, f.child, f.constraint_name, f.child_columns, f.parent
  FROM unnest(ARRAY['pc', 'pc1', 'pc11']::regclass[]) AS t, fk_constraints(t) AS f;
SELECT child, constraint_name FROM fk_constraints() WHERE child::text LIKE 'pc%';
SELECT child, constraint_name FROM fk_constraints('pc11', 'root_key');
SELECT child, constraint_name FROM fk_constraints('pc11', 'leaf_key');
SELECT child, constraint_name FROM fk_constraints('pc', 'leaf_key');
-- The name that PostgreSQL gave to a derived row leads to the declared key, too, on the table that has it.
SELECT DISTINCT f.child, f.constraint_name
  FROM pg_constraint AS d CROSS JOIN LATERAL fk_constraints(d.conrelid, d.conname) AS f
 WHERE d.contype = 'f' AND d.conparentid <> 0 AND d.conrelid::regclass::text LIKE 'pc%' ORDER BY 2;
-- A partition that shares its columns under other numbers: names are the declared child's.
SELECT child, child_columns FROM fk_constraints('pc11') ORDER BY 1, 2;

-- Inheritance children have no keys of their parents.
CREATE TABLE heir () INHERITS (child);
SELECT count(*) FROM fk_constraints('heir');

-- Temporary tables of one's own are listed, and PostgreSQL's own schemas are not (it lets nobody add a key there).
CREATE TEMP TABLE temporary_parent (id int PRIMARY KEY);
CREATE TEMP TABLE temporary_child (p int CONSTRAINT t REFERENCES temporary_parent);
SELECT child, constraint_name FROM fk_constraints() WHERE constraint_name = 't';
SELECT child, constraint_name FROM fk_constraints('temporary_child');
SELECT child, parent FROM fk_references('temporary_parent');
SET allow_system_table_mods = on;
CREATE TABLE information_schema.system_child (p int CONSTRAINT system_key REFERENCES parent);
RESET allow_system_table_mods;
SELECT count(*) FROM fk_constraints() WHERE constraint_name = 'system_key';
SELECT count(*) FROM fk_references('parent', false) WHERE constraint_name = 'system_key';
-- Named, such a table is shown.
SELECT child, constraint_name FROM fk_constraints('information_schema.system_child');
DROP TABLE information_schema.system_child;

-- fk_status: the same keys on one screen.
SELECT count(*) = (SELECT count(*) FROM fk_constraints()) AS all_of_them FROM fk_status;
SELECT * FROM fk_status WHERE child LIKE '%child' ORDER BY constraint_name;
ALTER TABLE child DISABLE TRIGGER ALL;
SELECT constraint_name, enforcement FROM fk_status WHERE child LIKE '%child' AND constraint_name = 'one';

-- What the caller asks for in vain: an error that says what is wrong and what to do.
CREATE VIEW a_view AS TABLE parent;
CREATE MATERIALIZED VIEW a_matview AS TABLE parent;
CREATE SEQUENCE a_sequence;
CREATE TYPE a_type AS (a int);
CREATE FUNCTION outcome(sql text, OUT state text, OUT message text, OUT detail text, OUT hint text) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE sql;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL,
        hint = PG_EXCEPTION_HINT;
END $$;
CREATE TABLE wrong AS
SELECT * FROM unnest(ARRAY[$$'a_view'$$, $$'a_matview'$$, $$'a_sequence'$$, $$'a_type'$$, $$'parent_pkey'$$, $$'none'$$, $$'0'$$,
                           $$'child', 'none'$$, $$NULL, 'none'$$, $$'parent', 'positive'$$, $$'child', ''$$,
                           $$NULL, repeat('x', 70)::name$$]) WITH ORDINALITY AS a(arguments, n);
SELECT arguments, o.* FROM wrong, outcome(format('SELECT * FROM fk_constraints(%s)', arguments)) AS o ORDER BY n;
-- Each function says the same.
SELECT function_name, count(*), count(*) FILTER (WHERE o IS NOT DISTINCT FROM e) AS alike
  FROM unnest(ARRAY['fk_check', 'fk_orphans', 'fk_missing_indexes', 'fk_risky_actions',
                    'fk_type_mismatches']) AS function_name, wrong,
       outcome(format('SELECT * FROM %s(%s)', function_name, arguments)) AS o,
       outcome(format('SELECT * FROM fk_constraints(%s)', arguments)) AS e
 GROUP BY function_name ORDER BY function_name;

SET client_min_messages = warning;
DROP SCHEMA c CASCADE;
