# Both sides of a key compared in temporary files by several processes, one of which stands still in each of the phases: the
# leader is cancelled or terminated meanwhile, the worker terminated or killed. Nothing is left behind, no temporary file
# above all; and whoever takes part, the answer is the same.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(usleep);

my $node = PostgreSQL::Test::Cluster->new('shared_spill');
$node->init;
$node->append_conf('postgresql.conf', <<'CONF');
shared_preload_libraries = 'fkaudit'
fsync = off
autovacuum = off
jit = off
max_worker_processes = 5
restart_after_crash = on
dynamic_shared_memory_type = mmap
fkaudit.max_parallel_workers = 2
maintenance_work_mem = '4MB'
log_error_verbosity = verbose
CONF
$node->start;

# Every 1000th key has no parent.
my $rows = 400_000;
$node->safe_psql('postgres', <<"SQL");
CREATE EXTENSION fkaudit;
CREATE TABLE parent (id bigint PRIMARY KEY);
INSERT INTO parent SELECT n * 46116860184 FROM generate_series(1, $rows) n;
CREATE TABLE child (id int, k bigint) WITH (parallel_workers = 2);
INSERT INTO child SELECT n, CASE WHEN n % 1000 = 0 THEN -n % 50000 ELSE (n * 7919::bigint % $rows + 1) * 46116860184 END
  FROM generate_series(1, $rows) n;
ALTER TABLE child ADD CONSTRAINT the_key FOREIGN KEY (k) REFERENCES parent NOT VALID;
VACUUM ANALYZE;
SQL
my $orphans = $rows / 1000;
my $check = q{SELECT verdict, orphan_rows, missing_keys, example, rows_checked, substring(detail from 'in \d+ parts[^;]*') FROM fk_check('child')};
my $list = q{SELECT count(*), md5(string_agg(row_ctid::text || foreign_key, ',' ORDER BY ordinality)),
    array_agg(row_ctid ORDER BY ordinality) = array_agg(row_ctid ORDER BY row_ctid) FROM fk_orphans('child') WITH ORDINALITY};
my $found = qq(violated|$orphans|50|{"k": -49000}|$rows|in 8 parts in temporary files);

sub ask { return $node->safe_psql('postgres', $_[0]) }
sub session { return $node->background_psql('postgres', on_error_stop => 0) }
sub segments { return join ' ', sort grep { /^mmap/ } slurp_dir($node->data_dir . '/pg_dynshmem') }

# What there is of temporary files, folders included.
sub temporary_files
{
    my $directory = $node->data_dir . '/base/pgsql_tmp';
    return -d $directory ? join ' ', sort grep { !/^\.\.?$/ } slurp_dir($directory) : '';
}

my $workers = q{SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'parallel worker'};

# Whoever takes part, the answer is the same, in the same order.
my $listed = ask("SET fkaudit.max_parallel_workers = 0; $list");
like($listed, qr/^$orphans\|\w+\|t$/, 'one process lists every orphan in physical order');
is(ask(qq{SET fkaudit.engine = sql; SELECT orphan_rows, missing_keys, example FROM fk_check('child')}), qq($orphans|50|{"k": -49000}),
    'as many as sql finds');
for my $participation ('on', 'off')
{
    for my $helpers (0 .. 3)
    {
        my $settings = "SET parallel_leader_participation = $participation; SET fkaudit.max_parallel_workers = $helpers;"
          . 'ALTER TABLE child SET (parallel_workers = 3)';
        my $help = $helpers == 0 ? '' : ", with the help of $helpers parallel worker" . ($helpers == 1 ? '' : 's');
        is(ask("$settings; $check"), $found . $help, "$helpers workers, leader $participation");
        is(ask("$settings; $list"), $listed, '… list the same');
    }
}
ask('ALTER TABLE child SET (parallel_workers = 2)');
is(temporary_files(), '', 'no temporary file is left');
is(ask("SET max_parallel_workers = 0; $check"), $found, 'where no worker is free, one process does without');

# A session's own shared memory goes when its process ends, which psql does not wait for.
sub settled
{
    $node->poll_query_until('postgres',
        q{SELECT count(*) = 1 FROM pg_stat_activity WHERE backend_type IN ('client backend', 'parallel worker')});
    return segments();
}

