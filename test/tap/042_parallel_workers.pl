# Parallel workers that stand still in the middle of a scan: cancelled, terminated, killed, timed out; too few of them, too
# little shared memory; a page that a worker cannot read; a user's function that appears meanwhile. Nothing is left behind,
# no shared memory above all.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('workers');
$node->init;
# Of the processes one is the server's own (the logical replication launcher): two are for workers. Shared memory in files
# of the data directory can be counted.
$node->append_conf('postgresql.conf', <<'CONF');
fsync = off
autovacuum = off
jit = off
max_worker_processes = 3
restart_after_crash = on
dynamic_shared_memory_type = mmap
fkaudit.max_parallel_workers = 2
parallel_leader_participation = off
log_error_verbosity = verbose
CONF
$node->start;

# Keys in a TOAST table: whoever locks its index stops a scan where the first of them is read.
$node->safe_psql('postgres', <<"SQL");
CREATE EXTENSION fkaudit;
CREATE TABLE parent (k text PRIMARY KEY);
CREATE TABLE child (k text) WITH (parallel_workers = 2);
ALTER TABLE child ALTER k SET STORAGE EXTERNAL;
INSERT INTO child SELECT CASE WHEN n % 51 = 0 THEN repeat(n::text, 800) ELSE (n % 5000)::text END FROM generate_series(1, 5151) n;
INSERT INTO parent SELECT generate_series(0, 5000);
ALTER TABLE child ADD CONSTRAINT the_key FOREIGN KEY (k) REFERENCES parent NOT VALID;
CREATE TABLE other_parent (id int PRIMARY KEY);
CREATE TABLE other (id int CONSTRAINT other_key REFERENCES other_parent) WITH (parallel_workers = 2);
INSERT INTO other_parent SELECT generate_series(1, 5000);
INSERT INTO other SELECT generate_series(1, 5000);
SQL
my $index = $node->safe_psql('postgres', q{SELECT indexrelid::regclass FROM pg_index WHERE indrelid =
    (SELECT reltoastrelid FROM pg_class WHERE relname = 'child')});
my $check  = q{SELECT verdict, orphan_rows, missing_keys, rows_checked, substring(detail from '\d+ parallel') FROM fk_check('child')};
# The rows come in their places' order.
my $list = q{SELECT count(*), array_agg(row_ctid ORDER BY ordinality) = array_agg(row_ctid ORDER BY row_ctid)
    FROM fk_orphans('child') WITH ORDINALITY};
my $listed = '101|t';
my $answer = 'violated|101|101|5151|';

sub segments { return join ' ', sort grep { /^mmap/ } slurp_dir($node->data_dir . '/pg_dynshmem') }

my $workers = q{SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'parallel worker'};
my $locks   = q{SELECT count(*) FROM pg_locks WHERE relation >= 16384 AND relation NOT IN (SELECT 'pg_locks'::regclass)};

# A session's own shared memory goes when its process ends, which psql does not wait for.
sub settled
{
    $node->poll_query_until('postgres',
        q{SELECT count(*) = 1 FROM pg_stat_activity WHERE backend_type IN ('client backend', 'parallel worker')});
    return segments();
}

sub session { return $node->background_psql('postgres', on_error_stop => 0) }

# Locks the index, in a session that is returned.
sub hold
{
    my $holder = session();
    $holder->query_safe("BEGIN; REINDEX INDEX $index");
    return $holder;
}

