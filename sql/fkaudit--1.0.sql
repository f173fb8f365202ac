/* fkaudit 1.0: every object has its COMMENT; the reference is doc/fkaudit.md. */

-- complain if script is sourced in psql, rather than via CREATE EXTENSION
\echo Use "CREATE EXTENSION fkaudit" to load this file. \quit

--
-- Look
--

CREATE FUNCTION fk_constraints(
    child regclass DEFAULT NULL,
    constraint_name name DEFAULT NULL)
RETURNS TABLE (
    child regclass,
    constraint_name name,
    definition text,
    enforcement text,
    enforcement_detail text,
    child_columns name[],
    parent regclass,
    parent_columns name[],
    match_type text,
    on_delete text,
    on_delete_columns name[],
    on_update text,
    is_deferrable bool,
    initially_deferred bool,
    is_validated bool,
    is_enforced bool,
    is_temporal bool,
    constraint_oid oid)
AS 'MODULE_PATHNAME', 'fk_constraints' LANGUAGE C STABLE PARALLEL RESTRICTED ROWS 100;
COMMENT ON FUNCTION fk_constraints(regclass, name) IS
'foreign keys: definition, actions, and whether writes are really checked';

CREATE FUNCTION fk_references(
    parent regclass,
    recursive bool DEFAULT true)
RETURNS TABLE (
    depth int,
    child regclass,
    constraint_name name,
    child_columns name[],
    parent regclass,
    on_delete text,
    on_update text,
    path regclass[])
AS 'MODULE_PATHNAME', 'fk_references' LANGUAGE C STABLE PARALLEL RESTRICTED ROWS 20;
COMMENT ON FUNCTION fk_references(regclass, bool) IS
'the foreign keys that reference a table, directly and through other tables';

--
-- Check the data
--

CREATE FUNCTION fk_check(
    child regclass DEFAULT NULL,
    constraint_name name DEFAULT NULL)
RETURNS TABLE (
    child regclass,
    constraint_name name,
    verdict text,
    orphan_rows bigint,
    missing_keys bigint,
    example jsonb,
    parent regclass,
    enforcement text,
    reason text,
    detail text,
    rows_checked bigint,
    mixed_null_rows bigint,
    partial_null_rows bigint,
    engine text,
    elapsed_ms double precision,
    constraint_oid oid)
AS 'MODULE_PATHNAME', 'fk_check' LANGUAGE C VOLATILE PARALLEL UNSAFE ROWS 100;
COMMENT ON FUNCTION fk_check(regclass, name) IS
'examines the rows of foreign keys: one verdict for each key';

CREATE FUNCTION fk_check(
    child regclass,
    child_columns name[],
    parent regclass,
    parent_columns name[],
    match_type text DEFAULT 'simple')
RETURNS TABLE (
    child regclass,
    constraint_name name,
    verdict text,
    orphan_rows bigint,
    missing_keys bigint,
    example jsonb,
    parent regclass,
    enforcement text,
    reason text,
    detail text,
    rows_checked bigint,
    mixed_null_rows bigint,
    partial_null_rows bigint,
    engine text,
    elapsed_ms double precision,
    constraint_oid oid)
AS 'MODULE_PATHNAME', 'fk_check_undeclared' LANGUAGE C VOLATILE PARALLEL UNSAFE ROWS 1;
COMMENT ON FUNCTION fk_check(regclass, name[], regclass, name[], text) IS
'examines the rows of a foreign key that is not declared';

CREATE FUNCTION fk_orphans(
    child regclass DEFAULT NULL,
    constraint_name name DEFAULT NULL,
    max_rows bigint DEFAULT NULL)
RETURNS TABLE (
    child regclass,
    constraint_name name,
    row_key jsonb,
    foreign_key jsonb,
    parent regclass,
    reason text,
    row_table regclass,
    row_ctid tid,
    constraint_oid oid)
