# The counters of fk_violations: over restarts, crashes and broken files, with little room, many sessions, other libraries'
# hooks, and for whom.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('kept');
$node->init;
$node->append_conf('postgresql.conf', <<'CONF');
fsync = off
autovacuum = off
max_connections = 40
log_min_messages = panic
fkaudit.max_tracked = 100
CONF
$node->start;
my $major = $node->pg_version->major;

sub ask
{
    my ($sql, $database) = @_;
    return $node->safe_psql($database // 'postgres', $sql);
}

sub fails_with
{
    my ($sql, $pattern, $name) = @_;
    my ($status, $out, $err) = $node->psql('postgres', $sql);
    isnt($status, 0, "$name: an error");
    like($err, $pattern, "$name: says so");
    return;
}

# Without the library in shared_preload_libraries the rest works, and these say what to set.
ask('CREATE EXTENSION fkaudit; CREATE TABLE p (id int PRIMARY KEY); INSERT INTO p VALUES (1), (2)');
is(ask('SELECT count(*) FROM fk_constraints()'), 0, 'not preloaded: the rest works');
for my $sql ('TABLE fk_violations', 'TABLE fk_violations_info', 'SELECT fk_violations_reset()')
{
    fails_with($sql, qr/violations of foreign keys are not counted on this server\n.*\nHINT:  .*shared_preload_libraries = 'fkaudit'/, $sql);
}

# Between other libraries, whose hooks go on working.
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'pg_stat_statements,fkaudit,auto_explain'\npg_stat_statements.track_utility = on");
$node->restart;
ask(<<'SQL');
CREATE EXTENSION pg_stat_statements;
CREATE TABLE c (id int, p int CONSTRAINT c_fk REFERENCES p);
CREATE PROCEDURE fail(times int, key int) LANGUAGE plpgsql AS $$
BEGIN
    FOR n IN 1..times LOOP
        BEGIN
            INSERT INTO c (p) VALUES (key);
        EXCEPTION WHEN foreign_key_violation THEN
            NULL;
        END;
    END LOOP;
END $$;
SQL
ask('CALL fail(3, 99)');
is(ask('SELECT violations FROM fk_violations'), 3, 'counted beside other libraries');
is(ask(q{SELECT calls FROM pg_stat_statements WHERE query ~ '^CALL fail'}), 1, 'and they count, too');

# Windows in psql's own words.
is(ask('SELECT last_5_min, last_hour, last_day FROM fk_violations'), '3|3|3', 'just now');

# A clean restart keeps them, a crash does not, and neither leaves a file behind.
my $file = $node->data_dir . '/pg_stat/fkaudit.stat';
my $first = ask('SELECT first_seen FROM fk_violations');
my $reset = ask('SELECT stats_reset FROM fk_violations_info');
$node->stop;
ok(-f $file, 'a stopped server has a file');
my $saved = slurp_file($file);
$node->start;
ok(!-f $file, 'a started one has none');
is(ask('SELECT violations, first_seen, last_key FROM fk_violations'), "3|$first|(p)=(99)", 'a restart keeps the counts');
is(ask('SELECT stats_reset FROM fk_violations_info'), $reset, 'and since when they count');
# The other processes hold the shared memory until they notice.
my @others = split /\n/, ask('SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()');
$node->kill9;
for (1 .. 600)
{
    last unless grep { kill 0, $_ } @others;
    select undef, undef, undef, 0.1;
}
$node->start;
is(ask('SELECT count(*) FROM fk_violations'), 0, 'a crash of the server resets them');
$node->append_conf('postgresql.conf', 'restart_after_crash = on');
$node->reload;
ask('CALL fail(3, 99)');
my ($victim) = ask('SELECT pid FROM pg_stat_activity WHERE backend_type = $$walwriter$$');
kill 'KILL', $victim;
ok($node->poll_query_until('postgres', 'SELECT count(*) = 0 FROM fk_violations'), 'so does a crash of one process');
ask('CALL fail(2, 99)');
is(ask('SELECT violations FROM fk_violations'), 2, 'and they count again');
$node->stop;
ok(-f $file, 'and are saved again');
$node->start;
is(ask('SELECT violations FROM fk_violations'), 2, 'and read again');
ask('SELECT fk_violations_reset()');

# A file that is not whole, not ours or not of this version is ignored, with a word in the log.
sub start_with_warning
{
    my ($pattern, $name) = @_;
    my $offset = -s $node->logfile;
    $node->append_conf('postgresql.conf', 'log_min_messages = warning');
    $node->start;
    $node->append_conf('postgresql.conf', 'log_min_messages = panic');
    $node->reload;
    is(ask('SELECT count(*), sum(violations) FROM fk_violations'), '0|', "$name: nothing is taken from it");
    my @warnings = slurp_file($node->logfile, $offset) =~ /(WARNING: .*)/g;
    is(scalar(@warnings), 1, "$name: one warning") or diag join "\n", @warnings;
    like($warnings[0], $pattern, "$name: the log says so");
    return;
}

sub start_with_file
{
    my ($content, $name) = @_;
    $node->stop;
    open my $handle, '>:raw', $file or die "could not write $file: $!";
    print $handle $content;
    close $handle;
    start_with_warning(qr/ignoring invalid data in file "pg_stat\/fkaudit\.stat"/, $name);
    ok(!-f $file, "$name: it is gone");
    return;
}

# The content with bytes replaced and the checksum right again, as a server wrote it that is another one.
sub with_bytes
{
    my ($offset, $bytes) = @_;
    my $content = substr($saved, 0, -4);
    substr($content, $offset, length $bytes) = $bytes;
    my $sum = 0xffffffff;
    for my $byte (unpack 'C*', $content)
    {
        $sum ^= $byte;
        $sum = $sum & 1 ? $sum >> 1 ^ 0x82f63b78 : $sum >> 1 for 1 .. 8;
    }
    return $content . pack 'L', $sum ^ 0xffffffff;
}
is(with_bytes(0, 'fkaudit'), $saved, 'the checksum is CRC-32C');
start_with_file('', 'an empty file');
start_with_file(substr($saved, 0, 20), 'a header cut short');
start_with_file(substr($saved, 0, -1), 'the last byte missing');
start_with_file(substr($saved, 0, -200), 'an entry cut short');
start_with_file($saved . 'x', 'a byte too many');
my $bent = $saved;
substr($bent, length($bent) / 2, 1) ^= "\x01";
start_with_file($bent, 'one bit that flipped');
start_with_file(with_bytes(0, 'xkaudit'), 'not ours');
start_with_file(with_bytes(8, pack 'L', 7), 'another format');
start_with_file(with_bytes(12, pack 'L', $major - 1), 'another major');
start_with_file(with_bytes(16, pack 'Q', 8 + unpack 'Q', substr $saved, 16, 8), 'entries of another size');
start_with_file("\xff" x 4096, 'something else');
start_with_file(with_bytes(24, "\xff" x 8), 'a count without end');

# A file that cannot be read, and one that cannot be written.
sub stops_and_says
{
    my ($pattern, $name) = @_;
    ask('CALL fail(1, 99)');
    my $offset = -s $node->logfile;
    $node->append_conf('postgresql.conf', 'log_min_messages = log');
    $node->reload;
    # A postmaster that is to stop reads no settings any more.
    $node->poll_query_until('postgres', q{SELECT current_setting('log_min_messages') = 'log'}) or die;
    $node->stop;
    like(slurp_file($node->logfile, $offset), $pattern, "$name: the log says so");
    ok(!-e "$file.tmp", "$name: nothing half done is left");
    return;
}
SKIP:
{
    skip 'root may read everything', 6 if $> == 0;
    ask('CALL fail(1, 99)');
    $node->stop;
    chmod 0, $file;
    start_with_warning(qr/could not read file "pg_stat\/fkaudit\.stat": Permission denied/, 'an unreadable file');
    ask('CALL fail(2, 99)');
    $node->restart;
    is(ask('SELECT sum(violations) FROM fk_violations'), 2, 'an unreadable file: the next is written in its place');
    ask('SELECT fk_violations_reset()');
}
$node->stop;
unlink $file;
mkdir $file or die "could not make $file: $!";
start_with_warning(qr/ignoring invalid data in file "pg_stat\/fkaudit\.stat"/, 'a directory in its place');
stops_and_says(qr/LOG:  .*"pg_stat\/fkaudit\.stat"/, 'a directory in its place');
rmdir $file or die "$file is not the directory any more: $!";
$node->start;
is(ask('SELECT count(*) FROM fk_violations'), 0, 'a directory in its place: the counts start anew');
symlink '/dev/full', "$file.tmp";
stops_and_says(qr/LOG:  could not write file "pg_stat\/fkaudit\.stat\.tmp": No space left on device/, 'a full disk');
ok(!-e $file, 'a full disk: no file');
$node->start;
is(ask('SELECT count(*) FROM fk_violations'), 0, 'a full disk: the counts start anew');
$node->append_conf('postgresql.conf', 'log_min_messages = panic');
$node->reload;

# Not saved if that is not wanted.
ask('CALL fail(1, 99)');
$node->append_conf('postgresql.conf', 'fkaudit.save = off');
$node->restart;
is(ask('SELECT count(*) FROM fk_violations'), 0, 'fkaudit.save = off: what was saved before is not read');
ok(!-f $file, 'and is gone');
ask('CALL fail(1, 99)');
$node->restart;
is(ask('SELECT count(*) FROM fk_violations'), 0, 'fkaudit.save = off: nothing is saved');
$node->append_conf('postgresql.conf', 'fkaudit.save = on');
$node->reload;

# Many sessions at once: the total is exact. One of them is killed while it works: what it has counted stays.
my ($sessions, $times) = (16, 2000);
my @running = map {
    my ($out, $err) = ('', '');
    IPC::Run::start([ 'psql', '-X', '-q', '-d', $node->connstr('postgres'), '-c', "CALL fail($times, 99)" ], '>', \$out, '2>', \$err);
} 1 .. $sessions;
$_->finish for @running;
is(ask('SELECT violations, last_day FROM fk_violations'), join('|', ($sessions * $times) x 2), "$sessions sessions count exactly");

# A terminated session delivers what it has not told yet.
ask('SELECT fk_violations_reset()');
my ($script, $said) = ("BEGIN;\nSAVEPOINT s;\nINSERT INTO c (p) VALUES (99);\nROLLBACK TO s;\n"
      . "SELECT pg_terminate_backend(pg_backend_pid());\n", '');
IPC::Run::run([ 'psql', '-X', '-q', '-d', $node->connstr('postgres') ], '<', \$script, '>', \$said, '2>', \$said);
like($said, qr/terminating connection/, 'a session is terminated');
is(ask('SELECT violations FROM fk_violations'), 1, 'and what it saw is counted');

# Little room: the ones seen longest ago go, and their violations are counted as evicted.
ask('SELECT fk_violations_reset()');
ask(<<'SQL');
DO $$
BEGIN
    FOR n IN 1..130 LOOP
        EXECUTE format('CREATE TABLE t%s (p int CONSTRAINT k%s REFERENCES p)', n, n);
        FOR repeated IN 1..2 LOOP
            BEGIN
                EXECUTE format('INSERT INTO t%s VALUES (99)', n);
            EXCEPTION WHEN foreign_key_violation THEN
                NULL;
            END;
        END LOOP;
    END LOOP;
END $$
SQL
is(ask('SELECT tracked, evicted FROM fk_violations_info'), '100|60', 'full: 30 entries of two violations each had to go');
is(ask(q{SELECT string_agg(constraint_name, ' ' ORDER BY first_seen) FROM (SELECT * FROM fk_violations ORDER BY first_seen LIMIT 2) v}),
    'k31 k32', 'the oldest ones');
is(ask('SELECT sum(violations) FROM fk_violations'), 200, 'the others are whole');
$node->restart;
is(ask('SELECT tracked, evicted FROM fk_violations_info'), '100|60', 'a restart keeps how many went');

# Reset: one key, one table, all; what was never violated but exists; what does not exist.
is(ask(q{SELECT fk_violations_reset('t40', 'k40'), (SELECT count(*) FROM fk_violations)}), '|99', 'one key');
is(ask(q{SELECT fk_violations_reset('t41'), (SELECT count(*) FROM fk_violations)}), '|98', 'one table');
is(ask(q{SELECT fk_violations_reset(constraint_name => 'k42'), (SELECT count(*) FROM fk_violations)}), '|97', 'a name');
is(ask(q{SELECT fk_violations_reset('t1'), (SELECT count(*) FROM fk_violations)}), '|97', 'one that has none');
fails_with(q{SELECT fk_violations_reset('t1', 'nowhere')}, qr/foreign key constraint "nowhere" of relation "t1" does not exist/, 'a key that is none');
ask('SELECT fk_violations_reset()');
is(ask('SELECT tracked, evicted, stats_reset > now() - interval $$1 min$$ FROM fk_violations_info'), '0|0|t', 'all');

# Each database has its own; the room is the server's.
ask('CREATE DATABASE other');
ask('CREATE EXTENSION fkaudit; CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (p int REFERENCES p)', 'other');
$node->psql('other', 'INSERT INTO c VALUES (1)');
is(ask('SELECT count(*) FROM fk_violations') . ask('SELECT count(*) FROM fk_violations', 'other') . ask('SELECT tracked FROM fk_violations_info'),
    '011', 'another database');

# For whom: counts are everybody's, what is in the rows is the owner's and the statistics readers'.
ask(<<'SQL');
CREATE ROLE owner LOGIN;
CREATE ROLE reader LOGIN;
CREATE ROLE anybody LOGIN;
GRANT pg_read_all_stats TO reader;
ALTER TABLE c OWNER TO owner;
CALL fail(1, 98);
SQL
my $see = 'SELECT violations, last_key, last_user IS NOT NULL, last_application IS NOT NULL FROM fk_violations';
for my $case ([ 'owner', '1|(p)=(98)|t|t' ], [ 'reader', '1|(p)=(98)|t|t' ], [ 'anybody', '1||f|f' ])
{
    my ($role, $expected) = @$case;
    is(ask("SET ROLE $role; $see"), $expected, "$role sees");
}
fails_with('SET ROLE anybody; SELECT fk_violations_reset()', qr/permission denied for function fk_violations_reset/, 'reset is not for anybody');
for my $table ('c', 'p')
{
    ask("ALTER TABLE $table ENABLE ROW LEVEL SECURITY");
    is(ask("SELECT last_key IS NULL FROM fk_violations"), 't', "row security on $table: no key is shown, to nobody");
    ask("ALTER TABLE $table DISABLE ROW LEVEL SECURITY");
}
fails_with('SET ROLE anybody; SET fkaudit.track = off', qr/permission denied to set parameter "fkaudit.track"/, 'switching off is not for anybody');

# Logical replication: the workers have no query and no command around their triggers.
$node->append_conf('postgresql.conf', "wal_level = logical\nlog_min_messages = warning");
$node->restart;
my $publisher = PostgreSQL::Test::Cluster->new('publisher');
$publisher->init(allows_streaming => 'logical');
$publisher->append_conf('postgresql.conf', "fsync = off\nlogical_decoding_work_mem = 64kB");
$publisher->start;
$publisher->safe_psql('postgres', 'CREATE TABLE applied (p int); CREATE PUBLICATION pub FOR TABLE applied');
ask('CREATE TABLE applied (p int CONSTRAINT applied_fk REFERENCES p)');
ask(q{DO $$ DECLARE t name; BEGIN FOR t IN SELECT tgname FROM pg_trigger WHERE tgrelid = 'applied'::regclass LOOP EXECUTE format('ALTER TABLE applied ENABLE ALWAYS TRIGGER %I', t); END LOOP; END $$});

# The subscription stops at the first error.
sub apply
{
    my ($name, $options, $statement) = @_;
    ask('SELECT fk_violations_reset(); TRUNCATE applied');
    ask("CREATE SUBSCRIPTION sub CONNECTION '" . $publisher->connstr . " dbname=postgres' PUBLICATION pub WITH (disable_on_error = true$options)");
    if ($statement)
    {
        $node->wait_for_subscription_sync($publisher, 'sub');
        # Nothing is applied in parallel before that, and before the worker knows it.
        $node->poll_query_until('postgres', q{SELECT count(*) = 0 FROM pg_subscription_rel WHERE srsubstate <> 'r'}) or die;
        $publisher->safe_psql('postgres', 'INSERT INTO applied VALUES (1)');
        $publisher->wait_for_catchup('sub');
        $publisher->safe_psql('postgres', $statement);
    }
    ok($node->poll_query_until('postgres', 'SELECT NOT subenabled FROM pg_subscription'), "$name: the subscription stops at the error");
    is(ask('SELECT constraint_name, side, violations, last_key FROM fk_violations'), 'applied_fk|child write|1|', "$name: counts once");
    ok($publisher->poll_query_until('postgres', 'SELECT stream_txns > 0 FROM pg_stat_replication_slots'), "$name: it was a stream")
      if $options =~ /streaming/;
    ask('ALTER SUBSCRIPTION sub SET (slot_name = NONE); DROP SUBSCRIPTION sub');
    ok($publisher->poll_query_until('postgres', q{SELECT count(*) = 0 FROM pg_replication_slots WHERE active}), "$name: the workers are gone");
    $publisher->safe_psql('postgres', 'SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots; TRUNCATE applied');
    return;
}
my $many = 'BEGIN; INSERT INTO applied SELECT 1 FROM generate_series(1, 10000); INSERT INTO applied VALUES (99); COMMIT';
apply('a worker that applies', '', 'INSERT INTO applied VALUES (99)');
apply('a worker that applies a stream', ', streaming = on', $many);
SKIP:
{
    skip 'a subscription applies in parallel since PostgreSQL 16', 5 if $major < 16;
    my $offset = -s $node->logfile;
    apply('a worker that applies in parallel', ', streaming = parallel', $many);
    like(slurp_file($node->logfile, $offset), qr/parallel apply worker/, 'there was one');
}
$publisher->safe_psql('postgres', 'INSERT INTO applied VALUES (99)');
apply('a worker that copies a table for the first time', '', '');
$publisher->stop;

$node->stop;
done_testing();
