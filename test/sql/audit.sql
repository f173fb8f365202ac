-- fk_audit(): each rule finds what it is about, beside what PostgreSQL itself does, and its remedy ends the finding.
SET client_min_messages = warning;
CREATE SCHEMA t;
SET search_path = t, public;
CREATE VIEW found AS
SELECT severity, rule, replace(child::text, 't.', '') AS child, constraint_name AS key, message, remedy FROM fk_audit();
-- The remedies of one rule, to be run.
PREPARE remedies(text) AS SELECT s FROM fk_audit(), string_to_table(remedy, E'\n') s WHERE rule = $1;

-- Nothing to say of an empty database, and of a key that is as it should be.
SELECT * FROM fk_audit(check_data => true);
CREATE TABLE p (id int PRIMARY KEY, code text NOT NULL UNIQUE, part int, UNIQUE (id, part));
INSERT INTO p VALUES (1, 'a', 1), (2, 'b', 1);
CREATE TABLE c (id int PRIMARY KEY, p int CONSTRAINT k REFERENCES p);
CREATE INDEX ON c (p);
INSERT INTO c VALUES (1, 1), (2, 2), (3, NULL);
ANALYZE;
SELECT * FROM fk_audit(check_data => true);

-- orphan-rows, trigger-disabled
ALTER TABLE c DISABLE TRIGGER ALL;
INSERT INTO c VALUES (4, 8), (5, 9), (6, 9);
SELECT severity, rule, child, constraint_name, message, parent, suppressed, suppressed_reason
  FROM fk_audit(check_data => true) WHERE rule IN ('orphan-rows', 'trigger-disabled') \gx
SELECT regexp_replace(s, '\d+', 'N') AS remedy FROM fk_audit(), string_to_table(remedy, E'\n') s WHERE rule = 'trigger-disabled';
DO $$
DECLARE s text;
BEGIN
    FOR s IN SELECT s FROM fk_audit(), string_to_table(remedy, E'\n') s WHERE rule = 'trigger-disabled' LOOP EXECUTE s; END LOOP;
END $$;
SELECT rule FROM fk_audit(check_data => true);
INSERT INTO c VALUES (7, 7);
DELETE FROM c WHERE id > 3;
SELECT rule FROM fk_audit(check_data => true);
-- data-not-examined
CREATE ROLE regress_fkaudit_reader;
GRANT USAGE ON SCHEMA t TO regress_fkaudit_reader;
SET ROLE regress_fkaudit_reader;
SELECT severity, rule, child, constraint_name, message FROM fk_audit(check_data => true) \gx
RESET ROLE;
DROP TABLE c;

-- mixed-null-key, partial-null-key, nullable-composite
CREATE TABLE c (a int, b int, x int NOT NULL, CONSTRAINT k_full FOREIGN KEY (a, b) REFERENCES p (id, part) MATCH FULL,
                CONSTRAINT k_half FOREIGN KEY (a, b) REFERENCES p (id, part), CONSTRAINT k_one FOREIGN KEY (a, x) REFERENCES p (id, part));
INSERT INTO c VALUES (1, NULL, 1);
ALTER TABLE c DISABLE TRIGGER ALL;
INSERT INTO c VALUES (1, NULL, 1);
ALTER TABLE c ENABLE TRIGGER ALL;
SELECT severity, rule, constraint_name, message FROM fk_audit('c', check_data => true)
 WHERE rule IN ('mixed-null-key', 'partial-null-key', 'nullable-composite', 'orphan-rows') \gx
DROP TABLE c;

-- not-valid: the remedy is what VALIDATE does.
CREATE TABLE c (p int);
CREATE INDEX ON c (p);
INSERT INTO c VALUES (1);
ALTER TABLE c ADD CONSTRAINT k FOREIGN KEY (p) REFERENCES p NOT VALID;
SELECT severity, rule, message, remedy FROM found;
EXECUTE remedies('not-valid') \gexec
SELECT rule FROM found;

-- trigger-missing: the insert that nobody refuses. Who deletes pg_trigger's rows must delete pg_depend's as well.
DELETE FROM pg_depend WHERE classid = 'pg_trigger'::regclass AND objid IN (
    SELECT oid FROM pg_trigger WHERE tgconstraint = (SELECT oid FROM pg_constraint WHERE conname = 'k') AND tgtype = 5);
