/* Functions that reach fkaudit's boundary from SQL; what each does stands in fkaudit_test.cpp. */

CREATE FUNCTION run_guarded(sql text) RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE C;
CREATE FUNCTION throw_exception(kind text, inside_guard bool) RETURNS void AS 'MODULE_PATHNAME' LANGUAGE C;
CREATE FUNCTION guard_restores(kind text) RETURNS text AS 'MODULE_PATHNAME' LANGUAGE C STRICT;
CREATE FUNCTION search_paths(OUT callers text, OUT inside text) RETURNS SETOF record AS 'MODULE_PATHNAME' LANGUAGE C;
CREATE FUNCTION attempt(body text, ending text, disorder bool, OUT outcome text, OUT changed text, OUT sqlstate text,
    OUT message text, OUT detail text, OUT hint text) RETURNS SETOF record AS 'MODULE_PATHNAME' LANGUAGE C;
CREATE FUNCTION rows_from_attempts(attempts int, rows int, OUT attempt int, OUT number bigint, OUT filler text)
    RETURNS SETOF record AS 'MODULE_PATHNAME' LANGUAGE C;
CREATE FUNCTION echo(bool, int, bigint, oid, text, name, name[], OUT a bool, OUT b int, OUT c bigint, OUT d oid, OUT e text,
    OUT f name, OUT g name[]) RETURNS SETOF record AS 'MODULE_PATHNAME' LANGUAGE C;
CREATE FUNCTION read_column(sql text, kind text) RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE C;
CREATE FUNCTION plant_fault(kind text) RETURNS bigint AS 'MODULE_PATHNAME' LANGUAGE C;
CREATE FUNCTION do_nothing() RETURNS event_trigger AS 'MODULE_PATHNAME' LANGUAGE C;
CREATE FUNCTION quote_name(name) RETURNS text AS 'MODULE_PATHNAME' LANGUAGE C;
CREATE FUNCTION take_object_access_hook() RETURNS void AS 'MODULE_PATHNAME' LANGUAGE C;
