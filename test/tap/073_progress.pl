# fk_progress: how far checks are, seen from other sessions: blocks that grow, keys that are done, whatever the engine and
# whoever reads; and nothing of a check that has ended, in whatever way.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use SlowKey;

my $node = PostgreSQL::Test::Cluster->new('progress');
$node->init(allows_streaming => 1);
$node->append_conf('postgresql.conf', <<'CONF');
shared_preload_libraries = 'fkaudit'
fsync = off
autovacuum = off
jit = off
restart_after_crash = on
max_wal_size = 4GB
CONF
$node->start;

# A page of big_child has one row. Every third key has no parent.
my $pages = 6000;
$node->safe_psql('postgres', <<"SQL");
CREATE EXTENSION fkaudit;
$SlowKey::type
CREATE TABLE big_parent (id int PRIMARY KEY);
INSERT INTO big_parent SELECT n FROM generate_series(1, $pages * 3) n WHERE n % 3 <> 0;
CREATE TABLE big_child (p int CONSTRAINT big REFERENCES big_parent, filler text);
ALTER TABLE big_child ALTER filler SET STORAGE PLAIN;
CREATE TABLE slow_parent (k slow PRIMARY KEY);
CREATE TABLE "Slow; child" (k slow CONSTRAINT slow REFERENCES slow_parent);
INSERT INTO slow_parent VALUES (ROW(1));
INSERT INTO "Slow; child" VALUES (ROW(1));
CREATE TABLE z_child (p int CONSTRAINT z REFERENCES big_parent);
SET session_replication_role = replica;
INSERT INTO big_child SELECT n, repeat('x', 7000) FROM generate_series(1, $pages) n;
CREATE INDEX ON big_child (p);
-- What fk_progress has of a table while another session checks it, as it changes. It ends with the check.
CREATE PROCEDURE watch(wanted text) LANGUAGE plpgsql AS \$\$
DECLARE
    one record;
    began timestamptz := clock_timestamp();
    was_there bool := false;
BEGIN
    CREATE TEMP TABLE seen (n serial, phase text, blocks_done bigint, blocks_total bigint, orphans bigint);
    WHILE clock_timestamp() < began + '60 s' LOOP
        SELECT * INTO one FROM fk_progress;
        EXIT WHEN was_there AND one.pid IS NULL;
        was_there := one.pid IS NOT NULL;
        IF one.child = wanted AND NOT EXISTS (SELECT FROM seen s WHERE (s.phase, s.blocks_done, s.orphans)
                IS NOT DISTINCT FROM (one.phase, one.blocks_done, one.orphans)) THEN
            INSERT INTO seen (phase, blocks_done, blocks_total, orphans) VALUES (one.phase, one.blocks_done, one.blocks_total, one.orphans);
        END IF;
    END LOOP;
END \$\$;
SQL

sub ask { return $node->safe_psql('postgres', $_[0]) }
my $who = 'SELECT datname, child, phase, blocks_done, blocks_total, constraints_done, constraints_total, orphans FROM fk_progress';

