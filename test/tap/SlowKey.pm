# A key type whose equality waits for an advisory lock, in sessions that SET slow.wait = on: a check of such a key stands
# still in the middle of reading until the lock is free, for as long as a test needs.
package SlowKey;
use strict;
use warnings;

# The type `slow`, as SQL. Its equality takes advisory lock 7 in shared mode.
our $type = <<'SQL';
CREATE TYPE slow AS (v int);
CREATE FUNCTION slow_eq(a slow, b slow) RETURNS bool LANGUAGE plpgsql STRICT AS $$
BEGIN
    IF current_setting('slow.wait', true) = 'on' THEN
        PERFORM pg_advisory_xact_lock_shared(7);
    END IF;
    RETURN a.v = b.v;
END $$;
CREATE FUNCTION slow_lt(a slow, b slow) RETURNS bool LANGUAGE sql IMMUTABLE STRICT AS 'SELECT a.v < b.v';
CREATE FUNCTION slow_le(a slow, b slow) RETURNS bool LANGUAGE sql IMMUTABLE STRICT AS 'SELECT a.v <= b.v';
CREATE FUNCTION slow_ge(a slow, b slow) RETURNS bool LANGUAGE sql IMMUTABLE STRICT AS 'SELECT a.v >= b.v';
CREATE FUNCTION slow_gt(a slow, b slow) RETURNS bool LANGUAGE sql IMMUTABLE STRICT AS 'SELECT a.v > b.v';
CREATE FUNCTION slow_cmp(a slow, b slow) RETURNS int LANGUAGE sql IMMUTABLE STRICT AS 'SELECT sign(a.v - b.v)::int';
CREATE OPERATOR = (FUNCTION = slow_eq, LEFTARG = slow, RIGHTARG = slow, COMMUTATOR = =);
CREATE OPERATOR < (FUNCTION = slow_lt, LEFTARG = slow, RIGHTARG = slow);
CREATE OPERATOR <= (FUNCTION = slow_le, LEFTARG = slow, RIGHTARG = slow);
CREATE OPERATOR >= (FUNCTION = slow_ge, LEFTARG = slow, RIGHTARG = slow);
CREATE OPERATOR > (FUNCTION = slow_gt, LEFTARG = slow, RIGHTARG = slow);
CREATE OPERATOR CLASS slow_ops DEFAULT FOR TYPE slow USING btree AS
    OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 slow_cmp(slow, slow);
SQL

# Takes the lock, in a session that the caller keeps.
sub hold
{
    my ($session) = @_;
    $session->query_safe('SELECT pg_advisory_lock(7)');
    return;
}

sub release
{
    my ($session) = @_;
    $session->query_safe('SELECT pg_advisory_unlock(7)');
    return;
}

# Waits until a backend stands still in a check, and returns its process id.
sub wait_for_check
{
    my ($node) = @_;
    my $waiting = q{FROM pg_locks WHERE locktype = 'advisory' AND NOT granted};
    $node->poll_query_until('postgres', "SELECT count(*) = 1 $waiting") or die 'no check stands still';
    return $node->safe_psql('postgres', "SELECT pid $waiting");
}

1;