AS 'MODULE_PATHNAME', 'fk_orphans' LANGUAGE C VOLATILE PARALLEL UNSAFE ROWS 1000;
COMMENT ON FUNCTION fk_orphans(regclass, name, bigint) IS
'the rows that violate their foreign keys';

CREATE FUNCTION fk_orphans(
    child regclass,
    child_columns name[],
    parent regclass,
    parent_columns name[],
    match_type text DEFAULT 'simple',
    max_rows bigint DEFAULT NULL)
RETURNS TABLE (
    child regclass,
    constraint_name name,
    row_key jsonb,
    foreign_key jsonb,
    parent regclass,
    reason text,
    row_table regclass,
    row_ctid tid,
    constraint_oid oid)
AS 'MODULE_PATHNAME', 'fk_orphans_undeclared' LANGUAGE C VOLATILE PARALLEL UNSAFE ROWS 1000;
COMMENT ON FUNCTION fk_orphans(regclass, name[], regclass, name[], text, bigint) IS
'the rows that would violate a foreign key that is not declared';

-- What a run is about, and where it stands as its session last wrote it: fk_check_runs says what is left of that.
CREATE TABLE fk_check_run_records (
    run_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    started_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    by_user name NOT NULL DEFAULT current_user,
    state text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'finished', 'cancelled', 'failed')),
    child text,
    constraint_name name);
COMMENT ON TABLE fk_check_run_records IS
'what fk_check_all writes about its runs; read the view fk_check_runs';
COMMENT ON SEQUENCE fk_check_run_records_run_id_seq IS
'the numbers of the runs of fk_check_all';
SELECT pg_catalog.pg_extension_config_dump('fk_check_run_records', '');
SELECT pg_catalog.pg_extension_config_dump('fk_check_run_records_run_id_seq', '');

-- The session of a run holds a lock on its number, which goes with the session. A standby does not see it.
CREATE VIEW fk_check_runs WITH (security_invoker = true) AS
SELECT run_id, started_at, ended_at, by_user,
       CASE WHEN state = 'running' AND NOT pg_is_in_recovery()
             AND NOT EXISTS (SELECT FROM pg_locks AS l
                              WHERE l.locktype = 'object' AND l.granted
                                AND l.database = (SELECT d.oid FROM pg_database AS d
                                                   WHERE d.datname = current_database())
                                AND l.classid = 'fk_check_run_records'::regclass
                                AND l.objid::bigint = run_id & 4294967295)
            THEN 'interrupted' ELSE state END AS state,
       child, constraint_name
  FROM fk_check_run_records;
COMMENT ON VIEW fk_check_runs IS
'the runs of fk_check_all: running, finished, cancelled, failed, or interrupted with their session';
GRANT SELECT ON fk_check_runs, fk_check_run_records TO pg_read_all_stats;

CREATE TABLE fk_check_results (
    run_id bigint NOT NULL,
    checked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    child text NOT NULL,
    constraint_name name NOT NULL,
    verdict text NOT NULL,
    orphan_rows bigint,
    missing_keys bigint,
    parent text,
    enforcement text,
    reason text,
    detail text,
    rows_checked bigint,
    mixed_null_rows bigint,
    partial_null_rows bigint,
    engine text,
    elapsed_ms double precision,
    constraint_oid oid NOT NULL,
    PRIMARY KEY (run_id, constraint_oid));
COMMENT ON TABLE fk_check_results IS
'the verdicts of fk_check_all: one row for each run and foreign key; kept by pg_dump';
GRANT SELECT ON fk_check_results TO pg_read_all_stats;
SELECT pg_catalog.pg_extension_config_dump('fk_check_results', '');

CREATE PROCEDURE fk_check_all(
    child regclass DEFAULT NULL,
    constraint_name name DEFAULT NULL,
    resume bool DEFAULT false)
