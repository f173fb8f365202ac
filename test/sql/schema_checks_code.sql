-- Whose code runs when the catalog alone is read: nobody's. Every place where a table's owner can put a function has one
-- that leaves a trace; the server's own statements run each of them.
SET client_min_messages = warning;
CREATE ROLE regress_fkaudit_owner;
CREATE ROLE regress_fkaudit_reader;
CREATE SCHEMA traps AUTHORIZATION regress_fkaudit_owner;
SET ROLE regress_fkaudit_owner;
GRANT USAGE ON SCHEMA traps TO PUBLIC;
CREATE TABLE traps.places (place text PRIMARY KEY);
INSERT INTO traps.places VALUES ('predicate'), ('expression'), ('unique_predicate'), ('check'), ('column_default'),
    ('domain_default'), ('domain_check'), ('generated'), ('partition_key'), ('statistics'), ('policy'), ('trigger'), ('rule');
DO $$
DECLARE
    one text;
BEGIN
    FOR one IN SELECT place FROM traps.places LOOP
        EXECUTE format('CREATE SEQUENCE traps.ran_%s', one);
        EXECUTE format('CREATE FUNCTION traps.%I(value int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS '
                       '$f$BEGIN PERFORM nextval(%L); RETURN value; END$f$', 'at_' || one, 'traps.ran_' || one);
    END LOOP;
END $$;
GRANT ALL ON ALL SEQUENCES IN SCHEMA traps TO PUBLIC;
CREATE FUNCTION traps.ran() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    one text;
    ran bool;
    result text;
BEGIN
    FOR one IN SELECT place FROM traps.places ORDER BY place LOOP
        EXECUTE format('SELECT is_called FROM traps.ran_%s', one) INTO ran;
        PERFORM setval('traps.ran_' || one, 1, false);
        IF ran THEN
            result := concat_ws(', ', result, one);
        END IF;
    END LOOP;
    RETURN coalesce(result, 'nothing');
END $$;
GRANT SELECT ON traps.places TO PUBLIC;
CREATE DOMAIN traps.checked AS int DEFAULT traps.at_domain_default(7) CHECK (traps.at_domain_check(VALUE) > 0);
CREATE TABLE traps.parent (id int PRIMARY KEY, other int);
CREATE UNIQUE INDEX ON traps.parent (other) WHERE traps.at_unique_predicate(1) = 1;
INSERT INTO traps.parent VALUES (1, 1), (7, 7);
CREATE TABLE traps.child (
    a int DEFAULT traps.at_column_default(7) CONSTRAINT a_key REFERENCES traps.parent ON DELETE SET DEFAULT,
    b traps.checked CONSTRAINT b_key REFERENCES traps.parent ON DELETE SET DEFAULT,
    c traps.checked DEFAULT 7 CONSTRAINT c_key REFERENCES traps.parent ON UPDATE SET DEFAULT,
    d int CONSTRAINT d_key REFERENCES traps.parent ON DELETE SET NULL,
    e int GENERATED ALWAYS AS (traps.at_generated(1)) STORED,
    CHECK (traps.at_check(1) = 1)) PARTITION BY RANGE ((d + traps.at_partition_key(0)));
CREATE TABLE traps.child_1 PARTITION OF traps.child FOR VALUES FROM (0) TO (10);
CREATE INDEX ON traps.child_1 (a) WHERE traps.at_predicate(1) = 1;
CREATE INDEX ON traps.child_1 ((a + traps.at_expression(1)));
CREATE STATISTICS traps.s ON (a + traps.at_statistics(1)), a FROM traps.child_1;
CREATE POLICY p ON traps.child USING (traps.at_policy(1) = 1);
ALTER TABLE traps.child ENABLE ROW LEVEL SECURITY;
CREATE FUNCTION traps.fire() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM traps.at_trigger(1); RETURN NEW; END';
CREATE TRIGGER t BEFORE INSERT OR DELETE ON traps.child FOR EACH ROW EXECUTE FUNCTION traps.fire();
CREATE RULE r AS ON UPDATE TO traps.child DO ALSO SELECT traps.at_rule(1);
GRANT SELECT, INSERT, UPDATE ON traps.child, traps.parent TO PUBLIC;
RESET ROLE;
SELECT traps.ran() IS NOT NULL AS forgotten;

