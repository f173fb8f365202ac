-- Since 18 RESTRICT has an error of its own, 23001 restrict_violation, where NO ACTION raises 23503. The risk is the same.
SELECT current_setting('server_version_num')::int < 180000 AS too_old \gset
\if :too_old
\echo not run: PostgreSQL 15 to 17 raise 23503 for RESTRICT, too
\quit
\endif
SET client_min_messages = warning;
CREATE SCHEMA restrict_error;
SET search_path = restrict_error, public;
\set VERBOSITY sqlstate
CREATE TABLE a (id int PRIMARY KEY, code int UNIQUE);
CREATE TABLE b (id int PRIMARY KEY, a int CONSTRAINT b_a REFERENCES a ON DELETE CASCADE ON UPDATE CASCADE);
CREATE TABLE c (b int CONSTRAINT c_b REFERENCES b ON DELETE RESTRICT ON UPDATE RESTRICT,
    a int CONSTRAINT c_a REFERENCES a, code int CONSTRAINT c_code REFERENCES a (code) ON UPDATE RESTRICT);
INSERT INTO a VALUES (1, 1), (2, 2);
INSERT INTO b VALUES (1, 1);
INSERT INTO c VALUES (1, NULL, NULL), (NULL, 2, 2);
SELECT constraint_name, risk, on_delete, on_update, detail FROM fk_risky_actions() WHERE risk = 'cascade-blocked' AND child::text ~ '^[bc]$' \gx
DELETE FROM a WHERE id = 1;
DELETE FROM b;
UPDATE b SET id = 3;
DELETE FROM a WHERE id = 2;
UPDATE a SET code = 3 WHERE id = 2;
UPDATE a SET id = 3 WHERE id = 2;
-- A child's write without a parent is 23503 as ever.
INSERT INTO c VALUES (9, NULL, NULL);
DROP SCHEMA restrict_error CASCADE;