AS 'MODULE_PATHNAME', 'fk_check_all' LANGUAGE C;
COMMENT ON PROCEDURE fk_check_all(regclass, name, bool) IS
'the check as a long job: a transaction for each child table, the verdicts kept in fk_check_results';
REVOKE ALL ON PROCEDURE fk_check_all(regclass, name, bool) FROM PUBLIC;

--
-- Schema checks
--

CREATE FUNCTION fk_missing_indexes(
    child regclass DEFAULT NULL,
    constraint_name name DEFAULT NULL,
    include_covered bool DEFAULT false)
RETURNS TABLE (
    child regclass,
    child_columns name[],
    verdict text,
    priority text,
    index regclass,
    reason text,
    constraint_name name,
    parent regclass,
    child_rows bigint,
    child_bytes bigint,
    parent_deletes bigint,
    parent_updates bigint,
    ddl text,
    constraint_oid oid)
AS 'MODULE_PATHNAME', 'fk_missing_indexes' LANGUAGE C STABLE PARALLEL RESTRICTED ROWS 100;
COMMENT ON FUNCTION fk_missing_indexes(regclass, name, bool) IS
'foreign keys whose child columns no index serves, and the statement that adds one';

CREATE FUNCTION fk_risky_actions(
    child regclass DEFAULT NULL,
    constraint_name name DEFAULT NULL)
RETURNS TABLE (
    child regclass,
    constraint_name name,
    severity text,
    risk text,
    on_delete text,
    on_update text,
    detail text,
    parent regclass,
    ddl text,
    constraint_oid oid)
AS 'MODULE_PATHNAME', 'fk_risky_actions' LANGUAGE C VOLATILE PARALLEL UNSAFE ROWS 100;
COMMENT ON FUNCTION fk_risky_actions(regclass, name) IS
'ON DELETE and ON UPDATE actions that will fail or surprise';

CREATE FUNCTION fk_type_mismatches(
    child regclass DEFAULT NULL,
    constraint_name name DEFAULT NULL)
RETURNS TABLE (
    child regclass,
    child_column name,
    child_type text,
    parent regclass,
    parent_column name,
    parent_type text,
    kind text,
    severity text,
    detail text,
    constraint_name name,
    ddl text)
AS 'MODULE_PATHNAME', 'fk_type_mismatches' LANGUAGE C STABLE PARALLEL RESTRICTED ROWS 20;
COMMENT ON FUNCTION fk_type_mismatches(regclass, name) IS
'foreign key columns whose type differs from the column that they reference';

CREATE FUNCTION fk_candidates(
    child regclass DEFAULT NULL,
    min_inclusion numeric DEFAULT 1.0,
    check_data bool DEFAULT true)
RETURNS TABLE (
    child regclass,
    child_columns name[],
    parent regclass,
    parent_columns name[],
    confidence text,
    inclusion numeric,
    orphan_rows bigint,
    missing_keys bigint,
    reason text,
    ddl text)
AS 'MODULE_PATHNAME', 'fk_candidates' LANGUAGE C VOLATILE PARALLEL UNSAFE ROWS 20;
COMMENT ON FUNCTION fk_candidates(regclass, numeric, bool) IS
'foreign keys that nobody declared, as names, types and the rows suggest them';

