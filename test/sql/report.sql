-- fk_report(): the audit as one document. That the documents are what their formats say, the TAP test 060_report asks.
SET client_min_messages = warning;
CREATE SCHEMA t;
SET search_path = t, public;

-- What differs from run to run and from server to server.
CREATE FUNCTION fixed(report text) RETURNS text LANGUAGE sql AS $$
    SELECT regexp_replace(regexp_replace(replace(replace(report, server, 'SERVER'), replace(server, '~', '&#126;'), 'SERVER'),
                          '\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d', 'TIME', 'g'), current_database(), 'DATABASE', 'g')
      FROM current_setting('server_version') server
$$;
\pset format unaligned
\pset tuples_only on

-- An empty database: there was nothing to look at, and each format says so.
SELECT fixed(fk_report());
SELECT fixed(fk_report('markdown'));
SELECT fixed(fk_report('junit'));
SELECT fk_report('json')::jsonb -> 'summary';
SELECT fk_report('sarif')::jsonb #> '{runs,0,results}';
SELECT fk_report('html') ~ 'there was nothing to audit';

CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE "C c" (id int PRIMARY KEY, p int CONSTRAINT "K k" REFERENCES p ON DELETE CASCADE);
CREATE TABLE n (id int PRIMARY KEY, p bigint);
ALTER TABLE n ADD CONSTRAINT n_p FOREIGN KEY (p) REFERENCES p ON DELETE CASCADE NOT VALID;
CREATE INDEX ON n (p);
INSERT INTO p VALUES (1);
SET session_replication_role = replica;
INSERT INTO "C c" VALUES (1, 1), (2, 2), (3, 3);
RESET session_replication_role;
SELECT fk_suppress('not-valid', 'n', 'n_p', 'ticket 12: validated at night');

-- Worst first, the rule explained once, the statements below it; suppressed findings last.
SELECT fixed(fk_report());
SELECT fixed(fk_report('markdown'));
SELECT fixed(fk_report('junit'));

-- Without the data nobody is told that the rows are sound.
SELECT l FROM string_to_table(fk_report('text', false), E'\n') WITH ORDINALITY t(l, n) WHERE n BETWEEN 4 AND 12;
SELECT fk_report('json', false)::jsonb -> 'summary';

-- The same figures and findings as fk_audit()'s and fk_check()'s.
SELECT s ->> 'foreign_keys' = (SELECT count(*) FROM fk_check())::text AS keys,
       s ->> 'orphan_rows' = (SELECT sum(orphan_rows) FROM fk_check())::text AS orphans,
       s ->> 'errors' = (SELECT count(*) FROM fk_audit(check_data => true) WHERE severity = 'error' AND NOT suppressed)::text AS errors,
       s ->> 'suppressed' = (SELECT count(*) FROM fk_audit(check_data => true) WHERE suppressed)::text AS suppressed
  FROM (SELECT fk_report('json')::jsonb -> 'summary') x(s);
SELECT count(*) FROM (
    (SELECT f ->> 'severity', f ->> 'rule', f ->> 'constraint_name', f ->> 'message', f ->> 'remedy', (f ->> 'suppressed')::bool,
            f ->> 'suppressed_reason', f ->> 'finding_key'
       FROM jsonb_array_elements(fk_report('json')::jsonb -> 'findings') f)
    EXCEPT ALL
    SELECT severity, rule, constraint_name, message, remedy, suppressed, suppressed_reason, finding_key
      FROM fk_audit(check_data => true)) differences;
SELECT jsonb_array_length(fk_report('json')::jsonb -> 'findings') = (SELECT count(*) FROM fk_audit(check_data => true));
SELECT r ->> 'rule' FROM jsonb_array_elements(fk_report('json', false)::jsonb -> 'rules') r WHERE NOT (r ->> 'has_run')::bool;
SET fkaudit.rules = '-all, +orphan-rows';
SELECT count(*) FROM jsonb_array_elements(fk_report('json')::jsonb -> 'rules') r WHERE (r ->> 'has_run')::bool;
RESET fkaudit.rules;

-- Every statement of the text report runs as it is printed, broken into lines.
CREATE TABLE "a table with a long name, and ""quotes""; inside" (
    "a column, with a long name too. Yes" int CONSTRAINT "a constraint name that is long; and has $ in it" REFERENCES p);
INSERT INTO "a table with a long name, and ""quotes""; inside" VALUES (1);
SET fkaudit.rules = '-all, +missing-index, +not-valid';
SELECT string_agg(replace(l, ' CONCURRENTLY', ''), E'\n' ORDER BY n)
  FROM string_to_table(fk_report(), E'\n') WITH ORDINALITY t(l, n) WHERE l LIKE '      %'
\gexec
SELECT fk_report('json')::jsonb -> 'summary' -> 'infos';
RESET fkaudit.rules;
SELECT max(length(l)) <= 100 AS fits FROM string_to_table(fk_report(), E'\n') l;

-- Hostile names: nothing that a reader would not see, and no markup.
CREATE TABLE U&"<script>alert(1)</script>'|`]]>\000A\202E@owner \00e4\05d0" (
    id int CONSTRAINT U&"--> </style> \FEFF\200B" REFERENCES p);
SELECT l FROM string_to_table(fk_report(), E'\n') l WHERE l ~ 'script|style';
SELECT l FROM string_to_table(fk_report('markdown'), E'\n') l WHERE l ~ '^\|.*(script|style)';
SELECT l FROM string_to_table(fk_report('html'), E'\n') l WHERE l ~ 'class="finding.*script';
-- The statements run although nobody can see all of the names in them.
SELECT replace(f ->> 'remedy', ' CONCURRENTLY', '') FROM jsonb_array_elements(fk_report('json')::jsonb -> 'findings') f
 WHERE f ->> 'child' LIKE '%script%' AND f ->> 'rule' = 'missing-index'
\gexec
SELECT f, fk_report(f) ~ '[^\n -~]' AS other_than_ascii FROM unnest('{html,json,sarif,junit}'::text[]) f;
SELECT f ->> 'child' LIKE 't.U&%' AS quoted, f ->> 'constraint_name' = U&'--> </style> \FEFF\200B' AS exact
  FROM jsonb_array_elements(fk_report('json')::jsonb -> 'foreign_keys') f WHERE f ->> 'child' LIKE '%script%';

-- Errors.
SELECT fk_report('pdf');
\echo :LAST_ERROR_SQLSTATE
SELECT fk_report('');
SELECT fk_report('HTML');
SELECT fk_report(NULL);
\echo :LAST_ERROR_SQLSTATE
SELECT fk_report('text', NULL);
\echo :LAST_ERROR_SQLSTATE

-- It writes nothing, and works with the rights of a caller who may read nothing.
CREATE ROLE regress_fkaudit_reader;
SET ROLE regress_fkaudit_reader;
SET default_transaction_read_only = on;
SELECT s -> 'examined', s -> 'not_examined' FROM (SELECT public.fk_report('json')::jsonb -> 'summary') x(s);
RESET default_transaction_read_only;
RESET ROLE;
DROP ROLE regress_fkaudit_reader;

DROP SCHEMA t CASCADE;
DELETE FROM fk_suppressions;
