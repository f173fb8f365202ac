-- fk_risky_actions(): each risk beside what PostgreSQL itself does. \gexec runs the statements; the risk is gone then.
SET client_min_messages = warning;
CREATE SCHEMA t;
SET search_path = t, public;
CREATE VIEW found AS
SELECT replace(child::text, 't.', '') AS child, constraint_name AS key, severity, risk, detail FROM fk_risky_actions();

-- set-null-not-null: by the column, the primary key, a domain, a CHECK of that shape; not by another CHECK.
CREATE DOMAIN needed AS int NOT NULL;
CREATE TABLE p (id int PRIMARY KEY, id2 int UNIQUE, UNIQUE (id, id2));
INSERT INTO p VALUES (1, 1), (2, 2);
CREATE TABLE c_column (p int NOT NULL CONSTRAINT k1 REFERENCES p ON DELETE SET NULL);
CREATE TABLE c_primary (p int PRIMARY KEY CONSTRAINT k2 REFERENCES p ON DELETE SET NULL);
CREATE TABLE c_domain (p needed CONSTRAINT k3 REFERENCES p ON DELETE SET NULL);
CREATE TABLE c_check (p int CONSTRAINT k4 REFERENCES p ON DELETE SET NULL, q int, CONSTRAINT p_given CHECK (q > 0 AND p IS NOT NULL));
CREATE TABLE c_update (p int NOT NULL CONSTRAINT k5 REFERENCES p (id2) ON UPDATE SET NULL);
CREATE TABLE c_half (p int, q int NOT NULL, CONSTRAINT k6 FOREIGN KEY (p, q) REFERENCES p (id, id2) ON DELETE SET NULL ON UPDATE CASCADE);
CREATE TABLE c_full (p int, q int, CONSTRAINT k7 FOREIGN KEY (p, q) REFERENCES p (id, id2) MATCH FULL ON DELETE SET NULL (p));
CREATE TABLE c_fine (p int CONSTRAINT k8 REFERENCES p ON DELETE SET NULL, q int CHECK (p > 0 OR q IS NOT NULL));
CREATE TABLE c_listed (p int, q int NOT NULL, CONSTRAINT k9 FOREIGN KEY (p, q) REFERENCES p (id, id2) ON DELETE SET NULL (p));
SELECT * FROM found WHERE risk = 'set-null-not-null' \gx

