-- PostgreSQL 18.0 to 18.3 forget that a key is deferrable when it goes through NOT ENFORCED and back: pg_constraint says
-- deferrable, the triggers say not. Here the catalog is edited to look like that, on every server.
CREATE SCHEMA enforcement_deferrability;
SET search_path = enforcement_deferrability, public;
CREATE TABLE parent (id int PRIMARY KEY);
CREATE TABLE child (parent int CONSTRAINT key REFERENCES parent DEFERRABLE INITIALLY DEFERRED) PARTITION BY LIST (parent);
CREATE TABLE child_1 PARTITION OF child DEFAULT;
SELECT constraint_name, enforcement, enforcement_detail FROM fk_constraints('child');
BEGIN;
INSERT INTO child VALUES (1);
INSERT INTO parent VALUES (1);
ROLLBACK;
UPDATE pg_trigger SET tgdeferrable = false, tginitdeferred = false WHERE tgrelid = 'child_1'::regclass;
SELECT constraint_name, enforcement, enforcement_detail FROM fk_constraints('child');
-- Writes are still checked, but at once.
INSERT INTO child VALUES (1);
-- What the detail proposes.
ALTER TABLE child ALTER CONSTRAINT key NOT DEFERRABLE;
ALTER TABLE child ALTER CONSTRAINT key DEFERRABLE INITIALLY DEFERRED;
SELECT constraint_name, enforcement, enforcement_detail FROM fk_constraints('child');
BEGIN;
INSERT INTO child VALUES (1);
INSERT INTO parent VALUES (1);
COMMIT;
-- An action other than NO ACTION is never deferred, nor said to be.
ALTER TABLE child ADD CONSTRAINT other FOREIGN KEY (parent) REFERENCES parent ON DELETE CASCADE ON UPDATE RESTRICT DEFERRABLE;
SELECT constraint_name, enforcement, enforcement_detail FROM fk_constraints('child');
SET client_min_messages = warning;
DROP SCHEMA enforcement_deferrability CASCADE;
