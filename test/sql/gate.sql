-- fk_assert(), fk_baseline(), fk_suppress(): what lets a deployment pass, and what stops it.
SET client_min_messages = warning;
CREATE SCHEMA t;
SET search_path = t, public;

-- Nothing examined is no success, unless that is meant.
SELECT * FROM fk_assert();
SELECT * FROM fk_assert(allow_empty => true);
SELECT fk_baseline();

CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE "C c" (id int PRIMARY KEY, p int CONSTRAINT "K k" REFERENCES p);
INSERT INTO p VALUES (1);
INSERT INTO "C c" VALUES (1, 1);
SELECT * FROM fk_assert();
SELECT * FROM fk_assert('warning');
SELECT * FROM fk_assert('info');
SELECT * FROM fk_assert('info', check_data => false);

-- Orphans stop it, with what and where in DETAIL.
ALTER TABLE "C c" DISABLE TRIGGER ALL;
INSERT INTO "C c" VALUES (2, 2), (3, 3);
ALTER TABLE "C c" ENABLE TRIGGER ALL;
SELECT * FROM fk_assert();
SELECT * FROM fk_assert(check_data => false);

-- The baseline lets today's findings pass: not more rows, not another severity, not another finding.
SELECT fk_baseline() AS today \gset
SELECT e.value FROM jsonb_each(fk_baseline()) e ORDER BY e.value ->> 'rule';
SELECT * FROM fk_assert(baseline => :'today');
SELECT * FROM fk_assert('info', baseline => :'today');
UPDATE "C c" SET p = 1 WHERE id = 2;
SELECT * FROM fk_assert(baseline => :'today');
ALTER TABLE "C c" DISABLE TRIGGER ALL;
INSERT INTO "C c" VALUES (4, 4), (5, 5);
SELECT * FROM fk_assert(baseline => :'today');
DELETE FROM "C c" WHERE id > 3;
SELECT * FROM fk_assert(baseline => :'today');
ALTER TABLE "C c" ENABLE TRIGGER ALL;
SELECT * FROM fk_assert(baseline => replace(:'today', '"error"', '"warning"')::jsonb);
-- It holds in a database where the OIDs are others.
CREATE TABLE copy AS TABLE "C c";
DROP TABLE "C c";
CREATE TABLE "C c" (id int PRIMARY KEY, p int CONSTRAINT "K k" REFERENCES p);
ALTER TABLE "C c" DISABLE TRIGGER ALL;
INSERT INTO "C c" TABLE copy;
ALTER TABLE "C c" ENABLE TRIGGER ALL;
SELECT * FROM fk_assert('info', baseline => :'today');

-- fk_suppress(): one rule, one key, a reason.
SELECT fk_suppress('orphan-rows', '"C c"', 'K k', 'ticket 12: imported rows');
SELECT fk_suppress('missing-index', '"C c"', 'K k', 'tiny', '2999-12-31');
SELECT rule, child, constraint_name, reason, expires, by_user = current_user AS by_me, created_at <= now() AS now FROM fk_suppressions;
SELECT rule, suppressed, suppressed_reason FROM fk_audit(check_data => true);
SELECT * FROM fk_assert('info');
-- Without the data nobody knows whether the suppression still hides something.
SELECT rule, suppressed FROM fk_audit();
-- It is not a partition's or another key's.
SELECT rule, suppressed FROM fk_audit('"C c"', check_data => true);