-- Fits a terminal of 100 columns: psql's frame takes 17 of them, the verdicts what they need, and the three names share
-- the rest. Where they do not fit, constraint names are shortened in the middle first, then the tables' names.
-- All arguments are given with their types: no function that somebody has put into the schema before fits better.
CREATE VIEW fk_status AS
WITH keys AS (
    SELECT c.child::text, c.constraint_name::text, c.parent::text, c.on_delete, c.enforcement,
           i.verdict AS index_verdict, c.ordinality AS position
      FROM fk_constraints(NULL::regclass, NULL::name) WITH ORDINALITY c
      LEFT JOIN fk_missing_indexes(NULL::regclass, NULL::name, true) i
             ON i.constraint_oid = c.constraint_oid
), widths AS (
    SELECT 99 - 17 - greatest(length('on_delete'), max(length(on_delete)))
                   - greatest(length('enforcement'), max(length(enforcement))) - length('index_verdict') AS room,
           greatest(length('child'), max(length(child))) AS child,
           greatest(length('parent'), max(length(parent))) AS parent
      FROM keys
), fit AS (
    SELECT t.size AS t, greatest(length('constraint_name'), room - least(child, t.size) - least(parent, t.size)) AS n
      FROM widths
      CROSS JOIN LATERAL (
          SELECT max(size) AS size
            FROM generate_series(length('parent'), 200) AS size
           WHERE least(child, size) + least(parent, size) <= room - length('constraint_name')) t
)
SELECT CASE WHEN length(child) <= t THEN child ELSE left(child, (t - 1) / 2) || '..' || right(child, t / 2 - 1) END
           AS child,
       CASE WHEN length(constraint_name) <= n THEN constraint_name
            ELSE left(constraint_name, (n - 1) / 2) || '..' || right(constraint_name, n / 2 - 1) END
           AS constraint_name,
       CASE WHEN length(parent) <= t THEN parent ELSE left(parent, (t - 1) / 2) || '..' || right(parent, t / 2 - 1) END
           AS parent,
       on_delete, enforcement, index_verdict
  FROM keys, fit
 ORDER BY position;
COMMENT ON VIEW fk_status IS
'every foreign key on one screen; long names are shortened, fk_constraints() has them in full';
GRANT SELECT ON fk_status TO PUBLIC;

--
-- Audit and gate
--

CREATE FUNCTION fk_audit(
    child regclass DEFAULT NULL,
    constraint_name name DEFAULT NULL,
    check_data bool DEFAULT false)
RETURNS TABLE (
    severity text,
    rule text,
    child regclass,
    constraint_name name,
    message text,
    remedy text,
    parent regclass,
    suppressed bool,
    suppressed_reason text,
    finding_key text)
AS 'MODULE_PATHNAME', 'fk_audit' LANGUAGE C VOLATILE PARALLEL UNSAFE ROWS 100;
COMMENT ON FUNCTION fk_audit(regclass, name, bool) IS
'everything that is wrong with foreign keys, worst first, with the statements that mend it';

CREATE FUNCTION fk_list_rules()
RETURNS TABLE (
    rule text,
    severity text,
    enabled bool,
    title text,
    explanation text)
AS 'MODULE_PATHNAME', 'fk_list_rules' LANGUAGE C STABLE PARALLEL SAFE ROWS 40;
COMMENT ON FUNCTION fk_list_rules() IS
'the rules of fk_audit; see the view fk_rules';

CREATE VIEW fk_rules AS SELECT rule, severity, enabled, title, explanation FROM fk_list_rules();
COMMENT ON VIEW fk_rules IS
'the rules of fk_audit: their severities, whether they are switched on, and what they are about';
GRANT SELECT ON fk_rules TO PUBLIC;

CREATE TABLE fk_suppressions (
    rule text NOT NULL,
    child text NOT NULL,
    constraint_name name NOT NULL,
    reason text NOT NULL,
    expires date,
    by_user name NOT NULL DEFAULT current_user,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (rule, child, constraint_name));
COMMENT ON TABLE fk_suppressions IS
'findings of fk_audit that are known and accepted; kept by pg_dump';
GRANT SELECT ON fk_suppressions TO PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('fk_suppressions', '');

CREATE FUNCTION fk_suppress(
    rule text,
    child regclass,
    constraint_name name,
    reason text,
    expires date DEFAULT NULL)
RETURNS void
AS 'MODULE_PATHNAME', 'fk_suppress' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION fk_suppress(text, regclass, name, text, date) IS
'accepts what a rule finds about one foreign key, for a reason and perhaps until a day';
REVOKE ALL ON FUNCTION fk_suppress(text, regclass, name, text, date) FROM PUBLIC;