# Blocks grow, and never past their number. A try may be too quick to be seen; several are not. The walk of an index looks
# for the parents of many keys at once, and knows its orphans after that. Of several heaps the blocks are added up: more
# than $least must be seen.
sub grows
{
    my ($name, $phase, $settings, $query, $total, $child, $least) = @_;
    $child //= 'big_child';
    $least //= 0;
    my $orphans = $pages / 3;
    my $are_early = $phase ne 'walking index' ? 'true' : 'false';
    for my $try (1 .. 10)
    {
        my $watcher = $node->background_psql('postgres', on_error_stop => 0);
        $watcher->query_safe(q{SET application_name = 'watcher'});
        $watcher->query_until(qr/begins/, "\\echo begins\nCALL watch('public.$child');\n");
        $node->poll_query_until('postgres', q{SELECT count(*) = 1 FROM pg_stat_activity WHERE application_name = 'watcher' AND query ~ 'CALL'});
        ask("$settings; $query");
        # Where the watcher saw nothing of it, it waits for another one.
        ask("SELECT count(*) FROM fk_check('z_child')")
          until ask(q{SELECT count(*) FROM pg_stat_activity WHERE application_name = 'watcher' AND state = 'active'}) eq '0';
        my $seen = $watcher->query_safe("SELECT count(DISTINCT blocks_done) > 2 AND max(blocks_done) > $least, max(blocks_done) <= $total,
                min(blocks_total) = max(blocks_total) AND min(blocks_total) = $total,
                count(*) FILTER (WHERE (blocks_done, orphans) < (before, orphans_before)), max(orphans) <= $orphans, max(orphans) > 0 OR NOT $are_early
           FROM (SELECT *, lag(blocks_done) OVER (ORDER BY n) AS before, lag(orphans) OVER (ORDER BY n) AS orphans_before
                   FROM seen WHERE phase = '$phase') AS s");
        $watcher->quit;
        next if $seen !~ /^t.*t$/ && $try < 10;
        is($seen, 't|t|t|0|t|t', "$name: $phase");
        return;
    }
}

my $index_pages = ask("SELECT pg_relation_size('big_child_p_idx') / current_setting('block_size')::int");
my $check       = "SELECT count(*) FROM fk_check('big_child')";
my $alone       = 'SET fkaudit.max_parallel_workers = 0';
my $together    = 'SET fkaudit.max_parallel_workers = 2; SET min_parallel_table_scan_size = 0';
my $orphans     = "SELECT count(*) FROM fk_orphans('big_child')";
grows('one process',       'reading child', $alone,    $check,   $pages);
grows('parallel workers',  'reading child', $together, $check,   $pages);
like(ask("$together; SELECT detail FROM fk_check('big_child')"), qr/parallel worker/, 'there were workers');
grows('an index',          'walking index', "$alone; SET fkaudit.engine = index", $check, $index_pages);
grows('a list',            'reading child', $alone,    $orphans, $pages);
grows('a list of workers', 'reading child', $together, $orphans, $pages);
ask(<<"SQL");
CREATE TABLE big_parts (p int CONSTRAINT parts REFERENCES big_parent, filler text) PARTITION BY RANGE (p);
CREATE TABLE big_parts_1 PARTITION OF big_parts FOR VALUES FROM (0) TO ($pages / 2 + 1);
CREATE TABLE big_parts_2 PARTITION OF big_parts FOR VALUES FROM ($pages / 2 + 1) TO ($pages + 1);
ALTER TABLE big_parts_1 ALTER filler SET STORAGE PLAIN;
ALTER TABLE big_parts_2 ALTER filler SET STORAGE PLAIN;
SET session_replication_role = replica;
INSERT INTO big_parts SELECT n, repeat('x', 7000) FROM generate_series(1, $pages) n;
SQL
my $parts = "SELECT count(*) FROM fk_check('big_parts')";
grows('partitions',            'reading child', $alone,    $parts, $pages, 'big_parts', $pages / 2);
grows('partitions of workers', 'reading child', $together, $parts, $pages, 'big_parts', $pages / 2);
ask('DROP TABLE big_parts');
is(ask('SELECT count(*) FROM fk_progress'), 0, 'nothing is left of them');

# Another process's check that stands still.
my $holder = $node->background_psql('postgres');
sub start_check
{
    my ($query, $setup) = @_;
    my $session = $node->background_psql('postgres', on_error_stop => 0);
    $session->query_safe('SET slow.wait = on; SET fkaudit.max_parallel_workers = 0' . ($setup // ''));
    $session->query_until(qr/begins/, "\\echo begins\n$query;\n");
    return $session;
}
sub wait_until_gone
{
    my ($name) = @_;
    ok($node->poll_query_until('postgres', 'SELECT count(*) = 0 FROM fk_progress'), $name);
    return;
}

my $still = 'postgres|public."Slow; child"|running query|||0|3|0';
SlowKey::hold($holder);
my $first = start_check('SELECT count(*) FROM fk_check()');
my $pid   = SlowKey::wait_for_check($node);
is(ask($who), $still, 'a check that stands still in its first child');
is(ask('SELECT pid, started_at BETWEEN query_start AND now() FROM fk_progress JOIN pg_stat_activity USING (pid)'), "$pid|t", 'whose it is');
is($node->safe_psql('template1', "CREATE EXTENSION IF NOT EXISTS fkaudit; $who"), $still, 'from another database');

# Two at once.
my $second = start_check(q{CALL fk_check_all('"Slow; child"')});
$node->poll_query_until('postgres', q{SELECT count(*) = 2 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted}) or die;
is(ask($who), "$still\n" . 'postgres|public."Slow; child"|running query|||0|1|0', 'two at once');

# Who sees what: as in pg_stat_progress_….
ask('CREATE ROLE nobody LOGIN; CREATE ROLE reader LOGIN IN ROLE pg_read_all_stats');
my $shown = 'SELECT pid IS NOT NULL, datname, child, phase, constraints_total, orphans, started_at IS NOT NULL FROM fk_progress LIMIT 1';
is($node->safe_psql('postgres', $shown, extra_params => [ '-U', 'nobody' ]), 't|postgres|||||f', 'another role');
is($node->safe_psql('postgres', $shown, extra_params => [ '-U', 'reader' ]), 't|postgres|public."Slow; child"|running query|3|0|t',
    'a member of pg_read_all_stats');

# Ends: cancelled, by a timeout, terminated, killed, of themselves.
ask("SELECT pg_cancel_backend($pid)");
$node->poll_query_until('postgres', 'SELECT count(*) = 1 FROM fk_progress') or die;
is(ask('SELECT constraints_total FROM fk_progress'), 1, 'cancelled: the other one is left');
ask('SELECT pg_terminate_backend(pid, 60000) FROM fk_progress');
wait_until_gone('terminated');
$first->query_until(qr/ends/, "SET statement_timeout = '10ms';\nSELECT count(*) FROM fk_check();\n\\echo ends\n");
is(ask('SELECT count(*) FROM fk_progress'), 0, 'a timeout');
$first->quit;
eval { $second->quit };
$first = start_check('SELECT count(*) FROM fk_orphans()');
SlowKey::wait_for_check($node);
is(ask($who), $still, 'a list');
kill 'KILL', ask('SELECT pid FROM fk_progress');
$node->poll_query_until('postgres', 'SELECT 1', 1) or die 'the server does not come back';
is(ask('SELECT count(*) FROM fk_progress'), 0, 'killed');
eval { $_->quit } for $first, $holder;

# Keys that are done count on, over the transactions of fk_check_all(), too; a key that fails counts as well.
$holder = $node->background_psql('postgres');
SlowKey::hold($holder);
ask('CREATE TABLE "A" (p int CONSTRAINT a REFERENCES big_parent, q slow CONSTRAINT fails REFERENCES slow_parent)');
$first = start_check('CALL fk_check_all()', q{; SET lock_timeout = '1h'});
SlowKey::wait_for_check($node);
is(ask($who), 'postgres|public."Slow; child"|running query|||2|5|0', 'after the first child');
SlowKey::release($holder);
wait_until_gone('at its end');
is(ask('SELECT state FROM fk_check_runs ORDER BY run_id DESC LIMIT 1'), 'finished', 'which was one');
$first->quit;

# A check inside of another one, in a function that this one's query calls, is not followed.
ask(q{CREATE OR REPLACE FUNCTION slow_eq(a slow, b slow) RETURNS bool LANGUAGE plpgsql STRICT AS $$
BEGIN
    IF current_setting('slow.wait', true) = 'on' THEN
        PERFORM FROM public.fk_check('public.big_child');
        PERFORM pg_advisory_xact_lock_shared(7);
    END IF;
    RETURN a.v = b.v;
END $$});
SlowKey::hold($holder);
$first = start_check(q{SELECT verdict FROM fk_check('"Slow; child"')});
SlowKey::wait_for_check($node);
is(ask($who), 'postgres|public."Slow; child"|running query|||0|1|0', 'a check inside of a check');
SlowKey::release($holder);
wait_until_gone('at its end');
$first->quit;

# On a standby.
$node->backup('backup');
my $standby = PostgreSQL::Test::Cluster->new('progress_standby');
$standby->init_from_backup($node, 'backup', has_streaming => 1);
$standby->start;
$node->wait_for_catchup($standby);
my $standby_holder = $standby->background_psql('postgres');
SlowKey::hold($standby_holder);
# There, the check inside of it has parallel workers, which are none of the one that is followed.
$first = $standby->background_psql('postgres', on_error_stop => 0);
$first->query_safe('SET slow.wait = on');
$first->query_until(qr/begins/, qq{\\echo begins\nSELECT count(*) FROM fk_check('"Slow; child"');\n});
SlowKey::wait_for_check($standby);
is($standby->safe_psql('postgres', $who), 'postgres|public."Slow; child"|running query|||0|1|0', 'on a standby');
SlowKey::release($standby_holder);
$_->quit for $standby_holder, $first;
$standby->stop;

# Lines of NOTICE, with the library preloaded and without it.
for my $preloaded (1, 0)
{
    $holder->quit;
    $node->adjust_conf('postgresql.conf', 'shared_preload_libraries', $preloaded ? "'fkaudit'" : "''");
    $node->restart;
    $holder = $node->background_psql('postgres');
    SlowKey::hold($holder);
    my $begin = time;
    $first = start_check('SELECT count(*) FROM fk_check()', q{; LOAD 'fkaudit'; SET fkaudit.progress_interval = 1});
    SlowKey::wait_for_check($node);
    ask('SELECT pg_sleep(1.1)');
    SlowKey::release($holder);
    $first->query('SELECT 1');
    like($first->{stderr}, qr/NOTICE:  public\."Slow; child": running query; 3 of 5 foreign keys done$/m,
        'a line of NOTICE' . ($preloaded ? '' : ', not preloaded'));
    my $notices = () = $first->{stderr} =~ /NOTICE/g;
    cmp_ok($notices, '<=', time - $begin, 'and no second one within the second');
    $first->{stderr} = '';
    $first->query('RESET fkaudit.progress_interval; SELECT count(*) FROM fk_check()');
    unlike($first->{stderr}, qr/NOTICE/, 'none where none is asked for');
    $first->quit;
}
my ($status, $out, $err) = $node->psql('postgres', "\\set VERBOSITY verbose\nTABLE fk_progress");
like($err, qr/ERROR:  55000: running checks are not shown on this server\nDETAIL:  .*\nHINT:  .*shared_preload_libraries = 'fkaudit'/,
    'without the library among shared_preload_libraries');

$node->stop;
done_testing();
