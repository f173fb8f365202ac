-- The tour that script/demo gives: what fkaudit has to say about a database. Reads only. Run it by hand with
-- psql -X -f demo/tour.sql DBNAME, where the extension is installed.
\set ON_ERROR_STOP on
\set QUIET on
\pset pager off
\pset columns 120
SET default_transaction_read_only = on;
-- Finds the functions in whatever schema they were installed, behind the caller's own path.
SELECT set_config('search_path',
                  concat_ws(', ', nullif(current_setting('search_path'), ''), extnamespace::regnamespace), false)
FROM pg_extension WHERE extname = 'fkaudit' \g /dev/null
\set ECHO queries

\echo
\echo '== Every foreign key: are writes checked, and does the child have the index that the parent needs?'
\echo
SELECT * FROM fk_status;

\echo
\echo '== The data: has every row its parent? "violated" means no, even where the key is marked valid.'
\echo
SELECT child, constraint_name, verdict, orphan_rows, missing_keys, example FROM fk_check();

\echo
\echo '== The rows themselves, up to three of each key: which row it is, and which parent it misses.'
\echo
SELECT child, constraint_name, row_key, foreign_key, reason FROM fk_orphans(max_rows => 3);

\echo
\echo '== Child-side indexes: without one, each delete in the parent reads the whole child.'
\echo
SELECT child, child_columns, verdict, priority, index FROM fk_missing_indexes();

\echo
\echo '== Why, and what to do about it: the three that matter most.'
\echo
\pset format wrapped
SELECT child, priority, reason, ddl FROM fk_missing_indexes()
ORDER BY array_position('{high,medium,low,none}', priority) LIMIT 3 \gx
\pset format aligned

\echo
\echo '== ON DELETE and ON UPDATE actions that fail or surprise.'
\echo
SELECT child, constraint_name, severity, risk, on_delete FROM fk_risky_actions();

\echo
\echo '== Why, and what to do about it: the three worst.'
\echo
\pset format wrapped
SELECT child, risk, detail, ddl FROM fk_risky_actions()
ORDER BY array_position('{error,warning,info}', severity) LIMIT 3 \gx
\pset format aligned

\echo
\echo '== Types that differ between child and parent.'
\echo
SELECT child, child_column, child_type, parent, parent_type, kind, severity FROM fk_type_mismatches();
