-- PostgreSQL's own verdict on every row of a child, beside fkaudit's. Include it with
--
--   \getenv inputdir PG_ABS_SRCDIR
--   \set judge :inputdir '/sql/include/judge.sql'
--   \set ECHO none
--   \i :judge
--   \set ECHO all
--
-- judge.rows(child, constraint_name) inserts each row alone into an empty copy of the child that has the same foreign
-- key, and compares the rows that the server refuses with those that fk_orphans() lists; then it validates a NOT VALID
-- copy of the constraint. It also asks fkaudit about the same columns as a key that is not declared. All of its changes
-- are rolled back. The answer starts with `agrees` where every verdict is the same.
SET client_min_messages = warning;
DROP SCHEMA IF EXISTS judge CASCADE;
CREATE SCHEMA judge;
RESET client_min_messages;

-- Inserts the child's rows into the copy, one by one.
CREATE FUNCTION judge.refused(source text, copy text, OUT places text[], OUT mixed bigint, OUT total bigint)
LANGUAGE plpgsql SET session_replication_role = origin AS $$
DECLARE
    place record;
    explanation text;
BEGIN
    places := '{}';
    mixed := 0;
    total := 0;
    FOR place IN EXECUTE format('SELECT tableoid::regclass AS relation, ctid AS tid FROM %s ORDER BY 1, 2', source) LOOP
        total := total + 1;
        BEGIN
            EXECUTE format('INSERT INTO %s SELECT * FROM %s WHERE tableoid = $1 AND ctid = $2', copy, source)
                USING place.relation, place.tid;
            SET CONSTRAINTS ALL IMMEDIATE;
        EXCEPTION WHEN foreign_key_violation THEN
            GET STACKED DIAGNOSTICS explanation = PG_EXCEPTION_DETAIL;
            places := places || format('%s %s', place.relation, place.tid);
            mixed := mixed + (explanation LIKE 'MATCH FULL does not allow%')::int;
        END;
    END LOOP;
END
$$;

-- Whether the server finds the constraint valid when it is declared anew.
CREATE FUNCTION judge.is_valid(child regclass, definition text, is_partitioned bool) RETURNS bool
LANGUAGE plpgsql SET session_replication_role = origin AS $$
BEGIN
    IF is_partitioned THEN
        EXECUTE format('ALTER TABLE %s ADD CONSTRAINT judge_again %s', child, definition);
    ELSE
        EXECUTE format('ALTER TABLE ONLY %s ADD CONSTRAINT judge_again %s NOT VALID', child, definition);
        EXECUTE format('ALTER TABLE ONLY %s VALIDATE CONSTRAINT judge_again', child);
    END IF;
    RETURN true;
EXCEPTION WHEN foreign_key_violation THEN
    RETURN false;
END
$$;

CREATE FUNCTION judge.compare(key pg_constraint) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    child regclass := key.conrelid;
    table_row pg_class;
    definition text := regexp_replace(pg_get_constraintdef(key.oid), ' NOT VALID| NOT ENFORCED', '', 'g');
    source text;
    copy text := 'judge.copy';
    server record;
    listed text[];
    mixed_listed bigint;
    undeclared text[];
    found record;
    difference text := '';
    valid bool;
