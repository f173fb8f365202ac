-- A web shop: 13 tables, about 300,000 rows, and every kind of foreign-key fault that fkaudit knows, each where a
-- comment says "Fault". Nothing is random: the same rows on every run. Needs a superuser (DISABLE TRIGGER ALL, replica
-- role).
--
--   createdb shop && psql -d shop -f demo/shop.sql
\set ON_ERROR_STOP on
\set QUIET on
SET client_min_messages = warning;

-- ---------------------------------------------------------------------------------------------------------------------
-- Tables. Foreign keys come after the rows.
-- ---------------------------------------------------------------------------------------------------------------------

CREATE TABLE categories (
    category_id int PRIMARY KEY,
    parent_id   int,
    name        text NOT NULL
);

CREATE TABLE suppliers (
    supplier_id int PRIMARY KEY,
    name        text NOT NULL
);

CREATE TABLE products (
    product_id    bigint PRIMARY KEY,
    sku           varchar(20) NOT NULL UNIQUE,
    name          text NOT NULL,
    category_id   int NOT NULL,
    supplier_id   bigint NOT NULL,
    main_image_id bigint,
    price         numeric(10,2) NOT NULL
);

CREATE TABLE images (
    image_id   bigint PRIMARY KEY,
    product_id bigint NOT NULL,
    file_name  text NOT NULL
);

CREATE TABLE tiers (
    code     varchar(10) PRIMARY KEY,
    discount numeric(4,2) NOT NULL
);

CREATE TABLE customers (
    customer_id bigint PRIMARY KEY,
    email       text NOT NULL UNIQUE,
    tier_code   varchar(20) NOT NULL DEFAULT 'basic',
    joined_on   date NOT NULL
);

CREATE TABLE addresses (
    address_id  bigint PRIMARY KEY,
    customer_id int NOT NULL,
    is_billing  boolean NOT NULL,
    street      text NOT NULL,
    city        text NOT NULL
);

CREATE TABLE orders (
    order_id    bigint,
    year        int,
    customer_id bigint NOT NULL,
    status      text NOT NULL,
    PRIMARY KEY (order_id, year)
) PARTITION BY LIST (year);
CREATE TABLE orders_2023 PARTITION OF orders FOR VALUES IN (2023);
CREATE TABLE orders_2024 PARTITION OF orders FOR VALUES IN (2024);
CREATE TABLE orders_2025 PARTITION OF orders FOR VALUES IN (2025);

CREATE TABLE order_items (
    item_id    bigint PRIMARY KEY,
    order_id   bigint NOT NULL,
    year       int NOT NULL,
    product_id bigint NOT NULL,
    quantity   int NOT NULL
);

CREATE TABLE payments (
    payment_id bigint PRIMARY KEY,
    order_id   bigint,
    year       int,
    amount     numeric(10,2) NOT NULL,
    method     text NOT NULL
);

CREATE TABLE warehouses (
    warehouse_id numeric(6,0) PRIMARY KEY,
    city         text NOT NULL
);

CREATE TABLE shipments (
    shipment_id  bigint PRIMARY KEY,
    order_id     bigint NOT NULL,
    year         int,
    warehouse_id int NOT NULL,
    shipped_on   date NOT NULL
);

CREATE TABLE reviews (
    review_id   bigint PRIMARY KEY,
    product_id  bigint NOT NULL,
    customer_id bigint,
    rating      int NOT NULL,
    body        text NOT NULL
);

-- ---------------------------------------------------------------------------------------------------------------------
-- Rows. Numbers are spread by multiplying with a prime.
-- ---------------------------------------------------------------------------------------------------------------------

INSERT INTO categories
SELECT i, CASE WHEN i > 8 THEN 1 + i % 8 END, 'Category ' || i FROM generate_series(1, 60) i;

INSERT INTO suppliers
SELECT i, 'Supplier ' || i FROM generate_series(1, 400) i;

INSERT INTO products
SELECT i, 'SKU-' || lpad(i::text, 6, '0'), 'Product ' || i, 1 + i * 7 % 60, 1 + i * 31 % 400, i,
       5 + i * 37 % 9000 / 100.0
FROM generate_series(1, 5000) i;

INSERT INTO images
SELECT i, 1 + (i - 1) % 5000, 'img/' || i || '.webp' FROM generate_series(1, 8000) i;

INSERT INTO tiers VALUES ('silver', 0.02), ('gold', 0.05), ('platinum', 0.10);

INSERT INTO customers
SELECT i, 'customer' || i || '@shop.example', (ARRAY['silver', 'gold', 'platinum'])[1 + i % 3],
       date '2020-01-01' + i % 1800
FROM generate_series(1, 20000) i;

INSERT INTO addresses
SELECT i, 1 + (i - 1) % 20000, i <= 20000, i || ' Main Street, second floor, left', 'City ' || i % 300 FROM generate_series(1, 25000) i;

