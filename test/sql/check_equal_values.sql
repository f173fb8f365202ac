-- Types in which one value can be written in several ways: numeric, real, double precision, interval, and integers that
-- reference them. The scan engine rewrites their values so that equal ones are equal bytes; the server's own `=` judges
-- each pair of values here.
CREATE SCHEMA check_equal_values;
SET search_path = check_equal_values, public;
SET fkaudit.engine = scan;

-- Each parent alone, with all children: pairs, those that the server calls equal, and what fkaudit says otherwise.
CREATE FUNCTION compare(parent_type text, parents text[], child_type text, children text[], OUT pairs bigint, OUT equal bigint,
    OUT different text[]) LANGUAGE plpgsql SET client_min_messages = error SET session_replication_role = replica AS $$
DECLARE
    one text;
    said text[];
    expected text[];
BEGIN
    EXECUTE format('CREATE TABLE parent (k %s PRIMARY KEY); CREATE TABLE child (id text PRIMARY KEY, k %s CONSTRAINT one REFERENCES parent)',
        parent_type, child_type);
    EXECUTE format('INSERT INTO child SELECT v, v::%s FROM unnest($1) v', child_type) USING children;
    pairs := cardinality(parents) * cardinality(children);
    equal := pairs;
    FOREACH one IN ARRAY parents LOOP
        DELETE FROM parent;
        EXECUTE format('INSERT INTO parent SELECT %L::%s', one, parent_type);
        SELECT coalesce(array_agg(row_key ->> 'id' ORDER BY row_key ->> 'id'), '{}') INTO said FROM fk_orphans('child');
        SELECT coalesce(array_agg(id ORDER BY id), '{}') INTO expected FROM child c
         WHERE NOT EXISTS (SELECT FROM parent p WHERE p.k OPERATOR(pg_catalog.=) c.k);
        equal := equal - cardinality(expected);
        IF said <> expected THEN
            different := different || format('%s: %s, not %s', one, said, expected);
        END IF;
    END LOOP;
    DROP TABLE child, parent;
END $$;

\set numbers '{0,-0,0.000,1,1.0,1.000000000000000000000000000000,-1,0.1,0.10,1e-20,1.0e-20,1e-300,9999,10000,10000.0,10001,99999999,100000000,100000000.10,123456789012,-123456789012.5,-123456789012.50,1e40,1.00e40,1e255,1e256,1.5e300,NaN,Infinity,-Infinity,2147483647,-2147483648,9007199254740993,9223372036854775807,-9223372036854775808,32767}'
\set floats '{0,-0,1,1.5,-1.5,0.1,1e-30,1e30,NaN,-NaN,Infinity,-Infinity,16777217,2147483647,32767,1e-40}'
\set doubles '{0,-0,1,1.5,-1.5,0.1,0.1000000015,1e-30,1e300,NaN,-NaN,Infinity,-Infinity,16777216,2147483647,32767,9007199254740992,9007199254740993,9223372036854775807,1e-310}'
\set integers '{0,1,-1,9999,10000,10001,99999999,100000000,123456789012,2147483647,-2147483648,9007199254740992,9007199254740993,9223372036854775807,9223372036854775806,-9223372036854775808,32767,16777216}'
\set short_integers '{0,1,-1,9999,10000,10001,99999999,100000000,2147483647,-2147483648,32767,16777216,16777217}'
\set shorter_integers '{0,1,-1,9999,10000,10001,32767,-32768}'
\set spans '{0,1 day,24:00,23:59:59.999999,-1 day,1 month,30 days,720:00,29 days 24:00,-1 month 60 days,1 year,360 days,12 months,365 days,1 month -30 days,-1 day 24:00:00.000001,0.000001 s,178000000 years,2136000000 months}'
SELECT 'numeric' AS parent, 'numeric' AS child, c.* FROM compare('numeric', :'numbers', 'numeric', :'numbers') c
 UNION ALL SELECT 'numeric', 'numeric(40,4)', c.* FROM compare('numeric', '{0,0.1,1,1.00000,99999999,100000000.1,123456789012,NaN,-1.5}', 'numeric(40,4)', '{0,0.1,1,99999999,100000000.1,123456789012,NaN,-1.5}') c
 UNION ALL SELECT 'numeric(9,1)', 'numeric', c.* FROM compare('numeric(9,1)', '{0,0.1,1,10000,99999999,NaN,-1.5}', 'numeric', :'numbers') c
 UNION ALL SELECT 'numeric', 'bigint', c.* FROM compare('numeric', :'numbers', 'bigint', :'integers') c
 UNION ALL SELECT 'numeric', 'integer', c.* FROM compare('numeric', :'numbers', 'integer', :'short_integers') c
 UNION ALL SELECT 'numeric', 'smallint', c.* FROM compare('numeric', :'numbers', 'smallint', :'shorter_integers') c
 UNION ALL SELECT 'double precision', 'double precision', c.* FROM compare('double precision', :'doubles', 'double precision', :'doubles') c
 UNION ALL SELECT 'double precision', 'real', c.* FROM compare('double precision', :'doubles', 'real', :'floats') c
 UNION ALL SELECT 'real', 'double precision', c.* FROM compare('real', :'floats', 'double precision', :'doubles') c
 UNION ALL SELECT 'real', 'real', c.* FROM compare('real', :'floats', 'real', :'floats') c
 UNION ALL SELECT 'double precision', 'bigint', c.* FROM compare('double precision', :'doubles', 'bigint', :'integers') c
 UNION ALL SELECT 'double precision', 'integer', c.* FROM compare('double precision', :'doubles', 'integer', :'short_integers') c
 UNION ALL SELECT 'double precision', 'smallint', c.* FROM compare('double precision', :'doubles', 'smallint', :'shorter_integers') c
 UNION ALL SELECT 'interval', 'interval', c.* FROM compare('interval', :'spans', 'interval', :'spans') c;

