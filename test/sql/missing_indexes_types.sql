-- Indexes and the types, collations and operators of a key: the server searches with the operator that it chose for the
-- key (pg_constraint.conpfeqop), casts the child's column where that operator wants another type, and an index serves
-- only if it holds just that operand, in an operator family with that operator, in the collation of the comparison.
\getenv abs_srcdir PG_ABS_SRCDIR
\set helper :abs_srcdir '/lib/search_plan.sql'
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE SCHEMA types;
SET search_path = types, public;
\set ECHO none
\i :helper
\set ECHO all
CREATE PROCEDURE pair(name text, parent text, child text, index text, parent_class text DEFAULT '') LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TABLE %I (id %s)', name || '_p', parent);
    EXECUTE format('CREATE UNIQUE INDEX ON %I (id %s)', name || '_p', parent_class);
    EXECUTE format('CREATE TABLE %I (a %s)', name, child);
    EXECUTE format('ALTER TABLE %I ADD CONSTRAINT %I FOREIGN KEY (a) REFERENCES %I (id)', name, name || '_fk', name || '_p');
    EXECUTE format('CREATE INDEX %I ON %I %s', name || '_i', name, index);
END
$$;

-- The operator family has an operator for the two types: no cast.
CALL pair('f01_int4_int8', 'int8', 'int4', '(a)');
CALL pair('f02_int8_int2', 'int2', 'int8', 'USING hash (a)');
CALL pair('f03_timestamps', 'timestamptz', 'date', '(a)');
CALL pair('f04_name_text', 'text', 'name', '(a)');

-- No such operator: the child's column is cast. Only an index on the cast serves.
CALL pair('k01_float8', 'float8', 'int8', '(a)');
CALL pair('k02_float8_cast', 'float8', 'int8', '((a::float8))');
CALL pair('k03_float8_called', 'float8', 'int8', '(float8(a))');
CALL pair('k04_numeric', 'numeric', 'int4', '(a)');
CALL pair('k05_numeric_cast', 'numeric(10,2)', 'int4', '((a::numeric))');
CALL pair('k06_numeric_other', 'numeric', 'int4', '((a::numeric(10,2)))');
CALL pair('k07_text_char', 'text', 'char(5)', '(a)');
CALL pair('k08_text_char_cast', 'text', 'char(5)', '((a::text))');
CALL pair('k09_partial', 'float8', 'int8', '((a::float8)) WHERE a IS NOT NULL');
CALL pair('k10_partial_cast', 'float8', 'int8', '((a::float8)) WHERE (a::float8) IS NOT NULL');
CALL pair('k11_hash', 'float8', 'int8', 'USING hash ((a::float8))');
CALL pair('k12_domain', 'float8', 'int4', '((a::float8))');
-- char(n) compared with text as char(n): a relabel, but to a type with another notion of equality.
CALL pair('k13_char_text', 'char(5)', 'text', '(a)');
CALL pair('k14_char_text_cast', 'char(5)', 'text', '((a::bpchar))');
CALL pair('k15_char_text_class', 'char(5)', 'text', '(a bpchar_ops)');
CALL pair('k16_char_varchar', 'char(5)', 'varchar(5)', '(a)');
-- timetz from time depends on the time zone: no index can hold it.
CALL pair('k17_not_immutable', 'timetz', 'time', '(a)');

-- Relabels only: the plain column serves, and so does the column under the relabel.
CREATE DOMAIN code AS varchar(8);
CREATE DOMAIN code_of_code AS code;
CREATE TYPE mood AS ENUM ('low', 'high');
CREATE TYPE span AS RANGE (subtype = int4);
CREATE TYPE place AS (x int, y int);
CALL pair('r01_varchar_text', 'text', 'varchar(20)', '(a)');
CALL pair('r02_varchar_text_cast', 'text', 'varchar(20)', '((a::text))');
CALL pair('r03_varchar_varchar', 'varchar(10)', 'varchar(20)', '(a)');
CALL pair('r04_domain', 'text', 'code', '(a)');
CALL pair('r05_domain_of_domain', 'code', 'code_of_code', '(a)');
CALL pair('r06_domain_base', 'code', 'varchar(8)', '(a)');
CALL pair('r07_array', 'int[]', 'int[]', '(a)');
CALL pair('r08_enum', 'mood', 'mood', '(a)');
CALL pair('r09_range', 'span', 'span', '(a)');
CALL pair('r10_composite', 'place', 'place', '(a)');
CALL pair('r11_text_array', 'text[]', 'text[]', '(a)');
CALL pair('r12_regclass', 'oid', 'regclass', '(a)');
CALL pair('r13_cidr', 'inet', 'cidr', '(a)');
CALL pair('r14_bool', 'bool', 'bool', '(a)');
CALL pair('r15_uuid_hash', 'uuid', 'uuid', 'USING hash (a)');
CALL pair('r16_multirange', 'int4multirange', 'int4multirange', '(a)');
-- IS NOT NULL of a composite value is about its fields.
CALL pair('r17_composite_partial', 'place', 'place', '(a) WHERE a IS NOT NULL');
CALL pair('r18_enum_partial', 'mood', 'mood', '(a) WHERE a IS NOT NULL');

