-- fk_risky_actions(): cascades that meet a refusal, and two ways to one table. Beside each what PostgreSQL does: the
-- triggers of the rows that a statement deletes run in rounds, and NO ACTION and RESTRICT look when their own turn comes.
SET client_min_messages = warning;
CREATE SCHEMA t;
SET search_path = t, public;
CREATE VIEW found AS
SELECT constraint_name AS key, severity, risk, detail FROM fk_risky_actions() WHERE risk IN ('cascade-blocked', 'multiple-cascade-paths');
CREATE FUNCTION try(change text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE change;
    RAISE SQLSTATE 'OK000';
EXCEPTION WHEN others THEN
    -- 18 says 23001 where a RESTRICT refuses.
    RETURN replace(SQLSTATE, '23001', '23503');
END $$;

-- A chain a <- b <- c that ends at RESTRICT, then at NO ACTION, then nowhere.
CREATE TABLE a (id int PRIMARY KEY);
CREATE TABLE b (id int PRIMARY KEY, a int CONSTRAINT k1 REFERENCES a ON DELETE CASCADE);
CREATE TABLE c (id int PRIMARY KEY, b int CONSTRAINT k2 REFERENCES b ON DELETE CASCADE);
CREATE TABLE d (id int PRIMARY KEY, c int CONSTRAINT k3 REFERENCES c ON DELETE RESTRICT);
INSERT INTO a VALUES (1);
INSERT INTO b VALUES (1, 1);
INSERT INTO c VALUES (1, 1);
INSERT INTO d VALUES (1, 1);
SELECT * FROM found;
SELECT try('DELETE FROM a');
ALTER TABLE d DROP CONSTRAINT k3, ADD CONSTRAINT k3 FOREIGN KEY (c) REFERENCES c;
SELECT key, detail FROM found;
SELECT try('DELETE FROM a');
ALTER TABLE d DROP CONSTRAINT k3, ADD CONSTRAINT k3 FOREIGN KEY (c) REFERENCES c ON DELETE SET NULL;
SELECT * FROM found;
SELECT try('DELETE FROM a');
-- Asked for one table: the way through the others counts.
ALTER TABLE d DROP CONSTRAINT k3, ADD CONSTRAINT k3 FOREIGN KEY (c) REFERENCES c;
SELECT constraint_name, detail FROM fk_risky_actions('b') WHERE risk = 'cascade-blocked';
DROP TABLE d, c, b;

-- A diamond: c goes with a by a way of its own before the refusal of k3 is due. Only rows of another a refuse.
CREATE TABLE b (id int PRIMARY KEY, a int CONSTRAINT k1 REFERENCES a ON DELETE CASCADE);
CREATE TABLE c (id int PRIMARY KEY, a int CONSTRAINT k2 REFERENCES a ON DELETE CASCADE, b int CONSTRAINT k3 REFERENCES b ON DELETE RESTRICT);
INSERT INTO b VALUES (1, 1);
INSERT INTO c VALUES (1, 1, 1);
SELECT * FROM found \gx
SELECT try('DELETE FROM a WHERE id = 1');
INSERT INTO a VALUES (2);
UPDATE c SET a = 2;
SELECT try('DELETE FROM a WHERE id = 1');
DROP TABLE c, b;
-- With the column of a in the key, there are no such rows: no finding.
CREATE TABLE b (a int CONSTRAINT k1 REFERENCES a ON DELETE CASCADE, id int, PRIMARY KEY (a, id));
CREATE TABLE c (id int PRIMARY KEY, a int CONSTRAINT k2 REFERENCES a ON DELETE CASCADE, b int, CONSTRAINT k3 FOREIGN KEY (a, b) REFERENCES b);
INSERT INTO b VALUES (1, 1);
INSERT INTO c VALUES (1, 1, 1);
SELECT * FROM found;
SELECT try('DELETE FROM a WHERE id = 1');
DROP TABLE c, b;
-- The other way is longer than the one to the refusal: it comes too late, unless the refusal is deferred.
CREATE TABLE b (id int PRIMARY KEY, a int CONSTRAINT k1 REFERENCES a ON DELETE CASCADE);
CREATE TABLE d (id int PRIMARY KEY, a int CONSTRAINT k4 REFERENCES a ON DELETE CASCADE);
CREATE TABLE e (id int PRIMARY KEY, d int CONSTRAINT k5 REFERENCES d ON DELETE CASCADE);
CREATE TABLE c (id int PRIMARY KEY, b int CONSTRAINT k3 REFERENCES b, e int CONSTRAINT k2 REFERENCES e ON DELETE CASCADE);
INSERT INTO b VALUES (1, 1);
INSERT INTO d VALUES (1, 1);
INSERT INTO e VALUES (1, 1);
INSERT INTO c VALUES (1, 1, 1);
SELECT * FROM found \gx
SELECT try('DELETE FROM a WHERE id = 1');
ALTER TABLE c DROP CONSTRAINT k3, ADD CONSTRAINT k3 FOREIGN KEY (b) REFERENCES b DEFERRABLE INITIALLY DEFERRED;
SELECT key, severity, detail FROM found \gx
BEGIN;
DELETE FROM a WHERE id = 1;
SELECT count(*) FROM c;
COMMIT;
DROP TABLE a, b, c, d, e;

-- SET NULL on a column that others refer to: their ON UPDATE decides. ON UPDATE CASCADE that is refused further on.
CREATE TABLE a (id int PRIMARY KEY, code int UNIQUE);
CREATE TABLE b (id int PRIMARY KEY, a int UNIQUE CONSTRAINT k1 REFERENCES a ON DELETE SET NULL, code int UNIQUE CONSTRAINT k2 REFERENCES a (code) ON UPDATE CASCADE);
CREATE TABLE c (a int CONSTRAINT k3 REFERENCES b (a), code int CONSTRAINT k4 REFERENCES b (code) ON UPDATE RESTRICT, id int CONSTRAINT k5 REFERENCES b);
INSERT INTO a VALUES (1, 1);
INSERT INTO b VALUES (1, 1, NULL), (2, NULL, 1);
INSERT INTO c VALUES (1, NULL), (NULL, 1);
SELECT * FROM found \gx
DELETE FROM c WHERE code = 1;
DELETE FROM b WHERE code = 1;
SELECT try('DELETE FROM a');
DELETE FROM c;
INSERT INTO b VALUES (2, NULL, 1);
INSERT INTO c VALUES (NULL, 1);
SELECT try('UPDATE a SET code = 2');
DROP TABLE a, b, c;

-- multiple-cascade-paths: deleted by one way, set to NULL or refused by the other.
CREATE TABLE person (id int PRIMARY KEY);
CREATE TABLE post (id int PRIMARY KEY, author int CONSTRAINT k1 REFERENCES person ON DELETE CASCADE);
CREATE TABLE comment (
    id int PRIMARY KEY,
    post int CONSTRAINT k2 REFERENCES post ON DELETE CASCADE,
    author int CONSTRAINT k3 REFERENCES person ON DELETE SET NULL,
    editor int CONSTRAINT k4 REFERENCES person);
INSERT INTO person VALUES (1), (2);
INSERT INTO post VALUES (1, 1), (2, 2);
INSERT INTO comment VALUES (1, 1, 1, NULL), (2, 2, 1, NULL);
SELECT * FROM found \gx
BEGIN;
DELETE FROM person WHERE id = 1;
SELECT * FROM comment;
ROLLBACK;
-- Even the row that the cascade would delete refuses, because it is asked first.
UPDATE comment SET editor = 1 WHERE id = 1;
SELECT try('DELETE FROM person WHERE id = 1');
ALTER TABLE comment DROP CONSTRAINT k4, ADD CONSTRAINT k4 FOREIGN KEY (editor) REFERENCES person DEFERRABLE INITIALLY DEFERRED;
SELECT key FROM found;
BEGIN;
DELETE FROM person WHERE id = 1;
COMMIT;
DROP TABLE comment, post, person;

-- Cycles, trees and a row's own children are no second way: no finding.
CREATE TABLE supplier (id int PRIMARY KEY);
CREATE TABLE product (id int PRIMARY KEY, supplier int CONSTRAINT k1 REFERENCES supplier ON DELETE CASCADE, image int, up int CONSTRAINT k2 REFERENCES product ON DELETE SET NULL);
CREATE TABLE image (id int PRIMARY KEY, product int CONSTRAINT k3 REFERENCES product ON DELETE CASCADE);
ALTER TABLE product ADD CONSTRAINT k4 FOREIGN KEY (image) REFERENCES image ON DELETE SET NULL;
SELECT * FROM found;
DROP TABLE supplier, product, image CASCADE;

-- Partitions stand for their table: a key that refers to a partition, and one that a partition declares itself.
CREATE TABLE a (id int PRIMARY KEY);
CREATE TABLE b (id int, a int CONSTRAINT k1 REFERENCES a ON DELETE CASCADE, PRIMARY KEY (id)) PARTITION BY LIST (id);
CREATE TABLE b1 PARTITION OF b FOR VALUES IN (1);
CREATE TABLE c (b int CONSTRAINT k2 REFERENCES b1);
CREATE TABLE d (id int PRIMARY KEY);
CREATE TABLE e (d int) PARTITION BY LIST (d);
CREATE TABLE e1 PARTITION OF e FOR VALUES IN (1);
ALTER TABLE e1 ADD PRIMARY KEY (d), ADD CONSTRAINT k3 FOREIGN KEY (d) REFERENCES d ON DELETE CASCADE;
CREATE TABLE f (d int CONSTRAINT k4 REFERENCES e1);
INSERT INTO a VALUES (1);
INSERT INTO b VALUES (1, 1);
INSERT INTO c VALUES (1);
INSERT INTO d VALUES (1);
INSERT INTO e VALUES (1);
INSERT INTO f VALUES (1);
SELECT * FROM found;
SELECT try('DELETE FROM a'), try('DELETE FROM d');
DROP TABLE a, b, c, d, e, f;

-- A dense graph: 30 tables, each referring to all before it, 435 keys. Every way is there; the answer comes at once.
DO $$
BEGIN
    FOR i IN 1..30 LOOP
        EXECUTE format('CREATE TABLE n%s (id int PRIMARY KEY)', i);
        FOR j IN 1..i - 1 LOOP
            EXECUTE format('ALTER TABLE n%s ADD r%s int CONSTRAINT n%s_%s REFERENCES n%s ON DELETE %s', i, j, i, j, j,
                CASE WHEN i = 30 AND j = 29 THEN 'RESTRICT' ELSE 'CASCADE' END);
        END LOOP;
    END LOOP;
END $$;
SET statement_timeout = '5s';
SELECT count(*), count(*) FILTER (WHERE severity = 'warning') FROM found WHERE risk = 'cascade-blocked';
SELECT * FROM found WHERE key = 'n29_28';
RESET statement_timeout;
DROP SCHEMA t CASCADE;
