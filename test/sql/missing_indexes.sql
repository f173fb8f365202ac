-- Which indexes of the child serve the server's search for a parent's row. Verdicts stand beside the planner's choice.
\getenv abs_srcdir PG_ABS_SRCDIR
\set helper :abs_srcdir '/lib/search_plan.sql'
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION btree_gist;
CREATE EXTENSION btree_gin;
CREATE EXTENSION bloom;
CREATE SCHEMA kinds;
SET search_path = kinds, public;
\set ECHO none
\i :helper
\set ECHO all
CREATE TABLE parent (a int, b int, c int UNIQUE, PRIMARY KEY (a, b));
CREATE TABLE single (id int PRIMARY KEY);

-- Makes a child table with a key and an index: `two` columns (a, b) or one, index given by what follows the table.
CREATE PROCEDURE child(name text, key text, index text DEFAULT NULL) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TABLE %I (id int, a int, b int, other int, note text)', name);
    EXECUTE format('ALTER TABLE %I ADD CONSTRAINT %I %s', name, name || '_fk',
                   CASE key WHEN 'two' THEN 'FOREIGN KEY (a, b) REFERENCES parent' ELSE 'FOREIGN KEY (a) REFERENCES single' END);
    IF index IS NOT NULL THEN EXECUTE format('CREATE %s', replace(replace(index, '@', format('%I', name)), 'INDEX ON', format('INDEX %I ON', name || '_i'))); END IF;
END
$$;

-- Columns: the key's must lead, in any order; INCLUDE columns are no keys.
CALL child('c01_none', 'one');
CALL child('c02_exact', 'one', 'INDEX ON @ (a)');
CALL child('c03_longer', 'one', 'INDEX ON @ (a, other)');
CALL child('c04_second', 'one', 'INDEX ON @ (other, a)');
CALL child('c05_included', 'one', 'INDEX ON @ (other) INCLUDE (a)');
CALL child('c06_key_order', 'two', 'INDEX ON @ (a, b)');
CALL child('c07_any_order', 'two', 'INDEX ON @ (b, a)');
CALL child('c08_any_order_longer', 'two', 'INDEX ON @ (b, a, other)');
CALL child('c09_prefix', 'two', 'INDEX ON @ (a)');
CALL child('c10_suffix', 'two', 'INDEX ON @ (b)');
CALL child('c11_gap', 'two', 'INDEX ON @ (a, other, b)');
CALL child('c12_behind', 'two', 'INDEX ON @ (other, a, b)');
CALL child('c13_one_included', 'two', 'INDEX ON @ (a) INCLUDE (b)');
CALL child('c14_descending', 'two', 'INDEX ON @ (a DESC NULLS LAST, b)');
CALL child('c15_expression', 'one', 'INDEX ON @ (abs(a))');
CALL child('c16_needless_cast', 'one', 'INDEX ON @ ((a::bigint))');
CALL child('c17_unique_prefix', 'two', 'UNIQUE INDEX ON @ (a)');
CALL child('c18_expression_leads', 'one', 'INDEX ON @ (abs(a), a)');

-- Access methods: btree and hash lead to the rows.
CALL child('m01_hash', 'one', 'INDEX ON @ USING hash (a)');
CALL child('m02_hash_of_two', 'two', 'INDEX ON @ USING hash (a)');
CALL child('m03_brin', 'one', 'INDEX ON @ USING brin (a)');
CALL child('m04_brin_second', 'one', 'INDEX ON @ USING brin (other, a)');
CALL child('m05_gist', 'one', 'INDEX ON @ USING gist (a)');
CALL child('m06_gin', 'one', 'INDEX ON @ USING gin (a)');
CALL child('m07_bloom', 'two', 'INDEX ON @ USING bloom (b, a)');
CALL child('m08_gist_second', 'one', 'INDEX ON @ USING gist (other, a)');

-- Partial indexes: the search implies that the key's columns are not null, and nothing else.
CALL child('p01_not_null', 'one', 'INDEX ON @ (a) WHERE a IS NOT NULL');
CALL child('p02_null', 'one', 'INDEX ON @ (a) WHERE a IS NULL');
CALL child('p03_other', 'one', 'INDEX ON @ (a) WHERE other IS NOT NULL');
CALL child('p04_value', 'one', 'INDEX ON @ (a) WHERE a > 0');
CALL child('p05_both', 'two', 'INDEX ON @ (a, b) WHERE a IS NOT NULL AND b IS NOT NULL');
CALL child('p06_one_of_two', 'two', 'INDEX ON @ (a, b) WHERE b IS NOT NULL');
CALL child('p07_either', 'two', 'INDEX ON @ (a, b) WHERE other > 5 OR b IS NOT NULL');
CALL child('p08_and_more', 'two', 'INDEX ON @ (a, b) WHERE b IS NOT NULL AND other > 5');
CALL child('p09_not_is_null', 'one', 'INDEX ON @ (a) WHERE NOT (a IS NULL)');
CALL child('p10_de_morgan', 'two', 'INDEX ON @ (a, b) WHERE NOT (a IS NULL OR b IS NULL)');
CALL child('p11_de_morgan_and', 'two', 'INDEX ON @ (a, b) WHERE NOT (a IS NULL AND other IS NULL)');
CALL child('p12_true', 'one', 'INDEX ON @ (a) WHERE other > 5 OR true');
CALL child('p13_not_false', 'one', 'INDEX ON @ (a) WHERE NOT (other > 5 AND false)');
CALL child('p14_null_constant', 'one', 'INDEX ON @ (a) WHERE other > 5 OR NULL::bool');
CALL child('p15_prefix_partial', 'two', 'INDEX ON @ (a) WHERE other > 5');
CALL child('p16_brin_partial', 'one', 'INDEX ON @ USING brin (a) WHERE a > 0');

