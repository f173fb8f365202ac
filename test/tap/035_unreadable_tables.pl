# Tables that cannot be read to their end: a corrupt page, a file that is gone, too little room for temporary files. The
# key gets the reason `error` with the server's message; the other keys are examined.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('unreadable');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\nautovacuum = off\njit = off\nmax_parallel_maintenance_workers = 0");
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION fkaudit; CREATE TABLE shared_parent (id int PRIMARY KEY);'
      . 'INSERT INTO shared_parent SELECT generate_series(1, 1000)');
# Each child's two keys: one to a parent of its own, one to the parent that all share.
for my $name ('a_sound', 'b_corrupt_child', 'c_corrupt_parent', 'd_child_gone', 'e_parent_gone', 'f_corrupt_index', 'g_sound')
{
    $node->safe_psql('postgres', "CREATE TABLE ${name}_parent (id int PRIMARY KEY); CREATE TABLE $name (p int CONSTRAINT own REFERENCES"
          . " ${name}_parent, q int CONSTRAINT shared REFERENCES shared_parent);"
          . "INSERT INTO ${name}_parent SELECT generate_series(1, 1000); INSERT INTO $name SELECT n, n FROM generate_series(1, 1000) n");
}
$node->safe_psql('postgres', q{SET session_replication_role = replica; INSERT INTO g_sound VALUES (5000, 1)});
$node->safe_psql('postgres', 'CREATE TABLE parts (id int, p int CONSTRAINT parts_fk REFERENCES shared_parent) PARTITION BY RANGE (id);'
      . 'CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (1) TO (11);'
      . 'CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM (11) TO (1001);'
      . 'INSERT INTO parts SELECT n, n FROM generate_series(1, 1000) n');

my %file = map { $_ => $node->data_dir . '/' . $node->safe_psql('postgres', "SELECT pg_relation_filepath('$_')") }
  ('b_corrupt_child', 'c_corrupt_parent_parent', 'd_child_gone', 'e_parent_gone_parent', 'f_corrupt_index_parent_pkey', 'parts_2');
$node->stop;

# A page header that no page has, in the second block.
for my $corrupt ('b_corrupt_child', 'c_corrupt_parent_parent', 'f_corrupt_index_parent_pkey', 'parts_2')
{
    open my $file, '+<:raw', $file{$corrupt} or die "$file{$corrupt}: $!";
    seek $file, 8192, 0;
    print $file "\xff" x 64;
    close $file;
}
unlink $file{$_} or die "$file{$_}: $!" for 'd_child_gone', 'e_parent_gone_parent';
$node->start;

# 18 and newer put paths and settings into quotes.
my $corrupt = 'invalid page in block 1 of relation ' . ($node->pg_version >= 18 ? '"PATH"' : 'PATH');
my $gone    = 'could not open file "PATH": No such file or directory';
my @expected = (
    'a_sound|own|trusted|0|1000||',
    'a_sound|shared|trusted|0|1000||',
    "b_corrupt_child|own|not examined|||error|$corrupt",
    "b_corrupt_child|shared|not examined|||error|$corrupt",
    "c_corrupt_parent|own|not examined|||error|$corrupt",
    'c_corrupt_parent|shared|trusted|0|1000||',
    "d_child_gone|own|not examined|||error|$gone",
    "d_child_gone|shared|not examined|||error|$gone",
    "e_parent_gone|own|not examined|||error|$gone",
    'e_parent_gone|shared|trusted|0|1000||',
    # Indexes decide nothing and are not read.
    'f_corrupt_index|own|trusted|0|1000||',
    'f_corrupt_index|shared|trusted|0|1000||',
    'g_sound|own|violated|1|1001||',
    'g_sound|shared|trusted|0|1001||',
    "parts|parts_fk|not examined|||error|$corrupt");
my $checked = q{SELECT child, constraint_name, verdict, orphan_rows, rows_checked, reason,
    regexp_replace(detail, '"?base/\d+/\d+"?', CASE WHEN detail ~ '"' THEN '"PATH"' ELSE 'PATH' END) FROM fk_check()};
