-- A damaged catalog, as a superuser or a failing disk makes it: no function crashes, and a key that names what is not there is
-- left out with a warning or refused with an error, while the others are shown. Only fk_check() shows it too: a key whose
-- rows nobody looked at is no key less in its result.
CREATE SCHEMA d;
SET search_path = d, public;
CREATE TABLE parent (id int PRIMARY KEY, a int, b int, gone int, UNIQUE (a, b));
CREATE TABLE child (x int, y int, gone int,
    CONSTRAINT k FOREIGN KEY (x, y) REFERENCES parent (a, b) ON DELETE SET NULL (x));
ALTER TABLE parent DROP gone;
ALTER TABLE child DROP gone;
CREATE TABLE sound (id int CONSTRAINT sound REFERENCES parent);
CREATE TABLE part (id int CONSTRAINT part_key REFERENCES parent) PARTITION BY LIST (id);
CREATE TABLE part1 PARTITION OF part FOR VALUES IN (1);

-- Does the damage, calls every function, and undoes it. What each call ended with: the keys it showed, or its error.
CREATE FUNCTION damaged(damage text) RETURNS TABLE (call text, keys text) LANGUAGE plpgsql AS $$
BEGIN
    FOREACH call IN ARRAY ARRAY['fk_constraints()', 'fk_references(''parent'')', 'fk_references(''part1'')', 'fk_check()', 'fk_orphans()',
                                'fk_missing_indexes(include_covered => true)', 'fk_risky_actions()', 'fk_type_mismatches()',
                                'fk_status', 'fk_audit(check_data => true)'] LOOP
        BEGIN
            EXECUTE damage;
            EXECUTE format('SELECT coalesce(string_agg(DISTINCT constraint_name::text, '', ''), ''none'') FROM %s', call) INTO keys;
            RAISE EXCEPTION 'undo' USING ERRCODE = 'P0042';
        EXCEPTION
            WHEN SQLSTATE 'P0042' THEN
            WHEN OTHERS THEN keys := SQLSTATE || ' ' || regexp_replace(SQLERRM, '\d+', 'n', 'g');
        END;
        RETURN NEXT;
    END LOOP;
END $$;
SET allow_system_table_mods = on;
SET client_min_messages = error;
SELECT * FROM damaged('SELECT 1');
-- By damage: the keys that every listing shows, what the other functions say, and errors.
SELECT n, replace(damage, 'WHERE conname = ''k''', '…') AS damage,
       string_agg(DISTINCT keys, ' / ') FILTER (WHERE call !~ 'check|orphans|risky|mismatches|part1') AS listed,
       string_agg(keys, ' / ') FILTER (WHERE call ~ 'fk_check') AS checked, string_agg(keys, ' / ') FILTER (WHERE call ~ 'audit') AS audited,
       string_agg(call || ': ' || keys, ', ' ORDER BY call COLLATE "C") FILTER (WHERE call ~ 'orphans|risky|mismatches|part1' AND keys <> 'none')
       AS others
  FROM unnest(ARRAY[
    'UPDATE pg_constraint SET conkey = ''{1,99}'' WHERE conname = ''k''',
    'UPDATE pg_constraint SET conkey = ''{1,3}'' WHERE conname = ''k''',
    'UPDATE pg_constraint SET conkey = ''{1,-1}'' WHERE conname = ''k''',
    'UPDATE pg_constraint SET conkey = ''{}'' WHERE conname = ''k''',
    'UPDATE pg_constraint SET conkey = ''{1}'' WHERE conname = ''k''',
    'UPDATE pg_constraint SET conkey = NULL WHERE conname = ''k''',
    'UPDATE pg_constraint SET confkey = NULL WHERE conname = ''k''',
    'UPDATE pg_constraint SET confkey = ''{2,99}'' WHERE conname = ''k''',
    'UPDATE pg_constraint SET conpfeqop = NULL WHERE conname = ''k''',
    'UPDATE pg_constraint SET conpfeqop = ''{1,1}'' WHERE conname = ''k''',
    'UPDATE pg_constraint SET confrelid = 99999999 WHERE conname = ''k''',
    'UPDATE pg_constraint SET confrelid = 0 WHERE conname = ''k''',
    'UPDATE pg_constraint SET conrelid = 99999999 WHERE conname = ''k''',
    'UPDATE pg_constraint SET confdelsetcols = ''{99}'' WHERE conname = ''k''',
    'UPDATE pg_constraint SET conindid = 99999999 WHERE conname = ''k''',
    'UPDATE pg_constraint SET confmatchtype = ''z'', confdeltype = ''z'', confupdtype = ''z'' WHERE conname = ''k''',
    'UPDATE pg_constraint SET conparentid = oid WHERE conname = ''k''',
    'UPDATE pg_constraint SET conparentid = 99999999 WHERE conname = ''k''',
    'UPDATE pg_constraint SET conkey = ''{99}'' WHERE conparentid <> 0',
    'UPDATE pg_constraint AS c SET conparentid = d.oid FROM pg_constraint AS d WHERE c.conname = ''part_key'' AND d.conparentid = c.oid',
    'DELETE FROM pg_trigger WHERE tgrelid = ''child''::regclass',
    'DELETE FROM pg_attribute WHERE attrelid = ''child''::regclass AND attnum = 2',
    'DELETE FROM pg_class WHERE oid = ''child''::regclass',
    'DELETE FROM pg_index WHERE indrelid = ''parent''::regclass',
    'DELETE FROM pg_inherits WHERE inhparent = ''part''::regclass',
    'UPDATE pg_inherits SET inhparent = inhrelid WHERE inhparent = ''part''::regclass',
    'INSERT INTO pg_inherits VALUES (''part''::regclass, ''part1''::regclass, 1, false)'
    ]) WITH ORDINALITY AS u(damage, n), damaged(damage)
 GROUP BY n, damage ORDER BY n;