-- Values as tables have them: compressed and out of line, of a column that came later, of a domain, NULL among them.
-- `same`: the verdict is that of the sql engine, in which the server compares.
CREATE FUNCTION engines() RETURNS TABLE (child regclass, key name, orphans bigint, missing_keys bigint, example jsonb, same boolean, listed_same boolean)
LANGUAGE plpgsql AS $$
DECLARE
    scanned jsonb;
    rows jsonb;
BEGIN
    FOR child, key IN SELECT conrelid::regclass, conname FROM pg_constraint c JOIN pg_class r ON r.oid = conrelid
        WHERE contype = 'f' AND relnamespace = 'check_equal_values'::regnamespace ORDER BY relname, conname
    LOOP
        SET fkaudit.engine = scan;
        SELECT c.orphan_rows, c.missing_keys, c.example, to_jsonb(c) - '{elapsed_ms,engine}'::text[]
          INTO orphans, engines.missing_keys, engines.example, scanned FROM fk_check(child, key) c;
        SELECT jsonb_agg(to_jsonb(o)) INTO rows FROM fk_orphans(child, key) o;
        SET fkaudit.engine = sql;
        SELECT to_jsonb(c) - '{elapsed_ms,engine}'::text[] = scanned INTO same FROM fk_check(child, key) c;
        SELECT jsonb_agg(to_jsonb(o)) IS NOT DISTINCT FROM rows INTO listed_same FROM fk_orphans(child, key) o;
        RETURN NEXT;
    END LOOP;