BEGIN
    SELECT * INTO table_row FROM pg_class WHERE oid = child;
    source := CASE WHEN table_row.relkind = 'p' THEN child::text ELSE 'ONLY ' || child END;
    IF table_row.relpersistence = 't' THEN
        copy := 'pg_temp.judge_copy';
    END IF;

    SELECT * INTO found FROM fk_check(child, key.conname);
    SELECT array_agg(format('%s %s', row_table, row_ctid) ORDER BY row_table, row_ctid),
           count(*) FILTER (WHERE reason = 'mixed null')
      INTO listed, mixed_listed FROM fk_orphans(child, key.conname);
    SELECT array_agg(format('%s %s', row_table, row_ctid) ORDER BY row_table, row_ctid) INTO undeclared
      FROM fk_orphans(child,
                      ARRAY(SELECT attname FROM unnest(key.conkey) WITH ORDINALITY k(n, i)
                              JOIN pg_attribute ON attrelid = key.conrelid AND attnum = n ORDER BY i),
                      key.confrelid,
                      ARRAY(SELECT attname FROM unnest(key.confkey) WITH ORDINALITY k(n, i)
                              JOIN pg_attribute ON attrelid = key.confrelid AND attnum = n ORDER BY i),
                      CASE key.confmatchtype WHEN 'f' THEN 'full' ELSE 'simple' END);

    EXECUTE format('CREATE %s TABLE %s (LIKE %s)', CASE table_row.relpersistence WHEN 'u' THEN 'UNLOGGED' ELSE '' END,
                   copy, child);
    EXECUTE format('ALTER TABLE %s ADD CONSTRAINT judge %s', copy, definition);
    IF (SELECT conpfeqop FROM pg_constraint WHERE conrelid = copy::regclass AND conname = 'judge') <> key.conpfeqop THEN
        difference := difference || '; the copy has other operators';
    END IF;
    SELECT * INTO server FROM judge.refused(source, copy);
    valid := judge.is_valid(child, definition, table_row.relkind = 'p');

    IF found.reason IS NOT NULL THEN
        difference := difference || format('; not examined: %s: %s', found.reason, found.detail);
    END IF;
    IF coalesce(listed, '{}') <> server.places THEN
        difference := difference || format('; the server refuses %s, fk_orphans lists %s', server.places, listed);
    END IF;
    -- A key that is not declared compares periods like any other value.
    IF undeclared IS DISTINCT FROM listed AND NOT coalesce((to_jsonb(key) ->> 'conperiod')::bool, false) THEN
        difference := difference || format('; not declared: %s', undeclared);
    END IF;
    IF found.orphan_rows IS DISTINCT FROM cardinality(server.places) THEN
        difference := difference || format('; fk_check counts %s orphans', found.orphan_rows);
    END IF;
    IF found.rows_checked IS DISTINCT FROM (CASE found.engine WHEN 'index' THEN NULL ELSE server.total END) THEN
        difference := difference || format('; fk_check counts %s rows', found.rows_checked);
    END IF;
    IF found.mixed_null_rows IS DISTINCT FROM server.mixed OR mixed_listed <> server.mixed THEN
        difference := difference || format('; mixed null: the server %s, fk_check %s, fk_orphans %s', server.mixed,
                                           found.mixed_null_rows, mixed_listed);
    END IF;
    IF (found.verdict = 'violated') IS DISTINCT FROM (server.places <> '{}')
       OR (found.example IS NOT NULL) IS DISTINCT FROM (server.places <> '{}') THEN
        difference := difference || format('; verdict %s, example %s', found.verdict, found.example);
    END IF;
    IF found.example IS NOT NULL AND found.example NOT IN (SELECT foreign_key FROM fk_orphans(child, key.conname)) THEN
        difference := difference || format('; the example %s is no orphan', found.example);
    END IF;

    RETURN format('%s: %s of %s rows are orphans', CASE difference WHEN '' THEN 'agrees' ELSE 'DIFFERS' END,
                  cardinality(server.places), server.total)
           || CASE WHEN valid = (server.places = '{}') THEN ''
                WHEN valid THEN ', but VALIDATE accepts them' ELSE ', but VALIDATE refuses' END
           || difference;
END
$$;

-- The comparison, with everything that it changes rolled back.
CREATE FUNCTION judge.rows(child regclass, constraint_name name) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    key pg_constraint;
    answer text;
BEGIN
    SELECT * INTO STRICT key FROM pg_constraint
     WHERE conrelid = child AND conname = constraint_name AND contype = 'f' AND conparentid = 0;
    BEGIN
        answer := judge.compare(key);
        RAISE EXCEPTION USING ERRCODE = 'JUDGE';
    EXCEPTION WHEN SQLSTATE 'JUDGE' THEN
        RETURN answer;
    END;
END
$$;

-- Every foreign key of the current schema.
CREATE FUNCTION judge.all_rows() RETURNS TABLE (child regclass, constraint_name name, answer text) LANGUAGE sql AS $$
    SELECT conrelid::regclass, conname, judge.rows(conrelid, conname)
      FROM pg_constraint JOIN pg_class r ON r.oid = conrelid
     WHERE contype = 'f' AND conparentid = 0 AND connamespace = current_schema()::regnamespace
     ORDER BY r.relname, conname
$$;
