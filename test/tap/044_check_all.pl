# fk_check_all() beside other sessions: no snapshot outlives its table; a run that is cancelled, terminated or killed keeps
# what it has done and says so; two at once do not meet; and what one table meets is no other's.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('check_all');
$node->init(allows_streaming => 1);
$node->append_conf('postgresql.conf', "fsync = off\nautovacuum = off\nrestart_after_crash = on");
$node->start;
# Each child's parent is its own, so that a lock on a child stops the run there and nowhere else.
$node->safe_psql('postgres', 'CREATE EXTENSION fkaudit; '
      . join ';', map { "CREATE TABLE p$_ (id int PRIMARY KEY); CREATE TABLE c$_ (p int CONSTRAINT fk$_ REFERENCES p$_)" } 1 .. 4);

sub ask { return $node->safe_psql('postgres', $_[0]) }

my $last = '(SELECT max(run_id) FROM fk_check_runs)';
# The last run's verdicts so far, in order.
sub done { return ask("SELECT string_agg(constraint_name || ':' || coalesce(reason, verdict), ' ' ORDER BY checked_at)
                         FROM fk_check_results WHERE run_id = $last") }
sub state { return ask("SELECT state FROM fk_check_runs WHERE run_id = $last") }

# Sessions that hold locks, by table.
my %holder;

sub hold
{
    my ($table) = @_;
    $holder{$table} = $node->background_psql('postgres', on_error_stop => 0);
    $holder{$table}->query_safe("BEGIN; LOCK TABLE $table");
    return;
}

sub let_go
{
    my ($table, $sql) = @_;
    my $session = delete $holder{$table};
    $session->query_safe(($sql // '') . '; COMMIT');
    $session->quit;
    return;
}

# A session named `checker`, and one of its runs, which waits for a table.
sub start_run
{
    my ($call, $name) = @_;
    my $session = $node->background_psql('postgres', on_error_stop => 0);
    $session->query_safe("SET application_name = " . ($name // 'checker'));
    $session->query_until(qr/started/, "\\echo started\n$call;\n\\echo en\\echo ded\n");
    return $session;
}

sub wait_at
{
    my ($table, $count) = @_;
    $node->poll_query_until('postgres',
        'SELECT count(*) = ' . ($count // 1) . " FROM pg_locks WHERE relation = '$table'::regclass AND NOT granted")
      or die "nobody waits for $table";
    return;
}

my $checker_pid = q{SELECT pid FROM pg_stat_activity WHERE application_name = 'checker'};

sub wait_for_end
{
    my ($name) = @_;
    $name //= 'checker';
    $node->poll_query_until('postgres',
        "SELECT count(*) = 0 FROM pg_stat_activity WHERE application_name = '$name' AND state = 'active'")
      or die 'the run does not end';
    return;
}

# The oldest transaction that the checker's snapshots see as running.
sub horizon { return ask(q{SELECT coalesce(backend_xmin, backend_xid)::text FROM pg_stat_activity WHERE application_name = 'checker'}) }

# Snapshots.
hold($_) for 'c2', 'c3';
my $checker = start_run('CALL fk_check_all()');
wait_at('c2');
is(done(), 'fk1:trusted', 'what is done can be seen at once');
is(state(), 'running', 'a run under way');
my $first = horizon();
ask('SELECT txid_current()') for 1 .. 3;
let_go('c2');
wait_at('c3');
cmp_ok(horizon(), '>', $first, 'the snapshot of one table is not the next one\'s');
is(ask(q{SELECT count(*) FROM pg_locks WHERE relation IN ('c1'::regclass, 'c2'::regclass, 'p1'::regclass, 'p2'::regclass)}),
    0, 'nor are its locks');

# Another session's run of the same tables at the same time; and one that would resume what is under way.
my ($status, $out, $err) = $node->psql('postgres', 'CALL fk_check_all(resume => true)');
like($err, qr/ERROR:  run 1 of fk_check_all\(\) is still under way\n.*\n.*fk_check_runs/, 'a run has one session');
my $other = start_run('CALL fk_check_all()', 'other');
wait_at('c3', 2);
is(ask('SELECT run_id, state FROM fk_check_runs ORDER BY 1'), "1|running\n2|running", 'two at once');
let_go('c3');
wait_for_end($_) for 'checker', 'other';
is(ask('SELECT run_id, state, count(*) FROM fk_check_runs JOIN fk_check_results USING (run_id) GROUP BY 1, 2 ORDER BY 1'),
    "1|finished|4\n2|finished|4", 'both are whole');
$other->quit;

# What happens to one table.
hold('c2');
$checker->query_until(qr/started/, "\\echo started\nSET lock_timeout = '1s';\nCALL fk_check_all();\nRESET lock_timeout;\n");
wait_at('c2');
wait_for_end();
is(done(), 'fk1:trusted fk2:lock_not_available fk3:trusted fk4:trusted', 'a lock that is not to be had');
$checker->query_until(qr/started/, "\\echo started\nCALL fk_check_all();\n");
wait_at('c2');
ask('DROP TABLE c3; ALTER TABLE c4 RENAME CONSTRAINT fk4 TO fk4b; CREATE TABLE c5 (p int CONSTRAINT fk5 REFERENCES p1)');
let_go('c2', 'DROP TABLE c2');
wait_for_end();
is(done(), 'fk1:trusted fk2:vanished fk3:vanished fk4b:trusted', 'tables that go, names that change, tables that come');
like(ask("SELECT detail FROM fk_check_results WHERE run_id = $last AND constraint_name = 'fk3'"), qr/^the foreign key was dropped/,
    'and a word about it');
is(state(), 'finished', 'and the run comes to its end');
ask(q{DROP TABLE c5; ALTER TABLE c4 RENAME CONSTRAINT fk4b TO fk4;
      CREATE TABLE c2 (p int CONSTRAINT fk2 REFERENCES p2); CREATE TABLE c3 (p int CONSTRAINT fk3 REFERENCES p3)});

# Cancelled: by hand, and by a timeout.
hold('c3');
$checker->query_until(qr/started/, "\\echo started\nCALL fk_check_all();\n");
wait_at('c3');
$checker->{stderr} = '';
ask("SELECT pg_cancel_backend(($checker_pid))");
wait_for_end();
$checker->query('SELECT 1');
like($checker->{stderr},
    qr/NOTICE:  run 5 of fk_check_all\(\) was cancelled\n.*DETAIL:  .*kept.*HINT:  .*resume => true.*ERROR:  canceling statement/s,
    'says how to go on');
$checker->{stderr} = '';
is(state(), 'cancelled', 'a cancelled run');
is(done(), 'fk1:trusted fk2:trusted', 'keeps what it has done');
is(ask(q{SELECT count(*) FROM pg_locks WHERE locktype = 'object'}), 0, 'and holds nothing');
$checker->query("SET statement_timeout = '100ms'; CALL fk_check_all(resume => true); RESET statement_timeout");
is(state() . ask("SELECT ', run ' || run_id FROM fk_check_runs ORDER BY 1 DESC LIMIT 1"), 'cancelled, run 5', 'a timeout cancels');
let_go('c3');
ask('CALL fk_check_all(resume => true)');
is(state(), 'finished', 'resumed');
is(done(), 'fk1:trusted fk2:trusted fk3:trusted fk4:trusted', 'and each table was examined once');
is(ask("SELECT count(DISTINCT checked_at < (SELECT max(checked_at) FROM fk_check_results WHERE constraint_name = 'fk3')) FROM fk_check_results
         WHERE run_id = $last AND constraint_name IN ('fk1', 'fk2')"), 1, 'those before were not examined again');

$checker->quit;

# Terminated, and killed with the whole server.
for my $signal ('TERM', 'KILL')
{
    hold('c3');
    $checker = start_run('CALL fk_check_all()');
    wait_at('c3');
    is(state(), 'running', "before SIG$signal");
    my $pid = ask($checker_pid);
    kill $signal, $pid;
    if ($signal eq 'KILL')
    {
        delete $holder{c3};
        $node->poll_query_until('postgres', 'SELECT 1', 1) or die 'the server does not come back';
    }
    $node->poll_query_until('postgres', "SELECT count(*) = 0 FROM pg_stat_activity WHERE pid = $pid") or die;
    let_go('c3') if $signal eq 'TERM';
    is(state(), 'interrupted', "interrupted by SIG$signal");
    is(done(), 'fk1:trusted fk2:trusted', 'keeps what it has done');
    ask('CALL fk_check_all(resume => true)');
    is(state() . ': ' . done(), 'finished: fk1:trusted fk2:trusted fk3:trusted fk4:trusted', 'and goes on');
}

# What became worse: the documentation's query.
my ($steps) = slurp_file("$ENV{TESTDIR}/doc/fkaudit.md") =~ /^```sql\n(SELECT \* FROM \(SELECT child.*?);\n```$/ms;
my $columns = 'SELECT child, constraint_name, before, verdict, more_orphans FROM';
ask('TRUNCATE fk_check_results; SET session_replication_role = replica; INSERT INTO c2 VALUES (1), (2)');
ask($_) for 'CALL fk_check_all()', 'INSERT INTO p2 VALUES (1)', 'CALL fk_check_all()', 'INSERT INTO p2 VALUES (2)', 'CALL fk_check_all()';
is(ask("$columns ($steps) AS s"), "public.c2|fk2|violated|violated|-1\npublic.c2|fk2|violated|trusted|-1", 'a trend');

# A whole run in one session's isolation levels.
for my $level ('repeatable read', 'serializable')
{
    ask("SET default_transaction_isolation = '$level'; CALL fk_check_all()");
    is(state() . ': ' . done(), 'finished: fk1:trusted fk2:trusted fk3:trusted fk4:trusted', $level);
}
hold('c3');
$checker = start_run(q{SET default_transaction_isolation = 'repeatable read'; CALL fk_check_all()});
wait_at('c3');
ask('BEGIN; ALTER TABLE p4 ALTER id TYPE bigint; INSERT INTO p4 VALUES (1); INSERT INTO c4 VALUES (1); COMMIT');
let_go('c3');
wait_for_end();
is(done(), 'fk1:trusted fk2:trusted fk3:trusted fk4:trusted', 'a table rewritten meanwhile is not too new for its own snapshot');
$checker->quit;

# A standby refuses, shows the runs, and does not call one interrupted whose session it cannot see.
$node->backup('backup');
my $standby = PostgreSQL::Test::Cluster->new('check_all_standby');
$standby->init_from_backup($node, 'backup', has_streaming => 1);
$standby->start;
hold('c3');
$checker = start_run('CALL fk_check_all()');
wait_at('c3');
$node->wait_for_catchup($standby);
($status, $out, $err) = $standby->psql('postgres', "\\set VERBOSITY verbose\nCALL fk_check_all()");
like($err, qr/ERROR:  25006: cannot execute fk_check_all\(\) during recovery\n.*\nHINT:  .*fk_check\(\)/, 'a standby refuses');
is($standby->safe_psql('postgres', "SELECT state FROM fk_check_runs WHERE run_id = $last"), 'running', 'and shows a run');
let_go('c3');
wait_for_end();
$checker->quit;
$standby->stop;

# pg_dump keeps the runs, and goes on counting behind them.
my $runs = 'SELECT run_id, started_at, ended_at, by_user, state, child, constraint_name FROM fk_check_runs ORDER BY run_id';
my $results = 'SELECT * FROM fk_check_results ORDER BY run_id, checked_at';
my $dump = $node->basedir . '/dump.sql';
$node->command_ok([ 'pg_dump', '-f', $dump, '-d', $node->connstr('postgres') ], 'dumped');
$node->safe_psql('postgres', 'CREATE DATABASE restored');
$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('restored'), '-f', $dump ], 'restored');
is($node->safe_psql('restored', $_), ask($_), "kept: $_") for $runs, $results;
$node->safe_psql('restored', 'CALL fk_check_all()');
is($node->safe_psql('restored', 'SELECT max(run_id) FROM fk_check_runs'), ask('SELECT max(run_id) + 1 FROM fk_check_runs'),
    'a new run has a new number');
# A run that was under way in the dump is nobody's now, and can be gone on with: OIDs are others, names count.
$node->safe_psql('restored', "UPDATE fk_check_run_records SET state = 'running' WHERE run_id = $last");
is($node->safe_psql('restored', "SELECT state FROM fk_check_runs WHERE run_id = $last"), 'interrupted', 'a run of the dump');
$node->command_ok([ 'pg_dump', '-f', $dump, '-d', $node->connstr('restored') ], 'dumped again');
$node->safe_psql('postgres', 'CREATE DATABASE again');
$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('again'), '-f', $dump ], 'restored again');
$node->safe_psql('again', 'CALL fk_check_all(resume => true)');
is($node->safe_psql('again', "SELECT state, (SELECT count(*) FROM fk_check_results r JOIN pg_constraint k ON k.oid = r.constraint_oid
                                AND k.conname = r.constraint_name WHERE r.run_id = u.run_id) FROM fk_check_runs u WHERE run_id = $last"),
    'finished|4', 'is examined with this database\'s keys');

$node->stop;
done_testing();
