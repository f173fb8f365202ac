-- fk_delete_impact(): what a DELETE or a change of keys would do, said without doing it. delete_impact_random compares it
-- with what PostgreSQL does; here are its words and its limits.
CREATE SCHEMA i;
-- Which key makes a statement fail.
CREATE FUNCTION i.try(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    name text;
BEGIN
    EXECUTE statement;
    RAISE EXCEPTION USING ERRCODE = 'IM001';
EXCEPTION
    WHEN SQLSTATE 'IM001' THEN
        RETURN 'succeeds';
    WHEN foreign_key_violation OR restrict_violation THEN
        GET STACKED DIAGNOSTICS name = CONSTRAINT_NAME;
        RETURN 'fails by ' || name;
END $$;
CREATE TABLE i.customer (id int PRIMARY KEY, name text);
CREATE TABLE i.purchase (
    id int PRIMARY KEY,
    customer int CONSTRAINT purchase_customer REFERENCES i.customer ON DELETE CASCADE ON UPDATE CASCADE);
CREATE TABLE i.line (
    purchase int CONSTRAINT line_purchase REFERENCES i.purchase ON DELETE CASCADE,
    gift_of int CONSTRAINT line_gift REFERENCES i.customer ON DELETE SET NULL ON UPDATE RESTRICT,
    note text);
CREATE TABLE i.invoice (
    purchase int CONSTRAINT invoice_purchase REFERENCES i.purchase,
    customer int DEFAULT 1 CONSTRAINT invoice_customer REFERENCES i.customer ON DELETE SET DEFAULT);
INSERT INTO i.customer SELECT n, 'customer ' || n FROM generate_series(1, 6) n;
INSERT INTO i.purchase SELECT n, 1 + n % 4 FROM generate_series(1, 12) n;
INSERT INTO i.line SELECT 1 + n % 12, 1 + n % 5, '' FROM generate_series(1, 40) n;
INSERT INTO i.invoice VALUES (3, 5);

-- Rows that a cascade takes are not also set NULL; a row of invoice falls back on customer 1.
SELECT * FROM fk_delete_impact('i.customer', 'id = 5');
SELECT depth, relation, outcome, rows, constraint_name, detail FROM fk_delete_impact('i.customer', 'id = 4');
-- Nothing was done.
SELECT count(*) FROM i.customer;
-- PostgreSQL says the same.
SELECT i.try('DELETE FROM i.customer WHERE id = 4');
-- The key of customer 1 is also the default: the rows that fall back on it go without a parent.
INSERT INTO i.invoice VALUES (NULL, 1);
SELECT depth, relation, outcome, rows, constraint_name, detail FROM fk_delete_impact('i.customer', 'id = 1') WHERE outcome IN ('refused', 'blocked');
SELECT depth, relation, outcome, rows, constraint_name, detail, path FROM fk_delete_impact('i.customer', 'id = 4', 'update key');
SELECT i.try('UPDATE i.customer SET id = 40 WHERE id = 4');
SELECT depth, relation, outcome, rows, detail FROM fk_delete_impact('i.customer', 'id = 6');
-- No row; a table that no key refers to.
SELECT * FROM fk_delete_impact('i.customer', 'false');
SELECT * FROM fk_delete_impact('i.line', 'true');
CREATE TABLE i.alone (a int);
INSERT INTO i.alone VALUES (1);
SELECT * FROM fk_delete_impact('i.alone', 'a = 1');

-- A circle of tables, a row that refers to itself, and two ways to one row: each counts once, under the shortest.
CREATE TABLE i.a (id int PRIMARY KEY, b int);
CREATE TABLE i.b (id int PRIMARY KEY, a int REFERENCES i.a ON DELETE CASCADE, self int REFERENCES i.b ON DELETE CASCADE);
ALTER TABLE i.a ADD CONSTRAINT a_b FOREIGN KEY (b) REFERENCES i.b ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
BEGIN;
INSERT INTO i.a SELECT n, n % 9 + 1 FROM generate_series(1, 9) n;
INSERT INTO i.b SELECT n, n, CASE n WHEN 1 THEN 1 ELSE 1 + n % 2 END FROM generate_series(1, 9) n;
COMMIT;
SELECT depth, relation, outcome, rows, constraint_name, path FROM fk_delete_impact('i.a', 'id = 1');
BEGIN;
DELETE FROM i.a WHERE id = 1;
SELECT (SELECT count(*) FROM i.a) AS a, (SELECT count(*) FROM i.b) AS b;
ROLLBACK;

-- The order of events decides: a row that a cascade has taken by then blocks nothing (the diamond), and a row that a
-- cascade would take only later does block.
CREATE TABLE i.top (id int PRIMARY KEY);
CREATE TABLE i.side (id int PRIMARY KEY, top int REFERENCES i.top ON DELETE CASCADE);
CREATE TABLE i.bottom (
    top int CONSTRAINT bottom_a_cascade REFERENCES i.top ON DELETE CASCADE,
    side int CONSTRAINT bottom_b_restrict REFERENCES i.side ON DELETE RESTRICT);
CREATE TABLE i.late (
    bottom int CONSTRAINT late_a_restrict REFERENCES i.top ON DELETE RESTRICT,
    side int CONSTRAINT late_b_cascade REFERENCES i.side ON DELETE CASCADE);
INSERT INTO i.top VALUES (1), (2);
INSERT INTO i.side VALUES (1, 1), (2, 2);
INSERT INTO i.bottom VALUES (1, 1);
INSERT INTO i.late VALUES (2, 2);
SELECT depth, relation, outcome, rows, constraint_name, detail FROM fk_delete_impact('i.top', 'id = 1');
SELECT i.try('DELETE FROM i.top WHERE id = 1');
SELECT depth, relation, outcome, rows, constraint_name, detail FROM fk_delete_impact('i.top', 'id = 2');
SELECT i.try('DELETE FROM i.top WHERE id = 2');

-- What a key meets: NOT NULL, a CHECK, MATCH FULL, a default that would run code, none at all; some columns of a key.
CREATE TABLE i.p (a int, b int, PRIMARY KEY (a, b));
CREATE FUNCTION i.code() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE TABLE i.c_not_null (a int NOT NULL, b int, FOREIGN KEY (a, b) REFERENCES i.p ON DELETE SET NULL);
CREATE TABLE i.c_check (a int, b int, CHECK (b IS NOT NULL), FOREIGN KEY (a, b) REFERENCES i.p ON DELETE SET NULL);
CREATE TABLE i.c_some (a int NOT NULL, b int, FOREIGN KEY (a, b) REFERENCES i.p ON DELETE SET NULL (b));
CREATE TABLE i.c_full (a int, b int, FOREIGN KEY (a, b) REFERENCES i.p MATCH FULL ON DELETE SET DEFAULT (b));
CREATE TABLE i.c_code (a int DEFAULT i.code(), b int DEFAULT 1, FOREIGN KEY (a, b) REFERENCES i.p ON DELETE SET DEFAULT);
CREATE TABLE i.c_none (a int, b int, FOREIGN KEY (a, b) REFERENCES i.p ON DELETE SET DEFAULT);
CREATE TABLE i.c_deferred (a int, b int, FOREIGN KEY (a, b) REFERENCES i.p DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE i.c_null (a int, b int, FOREIGN KEY (a, b) REFERENCES i.p);
INSERT INTO i.p VALUES (1, 1), (1, 2);
INSERT INTO i.c_not_null VALUES (1, 2);
INSERT INTO i.c_check VALUES (1, 2);
INSERT INTO i.c_some VALUES (1, 2);
INSERT INTO i.c_full VALUES (1, 2);
INSERT INTO i.c_code VALUES (1, 2);
INSERT INTO i.c_none VALUES (1, 2);
INSERT INTO i.c_deferred VALUES (1, 2);
INSERT INTO i.c_null VALUES (1, NULL);
SELECT relation, outcome, rows, detail FROM fk_delete_impact('i.p', 'b = 2');
-- PostgreSQL's own words, one table at a time.
DO $$
DECLARE
    one regclass;
    other regclass;
BEGIN
    FOR one IN SELECT oid FROM pg_class WHERE relnamespace = 'i'::regnamespace AND relname LIKE 'c\_%' ORDER BY relname LOOP
        BEGIN
            FOR other IN SELECT oid FROM pg_class WHERE relnamespace = 'i'::regnamespace AND relname LIKE 'c\_%' AND oid <> one LOOP
                EXECUTE format('DELETE FROM %s', other);
            END LOOP;
            DELETE FROM i.p WHERE b = 2;
            SET CONSTRAINTS ALL IMMEDIATE;
            RAISE 'nothing fails';
        EXCEPTION WHEN OTHERS THEN
            RAISE INFO '%: %', one, SQLERRM;
        END;
    END LOOP;
END $$;

-- What is not foreseen is said: triggers of users, rules, generated columns of a key; keys that do nothing.
CREATE TABLE i.q (id int PRIMARY KEY);
CREATE TABLE i.r (
    id int REFERENCES i.q ON DELETE SET NULL ON UPDATE CASCADE,
    twice int GENERATED ALWAYS AS (id * 2) STORED REFERENCES i.q);
CREATE TABLE i.s (id int CONSTRAINT s_q REFERENCES i.q ON DELETE CASCADE);
CREATE TABLE i.t (id int CONSTRAINT t_q REFERENCES i.q);
INSERT INTO i.q VALUES (1), (2);
INSERT INTO i.r VALUES (1);
INSERT INTO i.s VALUES (1);
INSERT INTO i.t VALUES (1);
CREATE FUNCTION i.skip() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER "Keep it" BEFORE DELETE ON i.s FOR EACH ROW EXECUTE FUNCTION i.skip();
CREATE TRIGGER disabled BEFORE DELETE ON i.s FOR EACH ROW EXECUTE FUNCTION i.skip();
ALTER TABLE i.s DISABLE TRIGGER disabled;
CREATE TRIGGER on_update BEFORE UPDATE ON i.s FOR EACH ROW EXECUTE FUNCTION i.skip();
CREATE RULE swallow AS ON DELETE TO i.s WHERE old.id = 1 DO INSTEAD NOTHING;
SELECT relation, outcome, rows, detail FROM fk_delete_impact('i.q', 'id = 1');
ALTER TABLE i.q DISABLE TRIGGER ALL;
SELECT relation, outcome, rows, detail FROM fk_delete_impact('i.q', 'id = 1');

-- Inheritance: a DELETE takes the rows of tables that inherit, to which no key refers.
CREATE TABLE i.parent (id int PRIMARY KEY);
CREATE TABLE i.heir () INHERITS (i.parent);
CREATE TABLE i.child (id int REFERENCES i.parent ON DELETE CASCADE);
CREATE TABLE i.child_heir () INHERITS (i.child);
INSERT INTO i.parent VALUES (1);
INSERT INTO i.heir VALUES (1);
INSERT INTO i.child VALUES (1);
INSERT INTO i.child_heir VALUES (1);
SELECT depth, relation, outcome, rows FROM fk_delete_impact('i.parent', 'true');

SET client_min_messages = warning;
DROP SCHEMA i CASCADE;
