-- Text that looks like SQL through every argument: it names nothing, or names exactly what it says, and nothing of it runs.
SET client_min_messages = warning;
CREATE SCHEMA injection;
CREATE TABLE injection.witness AS SELECT 1 AS a;
CREATE TABLE injection.parent (id int PRIMARY KEY);
CREATE TABLE injection.child (id int CONSTRAINT k REFERENCES injection.parent);
CREATE SEQUENCE injection.ran;
CREATE TABLE injection.texts (n int PRIMARY KEY, t text);
INSERT INTO injection.texts VALUES
    (1, 'id; DROP TABLE injection.witness; --'),
    (2, 'id"; DROP TABLE injection.witness; --'),
    (3, 'id''; DROP TABLE injection.witness; --'),
    (4, 'id) FROM injection.child); SELECT nextval(''injection.ran''); --'),
    (5, '(SELECT nextval(''injection.ran''))'),
    (6, 'id = id OR nextval(''injection.ran'') > 0 --'),
    (7, '$$; SELECT nextval(''injection.ran''); $$'),
    (8, '$1'),
    (9, 'simple''; SELECT nextval(''injection.ran''); --'),
    (10, 'simple) OR nextval(''injection.ran'') > 0 --'),
    (11, E'id\nFROM injection.child; SELECT nextval(''injection.ran'')'),
    (12, '*'),
    (13, 'c.*'),
    (14, ''),
    (15, '\"; \! true'),
    (16, '%s%n%1$s'),
    (17, 'U&"\0069d"'),
    (18, '"id"'),
    (19, 'ID'),
    (20, '/* */ id'),
    (21, E'id\u00a0'),
    (22, 'id\0');
