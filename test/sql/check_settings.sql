-- The caller's settings change no verdict, and are as they were after the call, however it ends.
CREATE SCHEMA check_settings;
SET search_path = check_settings, public;
CREATE TABLE parent (a int, b text, PRIMARY KEY (a, b));
CREATE TABLE child (id int PRIMARY KEY, "when" timestamptz DEFAULT '2024-03-31 12:00 UTC', a int, b text, c bytea, d date,
    CONSTRAINT "the key" FOREIGN KEY (a, b) REFERENCES parent);
CREATE TABLE bytes_parent (c bytea, d date, PRIMARY KEY (c, d));
ALTER TABLE child ADD FOREIGN KEY (c, d) REFERENCES bytes_parent;
INSERT INTO parent SELECT n, E'b\\' || n FROM generate_series(1, 200) n;
INSERT INTO bytes_parent VALUES ('\x00', '2024-03-31');
SET session_replication_role = replica;
INSERT INTO child (id, a, b, c, d)
    SELECT n, n, E'b\\' || n, CASE WHEN n % 100 = 0 THEN '\xff' ELSE '\x00' END::bytea, '2024-03-31'
      FROM generate_series(1, 210) n;
RESET session_replication_role;
-- CHECK constraints and partition bounds that a constraint exclusion would believe.
ALTER TABLE child ADD CHECK (a IS NOT NULL) NOT VALID;
ANALYZE;

-- What is found, as one text: shown once, and again only if it differs.
CREATE FUNCTION findings() RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(concat_ws(' ', constraint_name, verdict, orphan_rows, missing_keys, rows_checked, partial_null_rows), '; ')
           || (SELECT '; rows: ' || string_agg(row_key ->> 'id', ' ' ORDER BY ordinality)
                 FROM public.fk_orphans('check_settings.child') WITH ORDINALITY)
      FROM public.fk_check('check_settings.child')
$$;
SELECT findings();
CREATE TABLE usual AS SELECT findings() AS found;