-- stale-suppression: a suppression that hides nothing is a finding, and so is one that has expired; then it hides nothing any more.
SELECT fk_suppress('not-valid', '"C c"', 'K k', 'once');
SELECT fk_suppress('missing-index', '"C c"', 'K k', 'tiny', '2001-01-01');
SELECT rule, suppressed, message FROM fk_audit(check_data => true);
SELECT * FROM fk_assert('warning');
SELECT fk_unsuppress('not-valid', '"C c"', 'K k'), fk_unsuppress('not-valid', '"C c"', 'K k') AS again;
SELECT fk_unsuppress('missing-index', '"C c"', 'K k');
SELECT rule, suppressed, message FROM fk_audit(check_data => true);
-- Of a key that was dropped, or a table that was renamed.
ALTER TABLE "C c" RENAME TO d;
SELECT rule, child, message FROM fk_audit(check_data => true);
ALTER TABLE d RENAME TO "C c";
-- A partition stands for the table that declares the key, to accept and to take back, and when the key is gone, too.
BEGIN;
CREATE TABLE above (id int PRIMARY KEY);
CREATE TABLE parted (id int, above int CONSTRAINT above_fk REFERENCES above) PARTITION BY RANGE (id);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (9);
SELECT fk_suppress('missing-index', 'parted_1', 'above_fk', 'small');
SELECT rule, child FROM fk_suppressions WHERE constraint_name = 'above_fk';
SELECT fk_unsuppress('missing-index', 'parted_1', 'above_fk'), fk_unsuppress('missing-index', 'parted_1', 'above_fk') AS again;
SELECT fk_suppress('missing-index', 'parted', 'above_fk', 'small');
SELECT fk_unsuppress('missing-index', 'above', 'above_fk') AS other;
ALTER TABLE parted DROP CONSTRAINT above_fk;
SELECT fk_unsuppress('missing-index', 'parted_1', 'above_fk');
SELECT count(*) FROM fk_suppressions WHERE constraint_name = 'above_fk';
ROLLBACK;
-- A rule that is switched off was not asked.
SET fkaudit.rules = '-orphan-rows';
SELECT rule, suppressed FROM fk_audit(check_data => true);
RESET fkaudit.rules;

-- A key that nobody could examine stops the gate.
CREATE ROLE regress_fkaudit_gate;
GRANT USAGE ON SCHEMA t TO regress_fkaudit_gate;
SET ROLE regress_fkaudit_gate;
SELECT * FROM fk_assert();
-- Who may not accept findings.
SELECT fk_suppress('orphan-rows', '"C c"', 'K k', 'mine');
SELECT fk_unsuppress('orphan-rows', '"C c"', 'K k');
INSERT INTO fk_suppressions (rule, child, constraint_name, reason) VALUES ('orphan-rows', 't.x', 'k', 'mine');
SELECT count(*) FROM fk_suppressions;
RESET ROLE;
GRANT EXECUTE ON FUNCTION fk_suppress TO regress_fkaudit_gate;
SET ROLE regress_fkaudit_gate;
SELECT fk_suppress('orphan-rows', '"C c"', 'K k', 'mine');
RESET ROLE;
REVOKE EXECUTE ON FUNCTION fk_suppress FROM regress_fkaudit_gate;

-- Wrong questions.
SELECT * FROM fk_assert('fatal');
SELECT * FROM fk_assert(NULL);
SELECT * FROM fk_assert(check_data => NULL);
SELECT * FROM fk_assert(allow_empty => NULL);
SELECT * FROM fk_assert(baseline => '[]');
SELECT * FROM fk_assert(baseline => '{"x": 1}');
SELECT * FROM fk_assert(baseline => '{"x": {"severity": "error", "count": "many"}}');
SELECT fk_suppress('orphans', '"C c"', 'K k', 'x');
SELECT fk_suppress('orphan-rows', '"C c"', 'unknown', 'x');
SELECT fk_suppress('orphan-rows', '"C c"', 'K k', ' ');
SELECT fk_suppress('orphan-rows', '"C c"', 'K k', NULL);
SELECT fk_suppress('orphan-rows', NULL, 'K k', 'x');
SELECT fk_suppress(NULL, '"C c"', 'K k', 'x');
SELECT fk_unsuppress('orphan-rows', '"C c"', NULL);
SELECT fk_unsuppress('orphans', '"C c"', 'K k');

-- The findings in DETAIL are bounded.
SELECT format('CREATE TABLE n%s (p int CONSTRAINT n%s REFERENCES p)', i, i) FROM generate_series(100, 160) i \gexec
\set ECHO none
\o /dev/null
SELECT * FROM fk_assert('info', check_data => false);
\o
\set ECHO all
SELECT :'LAST_ERROR_SQLSTATE' AS sqlstate, :'LAST_ERROR_MESSAGE' AS message;

DELETE FROM fk_suppressions;
DROP SCHEMA t CASCADE;
DROP ROLE regress_fkaudit_gate;
