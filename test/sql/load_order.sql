-- fk_load_order(): an order in which tables can be emptied and loaded again while their foreign keys are enforced. The proof
-- is PostgreSQL's own: everything is deleted in the reverse order and loaded in the order, the statements run as printed,
-- each table and each circle in a transaction of its own.
CREATE SCHEMA lo;
CREATE SCHEMA kept;
SET search_path = lo, public;

-- Steps: tables of one step do not need each other.
CREATE TABLE country (id int PRIMARY KEY);
CREATE TABLE city (id int PRIMARY KEY, country int REFERENCES country, twin int REFERENCES city);
CREATE TABLE person (id int PRIMARY KEY, born_in int REFERENCES city, lives_in int REFERENCES city, passport int REFERENCES country);
CREATE TABLE note (t text);
SELECT * FROM fk_load_order('{lo}');
-- One schema alone: what it refers to elsewhere must be there already.
CREATE SCHEMA lo2;
CREATE TABLE lo2.visit (person int REFERENCES person);
SELECT * FROM fk_load_order(ARRAY['lo2']);
SELECT step, relation FROM fk_load_order('{lo,lo2}');

-- Circles. A deferrable key is deferred, others are dropped and added again; one that can be NULL rather than one that cannot.
CREATE TABLE lo2.hen (id int PRIMARY KEY, egg int NOT NULL);
CREATE TABLE lo2.egg (id int PRIMARY KEY, hen int REFERENCES lo2.hen DEFERRABLE);
ALTER TABLE lo2.hen ADD CONSTRAINT hen_egg FOREIGN KEY (egg) REFERENCES lo2.egg;
CREATE TABLE lo2.team (id int PRIMARY KEY, captain int);
CREATE TABLE lo2.player (id int PRIMARY KEY, team int NOT NULL REFERENCES lo2.team);
ALTER TABLE lo2.team ADD CONSTRAINT team_captain FOREIGN KEY (captain) REFERENCES lo2.player ON DELETE SET NULL (captain);
-- A key whose name another constraint of the schema bears: SET CONSTRAINTS would refuse the name.
CREATE TABLE lo2.x (id int PRIMARY KEY, y int);
CREATE TABLE lo2.y (id int PRIMARY KEY, x int NOT NULL REFERENCES lo2.x, z int CONSTRAINT twice CHECK (z > 0));
ALTER TABLE lo2.x ADD CONSTRAINT twice FOREIGN KEY (y) REFERENCES lo2.y DEFERRABLE INITIALLY DEFERRED;
SET CONSTRAINTS lo2.twice DEFERRED;
\x on
SELECT * FROM fk_load_order('{lo2}') WHERE cycle IS NOT NULL;
\x off

-- Partitions count as their topmost table; a key of NOT VALID may have rows without a parent and is left out of the load.
CREATE TABLE lo2.part (id int PRIMARY KEY, next int) PARTITION BY RANGE (id);
CREATE TABLE lo2.part_1 PARTITION OF lo2.part FOR VALUES FROM (0) TO (10);
CREATE TABLE lo2.part_2 PARTITION OF lo2.part FOR VALUES FROM (10) TO (20);
CREATE TABLE lo2.leaf (id int PRIMARY KEY REFERENCES lo2.part);
ALTER TABLE lo2.part ADD CONSTRAINT part_leaf FOREIGN KEY (next) REFERENCES lo2.leaf;
CREATE TABLE lo2.old (id int PRIMARY KEY, country int);
INSERT INTO lo2.old VALUES (1, 999);
ALTER TABLE lo2.old ADD CONSTRAINT old_country FOREIGN KEY (country) REFERENCES country NOT VALID;
-- (Before 18, a key of a partitioned child is added valid: there is no NOT VALID.)
SELECT step, relation, cycle, before_load, regexp_replace(after_load, '(leaf\(id\)).*', '\1 …') AS after_load
  FROM fk_load_order() WHERE relation::text ~ 'part|leaf|old';

-- Nothing to load, and what is no schema.
CREATE SCHEMA empty;
SELECT * FROM fk_load_order('{empty}');
SELECT * FROM fk_load_order('{}');
SELECT * FROM fk_load_order('{lo,nowhere}');
SELECT * FROM fk_load_order('{lo,null}');
SELECT * FROM fk_load_order('{{lo},{lo2}}');

-- The proof. A key's definition and state are afterwards what they were.
CREATE PROCEDURE public.run(statements text) LANGUAGE plpgsql AS $$
DECLARE
    statement text;
BEGIN
    FOREACH statement IN ARRAY coalesce(string_to_array(statements, E'\n'), '{}') LOOP
        EXECUTE statement;
    END LOOP;
END $$;
CREATE FUNCTION public.keys() RETURNS text LANGUAGE sql AS
    'SELECT string_agg(conrelid::regclass || conname || pg_get_constraintdef(oid), '';'' ORDER BY 1)
       FROM (SELECT * FROM pg_constraint WHERE contype = ''f'' ORDER BY conrelid::regclass::text, conname) c';