-- The last 600 customers never ordered.
INSERT INTO orders
SELECT i, 2023 + i * 7 % 3, 1 + i * 7919 % 19400, (ARRAY['paid', 'shipped', 'delivered'])[1 + i % 3]
FROM generate_series(1, 50000) i;

-- The last 50 products never sold.
INSERT INTO order_items
SELECT order_id * 2 + line, order_id, year, 1 + (order_id * 3 + line * 1009) % 4950, 1 + order_id % 4
FROM orders, generate_series(0, 1) line;

INSERT INTO payments
SELECT order_id, order_id, year, 10 + order_id % 500, (ARRAY['card', 'invoice', 'wallet'])[1 + order_id % 3]
FROM orders WHERE order_id <= 45000;
-- Vouchers are paid without an order: both columns NULL, which MATCH FULL allows.
INSERT INTO payments
SELECT 100000 + i, NULL, NULL, 25, 'voucher' FROM generate_series(1, 200) i;

INSERT INTO warehouses
SELECT i, 'City ' || i FROM generate_series(1, 12) i;

INSERT INTO shipments
SELECT order_id, order_id, year, 1 + order_id % 12, make_date(year, 1 + order_id::int % 12, 15)
FROM orders WHERE order_id <= 35000;
-- Fault: 150 shipments without the year of their order. MATCH SIMPLE lets a key with one NULL pass, whatever the rest
-- says; order 77777 does not even exist. No orphans by the rules, but nothing checks these rows: fk_check's
-- partial_null_rows.
INSERT INTO shipments
SELECT 200000 + i, CASE WHEN i <= 100 THEN i ELSE 77777 END, NULL, 1 + i % 12, '2024-06-01'
FROM generate_series(1, 150) i;

INSERT INTO reviews
SELECT i, 1 + i * 13 % 4950, CASE WHEN i % 10 > 0 THEN 1 + i * 17 % 19400 END, 1 + i % 5, 'Review ' || i
FROM generate_series(1, 20000) i;

-- ---------------------------------------------------------------------------------------------------------------------
-- Foreign keys and the child-side indexes, right and wrong
-- ---------------------------------------------------------------------------------------------------------------------

-- A tree of categories. The partial index covers the key all the same: only NULLs are left out of it.
-- Fault (self-reference-no-action): a branch cannot be deleted from the top.
ALTER TABLE categories ADD CONSTRAINT categories_parent_fk
    FOREIGN KEY (parent_id) REFERENCES categories;
CREATE INDEX ON categories (parent_id) WHERE parent_id IS NOT NULL;

-- Fault (set-null-not-null): deleting a category would set products.category_id to NULL, which it cannot be.
ALTER TABLE products ADD CONSTRAINT products_category_fk
    FOREIGN KEY (category_id) REFERENCES categories ON DELETE SET NULL;
CREATE INDEX ON products (category_id);

-- Fault (cascade-blocked): deleting a supplier deletes its products, but an item that was sold holds them (RESTRICT
-- below).
-- Fault (cascade-unindexed): and each supplier deleted reads all products.
-- The child is bigint, the parent int: no harm, an info of fk_type_mismatches.
ALTER TABLE products ADD CONSTRAINT products_supplier_fk
    FOREIGN KEY (supplier_id) REFERENCES suppliers ON DELETE CASCADE;

-- A cycle: a product has a main image, an image has a product.
ALTER TABLE products ADD CONSTRAINT products_main_image_fk
    FOREIGN KEY (main_image_id) REFERENCES images ON DELETE SET NULL DEFERRABLE;
ALTER TABLE images ADD CONSTRAINT images_product_fk
    FOREIGN KEY (product_id) REFERENCES products ON DELETE CASCADE;
CREATE INDEX ON products (main_image_id);
CREATE INDEX ON images (product_id);

-- Fault (set-default-no-parent): deleting a tier gives its customers the default 'basic', and there is no such tier.
-- Fault (length): varchar(20) refers to varchar(10), so longer codes can be written here and match nothing.
ALTER TABLE customers ADD CONSTRAINT customers_tier_fk
    FOREIGN KEY (tier_code) REFERENCES tiers ON DELETE SET DEFAULT;
CREATE INDEX ON customers (tier_code);

-- Fault (narrower): customers are numbered by bigint; from 2,147,483,648 on, a customer can have no address.
-- Fault (missing index, cascade-unindexed): each customer deleted reads all addresses.
ALTER TABLE addresses ADD CONSTRAINT addresses_customer_fk
    FOREIGN KEY (customer_id) REFERENCES customers ON DELETE CASCADE;

-- Fault (no-action-default): nobody chose what happens to the orders of a customer who is deleted, and customers are
-- deleted.
-- Fault (missing index on one partition): 2025 was forgotten.
ALTER TABLE orders ADD CONSTRAINT orders_customer_fk
    FOREIGN KEY (customer_id) REFERENCES customers;
CREATE INDEX ON orders_2023 (customer_id);
CREATE INDEX ON orders_2024 (customer_id);

