-- fk_graph(): a picture of the foreign keys as text. That its readers take it, and every strange name, is the business of
-- test/tap/004_graph.pl.
CREATE SCHEMA graph;
SET search_path = graph, public;
CREATE TABLE region (id int PRIMARY KEY);
CREATE TABLE customer (id int PRIMARY KEY, region_id int REFERENCES region ON DELETE RESTRICT,
    recruiter_id int REFERENCES customer ON DELETE SET NULL);
CREATE TABLE invoice (id int, year int, customer_id int REFERENCES customer, main_line int, PRIMARY KEY (id, year))
    PARTITION BY RANGE (year);
CREATE TABLE invoice_2026 PARTITION OF invoice FOR VALUES FROM (2026) TO (2027);
CREATE TABLE line (id int PRIMARY KEY, invoice_id int, invoice_year int,
    FOREIGN KEY (invoice_id, invoice_year) REFERENCES invoice ON DELETE CASCADE);
ALTER TABLE invoice ADD FOREIGN KEY (main_line) REFERENCES line ON DELETE SET NULL;
CREATE TABLE note (region_id int DEFAULT 1);
ALTER TABLE note ADD FOREIGN KEY (region_id) REFERENCES region ON DELETE SET DEFAULT NOT VALID;
CREATE TABLE hanging (region_id int REFERENCES region);
ALTER TABLE hanging DISABLE TRIGGER ALL;
CREATE TABLE alone (id int);

-- A partition counts as its root, a self-reference and a cycle are marked, a table without foreign keys is left out.
\pset format unaligned
SELECT fk_graph(root => 'region');
SELECT fk_graph('mermaid', 'region');

-- The drawing: each table and key with what a reader is told when pointing at it.
CREATE FUNCTION seen(svg text) RETURNS TABLE (what text) LANGUAGE sql AS $$
    SELECT m[1] || ': ' || m[2]
      FROM regexp_matches(svg, '<g class="fkaudit-(card[a-z -]*|link[a-z -]*)"><title>([^<]*)</title>', 'g') m
     ORDER BY m[1] || ': ' || m[2] COLLATE "C"
$$;
SELECT * FROM seen(fk_graph('svg', 'region'));
SELECT m[1] AS legend FROM regexp_matches(fk_graph('svg', 'region'), 'fkaudit-word"[^>]*>([^<]*)<', 'g') WITH ORDINALITY AS t(m, place)
 ORDER BY place;
SELECT fk_graph('svg', 'region') = fk_graph('svg', 'region') AS is_stable;

-- Around one table: what it needs and what hangs on it, not what else hangs on what it needs. A partition stands for its
-- root.
SELECT * FROM seen(fk_graph('svg', 'customer'));
SELECT fk_graph('svg', 'invoice_2026') = fk_graph('svg', 'invoice') AS is_root;
SELECT * FROM seen(fk_graph('svg', 'alone'));
SELECT fk_graph('mermaid', root => 'alone');

-- Errors.
SELECT fk_graph('png');
SELECT fk_graph(NULL);
SELECT fk_graph('SVG');
SELECT fk_graph('svg', 'region_pkey');
SELECT fk_graph('svg', 'no_such_table');
SELECT fk_graph('svg', 0);
CREATE VIEW looks AS SELECT 1 AS id;
SELECT fk_graph('dot', 'looks');

-- Anybody may look: what is drawn, the catalog shows to everybody.
CREATE ROLE regress_fkaudit_graph;
GRANT USAGE ON SCHEMA graph TO regress_fkaudit_graph;
SET ROLE regress_fkaudit_graph;
SELECT length(fk_graph('svg', 'customer')) > 1000 AS drawn;
RESET ROLE;

DROP SCHEMA graph CASCADE;
DROP ROLE regress_fkaudit_graph;