my $segments = settled();
my $answer   = "$found, with the help of 2 parallel workers";
my $fine     = sub {
    my ($what) = @_;
    $node->poll_query_until('postgres', $workers, 0);
    is(temporary_files(), '', "$what: no temporary file is left");
    is(ask('SELECT count(*) FROM pg_locks WHERE relation >= 16384'), 0, '… and no lock');
    is(ask($check), $answer, '… and the next check has its workers');
    is(ask($list), $listed, '… and the orphans are listed');
    is(settled(), $segments, '… and no shared memory is left');
    is(ask('SELECT count(*) FROM fk_progress'), 0, '… nor a check in fk_progress');
};

# Begins the check in a session, and stops one of its workers soon after the leader has come to the wanted phase, until that
# stands still in it, and all others wait for it there. A worker that has nothing more to do in the phase is let go again.
sub stand_still
{
    my ($wanted) = @_;
    my $observer = session();
    for my $try (1 .. 200)
    {
        my $checker = session();
        $checker->query_safe('\set VERBOSITY verbose');
        $checker->query_until(qr/it starts/, "\\echo it starts\n$check;\n");
        my ($phase, $worker, $over) = ('', '', 'f');
        while ($over eq 'f' && !($phase eq $wanted && $worker ne ''))
        {
            ($phase, $worker, $over) = split /\|/, $observer->query_safe(q{SELECT (SELECT phase FROM fk_progress),
                (SELECT pid FROM pg_stat_activity WHERE backend_type = 'parallel worker' LIMIT 1),
                EXISTS (SELECT FROM pg_stat_activity WHERE state = 'idle' AND query ~ 'fk_check' AND pid <> pg_backend_pid())});
        }
        # Each time at another moment of it.
        usleep(rand(10_000)) if $try % 2 == 0;
        if ($over eq 'f' && kill 'STOP', $worker)
        {
            # Two looks that see the same: nobody else is at work.
            my ($state, $before) = ('', 'none');
            for (my $looks = 0; $looks < 1000 && !($state eq $before && $state =~ /^(Extension|ParallelFinish|BgworkerShutdown|ClientRead)/i); $looks++)
            {
                usleep(50_000) if $looks > 0;
                $before = $state;
                $state = $observer->query_safe(qq{SELECT a.wait_event, p.phase, p.blocks_done <= p.blocks_total, count(w.pid)
                    FROM pg_stat_activity a LEFT JOIN fk_progress p ON p.pid = a.pid LEFT JOIN pg_stat_activity w ON w.pid = $worker
                    WHERE a.backend_type = 'client backend' AND a.pid <> pg_backend_pid() GROUP BY 1, 2, 3});
            }
            if ($state =~ /^Extension\|\Q$wanted\E\|.*\|1$/)
            {
                unlike($state, qr/\|f\|/, "$wanted: no more blocks are done than there are");
                note "$wanted: try $try";
                $observer->quit;
                return ($checker, $worker);
            }
            kill 'CONT', $worker;
        }
        $checker->query_safe('SELECT 1');
        $checker->quit;
        $node->poll_query_until('postgres', $workers, 0);
    }
    die "no worker stands still while $wanted";
}

my $leader = q{SELECT leader_pid FROM pg_stat_activity WHERE backend_type = 'parallel worker' LIMIT 1};
for my $phase ('reading parent keys', 'reading child', 'comparing keys')
{
    # It only takes longer.
    my ($checker, $worker) = stand_still($phase);
    isnt(temporary_files(), '', "$phase: there are temporary files") if $phase ne 'reading parent keys';
    kill 'CONT', $worker;
    is($checker->query(q{SELECT 'it is over'}), "$answer\nit is over", "$phase: one that stands still is waited for");
    $checker->quit;
    $fine->("$phase, slowly");

    ($checker, $worker) = stand_still($phase);
    ask("SELECT pg_cancel_backend(($leader))");
    # It waits for its workers' end.
    kill 'CONT', $worker;
    is($checker->query(q{SELECT 'it is over'}), 'it is over', "$phase: the leader is cancelled");
    like($checker->{stderr}, qr/57014: canceling statement due to user request/, '… which it says');
    $checker->{stderr} = '';
    is($checker->query($check), $answer, '… and its session goes on');
    $checker->quit;
    $fine->("$phase, cancelled");

    ($checker, $worker) = stand_still($phase);
    ask("SELECT pg_terminate_backend($worker)");
    kill 'CONT', $worker;
    # In the last part that it has to do, it may come to its end before it looks.
    my $said = $checker->query(q{SELECT 'it is over'});
    like($said, qr/^(\Q$answer\E\n)?it is over$/, "$phase: a worker is terminated");
    like($checker->{stderr}, qr/57P01: terminating .* due to administrator command/, '… which the leader says') if $said !~ /violated/;
    $checker->{stderr} = '';
    is($checker->query($check), $answer, '… and its session goes on');
    $checker->quit;
    $fine->("$phase, a worker terminated");

    ($checker, $worker) = stand_still($phase);
    my ($pid) = ask($leader);
    ask("SELECT pg_terminate_backend($pid)");
    kill 'CONT', $worker;
    $node->poll_query_until('postgres', "SELECT count(*) FROM pg_stat_activity WHERE pid = $pid", 0);
    $fine->("$phase, the leader terminated");
    eval { $checker->quit };

    # The server restarts.
    ($checker, $worker) = stand_still($phase);
    my $offset = -s $node->logfile;
    kill 'KILL', $worker;
    $node->wait_for_log(qr/database system is ready to accept connections/, $offset);
    $node->poll_query_until('postgres', 'SELECT true');
    eval { $checker->quit };
    ask($check);
    $segments = settled();
    $fine->("$phase, a worker killed");
}