DELETE FROM pg_trigger WHERE tgconstraint = (SELECT oid FROM pg_constraint WHERE conname = 'k') AND tgtype = 5;
INSERT INTO c VALUES (9);
DELETE FROM c WHERE p = 9;
SELECT severity, rule, message, remedy FROM found \gx
EXECUTE remedies('trigger-missing') \gexec
SELECT rule FROM found;
INSERT INTO c VALUES (9);
-- Or they are there, and the catalog says that the table has none. The remedy sets the flag again.
UPDATE pg_class SET relhastriggers = false WHERE oid = 'c'::regclass;
INSERT INTO c VALUES (9);
DELETE FROM c WHERE p = 9;
SELECT severity, rule, message, remedy FROM found \gx
EXECUTE remedies('trigger-missing') \gexec
SELECT rule FROM found;
INSERT INTO c VALUES (9);

-- deferrability-mismatch: SET CONSTRAINTS defers nothing.
ALTER TABLE c ALTER CONSTRAINT k DEFERRABLE;
UPDATE pg_trigger SET tgdeferrable = false WHERE tgconstraint = (SELECT oid FROM pg_constraint WHERE conname = 'k');
\c -
SET client_min_messages = warning;
SET search_path = t, public;
PREPARE remedies(text) AS SELECT s FROM fk_audit(), string_to_table(remedy, E'\n') s WHERE rule = $1;
BEGIN;
SET CONSTRAINTS k DEFERRED;
INSERT INTO c VALUES (9);
ROLLBACK;
SELECT severity, rule, message FROM found;
EXECUTE remedies('deferrability-mismatch') \gexec
SELECT rule FROM found;
BEGIN;
SET CONSTRAINTS k DEFERRED;
INSERT INTO c VALUES (9);
ROLLBACK;
DROP TABLE c;

-- replica-role-default
CREATE TABLE c (p int CONSTRAINT k REFERENCES p);
CREATE INDEX ON c (p);
ALTER ROLE regress_fkaudit_reader SET session_replication_role = replica;
SELECT format('ALTER ROLE regress_fkaudit_reader IN DATABASE %I SET session_replication_role = replica', current_database()) \gexec
SELECT severity, rule, child, key, replace(message, current_database(), 'DATABASE') AS message,
       replace(remedy, current_database(), 'DATABASE') AS remedy FROM found \gx
EXECUTE remedies('replica-role-default') \gexec
SELECT rule FROM found;
DROP TABLE c;

-- subscriber-without-parent: as a subscription to the child alone leaves the catalog.
CREATE TABLE c (p int CONSTRAINT k REFERENCES p);
CREATE INDEX ON c (p);
INSERT INTO pg_subscription_rel (srsubid, srrelid, srsubstate) VALUES (1, 't.c'::regclass, 'r');
SELECT severity, rule, key, message FROM found;
INSERT INTO pg_subscription_rel (srsubid, srrelid, srsubstate) VALUES (1, 't.p'::regclass, 'r');
SELECT rule FROM found;
DELETE FROM pg_subscription_rel WHERE srsubid = 1;
DROP TABLE c;

-- collation-version-changed
CREATE COLLATION icu (provider = icu, locale = 'und');
CREATE TABLE words (word text COLLATE icu PRIMARY KEY);
CREATE TABLE c (word text COLLATE icu CONSTRAINT k REFERENCES words);
CREATE INDEX ON c (word);
SELECT rule FROM found;
UPDATE pg_collation SET collversion = 'old' WHERE oid = 't.icu'::regcollation;
SELECT severity, rule, key, regexp_replace(message, '[0-9.]+,', 'NEW,') AS message, remedy FROM found;
EXECUTE remedies('collation-version-changed') \gexec
ALTER COLLATION icu REFRESH VERSION;
SELECT rule FROM found;
DROP TABLE c, words;
DROP COLLATION icu;

-- uncovered-inheritance-child: the insert that nobody refuses.
CREATE TABLE c (p int CONSTRAINT k REFERENCES p);
CREATE INDEX ON c (p);
CREATE TABLE heir () INHERITS (c);
CREATE TABLE heir_covered (FOREIGN KEY (p) REFERENCES p) INHERITS (c);
CREATE INDEX ON heir_covered (p);
INSERT INTO heir VALUES (9);
DELETE FROM heir;
SELECT severity, child, key, message, remedy FROM found WHERE rule = 'uncovered-inheritance-child' \gx
EXECUTE remedies('uncovered-inheritance-child') \gexec
SELECT rule FROM found WHERE rule = 'uncovered-inheritance-child';
INSERT INTO heir VALUES (9);
DROP TABLE c CASCADE;