-- What the server does runs every one of them.
\connect
SET client_min_messages = warning;
SET constraint_exclusion = on;
SET ROLE regress_fkaudit_reader;
INSERT INTO traps.child (d) VALUES (1);
INSERT INTO traps.child (a, b, c, d) VALUES (1, 1, 1, 1);
UPDATE traps.child SET a = 1;
SELECT count(*) FROM traps.child WHERE d > 5;
SELECT count(*) FROM traps.parent WHERE id > 5;
RESET ROLE;
SELECT count(*) FROM traps.child_1 WHERE a > 5;
SELECT traps.ran();

-- fkaudit's look at the catalog runs none, whoever looks.
CREATE FUNCTION public.regress_fkaudit_look(who text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('SET LOCAL ROLE %I', who);
    PERFORM FROM fk_constraints();
    PERFORM FROM fk_references('traps.parent');
    PERFORM FROM fk_status;
    PERFORM FROM fk_missing_indexes(include_covered => true);
    PERFORM FROM fk_type_mismatches();
    PERFORM FROM fk_risky_actions('traps.child', 'a_key');
    PERFORM FROM fk_risky_actions('traps.child', 'b_key');
    PERFORM FROM fk_risky_actions('traps.child', 'd_key');
    PERFORM FROM fk_audit('traps.child', 'd_key');
    RESET ROLE;
    RETURN traps.ran();
END $$;
\connect
SET constraint_exclusion = on;
SELECT regress_fkaudit_look(current_user::text);
\connect
SELECT regress_fkaudit_look('regress_fkaudit_owner');
\connect
SELECT regress_fkaudit_look('regress_fkaudit_reader');
-- A default that is an expression is not evaluated. One that is a constant is looked up in the parent, as fk_check() would
-- read it, but for the domain around it; where reading would run a function, it is not looked up.
\connect
\x
SELECT constraint_name, severity, risk, detail FROM fk_risky_actions() WHERE risk LIKE 'set-default%';
SELECT traps.ran();
DROP INDEX traps.parent_other_idx;
SELECT constraint_name, severity, risk, detail FROM fk_risky_actions('traps.child', 'c_key') WHERE risk LIKE 'set-default%';
ALTER TABLE traps.child ALTER c SET DEFAULT 8;
SELECT traps.ran() IS NOT NULL AS forgotten;
SELECT constraint_name, severity, risk, detail FROM fk_risky_actions('traps.child', 'c_key') WHERE risk LIKE 'set-default%';
SELECT traps.ran();
-- One who may not read the parent is told so, not whether it has the row.
REVOKE SELECT ON traps.parent FROM PUBLIC;
ALTER TABLE traps.child DISABLE ROW LEVEL SECURITY;
SET ROLE regress_fkaudit_reader;
SELECT constraint_name, severity, risk, detail FROM fk_risky_actions('traps.child', 'c_key') WHERE risk LIKE 'set-default%';
RESET ROLE;
SELECT traps.ran();

\x
-- Everything runs with the rights of the caller, the views included: no function is SECURITY DEFINER, and the views read
-- no table with their owner's rights, the extension's own aside.
SELECT p.oid::regprocedure FROM pg_proc p JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid
  JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND e.oid = d.refobjid
 WHERE e.extname = 'fkaudit' AND p.prosecdef;
WITH own AS (
    SELECT d.objid FROM pg_depend d JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND e.oid = d.refobjid
     WHERE d.classid = 'pg_class'::regclass AND e.extname = 'fkaudit'
)
SELECT v.ev_class::regclass AS view, d.refobjid::regclass AS reads
  FROM pg_rewrite v JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = v.oid
  JOIN pg_class c ON c.oid = v.ev_class
 WHERE d.refclassid = 'pg_class'::regclass AND v.ev_class IN (TABLE own) AND d.refobjid NOT IN (TABLE own)
   AND c.reloptions IS DISTINCT FROM '{security_invoker=true}';

SET client_min_messages = warning;
DROP FUNCTION regress_fkaudit_look;
DROP SCHEMA traps CASCADE;
DROP ROLE regress_fkaudit_owner, regress_fkaudit_reader;