CREATE FUNCTION fk_unsuppress(
    rule text,
    child regclass,
    constraint_name name)
RETURNS bool
AS 'MODULE_PATHNAME', 'fk_unsuppress' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION fk_unsuppress(text, regclass, name) IS
'takes a suppression away; false: there was none';
REVOKE ALL ON FUNCTION fk_unsuppress(text, regclass, name) FROM PUBLIC;

CREATE FUNCTION fk_assert(
    min_severity text DEFAULT 'error',
    baseline jsonb DEFAULT NULL,
    check_data bool DEFAULT true,
    allow_empty bool DEFAULT false)
RETURNS TABLE (
    examined bigint,
    not_examined bigint,
    findings bigint,
    suppressed bigint)
AS 'MODULE_PATHNAME', 'fk_assert' LANGUAGE C VOLATILE PARALLEL UNSAFE ROWS 1;
COMMENT ON FUNCTION fk_assert(text, jsonb, bool, bool) IS
'raises an error unless the foreign keys are sound: a gate for deployments';

CREATE FUNCTION fk_baseline(
    check_data bool DEFAULT true)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'fk_baseline' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION fk_baseline(bool) IS
'the findings of today, for fk_assert to let pass';

CREATE FUNCTION fk_report(
    format text DEFAULT 'text',
    check_data bool DEFAULT true)
RETURNS text
AS 'MODULE_PATHNAME', 'fk_report' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION fk_report(text, bool) IS
'the audit as one document: text, markdown, html, json, sarif or junit';

CREATE FUNCTION fk_graph(
    format text DEFAULT 'dot',
    root regclass DEFAULT NULL)
RETURNS text
AS 'MODULE_PATHNAME', 'fk_graph' LANGUAGE C STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION fk_graph(text, regclass) IS
'a picture of the foreign keys, all or those around one table: dot, mermaid or svg';

--
-- At run time
--

CREATE FUNCTION fk_snapshot(
    schemas name[] DEFAULT NULL)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'fk_snapshot' LANGUAGE C STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION fk_snapshot(name[]) IS
'the definition and state of every foreign key, without OIDs, for fk_drift to compare with';

CREATE FUNCTION fk_drift(
    baseline jsonb,
    ignore text[] DEFAULT '{}')
RETURNS TABLE (
    severity text,
    child text,
    constraint_name name,
    change text,
    attribute text,
    expected text,
    actual text)
AS 'MODULE_PATHNAME', 'fk_drift' LANGUAGE C STABLE PARALLEL RESTRICTED ROWS 20;
COMMENT ON FUNCTION fk_drift(jsonb, text[]) IS
'what differs between a snapshot, of another server perhaps, and the foreign keys here';

CREATE FUNCTION fk_fingerprint(
    schemas name[] DEFAULT NULL)
RETURNS text
AS 'MODULE_PATHNAME', 'fk_fingerprint' LANGUAGE C STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION fk_fingerprint(name[]) IS
'one line that is the same in databases whose foreign keys are the same';

CREATE FUNCTION fk_list_violations()
RETURNS TABLE (
    child text,
    constraint_name name,
    side text,
    violations bigint,
    last_seen timestamptz,
    last_5_min bigint,
    last_hour bigint,
    last_day bigint,
    hourly_baseline double precision,
    last_key text,
    last_user text,
    last_application text,
    parent text,
    first_seen timestamptz)
AS 'MODULE_PATHNAME', 'fk_list_violations' LANGUAGE C VOLATILE PARALLEL RESTRICTED ROWS 100;
COMMENT ON FUNCTION fk_list_violations() IS
'the rows of the view fk_violations';

CREATE VIEW fk_violations AS
SELECT child, constraint_name, side, violations, last_seen, last_5_min, last_hour, last_day, hourly_baseline,
       last_key, last_user, last_application, parent, first_seen
  FROM fk_list_violations();
