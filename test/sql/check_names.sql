-- Names that need quoting, and names that look like SQL: in the generated queries, in rows, in messages.
\getenv inputdir PG_ABS_SRCDIR
\set judge :inputdir '/sql/include/judge.sql'
\set ECHO none
\i :judge
\set ECHO all
SET client_min_messages = warning;
-- 63 bytes; a line break; quotes, a backslash and a dollar; SQL; letters beyond ASCII; keywords; blanks; a capital.
CREATE TABLE names (n int PRIMARY KEY, name text NOT NULL);
INSERT INTO names VALUES
    (1, repeat('x', 63)), (2, E'line\nbreak'), (3, $$q"uo'te\ and $1 $$ || '$$'), (4, 'x; DROP TABLE names; --'),
    (5, 'Füße 日本'), (6, 'select'), (7, ' '), (8, 'Order'), (9, 'c'), (10, 'p'), (11, 'k1'), (12, '"'), (13, ''''),
    (14, '/* comment */'), (15, E'tab\there\x01'), (16, 'U&"\0041"'), (17, repeat('"', 63)), (18, 'orphan'), (19, '%s %1$I %'),
    (20, 'ctid '), (21, '...'), (22, 'é' || repeat('ü', 30));

CREATE SCHEMA check_names_parents;
CREATE SCHEMA check_names_types;

-- A schema with a child table, its columns, a constraint; a parent, its column; a type, a collation: all of that name.
CREATE FUNCTION build(name text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TYPE check_names_types.%I AS ENUM (''a'', ''b'')', name);
    EXECUTE format('CREATE COLLATION check_names_types.%I (provider = icu, locale = ''und-u-ks-level2'',
        deterministic = false)', name);
    EXECUTE format('CREATE TABLE check_names_parents.%1$I (%1$I check_names_types.%1$I,
        b text COLLATE check_names_types.%1$I, PRIMARY KEY (%1$I, b))', name);
    EXECUTE format('CREATE SCHEMA %I', name);
    EXECUTE format('CREATE TABLE %1$I.%1$I (id int, %1$I check_names_types.%1$I, other text COLLATE check_names_types.%1$I, PRIMARY KEY (id, %1$I),
        CONSTRAINT %1$I FOREIGN KEY (%1$I, other) REFERENCES check_names_parents.%1$I (%1$I, b))', name);
    EXECUTE format('INSERT INTO check_names_parents.%I VALUES (''a'', ''x'')', name);
    PERFORM set_config('session_replication_role', 'replica', true);
    EXECUTE format('INSERT INTO %1$I.%1$I VALUES (1, ''a'', ''X''), (2, ''b'', ''x''), (3, ''a'', NULL)', name);
    PERFORM set_config('session_replication_role', 'origin', true);
END
$$;
DO $$
DECLARE
    n names;
BEGIN
    FOR n IN SELECT * FROM names ORDER BY n LOOP
        PERFORM build(n.name);
    END LOOP;
END
$$;

SELECT n, judge.rows(format('%1$I.%1$I', name)::regclass, name) FROM names ORDER BY n;
SELECT n, c.child = format('%1$I.%1$I', name)::regclass AS child, c.constraint_name = name AS key, orphan_rows,
       partial_null_rows, c.parent = format('check_names_parents.%I', name)::regclass AS parent,
       example = jsonb_build_object(name, 'b', 'other', 'x') AS example
  FROM names, fk_check(format('%1$I.%1$I', name)::regclass, name) c ORDER BY n;
SELECT n, o.row_key = jsonb_build_object('id', 2, name, 'b') AS row_key, reason,
       o.foreign_key = jsonb_build_object(name, 'b', 'other', 'x') AS foreign_key,
       o.row_table = format('%1$I.%1$I', name)::regclass AS row_table, row_ctid
  FROM names, fk_orphans(format('%1$I.%1$I', name)::regclass, name) o ORDER BY n;
SELECT count(*) FROM fk_check() WHERE orphan_rows = 1;

-- Not declared, with names as a caller writes them.
SELECT n, c.orphan_rows, c.detail
  FROM names, fk_check(format('%1$I.%1$I', name)::regclass, ARRAY['other', name], format('check_names_parents.%I', name)::regclass,
                       ARRAY['b', name]) c
 WHERE n IN (2, 3, 17) ORDER BY n;
SELECT n, c.orphan_rows, c.detail
  FROM names, fk_check(format('%1$I.%1$I', name)::regclass, ARRAY[name], format('check_names_parents.%I', name)::regclass,
                       ARRAY[name]) c
 WHERE n IN (2, 3, 17, 19) ORDER BY n;

-- In messages.
RESET client_min_messages;
SET fkaudit.engine = scan;
SELECT count(*) FROM names, fk_orphans(format('%1$I.%1$I', name)::regclass, name) WHERE n IN (2, 3, 17, 19);
RESET fkaudit.engine;
SELECT * FROM fk_check('"select"."select"', '%s %1$I % %n');
SELECT * FROM fk_check('"select"."select"', '{"%s %n"}', '"select"."select"', '{id}');
SELECT * FROM fk_check('"%s %1$I %"."%s %1$I %"', '{other}', '"%s %1$I %"."%s %1$I %"', '{id}');
SELECT * FROM fk_check('"%s %1$I %"."%s %1$I %"', '{missing}', '"%s %1$I %"."%s %1$I %"', '{id}');
-- A longer name than the server keeps is cut as the server cuts it.
SELECT constraint_name = repeat('x', 63) AS found FROM fk_check(constraint_name => repeat('x', 70)::name);

SET client_min_messages = warning;
DO $$
DECLARE
    n names;
BEGIN
    FOR n IN SELECT * FROM names ORDER BY n LOOP
        EXECUTE format('DROP SCHEMA %I CASCADE', n.name);
    END LOOP;
END
$$;
DROP SCHEMA check_names_parents, check_names_types, judge CASCADE;
DROP FUNCTION build;
DROP TABLE names;
