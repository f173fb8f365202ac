-- fk_type_mismatches(): how key columns differ from the columns that they reference, and the statement that makes both alike.
SET client_min_messages = warning;
CREATE SCHEMA t;
SET search_path = t, public;

-- One parent for each type; the child's column name says what the pair is about.
CREATE FUNCTION pair(name text, child_type text, parent_type text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TABLE %I (id %s PRIMARY KEY)', name || '_p', parent_type);
    EXECUTE format('CREATE TABLE %I (c %s CONSTRAINT k REFERENCES %I)', name, child_type, name || '_p');
END $$;
CREATE VIEW found AS
SELECT replace(child::text, 't.', '') AS child, child_type, parent_type, kind, severity, ddl IS NOT NULL AS has_ddl FROM fk_type_mismatches();

-- Numbers. What is cast: PostgreSQL has no int = numeric and no int = float8 operator that a foreign key could use.
SELECT pair('i1', 'smallint', 'integer'), pair('i2', 'integer', 'bigint'), pair('i3', 'bigint', 'integer'),
            pair('i4', 'integer', 'integer'), pair('i5', 'integer', 'numeric(6)'), pair('i6', 'integer', 'numeric(10)'),
            pair('i7', 'bigint', 'double precision'), pair('i8', 'real', 'double precision'),
            pair('i9', 'double precision', 'real'), pair('n1', 'numeric(8,2)', 'numeric(10,2)'),
            pair('n2', 'numeric(8,2)', 'numeric'), pair('n3', 'numeric', 'numeric(8,2)'),
            pair('n4', 'numeric(10,2)', 'numeric(8,2)'), pair('n5', 'numeric(10,2)', 'numeric(10,4)'),
            pair('n6', 'smallint', 'numeric(2,-2)') \g /dev/null
-- Texts: varchar without a length and text are the same.
SELECT pair('s1', 'varchar(10)', 'varchar(20)'), pair('s2', 'varchar(20)', 'varchar(10)'),
            pair('s3', 'varchar(20)', 'text'), pair('s4', 'text', 'varchar(20)'), pair('s5', 'varchar', 'text'),
            pair('s6', 'char(5)', 'text'), pair('s7', 'text', 'char(5)'), pair('s8', 'char(5)', 'char(8)'),
            pair('s9', 'char(8)', 'char(5)'), pair('s10', 'name', 'text'), pair('s11', 'varchar(20)', 'name') \g /dev/null
-- Times, bit strings, addresses.
SELECT pair('d1', 'date', 'timestamp'), pair('d2', 'timestamp', 'date'), pair('d3', 'timestamp', 'timestamptz'),
            pair('d4', 'timestamptz', 'timestamp'), pair('d5', 'timestamp(0)', 'timestamp'),
            pair('d6', 'timestamp(6)', 'timestamp(3)'), pair('d7', 'time(0)', 'time(3)'),
            pair('b1', 'bit(4)', 'bit(8)'), pair('b2', 'varbit(4)', 'varbit(8)'), pair('b3', 'varbit(8)', 'varbit(4)'),
            pair('a1', 'cidr', 'inet'), pair('a2', 'inet', 'cidr') \g /dev/null
-- Domains count as what is below them.
CREATE DOMAIN whole AS integer;
CREATE DOMAIN positive AS whole CHECK (VALUE > 0);
CREATE DOMAIN code AS varchar(10);
SELECT pair('m1', 'positive', 'integer'), pair('m2', 'integer', 'positive'), pair('m3', 'positive', 'bigint'),
            pair('m4', 'code', 'varchar(10)'), pair('m5', 'code', 'varchar(20)'), pair('m6', 'varchar(5)', 'code') \g /dev/null
-- Polymorphic operators take the same type on both sides.
CREATE TYPE mood AS ENUM ('sad', 'ok');
SELECT pair('e1', 'mood', 'mood'), pair('e2', 'integer[]', 'integer[]'), pair('e3', 'int4range', 'int4range'), pair('e4', 'uuid', 'uuid') \g /dev/null
SELECT * FROM found;

-- What PostgreSQL does with a narrower child: the parent's key cannot even be written.
INSERT INTO i2_p VALUES (2147483648);
\set VERBOSITY sqlstate
INSERT INTO i2 VALUES (2147483648);
INSERT INTO s1_p VALUES ('eleven char');
INSERT INTO s1 VALUES ('eleven char');
\set VERBOSITY default

-- Each statement runs, rewrites the table or not as it says, and leaves no difference.
SELECT child, child_column, kind, detail, ddl FROM fk_type_mismatches() WHERE child IN ('i2'::regclass, 'i3', 'i5', 's2', 's3', 'b1') \gx
CREATE TABLE before AS SELECT oid, relname, relfilenode FROM pg_class WHERE relnamespace = 't'::regnamespace AND relkind = 'r';
CREATE TABLE said AS
SELECT substring(ddl FROM '^ALTER TABLE (\S+) ') AS altered, detail ~ 'rewrites' AS says_rewrites, ddl FROM fk_type_mismatches();
SELECT ddl FROM said \gexec
SELECT * FROM found;
SELECT s.altered, s.says_rewrites, b.relfilenode <> c.relfilenode AS rewrote
  FROM said s JOIN before b ON b.oid = s.altered::regclass JOIN pg_class c ON c.oid = b.oid
 WHERE s.says_rewrites <> (b.relfilenode <> c.relfilenode);
DROP SCHEMA t CASCADE;

-- Collations. Deterministic ones agree on what is equal; a nondeterministic one does not (15 to 17 take the parent's).
CREATE SCHEMA t;
SET search_path = t, public;
CREATE VIEW found AS
SELECT child::text, child_column, kind, severity, detail, ddl FROM fk_type_mismatches();
CREATE TABLE lp (a text COLLATE "C" PRIMARY KEY, b varchar(20) COLLATE "POSIX" UNIQUE, c text UNIQUE);
CREATE TABLE lc (
    a text CONSTRAINT k1 REFERENCES lp,
    b varchar(10) COLLATE "C" CONSTRAINT k2 REFERENCES lp (b),
    c varchar(10) COLLATE "C" CONSTRAINT k3 REFERENCES lp (c),
    d text CONSTRAINT k4 REFERENCES lp (c));
SELECT * FROM found \gx
SELECT ddl FROM found \gexec
SELECT * FROM found;
SELECT attname, format_type(atttypid, atttypmod), attcollation::regcollation FROM pg_attribute WHERE attrelid = 'lc'::regclass AND attnum > 0;
-- A narrower column keeps its own collation when that is the parent's too.
CREATE TABLE lk (b varchar(10) COLLATE "POSIX" CONSTRAINT k5 REFERENCES lp (b));
SELECT ddl FROM found WHERE child = 'lk';
DROP TABLE lk, lc, lp;

-- The widened parent would leave another key behind: no statement.
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE c1 (p bigint CONSTRAINT k1 REFERENCES p);
CREATE TABLE c2 (p int CONSTRAINT k2 REFERENCES p);
SELECT * FROM found \gx
-- Asked for one table alone, the others count all the same.
SELECT child, detail, ddl FROM fk_type_mismatches('c1') \gx
SELECT child, detail, ddl FROM fk_type_mismatches('c2') \gx
DROP TABLE c1, c2, p;

-- Several columns: in the key's order. Generated and identity columns.
CREATE TABLE p (a bigint, b bigint, c numeric, PRIMARY KEY (a, b, c));
CREATE TABLE c (z int GENERATED BY DEFAULT AS IDENTITY, y bigint, x int GENERATED ALWAYS AS (1) STORED, CONSTRAINT k FOREIGN KEY (x, y, z) REFERENCES p);
SELECT child_column, parent_column, kind, ddl FROM fk_type_mismatches();
SELECT ddl FROM fk_type_mismatches() \gexec
SELECT child_column, parent_column, kind, ddl FROM fk_type_mismatches();
DROP TABLE c, p;

-- Where the server refuses the change, no statement, and the reason.
CREATE TABLE p (id bigint PRIMARY KEY);
CREATE TABLE c_view (p int CONSTRAINT k REFERENCES p);
CREATE VIEW v AS SELECT p FROM c_view;
CREATE MATERIALIZED VIEW mv AS SELECT p FROM c_view;
CREATE TABLE c_generated (p int CONSTRAINT k REFERENCES p, twice int GENERATED ALWAYS AS (p * 2) STORED);
CREATE TABLE c_policy (p int CONSTRAINT k REFERENCES p);
CREATE POLICY only_one ON c_policy USING (p = 1);
CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TABLE c_trigger (p int CONSTRAINT k REFERENCES p);
CREATE TRIGGER on_p BEFORE UPDATE OF p ON c_trigger FOR EACH ROW EXECUTE FUNCTION nothing();
CREATE TABLE c_partition_key (p int CONSTRAINT k REFERENCES p) PARTITION BY LIST (p);
CREATE TYPE typed AS (p int);
CREATE TABLE c_typed OF typed (CONSTRAINT k FOREIGN KEY (p) REFERENCES p);
SELECT child, substring(detail FROM 'the server refuses.*') AS refused, ddl FROM fk_type_mismatches();
\set VERBOSITY sqlstate
SELECT format('ALTER TABLE %s ALTER COLUMN p TYPE bigint;', child) FROM fk_type_mismatches() \gexec
\set VERBOSITY default
DROP SCHEMA t CASCADE;

-- Partitions and inheritance children get their columns from above: the statement names the table at the top.
CREATE SCHEMA t;
SET search_path = t, public;
CREATE TABLE p (id bigint PRIMARY KEY);
CREATE TABLE c (k int, p int) PARTITION BY LIST (k);
CREATE TABLE c1 PARTITION OF c FOR VALUES IN (1) PARTITION BY LIST (k);
CREATE TABLE c11 (p int CONSTRAINT own REFERENCES p, k int);
ALTER TABLE c1 ATTACH PARTITION c11 FOR VALUES IN (1);
CREATE TABLE i (p int);
CREATE TABLE i1 (q int CONSTRAINT local REFERENCES p, CONSTRAINT inherited FOREIGN KEY (p) REFERENCES p) INHERITS (i);
CREATE TABLE j (p int);
CREATE TABLE ij (CONSTRAINT two FOREIGN KEY (p) REFERENCES p) INHERITS (i, j);
SELECT child, child_column, constraint_name, detail, ddl FROM fk_type_mismatches() \gx
SELECT ddl FROM fk_type_mismatches() \gexec
SELECT child, constraint_name FROM fk_type_mismatches();
\set VERBOSITY sqlstate
ALTER TABLE ij ALTER COLUMN p TYPE bigint;
ALTER TABLE i ALTER COLUMN p TYPE smallint;
\set VERBOSITY default

-- Names that need quotes, on one line.
DROP SCHEMA t CASCADE;
CREATE SCHEMA "T; --";
SET search_path = "T; --", public;
CREATE TABLE "P""p" ("I d" bigint PRIMARY KEY);
CREATE TABLE "C
c" ("select" int CONSTRAINT "K k" REFERENCES "P""p");
SELECT ddl FROM fk_type_mismatches();
SELECT s FROM fk_type_mismatches(), string_to_table(ddl, E'\n') s \gexec
SELECT count(*) FROM fk_type_mismatches();
DROP SCHEMA "T; --" CASCADE;

-- Nothing there, nothing known.
RESET search_path;
SELECT * FROM fk_type_mismatches();
RESET client_min_messages;
CREATE TABLE alone (id int);
SELECT * FROM fk_type_mismatches('alone');
SELECT * FROM fk_type_mismatches(constraint_name => 'nowhere');
DROP TABLE alone;
