"""What every round finds in its database: types and collations to make keys of, made once."""

# Each by its name, with what it needs first; a reproduction contains those that it mentions, and only those.
OBJECTS = {
    "fuzz": "CREATE SCHEMA fuzz;",
    "fuzz.ci": "CREATE COLLATION fuzz.ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false);",
    "fuzz.canonical": "CREATE COLLATION fuzz.canonical (provider = icu, locale = 'und', deterministic = false);",
    "fuzz.german": "CREATE COLLATION fuzz.german (provider = icu, locale = 'de');",
    "fuzz.citext": "CREATE EXTENSION citext SCHEMA fuzz;",
    "fuzz.mood": "CREATE TYPE fuzz.mood AS ENUM ('sad', 'ok', 'happy');",
    "fuzz.pair": "CREATE TYPE fuzz.pair AS (a int4, b text);",
    "fuzz.number": "CREATE DOMAIN fuzz.number AS int4;",
    "fuzz.natural": "CREATE DOMAIN fuzz.natural AS fuzz.number CHECK (VALUE >= 0);",
    "fuzz.big": "CREATE DOMAIN fuzz.big AS int8;",
    "fuzz.exact": "CREATE DOMAIN fuzz.exact AS numeric;",
    "fuzz.word": "CREATE DOMAIN fuzz.word AS text;",
    "fuzz.ci_word": "CREATE DOMAIN fuzz.ci_word AS text COLLATE fuzz.ci;",
    "fuzz.short_word": "CREATE DOMAIN fuzz.short_word AS varchar(5);",
    "fuzz.padded": "CREATE DOMAIN fuzz.padded AS char(5);",
    "fuzz.day": "CREATE DOMAIN fuzz.day AS date;",
    "fuzz.feeling": "CREATE DOMAIN fuzz.feeling AS fuzz.mood;",
    "fuzz.couple": "CREATE DOMAIN fuzz.couple AS fuzz.pair;",
    "fuzz.numbers": "CREATE DOMAIN fuzz.numbers AS int4[];",
    "fuzz.span": "CREATE DOMAIN fuzz.span AS int4range;",
}

_NEEDS = {"fuzz.natural": ["fuzz.number"], "fuzz.ci_word": ["fuzz.ci"], "fuzz.feeling": ["fuzz.mood"],
          "fuzz.couple": ["fuzz.pair"]}


def objects_for(script):
    """The statements that make what the script mentions, in order."""
    wanted = {"fuzz"}
    for name in OBJECTS:
        if name != "fuzz" and name in script:
            wanted.update([name, *_NEEDS.get(name, [])])
    return [statement for name, statement in OBJECTS.items() if name in wanted]

# What only the fuzzer itself needs.
TOOLS = [
    # The server's own answer, row by row: inserts each row's key into a table that has the same key, and gives the rows
    # that the key refuses.
    """CREATE FUNCTION fuzz.refused(source text, columns text, probe text, OUT relation oid, OUT place tid)
RETURNS SETOF record LANGUAGE plpgsql AS $$
BEGIN
    FOR relation, place IN EXECUTE 'SELECT tableoid, ctid FROM ' || source LOOP
        BEGIN
            EXECUTE format('INSERT INTO %s SELECT %s FROM ONLY %s WHERE ctid = $1', probe, columns, relation::regclass)
                USING place;
        EXCEPTION WHEN foreign_key_violation THEN
            RETURN NEXT;
        END;
    END LOOP;
END $$""",
]

# For rounds with parallel workers: each table asks for as many as there may be, and its few rows fill several pages, so
# that each of them finds some.
PARALLEL_TABLES = [
    """CREATE FUNCTION fuzz.spread_out() RETURNS event_trigger LANGUAGE plpgsql AS $$
DECLARE
    made regclass;
BEGIN
    FOR made IN SELECT c.oid FROM pg_event_trigger_ddl_commands() d JOIN pg_class c ON c.oid = d.objid
        WHERE d.classid = 'pg_class'::regclass AND c.relkind = 'r' AND c.reloptions IS NULL
    LOOP
        EXECUTE format('ALTER TABLE %s SET (parallel_workers = %s, fillfactor = 10)', made,
                       current_setting('fkaudit.max_parallel_workers'));
    END LOOP;
END $$""",
    "CREATE EVENT TRIGGER fuzz_spread_out ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION fuzz.spread_out()",
]