\set VERBOSITY sqlstate
CREATE FUNCTION try(child text, written text, change text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('INSERT INTO %s VALUES (%s)', child, written);
    EXECUTE change;
    RAISE SQLSTATE 'OK000';
EXCEPTION WHEN others THEN
    RETURN child || ' ' || SQLSTATE;
END $$;
SELECT try(child, written, 'DELETE FROM p WHERE id = 1') FROM (VALUES ('c_column', '1'), ('c_primary', '1'), ('c_domain', '1'),
    ('c_check', '1, 1'), ('c_half', '1, 1'), ('c_full', '1, 1'), ('c_fine', '1'), ('c_listed', '1, 1')) v(child, written);
SELECT try('c_update', '1', 'UPDATE p SET id2 = 3 WHERE id = 1');
\set VERBOSITY default

SELECT s FROM fk_risky_actions(), string_to_table(ddl, E'\n') s WHERE risk = 'set-null-not-null' \gexec
SELECT child, key FROM found WHERE risk = 'set-null-not-null';
SELECT conname, convalidated, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f' AND connamespace = 't'::regnamespace ORDER BY 1;
DROP TABLE c_column, c_primary, c_domain, c_check, c_update, c_half, c_full, c_fine, c_listed, p;

-- What one partition alone refuses, and a domain's CHECK.
CREATE TABLE p (id int PRIMARY KEY);
INSERT INTO p VALUES (1), (2);
CREATE DOMAIN given AS int CHECK (VALUE > 0) CHECK (VALUE IS NOT NULL);
CREATE DOMAIN given_again AS given;
CREATE DOMAIN positive AS int CHECK (VALUE > 0 OR VALUE IS NULL);
CREATE TABLE c_domain (p given_again CONSTRAINT k1 REFERENCES p ON DELETE SET NULL);
CREATE TABLE c_fine (p positive CONSTRAINT k2 REFERENCES p ON DELETE SET NULL);
CREATE TABLE c_parts (part int, p int CONSTRAINT k3 REFERENCES p ON DELETE SET NULL, q int CONSTRAINT k4 REFERENCES p ON DELETE SET DEFAULT) PARTITION BY LIST (part);
CREATE TABLE c_one PARTITION OF c_parts FOR VALUES IN (1);
CREATE TABLE c_two (q int, gone int, p int NOT NULL, part int, CONSTRAINT q_given CHECK (q IS NOT NULL));
ALTER TABLE c_two DROP gone;
ALTER TABLE c_parts ATTACH PARTITION c_two FOR VALUES IN (2);
SELECT * FROM found WHERE severity = 'error' \gx
\set VERBOSITY sqlstate
SELECT try(child, written, 'DELETE FROM p WHERE id = 1') FROM (VALUES ('c_domain', '1'), ('c_fine', '1'),
    ('c_parts', '1, 1, 2'), ('c_parts', '2, 1, 2'), ('c_parts', '1, 2, 1'), ('c_parts', '2, 2, 1')) v(child, written);
\set VERBOSITY default
DROP TABLE c_domain, c_fine, c_parts, p;

-- What is NULL with the column and must not be: a generated column, by strict functions alone, and an expression.
CREATE TABLE p (id int PRIMARY KEY);
INSERT INTO p VALUES (1), (2);
CREATE TABLE c_expression (p int CONSTRAINT k1 REFERENCES p ON DELETE SET NULL CONSTRAINT sum_given CHECK ((p + 1)::text IS NOT NULL));
CREATE TABLE c_generated (p int CONSTRAINT k2 REFERENCES p ON DELETE SET NULL, twice text GENERATED ALWAYS AS ((abs(p) * 2)::text) STORED NOT NULL);
CREATE TABLE c_through (p int CONSTRAINT k3 REFERENCES p ON DELETE SET NULL, twice int GENERATED ALWAYS AS (p * 2) STORED, CONSTRAINT twice_given CHECK (twice IS NOT NULL));
CREATE FUNCTION say(int) RETURNS text IMMUTABLE LANGUAGE sql AS $$SELECT coalesce($1::text, 'none')$$;
CREATE TABLE c_coalesced (p int CONSTRAINT k4 REFERENCES p ON DELETE SET NULL, known int GENERATED ALWAYS AS (coalesce(p, 0)) STORED NOT NULL,
    said text GENERATED ALWAYS AS (say(p)) STORED NOT NULL);
SELECT * FROM found WHERE risk = 'set-null-not-null' \gx
\set VERBOSITY sqlstate
SELECT try(child, '1', 'DELETE FROM p WHERE id = 1') FROM (VALUES ('c_expression'), ('c_generated'), ('c_through'), ('c_coalesced')) v(child);
\set VERBOSITY default
DROP TABLE c_expression, c_generated, c_through, c_coalesced, p;
DROP FUNCTION say;
DROP DOMAIN given_again, given, positive;

-- set-null-shared-column
CREATE TABLE tenant (id int PRIMARY KEY);
CREATE TABLE account (tenant int, id int, PRIMARY KEY (tenant, id));
CREATE TABLE invoice (
    tenant int CONSTRAINT k1 REFERENCES tenant,
    account int, payer int, full_one int,
    CONSTRAINT k2 FOREIGN KEY (tenant, account) REFERENCES account ON DELETE SET NULL,
    CONSTRAINT k3 FOREIGN KEY (tenant, payer) REFERENCES account ON DELETE SET NULL (payer),
    CONSTRAINT k4 FOREIGN KEY (tenant, full_one) REFERENCES account MATCH FULL);
SELECT * FROM found WHERE risk = 'set-null-shared-column' \gx
-- The delete takes the tenant from the row as well; with a value in the key of MATCH FULL it fails.
INSERT INTO tenant VALUES (1);
INSERT INTO account VALUES (1, 1), (1, 2);
INSERT INTO invoice VALUES (1, 1, NULL, 2);
\set VERBOSITY sqlstate
DELETE FROM account WHERE id = 1;
ALTER TABLE invoice DROP CONSTRAINT k4;
SELECT key, severity, detail FROM found WHERE risk = 'set-null-shared-column' \gx
DELETE FROM account WHERE id = 1;
\set VERBOSITY default
SELECT * FROM invoice;
SELECT s FROM fk_risky_actions(), string_to_table(ddl, E'\n') s WHERE risk = 'set-null-shared-column' \gexec
SELECT key FROM found WHERE risk = 'set-null-shared-column';
DROP TABLE invoice, account, tenant;

-- inconsistent-actions: the same columns, other columns of one child, several children; SET NULL beside CASCADE is none.
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE twice (p int CONSTRAINT k1 REFERENCES p ON DELETE CASCADE CONSTRAINT k2 REFERENCES p ON DELETE RESTRICT);
CREATE TABLE letter (sender int CONSTRAINT k3 REFERENCES p ON DELETE CASCADE, receiver int CONSTRAINT k4 REFERENCES p ON DELETE SET NULL);
SELECT key, severity, detail FROM found WHERE risk = 'inconsistent-actions' \gx
DROP TABLE twice, letter;
CREATE TABLE goes (p int CONSTRAINT k1 REFERENCES p ON DELETE CASCADE);
CREATE TABLE nulls (p int CONSTRAINT k2 REFERENCES p ON DELETE SET NULL);
SELECT key, detail FROM found WHERE risk = 'inconsistent-actions';
CREATE TABLE stays (p int CONSTRAINT k3 REFERENCES p);
CREATE TABLE stays_surely (p int CONSTRAINT k4 REFERENCES p ON DELETE RESTRICT);
SELECT key, severity, detail FROM found WHERE risk = 'inconsistent-actions' \gx
DROP TABLE goes, nulls, stays, stays_surely, p;

-- self-reference-no-action
CREATE TABLE tree (id int PRIMARY KEY, up int CONSTRAINT k1 REFERENCES tree, must int NOT NULL CONSTRAINT k2 REFERENCES tree);
SELECT key, severity, risk, detail FROM found \gx
INSERT INTO tree VALUES (1, NULL, 1), (2, 1, 2);
\set VERBOSITY sqlstate
DELETE FROM tree WHERE id = 1;
\set VERBOSITY default
SELECT s FROM fk_risky_actions(), string_to_table(ddl, E'\n') s WHERE risk = 'self-reference-no-action' \gexec
SELECT key, risk FROM found;
BEGIN;
DELETE FROM tree WHERE id = 1;
SELECT * FROM tree;
ROLLBACK;
DROP TABLE tree;
-- SET NULL is no way out where the server takes none, as for a generated column, or where it would fail.
CREATE TABLE made (
    id int PRIMARY KEY,
    up int GENERATED ALWAYS AS (id) STORED CONSTRAINT k1 REFERENCES made,
    given int CONSTRAINT k2 REFERENCES made CONSTRAINT is_given CHECK (given IS NOT NULL));
SELECT key, detail FROM found \gx
SELECT ddl FROM fk_risky_actions() WHERE ddl IS NOT NULL;
ALTER TABLE made ADD FOREIGN KEY (up) REFERENCES made ON DELETE SET NULL;
DROP TABLE made;

-- no-action-default: only where the parent sees deletes (warning) or updates that may have changed a key (info).
CREATE TABLE quiet (id int PRIMARY KEY);
CREATE TABLE deleted (id int PRIMARY KEY);
CREATE TABLE updated (id int PRIMARY KEY);
CREATE TABLE c (
    quiet int CONSTRAINT k1 REFERENCES quiet,
    deleted int CONSTRAINT k2 REFERENCES deleted,
    updated int CONSTRAINT k3 REFERENCES updated,
    chosen int CONSTRAINT k4 REFERENCES deleted ON UPDATE CASCADE,
    later int CONSTRAINT k5 REFERENCES deleted DEFERRABLE INITIALLY DEFERRED);
INSERT INTO deleted SELECT generate_series(1, 5);
DELETE FROM deleted WHERE id > 2;
INSERT INTO updated VALUES (1);
UPDATE updated SET id = 2;
SELECT pg_stat_force_next_flush() \g /dev/null
SELECT key, severity, detail FROM found WHERE risk = 'no-action-default' \gx
SELECT s FROM fk_risky_actions(), string_to_table(ddl, E'\n') s WHERE risk = 'no-action-default' \gexec
SELECT key, severity FROM found WHERE risk = 'no-action-default';
DROP TABLE c, quiet, deleted, updated;

-- cascade-unindexed: and none once the index is there.
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE c (a int CONSTRAINT k1 REFERENCES p ON DELETE CASCADE, b int CONSTRAINT k2 REFERENCES p ON DELETE RESTRICT, d int CONSTRAINT k3 REFERENCES p ON DELETE SET NULL);
SELECT key, severity, detail FROM found WHERE risk = 'cascade-unindexed' \gx
SELECT s FROM fk_risky_actions(), string_to_table(ddl, E'\n') s WHERE risk = 'cascade-unindexed' \gexec
SELECT key FROM found WHERE risk = 'cascade-unindexed';
DROP TABLE c, p;

-- Each of PostgreSQL's properties of a key stays when its action changes: names, deferrability, MATCH FULL, NOT VALID, the
-- other action, the list of columns. (For partitioned tables: risky_actions_partitioned.)
CREATE TABLE "P p" ("I""d" int, "select" int, PRIMARY KEY ("I""d", "select"));
CREATE TABLE "C
c" ("A a" int NOT NULL, b int NOT NULL, CONSTRAINT "K 0" FOREIGN KEY ("A a", b) REFERENCES "P p" ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED);
ALTER TABLE "C
c" ADD CONSTRAINT "K 1" FOREIGN KEY ("A a", b) REFERENCES "P p" MATCH FULL ON DELETE SET NULL ON UPDATE CASCADE NOT VALID;
CREATE TABLE half ("A a" int NOT NULL, b int, CONSTRAINT "K 2" FOREIGN KEY ("A a", b) REFERENCES "P p" ON DELETE SET NULL);
SELECT constraint_name, on_delete, on_update, ddl FROM fk_risky_actions() WHERE risk = 'set-null-not-null' \gx
SELECT s FROM fk_risky_actions(), string_to_table(ddl, E'\n') s WHERE risk = 'set-null-not-null' \gexec
SELECT conname, convalidated, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f' AND conparentid = 0 AND connamespace = 't'::regnamespace ORDER BY 1;
SELECT key FROM found WHERE risk = 'set-null-not-null';
DROP TABLE "C
c", half, "P p";

-- One table, one key, a partition; nothing there, nothing known.
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE c (p int NOT NULL CONSTRAINT k1 REFERENCES p ON DELETE SET NULL, q int NOT NULL CONSTRAINT k2 REFERENCES p ON DELETE SET NULL) PARTITION BY LIST (p);
CREATE TABLE c1 PARTITION OF c DEFAULT;
SELECT child, constraint_name, risk FROM fk_risky_actions('c1');
SELECT child, constraint_name, risk FROM fk_risky_actions('c', 'k2');
SELECT child, constraint_name, risk FROM fk_risky_actions(constraint_name => 'k1');
SELECT fk_risky_actions('c', 'nowhere');
SELECT fk_risky_actions(4000000000::oid::regclass);
CREATE VIEW v AS SELECT 1;
SELECT fk_risky_actions('v');
RESET client_min_messages;
SELECT * FROM fk_risky_actions('p');
SET client_min_messages = warning;
DROP SCHEMA t CASCADE;
SELECT * FROM fk_risky_actions();
