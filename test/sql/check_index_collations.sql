-- The index engine and collations under which different texts are equal.
CREATE SCHEMA check_index_collations;
SET search_path = check_index_collations, public;
SET fkaudit.engine = index;
-- By the child's collation two values are one, by the parent's they are not.
CREATE COLLATION ignoring_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE TABLE by_case (id text COLLATE "C" PRIMARY KEY);
CREATE TABLE in_any_case (k text COLLATE ignoring_case, l text COLLATE ignoring_case);
INSERT INTO by_case VALUES ('a');
INSERT INTO in_any_case VALUES ('a', 'a'), ('A', 'A');
CREATE INDEX ON in_any_case (k);
CREATE INDEX ON in_any_case (l);
SELECT verdict, reason, detail FROM fk_check('in_any_case', '{k}', 'by_case', '{id}');
CREATE TABLE any_case_parent (id text COLLATE ignoring_case PRIMARY KEY);
INSERT INTO any_case_parent VALUES ('a');
SELECT verdict, orphan_rows, detail FROM fk_check('in_any_case', '{l}', 'any_case_parent', '{id}');
CREATE TABLE exact (k text COLLATE "C");
INSERT INTO exact VALUES ('A'), ('a'), ('b');
CREATE INDEX ON exact (k);
SELECT verdict, orphan_rows, missing_keys, detail FROM fk_check('exact', '{k}', 'any_case_parent', '{id}');

SET client_min_messages = warning;
DROP SCHEMA check_index_collations CASCADE;