# What a process may write to temporary files is bounded: 3 processes write less each.
my $limited = q{SELECT verdict, reason, replace(detail, '"', '') FROM fk_check('child')};
is(ask("SET temp_file_limit = '500kB'; $limited"), 'not examined|error|temporary file size exceeds temp_file_limit (500kB)',
    'a limit on temporary files');
$fine->('after that');

# Nor may they be in a folder that cannot be written.
my $directory = $node->data_dir . '/base/pgsql_tmp';
SKIP:
{
    skip 'root writes anywhere', 3 if $> == 0;
    chmod 0500, $directory;
    like(ask($limited), qr/^not examined\|error\|could not create temporary/, 'a folder for temporary files that cannot be written');
    chmod 0700, $directory;
    is(ask($check), $answer, '… and when it can be again');
    is(temporary_files(), '', '… nothing is left there');
}

# A parent whose keys fit the memory, and no processor's cache: the same, unless temporary files may not be so large. Every
# other row has no parent, and then every row.
{
    ask(<<'SQL');
CREATE UNLOGGED TABLE vast_parent (id bigint);
INSERT INTO vast_parent SELECT n * 1000000007::bigint FROM generate_series(1, 8600000) n;
CREATE UNLOGGED TABLE of_vast (k bigint) WITH (parallel_workers = 2);
INSERT INTO of_vast SELECT CASE WHEN n % 2 = 0 THEN -n ELSE n * 1000000007::bigint END FROM generate_series(1, 60000) n;
SQL
    my $ample = q{SET maintenance_work_mem = '256MB'; SET fkaudit.engine = scan;};
    my $vast_check = q{SELECT verdict, orphan_rows, missing_keys, example, rows_checked, split_part(detail, ';', 1)
        FROM fk_check('of_vast', '{k}', 'vast_parent', '{id}')};
    my $vast_list = q{SELECT count(*), md5(string_agg(row_ctid::text || foreign_key, ',' ORDER BY ordinality))
        FROM fk_orphans('of_vast', '{k}', 'vast_parent', '{id}') WITH ORDINALITY};
    my $way = "the parent's keys take more memory than a processor's cache: both sides were compared in 131 parts in temporary files";
    my $vast_listed;
    for my $helpers (0 .. 2)
    {
        my $help = $helpers == 0 ? '' : ", with the help of $helpers parallel worker" . ($helpers == 1 ? '' : 's');
        is(ask("$ample SET fkaudit.max_parallel_workers = $helpers; $vast_check"), qq(violated|30000|30000|{"k": -60000}|60000|$way$help),
            "a vast parent, $helpers workers");
        my $rows = ask("$ample SET fkaudit.max_parallel_workers = $helpers; $vast_list");
        $vast_listed //= $rows;
        is($rows, $vast_listed, '… list the same');
    }
    like($vast_listed, qr/^30000\|/, '… which is every orphan');
    like(ask("$ample SET temp_file_limit = '10MB'; $vast_check"), qr/^violated\|30000\|30000\|\{"k": -60000\}\|60000\|(?!.*parts)/,
        'without files');
    ask('UPDATE of_vast SET k = -k WHERE k > 0');
    is(ask("$ample $vast_check"), qq(violated|60000|60000|{"k": -59999000419993}|60000|$way, with the help of 2 parallel workers), 'where every row is an orphan');
    ask('DROP TABLE of_vast, vast_parent');
}

$node->stop;
is(segments(), '', 'the server leaves no shared memory');
done_testing();