-- Any index counts, whatever it was made for.
CALL child('u01_unique', 'one', 'UNIQUE INDEX ON @ (a)');
CALL child('u02_unique_longer', 'one', 'UNIQUE INDEX ON @ (a, id)');
CREATE TABLE u03_primary_key (a int REFERENCES single, b int, PRIMARY KEY (a, b));
CREATE TABLE u04_deferrable (a int REFERENCES single UNIQUE DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE u05_exclusion (a int REFERENCES single, EXCLUDE USING hash (a WITH =));

-- Several indexes: the best one counts.
CALL child('v01_weak_and_covering', 'two', 'INDEX ON @ (a)');
CREATE INDEX v01_weak_and_covering_j ON v01_weak_and_covering (b, a);
CALL child('v02_unusable_and_weak', 'two', 'INDEX ON @ (a, b) WHERE other > 5');
CREATE INDEX v02_unusable_and_weak_j ON v02_unusable_and_weak (b);
CALL child('v03_missing_and_unusable', 'one', 'INDEX ON @ (other, a)');
CREATE INDEX v03_missing_and_unusable_j ON v03_missing_and_unusable (a) WHERE a > 0;

-- A table with several keys, a key to itself, a column that is referenced twice, an inheritance child's own key.
CREATE TABLE several (id int PRIMARY KEY, a int, b int, c int, up int,
    CONSTRAINT several_ab FOREIGN KEY (a, b) REFERENCES parent,
    CONSTRAINT several_a FOREIGN KEY (a) REFERENCES single,
    CONSTRAINT several_c FOREIGN KEY (c) REFERENCES parent (c),
    CONSTRAINT several_up FOREIGN KEY (up) REFERENCES several);
CREATE INDEX several_i ON several (a, c, b);
CREATE TABLE twice (a int, CONSTRAINT twice_fk FOREIGN KEY (a, a) REFERENCES parent);
CREATE INDEX twice_i ON twice (a);
CREATE TABLE base (a int);
CREATE INDEX base_i ON base (a);
-- The search is of ONLY the child, and an index of the table above holds none of its rows.
CREATE TABLE heir (CONSTRAINT heir_fk FOREIGN KEY (a) REFERENCES single) INHERITS (base);

-- States of an index. CREATE INDEX CONCURRENTLY that fails leaves an invalid index; the other states are edited in.
\set VERBOSITY default
CALL child('s01_invalid', 'one');
INSERT INTO single VALUES (1), (2);
INSERT INTO s01_invalid (id, a) VALUES (1, 1), (1, 1);
CREATE UNIQUE INDEX CONCURRENTLY s01_invalid_i ON s01_invalid (a);
CALL child('s02_not_ready', 'one', 'INDEX ON @ (a)');
UPDATE pg_index SET indisvalid = false, indisready = false WHERE indexrelid = 's02_not_ready_i'::regclass;
CALL child('s03_not_live', 'one', 'INDEX ON @ (a)');
UPDATE pg_index SET indisvalid = false, indisready = false, indislive = false WHERE indexrelid = 's03_not_live_i'::regclass;
CALL child('s04_invalid_prefix', 'two', 'INDEX ON @ (a)');
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 's04_invalid_prefix_i'::regclass;
CALL child('s05_invalid_and_partial', 'one', 'INDEX ON @ (a) WHERE a > 0');
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 's05_invalid_and_partial_i'::regclass;
\c
SET search_path = kinds, public;

-- `agrees`: covered means that all of the planner's conditions are on the leading keys of a btree or hash index.
SELECT * FROM compare_with_planner('kinds');

-- The nearest index and what is wrong with it.
SELECT child, index, reason FROM fk_missing_indexes(include_covered => true)
 WHERE child IN (SELECT oid FROM pg_class WHERE relnamespace = 'kinds'::regnamespace) ORDER BY child::text COLLATE "C", constraint_name;

-- Another row order, and the same with one table or one key in scope.
SELECT child, constraint_name, verdict FROM fk_missing_indexes('several');
SELECT child, constraint_name, verdict FROM fk_missing_indexes('several', 'several_up');
SELECT child, constraint_name, verdict FROM fk_missing_indexes(constraint_name => 'several_a', include_covered => true);

-- A covered key: nothing to do.
SELECT child, child_columns, verdict, priority, index, reason, constraint_name, parent, child_rows, child_bytes,
       parent_deletes, parent_updates, ddl FROM fk_missing_indexes('c02_exact', include_covered => true) \gx
SELECT * FROM fk_missing_indexes('c02_exact');

-- Bad input.
SELECT * FROM fk_missing_indexes(include_covered => NULL);
SELECT * FROM fk_missing_indexes('c02_exact', 'no_such_key');
SELECT * FROM fk_missing_indexes('kinds.c02_exact_i');
SELECT * FROM fk_missing_indexes('single');
\set VERBOSITY terse
SET client_min_messages = warning;
UPDATE pg_index SET indisvalid = true, indisready = true, indislive = true
 WHERE indexrelid IN ('s02_not_ready_i'::regclass, 's03_not_live_i'::regclass);
DROP SCHEMA kinds CASCADE;
DROP EXTENSION btree_gist, btree_gin, bloom;