-- Collations: the child's column counts; on 15 to 17 the parent's, where it is another one and nondeterministic.
CREATE COLLATION blind (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE COLLATION other_blind (provider = icu, locale = 'und-u-ks-level1', deterministic = false);
CALL pair('l01_other', 'text', 'text', '(a COLLATE "C")');
CALL pair('l02_same', 'text', 'text COLLATE "C"', '(a)');
CALL pair('l03_child_other', 'text', 'text COLLATE "C"', '(a COLLATE "POSIX")');
CALL pair('l04_both_differ', 'text COLLATE "C"', 'text COLLATE "POSIX"', '(a)');
CALL pair('l05_blind_both', 'text COLLATE blind', 'text COLLATE blind', '(a)');
CALL pair('l06_blind_index', 'text', 'text', '(a COLLATE blind)');
CALL pair('l07_hash_other', 'text', 'text', 'USING hash (a COLLATE "C")');
CALL pair('l08_expression', 'text', 'char(5) COLLATE "C"', '((a::text))');
CALL pair('l09_expression_other', 'text', 'char(5)', '((a::text) COLLATE "C")');
CALL pair('l10_array', 'text[]', 'text[]', '(a COLLATE "C")');
CREATE DOMAIN c_text AS text COLLATE "C";
CALL pair('l11_domain', 'c_text', 'c_text', '(a)');
-- Both sides have an implicit collation, and the parent's domain has one that is not the default.
CALL pair('l12_parent_domain', 'c_text', 'text', '(a)');
CALL pair('l13_parent_domain_index', 'c_text', 'text', '(a COLLATE "C")');

-- Operator classes: the pattern classes have the plain equality.
CALL pair('o01_pattern', 'text', 'text', '(a text_pattern_ops)');
CALL pair('o02_varchar_pattern', 'varchar(9)', 'varchar(9)', '(a varchar_pattern_ops)');
CALL pair('o03_pattern_collation', 'text', 'text', '(a COLLATE "C" text_pattern_ops)');
CALL pair('o04_record_image', 'place', 'place', '(a record_image_ops)');
CALL pair('o05_bpchar_pattern', 'char(4)', 'char(4)', '(a bpchar_pattern_ops)');
CALL pair('o06_parent_pattern', 'text', 'text', '(a)', 'text_pattern_ops');
-- Own operator families: by absolute value.
CREATE FUNCTION abs_lt(int, int) RETURNS bool IMMUTABLE STRICT LANGUAGE sql AS 'SELECT abs($1) < abs($2)';
CREATE FUNCTION abs_le(int, int) RETURNS bool IMMUTABLE STRICT LANGUAGE sql AS 'SELECT abs($1) <= abs($2)';
CREATE FUNCTION abs_eq(int, int) RETURNS bool IMMUTABLE STRICT LANGUAGE plpgsql AS 'BEGIN RETURN abs($1) = abs($2); END';
CREATE FUNCTION abs_eq_null(int, int) RETURNS bool IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN abs($1) = abs($2); END';
CREATE FUNCTION abs_ge(int, int) RETURNS bool IMMUTABLE STRICT LANGUAGE sql AS 'SELECT abs($1) >= abs($2)';
CREATE FUNCTION abs_gt(int, int) RETURNS bool IMMUTABLE STRICT LANGUAGE sql AS 'SELECT abs($1) > abs($2)';
CREATE FUNCTION abs_cmp(int, int) RETURNS int IMMUTABLE STRICT LANGUAGE sql AS 'SELECT btint4cmp(abs($1), abs($2))';
CREATE OPERATOR |<| (LEFTARG = int, RIGHTARG = int, FUNCTION = abs_lt);
CREATE OPERATOR |<=| (LEFTARG = int, RIGHTARG = int, FUNCTION = abs_le);
CREATE OPERATOR |=| (LEFTARG = int, RIGHTARG = int, FUNCTION = abs_eq, COMMUTATOR = |=|);
CREATE OPERATOR |==| (LEFTARG = int, RIGHTARG = int, FUNCTION = abs_eq);
CREATE OPERATOR |===| (LEFTARG = int, RIGHTARG = int, FUNCTION = abs_eq_null, COMMUTATOR = |===|);
CREATE OPERATOR |>=| (LEFTARG = int, RIGHTARG = int, FUNCTION = abs_ge);
CREATE OPERATOR |>| (LEFTARG = int, RIGHTARG = int, FUNCTION = abs_gt);
CREATE OPERATOR CLASS abs_ops FOR TYPE int USING btree AS
    OPERATOR 1 |<|, OPERATOR 2 |<=|, OPERATOR 3 |=|, OPERATOR 4 |>=|, OPERATOR 5 |>|, FUNCTION 1 abs_cmp(int, int);
CREATE OPERATOR CLASS lonely_ops FOR TYPE int USING btree AS
    OPERATOR 1 |<|, OPERATOR 2 |<=|, OPERATOR 3 |==|, OPERATOR 4 |>=|, OPERATOR 5 |>|, FUNCTION 1 abs_cmp(int, int);
CREATE OPERATOR CLASS lax_ops FOR TYPE int USING btree AS
    OPERATOR 1 |<|, OPERATOR 2 |<=|, OPERATOR 3 |===|, OPERATOR 4 |>=|, OPERATOR 5 |>|, FUNCTION 1 abs_cmp(int, int);
CALL pair('o07_own', 'int', 'int', '(a abs_ops)', 'abs_ops');
CALL pair('o08_own_parent', 'int', 'int', '(a)', 'abs_ops');
CALL pair('o09_own_child', 'int', 'int', '(a abs_ops)');
CALL pair('o10_no_commutator', 'int', 'int', '(a lonely_ops)', 'lonely_ops');
-- A function that takes NULL implies nothing about the column.
CALL pair('o11_not_strict', 'int', 'int', '(a lax_ops)', 'lax_ops');
CALL pair('o12_not_strict_partial', 'int', 'int', '(a lax_ops) WHERE a IS NOT NULL', 'lax_ops');

-- Of two columns, each has its own trouble.
CREATE TABLE mixed_p (x float8, y text, PRIMARY KEY (x, y));
CREATE TABLE mixed_1 (x int, y text, CONSTRAINT mixed_1_fk FOREIGN KEY (x, y) REFERENCES mixed_p);
CREATE INDEX mixed_1_i ON mixed_1 (x, y);
CREATE TABLE mixed_2 (x int, y text, CONSTRAINT mixed_2_fk FOREIGN KEY (x, y) REFERENCES mixed_p);
CREATE INDEX mixed_2_i ON mixed_2 (y, x);
CREATE TABLE mixed_3 (x int, y text, CONSTRAINT mixed_3_fk FOREIGN KEY (x, y) REFERENCES mixed_p);
CREATE INDEX mixed_3_i ON mixed_3 (y, (x::float8));
CREATE TABLE mixed_4 (x int, y text, CONSTRAINT mixed_4_fk FOREIGN KEY (x, y) REFERENCES mixed_p);
CREATE INDEX mixed_4_i ON mixed_4 (x, y COLLATE "C");

SELECT * FROM compare_with_planner('types');

SELECT child, reason FROM fk_missing_indexes() WHERE child IN (SELECT oid FROM pg_class WHERE relnamespace = 'types'::regnamespace) ORDER BY child::text COLLATE "C";

-- What would serve; run, it does.
SELECT child, ddl FROM fk_missing_indexes() WHERE child IN (SELECT oid FROM pg_class WHERE relnamespace = 'types'::regnamespace) ORDER BY child::text COLLATE "C";
\set ECHO none
SELECT s FROM fk_missing_indexes(), string_to_table(ddl, E'\n') s
 WHERE child IN (SELECT oid FROM pg_class WHERE relnamespace = 'types'::regnamespace) \gexec
\set ECHO all
SELECT child, verdict, reason FROM fk_missing_indexes() WHERE child IN (SELECT oid FROM pg_class WHERE relnamespace = 'types'::regnamespace) ORDER BY child::text COLLATE "C";
SELECT * FROM compare_with_planner('types') WHERE NOT agrees;
DROP SCHEMA types CASCADE;
