-- PostgreSQL 18 lets a btree skip over leading columns that the search does not name: an index that has the key's
-- columns behind others is weak, where it was missing. Whether the server does skip is read from EXPLAIN ANALYZE.
SELECT current_setting('server_version_num')::int < 180000 AS too_old \gset
\if :too_old
\echo not run: PostgreSQL 15 to 17 do not skip
\quit
\endif
SET client_min_messages = warning;
CREATE SCHEMA skip_scan;
SET search_path = skip_scan, public;
CREATE TABLE parent (id int PRIMARY KEY, b int, UNIQUE (id, b));
INSERT INTO parent SELECT n, n FROM generate_series(1, 1000) n;
CREATE TABLE few (kind int, other text, a int CONSTRAINT few_key REFERENCES parent, b int);
INSERT INTO few SELECT n % 3, 'x' || n % 2, n % 1000 + 1, n % 1000 + 1 FROM generate_series(1, 30000) n;
ALTER TABLE few ADD CONSTRAINT pair_key FOREIGN KEY (a, b) REFERENCES parent (id, b);
CREATE INDEX few_kind_a ON few (kind, a);
CREATE TABLE hashed (kind int, a int CONSTRAINT hashed_key REFERENCES parent);
CREATE INDEX hashed_a ON hashed USING hash (kind);
CREATE TABLE only_included (kind int, a int CONSTRAINT included_key REFERENCES parent);
CREATE INDEX only_included_a ON only_included (kind) INCLUDE (a);
CREATE TABLE partial_one (kind int, a int CONSTRAINT partial_key REFERENCES parent);
CREATE INDEX partial_one_a ON partial_one (kind, a) WHERE kind > 0;
ANALYZE;
SELECT child, constraint_name, verdict, index, reason FROM fk_missing_indexes(include_covered => true)
 WHERE child::text ~ 'few|hashed|included|partial' ORDER BY 1, 2;

-- The server's own search for the children of a parent's row: how often it descends the index, and how many of the
-- table's pages it reads.
CREATE FUNCTION searches(query text, OUT node text, OUT index text, OUT descends bool) RETURNS SETOF record
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
    plan jsonb;
    one jsonb;
BEGIN
    EXECUTE 'PREPARE search(int) AS ' || query;
    EXECUTE 'EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, BUFFERS OFF, FORMAT JSON) EXECUTE search(500)' INTO plan;
    DEALLOCATE search;
    one := plan -> 0 -> 'Plan';
    WHILE one ? 'Plans' LOOP
        one := one -> 'Plans' -> 0;
    END LOOP;
    node := one ->> 'Node Type';
    index := one ->> 'Index Name';
    descends := (one ->> 'Index Searches')::int > 1;
    RETURN NEXT;
END
$$;
SELECT * FROM searches('SELECT 1 FROM ONLY skip_scan.few x WHERE $1 OPERATOR(pg_catalog.=) a FOR KEY SHARE OF x');
-- The index that the DDL proposes makes it covered, found in one descent.
SELECT s FROM fk_missing_indexes('few', 'few_key'), string_to_table(ddl, E'\n') s \gexec
SELECT constraint_name, verdict, index FROM fk_missing_indexes('few', include_covered => true) ORDER BY 1;
ANALYZE few;
SELECT * FROM searches('SELECT 1 FROM ONLY skip_scan.few x WHERE $1 OPERATOR(pg_catalog.=) a FOR KEY SHARE OF x');
DROP SCHEMA skip_scan CASCADE;
