-- fk_delete_impact() against PostgreSQL's own DELETE and UPDATE on random graphs with circles and self-references: the real
-- statement fails exactly where something is blocked or refused, and where it does not, as many rows of each table go or
-- change as it said. More rounds: CALL impact.compare(1, 10000).
CREATE SCHEMA impact;
CREATE FUNCTION impact.random(bound int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    state bigint := (current_setting('impact.state')::bigint * 1103515245 + 12345) % 2147483648;
BEGIN
    PERFORM set_config('impact.state', state::text, false);
    RETURN (state / 65536) % bound;
END $$;

CREATE PROCEDURE impact.make(seed int) LANGUAGE plpgsql AS $$
DECLARE
    actions text[] := '{NO ACTION,RESTRICT,CASCADE,CASCADE,CASCADE,SET NULL,SET DEFAULT}';
    child int;
    parent int;
    is_pair bool;
    defaults text;
    keys text[];
BEGIN
    PERFORM set_config('impact.state', (seed * 7919 + 17)::text, false);
    DROP SCHEMA IF EXISTS g CASCADE;
    CREATE SCHEMA g;
    FOR number IN 1..4 LOOP
        EXECUTE format('CREATE TABLE g.t%1$s (id int PRIMARY KEY, b int NOT NULL, row_id int NOT NULL, UNIQUE (id, b));
                        INSERT INTO g.t%1$s SELECT n, n %% 3, n FROM generate_series(1, 8) n', number);
    END LOOP;
    FOR number IN 1..4 + impact.random(4) LOOP
        child := 1 + impact.random(4);
        parent := 1 + impact.random(4);
        is_pair := impact.random(5) = 0;
        defaults := CASE impact.random(4) WHEN 0 THEN '' WHEN 1 THEN 'DEFAULT 99' ELSE 'DEFAULT 1' END;
        -- A parent for most rows, none for some.
        EXECUTE format('ALTER TABLE g.t%s ADD c%s int %s, ADD d%2$s int %s', child, number, defaults,
                       CASE WHEN defaults = '' THEN '' ELSE 'DEFAULT 1' END);
        EXECUTE format('UPDATE g.t%1$s SET c%2$s = p.id, d%2$s = p.b FROM g.t%3$s p
                         WHERE p.id = CASE WHEN (t%1$s.id * %4$s + %5$s) %% 5 = 0 AND NOT %6$L THEN NULL
                                           ELSE 1 + (t%1$s.id * %4$s + %5$s) %% 8 END',
                       child, number, parent, 1 + impact.random(6), impact.random(8), impact.random(6) = 0);
        EXECUTE format('UPDATE g.t%1$s SET c%2$s = NULL, d%2$s = NULL WHERE NOT EXISTS (SELECT FROM g.t%3$s p WHERE (p.id, p.b) = (t%1$s.c%2$s, t%1$s.d%2$s))',
                       child, number, parent);
        IF impact.random(6) = 0 THEN
            EXECUTE format('UPDATE g.t%1$s SET c%2$s = 1, d%2$s = 1 WHERE c%2$s IS NULL', child, number);
            EXECUTE format('ALTER TABLE g.t%s ALTER c%s SET NOT NULL', child, number);
        END IF;
        keys := keys ||
                format('ALTER TABLE g.t%s ADD CONSTRAINT k%s FOREIGN KEY (%s) REFERENCES g.t%s (%s) %s ON DELETE %s ON UPDATE %s %s',
                       child, number, CASE WHEN is_pair THEN format('c%1$s, d%1$s', number) ELSE format('c%s', number) END,
                       parent, CASE WHEN is_pair THEN 'id, b' ELSE 'id' END,
                       CASE WHEN is_pair AND impact.random(2) = 0 THEN 'MATCH FULL' ELSE '' END,
                       actions[1 + impact.random(7)], actions[1 + impact.random(7)],
                       CASE impact.random(6) WHEN 0 THEN 'DEFERRABLE INITIALLY DEFERRED' WHEN 1 THEN 'DEFERRABLE' ELSE '' END);
    END LOOP;
    FOR number IN 1..array_length(keys, 1) LOOP
        EXECUTE keys[number];
    END LOOP;
END $$;

-- The tables' rows as text, by table and row_id.
CREATE FUNCTION impact.content() RETURNS TABLE (relation text, row_id int, content text) LANGUAGE plpgsql AS $$
BEGIN
    FOR number IN 1..4 LOOP
        RETURN QUERY EXECUTE format('SELECT ''g.t%1$s'', t.row_id, t::text FROM g.t%1$s t', number);
    END LOOP;
END $$;

-- `g.t1 2 gone, g.t3 1 changed`, or the error, as it really is.
CREATE FUNCTION impact.real_outcome(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    counts text;
BEGIN
    CREATE TEMPORARY TABLE content_before ON COMMIT DROP AS SELECT * FROM impact.content();
    BEGIN
        EXECUTE statement;
        SET CONSTRAINTS ALL IMMEDIATE;
        counts := (SELECT string_agg(line, ', ' ORDER BY line)
                     FROM (SELECT format('%s %s %s', b.relation, count(*), CASE WHEN a.row_id IS NULL THEN 'gone' ELSE 'changed' END)
                             FROM content_before b LEFT JOIN impact.content() a USING (relation, row_id)
                            WHERE a.content IS DISTINCT FROM b.content
                            GROUP BY b.relation, a.row_id IS NULL) lines(line));
        RAISE EXCEPTION USING ERRCODE = 'IM001', MESSAGE = coalesce(counts, 'nothing');
    EXCEPTION
        WHEN SQLSTATE 'IM001' THEN
            counts := SQLERRM;
        WHEN integrity_constraint_violation OR not_null_violation OR foreign_key_violation THEN
            counts := 'fails';
    END;
    DROP TABLE content_before;
    RETURN counts;
END $$;

CREATE FUNCTION impact.said_outcome(parent regclass, predicate text, action text) RETURNS text LANGUAGE sql AS $$
    WITH said AS MATERIALIZED (SELECT * FROM fk_delete_impact(parent, predicate, action))
    SELECT CASE WHEN EXISTS (SELECT FROM said WHERE outcome IN ('blocked', 'refused') AND rows > 0) THEN 'fails'
                ELSE coalesce((SELECT string_agg(line, ', ' ORDER BY line)
                                 FROM (SELECT format('%s %s %s', relation, sum(rows),
                                                     CASE WHEN outcome = 'deleted' THEN 'gone' ELSE 'changed' END)
                                         FROM said WHERE rows > 0
                                        GROUP BY relation, outcome = 'deleted') lines(line)), 'nothing') END
$$;

CREATE TABLE impact.result (seed int, statement text, said text, difference text);
-- Every other graph has rows that the asking transaction has written itself: when those change, the server checks their
-- keys again, even where they stay the same.
CREATE PROCEDURE impact.compare(first int, last int) LANGUAGE plpgsql AS $$
DECLARE
    parent text;
    predicate text;
    statement text;
    real_outcome text;
    said text;
BEGIN
    FOR number IN first..last LOOP
        CALL impact.make(number);
        IF number % 2 = 0 THEN
            COMMIT;
        END IF;
        FOR turn IN 1..6 LOOP
            parent := format('g.t%s', 1 + impact.random(4));
            predicate := format('id %% %s = 0', 1 + impact.random(8));
            statement := format(CASE WHEN turn < 5 THEN 'DELETE FROM %s WHERE %s' ELSE 'UPDATE %s SET id = id + 1000, b = b + 1000 WHERE %s' END,
                                parent, predicate);
            real_outcome := impact.real_outcome(statement);
            said := impact.said_outcome(parent::regclass, predicate, CASE WHEN turn < 5 THEN 'delete' ELSE 'update key' END);
            INSERT INTO impact.result
            VALUES (number, statement, said, CASE WHEN said <> real_outcome THEN real_outcome END);
        END LOOP;
        COMMIT;
    END LOOP;
END $$;

SET client_min_messages = warning;
CALL impact.compare(1, 40);
RESET client_min_messages;
SELECT count(*) AS statements, count(*) FILTER (WHERE said = 'fails') > 40 AS some_fail,
       count(*) FILTER (WHERE said ~ ', ') > 40 AS some_spread, count(difference) AS differences FROM impact.result;
SELECT * FROM impact.result WHERE difference IS NOT NULL;

SET client_min_messages = warning;
DROP SCHEMA impact, g CASCADE;
