-- fk_diagnose(): every kind of violation, really raised by the server, is read back from its message: the key, the side,
-- the values, what is there now, and statements that mend it.
SET client_min_messages = warning;
CREATE SCHEMA diagnose;
SET search_path = diagnose, public;
CREATE TABLE customers (id int PRIMARY KEY, name text);
CREATE TABLE orders (id int PRIMARY KEY, customer_id int CONSTRAINT orders_customer REFERENCES customers,
    late_id int CONSTRAINT orders_late REFERENCES customers DEFERRABLE INITIALLY DEFERRED,
    soft_id int CONSTRAINT orders_soft REFERENCES customers DEFERRABLE,
    kept_id int CONSTRAINT orders_kept REFERENCES customers ON DELETE RESTRICT,
    gone_id int CONSTRAINT orders_gone REFERENCES customers ON DELETE CASCADE);
CREATE TABLE stock (store int, sku text, PRIMARY KEY (store, sku));
CREATE TABLE items (store int, sku text, CONSTRAINT items_stock FOREIGN KEY (store, sku) REFERENCES stock MATCH FULL);
CREATE TABLE codes (code char(4) PRIMARY KEY, required int NOT NULL);
CREATE TABLE uses (code text NOT NULL CONSTRAINT uses_code REFERENCES codes);
CREATE TABLE days (day int PRIMARY KEY) PARTITION BY RANGE (day);
CREATE TABLE days_1 PARTITION OF days FOR VALUES FROM (0) TO (10);
CREATE TABLE events (day int CONSTRAINT events_day REFERENCES days) PARTITION BY RANGE (day);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (10);
INSERT INTO customers VALUES (1), (2), (3), (4), (5);
INSERT INTO orders VALUES (1, 1, 2, NULL, 3, 5);
INSERT INTO stock VALUES (1, 'a, b'), (1, 'c');
INSERT INTO items VALUES (1, 'a, b');
INSERT INTO codes VALUES ('AB', 1);
INSERT INTO days VALUES (1), (2);
INSERT INTO events VALUES (1);

