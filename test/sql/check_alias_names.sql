-- Columns and tables that have the names which the generated SQL uses for its own parts: c, p, k1, k2, n, orphan.
-- GROUP BY k1 would mean the table's column k1, not the key's first column.
CREATE SCHEMA alias;
SET search_path = alias, public;
CREATE TABLE p (c int, k1 int, n text, PRIMARY KEY (c, k1));
CREATE TABLE orphan (id int PRIMARY KEY, k2 int, k1 int, n int, p int, c int,
                     CONSTRAINT k1 FOREIGN KEY (k2, n) REFERENCES p (c, k1),
                     CONSTRAINT k2 FOREIGN KEY (k1, c) REFERENCES p (c, k1));
INSERT INTO p VALUES (1, 2);
SET session_replication_role = replica;
-- k1 and k2 change places between the keys and the aliases.
INSERT INTO orphan (id, k2, k1, n, c) VALUES (1, 1, 1, 2, 2), (2, 7, 1, 8, 2), (3, 7, 9, 8, 8), (4, 7, 9, 9, 8);
RESET session_replication_role;
SELECT constraint_name, verdict, orphan_rows, missing_keys, example, detail FROM fk_check();
SELECT constraint_name, row_key, foreign_key, reason FROM fk_orphans();
SELECT verdict, orphan_rows, missing_keys, example FROM fk_check('orphan', '{k2,n}', 'p', '{c,k1}');
-- PostgreSQL's own verdict.
ALTER TABLE orphan DROP CONSTRAINT k1, ADD CONSTRAINT k1 FOREIGN KEY (k2, n) REFERENCES p (c, k1);
ALTER TABLE orphan DROP CONSTRAINT k2, ADD CONSTRAINT k2 FOREIGN KEY (k1, c) REFERENCES p (c, k1);
DROP SCHEMA alias CASCADE;