COMMENT ON VIEW fk_violations IS
'which foreign keys were violated, how often and when; needs shared_preload_libraries';
GRANT SELECT ON fk_violations TO PUBLIC;

CREATE FUNCTION fk_violations_reset(
    child regclass DEFAULT NULL,
    constraint_name name DEFAULT NULL)
RETURNS void
AS 'MODULE_PATHNAME', 'fk_violations_reset' LANGUAGE C VOLATILE PARALLEL RESTRICTED;
COMMENT ON FUNCTION fk_violations_reset(regclass, name) IS
'forgets the violations of this database, of one table or of one foreign key';
REVOKE ALL ON FUNCTION fk_violations_reset(regclass, name) FROM PUBLIC;

CREATE FUNCTION fk_count_violations(
    OUT tracked bigint,
    OUT evicted bigint,
    OUT stats_reset timestamptz)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'fk_count_violations' LANGUAGE C VOLATILE PARALLEL RESTRICTED ROWS 1;
COMMENT ON FUNCTION fk_count_violations() IS
'the row of the view fk_violations_info';

CREATE VIEW fk_violations_info AS SELECT tracked, evicted, stats_reset FROM fk_count_violations();
COMMENT ON VIEW fk_violations_info IS
'how full the counters of the whole server are, and what they had to forget';
GRANT SELECT ON fk_violations_info TO PUBLIC;

CREATE SEQUENCE fk_history_ids;
COMMENT ON SEQUENCE fk_history_ids IS
'numbers the rows of fk_history_log';
SELECT pg_catalog.pg_extension_config_dump('fk_history_ids', '');

-- Counts the changes that could not be recorded since fk_sync_history() ran: a sequence also keeps what is rolled back, and
-- takes no more room.
CREATE SEQUENCE fk_history_missed;
COMMENT ON SEQUENCE fk_history_missed IS
'counts the changes that are missing in the history; fk_history_info shows it';

-- The latest row of a key is its state as far as it is recorded; rows without a change are not shown. origin tells the
-- databases apart whose OIDs are meant: a restored one has others.
CREATE TABLE fk_history_log (
    id bigint NOT NULL,
    changed_at timestamptz NOT NULL,
    change text,
    child text COLLATE "C",
    constraint_name name,
    before jsonb,
    after jsonb,
    by_user text NOT NULL,
    application text,
    command text NOT NULL,
    txid bigint NOT NULL,
    origin text NOT NULL,
    constraint_oid oid,
    bypassed int NOT NULL);
CREATE INDEX fk_history_log_by_constraint ON fk_history_log (constraint_oid, id);
CREATE INDEX fk_history_log_by_name ON fk_history_log (child, constraint_name, id);
CREATE INDEX fk_history_log_of_bypassed ON fk_history_log (constraint_oid)
 WHERE bypassed > 0 OR after ->> 'validity' LIKE 'not valid: %';
CREATE INDEX fk_history_log_by_time ON fk_history_log (changed_at);
COMMENT ON TABLE fk_history_log IS
'what is recorded of each foreign key; the view fk_history shows it; kept by pg_dump';
SELECT pg_catalog.pg_extension_config_dump('fk_history_log', '');

CREATE VIEW fk_history AS
SELECT changed_at, change, child, constraint_name, before, after, by_user, application, command, txid
  FROM fk_history_log
 WHERE change IS NOT NULL
 ORDER BY id;
COMMENT ON VIEW fk_history IS
'what changed in foreign keys, when, by whom and by which command; see fk_track_history';
GRANT SELECT ON fk_history TO pg_read_all_stats;

CREATE FUNCTION fk_record_commands()
RETURNS event_trigger
AS 'MODULE_PATHNAME', 'fk_record_commands' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION fk_record_commands() IS
'the event trigger of fk_track_history at the end of a command';

