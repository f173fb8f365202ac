# A check that ends in the middle: its backend cancelled, terminated, killed. Nothing of it is left behind: no lock, no
# temporary file, no snapshot, no memory.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use SlowKey;

my $node = PostgreSQL::Test::Cluster->new('interrupted');
$node->init;
$node->append_conf('postgresql.conf', <<'CONF');
fsync = off
autovacuum = off
jit = off
restart_after_crash = on
work_mem = '64kB'
log_error_verbosity = verbose
CONF
$node->start;

# fk_orphans has written the orphans of a_child to a temporary file when it comes to the child that it stands still in.
$node->safe_psql('postgres', <<"SQL");
CREATE EXTENSION fkaudit;
$SlowKey::type
CREATE TABLE a_parent (id int PRIMARY KEY);
CREATE TABLE a_child (p int CONSTRAINT a_fk REFERENCES a_parent);
CREATE TABLE slow_parent (k slow PRIMARY KEY);
CREATE TABLE slow_child (k slow CONSTRAINT slow REFERENCES slow_parent);
INSERT INTO slow_parent VALUES (ROW(1));
INSERT INTO slow_child VALUES (ROW(1));
SET session_replication_role = replica;
INSERT INTO a_child SELECT generate_series(1, 20000);
SQL

sub temporary_files
{
    my $directory = $node->data_dir . '/base/pgsql_tmp';
    return -d $directory ? scalar(grep { !/^\./ } slurp_dir($directory)) : 0;
}

# What the checker has locked or waits for, the catalogs aside.
my $locks = q{SELECT string_agg(DISTINCT coalesce(l.relation::regclass::text, l.locktype), ' ') FROM pg_locks l
               WHERE l.locktype <> 'virtualxid' AND coalesce(l.relation, 16384) >= 16384 AND l.pid IN
                     (SELECT pid FROM pg_stat_activity WHERE application_name = 'checker')};
my $memory = q{SELECT count(*), sum(total_bytes) FROM pg_backend_memory_contexts
                WHERE name NOT IN ('index info', 'Rendezvous variable hash', 'PL/pgSQL function', 'CachedPlan', 'CachedPlanSource',
                                   'CachedPlanQuery', 'relation rules', 'partition descriptor', 'CacheMemoryContext')};

# A session named `checker` that is about to stand still.
sub start_checker
{
    my $checker = $node->background_psql('postgres', on_error_stop => 0);
    $checker->query_safe(q{SET application_name = checker; \set VERBOSITY verbose});
    # What a session keeps of its first call, and of its first error, it keeps once.
    $checker->query_safe('SELECT count(*) FROM fk_orphans()');
    $checker->query(q{SELECT fk_check(0)});
    $checker->{stderr} = '';
    $checker->query_safe('SET slow.wait = on');
    return $checker;
}

sub stand_still
{
    my ($checker, $query) = @_;
    $checker->query_until(qr/it starts/, "\\echo it starts\n$query;\n");
    my $pid = SlowKey::wait_for_check($node);
    cmp_ok(temporary_files(), '>', 0, 'it has a temporary file') if $query =~ /fk_orphans/;
    is($node->safe_psql('postgres', $locks), 'advisory slow_child slow_parent slow_parent_pkey',
        'it has the locks of the table that it reads, and of no other');
    return $pid;
}

my $holder = $node->background_psql('postgres');
SlowKey::hold($holder);