-- uncovered-partition
CREATE TABLE c (part int, p int) PARTITION BY LIST (part);
CREATE TABLE c1 PARTITION OF c FOR VALUES IN (1);
CREATE TABLE c2 PARTITION OF c FOR VALUES IN (2);
CREATE TABLE c3 PARTITION OF c FOR VALUES IN (3);
ALTER TABLE c1 ADD CONSTRAINT k FOREIGN KEY (p) REFERENCES p;
INSERT INTO c VALUES (2, 9);
SELECT severity, child, key, message FROM found WHERE rule = 'uncovered-partition';
DELETE FROM c;
ALTER TABLE c2 ADD CONSTRAINT k2 FOREIGN KEY (p) REFERENCES p;
SELECT severity, child, key, message FROM found WHERE rule = 'uncovered-partition';
ALTER TABLE c2 DROP CONSTRAINT k2, ADD CONSTRAINT k FOREIGN KEY (p) REFERENCES p;
ALTER TABLE c3 ADD CONSTRAINT k FOREIGN KEY (p) REFERENCES p;
SELECT child FROM found WHERE rule = 'uncovered-partition';
DROP TABLE c;

-- cascade-swallowed-by-trigger, cascade-swallowed-by-rule: the parent goes, the row stays.
CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TABLE c (p int CONSTRAINT k REFERENCES p ON DELETE CASCADE ON UPDATE SET NULL, note text);
CREATE INDEX ON c (p);
CREATE TRIGGER keeps_rows BEFORE DELETE ON c FOR EACH ROW EXECUTE FUNCTION keep();
CREATE TRIGGER other_column BEFORE UPDATE OF note ON c FOR EACH ROW EXECUTE FUNCTION keep();
CREATE TRIGGER afterwards AFTER DELETE ON c FOR EACH ROW EXECUTE FUNCTION keep();
INSERT INTO p VALUES (5, 'e', 5), (6, 'f', 6);
INSERT INTO c VALUES (5), (6);
DELETE FROM p WHERE id = 5;
SELECT severity, rule, key, message FROM found WHERE rule LIKE 'cascade-swallowed%';
SELECT constraint_name, orphan_rows FROM fk_check('c');
DROP TRIGGER keeps_rows ON c;
DELETE FROM c WHERE p = 5;
DROP TRIGGER other_column ON c;
CREATE RULE keeps_noted AS ON DELETE TO c WHERE old.note = 'keep' DO INSTEAD NOTHING;
UPDATE c SET note = 'keep';
DELETE FROM p WHERE id = 6;
SELECT constraint_name, orphan_rows FROM fk_check('c');
SELECT severity, rule, key, message, remedy FROM found WHERE rule LIKE 'cascade-swallowed%' \gx
EXECUTE remedies('cascade-swallowed-by-rule') \gexec
SELECT rule FROM found WHERE rule LIKE 'cascade-swallowed%';
DROP TABLE c;

-- missing-index, unusable-index, weak-index: fk_missing_indexes() row by row.
CREATE TABLE c1 (p int REFERENCES p);
CREATE TABLE c2 (p int REFERENCES p, q int);
CREATE INDEX ON c2 (p) WHERE q > 0;
CREATE TABLE c3 (a int, b int, FOREIGN KEY (a, b) REFERENCES p (id, part));
CREATE INDEX ON c3 (a);
INSERT INTO p SELECT i, i::text, i FROM generate_series(100, 200) i;
DELETE FROM p WHERE id >= 100;
DO 'BEGIN PERFORM pg_stat_force_next_flush(); END';
SELECT f.severity, f.rule, i.verdict, i.priority, f.message, f.remedy = i.ddl AS same
  FROM found f JOIN fk_missing_indexes() i ON i.child::text = 't.' || f.child OR i.child::text = f.child
 WHERE f.rule LIKE '%-index' ORDER BY 2;
DROP TABLE c1, c2, c3;

-- The risks of fk_risky_actions() and the differences of fk_type_mismatches(): all of them, and no others.
CREATE TABLE c (a int NOT NULL REFERENCES p ON DELETE SET NULL, b smallint REFERENCES p ON DELETE CASCADE, c varchar(10) REFERENCES p (code), d bigint REFERENCES p);
SELECT rule, severity, message, remedy FROM fk_audit() WHERE rule IN (SELECT risk FROM fk_risky_actions())
EXCEPT ALL SELECT risk, severity, detail, ddl FROM fk_risky_actions();
SELECT count(*) FILTER (WHERE rule LIKE 'type-%') = (SELECT count(*) FROM fk_type_mismatches()) AS types,
       count(*) FILTER (WHERE rule IN (SELECT risk FROM fk_risky_actions())) = (SELECT count(*) FROM fk_risky_actions()) AS risks
  FROM fk_audit();