-- Each text as each argument, alone.
CREATE FUNCTION injection.attempt(statement text, given text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    found text;
BEGIN
    EXECUTE 'SELECT count(*) FROM ' || statement INTO found USING given;
    RETURN 'rows: ' || found;
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
CREATE TABLE injection.attempts AS
SELECT n, position, injection.attempt(statement, t) AS answer, t
  FROM injection.texts, (VALUES
    (1, 'check child_columns', 'fk_check(''injection.child'', ARRAY[$1]::name[], ''injection.parent'', ''{id}'')'),
    (2, 'check parent_columns', 'fk_check(''injection.child'', ''{id}'', ''injection.parent'', ARRAY[$1]::name[])'),
    (3, 'check match_type', 'fk_check(''injection.child'', ''{id}'', ''injection.parent'', ''{id}'', $1)'),
    (4, 'orphans child_columns', 'fk_orphans(''injection.child'', ARRAY[$1]::name[], ''injection.parent'', ''{id}'')'),
    (5, 'orphans parent_columns', 'fk_orphans(''injection.child'', ''{id}'', ''injection.parent'', ARRAY[$1]::name[])'),
    (6, 'orphans match_type', 'fk_orphans(''injection.child'', ''{id}'', ''injection.parent'', ''{id}'', $1)'),
    (7, 'check constraint_name', 'fk_check(constraint_name => $1::name)'),
    (8, 'check both', 'fk_check(''injection.child'', $1::name)'),
    (9, 'orphans constraint_name', 'fk_orphans(constraint_name => $1::name)'),
    (10, 'constraints', 'fk_constraints(constraint_name => $1::name)'),
    (11, 'missing_indexes', 'fk_missing_indexes(constraint_name => $1::name)'),
    (12, 'risky_actions', 'fk_risky_actions(constraint_name => $1::name)'),
    (13, 'type_mismatches', 'fk_type_mismatches(constraint_name => $1::name)'),
    (14, 'audit', 'fk_audit(constraint_name => $1::name)'),
    (15, 'assert min_severity', 'fk_assert($1, check_data => false)'),
    (16, 'suppress rule', 'fk_suppress($1, ''injection.child'', ''k'', ''reason'')'),
    (17, 'suppress constraint_name', 'fk_suppress(''orphan-rows'', ''injection.child'', $1::name, ''reason'')'),
    (18, 'suppress reason', 'fk_suppress(''orphan-rows'', ''injection.child'', ''k'', $1)'),
    (19, 'unsuppress constraint_name', 'fk_unsuppress(''orphan-rows'', ''injection.child'', $1::name)')) a(i, position, statement)
 ORDER BY n, i;
SELECT position, left(answer, 5) AS sqlstate, count(*),
       -- The text stands in the message as it was given, between quotes.
       count(*) FILTER (WHERE position(format('"%s"', left(t, 63)) IN answer) > 0) AS named
  FROM injection.attempts GROUP BY position, left(answer, 5) ORDER BY position, sqlstate;
SELECT answer FROM injection.attempts WHERE n IN (2, 11, 14) AND position IN ('check child_columns', 'check match_type', 'check both')
 ORDER BY n, position;
-- The tables themselves are OIDs: regclass reads one name, or fails.
SELECT t, injection.attempt('fk_check($1::regclass, ''{id}'', ''injection.parent'', ''{id}'')', t) AS answer
  FROM injection.texts WHERE n IN (1, 2, 5) ORDER BY n;

-- The same texts as the names of columns and of tables: what is called so is examined, and nothing runs.
DO $$
DECLARE
    one record;
BEGIN
    FOR one IN SELECT * FROM injection.texts WHERE t <> '' ORDER BY n LOOP
        EXECUTE format('CREATE TABLE injection.%I (%I int PRIMARY KEY)', 'parent ' || one.n || one.t, one.t);
        EXECUTE format('CREATE TABLE injection.%I (%I int)', 'child ' || one.n || one.t, one.t);
        EXECUTE format('INSERT INTO injection.%I VALUES (1)', 'parent ' || one.n || one.t);
        EXECUTE format('INSERT INTO injection.%I VALUES (1), (2)', 'child ' || one.n || one.t);
    END LOOP;
END $$;
SELECT n, c.verdict, c.orphan_rows, c.example = jsonb_build_object(left(t, 63), 2) AS example,
       (SELECT count(*) FROM fk_orphans(r.child, ARRAY[t]::name[], r.parent, ARRAY[t]::name[], 'full', 5) o
         WHERE o.foreign_key = jsonb_build_object(left(t, 63), 2)) AS listed
  FROM injection.texts
  CROSS JOIN LATERAL (SELECT (SELECT oid FROM pg_class WHERE relname = ('child ' || n || t)::name)::regclass AS child,
                             (SELECT oid FROM pg_class WHERE relname = ('parent ' || n || t)::name)::regclass AS parent) r
  CROSS JOIN LATERAL fk_check(r.child, ARRAY[t]::name[], r.parent, ARRAY[t]::name[]) c
 WHERE t <> '' ORDER BY n;

-- A reason is kept as it is.
SELECT reason = (SELECT t FROM injection.texts WHERE n = 22) AS as_it_is FROM fk_suppressions;
SELECT fk_unsuppress('orphan-rows', 'injection.child', 'k');
-- A number is a number.
SELECT * FROM fk_orphans('injection.child', '{id}', 'injection.parent', '{id}', max_rows => '1; SELECT 1');
SELECT * FROM fk_orphans('injection.child', 'k', max_rows => '1 OFFSET 0');
-- Nothing ran.
SELECT is_called AS ran FROM injection.ran;
SELECT count(*) FROM injection.witness;
-- And this is what it looks like when something does.
INSERT INTO injection.child VALUES (NULL);
DO $$BEGIN EXECUTE 'SELECT count(id) FROM injection.child WHERE ' || (SELECT t FROM injection.texts WHERE n = 6); END$$;
SELECT is_called AS ran FROM injection.ran;

DROP SCHEMA injection CASCADE;