for my $query ('SELECT count(*) FROM fk_orphans()', 'SELECT count(*) FROM fk_check()',
    q{SELECT count(*) FROM fk_check('slow_child', '{k}', 'slow_parent', '{k}')})
{
    # Cancelled: the session goes on, and has nothing more than it had before.
    my $checker = start_checker();
    my $before;
    for my $round (1 .. 3)
    {
        my $pid = stand_still($checker, $query);
        $node->safe_psql('postgres', "SELECT pg_cancel_backend($pid)");
        $checker->query(q{SELECT 'it is over'});
        like($checker->{stderr}, qr/ERROR:  57014: canceling statement due to user request/, "$query: cancelled");
        $checker->{stderr} = '';
        is($node->safe_psql('postgres', $locks), '', '… without a lock');
        is(temporary_files(), 0, '… without a temporary file');
        is( $node->safe_psql('postgres', q{SELECT backend_xmin, backend_xid, state FROM pg_stat_activity
                WHERE application_name = 'checker'}),
            '||idle', '… without a snapshot or a transaction');
        my $now = $checker->query($memory);
        # The first error makes room for errors. Plans that are made again can take less than they did.
        my ($contexts, $bytes) = split /\|/, $now;
        if ($round > 2)
        {
            my ($contexts_before, $bytes_before) = split /\|/, $before;
            cmp_ok($contexts, '<=', $contexts_before, '… with the memory that it had');
            cmp_ok($bytes, '<=', $bytes_before, '… with not a byte more');
        }
        $before = $now;
    }
    $checker->quit;

    # In a transaction that goes on by a savepoint.
    $checker = start_checker();
    $checker->query_safe('BEGIN; SAVEPOINT here');
    my $pid = stand_still($checker, $query);
    $node->safe_psql('postgres', "SELECT pg_cancel_backend($pid)");
    $checker->query('ROLLBACK TO here');
    like($checker->{stderr}, qr/57014/, "$query: cancelled in a transaction");
    $checker->{stderr} = '';
    is($node->safe_psql('postgres', $locks), '', "$query: rolled back to a savepoint, it has no lock");
    is(temporary_files(), 0, '… and no temporary file');
    $checker->query_safe('SET LOCAL slow.wait = off');
    is($checker->query('SELECT constraint_name, verdict FROM fk_check()'), "a_fk|violated\nslow|trusted",
        '… and can check what it was kept from');
    $checker->query_safe('COMMIT');
    $checker->quit;

    # Terminated.
    $checker = start_checker();
    $pid = stand_still($checker, $query);
    my $offset = -s $node->logfile;
    $node->safe_psql('postgres', "SELECT pg_terminate_backend($pid, 60000)");
    $node->wait_for_log(qr/FATAL:  57P01: terminating connection due to administrator command/, $offset);
    is($node->safe_psql('postgres', "SELECT count(*) FROM pg_stat_activity WHERE pid = $pid"), 0, "$query: terminated");
    is($node->safe_psql('postgres', $locks), '', '… without a lock');
    is(temporary_files(), 0, '… without a temporary file');
    eval { $checker->quit };
}

# The client goes away.
{
    my $checker = start_checker();
    $checker->query_safe(q{SET client_connection_check_interval = '100ms'});
    my $pid = stand_still($checker, 'SELECT count(*) FROM fk_orphans()');
    $checker->{run}->kill_kill;
    $node->poll_query_until('postgres', "SELECT count(*) = 0 FROM pg_stat_activity WHERE pid = $pid");
    is($node->safe_psql('postgres', $locks), '', 'without its client: no lock');
    is(temporary_files(), 0, '… no temporary file');
}
SlowKey::release($holder);

# Killed: the server restarts.
for my $query ('SELECT count(*) FROM fk_orphans()', 'SELECT count(*) FROM fk_check()')
{
    $holder = $node->background_psql('postgres') if $query =~ /fk_check/;
    SlowKey::hold($holder);
    my $checker = start_checker();
    my $pid = stand_still($checker, $query);
    my $offset = -s $node->logfile;
    kill 'KILL', $pid;
    $node->wait_for_log(qr/database system is ready to accept connections/, $offset);
    $node->poll_query_until('postgres', 'SELECT true');
    is($node->safe_psql('postgres', $locks), '', "$query: killed, without a lock");
    is(temporary_files(), 0, '… without a temporary file');
    is($node->safe_psql('postgres', 'SELECT constraint_name, verdict, orphan_rows FROM fk_check()'),
        "a_fk|violated|20000\nslow|trusted|0", '… and the next check goes through');
    eval { $_->quit } for $checker, $holder;
}
# The whole server at once.
$holder = $node->background_psql('postgres');
SlowKey::hold($holder);
my $checker = start_checker();
stand_still($checker, 'SELECT count(*) FROM fk_orphans()');
$node->stop('immediate');
$node->start;
is(temporary_files(), 0, 'after an immediate shutdown: no temporary file');
is($node->safe_psql('postgres', 'SELECT count(*) FROM fk_orphans()'), 20000, '… and the next check goes through');
eval { $_->quit } for $checker, $holder;

$node->stop;
done_testing();