is($node->safe_psql('postgres', $checked), join("\n", @expected), 'what can be read is examined');
# PostgreSQL itself.
my ($status, $stdout, $stderr) = $node->psql('postgres', 'SELECT count(*) FROM b_corrupt_child');
like($stderr, qr/invalid page in block 1/, 'PostgreSQL says the same of a corrupt page');
($status, $stdout, $stderr) = $node->psql('postgres', 'SELECT count(*) FROM d_child_gone');
like($stderr, qr/could not open file/, '… and of a file that is gone');

($status, $stdout, $stderr) = $node->psql('postgres', 'SELECT child, constraint_name, foreign_key FROM fk_orphans()');
is($status, 0, 'fk_orphans goes through');
is($stdout, 'g_sound|own|{"p": 5000}', '… lists what it can');
is(() = $stderr =~ /WARNING:  foreign key .* was not examined: error\nDETAIL:  (?:invalid page|could not open)/g, 7,
    '… and warns of each other key');
is( $node->safe_psql('postgres', q{BEGIN; SELECT count(*) FROM fk_check();
        SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND relation >= 16384; COMMIT}),
    "15\n0", 'the errors leave no lock');

# Zeroed pages are read as empty ones where the superuser says so: the rows are gone, and what is left is examined.
is( $node->safe_psql('postgres', q{SET zero_damaged_pages = on;
        SELECT constraint_name, verdict, orphan_rows, rows_checked < 1000 FROM fk_check('b_corrupt_child')}),
    "own|trusted|0|t\nshared|trusted|0|t", 'zero_damaged_pages lets it be read');

# Too little room for temporary files.
$node->safe_psql('postgres', q{CREATE DATABASE room});
$node->safe_psql('room', q{CREATE EXTENSION fkaudit; CREATE TABLE parent (id int PRIMARY KEY);
    CREATE TABLE small (p int CONSTRAINT small_fk REFERENCES parent);
    CREATE TABLE large (p int CONSTRAINT large_fk REFERENCES parent);
    CREATE TABLE z_small (p int CONSTRAINT z_fk REFERENCES parent);
    SET session_replication_role = replica;
    INSERT INTO small VALUES (1);
    INSERT INTO z_small VALUES (1), (NULL);
    INSERT INTO large SELECT generate_series(1, 300000);
    ANALYZE});
my $little = q{SET temp_file_limit = '1MB'; SET maintenance_work_mem = '1MB'; SET work_mem = '64kB';};
is( $node->safe_psql('room', "$little SELECT constraint_name, verdict, orphan_rows, reason,
        replace(detail, '\"temp_file_limit\"', 'temp_file_limit') FROM fk_check()"),
    join("\n",
        'large_fk|not examined||error|temporary file size exceeds temp_file_limit (1024kB)',
        'small_fk|violated|1||', 'z_fk|violated|1||'),
    'temp_file_limit: the key that does not fit is not examined');
($status, $stdout, $stderr) = $node->psql('room', "$little SELECT constraint_name FROM fk_orphans(max_rows => 1)");
is($stdout, "large_fk\nsmall_fk\nz_fk", 'a few of its orphans fit');
# Its orphans do not fit where they are sorted, before any is given back. (The scan engine has nothing to sort.)
($status, $stdout, $stderr) = $node->psql('room', "$little SET fkaudit.engine = sql; SELECT constraint_name FROM fk_orphans()");
is($stdout, "small_fk\nz_fk", 'none of its orphans are listed where they cannot be sorted');
like($stderr, qr/WARNING:  foreign key "large_fk" .* was not examined: error\nDETAIL:  temporary file size exceeds/, '… which is said');
# They do not fit where they are given back: no part of a result is given for the whole.
($status, $stdout, $stderr) = $node->psql('room', "$little SET maintenance_work_mem = '256MB'; SELECT constraint_name FROM fk_orphans()");
is($stdout, '', 'a result that does not fit is none');
like($stderr, qr/ERROR:  temporary file size exceeds "?temp_file_limit/, '… and says why');
my $directory = $node->data_dir . '/base/pgsql_tmp';
is((-d $directory ? scalar(grep { !/^\./ } slurp_dir($directory)) : 0), 0, 'no temporary file is left');

$node->stop;
done_testing();
