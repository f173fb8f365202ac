-- The setting fkaudit.engine, and how many rows fk_orphans() lists in which order.
CREATE SCHEMA check_engine;
SET search_path = check_engine, public;
CREATE TABLE parent (id int PRIMARY KEY);
INSERT INTO parent VALUES (1);
CREATE TABLE child (id int PRIMARY KEY, a int CONSTRAINT z_first REFERENCES parent, b int CONSTRAINT a_second REFERENCES parent);
CREATE TABLE another (id int PRIMARY KEY, a int REFERENCES parent);
SET session_replication_role = replica;
INSERT INTO child SELECT n, n, 1 - n FROM generate_series(5, 1, -1) n;
INSERT INTO another VALUES (1, 1), (2, NULL);
RESET session_replication_role;

-- A session that has not called fkaudit yet may choose already; a value that there is none of is dropped with a warning.
\c
SET fkaudit.engine = scan;
SELECT constraint_name, verdict, reason FROM fk_check('check_engine.child');
\c
SET fkaudit.engine = nonsense;
SELECT constraint_name, verdict, engine FROM fk_check('check_engine.child');
SHOW fkaudit.engine;
SET search_path = check_engine, public;
SELECT name, setting, vartype, enumvals, context, min_val FROM pg_settings WHERE name = 'fkaudit.engine';
SELECT constraint_name, verdict, orphan_rows, reason, detail, rows_checked, engine, elapsed_ms >= 0 AS timed FROM fk_check('child');
SET fkaudit.engine = sql;
SELECT constraint_name, verdict, orphan_rows, reason, detail, rows_checked, engine FROM fk_check('child');
-- A key that a forced engine cannot serve is not examined, never without orphans; the others go on.
SET fkaudit.engine = scan;
CREATE TABLE document_parent (id jsonb PRIMARY KEY);
CREATE TABLE document_child (id int PRIMARY KEY, a jsonb CONSTRAINT a_document REFERENCES document_parent, b int CONSTRAINT b_int REFERENCES parent);
INSERT INTO document_child VALUES (1, NULL, 1);
SELECT constraint_name, verdict, orphan_rows, missing_keys, example, reason, detail, rows_checked, mixed_null_rows,
       partial_null_rows, engine, elapsed_ms >= 0 AS timed FROM fk_check('document_child') \gx
SELECT * FROM fk_orphans('document_child');
DROP TABLE document_child, document_parent;
SELECT constraint_name, verdict, orphan_rows, missing_keys, example, reason, detail, rows_checked, engine FROM fk_check('child');
SELECT constraint_name, row_key, foreign_key, row_ctid FROM fk_orphans('child');
-- There is no index on the key.
SET fkaudit.engine = index;
SELECT constraint_name, verdict, orphan_rows, missing_keys, example, reason, detail, rows_checked, mixed_null_rows,
       partial_null_rows, engine, elapsed_ms FROM fk_check('another') \gx
SELECT * FROM fk_orphans('another', '{a}', 'parent', '{id}');
SELECT verdict, reason FROM fk_check('another', '{a}', 'parent', '{id}');
SET fkaudit.engine = hash;
SHOW fkaudit.engine;
SET fkaudit.engine = auto;
SELECT constraint_name, verdict, engine FROM fk_check();

-- max_rows is for each key. Keys come by child and name, rows as they lie in the table.
SELECT child, constraint_name, row_key, foreign_key FROM fk_orphans();
SELECT constraint_name, row_key FROM fk_orphans(max_rows => 2);
SELECT constraint_name, row_key FROM fk_orphans('child', 'z_first', 1);
SELECT constraint_name, row_key FROM fk_orphans('child', max_rows => 0);
SELECT count(*) FROM fk_orphans('child', max_rows => 9223372036854775807);
SELECT count(*) FROM fk_orphans('child', max_rows => NULL);
SELECT * FROM fk_orphans('child', max_rows => -1);
SELECT row_key FROM fk_orphans('child', '{b}', 'parent', '{id}', max_rows => 2);
SELECT row_key FROM fk_orphans('child', '{b}', 'parent', '{id}', 'full', 0);
-- A row that was updated lies elsewhere.
SET session_replication_role = replica;
UPDATE child SET b = 77 WHERE id = 5;
RESET session_replication_role;
SELECT row_key, row_ctid FROM fk_orphans('child', 'a_second');

-- One table, one constraint, a name alone, nothing.
CREATE TABLE unrelated (id int);
SELECT child, constraint_name FROM fk_check(constraint_name => 'z_first');
SELECT child, constraint_name FROM fk_check('another');
SELECT child, constraint_name FROM fk_check('unrelated');
SELECT child, constraint_name FROM fk_orphans('unrelated');
SELECT child, constraint_name FROM fk_check('child', 'another_a_fkey');
SELECT child, constraint_name FROM fk_orphans('child', 'no such key');
SELECT child, constraint_name FROM fk_check(constraint_name => 'no such key');
SELECT child, constraint_name FROM fk_check('child', 'child_pkey');
SELECT child, constraint_name FROM fk_check('child_pkey');
SELECT child, constraint_name FROM fk_check(1);

-- The rows go on living as rows: joined to their table, repaired by its key.
SELECT o.constraint_name, c.* FROM fk_orphans('child') o JOIN child c ON c.ctid = o.row_ctid ORDER BY 1, 2;
DELETE FROM child c USING fk_orphans('child', 'z_first') o WHERE c.ctid = o.row_ctid AND o.row_table = 'child'::regclass;
SELECT constraint_name, verdict, orphan_rows FROM fk_check('child');

SET client_min_messages = warning;
DROP SCHEMA check_engine CASCADE;
