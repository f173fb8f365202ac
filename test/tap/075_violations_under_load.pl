# The counters of fk_violations under load: totals of many sessions are exact, terminated sessions lose nothing that they
# have seen, and a killed backend or server leaves counters that start anew and never count too much.
# FKAUDIT_SOAK is the number of violations; a long run takes 1000000.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time);

my $sessions = 16;
my $times = int(($ENV{FKAUDIT_SOAK} // 20_000) / $sessions / 4) * 4;
my $node = PostgreSQL::Test::Cluster->new('load');
$node->init;
$node->append_conf('postgresql.conf', <<'CONF');
shared_preload_libraries = 'fkaudit'
fsync = off
autovacuum = off
max_connections = 50
restart_after_crash = on
CONF
$node->start;
$node->safe_psql('postgres', <<'SQL');
CREATE EXTENSION fkaudit;
CREATE SEQUENCE attempts;
CREATE TABLE p (id int PRIMARY KEY);
INSERT INTO p VALUES (1);
CREATE TABLE c (p int CONSTRAINT c_fk REFERENCES p);
INSERT INTO c VALUES (1);
-- Each violation leaves a dead row: without indexes the search for living ones grows with every one.
CREATE INDEX ON c (p);
CREATE TABLE parts (p int CONSTRAINT parts_fk REFERENCES p) PARTITION BY RANGE (p);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (100);
CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM (100) TO (200);
CREATE TABLE d (p int CONSTRAINT d_fk REFERENCES p DEFERRABLE INITIALLY DEFERRED);
CREATE FUNCTION again() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO c VALUES (99);
EXCEPTION WHEN foreign_key_violation THEN
    RAISE;
END $$;
-- Four kinds in turn, with a COMMIT now and then.
CREATE PROCEDURE violate(times int) LANGUAGE plpgsql AS $$
BEGIN
    FOR n IN 1..times LOOP
        PERFORM nextval('attempts');
        BEGIN
            CASE n % 4
                WHEN 0 THEN INSERT INTO c VALUES (99);
                WHEN 1 THEN UPDATE p SET id = 2 WHERE id = 1;
                WHEN 2 THEN INSERT INTO parts VALUES (n / 4 % 2 * 100 + 50);
                WHEN 3 THEN PERFORM again();
            END CASE;
        EXCEPTION WHEN foreign_key_violation THEN
            NULL;
        END;
        IF n % 1000 = 0 THEN
            COMMIT;
        END IF;
    END LOOP;
END $$;
SQL

# From a file: nobody needs to feed a session for it to go on.
my $files = 0;

sub begin_sessions
{
    my ($script) = @_;
    my $file = PostgreSQL::Test::Utils::tempdir() . '/' . ++$files . '.sql';
    append_to_file($file, $script);
    return map {
        my ($out, $err) = ('', '');
        IPC::Run::start([ 'psql', '-X', '-q', '-d', $node->connstr('postgres'), '-f', $file ], '<', \undef, '>', \$out, '2>', \$err);
    } 1 .. $sessions;
}

my $total = 'SELECT coalesce(sum(violations), 0) FROM fk_violations';
sub ask { return $node->safe_psql('postgres', @_) }

# Caught ones, ones that reach the client, and ones that a COMMIT finds.
my $started = time;
$_->finish for begin_sessions("CALL violate($times);\n" . "INSERT INTO c VALUES (99);\n" x 5 . "INSERT INTO d VALUES (99);\n" x 5);
note sprintf '%d violations from %d sessions in %.1f s', $sessions * ($times + 10), $sessions, time - $started;
is( ask('SELECT constraint_name, side, violations, last_day FROM fk_violations'),
    join("\n",
        map { join '|', @$_, $_->[2] }
          [ 'c_fk',     'child write',  $sessions * ($times / 2 + 5) ],
          [ 'c_fk',     'parent write', $sessions * $times / 4 ],
          [ 'd_fk',     'child write',  $sessions * 5 ],
          [ 'parts_fk', 'child write',  $sessions * $times / 4 ]),
    "$sessions sessions count exactly");

# Sessions that are terminated in the middle: each of them may have been about to raise one more.
sub begin_load
{
    ask(q{SELECT fk_violations_reset(), setval('attempts', 1, false)});
    my @running = begin_sessions("CALL violate(100000000);\n");
    ok($node->poll_query_until('postgres', "SELECT last_value > 500 FROM attempts"), 'sessions are at work');
    return @running;
}
my @running = begin_load();
ask(q{SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query ~ '^CALL violate'});
$_->finish for @running;
my $attempts = ask('SELECT last_value FROM attempts');
my $counted = ask($total);
cmp_ok($counted, '<=', $attempts, 'terminated sessions count no more than they tried');
cmp_ok($counted, '>=', $attempts - $sessions, 'and lose none');

# A killed backend: the server starts all others anew, and the counters, too.
@running = begin_load();
my $before = ask('SELECT stats_reset FROM fk_violations_info');
my $victim = ask(q{SELECT min(pid) FROM pg_stat_activity WHERE query ~ '^CALL violate'});
kill 'KILL', $victim;
$_->finish for @running;
ok($node->poll_query_until('postgres', "SELECT stats_reset > '$before' FROM fk_violations_info"), 'a killed backend: the counters start anew');
is(ask($total), 0, 'and have nothing of what was before');
$_->finish for begin_sessions('CALL violate(100);');
is(ask($total), 100 * $sessions, 'and count exactly');

# A killed server: its sessions go when they have ended what they are at, and a new one begins anew. Calls end soon, so that
# none of them goes on and on.
ask(q{SELECT setval('attempts', 1, false)});
@running = begin_sessions("CALL violate(100);\n" x 1000);
ok($node->poll_query_until('postgres', 'SELECT last_value > 1000 FROM attempts'), 'sessions are at work');
my @processes = split /\n/, ask('SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()');
$node->kill9;
$_->finish for @running;
# They hold the shared memory until the last of them has gone.
for (1 .. 600)
{
    last unless grep { kill 0, $_ } @processes;
    select undef, undef, undef, 0.1;
}
$node->start;
is(ask($total), 0, 'a killed server: the counters start anew');
$_->finish for begin_sessions('CALL violate(100);');
is(ask($total), 100 * $sessions, 'and count exactly');

# A restart in order.
$node->restart;
is(ask($total), 100 * $sessions, 'a clean restart keeps them');

$node->stop;
done_testing();