SELECT severity, rule, key, message FROM found WHERE rule IN ('type-narrower', 'type-other') \gx

-- references-non-primary-key
SELECT severity, key, message FROM found WHERE rule = 'references-non-primary-key';
DROP TABLE c;

-- duplicate-constraint: the weaker one goes, or the later one; keys that act otherwise are left to their owner.
CREATE TABLE c (a int, b int);
ALTER TABLE c ADD CONSTRAINT k1 FOREIGN KEY (a, b) REFERENCES p (id, part) NOT VALID,
    ADD CONSTRAINT k2 FOREIGN KEY (b, a) REFERENCES p (part, id),
    ADD CONSTRAINT k3 FOREIGN KEY (a) REFERENCES p (id), ADD CONSTRAINT k4 FOREIGN KEY (a) REFERENCES p (id),
    ADD CONSTRAINT k5 FOREIGN KEY (a) REFERENCES p (id) ON DELETE CASCADE;
SELECT severity, key, message, remedy FROM found WHERE rule = 'duplicate-constraint';
EXECUTE remedies('duplicate-constraint') \gexec
SELECT severity, key, message FROM found WHERE rule = 'duplicate-constraint';
-- overlapping-constraint
CREATE TABLE p2 (id int PRIMARY KEY);
ALTER TABLE c DROP CONSTRAINT k5, ADD CONSTRAINT k6 FOREIGN KEY (a) REFERENCES p2;
SELECT severity, key, message FROM found WHERE rule = 'overlapping-constraint';
DROP TABLE c, p2;

-- cycle-not-deferrable: no row can be the first, until one key is DEFERRABLE.
CREATE TABLE a (id int PRIMARY KEY, b int NOT NULL);
CREATE TABLE b (id int PRIMARY KEY, a int NOT NULL CONSTRAINT kb REFERENCES a);
ALTER TABLE a ADD CONSTRAINT ka FOREIGN KEY (b) REFERENCES b;
CREATE TABLE alone (id int PRIMARY KEY, up int CONSTRAINT kup REFERENCES alone);
INSERT INTO a VALUES (1, 1);
SELECT severity, key, message, remedy FROM found WHERE rule = 'cycle-not-deferrable';
SELECT count(*) FROM fk_audit('b') WHERE rule = 'cycle-not-deferrable';
EXECUTE remedies('cycle-not-deferrable') \gexec
BEGIN;
SET CONSTRAINTS ALL DEFERRED;
INSERT INTO a VALUES (1, 1);
INSERT INTO b VALUES (1, 1);
COMMIT;
SELECT key FROM found WHERE rule = 'cycle-not-deferrable';
DROP TABLE a, b, alone;

-- fkaudit.rules, and its mistakes. The parent's deletes are counted by now.
DO 'BEGIN PERFORM pg_stat_force_next_flush(); END';
CREATE TABLE c (p int CONSTRAINT k REFERENCES p (id), q text REFERENCES p (code));
SET fkaudit.rules = '-all, +references-non-primary-key';
SELECT rule, key FROM found;
SELECT rule FROM fk_rules WHERE enabled;
SET fkaudit.rules = '-missing-index -references-non-primary-key';
SELECT rule, key FROM found;
SET fkaudit.rules = '-missing-indexes';
SET fkaudit.rules = 'missing-index';
RESET fkaudit.rules;
-- A key stays the same when the OIDs do not; findings of one table, and of one key.
SELECT finding_key FROM fk_audit('c', 'k') WHERE rule = 'missing-index' \gset old_
ALTER TABLE c DROP CONSTRAINT k;
ALTER TABLE c ADD CONSTRAINT k FOREIGN KEY (p) REFERENCES p (id);
SELECT rule, finding_key = :'old_finding_key' AS same, length(finding_key) FROM fk_audit('c', 'k') WHERE rule = 'missing-index';
SELECT count(*), count(DISTINCT finding_key) FROM fk_audit();

-- Wrong questions.
SELECT fk_audit(check_data => NULL);
SELECT fk_audit('c', 'unknown');
SELECT fk_audit('found');

-- Every rule says what goes wrong, and where PostgreSQL's documentation says more.
SELECT count(*) > 30 AS many, bool_and(title <> '' AND explanation ~ 'See ') AS explained,
       bool_and(severity IN ('error', 'warning', 'info')) AS graded, count(*) = count(DISTINCT rule) AS unique
  FROM fk_rules;
\pset pager off
SELECT rule, severity, enabled, title FROM fk_rules;

DROP SCHEMA t CASCADE;
DROP ROLE regress_fkaudit_reader;
