-- run_repair(): runs a repair plan as it is printed, each statement in a transaction of its own, and shows what each was to
-- change. plan_of: the statements' shape without their SQL.
CREATE PROCEDURE public.run_repair(child regclass, key name, strategy text DEFAULT 'auto', batch_rows int DEFAULT 10000)
LANGUAGE plpgsql AS $$
DECLARE
    plan jsonb := (SELECT jsonb_agg(p ORDER BY step) FROM fk_repair_plan(child, key, strategy, batch_rows) p);
    one record;
BEGIN
    COMMIT;
    FOR one IN SELECT * FROM jsonb_to_recordset(plan) AS p(step int, statement text, affected_rows bigint, detail text)
                ORDER BY step LOOP
        EXECUTE one.statement;
        RAISE NOTICE '%: %', one.step, regexp_replace(one.detail, '; a superuser can undo: .*', '');
        COMMIT;
    END LOOP;
END $$;
CREATE PROCEDURE public.undo_repair(plan_table regclass) LANGUAGE plpgsql AS $$
DECLARE
    undo text;
BEGIN
    FOR undo IN EXECUTE format('SELECT substring(detail FROM ''undo: (.*)'') FROM %s WHERE detail LIKE ''%%undo: %%'' ORDER BY step DESC', plan_table) LOOP
        EXECUTE undo;
    END LOOP;
END $$;