CREATE PROCEDURE public.reload(schema_names name[], OUT tables int, OUT rows_lost bigint, OUT same_keys bool)
LANGUAGE plpgsql AS $$
DECLARE
    plan jsonb := (SELECT jsonb_agg(to_jsonb(o) || jsonb_build_object('relation', relation::oid) ORDER BY o.ordinality)
                     FROM fk_load_order(schema_names) WITH ORDINALITY o);
    keys_before text := public.keys();
    one record;
    left_over bigint;
BEGIN
    FOR one IN SELECT * FROM jsonb_to_recordset(plan) AS t(relation regclass) LOOP
        EXECUTE format('CREATE TABLE kept.%I AS TABLE %s', one.relation::oid, one.relation);
    END LOOP;
    COMMIT;
    -- From the last to the first; what a circle needs comes before its last table and after its first.
    FOR one IN SELECT t.*, row_number() OVER circle AS place, count(*) OVER (PARTITION BY cycle) AS members,
                      first_value(before_load) OVER circle AS opening,
                      last_value(after_load) OVER (circle ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS closing
                 FROM jsonb_to_recordset(plan) AS t(step int, relation regclass, cycle int, before_load text, after_load text)
               WINDOW circle AS (PARTITION BY cycle ORDER BY step)
                ORDER BY step DESC, cycle NULLS LAST LOOP
        IF one.cycle IS NOT NULL AND one.place = one.members THEN
            CALL public.run(one.opening);
        END IF;
        EXECUTE format('DELETE FROM %s', one.relation);
        IF one.cycle IS NOT NULL AND one.place = 1 THEN
            CALL public.run(one.closing);
        END IF;
        IF one.cycle IS NULL OR one.place = 1 THEN
            COMMIT;
        END IF;
    END LOOP;
    tables := 0;
    rows_lost := 0;
    FOR one IN SELECT t.*, lead(cycle) OVER (ORDER BY step) IS NOT DISTINCT FROM cycle AND cycle IS NOT NULL AS goes_on
                 FROM jsonb_to_recordset(plan) AS t(step int, relation regclass, cycle int, before_load text, after_load text)
                ORDER BY step LOOP
        CALL public.run(one.before_load);
        EXECUTE format('INSERT INTO %s TABLE kept.%I', one.relation, one.relation::oid);
        CALL public.run(one.after_load);
        IF NOT one.goes_on THEN
            COMMIT;
        END IF;
        tables := tables + 1;
    END LOOP;
    FOR one IN SELECT * FROM jsonb_to_recordset(plan) AS t(relation regclass) LOOP
        EXECUTE format('SELECT count(*) FROM (TABLE kept.%I EXCEPT ALL TABLE %s) lost', one.relation::oid, one.relation)
           INTO left_over;
        rows_lost := rows_lost + left_over;
        EXECUTE format('DROP TABLE kept.%I', one.relation::oid);
    END LOOP;
    same_keys := public.keys() = keys_before;
    COMMIT;
END $$;
INSERT INTO country VALUES (1), (2);
INSERT INTO city VALUES (1, 1, 2), (2, 2, 1);
INSERT INTO person VALUES (1, 1, 2, 1), (2, 2, 1, 2);
INSERT INTO note VALUES ('n');
INSERT INTO lo2.visit VALUES (1), (2);
BEGIN;
SET CONSTRAINTS ALL DEFERRED;
INSERT INTO lo2.egg VALUES (1, 1), (2, 2);
INSERT INTO lo2.hen VALUES (1, 2), (2, 1);
INSERT INTO lo2.x VALUES (1, 1), (2, 2);
INSERT INTO lo2.y VALUES (1, 2), (2, 1);
COMMIT;
INSERT INTO lo2.team VALUES (1), (2);
INSERT INTO lo2.player VALUES (1, 1), (2, 2);
UPDATE lo2.team SET captain = id;
INSERT INTO lo2.part VALUES (1), (11);
INSERT INTO lo2.leaf VALUES (1), (11);
UPDATE lo2.part SET next = 12 - id;
CALL reload('{lo,lo2}', 0, 0, true);
-- The order matters: what comes too early is refused.
DELETE FROM city;
INSERT INTO person VALUES (3, 9);

-- Names that must be quoted, with a line break, a quote and a comment in them.
CREATE SCHEMA "S; DROP";
CREATE TABLE "S; DROP"."a'
--b" (id int PRIMARY KEY, "C"";/*" int);
CREATE TABLE "S; DROP"."select" (id int PRIMARY KEY, a int NOT NULL REFERENCES "S; DROP"."a'
--b");
ALTER TABLE "S; DROP"."a'
--b" ADD CONSTRAINT "k;
--" FOREIGN KEY ("C"";/*") REFERENCES "S; DROP"."select";
INSERT INTO "S; DROP"."a'
--b" VALUES (1);
INSERT INTO "S; DROP"."select" VALUES (1, 1);
UPDATE "S; DROP"."a'
--b" SET "C"";/*" = 1;
SELECT before_load, after_load FROM fk_load_order('{"S; DROP"}');
CALL reload('{"S; DROP"}', 0, 0, true);

-- Generated circles: seven tables with ten keys between any of them, deferrable or not, that can be NULL or not.
CREATE PROCEDURE public.make_tables(seed int) LANGUAGE plpgsql AS $$
DECLARE
    -- A generator of its own, so that the schemas are the same on every server.
    state bigint := seed * 7919 + 17;
    ends int[];
    is_null bool;
BEGIN
    DROP SCHEMA IF EXISTS gen CASCADE;
    CREATE SCHEMA gen;
    FOR number IN 1..7 LOOP
        EXECUTE format('CREATE TABLE gen.t%s (id int PRIMARY KEY)', number);
        EXECUTE format('INSERT INTO gen.t%s SELECT generate_series(1, 5)', number);
    END LOOP;
    FOR number IN 1..10 LOOP
        SET CONSTRAINTS ALL IMMEDIATE;
        FOR place IN 1..4 LOOP
            state := (state * 1103515245 + 12345) % 2147483648;
            ends[place] := (state / 65536)::int;
        END LOOP;
        is_null := ends[3] % 3 > 0;
        EXECUTE format('ALTER TABLE gen.t%s ADD c%s int', ends[1] % 7 + 1, number);
        EXECUTE format('UPDATE gen.t%s SET c%s = CASE WHEN id < 5 THEN 6 - id WHEN NOT %L THEN 1 END',
                       ends[1] % 7 + 1, number, is_null);
        IF NOT is_null THEN
            EXECUTE format('ALTER TABLE gen.t%s ALTER c%s SET NOT NULL', ends[1] % 7 + 1, number);
        END IF;
        EXECUTE format('ALTER TABLE gen.t%s ADD FOREIGN KEY (c%s) REFERENCES gen.t%s %s', ends[1] % 7 + 1, number, ends[2] % 7 + 1,
                       (ARRAY['', '', 'DEFERRABLE', 'DEFERRABLE INITIALLY DEFERRED', 'ON DELETE CASCADE'])[ends[4] % 5 + 1]);
    END LOOP;
END $$;
CREATE TABLE public.outcome (seed int, circles int, tables int, rows_lost bigint, same_keys bool);
CREATE PROCEDURE public.reload_generated(seeds int) LANGUAGE plpgsql AS $$
DECLARE
    tables int;
    rows_lost bigint;
    same_keys bool;
    circles int;
BEGIN
    FOR seed IN 1..seeds LOOP
        CALL make_tables(seed);
        COMMIT;
        circles := (SELECT count(DISTINCT cycle) FROM fk_load_order('{gen}'));
        CALL reload('{gen}', tables, rows_lost, same_keys);
        INSERT INTO outcome VALUES (seed, circles, tables, rows_lost, same_keys);
        COMMIT;
    END LOOP;
END $$;
SET client_min_messages = warning;
CALL reload_generated(25);
RESET client_min_messages;
SELECT count(*) AS schemas, count(*) FILTER (WHERE circles > 0) > 12 AS most_with_circles,
       bool_and(tables = 7 AND rows_lost = 0 AND same_keys) AS all_reloaded FROM outcome;
SELECT * FROM outcome WHERE tables <> 7 OR rows_lost > 0 OR NOT same_keys;
-- The order is the same each time.
SELECT count(DISTINCT o) FROM (SELECT (SELECT array_agg(r ORDER BY r.ordinality)::text FROM fk_load_order('{gen}') WITH ORDINALITY r)
                                 FROM generate_series(1, 3)) AS t(o);

-- A key whose triggers are disabled breaks for nothing here, and the order says that it did not heed it.
CREATE SCHEMA off;
CREATE TABLE off.a (id int PRIMARY KEY, b int);
CREATE TABLE off.b (id int PRIMARY KEY, a int CONSTRAINT b_fk REFERENCES off.a);
ALTER TABLE off.a ADD CONSTRAINT "A fk" FOREIGN KEY (b) REFERENCES off.b;
SELECT step, relation, cycle, detail FROM fk_load_order('{off}');
ALTER TABLE off.a DISABLE TRIGGER ALL;
SELECT step, relation, cycle, detail, before_load FROM fk_load_order('{off}');

SET client_min_messages = warning;
DROP SCHEMA off CASCADE;
DROP SCHEMA lo, lo2, kept, empty, gen, "S; DROP" CASCADE;
DROP PROCEDURE public.run, public.reload, public.make_tables, public.reload_generated;
DROP FUNCTION public.keys;
DROP TABLE public.outcome;