END $$;
CREATE DOMAIN amount AS numeric CHECK (VALUE IS NULL OR VALUE <> 77);
CREATE TABLE numbers (n numeric PRIMARY KEY, r real UNIQUE, d double precision UNIQUE, i interval UNIQUE, UNIQUE (n, i), UNIQUE (d, r), UNIQUE (n, d));
ALTER TABLE numbers ALTER n SET STORAGE external;
INSERT INTO numbers SELECT n + 0.50, n, n / 4.0, n * interval '1 day' FROM generate_series(1, 400) n;
INSERT INTO numbers SELECT ('1' || repeat('23456789', 600 + n) || '.5')::numeric, -n, -n, -n * interval '1 day' FROM generate_series(1, 5) n;
CREATE TABLE things (id int PRIMARY KEY, n amount, r real, d double precision, i interval);
ALTER TABLE things ALTER n SET STORAGE external;
INSERT INTO things SELECT n, (n % 420 + 0.5)::numeric(20, 3), n % 450, n % 450 / 4.0, make_interval(hours => 24 * (n % 430)) FROM generate_series(1, 1500) n WHERE n % 420 <> 0;
INSERT INTO things SELECT 2000 + n, ('1' || repeat('23456789', 600 + n) || '.500')::numeric, -n, -n, n * -interval '1 day' FROM generate_series(1, 6) n;
INSERT INTO things SELECT 3000 + n, NULL, n, NULL, nullif(n * interval '1 day', interval '2 days') FROM generate_series(1, 4) n;
ALTER TABLE things ADD later numeric DEFAULT 7.5000, ADD lost numeric DEFAULT -7.50, ADD real_later real DEFAULT '-0', ADD span interval DEFAULT '1 month -720:00';
INSERT INTO things (id, later, lost, real_later, span) VALUES (4001, 7.50, 1.50, 3, '24:00'), (4002, -1, -7.500, 0, '0.5 hours');
SET session_replication_role = replica;
ALTER TABLE things
    ADD CONSTRAINT a_n FOREIGN KEY (n) REFERENCES numbers NOT VALID, ADD CONSTRAINT b_r FOREIGN KEY (r) REFERENCES numbers (r) NOT VALID,
    ADD CONSTRAINT c_d FOREIGN KEY (d) REFERENCES numbers (d) NOT VALID, ADD CONSTRAINT d_i FOREIGN KEY (i) REFERENCES numbers (i) NOT VALID,
    ADD CONSTRAINT e_r_to_d FOREIGN KEY (r) REFERENCES numbers (d) NOT VALID, ADD CONSTRAINT f_d_to_r FOREIGN KEY (d) REFERENCES numbers (r) NOT VALID,
    ADD CONSTRAINT g_id_to_n FOREIGN KEY (id) REFERENCES numbers NOT VALID, ADD CONSTRAINT h_id_to_d FOREIGN KEY (id) REFERENCES numbers (d) NOT VALID,
    ADD CONSTRAINT i_n_and_i FOREIGN KEY (n, i) REFERENCES numbers (n, i) MATCH FULL NOT VALID,
    ADD CONSTRAINT j_r_and_d FOREIGN KEY (r, d) REFERENCES numbers (d, r) NOT VALID,
    ADD CONSTRAINT k_id_and_r FOREIGN KEY (id, r) REFERENCES numbers (n, d) NOT VALID,
    ADD CONSTRAINT l_later FOREIGN KEY (later) REFERENCES numbers NOT VALID, ADD CONSTRAINT m_lost FOREIGN KEY (lost) REFERENCES numbers NOT VALID,
    ADD CONSTRAINT n_real_later FOREIGN KEY (real_later) REFERENCES numbers (r) NOT VALID, ADD CONSTRAINT o_span FOREIGN KEY (span) REFERENCES numbers (i) NOT VALID;
RESET session_replication_role;
SELECT * FROM engines();
-- By several processes, and with so little memory that parents are compared in parts.
ALTER TABLE things SET (parallel_workers = 2);
ALTER TABLE numbers SET (parallel_workers = 2);
CREATE TEMPORARY TABLE alone AS SELECT to_jsonb(e) AS row FROM engines() e;
SET fkaudit.max_parallel_workers = 2;
SELECT count(*) AS different FROM (SELECT to_jsonb(e) FROM engines() e EXCEPT SELECT row FROM alone) d;
SET maintenance_work_mem = '1MB';
INSERT INTO numbers SELECT -n, n + 1e6, n * 1e9, n * interval '1 hour 1 s' + interval '10000 days' FROM generate_series(1, 60000) n;
SET fkaudit.engine = auto;
SELECT constraint_name, orphan_rows, engine, detail ~ 'parts' AS in_parts FROM fk_check('things') WHERE constraint_name < 'f';

SET client_min_messages = warning;
DROP SCHEMA check_equal_values CASCADE;