-- As it should be. The order of the columns in the index does not matter.
ALTER TABLE order_items ADD CONSTRAINT order_items_order_fk
    FOREIGN KEY (order_id, year) REFERENCES orders ON DELETE CASCADE;
CREATE INDEX ON order_items (year, order_id);

-- Fault (wrong order): an index that has product_id only as its second column cannot look up a product.
ALTER TABLE order_items ADD CONSTRAINT order_items_product_fk
    FOREIGN KEY (product_id) REFERENCES products ON DELETE RESTRICT;
CREATE INDEX order_items_quantity_product_idx ON order_items (quantity, product_id);

-- Fault (weak index): it has one of the key's two columns.
-- Fault (inconsistent-actions): with an order, its items go, but its payments forbid that it goes.
ALTER TABLE payments ADD CONSTRAINT payments_order_fk
    FOREIGN KEY (order_id, year) REFERENCES orders MATCH FULL ON DELETE RESTRICT;
CREATE INDEX ON payments (order_id);

-- Fault (invalid index): as a cancelled CREATE INDEX CONCURRENTLY leaves it behind: it costs writes and answers
-- nothing.
ALTER TABLE shipments ADD CONSTRAINT shipments_order_fk
    FOREIGN KEY (order_id, year) REFERENCES orders;
CREATE INDEX shipments_order_idx ON shipments (order_id, year);
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'shipments_order_idx'::regclass;

-- Fault (unusable index, implicit cast): warehouses are numeric, so the server compares warehouse_id::numeric, for
-- which an index on the plain int column is of no use.
ALTER TABLE shipments ADD CONSTRAINT shipments_warehouse_fk
    FOREIGN KEY (warehouse_id) REFERENCES warehouses;
CREATE INDEX ON shipments (warehouse_id);

-- As it should be.
ALTER TABLE reviews ADD CONSTRAINT reviews_customer_fk
    FOREIGN KEY (customer_id) REFERENCES customers ON DELETE SET NULL;
CREATE INDEX ON reviews (customer_id);

-- ---------------------------------------------------------------------------------------------------------------------
-- What happened since: deletes, shortcuts and accidents
-- ---------------------------------------------------------------------------------------------------------------------

-- Fault (orphans under a valid key: a swallowed cascade). The accountants wanted billing addresses to stay, so a
-- trigger keeps them from being deleted, from the cascade as well. The 600 customers who never ordered leave;
-- their billing addresses stay.
CREATE FUNCTION keep_billing_addresses() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.is_billing THEN
        RETURN NULL;
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER keep_billing_addresses BEFORE DELETE ON addresses FOR EACH ROW EXECUTE FUNCTION keep_billing_addresses();
DELETE FROM customers WHERE customer_id > 19400;

-- Ordinary deletes, so that the statistics show which parents see them.
DELETE FROM products WHERE product_id > 4990;
DELETE FROM order_items WHERE order_id = 50000;
DELETE FROM orders WHERE order_id = 50000;

-- Fault (orphans under a valid key: DISABLE TRIGGER ALL). A fast import of old items; five products were not in it.
ALTER TABLE order_items DISABLE TRIGGER ALL;
INSERT INTO order_items
SELECT 200000 + order_id, order_id, year, 900000 + order_id % 5, 1 FROM orders WHERE order_id BETWEEN 1001 AND 1040;
ALTER TABLE order_items ENABLE TRIGGER ALL;

-- Fault (orphans under a valid key: the replica role). Payments copied from another system, whose orders never came.
-- Fault (MATCH FULL with some columns NULL): three of them have an order's number without its year.
SET session_replication_role = replica;
INSERT INTO payments
SELECT 300000 + i, 800000 + i, CASE WHEN i > 3 THEN 2022 END, 42, 'card' FROM generate_series(1, 28) i;
RESET session_replication_role;

-- Fault (NOT VALID): reviews of products that were gone before the key came, and the key was never validated.
-- Fault (unusable index): partial, on bad reviews only.
INSERT INTO reviews
SELECT 500000 + i, 7000 + i % 9, 1 + i, 1 + i % 5, 'An old review' FROM generate_series(1, 35) i;
ALTER TABLE reviews ADD CONSTRAINT reviews_product_fk
    FOREIGN KEY (product_id) REFERENCES products ON DELETE CASCADE NOT VALID;
CREATE INDEX reviews_bad_idx ON reviews (product_id) WHERE rating <= 2;

-- Fault (bypassed): an upload switched the triggers off and never on again. That stops both keys of the cycle: images
-- is no longer checked as a child, and its deletes no longer reach products.main_image_id.
ALTER TABLE images DISABLE TRIGGER ALL;
INSERT INTO images
SELECT 90000 + i, 9000 + i, 'img/upload/' || i || '.webp' FROM generate_series(1, 12) i;
DELETE FROM images WHERE image_id BETWEEN 101 AND 104;

-- The statistics of this session first, then those of the tables.
SELECT pg_stat_force_next_flush() \g /dev/null
VACUUM ANALYZE;
