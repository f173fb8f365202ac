-- Since 18 a key between two collations is refused where either is nondeterministic. What ALTER TABLE says of such a key
-- stands beside what fk_check() says of it while it is not declared.
SELECT current_setting('server_version_num')::int < 180000 AS accepted \gset
\if :accepted
\echo not run: PostgreSQL 15 to 17 accept such keys (check_collations_mixed)
\quit
\endif
CREATE SCHEMA check_collations_refused;
SET search_path = check_collations_refused, public;
CREATE COLLATION any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE COLLATION "Any ""accent""" (provider = icu, locale = 'und-u-ks-level1', deterministic = false);
CREATE DOMAIN insensitive AS text COLLATE any_case;
CREATE TABLE parent ("default" text UNIQUE, c text COLLATE "C" UNIQUE, und text COLLATE "und-x-icu" UNIQUE,
    any_case text COLLATE any_case UNIQUE, any_accent text COLLATE "Any ""accent""" UNIQUE, name name UNIQUE,
    domain insensitive UNIQUE, number int UNIQUE);
CREATE TABLE child (LIKE parent);

CREATE FUNCTION error_of(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    detail text;
BEGIN
    EXECUTE statement;
    RAISE EXCEPTION USING ERRCODE = 'NOERR';
EXCEPTION WHEN SQLSTATE 'NOERR' THEN
    RETURN 'none';
WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
    -- The server leaves the schema out where the caller's path finds the type.
    RETURN format('%s %s: %s', SQLSTATE, replace(SQLERRM, ' "k"', ''), replace(detail, 'check_collations_refused.', ''));
END
$$;
CREATE TABLE answers AS
SELECT c.attname AS child, p.attname AS parent,
       error_of(format('ALTER TABLE child ADD CONSTRAINT k FOREIGN KEY (%I) REFERENCES parent (%I)', c.attname, p.attname))
           AS server,
       error_of(format('SELECT * FROM fk_check(''child'', %L, ''parent'', %L)', ARRAY[c.attname], ARRAY[p.attname]))
           AS fkaudit
  FROM pg_attribute c, pg_attribute p
 WHERE c.attrelid = 'child'::regclass AND p.attrelid = 'parent'::regclass AND c.attnum > 0 AND p.attnum > 0;
SELECT count(*), count(*) FILTER (WHERE server = 'none') AS accepted, count(*) FILTER (WHERE server <> fkaudit) AS different
  FROM answers;
SELECT * FROM answers WHERE server <> fkaudit;
SELECT child, string_agg(parent, ', ' ORDER BY parent) AS "refused parents" FROM answers WHERE server LIKE '42P21 %'
 GROUP BY child ORDER BY child;
SELECT DISTINCT fkaudit FROM answers WHERE child = 'c' AND server LIKE '42P21 %' ORDER BY 1;
SET client_min_messages = warning;
DROP SCHEMA check_collations_refused CASCADE;