-- What is said about the key: every listing's warning and the row of fk_check().
RESET client_min_messages;
CREATE FUNCTION said(damage text, OUT verdict text, OUT child text, OUT parent text, OUT enforcement text,
                     OUT reason text, OUT detail text)
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE damage;
    SELECT c.verdict, c.child::text, c.parent::text, c.enforcement, c.reason, regexp_replace(c.detail, '\d{5,}', 'n', 'g')
      INTO verdict, child, parent, enforcement, reason, detail
      FROM fk_check(NULL, 'k') AS c;
    RAISE EXCEPTION 'undo' USING ERRCODE = 'P0042';
EXCEPTION WHEN SQLSTATE 'P0042' THEN
END $$;
CREATE FUNCTION says(damage text, statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE damage;
    EXECUTE statement;
    RAISE EXCEPTION 'accepted';
EXCEPTION WHEN OTHERS THEN
    -- 18 says it in other words.
    RETURN replace(regexp_replace(SQLERRM, '\d{5,}', 'n', 'g'),
                   'unexpected null value in cached tuple for catalog pg_constraint column conkey', 'null conkey for constraint n');
END $$;
\set VERBOSITY terse
\x
SELECT verdict, child, parent, enforcement, reason, detail
  FROM unnest(ARRAY['conkey = ''{1,99}''', 'confkey = ''{2,99}''', 'conkey = ''{1}''', 'conpfeqop = NULL', 'confrelid = 99999999',
                    'confrelid = 0', 'conrelid = 99999999', 'conparentid = oid', 'conparentid = 99999999']) AS damage,
       said(format('UPDATE pg_constraint SET %s WHERE conname = ''k''', damage));
\x
BEGIN;
UPDATE pg_constraint SET conkey = '{1,99}' WHERE conname = 'k';
SELECT child, constraint_name FROM fk_constraints();
SELECT child, constraint_name FROM fk_constraints('child');
SELECT child, constraint_name FROM fk_constraints('child', 'k');
SELECT child, constraint_name FROM fk_orphans();
SELECT child, constraint_name, verdict FROM fk_check();
SELECT severity, rule, child, message FROM fk_audit(check_data => true) WHERE rule = 'data-not-examined';
SAVEPOINT s;
SELECT fk_suppress('data-not-examined', 'child', 'k', 'known');
ROLLBACK TO s;
ROLLBACK;
BEGIN;
UPDATE pg_constraint SET conparentid = oid WHERE conname = 'k';
SELECT child, constraint_name FROM fk_constraints();
SELECT child, constraint_name FROM fk_constraints('child');
ROLLBACK;
-- Two that say they derive from each other.
BEGIN;
UPDATE pg_constraint AS c SET conparentid = d.oid FROM pg_constraint AS d WHERE c.conname = 'part_key' AND d.conparentid = c.oid;
SELECT child, constraint_name FROM fk_constraints();
SELECT child, constraint_name FROM fk_constraints(NULL, 'part_key');
SELECT child, verdict, reason, regexp_replace(detail, '\d{5,}', 'n', 'g') AS detail FROM fk_check('part');
SELECT child, verdict, reason FROM fk_check('part1', 'part_key');
SELECT severity, child, constraint_name FROM fk_audit(check_data => true) WHERE rule = 'data-not-examined';
ROLLBACK;
-- PostgreSQL's own part: with such an entry the key's triggers refuse every row that they would have to check.
INSERT INTO parent VALUES (1, 1, 1);
SELECT damage, says(format('UPDATE pg_constraint SET %s WHERE conname = ''k''', damage), 'INSERT INTO child VALUES (1, 1)')
  FROM unnest(ARRAY['conname = conname', 'conkey = NULL', 'confrelid = 99999999', 'conparentid = 99999999']) AS damage;
\set VERBOSITY default

SET client_min_messages = warning;
DROP SCHEMA d CASCADE;
