# A table in which every row is an orphan: the result goes to temporary files, the backend's memory stays bounded, and the
# files go with the statement.
use strict;
use warnings;
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(usleep);

plan skip_all => 'the memory of a process is read from /proc' unless -r '/proc/self/status';

my $rows = 400_000;
my $node = PostgreSQL::Test::Cluster->new('spill');
$node->init;
$node->append_conf('postgresql.conf', <<'CONF');
fsync = off
autovacuum = off
jit = off
shared_buffers = '32MB'
max_parallel_maintenance_workers = 0
CONF
$node->start;
$node->safe_psql('postgres', <<"SQL");
CREATE EXTENSION fkaudit;
CREATE TABLE parent (id int PRIMARY KEY);
CREATE TABLE child (id int PRIMARY KEY, p int CONSTRAINT child_fk REFERENCES parent, note text,
    q int CONSTRAINT child_fk_2 REFERENCES parent);
SET session_replication_role = replica;
INSERT INTO parent SELECT -n FROM generate_series(1, $rows) n;
INSERT INTO child SELECT n, n, repeat('x', 20), n FROM generate_series(1, $rows) n;
VACUUM ANALYZE;
SQL

sub temporary_bytes
{
    my $directory = $node->data_dir . '/base/pgsql_tmp';
    return 0 unless -d $directory;
    my $sum = 0;
    $sum += -s "$directory/$_" // 0 for grep { !/^\./ } slurp_dir($directory);
    return $sum;
}

# Kilobytes of memory that the process has to itself.
sub memory_of
{
    my ($pid) = @_;
    open my $status, '<', "/proc/$pid/status" or return 0;
    my ($anonymous) = map { /^RssAnon:\s+(\d+) kB/ } <$status>;
    return $anonymous // 0;
}

# Runs a query in a new session and watches it: its output, the memory that it took at most beyond what the session had
# before (in megabytes), and the most that its temporary files had.
sub watch
{
    my ($settings, $query) = @_;
    my ($input, $output, $errors) = ('', '', '');
    my $session = IPC::Run::start([ 'psql', '-XqAt', '-d', $node->connstr('postgres') ],
        '<', \$input, '>', \$output, '2>', \$errors, IPC::Run::timeout($PostgreSQL::Test::Utils::timeout_default));
    # The first call fills the caches.
    $input .= "SET work_mem = '64kB'; $settings; SELECT count(*) FROM fk_orphans(max_rows => 1);"
      . " SELECT 'backend ' || pg_backend_pid();\n";
    $session->pump until $output =~ /backend (\d+)\n/ or $errors;
    my ($pid) = $output =~ /backend (\d+)/;
    my ($memory, $bytes, $before) = (0, 0, memory_of($pid));
    $output = '';
    $input .= "$query;\n\\echo end\n";
    until ($output =~ s/end\n$// or $errors)
    {
        $session->pump_nb;
        $memory = max($memory, memory_of($pid) - $before);
        $bytes  = max($bytes, temporary_bytes());
        usleep 2000;
    }
    my $left = temporary_bytes();
    my $after = memory_of($pid) - $before;
    $input .= "\\q\n";
    $session->finish;
    chomp $output;
    note sprintf '%s: %.1f MB of memory, %.1f MB after it, %.1f MB of temporary files', $query, $memory / 1024, $after / 1024,
      $bytes / 1e6;
    return ($output, $errors, $memory / 1024, $bytes / 1e6, $left, $after / 1024);
}

sub max { return $_[0] > $_[1] ? $_[0] : $_[1] }

for my $case (
    [ q{SELECT count(*), count(DISTINCT row_ctid) FROM fk_orphans('child', 'child_fk')}, "$rows|$rows", 20 ],
    # Two keys by one scan: the rows of both are kept until their turn.
    [ 'SELECT count(*), count(DISTINCT row_ctid) FROM fk_orphans()', 2 * $rows . "|$rows", 80 ],
    [ 'SELECT count(*) FROM fk_orphans(max_rows => 1000)',           '2000',        0 ],
    [ 'SELECT verdict, sum(orphan_rows), sum(missing_keys) FROM fk_check() GROUP BY 1',
      join('|', 'violated', (2 * $rows) x 2), 2 ],
    [ q{SELECT count(*) FROM fk_orphans('child', '{id}', 'parent', '{id}')}, $rows, 20 ])
{
    my ($query, $expected, $least_bytes) = @$case;
    my ($output, $errors, $memory, $bytes, $left, $after) = watch(q{SET maintenance_work_mem = '1MB'}, $query);
    is($errors, '', "$query: no error");
    is($output, $expected, '… and every orphan');
    # The rows would take a hundred megabytes.
    cmp_ok($memory, '<', 16, '… in a few megabytes of memory');
    cmp_ok($after,  '<', 8, '… which are given back');
    cmp_ok($bytes, '>=', $least_bytes, '… with temporary files') if $least_bytes;
    is($left, 0, '… that are gone');
}

# Given the memory, nothing is written.
my ($output, $errors, $memory, $bytes) =
  watch(q{SET maintenance_work_mem = '512MB'}, 'SELECT sum(orphan_rows) FROM fk_check()');
is("$output $errors", 2 * $rows . ' ', 'with maintenance_work_mem');
is($bytes, 0, '… it writes no temporary file');

# A cursor that is closed early, and a statement that takes one row, leave no file either.
$node->safe_psql('postgres', q{BEGIN; DECLARE c CURSOR FOR SELECT * FROM fk_orphans(); FETCH 1 FROM c; CLOSE c; COMMIT;
    SELECT * FROM fk_orphans() LIMIT 1});
is(temporary_bytes(), 0, 'nor do a cursor that is closed and a LIMIT');

$node->stop;
done_testing();