-- Runs the check under a setting, and looks at the settings that fkaudit itself changes.
CREATE FUNCTION under(setting text, value text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    before text;
    found text;
    after text;
    watched text := $sql$
        SELECT string_agg(name || '=' || setting || '/' || source, ' ' ORDER BY name) FROM pg_catalog.pg_settings
         WHERE name ~ '^(enable_|parallel_|max_parallel|jit|cpu_|debug_)' OR name IN ('work_mem', 'hash_mem_multiplier',
               'row_security', 'search_path', 'constraint_exclusion', 'default_transaction_read_only')$sql$;
BEGIN
    PERFORM pg_catalog.set_config(setting, value, true);
    EXECUTE watched INTO before;
    found := check_settings.findings();
    EXECUTE watched INTO after;
    RETURN CASE WHEN before IS DISTINCT FROM after THEN 'settings: ' || before || ' became ' || after
                WHEN found = (SELECT u.found FROM check_settings.usual u) THEN 'same'
                ELSE found END;
END
$$;
CREATE FUNCTION each_setting() RETURNS TABLE (setting text, value text, answer text) LANGUAGE plpgsql AS $$
BEGIN
    FOR setting, value IN VALUES
        ('enable_seqscan', 'off'), ('enable_hashjoin', 'off'), ('enable_mergejoin', 'off'), ('enable_nestloop', 'off'),
        ('enable_hashagg', 'off'), ('enable_sort', 'off'), ('enable_material', 'off'), ('enable_tidscan', 'off'),
        ('enable_gathermerge', 'off'), ('enable_parallel_hash', 'off'), ('enable_partitionwise_join', 'on'),
        ('enable_partitionwise_aggregate', 'on'), ('enable_incremental_sort', 'off'), ('enable_memoize', 'off'),
        ('search_path', ''), ('search_path', '"no such schema"'), ('search_path', 'check_settings'),
        ('standard_conforming_strings', 'off'), ('backslash_quote', 'off'), ('escape_string_warning', 'on'),
        ('array_nulls', 'off'), ('transform_null_equals', 'on'), ('quote_all_identifiers', 'on'),
        ('datestyle', 'German, DMY'), ('datestyle', 'SQL, DMY'), ('timezone', 'Asia/Kolkata'), ('intervalstyle', 'sql_standard'),
        ('bytea_output', 'escape'), ('xmlbinary', 'hex'), ('extra_float_digits', '-15'), ('client_encoding', 'LATIN1'),
        ('lc_monetary', 'C'), ('lc_numeric', 'C'), ('row_security', 'off'), ('default_transaction_read_only', 'on'),
        ('transaction_read_only', 'on'), ('default_table_access_method', 'heap'),
        ('plan_cache_mode', 'force_generic_plan'), ('plan_cache_mode', 'force_custom_plan'), ('jit', 'on'),
        ('jit_above_cost', '0'), ('constraint_exclusion', 'on'), ('cursor_tuple_fraction', '0.000001'),
        ('from_collapse_limit', '1'), ('join_collapse_limit', '1'), ('geqo_threshold', '2'), ('work_mem', '64kB'),
        ('maintenance_work_mem', '1MB'), ('hash_mem_multiplier', '1000'), ('temp_buffers', '800kB'),
        ('max_parallel_workers_per_gather', '0'), ('max_parallel_workers_per_gather', '8'), ('max_parallel_workers', '0'),
        ('max_parallel_maintenance_workers', '0'), ('max_parallel_maintenance_workers', '8'), ('parallel_setup_cost', '0'),
        ('parallel_tuple_cost', '0'), ('min_parallel_table_scan_size', '0'), ('parallel_leader_participation', 'off'),
        ('cpu_operator_cost', '1e6'), ('seq_page_cost', '1e10'), ('random_page_cost', '0'),
        ('check_function_bodies', 'off'), ('session_replication_role', 'replica'), ('synchronize_seqscans', 'on'),
        ('client_min_messages', 'error'), ('log_min_messages', 'debug1'), ('exit_on_error', 'off'),
        ('statement_timeout', '1h'), ('lock_timeout', '1h'), ('default_transaction_isolation', 'serializable'),
        ('fkaudit.engine', 'sql')
    LOOP
        -- 19 has no other than standard strings.
        CONTINUE WHEN setting IN ('standard_conforming_strings', 'escape_string_warning')
                  AND current_setting('server_version_num')::int >= 190000;
        BEGIN
            answer := check_settings.under(setting, value);
            RAISE EXCEPTION USING ERRCODE = 'UNSET';
        EXCEPTION
            WHEN SQLSTATE 'UNSET' THEN
                RETURN NEXT;
            WHEN OTHERS THEN
                answer := SQLERRM;
                RETURN NEXT;
        END;
    END LOOP;
END
$$;
SELECT count(*) > 60 AS settings FROM each_setting();
SELECT * FROM each_setting() WHERE answer <> 'same';
-- In other transactions.
BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY DEFERRABLE;
SELECT findings() = found AS same FROM usual;
COMMIT;
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT findings() = found AS same FROM usual;
ROLLBACK;
BEGIN;
SAVEPOINT one;
SELECT findings() = found AS same FROM usual;
ROLLBACK TO one;
SELECT findings() = found AS same FROM usual;
COMMIT;
-- In a cursor, a prepared statement, a subquery that runs more than once, and with a row of no interest.
BEGIN;
DECLARE c CURSOR FOR SELECT constraint_name, row_key FROM fk_orphans('child');
FETCH 3 FROM c;
CLOSE c;
COMMIT;
PREPARE p(regclass) AS SELECT count(*) FROM fk_orphans($1);
EXECUTE p('child');
EXECUTE p('child');
DEALLOCATE p;
SELECT n, (SELECT sum(orphan_rows) FROM fk_check('child') WHERE n > 0) FROM generate_series(1, 3) n;
SELECT row_key FROM fk_orphans('child') LIMIT 1;

-- After an error, and after a cancel, the settings are the caller's.
SET work_mem = '5MB';
SET enable_indexscan = on;
SET enable_seqscan = off;
SET search_path = check_settings, public, "Nowhere";
CREATE FUNCTION settings() RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(current_setting(name), ', ') FROM unnest('{work_mem, row_security, enable_indexscan, enable_bitmapscan,
        enable_seqscan, search_path, hash_mem_multiplier, max_parallel_workers_per_gather, constraint_exclusion}'::text[]) name
$$;
SELECT settings();
SELECT count(*) FROM fk_check('child');
SELECT settings();
SELECT count(*) FROM fk_orphans('child', max_rows => -1);
SELECT settings();
SELECT count(*) FROM fk_check('child', '{a}', 'parent', '{no_such_column}');
SELECT settings();
-- A key whose values cannot be cast fails alone; a cancel ends the call.
CREATE TYPE number AS (n text);
CREATE FUNCTION to_int(number) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
    IF $1.n = 'slow' THEN
        PERFORM pg_sleep(60);
    END IF;
    RETURN $1.n::int;
END
$$;
CREATE CAST (number AS int) WITH FUNCTION to_int(number) AS IMPLICIT;
CREATE TABLE int_parent (id int PRIMARY KEY);
INSERT INTO int_parent VALUES (1);
CREATE TABLE failing (id int PRIMARY KEY, fine int CONSTRAINT fine REFERENCES int_parent, bad number CONSTRAINT bad REFERENCES int_parent,
    good int CONSTRAINT good REFERENCES int_parent);
SET session_replication_role = replica;
INSERT INTO failing VALUES (1, 1, ROW('one'), 7);
RESET session_replication_role;
SELECT constraint_name, verdict, orphan_rows, reason, detail, rows_checked, engine FROM fk_check('failing');
SELECT constraint_name, row_key, foreign_key FROM fk_orphans('failing');
SELECT settings();
SET session_replication_role = replica;
UPDATE failing SET bad = ROW('slow') WHERE id = 1;
RESET session_replication_role;
\set SHOW_CONTEXT never
SET statement_timeout = '100ms';
SELECT constraint_name, verdict FROM fk_check('failing');
RESET statement_timeout;
SELECT settings();
BEGIN;
SET LOCAL statement_timeout = '100ms';
SAVEPOINT before;
SELECT constraint_name, row_key FROM fk_orphans('failing');
ROLLBACK TO before;
SET LOCAL statement_timeout = 0;
SELECT settings();
SELECT count(*) FROM pg_locks WHERE relation IN ('failing'::regclass, 'int_parent'::regclass) AND pid = pg_backend_pid();
COMMIT;

SET client_min_messages = warning;
DROP SCHEMA check_settings CASCADE;
