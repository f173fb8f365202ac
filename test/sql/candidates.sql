-- fk_candidates(): foreign keys that nobody declared, as names, types, unique keys and the rows suggest them. What names
-- alone say is the business of test/unit/candidates_test.cpp.
CREATE SCHEMA candidates;
SET search_path = candidates, public;
CREATE TABLE customers (id int PRIMARY KEY, code text UNIQUE);
INSERT INTO customers SELECT n, 'c' || n FROM generate_series(1, 50) n;
CREATE TABLE addresses (id bigint PRIMARY KEY, customer_id int NOT NULL REFERENCES customers);
INSERT INTO addresses SELECT n, n FROM generate_series(1, 50) n;
CREATE TABLE orders (
    id int, year int, PRIMARY KEY (id, year),
    customer_id int,              -- int to int
    customer_code varchar(10),    -- to the unique code
    billing_address_id int,       -- a role; int to bigint
    shipping_address_id int,      -- two orphans
    parent_id int,                -- the key of orders has two columns
    address_id text,              -- of a type that cannot be compared
    owner_id int, owner_type text,
    address_kind text)
    PARTITION BY RANGE (year);
CREATE TABLE orders_2025 PARTITION OF orders FOR VALUES FROM (2025) TO (2026);
CREATE TABLE orders_2026 PARTITION OF orders FOR VALUES FROM (2026) TO (2027);
INSERT INTO orders
SELECT n, 2025 + n % 2, nullif(n % 50, 0), 'c' || n % 50 + 1, n % 50 + 1, CASE WHEN n < 3 THEN -n ELSE n % 50 + 1 END
  FROM generate_series(1, 100) n;
CREATE TABLE lines (line int PRIMARY KEY, order_id int NOT NULL, year int NOT NULL, customer_id int NOT NULL);
INSERT INTO lines SELECT n, n, 2025 + n % 2, 51 FROM generate_series(1, 100) n;
CREATE TABLE owners (id int PRIMARY KEY);
CREATE TABLE empty (id int PRIMARY KEY, customer_id int NOT NULL);
ANALYZE customers, addresses, orders, lines;

-- Every row has its parent. addresses.customer_id is declared, lines.customer_id has none.
SELECT child, child_columns, parent, parent_columns, confidence, inclusion, orphan_rows, missing_keys, reason
  FROM fk_candidates() WHERE child::text NOT LIKE 'public.%';
-- Near misses, too; one table; by one of its partitions; without a look at the rows.
SELECT child_columns, parent, confidence, inclusion, orphan_rows, missing_keys, reason
  FROM fk_candidates('orders', 0.9);
SELECT child_columns, ddl FROM fk_candidates('lines', 0);
SELECT child, child_columns FROM fk_candidates('orders_2026', 0.9);
SELECT child_columns, confidence, inclusion, orphan_rows, reason FROM fk_candidates('lines', 0);
SELECT child_columns, confidence, inclusion, orphan_rows, reason FROM fk_candidates('lines', check_data => false);

-- What it counts is what the check of the key counts.
SELECT c.child, c.child_columns, c.orphan_rows = k.orphan_rows AND c.missing_keys = k.missing_keys AS is_equal
  FROM fk_candidates(min_inclusion => 0) c, fk_check(c.child, c.child_columns, c.parent, c.parent_columns) k
 WHERE c.child::text NOT LIKE 'public.%';

-- PostgreSQL takes each key that has no orphans, as printed; then there is nothing left.
BEGIN;
DO $$
DECLARE
    statement text;
BEGIN
    FOR statement IN SELECT s FROM fk_candidates(), string_to_table(ddl, E'\n') s WHERE child::text NOT LIKE 'public.%' LOOP
        EXECUTE statement;
    END LOOP;
END
$$;
SELECT count(*) FROM fk_candidates() WHERE child::text NOT LIKE 'public.%';
SELECT child, verdict, count(*) FROM fk_check() WHERE child::text NOT LIKE 'public.%' GROUP BY 1, 2 ORDER BY child::text COLLATE "C";
ROLLBACK;
-- With orphans, the statement stops at a key that lets the old rows be. VALIDATE refuses it.
BEGIN;
SELECT s FROM fk_candidates('lines', 0), string_to_table(ddl, E'\n') s WHERE orphan_rows > 0 \gexec
SELECT constraint_name, definition FROM fk_constraints('lines');
ALTER TABLE lines VALIDATE CONSTRAINT lines_customer_id_fkey;
ROLLBACK;

-- The rule of fk_audit(), which is off by default.
SELECT count(*) FROM fk_audit() WHERE rule = 'missing-foreign-key';
SET fkaudit.rules = '-all +missing-foreign-key';
SELECT severity, child, constraint_name, message, remedy FROM fk_audit('lines');
SELECT severity, message FROM fk_audit('lines', check_data => true);
SELECT * FROM fk_audit('addresses', 'addresses_customer_id_fkey');
RESET fkaudit.rules;

-- Strange names, and a name for the constraint that is taken.
CREATE TABLE "x; drop" (id int PRIMARY KEY);
CREATE TABLE "odd ""child""" ("x; drop_id" int NOT NULL, customer_id int NOT NULL, note int
    CONSTRAINT "odd ""child""_customer_id_fkey" CHECK (true));
BEGIN;
SELECT s FROM fk_candidates('"odd ""child"""'), string_to_table(ddl, E'\n') s \gexec
SELECT constraint_name, definition FROM fk_constraints('"odd ""child"""');
ROLLBACK;

-- A role that may read a column only, or nothing.
CREATE ROLE regress_fkaudit_candidates;
GRANT USAGE ON SCHEMA candidates TO regress_fkaudit_candidates;
GRANT SELECT ON customers TO regress_fkaudit_candidates;
GRANT SELECT (order_id, year) ON lines TO regress_fkaudit_candidates;
SET ROLE regress_fkaudit_candidates;
SELECT child_columns, confidence, inclusion, orphan_rows, reason FROM fk_candidates('lines');
RESET ROLE;

-- Errors.
SELECT * FROM fk_candidates(min_inclusion => 1.1);
SELECT * FROM fk_candidates(min_inclusion => 'NaN');
SELECT * FROM fk_candidates(min_inclusion => NULL);
SELECT * FROM fk_candidates(check_data => NULL);
SELECT * FROM fk_candidates('customers_pkey');

DROP SCHEMA candidates CASCADE;
DROP ROLE regress_fkaudit_candidates;