CREATE FUNCTION fk_record_drops()
RETURNS event_trigger
AS 'MODULE_PATHNAME', 'fk_record_drops' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION fk_record_drops() IS
'the event trigger of fk_track_history for what a command drops';

CREATE VIEW fk_history_info AS
SELECT EXISTS (SELECT FROM pg_catalog.pg_event_trigger e
                WHERE e.evtfoid = 'fk_record_commands'::regproc AND e.evtenabled = 'A')
       AND EXISTS (SELECT FROM pg_catalog.pg_event_trigger e
                    WHERE e.evtfoid = 'fk_record_drops'::regproc AND e.evtenabled = 'A') AS tracking,
       CASE WHEN s.is_called THEN s.last_value ELSE 0 END AS missed,
       (SELECT count(*) FROM fk_history_log l WHERE l.change IS NOT NULL) AS changes,
       (SELECT min(l.changed_at) FROM fk_history_log l) AS since
  FROM fk_history_missed s;
COMMENT ON VIEW fk_history_info IS
'whether the history is kept, and how many changes could not be recorded';
GRANT SELECT ON fk_history_info TO PUBLIC;

CREATE FUNCTION fk_track_history(
    enable bool)
RETURNS void
AS 'MODULE_PATHNAME', 'fk_track_history' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION fk_track_history(bool) IS
'switches the history of foreign keys on or off: makes or drops its event triggers';
REVOKE ALL ON FUNCTION fk_track_history(bool) FROM PUBLIC;

CREATE FUNCTION fk_sync_history()
RETURNS bigint
AS 'MODULE_PATHNAME', 'fk_sync_history' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION fk_sync_history() IS
'records what changed behind the history, and says how much that was';
REVOKE ALL ON FUNCTION fk_sync_history() FROM PUBLIC;

CREATE FUNCTION fk_mark_release(
    label text)
RETURNS void
AS 'MODULE_PATHNAME', 'fk_mark_release' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION fk_mark_release(text) IS
'marks a release of your software in the history';
REVOKE ALL ON FUNCTION fk_mark_release(text) FROM PUBLIC;

CREATE FUNCTION fk_list_progress()
RETURNS TABLE (
    pid int,
    datname name,
    child text,
    phase text,
    blocks_done bigint,
    blocks_total bigint,
    constraints_done int,
    constraints_total int,
    orphans bigint,
    started_at timestamptz)
AS 'MODULE_PATHNAME', 'fk_list_progress' LANGUAGE C VOLATILE PARALLEL RESTRICTED ROWS 10;
COMMENT ON FUNCTION fk_list_progress() IS
'the rows of the view fk_progress';

CREATE VIEW fk_progress AS
SELECT pid, datname, child, phase, blocks_done, blocks_total, constraints_done, constraints_total, orphans, started_at
  FROM fk_list_progress();
COMMENT ON VIEW fk_progress IS
'how far the checks are that run now, in any database; needs shared_preload_libraries';
GRANT SELECT ON fk_progress TO PUBLIC;

CREATE FUNCTION fk_incidents(
    since interval DEFAULT '7 days')
RETURNS TABLE (
    child text,
    constraint_name name,
    started_at timestamptz,
    ended_at timestamptz,
    violations bigint,
    times_baseline double precision,
    nearest_change text,
    nearest_release text,
    explanation text)
AS 'MODULE_PATHNAME', 'fk_incidents' LANGUAGE C VOLATILE PARALLEL RESTRICTED ROWS 20;
COMMENT ON FUNCTION fk_incidents(interval) IS
'when foreign keys were violated far more than usual, and what had changed before';

--
-- Plan and repair: these print SQL, they never run it
--

CREATE FUNCTION fk_load_order(schemas name[] DEFAULT NULL)
RETURNS TABLE (
    step int,
    relation regclass,
    cycle int,
    detail text,
    before_load text,
    after_load text)
