-- A database like that of a large application: :tables tables with two foreign keys each, in modules of 100 tables.
-- One key leads to a table that everybody refers to (one of ten), the other to an earlier table of the same module.
-- Among them, in fixed proportions: every action, keys without an index, with a partial index or one of two columns,
-- other types, defaults, partitioned children and parents, self-references, CHECKs, composite keys.
\set ON_ERROR_STOP on
SET client_min_messages = warning;

CREATE PROCEDURE make_tables(tables int) LANGUAGE plpgsql AS $$
DECLARE
    actions text[] := '{NO ACTION,NO ACTION,CASCADE,SET NULL,RESTRICT,SET DEFAULT,NO ACTION}';
    module text;
    t text;
    other int;
BEGIN
    FOR n IN 0 .. tables - 1 LOOP
        module := 'module_' || n / 100;
        IF n % 100 = 0 THEN
            EXECUTE format('CREATE SCHEMA %I', module);
        END IF;
        t := format('%I.%I', module, 'table_' || n);
        EXECUTE format('CREATE TABLE %s (id %s PRIMARY KEY, hub_id %s DEFAULT 1, other_id int, name text NOT NULL, '
                       'created timestamptz NOT NULL DEFAULT now(), amount numeric(12,2) CHECK (amount >= 0), '
                       'state varchar(20) DEFAULT ''new'', note text)%s', t,
                       'int', CASE n % 13 WHEN 0 THEN 'bigint' WHEN 1 THEN 'smallint' ELSE 'int' END,
                       CASE WHEN n % 50 = 49 THEN ' PARTITION BY RANGE (id)' ELSE '' END);
        IF n % 50 = 49 THEN
            FOR part IN 0 .. 3 LOOP
                EXECUTE format('CREATE TABLE %I.%I PARTITION OF %s FOR VALUES FROM (%s) TO (%s)',
                               module, 'table_' || n || '_' || part, t, part * 1000, part * 1000 + 1000);
            END LOOP;
        END IF;
        IF n % 3 > 0 THEN
            EXECUTE format('CREATE INDEX ON %s (hub_id)', t);
        END IF;
        IF n % 4 > 0 THEN
            EXECUTE format('CREATE INDEX ON %s %s', t,
                           CASE n % 9 WHEN 0 THEN '(other_id) WHERE state = ''new''' WHEN 1 THEN '(name, other_id)'
                                      ELSE '(other_id)' END);
        END IF;
        other := CASE WHEN n % 20 = 7 THEN n ELSE n - 1 - (n * 7919) % greatest(n % 100, 1) END;
        EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I FOREIGN KEY (hub_id) REFERENCES module_0.%I ON DELETE %s', t,
                       'table_' || n || '_hub_fk', 'table_' || least(n, n % 10), actions[1 + n % 7]);
        EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I FOREIGN KEY (other_id) REFERENCES module_%s.%I ON DELETE %s', t,
                       'table_' || n || '_other_fk', greatest(other, 0) / 100, 'table_' || greatest(other, 0),
                       actions[1 + n * 3 % 7]);
        IF n % 50 = 0 THEN
            COMMIT;
        END IF;
    END LOOP;
END $$;
CALL make_tables(:tables);
DROP PROCEDURE make_tables;
VACUUM ANALYZE;
