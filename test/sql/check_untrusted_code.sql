-- What other people's functions may do while a foreign key is examined. A query over somebody's table runs his code: the
-- casts and operators of his types, and, while it is planned, whatever his indexes, partition keys and statistics contain.
-- fkaudit examines a key as the child's owner, as PostgreSQL's own check does, so that none of it has a superuser's rights.
-- The scan engine runs no query and so none of that; sql has to be told to examine what scan could.
SET client_min_messages = warning;
SELECT format('ALTER DATABASE %I SET fkaudit.engine = sql', current_database()) \gexec
SET fkaudit.engine = sql;
CREATE ROLE regress_fkaudit_mallory;
CREATE ROLE regress_fkaudit_alice;
CREATE ROLE regress_fkaudit_member IN ROLE regress_fkaudit_mallory;
CREATE ROLE regress_fkaudit_reader;
CREATE ROLE regress_fkaudit_root SUPERUSER;
CREATE SCHEMA mallory AUTHORIZATION regress_fkaudit_mallory;
CREATE SCHEMA alice AUTHORIZATION regress_fkaudit_alice;
GRANT USAGE ON SCHEMA mallory, alice TO PUBLIC;
GRANT CREATE ON SCHEMA alice TO regress_fkaudit_mallory;

-- The trap. What it does is rolled back with the examination, but sequences count on: who ran it, and whether anything
-- that it tried worked. It is armed by a setting, so that making the tables leaves it shut. A new connection is one whose
-- caches hold no expression that an earlier query folded.
SET ROLE regress_fkaudit_mallory;
CREATE SEQUENCE mallory.ran_as_superuser;
CREATE SEQUENCE mallory.ran_as_mallory;
CREATE SEQUENCE mallory.ran_as_alice;
CREATE SEQUENCE mallory.ran_as_reader;
CREATE SEQUENCE mallory.ran_as_member;
CREATE SEQUENCE mallory.escaped;
GRANT ALL ON ALL SEQUENCES IN SCHEMA mallory TO PUBLIC;
CREATE FUNCTION mallory.try(command text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE command;
    PERFORM nextval('mallory.escaped');
EXCEPTION WHEN OTHERS THEN
    NULL;
END $$;
CREATE FUNCTION mallory.spring() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('mallory.armed', true) IS DISTINCT FROM 'yes' THEN
        RETURN;
    END IF;
    PERFORM nextval(CASE WHEN (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
                         THEN 'mallory.ran_as_superuser'
                         ELSE 'mallory.ran_as_' || replace(current_user, 'regress_fkaudit_', '') END);
    PERFORM mallory.try('ALTER ROLE regress_fkaudit_mallory SUPERUSER');
    PERFORM mallory.try('RESET ROLE');
    PERFORM mallory.try(format('SET ROLE %I', session_user));
    PERFORM mallory.try('SET SESSION AUTHORIZATION DEFAULT');
    PERFORM mallory.try(format('SELECT set_config(%L, %L, false)', 'role', session_user));
    PERFORM mallory.try('CREATE TEMPORARY TABLE pg_class (a int)');
    PERFORM mallory.try('PREPARE later AS SELECT 1');
    PERFORM mallory.try('LISTEN somebody');
    -- A setting is everybody's, but must not last.
    SET search_path = mallory;
    SET row_security = on;
    SET constraint_exclusion = on;
END $$;
CREATE FUNCTION mallory.trap(value int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS
    'BEGIN PERFORM mallory.spring(); RETURN value; END';
CREATE FUNCTION mallory.holds(anyelement) RETURNS bool IMMUTABLE LANGUAGE plpgsql AS
    'BEGIN PERFORM mallory.spring(); RETURN true; END';
-- What the trap has seen since the last time.
CREATE FUNCTION mallory.seen() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    name text;
    ran bool;
    result text;
BEGIN
    FOREACH name IN ARRAY ARRAY['ran_as_superuser', 'ran_as_mallory', 'ran_as_alice', 'ran_as_reader', 'ran_as_member',
                                'escaped'] LOOP
        EXECUTE format('SELECT is_called FROM mallory.%I', name) INTO ran;
        PERFORM setval('mallory.' || name, 1, false);
        IF ran THEN
            result := concat_ws(', ', result, replace(name, '_', ' '));
        END IF;
    END LOOP;
    RETURN coalesce(result, 'nothing ran');
END $$;
RESET ROLE;
SHOW is_superuser;

-- PostgreSQL itself: a superuser's plain query runs the owner's index predicate with a superuser's rights.
SET ROLE regress_fkaudit_mallory;
CREATE TABLE mallory.parent (id int PRIMARY KEY);
INSERT INTO mallory.parent VALUES (1), (2);
CREATE TABLE mallory.by_predicate (id int CONSTRAINT by_predicate REFERENCES mallory.parent);
INSERT INTO mallory.by_predicate VALUES (1);
CREATE INDEX ON mallory.by_predicate (id) WHERE mallory.trap(1) = 1;
\connect
SET mallory.armed = 'yes';
BEGIN;
SELECT count(*) FROM mallory.by_predicate;
SELECT mallory.seen();
ROLLBACK;
\connect
SET mallory.armed = 'yes';
-- A superuser's fk_check() does not. The settings are as they were, and so is the role.
SELECT verdict, reason, detail FROM fk_check('mallory.by_predicate');
SELECT mallory.seen();
SELECT count(*) AS orphans FROM fk_orphans('mallory.by_predicate');
SELECT mallory.seen();
SELECT current_user = session_user AS still_myself, current_setting('search_path') AS search_path,
       current_setting('row_security') AS row_security, current_setting('constraint_exclusion') AS constraint_exclusion;
SELECT rolsuper FROM pg_roles WHERE rolname = 'regress_fkaudit_mallory';
-- Nor does it lend the caller's rights where he is a member of the owner's role, or the owner.
\connect
SET mallory.armed = 'yes';
SET ROLE regress_fkaudit_member;
SELECT verdict, reason, detail FROM fk_check('mallory.by_predicate');
SELECT mallory.seen(), current_user;
\connect
SET mallory.armed = 'yes';
SET ROLE regress_fkaudit_mallory;
SELECT verdict, reason, detail FROM fk_check('mallory.by_predicate');
SELECT mallory.seen(), current_user;
RESET ROLE;
-- Anybody else examines as himself, never as the owner. The session's user is a superuser here: PostgreSQL would let the
-- function go back to that role, fkaudit does not.
GRANT SELECT ON ALL TABLES IN SCHEMA mallory TO regress_fkaudit_reader;
SET ROLE regress_fkaudit_reader;
BEGIN;
SELECT count(*) FROM mallory.by_predicate;
SELECT mallory.seen();
ROLLBACK;
\connect
SET mallory.armed = 'yes';
SET ROLE regress_fkaudit_reader;
SELECT verdict, reason, detail FROM fk_check('mallory.by_predicate');
SELECT mallory.seen(), current_user;
SELECT * FROM fk_orphans('mallory.by_predicate');
SELECT mallory.seen(), current_user;
\connect

-- Every place where a table's owner can put code that a query over it runs.
SET ROLE regress_fkaudit_mallory;
CREATE TABLE mallory.by_expression (id int CONSTRAINT k REFERENCES mallory.parent);
CREATE INDEX ON mallory.by_expression ((id + mallory.trap(1)));
CREATE TABLE mallory.by_statistics (id int CONSTRAINT k REFERENCES mallory.parent, b int);
CREATE STATISTICS mallory.s ON (id + mallory.trap(1)), b FROM mallory.by_statistics;
CREATE TABLE mallory.by_partition_key (id int CONSTRAINT k REFERENCES mallory.parent)
    PARTITION BY RANGE ((id + mallory.trap(0)));
CREATE TABLE mallory.by_partition_key_1 PARTITION OF mallory.by_partition_key FOR VALUES FROM (0) TO (100)
    PARTITION BY LIST (id);
CREATE TABLE mallory.by_partition_key_2 PARTITION OF mallory.by_partition_key_1 DEFAULT;
INSERT INTO mallory.by_partition_key VALUES (1);
-- The key of a partition in the middle, whose bounds say what its ancestor's expression says.
CREATE TABLE mallory.by_ancestor (id int) PARTITION BY RANGE ((id + mallory.trap(0)));
CREATE TABLE mallory.by_ancestor_1 PARTITION OF mallory.by_ancestor (CONSTRAINT k FOREIGN KEY (id) REFERENCES mallory.parent)
    FOR VALUES FROM (0) TO (100) PARTITION BY LIST (id);
CREATE TABLE mallory.by_ancestor_2 PARTITION OF mallory.by_ancestor_1 DEFAULT;
-- An implicit cast to the parent's type, by the column's own type and below a domain.
CREATE TYPE mallory.number AS (n int);
CREATE FUNCTION mallory.to_int(mallory.number) RETURNS int IMMUTABLE LANGUAGE plpgsql AS
    'BEGIN PERFORM mallory.spring(); RETURN ($1).n; END';
CREATE CAST (mallory.number AS int) WITH FUNCTION mallory.to_int AS IMPLICIT;
CREATE DOMAIN mallory.number_domain AS mallory.number;
CREATE TABLE mallory.by_cast (id mallory.number CONSTRAINT k REFERENCES mallory.parent);
CREATE TABLE mallory.by_domain_cast (id mallory.number_domain CONSTRAINT k REFERENCES mallory.parent);
INSERT INTO mallory.by_cast VALUES (ROW(1)), (ROW(2));
INSERT INTO mallory.by_domain_cast VALUES (ROW(1)), (ROW(2));
-- A cast to json, which jsonb_build_object() calls: it shows the orphan's key, also inside arrays and composite types.
CREATE TYPE mallory.mood AS ENUM ('good', 'bad');
CREATE FUNCTION mallory.to_json(mallory.mood) RETURNS json IMMUTABLE LANGUAGE plpgsql AS
    $$BEGIN PERFORM mallory.spring(); RETURN '"?"'; END$$;
CREATE CAST (mallory.mood AS json) WITH FUNCTION mallory.to_json;
CREATE TYPE mallory.moods AS (one mallory.mood, many mallory.mood[]);
CREATE TABLE mallory.parent_mood (id mallory.mood PRIMARY KEY);
CREATE TABLE mallory.parent_moods (id mallory.moods PRIMARY KEY);
CREATE TABLE mallory.by_json (id mallory.mood CONSTRAINT k REFERENCES mallory.parent_mood);
CREATE TABLE mallory.by_json_inside (id mallory.moods CONSTRAINT k REFERENCES mallory.parent_moods);
RESET ROLE;
SET session_replication_role = replica;
INSERT INTO mallory.by_json VALUES ('bad');
INSERT INTO mallory.by_json_inside VALUES (ROW('bad', '{good,bad}'));
RESET session_replication_role;
-- Operators of a type: a superuser made their class, but the functions are mallory's, who can replace them.
SET ROLE regress_fkaudit_mallory;
CREATE TYPE mallory.own AS ENUM ('a', 'b');
CREATE FUNCTION mallory.own_lt(mallory.own, mallory.own) RETURNS bool IMMUTABLE LANGUAGE plpgsql AS
    'BEGIN PERFORM mallory.spring(); RETURN pg_catalog.enum_lt($1, $2); END';
CREATE FUNCTION mallory.own_le(mallory.own, mallory.own) RETURNS bool IMMUTABLE LANGUAGE plpgsql AS
    'BEGIN PERFORM mallory.spring(); RETURN pg_catalog.enum_le($1, $2); END';
CREATE FUNCTION mallory.own_eq(mallory.own, mallory.own) RETURNS bool IMMUTABLE LANGUAGE plpgsql AS
    'BEGIN PERFORM mallory.spring(); RETURN pg_catalog.enum_eq($1, $2); END';
CREATE FUNCTION mallory.own_ge(mallory.own, mallory.own) RETURNS bool IMMUTABLE LANGUAGE plpgsql AS
    'BEGIN PERFORM mallory.spring(); RETURN pg_catalog.enum_ge($1, $2); END';
CREATE FUNCTION mallory.own_gt(mallory.own, mallory.own) RETURNS bool IMMUTABLE LANGUAGE plpgsql AS
    'BEGIN PERFORM mallory.spring(); RETURN pg_catalog.enum_gt($1, $2); END';
CREATE FUNCTION mallory.own_cmp(mallory.own, mallory.own) RETURNS int IMMUTABLE LANGUAGE plpgsql AS
    'BEGIN PERFORM mallory.spring(); RETURN pg_catalog.enum_cmp($1, $2); END';
CREATE FUNCTION mallory.own_hash(mallory.own) RETURNS int IMMUTABLE LANGUAGE plpgsql AS
    'BEGIN PERFORM mallory.spring(); RETURN pg_catalog.hashenum($1); END';
CREATE OPERATOR mallory.< (FUNCTION = mallory.own_lt, LEFTARG = mallory.own, RIGHTARG = mallory.own);
CREATE OPERATOR mallory.<= (FUNCTION = mallory.own_le, LEFTARG = mallory.own, RIGHTARG = mallory.own);
CREATE OPERATOR mallory.= (FUNCTION = mallory.own_eq, LEFTARG = mallory.own, RIGHTARG = mallory.own,
                           COMMUTATOR = OPERATOR(mallory.=), HASHES, MERGES, RESTRICT = eqsel, JOIN = eqjoinsel);
CREATE OPERATOR mallory.>= (FUNCTION = mallory.own_ge, LEFTARG = mallory.own, RIGHTARG = mallory.own);
CREATE OPERATOR mallory.> (FUNCTION = mallory.own_gt, LEFTARG = mallory.own, RIGHTARG = mallory.own);
RESET ROLE;
CREATE OPERATOR CLASS mallory.own_btree DEFAULT FOR TYPE mallory.own USING btree AS
    OPERATOR 1 mallory.<, OPERATOR 2 mallory.<=, OPERATOR 3 mallory.=, OPERATOR 4 mallory.>=, OPERATOR 5 mallory.>,
    FUNCTION 1 mallory.own_cmp(mallory.own, mallory.own);
CREATE OPERATOR CLASS mallory.own_hash DEFAULT FOR TYPE mallory.own USING hash AS
    OPERATOR 1 mallory.=, FUNCTION 1 mallory.own_hash(mallory.own);
SET ROLE regress_fkaudit_mallory;
CREATE TYPE mallory.owns AS (one mallory.own);
CREATE TYPE mallory.own_range AS RANGE (SUBTYPE = mallory.own);
CREATE TABLE mallory.parent_own (id mallory.own PRIMARY KEY);
CREATE TABLE mallory.parent_owns (id mallory.owns PRIMARY KEY);
CREATE TABLE mallory.parent_own_array (id mallory.own[] PRIMARY KEY);
CREATE TABLE mallory.parent_own_range (id mallory.own_range PRIMARY KEY);
INSERT INTO mallory.parent_own VALUES ('a'), ('b');
INSERT INTO mallory.parent_owns VALUES (ROW('a')), (ROW('b'));
INSERT INTO mallory.parent_own_array VALUES ('{a}'), ('{b}');
INSERT INTO mallory.parent_own_range VALUES ('[a,a]'), ('[b,b]');
CREATE TABLE mallory.by_operator (id mallory.own CONSTRAINT k REFERENCES mallory.parent_own);
CREATE TABLE mallory.by_field (id mallory.owns CONSTRAINT k REFERENCES mallory.parent_owns);
CREATE TABLE mallory.by_element (id mallory.own[] CONSTRAINT k REFERENCES mallory.parent_own_array);
CREATE TABLE mallory.by_subtype (id mallory.own_range CONSTRAINT k REFERENCES mallory.parent_own_range);
INSERT INTO mallory.by_operator VALUES ('a'), ('b');
INSERT INTO mallory.by_field VALUES (ROW('a'));
INSERT INTO mallory.by_element VALUES ('{a}');
INSERT INTO mallory.by_subtype VALUES ('[b,b]');
-- What nothing may run at all: CHECKs (the planner would fold them), defaults, stored generated columns, triggers, rules.
CREATE FUNCTION mallory.fire() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM mallory.spring(); RETURN NEW; END';
CREATE TABLE mallory.by_nothing (
    id int CONSTRAINT k REFERENCES mallory.parent DEFAULT mallory.trap(1),
    g int GENERATED ALWAYS AS (mallory.trap(1)) STORED,
    CHECK (mallory.trap(1) = 1)) PARTITION BY LIST (id);
CREATE TABLE mallory.by_nothing_1 PARTITION OF mallory.by_nothing FOR VALUES IN (1);
CREATE TABLE mallory.by_nothing_2 PARTITION OF mallory.by_nothing DEFAULT;
INSERT INTO mallory.by_nothing VALUES (1), (2);
CREATE TRIGGER t AFTER INSERT OR UPDATE OR DELETE ON mallory.by_nothing FOR EACH ROW EXECUTE FUNCTION mallory.fire();
RESET ROLE;
ANALYZE mallory.by_operator, mallory.parent_own;

-- All but by_nothing are traps indeed: a superuser's plain join of the two tables runs them with his rights.
CREATE FUNCTION public.regress_fkaudit_join(child regclass) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    parent regclass;
BEGIN
    SELECT confrelid INTO parent FROM pg_constraint WHERE conrelid = child AND contype = 'f';
    SET LOCAL search_path = mallory;
    SET LOCAL mallory.armed = 'yes';
    EXECUTE format('SELECT pg_catalog.jsonb_build_object(%L, c.id), p.* FROM %s c LEFT JOIN %s p ON p.id = c.id',
                   'id', child, parent);
    SET LOCAL mallory.armed = 'no';
    RESET search_path;
    ALTER ROLE regress_fkaudit_mallory NOSUPERUSER;
    RETURN mallory.seen();
END $$;
\connect
SELECT r.oid::regclass AS child, regress_fkaudit_join(r.oid) AS joined
  FROM pg_class r
 WHERE r.relnamespace = 'mallory'::regnamespace AND r.relname LIKE 'by%' AND r.relkind IN ('r', 'p')
   AND EXISTS (SELECT FROM pg_constraint c WHERE c.conrelid = r.oid AND c.contype = 'f' AND c.conparentid = 0)
 ORDER BY r.relname;
-- Each of them examined by a superuser and listed: never as a superuser. The keys have to be clean, or violated where the
-- cast shows the orphan.
CREATE FUNCTION public.regress_fkaudit_examine(child regclass) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    verdict text;
    listed bigint;
BEGIN
    SET LOCAL mallory.armed = 'yes';
    SELECT concat_ws(': ', c.verdict, c.reason, c.detail) INTO verdict FROM fk_check(child) c;
    SELECT count(*) INTO listed FROM fk_orphans(child);
    SET LOCAL mallory.armed = 'no';
    RETURN verdict || '; ' || listed || ' listed; ' || mallory.seen();
END $$;
\connect
SET constraint_exclusion = on;
SELECT r.oid::regclass AS child, regress_fkaudit_examine(r.oid) AS examined
  FROM pg_class r
 WHERE r.relnamespace = 'mallory'::regnamespace AND r.relname LIKE 'by%' AND r.relkind IN ('r', 'p')
   AND EXISTS (SELECT FROM pg_constraint c WHERE c.conrelid = r.oid AND c.contype = 'f' AND c.conparentid = 0)
 ORDER BY r.relname;
-- The setting that the first key's code turns on is off again for the second: PostgreSQL would fold the CHECK.
CREATE SEQUENCE mallory.check_ran;
SET ROLE regress_fkaudit_mallory;
CREATE FUNCTION mallory.check_trap(value int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS
    $$BEGIN PERFORM nextval('mallory.check_ran'); RETURN value; END$$;
RESET ROLE;
GRANT ALL ON SEQUENCE mallory.check_ran TO PUBLIC;
SET ROLE regress_fkaudit_mallory;
CREATE TABLE mallory.settings (
    id mallory.number CONSTRAINT k_first REFERENCES mallory.parent,
    b int CONSTRAINT k_second REFERENCES mallory.parent,
    CHECK (mallory.check_trap(1) = 1));
INSERT INTO mallory.settings VALUES (ROW(1), 1);
\connect
SET mallory.armed = 'yes';
SELECT setval('mallory.check_ran', 1, false);
SELECT constraint_name, verdict FROM fk_check('mallory.settings');
SELECT is_called AS check_ran FROM mallory.check_ran;
SET constraint_exclusion = on;
SELECT count(*) FROM mallory.settings WHERE b IS NULL;
SELECT is_called AS check_ran FROM mallory.check_ran;
\connect
SET mallory.armed = 'yes';
-- A superuser who asks about a key that is not declared.
SELECT verdict, reason, detail FROM fk_check('mallory.by_predicate', '{id}', 'mallory.parent', '{id}');
SELECT mallory.seen();

\connect
-- The parent of somebody else with code of his own: running it as the child's owner would be his gain.
SET ROLE regress_fkaudit_alice;
CREATE TABLE alice.plain (id int PRIMARY KEY);
CREATE TABLE alice.trapped (id int PRIMARY KEY);
INSERT INTO alice.plain VALUES (1);
INSERT INTO alice.trapped VALUES (1);
CREATE FUNCTION alice.trap(value int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS
    'BEGIN PERFORM mallory.spring(); RETURN value; END';
CREATE INDEX ON alice.trapped ((id + alice.trap(1)));
GRANT SELECT, REFERENCES ON alice.plain, alice.trapped TO regress_fkaudit_mallory;
GRANT SELECT ON alice.plain, alice.trapped TO regress_fkaudit_reader;
SET ROLE regress_fkaudit_mallory;
CREATE TABLE mallory.to_plain (id int CONSTRAINT k REFERENCES alice.plain);
CREATE TABLE mallory.to_trapped (id int CONSTRAINT k REFERENCES alice.trapped);
INSERT INTO mallory.to_plain VALUES (1);
INSERT INTO mallory.to_trapped VALUES (1);
CREATE INDEX ON mallory.to_plain ((id + mallory.trap(1)));
GRANT SELECT ON ALL TABLES IN SCHEMA mallory TO regress_fkaudit_reader, regress_fkaudit_alice;
\connect
SET mallory.armed = 'yes';
SELECT child, verdict, reason, detail FROM fk_check(constraint_name => 'k') WHERE child::text LIKE 'mallory.to%';
SELECT mallory.seen();
SELECT * FROM fk_orphans('mallory.to_trapped');
\connect
SET mallory.armed = 'yes';
SET ROLE regress_fkaudit_reader;
SELECT verdict, reason, detail FROM fk_check('mallory.to_trapped');
SELECT verdict, reason, detail FROM fk_check('mallory.to_plain');
SELECT mallory.seen();
-- The same with one partition of somebody else, on either side.
\connect
SET ROLE regress_fkaudit_mallory;
CREATE TABLE mallory.parted (id int PRIMARY KEY) PARTITION BY LIST (id);
CREATE TABLE mallory.parted_1 PARTITION OF mallory.parted FOR VALUES IN (1);
INSERT INTO mallory.parted VALUES (1);
CREATE TABLE mallory.to_parted (id int CONSTRAINT parted REFERENCES mallory.parted) PARTITION BY LIST (id);
CREATE TABLE mallory.to_parted_1 PARTITION OF mallory.to_parted FOR VALUES IN (1);
INSERT INTO mallory.to_parted VALUES (1);
RESET ROLE;
ALTER TABLE mallory.to_parted_1 OWNER TO regress_fkaudit_alice;
SELECT child, verdict, reason, detail FROM fk_check(constraint_name => 'parted');
CREATE INDEX ON mallory.to_parted_1 ((id + alice.trap(1)));
SELECT child, verdict, reason, detail FROM fk_check(constraint_name => 'parted');
ALTER TABLE mallory.to_parted_1 OWNER TO regress_fkaudit_mallory;
SELECT child, verdict, reason, detail FROM fk_check(constraint_name => 'parted');
CREATE INDEX ON mallory.parted_1 ((id + alice.trap(1)));
ALTER TABLE mallory.parted_1 OWNER TO regress_fkaudit_alice;
SELECT child, verdict, reason, detail FROM fk_check(constraint_name => 'parted');
-- The one who owns that code may run it.
\connect
SET mallory.armed = 'yes';
SET ROLE regress_fkaudit_alice;
SELECT verdict, reason, detail FROM fk_check('mallory.to_trapped');
SELECT mallory.seen();
\connect

-- The child's owner may not read the parent (REFERENCES is enough to declare a key): a superuser examines it with his own
-- rights, but only where nobody's code is in it.
SET ROLE regress_fkaudit_mallory;
CREATE TABLE mallory.may_not_read (id int CONSTRAINT k REFERENCES alice.plain);
INSERT INTO mallory.may_not_read VALUES (1);
RESET ROLE;
REVOKE SELECT ON alice.plain FROM regress_fkaudit_mallory;
\connect
SET mallory.armed = 'yes';
SELECT child, verdict, reason, detail FROM fk_check(constraint_name => 'k', child => 'mallory.may_not_read');
SELECT child, verdict, reason, detail FROM fk_check(constraint_name => 'k', child => 'mallory.to_plain');
SELECT mallory.seen();
GRANT SELECT ON alice.plain TO regress_fkaudit_mallory;
-- He may read it, but row security would hide rows from him.
ALTER TABLE alice.plain ENABLE ROW LEVEL SECURITY;
SELECT child, verdict, reason, detail FROM fk_check(constraint_name => 'k', child => 'mallory.may_not_read');
SELECT child, verdict, reason, detail FROM fk_check(constraint_name => 'k', child => 'mallory.to_plain');
SELECT mallory.seen();
ALTER TABLE alice.plain DISABLE ROW LEVEL SECURITY;
\connect

-- A superuser's own table with somebody's function in it: nobody is left as whom it could be examined. Without it, the
-- superuser examines it as himself, whatever functions there are in the database.
CREATE TABLE mallory.of_superuser (id int CONSTRAINT k REFERENCES alice.plain);
ALTER TABLE mallory.of_superuser OWNER TO regress_fkaudit_root;
SELECT verdict, reason, detail FROM fk_check('mallory.of_superuser');
CREATE INDEX ON mallory.of_superuser ((id + mallory.trap(1)));
\connect
SET mallory.armed = 'yes';
SELECT verdict, reason, detail FROM fk_check('mallory.of_superuser');
SELECT mallory.seen();
\connect

-- The same with every other way in; where nothing can run, the key is examined as ever.
SET client_min_messages = warning;
DO $$
DECLARE
    child regclass;
BEGIN
    FOR child IN SELECT r.oid FROM pg_class r
                  WHERE r.relnamespace = 'mallory'::regnamespace AND r.relname LIKE 'by%' AND r.relkind IN ('r', 'p') LOOP
        EXECUTE format('ALTER TABLE %s OWNER TO regress_fkaudit_root', child);
    END LOOP;
END $$;
\connect
SET client_min_messages = error;
SET constraint_exclusion = on;
SELECT r.oid::regclass AS child, replace(regress_fkaudit_examine(r.oid), 'regress_fkaudit_', '') AS examined
  FROM pg_class r
 WHERE r.relnamespace = 'mallory'::regnamespace AND r.relname LIKE 'by%' AND r.relkind IN ('r', 'p')
   AND EXISTS (SELECT FROM pg_constraint c WHERE c.conrelid = r.oid AND c.contype = 'f' AND c.conparentid = 0)
 ORDER BY r.relname;
RESET client_min_messages;
-- A foreign table of somebody: a superuser's query needs no password on its way through that server.
CREATE FOREIGN DATA WRAPPER regress_fkaudit_wrapper;
GRANT USAGE ON FOREIGN DATA WRAPPER regress_fkaudit_wrapper TO regress_fkaudit_mallory;
SET ROLE regress_fkaudit_mallory;
CREATE SERVER regress_fkaudit_server FOREIGN DATA WRAPPER regress_fkaudit_wrapper;
CREATE FOREIGN TABLE mallory.far (id int) SERVER regress_fkaudit_server;
GRANT SELECT ON mallory.far TO regress_fkaudit_alice;
RESET ROLE;
SELECT verdict, reason, detail FROM fk_check('mallory.of_superuser', '{id}', 'mallory.far', '{id}');
-- As the child's owner, or as anybody but a superuser, the server's own refusal is the reason.
SELECT verdict, reason, detail FROM fk_check('mallory.parent', '{id}', 'mallory.far', '{id}');
SET ROLE regress_fkaudit_alice;
SELECT verdict, reason, detail FROM fk_check('mallory.to_trapped', '{id}', 'mallory.far', '{id}');
RESET ROLE;

-- Code that is added after the statement's snapshot was taken: what PostgreSQL's planner sees is the newest catalog.
CREATE TABLE mallory.late (id int CONSTRAINT k REFERENCES alice.plain);
ALTER TABLE mallory.late OWNER TO regress_fkaudit_root;
SELECT verdict FROM fk_check('mallory.late');
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT count(*) FROM mallory.late;
\setenv PGDATABASE :DBNAME
\! psql -X -q -c 'CREATE INDEX ON mallory.late ((id + mallory.trap(1)))'
SET mallory.armed = 'yes';
SELECT verdict, reason, detail FROM fk_check('mallory.late');
SELECT mallory.seen();
COMMIT;
\connect

-- An error in the owner's code is that key's reason, whatever it pretends to be, and the run goes on.
SET ROLE regress_fkaudit_mallory;
CREATE FUNCTION mallory.fail(value int, state text) RETURNS int IMMUTABLE LANGUAGE plpgsql AS
    $$BEGIN
        IF current_setting('mallory.armed', true) = 'yes' THEN
            RAISE EXCEPTION 'surprise' USING ERRCODE = state;
        END IF;
        RETURN value;
    END$$;
CREATE TABLE mallory.fails_1 (id int CONSTRAINT fails REFERENCES mallory.parent);
CREATE TABLE mallory.fails_2 (id int CONSTRAINT fails REFERENCES mallory.parent);
CREATE TABLE mallory.fails_3 (id int CONSTRAINT fails REFERENCES mallory.parent);
CREATE INDEX ON mallory.fails_1 ((id + mallory.fail(1, 'query_canceled')));
CREATE INDEX ON mallory.fails_2 ((id + mallory.fail(1, 'P0001')));
\connect
SET mallory.armed = 'yes';
SELECT child, verdict, reason, detail FROM fk_check(constraint_name => 'fails');
SELECT current_user = session_user AS still_myself, current_setting('search_path') AS search_path;
SELECT * FROM fk_orphans(constraint_name => 'fails');
SELECT current_user = session_user AS still_myself;
\connect
-- A real cancel in the middle ends the run, and the rights are the caller's again.
SET ROLE regress_fkaudit_mallory;
CREATE FUNCTION mallory.wait(value int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS
    $$BEGIN
        IF current_setting('mallory.armed', true) = 'yes' THEN
            PERFORM pg_sleep(60);
        END IF;
        RETURN value;
    END$$;
CREATE INDEX ON mallory.fails_3 ((id + mallory.wait(1)));
\connect
SET mallory.armed = 'yes';
SET statement_timeout = '100ms';
\set SHOW_CONTEXT never
SELECT child, verdict FROM fk_check('mallory.fails_3');
RESET statement_timeout;
SELECT current_user = session_user AS still_myself, current_setting('search_path') AS search_path;
CREATE TEMPORARY TABLE not_restricted ();

-- Under auto, what scan serves runs nothing at all, whoever asks: keys that sql refuses are examined.
SELECT format('ALTER DATABASE %I RESET fkaudit.engine', current_database()) \gexec
\connect
SET mallory.armed = 'yes';
SELECT c.child, c.verdict, c.engine
  FROM unnest('{by_ancestor_1,by_expression,by_partition_key,by_predicate,by_statistics,fails_1,fails_3,to_trapped,of_superuser}'::text[]) t(name),
       fk_check(('mallory.' || t.name)::regclass) c;
SELECT mallory.seen();
SET ROLE regress_fkaudit_reader;
SELECT child, verdict, engine FROM fk_check('mallory.to_trapped');
SELECT mallory.seen();
RESET ROLE;

SET client_min_messages = warning;
DROP FUNCTION regress_fkaudit_examine(regclass), regress_fkaudit_join(regclass);
DROP SCHEMA mallory, alice CASCADE;
DROP FOREIGN DATA WRAPPER regress_fkaudit_wrapper CASCADE;
DROP ROLE regress_fkaudit_root, regress_fkaudit_mallory, regress_fkaudit_alice, regress_fkaudit_member, regress_fkaudit_reader;
