-- NOT NULL NOT VALID (PostgreSQL 18): the column is NOT NULL to whoever writes, but rows from before can be NULL. What is
-- said of the rows must not trust it.
SELECT current_setting('server_version_num')::int < 180000 AS too_old \gset
\if :too_old
\echo not run: PostgreSQL 15 to 17 have no NOT NULL NOT VALID
\quit
\endif
CREATE SCHEMA not_null_not_valid;
SET search_path = not_null_not_valid, public;
CREATE TABLE parent (a int, b int, PRIMARY KEY (a, b));
INSERT INTO parent SELECT n, 1 FROM generate_series(1, 20) n;
CREATE TABLE child (id int PRIMARY KEY, a int, b int, CONSTRAINT child_fk FOREIGN KEY (a, b) REFERENCES parent MATCH FULL);
CREATE INDEX ON child (a, b);
INSERT INTO child SELECT n, n % 20 + 1, 1 FROM generate_series(1, 8000) n;
SET session_replication_role = replica;
INSERT INTO child VALUES (9001, 3, NULL), (9002, NULL, 1), (9003, NULL, NULL);
RESET session_replication_role;
ALTER TABLE child ADD CONSTRAINT a_there NOT NULL a NOT VALID, ADD CONSTRAINT b_there NOT NULL b NOT VALID;
VACUUM ANALYZE child;

-- PostgreSQL's own verdict, and each engine's: two rows mix NULL and a value.
SELECT attname, attnotnull FROM pg_attribute WHERE attrelid = 'child'::regclass AND attname IN ('a', 'b') ORDER BY 1;
BEGIN;
ALTER TABLE child DROP CONSTRAINT child_fk;
ALTER TABLE child ADD CONSTRAINT child_fk FOREIGN KEY (a, b) REFERENCES parent MATCH FULL;
ROLLBACK;
SET fkaudit.engine = 'sql';
SELECT verdict, rows_checked, orphan_rows, mixed_null_rows, engine FROM fk_check('child');
SET fkaudit.engine = 'scan';
SELECT verdict, rows_checked, orphan_rows, mixed_null_rows, engine FROM fk_check('child');
SET fkaudit.engine = 'index';
SELECT verdict, orphan_rows, mixed_null_rows, engine FROM fk_check('child');
SELECT row_key, foreign_key FROM fk_orphans('child') ORDER BY 1;
RESET fkaudit.engine;

-- An index only over the rows that are not NULL: PostgreSQL 19 takes IS NOT NULL for true where the column is NOT NULL, but
-- not where that is NOT VALID. The plan is the server's own search of the child.
CREATE TABLE one (id int PRIMARY KEY);
CREATE TABLE many (id int, one int CONSTRAINT many_fk REFERENCES one, other int, known int);
INSERT INTO one SELECT generate_series(1, 100);
INSERT INTO many SELECT n, n % 100 + 1, n, n FROM generate_series(1, 5000) n;
CREATE INDEX many_other ON many (one) WHERE other IS NOT NULL;
CREATE INDEX many_known ON many (one) WHERE known IS NOT NULL;
ALTER TABLE many ADD CONSTRAINT other_there NOT NULL other NOT VALID;
VACUUM ANALYZE many;
CREATE FUNCTION searches_by_index() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    line text;
BEGIN
    SET LOCAL enable_seqscan = off;
    SET LOCAL plan_cache_mode = force_generic_plan;
    FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) EXECUTE search(1)' LOOP
        IF line ~ 'many_(other|known)' THEN
            RETURN 'by ' || substring(line FROM 'many_(?:other|known)');
        END IF;
    END LOOP;
    RETURN 'by reading all of it';
END
$$;
PREPARE search(int) AS SELECT 1 FROM ONLY many x WHERE $1 OPERATOR(pg_catalog.=) one FOR KEY SHARE OF x;
CREATE FUNCTION as_the_planner() RETURNS boolean LANGUAGE sql AS $$
    SELECT (verdict = 'covered') = (searches_by_index() <> 'by reading all of it') FROM fk_missing_indexes('many', include_covered => true)
$$;
SELECT as_the_planner();
ALTER TABLE many ADD CONSTRAINT known_there NOT NULL known;
SELECT as_the_planner();
SELECT verdict = CASE WHEN current_setting('server_version_num')::int >= 190000 THEN 'covered' ELSE 'unusable' END AS as_this_server
  FROM fk_missing_indexes('many', include_covered => true);
DROP SCHEMA not_null_not_valid CASCADE;
