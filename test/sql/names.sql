-- Names that need quoting: schemas, tables, columns and keys with capitals, spaces, quotes, line breaks, 63 bytes, letters
-- of other languages, and text that looks like SQL. Every name comes out as it is, and what is printed as SQL can be run.
CREATE FUNCTION public.names() RETURNS TABLE (n int, name name) LANGUAGE sql AS $names$
SELECT row_number() OVER (), name
  FROM unnest(ARRAY['Capital', 'two words', 'quo"te', 'apos''trophe', 'back\slash', E'line\nbreak', E'tab\there', 'größe', '表',
                    repeat('x', 63), repeat('ü', 31), 'select', 'a; DROP TABLE public.witness; --', '"', '""', '$$', '{', '%s',
                    'a,b', ' ', '1', 'NULL', '/*', '\"', '.', 'user', E'\u2028'])
       AS name $names$;
CREATE TABLE public.witness (a int);
-- For each name: a schema, a parent and a child in it, columns and a key, all of that name; and a key to itself.
DO $$
DECLARE one record;
BEGIN
    FOR one IN SELECT * FROM public.names() LOOP
        EXECUTE format('CREATE SCHEMA %I', one.name);
        EXECUTE format('CREATE TABLE %1$I.%1$I (%1$I int PRIMARY KEY)', one.name);
        EXECUTE format('CREATE TABLE %1$I.child (%1$I int CONSTRAINT %1$I REFERENCES %1$I.%1$I)', one.name);
        EXECUTE format('ALTER TABLE %1$I.%1$I ADD CONSTRAINT %1$I FOREIGN KEY (%1$I) REFERENCES %1$I.%1$I', one.name);
    END LOOP;
END $$;

-- Every name is what it was; in fk_constraints(), fk_references() and fk_status.
SELECT n.n, count(*) AS keys,
       bool_and(f.constraint_name = n.name AND f.child_columns = ARRAY[n.name] AND f.parent_columns = ARRAY[n.name]
                AND f.parent = (SELECT oid FROM pg_class WHERE relname = n.name AND relnamespace = s.oid)) AS as_they_are,
       (SELECT count(*) FROM fk_references(f.parent) AS r WHERE r.constraint_name = n.name AND r.child_columns = ARRAY[n.name])
       AS referencing
  FROM names() AS n
  JOIN pg_namespace AS s ON s.nspname = n.name
  JOIN pg_class AS t ON t.relnamespace = s.oid AND t.relkind = 'r'
  CROSS JOIN LATERAL fk_constraints(t.oid, n.name) AS f
 GROUP BY n.n, n.name, f.parent ORDER BY n.n;
SELECT count(*) = 2 * (SELECT count(*) FROM names()) AS all_of_them FROM fk_constraints();
SELECT count(*) = 2 * (SELECT count(*) FROM names()) AS all_of_them FROM fk_status;

-- A definition stands on one line and adds the same key again.
SELECT count(*) FROM fk_constraints() WHERE definition ~ '[\n\r\t]';
DO $$
DECLARE one record;
BEGIN
    FOR one IN SELECT * FROM fk_constraints() LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', one.child, one.constraint_name);
        EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I %s', one.child, one.constraint_name, one.definition);
        ASSERT (SELECT f.definition = one.definition FROM fk_constraints(one.child, one.constraint_name) AS f);
    END LOOP;
END $$;
SELECT definition FROM fk_constraints() WHERE constraint_name IN ('quo"te', E'line\nbreak', '$$', 'größe') AND child::text LIKE '%child';

-- Details, notices and errors with such names.
ALTER TABLE "two words".child DISABLE TRIGGER ALL;
SELECT enforcement_detail FROM fk_constraints('"two words".child');
SELECT * FROM fk_constraints('"user".child', 'a; DROP TABLE public.witness; --');
CREATE TABLE "%s"."%s%d" (a int);
SELECT count(*) FROM fk_constraints('"%s"."%s%d"');
SELECT count(*) FROM fk_references('"%s"."%s%d"');
CREATE VIEW "%s"."%n" AS SELECT 1 AS a;
SELECT * FROM fk_constraints('"%s"."%n"');

-- The data functions and the schema checks run over all of them.
SELECT verdict, count(*) FROM fk_check() GROUP BY verdict ORDER BY verdict;
SELECT verdict, count(*) FROM fk_missing_indexes(include_covered => true) GROUP BY verdict ORDER BY verdict;
SELECT count(*) FROM fk_orphans();
-- The printed statements run, and do what they say.
DO $$
DECLARE one text;
BEGIN
    FOR one IN SELECT s FROM fk_missing_indexes(), string_to_table(ddl, E'\n') AS s LOOP
        EXECUTE replace(one, ' CONCURRENTLY', '');
    END LOOP;
END $$;
SELECT verdict, count(*) FROM fk_missing_indexes(include_covered => true) GROUP BY verdict ORDER BY verdict;
SELECT count(*) FROM witness;

SET client_min_messages = warning;
DO $$
DECLARE one record;
BEGIN
    FOR one IN SELECT * FROM public.names() LOOP
        EXECUTE format('DROP SCHEMA %I CASCADE', one.name);
    END LOOP;
END $$;
DROP TABLE witness;
DROP FUNCTION names();