-- The message of a statement that fails, as psql prints it.
CREATE FUNCTION message_of(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    message text; detail text;
BEGIN
    EXECUTE statement;
    SET CONSTRAINTS ALL IMMEDIATE;
    RAISE 'it does not fail';
EXCEPTION WHEN foreign_key_violation OR restrict_violation OR internal_error THEN
    GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL;
    RETURN format(E'ERROR:  %s\nDETAIL:  %s', message, detail);
END $$;
CREATE FUNCTION diagnosis(statement text, OUT child regclass, OUT constraint_name name, OUT side text, OUT key jsonb,
    OUT parent regclass, OUT parent_exists bool, OUT child_rows bigint)
RETURNS SETOF record LANGUAGE sql AS $$
SELECT child, constraint_name, side, key, parent, parent_exists, child_rows FROM fk_diagnose(message_of(statement)) $$;

-- The child's side.
SELECT * FROM diagnosis('INSERT INTO orders (id, customer_id) VALUES (2, 42)');
SELECT * FROM diagnosis('UPDATE orders SET customer_id = -7');
SELECT * FROM diagnosis('INSERT INTO orders (id, late_id) VALUES (2, 42)');
SELECT * FROM diagnosis($$INSERT INTO items VALUES (1, 'x, y'), (2, NULL)$$);
SELECT * FROM diagnosis($$INSERT INTO items VALUES (2, NULL)$$);
SELECT * FROM diagnosis($$INSERT INTO uses VALUES ('ab')$$);
SELECT * FROM diagnosis('INSERT INTO events VALUES (3)');
SELECT * FROM diagnosis('INSERT INTO events_1 VALUES (3)');
-- The parent's side.
SELECT * FROM diagnosis('DELETE FROM customers WHERE id = 1');
SELECT * FROM diagnosis('UPDATE customers SET id = 99 WHERE id = 1');
SELECT * FROM diagnosis('DELETE FROM customers WHERE id = 2');
SELECT * FROM diagnosis('DELETE FROM customers WHERE id = 3');
SELECT * FROM diagnosis('UPDATE customers SET id = 99 WHERE id = 5');
SELECT * FROM diagnosis($$DELETE FROM stock WHERE sku = 'a, b'$$);
SELECT * FROM diagnosis('DELETE FROM days WHERE day = 1');
SELECT * FROM diagnosis('DELETE FROM days_1 WHERE day = 1');
SELECT * FROM diagnosis('UPDATE days SET day = 3 WHERE day = 1');
SELECT * FROM diagnosis('ALTER TABLE days DETACH PARTITION days_1');

-- What it says, and what to do.
\x
\a
\t
SELECT explanation, fix FROM fk_diagnose(message_of('INSERT INTO orders (id, customer_id) VALUES (2, 42)'));
SELECT explanation, fix FROM fk_diagnose(message_of('INSERT INTO orders (id, soft_id) VALUES (2, 42)'));
SELECT explanation, fix FROM fk_diagnose(message_of('INSERT INTO orders (id, late_id) VALUES (2, 42)'));
SELECT explanation, fix FROM fk_diagnose(message_of($$INSERT INTO items VALUES (2, NULL)$$));
-- A parent whose key differs in case only, in a table that needs more than the key.
SELECT explanation, fix FROM fk_diagnose(message_of($$INSERT INTO uses VALUES ('ab ')$$));
SELECT explanation, fix FROM fk_diagnose(message_of('INSERT INTO events VALUES (3)'));
SELECT explanation, fix FROM fk_diagnose(message_of('DELETE FROM customers WHERE id = 1'));
SELECT explanation, fix FROM fk_diagnose(message_of('DELETE FROM customers WHERE id = 2'));
SELECT explanation, fix FROM fk_diagnose(message_of('DELETE FROM customers WHERE id = 3'));
SELECT explanation, fix FROM fk_diagnose(message_of('UPDATE customers SET id = 99 WHERE id = 5'));
SELECT explanation, fix FROM fk_diagnose(message_of($$DELETE FROM stock WHERE sku = 'a, b'$$));
-- The name that partitioning makes differs between majors.
SELECT regexp_replace(explanation, '^The message''s constraint "[^"]+"', 'The message''s constraint "…"') AS explanation, fix
  FROM fk_diagnose(message_of('ALTER TABLE days DETACH PARTITION days_1'));
-- The parent, or the lack of children, has come since.
CREATE TABLE pasted AS SELECT message_of('INSERT INTO orders (id, customer_id) VALUES (2, 6)') AS child,
    message_of('DELETE FROM customers WHERE id = 1') AS parent;
INSERT INTO customers VALUES (6);
SELECT d.explanation, d.fix FROM pasted, fk_diagnose(child) d;
BEGIN;
UPDATE orders SET customer_id = NULL;
SELECT d.child_rows, d.parent_exists, d.explanation, d.fix FROM pasted, fk_diagnose(parent) d;
DELETE FROM customers WHERE id = 1;
SELECT d.child_rows, d.parent_exists, d.explanation, d.fix FROM pasted, fk_diagnose(parent) d;
ROLLBACK;

-- Rows that are there: ADD and VALIDATE CONSTRAINT.
CREATE TABLE loose (customer_id int);
INSERT INTO loose VALUES (77), (77);
SELECT explanation FROM fk_diagnose(message_of(
    'ALTER TABLE loose ADD CONSTRAINT loose_customer FOREIGN KEY (customer_id) REFERENCES customers'));
ALTER TABLE loose ADD CONSTRAINT loose_customer FOREIGN KEY (customer_id) REFERENCES customers NOT VALID;
SELECT child, side, key, parent_exists, child_rows, explanation, fix
  FROM fk_diagnose(message_of('ALTER TABLE loose VALIDATE CONSTRAINT loose_customer'));
-- A rule that swallows a cascade.
CREATE TABLE ruled (customer_id int CONSTRAINT ruled_customer REFERENCES customers ON DELETE CASCADE);
INSERT INTO customers VALUES (7);
INSERT INTO ruled VALUES (7);
CREATE RULE keep AS ON DELETE TO ruled DO INSTEAD NOTHING;
SELECT * FROM fk_diagnose(message_of('DELETE FROM customers WHERE id = 7'));
DROP TABLE ruled;
-- A key that is not checked any more.
ALTER TABLE orders DISABLE TRIGGER ALL;
SELECT d.explanation FROM pasted, fk_diagnose(parent) d;
ALTER TABLE orders ENABLE TRIGGER ALL;
\t
\a
\x

-- Each way out is run, alone and after all others have been undone; then the write that failed succeeds, unless the way is
-- the deferral of a check, which asks for a parent in the same transaction.
CREATE FUNCTION try_ways(failing text) RETURNS TABLE (statement text, outcome text) LANGUAGE plpgsql AS $$
DECLARE
    message text := message_of(failing);
BEGIN
    -- A key that is replaced is validated in the same way out.
    FOR statement IN SELECT s FROM fk_diagnose(message),
        string_to_table(regexp_replace(fix, E'\n(ALTER TABLE [^\n]* VALIDATE )', ' \1'), E'\n') s
    LOOP
        BEGIN
            EXECUTE statement;
            EXECUTE failing;
            IF statement !~ 'DEFERRED' THEN
                SET CONSTRAINTS ALL IMMEDIATE;
            END IF;
            outcome := 'both succeed';
            RAISE EXCEPTION 'undo' USING ERRCODE = 'ZZ001';
        EXCEPTION
            WHEN SQLSTATE 'ZZ001' THEN NULL;
            WHEN OTHERS THEN outcome := SQLSTATE || ' ' || SQLERRM;
        END;
        RETURN NEXT;
    END LOOP;
END $$;
SELECT * FROM try_ways('INSERT INTO orders (id, customer_id) VALUES (2, 42)');
SELECT * FROM try_ways('INSERT INTO orders (id, soft_id) VALUES (2, 42)');
SELECT * FROM try_ways($$INSERT INTO items VALUES (2, NULL)$$);
SELECT * FROM try_ways($$INSERT INTO items VALUES (2, 'it''s, \ "x"')$$);
SELECT * FROM try_ways('DELETE FROM customers WHERE id = 1');
SELECT * FROM try_ways('UPDATE customers SET id = 99 WHERE id = 5');
SELECT * FROM try_ways($$DELETE FROM stock WHERE sku = 'a, b'$$);
SELECT * FROM try_ways('ALTER TABLE days DETACH PARTITION days_1');
SELECT * FROM try_ways('ALTER TABLE loose VALIDATE CONSTRAINT loose_customer');

-- Names and values of the worst kind: the message's own words, quotation marks, and what would be SQL.
CREATE SCHEMA "d "".x";
CREATE TABLE "d "".x"."a"" violates foreign key constraint ""b" ("k"")=(""" text PRIMARY KEY);
CREATE TABLE "d "".x"."select ""1""; --" ("x, y" text CONSTRAINT "fk"" on table ""t" REFERENCES
    "d "".x"."a"" violates foreign key constraint ""b");
INSERT INTO "d "".x"."a"" violates foreign key constraint ""b" VALUES ('''; DROP TABLE customers; --');
SELECT * FROM diagnosis($$INSERT INTO "d "".x"."select ""1""; --" VALUES ('x'')=(')$$);
INSERT INTO "d "".x"."select ""1""; --" VALUES ('''; DROP TABLE customers; --');
SELECT * FROM diagnosis($$DELETE FROM "d "".x"."a"" violates foreign key constraint ""b"$$);
SELECT * FROM try_ways($$INSERT INTO "d "".x"."select ""1""; --" VALUES ('x'')=(')$$);
SELECT * FROM try_ways($$DELETE FROM "d "".x"."a"" violates foreign key constraint ""b"$$);
-- A value that pretends that the message ends: nobody knows which is meant, and nothing is looked up.
SELECT side, key, parent_exists, explanation FROM fk_diagnose(message_of(
    $$INSERT INTO uses VALUES ('x) is not present in table "codes".')$$)) \gx
-- So do commas in two columns of text.
CREATE TABLE pairs (a text, b text, PRIMARY KEY (a, b));
CREATE TABLE of_pairs (a text, b text, CONSTRAINT of_pairs_fk FOREIGN KEY (a, b) REFERENCES pairs);
SELECT side, key, parent_exists, explanation FROM fk_diagnose(message_of($$INSERT INTO of_pairs VALUES ('x, y', 'z')$$)) \gx
SELECT * FROM diagnosis($$INSERT INTO of_pairs VALUES ('x,y', 'z')$$);

-- The same names in two schemas: a row for each, unless the text says which.
CREATE SCHEMA diagnose_2;
CREATE TABLE diagnose_2.customers (id int PRIMARY KEY);
CREATE TABLE diagnose_2.orders (customer_id int CONSTRAINT orders_customer REFERENCES diagnose_2.customers);
SELECT child, constraint_name, side, key, parent FROM fk_diagnose(message_of('INSERT INTO orders (id, customer_id) VALUES (2, 42)'));
SELECT explanation FROM fk_diagnose(message_of('INSERT INTO orders (id, customer_id) VALUES (2, 42)')) \gx
SELECT child FROM fk_diagnose(message_of('INSERT INTO orders (id, customer_id) VALUES (2, 42)')
    || E'\nSCHEMA NAME:  diagnose_2\nTABLE NAME:  orders\nCONSTRAINT NAME:  orders_customer');
SELECT child FROM fk_diagnose(message_of('INSERT INTO orders (id, customer_id) VALUES (2, 42)')
    || E'\nSTATEMENT:  INSERT INTO diagnose.orders VALUES (2, 42)');
DROP SCHEMA diagnose_2 CASCADE;

-- Several errors in one text: a row for each, each once.
SELECT child, constraint_name, side, key FROM fk_diagnose(
    message_of('INSERT INTO orders (id, customer_id) VALUES (2, 42)') || E'\n'
    || message_of('DELETE FROM customers WHERE id = 1') || E'\n'
    || message_of($$INSERT INTO items VALUES (9, 'z')$$) || E'\n'
    || message_of('INSERT INTO orders (id, customer_id) VALUES (2, 43)') || E'\n'
    || message_of('INSERT INTO orders (id, customer_id) VALUES (2, 42)'));

-- A key that is cut off, is missing, or does not fit its columns any more.
SELECT side, key, parent_exists, explanation, fix FROM fk_diagnose(
    left(message_of('INSERT INTO orders (id, customer_id) VALUES (2, 4242)'), -38)) \gx
SELECT side, key, parent_exists, explanation, fix FROM fk_diagnose(
    split_part(message_of('INSERT INTO orders (id, customer_id) VALUES (2, 42)'), E'\n', 1)) \gx
SELECT side, key, parent_exists, explanation, fix FROM fk_diagnose(
    replace(message_of('INSERT INTO orders (id, customer_id) VALUES (2, 42)'), '42', '99999999999')) \gx
SELECT side, key, parent_exists, explanation, fix FROM fk_diagnose(
    replace(message_of('INSERT INTO orders (id, customer_id) VALUES (2, 42)'), '42', 'x')) \gx
-- A key that is gone.
SELECT * FROM fk_diagnose(replace(message_of('DELETE FROM customers WHERE id = 1'), 'orders_customer', 'was_renamed')) \gx
SELECT * FROM fk_diagnose(replace(message_of('DELETE FROM customers WHERE id = 1'), '"orders"', '"was_renamed"')) \gx

-- What holds no violation.
SELECT * FROM fk_diagnose('');
SELECT * FROM fk_diagnose('ERROR:  duplicate key value violates unique constraint "orders_pkey"
DETAIL:  Key (id)=(1) already exists.');
SELECT * FROM fk_diagnose('ALTER TABLE orders DROP CONSTRAINT "orders_customer"');
SELECT * FROM fk_diagnose(repeat('" violates foreign key constraint "', 10000));
SELECT * FROM fk_diagnose(repeat(')=(', 10000));
SELECT * FROM fk_diagnose(NULL);

-- Under the caller's rights.
CREATE ROLE diagnose_clerk;
GRANT USAGE ON SCHEMA diagnose TO diagnose_clerk;
GRANT INSERT (id, customer_id) ON orders TO diagnose_clerk;
SELECT message_of('INSERT INTO orders (id, customer_id) VALUES (2, 42)') AS message \gset
SET ROLE diagnose_clerk;
-- PostgreSQL does not show him the key.
SELECT side, key, parent_exists, child_rows, explanation, fix
  FROM fk_diagnose(message_of('INSERT INTO orders (id, customer_id) VALUES (2, 42)')) \gx
-- He has it from somewhere else, and it is not looked up for him.
SELECT side, key, parent_exists, child_rows, explanation FROM fk_diagnose(:'message') \gx
RESET ROLE;
GRANT SELECT ON orders, customers TO diagnose_clerk;
ALTER TABLE customers ENABLE ROW LEVEL SECURITY;
SET ROLE diagnose_clerk;
SELECT side, key, parent_exists, child_rows, explanation FROM fk_diagnose(:'message') \gx
RESET ROLE;
ALTER TABLE customers DISABLE ROW LEVEL SECURITY;
SET ROLE diagnose_clerk;
SELECT side, key, parent_exists, child_rows FROM fk_diagnose(:'message');
RESET ROLE;
-- In a transaction with checks that are still to come.
BEGIN;
INSERT INTO orders (id, late_id) VALUES (3, 42);
SELECT side, key, parent_exists, explanation FROM fk_diagnose(:'message') \gx
ROLLBACK;
-- Values reach no code of others: a domain's CHECK is not evaluated, and a composite type's fields are refused.
GRANT CREATE ON SCHEMA diagnose TO diagnose_clerk;
GRANT SELECT ON ALL TABLES IN SCHEMA diagnose TO diagnose_clerk;
SET ROLE diagnose_clerk;
CREATE FUNCTION spy(text) RETURNS bool LANGUAGE plpgsql AS $$ BEGIN RAISE 'spy called as %', current_user; END $$;
CREATE DOMAIN spied AS text CHECK (VALUE IS NULL OR VALUE = 'x' OR spy(VALUE));
CREATE TYPE inner_spied AS (a spied);
CREATE TABLE spy_p (id text PRIMARY KEY);
CREATE TABLE spy_c (id spied CONSTRAINT spy_fk REFERENCES spy_p);
CREATE TABLE spy_p2 (id inner_spied PRIMARY KEY);
CREATE TABLE spy_c2 (id inner_spied CONSTRAINT spy_fk2 REFERENCES spy_p2);
RESET ROLE;
SELECT key, parent_exists, child_rows FROM fk_diagnose('insert or update on table "spy_c" violates foreign key constraint "spy_fk"
Key (id)=(call) is not present in table "spy_p".');
SELECT key, parent_exists, child_rows, explanation FROM fk_diagnose('insert or update on table "spy_c2" violates foreign key constraint "spy_fk2"
Key (id)=((call)) is not present in table "spy_p2".') \gx
DROP SCHEMA diagnose CASCADE;
DROP SCHEMA "d "".x" CASCADE;
DROP ROLE diagnose_clerk;