AS 'MODULE_PATHNAME', 'fk_load_order' LANGUAGE C STABLE PARALLEL RESTRICTED ROWS 100;
COMMENT ON FUNCTION fk_load_order(name[]) IS
'an order to load tables in, with the statements that open circles of foreign keys and close them';

CREATE FUNCTION fk_validate_plan(
    child regclass DEFAULT NULL,
    constraint_name name DEFAULT NULL)
RETURNS TABLE (
    step int,
    child regclass,
    constraint_name name,
    statement text,
    lock_mode text,
    blocking text,
    detail text)
AS 'MODULE_PATHNAME', 'fk_validate_plan' LANGUAGE C VOLATILE PARALLEL UNSAFE ROWS 10;
COMMENT ON FUNCTION fk_validate_plan(regclass, name) IS
'the statements after which keys that cannot be trusted now can be, with their locks';

CREATE FUNCTION fk_action_plan(
    child regclass,
    constraint_name name,
    on_delete text DEFAULT NULL,
    on_update text DEFAULT NULL,
    deferrability text DEFAULT NULL)
RETURNS TABLE (
    step int,
    statement text,
    lock_mode text,
    detail text)
AS 'MODULE_PATHNAME', 'fk_action_plan' LANGUAGE C VOLATILE PARALLEL UNSAFE ROWS 10;
COMMENT ON FUNCTION fk_action_plan(regclass, name, text, text, text) IS
'the statements that give a key other actions or another deferrability, with their locks and dangers';

CREATE FUNCTION fk_delete_impact(
    parent regclass,
    predicate text,
    action text DEFAULT 'delete')
RETURNS TABLE (
    depth int,
    relation regclass,
    outcome text,
    rows bigint,
    constraint_name name,
    detail text,
    path regclass[])
AS 'MODULE_PATHNAME', 'fk_delete_impact' LANGUAGE C VOLATILE PARALLEL UNSAFE ROWS 20;
COMMENT ON FUNCTION fk_delete_impact(regclass, text, text) IS
'what deleting rows, or changing their keys, would do to other tables, without doing it';

CREATE FUNCTION fk_repair_plan(
    child regclass,
    constraint_name name,
    strategy text DEFAULT 'auto',
    batch_rows int DEFAULT 10000)
RETURNS TABLE (
    step int,
    statement text,
    affected_rows bigint,
    detail text)
AS 'MODULE_PATHNAME', 'fk_repair_plan' LANGUAGE C VOLATILE PARALLEL UNSAFE ROWS 10;
COMMENT ON FUNCTION fk_repair_plan(regclass, name, text, int) IS
'the statements that repair the orphans of a key, then make it one that can be trusted';

CREATE FUNCTION fk_add_plan(
    child regclass,
    child_columns name[],
    parent regclass,
    parent_columns name[],
    match_type text DEFAULT 'simple',
    on_delete text DEFAULT 'no action',
    on_update text DEFAULT 'no action',
    strategy text DEFAULT 'auto')
RETURNS TABLE (
    step int,
    child regclass,
    constraint_name name,
    statement text,
    lock_mode text,
    blocking text,
    detail text)
AS 'MODULE_PATHNAME', 'fk_add_plan' LANGUAGE C VOLATILE PARALLEL UNSAFE ROWS 10;
COMMENT ON FUNCTION fk_add_plan(regclass, name[], regclass, name[], text, text, text, text) IS
'the statements that declare a foreign key, with its orphans repaired, its indexes and the locks';

CREATE FUNCTION fk_diagnose(error_text text)
RETURNS TABLE (
    child regclass,
    constraint_name name,
    side text,
    key jsonb,
    parent regclass,
    parent_exists bool,
    child_rows bigint,
    explanation text,
    fix text)
AS 'MODULE_PATHNAME', 'fk_diagnose' LANGUAGE C VOLATILE PARALLEL UNSAFE ROWS 1;
COMMENT ON FUNCTION fk_diagnose(text) IS
'what a pasted error of a foreign key is about, why it came, and the statements for each way out';
