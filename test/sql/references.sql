-- fk_references(): which foreign keys reference a table, directly and through other tables. Every key that is listed makes
-- PostgreSQL look at its child when the parent's rows are deleted.
CREATE SCHEMA r;
SET search_path = r, public;

-- A chain, a tree with two ways to the same table, a self-reference, a cycle.
CREATE TABLE a (id int PRIMARY KEY, up int REFERENCES a ON DELETE CASCADE);
CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a ON DELETE CASCADE ON UPDATE SET NULL);
CREATE TABLE c (id int PRIMARY KEY, b int REFERENCES b ON DELETE CASCADE, a int REFERENCES a ON DELETE SET DEFAULT);
CREATE TABLE d (id int PRIMARY KEY, c int CONSTRAINT d_one REFERENCES c ON DELETE RESTRICT, c2 int CONSTRAINT d_two REFERENCES c);
CREATE TABLE e (id int PRIMARY KEY, d int REFERENCES d);
ALTER TABLE b ADD e int CONSTRAINT b_closes_the_circle REFERENCES e ON DELETE CASCADE;
CREATE TABLE alone (id int PRIMARY KEY);
SELECT * FROM fk_references('a');
SELECT * FROM fk_references('a', false);
SELECT * FROM fk_references('e');
-- Two ways of the same length to t: the path goes over the key that is listed first (k1, by way of b2).
CREATE TABLE b2 (id int PRIMARY KEY REFERENCES a);
CREATE TABLE t (id int PRIMARY KEY, b int CONSTRAINT k2 REFERENCES b, b2 int CONSTRAINT k1 REFERENCES b2);
CREATE TABLE u (t int REFERENCES t);
SELECT depth, child, constraint_name, path FROM fk_references('a') WHERE child IN ('t'::regclass, 'u');
DROP TABLE b2, t, u;

-- Nothing references a table: no rows, and a NOTICE that says so. A table that only references others is such a one.
SELECT * FROM fk_references('alone');
CREATE TABLE only_child (a int REFERENCES a);
SELECT * FROM fk_references('only_child', false);

-- The same in another order of creation and over schemas: by depth, then by the child's schema and name, then by key.
CREATE SCHEMA r0;
CREATE TABLE r0.z (a int CONSTRAINT k REFERENCES a);
CREATE SCHEMA "R9";
CREATE TABLE "R9".a (a int CONSTRAINT k REFERENCES a, a2 int CONSTRAINT "J" REFERENCES a);
SELECT depth, child, constraint_name FROM fk_references('a', false);
DROP SCHEMA r0, "R9" CASCADE;

-- Keys of several columns, in the key's order; columns that were dropped before them.
CREATE TABLE wide (gone int, x int, y int, PRIMARY KEY (y, x));
ALTER TABLE wide DROP gone;
CREATE TABLE wide_child (gone int, p int, "Q" int, FOREIGN KEY ("Q", p) REFERENCES wide);
ALTER TABLE wide_child DROP gone;
SELECT child, child_columns, parent, path FROM fk_references('wide');

-- Partitions. A partition's rows are the partitioned table's: keys on the ancestors and on the partition itself are reached
-- by its deletes; a sibling's are not. A partitioned table's deletes reach the keys on its partitions.
CREATE TABLE p (id int PRIMARY KEY) PARTITION BY RANGE (id);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10) PARTITION BY RANGE (id);
CREATE TABLE p11 PARTITION OF p1 FOR VALUES FROM (0) TO (5);
CREATE TABLE p12 PARTITION OF p1 FOR VALUES FROM (5) TO (10);
CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (10) TO (20);
CREATE TABLE to_p (id int PRIMARY KEY, p int CONSTRAINT to_p REFERENCES p);
CREATE TABLE to_p1 (id int PRIMARY KEY, p int CONSTRAINT to_p1 REFERENCES p1);
CREATE TABLE to_p11 (id int PRIMARY KEY, p int CONSTRAINT to_p11 REFERENCES p11);
CREATE TABLE to_p2 (id int PRIMARY KEY, p int CONSTRAINT to_p2 REFERENCES p2);
SELECT t AS parent, array_agg(constraint_name ORDER BY constraint_name) AS keys, max(depth) AS depth
  FROM unnest(ARRAY['p', 'p1', 'p11', 'p12', 'p2']::regclass[]) AS t, fk_references(t, false) GROUP BY t ORDER BY t::text;