# Begins the check in a session, and waits until all of its workers stand still.
sub stand_still
{
    my ($session, $query, $count) = @_;
    $session->query_until(qr/it starts/, "\\echo it starts\n$query;\n");
    $node->poll_query_until('postgres', "$workers AND wait_event_type = 'Lock'", $count // 2) or die 'no worker stands still';
    return split /\n/, $node->safe_psql('postgres', q{SELECT pid FROM pg_stat_activity WHERE backend_type = 'parallel worker' ORDER BY 1});
}

is($node->safe_psql('postgres', $check), $answer . '2 parallel', 'two workers help');
my $segments = settled();
my $fine = sub {
    my ($what) = @_;
    $node->poll_query_until('postgres', $workers, 0);
    is($node->safe_psql('postgres', $locks), 0, "$what: no lock is left");
    is($node->safe_psql('postgres', $check), $answer . '2 parallel', '… and the next check has its workers');
    is($node->safe_psql('postgres', $list), $listed, '… and the orphans are listed');
    is(settled(), $segments, '… and no shared memory is left');
};
$fine->('before anything happens');

# Each by itself: who is told to end, how, and what the session then says.
my $leader = q{SELECT leader_pid FROM pg_stat_activity WHERE backend_type = 'parallel worker' LIMIT 1};
for my $case (
    map { my $query = $_; map { [ $query, @$_ ] } (
        [ 'the leader is cancelled', 'pg_cancel_backend(leader_pid)', qr/57014: canceling statement due to user request/ ],
        [ 'a worker is cancelled',   'pg_cancel_backend(pid)',        qr/57014: canceling statement due to user request/ ],
        [ 'a worker is terminated',  'pg_terminate_backend(pid)',     qr/57P01: terminating .* due to administrator command/ ]) }
    $check, $list)
{
    my ($query, $what, $how, $expected) = @$case;
    my $holder  = hold();
    my $checker = session();
    $checker->query_safe('\set VERBOSITY verbose');
    $checker->query_safe('BEGIN; SAVEPOINT here');
    stand_still($checker, $query);
    is($node->safe_psql('postgres', q{SELECT DISTINCT query ~ 'fk_' FROM pg_stat_activity WHERE backend_type = 'parallel worker'}),
        't', 'a worker shows its query') if $what =~ /leader/;
    $node->safe_psql('postgres', "SELECT $how FROM pg_stat_activity WHERE backend_type = 'parallel worker' LIMIT 1");
    $checker->query('ROLLBACK TO here');
    like($checker->{stderr}, $expected, $what);
    $checker->{stderr} = '';
    $node->poll_query_until('postgres', $workers, 0);
    is($node->safe_psql('postgres', "$locks AND pid <> " . $holder->query_safe('SELECT pg_backend_pid()')), 0, '… without a lock');
    $holder->query_safe('ROLLBACK');
    is($checker->query($query), $query eq $check ? $answer . '2 parallel' : $listed, '… and its session goes on');
    $checker->query_safe('COMMIT');
    $_->quit for $checker, $holder;
    $fine->($what);
}

{
    my $holder  = hold();
    my $checker = session();
    $checker->query_safe(q{SET statement_timeout = '1s'});
    stand_still($checker, $check);
    is($checker->query('SHOW statement_timeout'), '1s', 'after a timeout the session goes on');
    like($checker->{stderr}, qr/canceling statement due to statement timeout/, '… which it was told of');
    $_->quit for $checker, $holder;
    $fine->('after a timeout');
}

{
    my $holder  = hold();
    my $checker = session();
    stand_still($checker, $check);
    $node->safe_psql('postgres', "SELECT pg_terminate_backend(($leader), 60000)");
    $holder->quit;
    $fine->('when the leader is terminated');
    eval { $checker->quit };
}

# The parents are read by all: two that stand still there, one process in each, and a third that waits for them.
{
    $node->safe_psql('postgres', <<'SQL');
CREATE TABLE slow_parent (k text PRIMARY KEY);
ALTER TABLE slow_parent ALTER k SET STORAGE EXTERNAL;
INSERT INTO slow_parent SELECT CASE WHEN n < 100 THEN n::text ELSE repeat('x', 2500) END FROM generate_series(1, 100) n;
CREATE TABLE slower_parent (k text PRIMARY KEY);
ALTER TABLE slower_parent ALTER k SET STORAGE EXTERNAL;
INSERT INTO slower_parent SELECT k FROM slow_parent;
CREATE TABLE of_slow (k text) WITH (parallel_workers = 2);
INSERT INTO of_slow SELECT n % 120 FROM generate_series(1, 3000) n;
ALTER TABLE of_slow ADD CONSTRAINT first_key FOREIGN KEY (k) REFERENCES slow_parent NOT VALID;
ALTER TABLE of_slow ADD CONSTRAINT second_key FOREIGN KEY (k) REFERENCES slower_parent NOT VALID;
SQL
    my $lock = join ' ', map { "REINDEX INDEX $_;" } split /\n/, $node->safe_psql('postgres', q{SELECT indexrelid::regclass FROM pg_index
        WHERE indrelid IN (SELECT reltoastrelid FROM pg_class WHERE relname IN ('slow_parent', 'slower_parent'))});
    my $slow_check = q{SELECT constraint_name, orphan_rows, substring(detail from '\d+ parallel') FROM fk_check('of_slow')};
    my $slow_answer = "first_key|525|2 parallel\nsecond_key|525|2 parallel";
    my $waiting = q{SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND (leader_pid IS NOT NULL OR query ~ 'fk_check')};
    for my $case (
        [ 'the leader is cancelled', qq{SELECT pg_cancel_backend(($leader))}, qr/57014: canceling statement due to user request/ ],
        [ 'a worker is terminated', q{SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'parallel worker' AND wait_event_type = 'Lock'},
            qr/57P01: terminating .* due to administrator command/ ],
        [ 'one that waits for the others is terminated', q{SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'parallel worker' AND wait_event_type <> 'Lock'},
            qr/57P01: terminating .* due to administrator command|^$/ ])
    {
        my ($what, $how, $expected) = @$case;
        my $holder  = session();
        $holder->query_safe("BEGIN; $lock");
        my $checker = session();
        $checker->query_safe('\set VERBOSITY verbose');
        $checker->query_until(qr/it starts/, "\\echo it starts\n$slow_check;\n");
        $node->poll_query_until('postgres', $waiting, 2) or die 'not two stand still';
        $node->poll_query_until('postgres', $workers, 2) or die 'no workers';
        $node->safe_psql('postgres', $how);
        $node->poll_query_until('postgres', $workers, 0) if $what !~ /waits/;
        $holder->query_safe('ROLLBACK');
        $holder->quit;
        my $rest = $checker->query(q{SELECT 'it is over'});
        like($rest, qr/it is over/, "$what while parents are read");
        like($checker->{stderr}, $expected, '… which is said');
        is($checker->query($slow_check), $slow_answer, '… and its session goes on');
        $checker->quit;
        $fine->("$what while parents are read");
    }
    $node->safe_psql('postgres', 'DROP TABLE of_slow, slow_parent, slower_parent');
}

# No process is free: the check goes on without workers, or with those that there are.
{
    my $holder  = hold();
    my $checker = session();
    stand_still($checker, $check);
    is($node->safe_psql('postgres', q{SELECT verdict, rows_checked, detail FROM fk_check('other')}), 'trusted|5000|',
        'where all workers are busy, a check does without');
    my $second = session();
    $second->query_until(qr/it starts/, "\\echo it starts\n$check;\n");
    $node->poll_query_until('postgres', q{SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'}, 3);
    $holder->query_safe('ROLLBACK');
    is($second->query(q{SELECT 'it is over'}), "${answer}\nit is over", '… also one that stood still');
    is($checker->query(q{SELECT 'it is over'}), "${answer}2 parallel\nit is over", '… and that with workers ends as it should');
    $_->quit for $checker, $second, $holder;
    $fine->('after too many checks');

    $holder  = hold();
    $checker = session();
    $checker->query_safe('SET fkaudit.max_parallel_workers = 1');
    stand_still($checker, $check, 1);
    is($node->safe_psql('postgres', q{SELECT verdict, rows_checked, detail FROM fk_check('other')}),
        'trusted|5000|scanned with the help of 1 parallel worker', 'where one worker is free, it helps');
    $_->quit for $holder, $checker;
    $fine->('after fewer workers');
}

# Too little room for the shared memory: a file may not be so large.
SKIP:
{
    skip 'prlimit is not there', 4 unless system('prlimit --version > /dev/null 2>&1') == 0;
    my $checker = session();
    my $pid     = $checker->query_safe('SELECT pg_backend_pid()');
    system('prlimit', '--pid', $pid, '--fsize=65536') == 0 or die 'prlimit';
    is($checker->query($check), $answer, 'without room for shared memory, a check does without workers');
    is($checker->query($list), $listed, '… and a list, too');
    is($checker->{stderr}, '', '… and says nothing of it');
    is(segments(), $segments, '… nor leaves any there');
    $checker->quit;
    $fine->('after that');
}

# A worker cannot read a page: its error is the key's, and the others are examined.
{
    my $path = $node->data_dir . '/' . $node->safe_psql('postgres', q{SELECT pg_relation_filepath('other')});
    $node->stop;
    open my $file, '+<:raw', $path or die "$path: $!";
    seek $file, 8192, 0;
    read $file, my $page, 64;
    seek $file, 8192, 0;
    print $file "\xff" x 64;
    close $file;
    $node->start;
    like($node->safe_psql('postgres', 'SELECT constraint_name, verdict, reason, detail FROM fk_check() ORDER BY 1'),
        qr/^other_key\|not examined\|error\|invalid page in block 1 of relation [^\n]*\nthe_key\|violated\|\|scanned with the help of 2/,
        'a page that a worker cannot read');
    my ($stdout, $stderr) = ('', '');
    $node->psql('postgres', 'SELECT constraint_name, count(*) FROM fk_orphans() GROUP BY 1', stdout => \$stdout, stderr => \$stderr);
    is($stdout, 'the_key|101', '… and the orphans of the others');
    like($stderr, qr/WARNING: .*other_key.* was not examined: error\nDETAIL:  invalid page/, '… and a warning');
    $segments = settled();
    $fine->('after a page that cannot be read');
    $node->stop;
    open $file, '+<:raw', $path or die "$path: $!";
    seek $file, 8192, 0;
    print $file $page;
    close $file;
    $node->start;
}

# A cast to json that its owner makes while the workers stand still: his function would run with the caller's rights.
{
    $node->safe_psql('postgres', <<'SQL');
CREATE ROLE mallory;
CREATE SCHEMA mallory AUTHORIZATION mallory;
SET ROLE mallory;
CREATE TYPE mallory.mood AS ENUM ('sad');
CREATE FUNCTION mallory.to_json(mallory.mood) RETURNS json LANGUAGE plpgsql AS
    $$ BEGIN RAISE WARNING 'ran as %', current_user; RETURN '1'; END $$;
RESET ROLE;
CREATE TABLE mood_parent (k text, m mallory.mood, PRIMARY KEY (k, m));
CREATE TABLE mood_child (k text, m mallory.mood, CONSTRAINT mood_key FOREIGN KEY (k, m) REFERENCES mood_parent MATCH FULL)
    WITH (parallel_workers = 2);
ALTER TABLE mood_child ALTER k SET STORAGE EXTERNAL;
SET session_replication_role = replica;
INSERT INTO mood_child VALUES (NULL, 'sad'), (repeat('x', 4000), NULL);
SQL
    my $mood_index = $node->safe_psql('postgres', q{SELECT indexrelid::regclass FROM pg_index WHERE indrelid =
        (SELECT reltoastrelid FROM pg_class WHERE relname = 'mood_child')});
    my $mood_check = q{SELECT verdict, reason, example, detail FROM fk_check('mood_child')};
    like($node->safe_psql('postgres', $mood_check), qr/^violated\|\|\{"k": null, "m": "sad"\}\|scanned with the help of 2/,
        'a key of a type of mallory');
    my $holder = session();
    $holder->query_safe("BEGIN; REINDEX INDEX $mood_index");
    my $checker = session();
    stand_still($checker, $mood_check, 1);
    $node->safe_psql('postgres', 'SET ROLE mallory; CREATE CAST (mallory.mood AS json) WITH FUNCTION mallory.to_json(mallory.mood)');
    $holder->query_safe('ROLLBACK');
    is($checker->query(q{SELECT 'it is over'}),
        'not examined|unsupported||code of user mallory (function mallory.to_json(mallory.mood)) would run with the rights of '
          . $node->safe_psql('postgres', 'SELECT current_user') . "\nit is over",
        'his function does not run in a worker');
    unlike($checker->{stderr}, qr/ran as/, '… at all');
    $_->quit for $checker, $holder;
    $node->safe_psql('postgres', 'DROP TABLE mood_child; DROP OWNED BY mallory CASCADE; DROP ROLE mallory');
    $segments = settled();
    $fine->('after that');
}

# A worker is killed: the server restarts.
{
    my $holder  = hold();
    my $checker = session();
    my ($pid) = stand_still($checker, $check);
    my $offset = -s $node->logfile;
    kill 'KILL', $pid;
    $node->wait_for_log(qr/database system is ready to accept connections/, $offset);
    $node->poll_query_until('postgres', 'SELECT true');
    $node->safe_psql('postgres', $check);
    $segments = settled();
    $fine->('after a worker was killed');
    eval { $_->quit } for $checker, $holder;
}

$node->stop;
is(segments(), '', 'the server leaves no shared memory');
done_testing();