SELECT child, constraint_name, parent, path FROM fk_references('p12');
-- PostgreSQL's own verdict: a row of each partition, referenced by each key in turn; which keys refuse the delete from it?
INSERT INTO p VALUES (1), (6), (11);
CREATE FUNCTION refusing(leaf regclass, row_id int) RETURNS name[] LANGUAGE plpgsql AS $$
DECLARE k name; found name[] := '{}';
BEGIN
    FOREACH k IN ARRAY ARRAY['to_p', 'to_p1', 'to_p11', 'to_p2'] LOOP
        BEGIN
            EXECUTE format('INSERT INTO %I VALUES (1, %s)', k, row_id);
            EXECUTE format('DELETE FROM %s', leaf);
            RAISE EXCEPTION 'not refused' USING ERRCODE = 'P0042';
        EXCEPTION
            WHEN foreign_key_violation THEN
                -- The insert is refused where the key does not see the row at all; the delete where it does.
                IF SQLERRM LIKE 'update or delete on table %' THEN found := found || k; END IF;
            WHEN SQLSTATE 'P0042' THEN
        END;
    END LOOP;
    RETURN found;
END $$;
SELECT leaf, refusing(leaf, row_id),
       refusing(leaf, row_id) = (SELECT array_agg(constraint_name ORDER BY constraint_name) FROM fk_references(leaf, false)) AS same
  FROM (VALUES ('p11'::regclass, 1), ('p12', 6), ('p2', 11)) AS v(leaf, row_id);

-- On the way, too: a partitioned child is reached with its partitions, a partition that has a key of its own with its
-- ancestors.
CREATE TABLE top (id int PRIMARY KEY);
CREATE TABLE part (id int PRIMARY KEY, top int CONSTRAINT part_to_top REFERENCES top ON DELETE CASCADE) PARTITION BY LIST (id);
CREATE TABLE part1 PARTITION OF part FOR VALUES IN (1);
CREATE TABLE part2 PARTITION OF part FOR VALUES IN (2);
CREATE TABLE below_part1 (p int CONSTRAINT to_part1 REFERENCES part1);
CREATE TABLE below_part2 (p int CONSTRAINT to_part2 REFERENCES part2);
CREATE TABLE below_part (p int CONSTRAINT to_part REFERENCES part);
SELECT depth, constraint_name, parent, path FROM fk_references('top');
CREATE TABLE other (id int PRIMARY KEY);
ALTER TABLE part1 ADD CONSTRAINT part1_to_other FOREIGN KEY (id) REFERENCES other;
SELECT depth, constraint_name, parent, path FROM fk_references('other');

-- A partitioned table that references itself, and one whose partition is referenced by its own sibling.
CREATE TABLE loop (id int PRIMARY KEY, up int CONSTRAINT loop_up REFERENCES loop) PARTITION BY LIST (id);
CREATE TABLE loop1 PARTITION OF loop FOR VALUES IN (1);
CREATE TABLE loop2 PARTITION OF loop FOR VALUES IN (2);
ALTER TABLE loop2 ADD CONSTRAINT loop2_to_loop1 FOREIGN KEY (up) REFERENCES loop1;
SELECT depth, child, constraint_name, parent, path FROM fk_references('loop1');
SELECT depth, child, constraint_name, parent, path FROM fk_references('loop2');

-- Inheritance: a key does not see the rows of inheritance children, so a child inherits no references.
CREATE TABLE person (id int PRIMARY KEY);
CREATE TABLE employee (PRIMARY KEY (id)) INHERITS (person);
CREATE TABLE badge (person int REFERENCES person);
SELECT child, parent FROM fk_references('person');
SELECT child, parent FROM fk_references('employee');
INSERT INTO employee VALUES (1);
INSERT INTO badge VALUES (1);

-- Deep: a chain of 300 tables.
DO $$
BEGIN
    CREATE TABLE deep0 (id int PRIMARY KEY);
    FOR n IN 1 .. 300 LOOP
        EXECUTE format('CREATE TABLE deep%s (id int PRIMARY KEY REFERENCES deep%s)', n, n - 1);
    END LOOP;
END $$;
SELECT count(*), max(depth), bool_and(cardinality(path) = depth + 1 AND path[1] = 'deep0'::regclass AND path[depth + 1] = child)
  FROM fk_references('deep0');

-- What is no table, and what is NULL.
CREATE VIEW a_view AS SELECT 1 AS id;
CREATE SEQUENCE a_sequence;
SELECT * FROM fk_references('a_view');
SELECT * FROM fk_references('a_sequence');
SELECT * FROM fk_references('a_pkey');
SELECT * FROM fk_references('none');
SELECT * FROM fk_references(1);
SELECT * FROM fk_references(NULL);
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM fk_references('a', NULL);
\echo :LAST_ERROR_SQLSTATE

SET client_min_messages = warning;
DO $$ BEGIN FOR n IN REVERSE 300 .. 0 LOOP EXECUTE format('DROP TABLE deep%s', n); END LOOP; END $$;
DROP SCHEMA r CASCADE;
