# Under pressure: little memory, many partitions, a timeout at every moment, very many calls.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use ManyLeaves;

my $node = PostgreSQL::Test::Cluster->new('pressure');
$node->init;
$node->append_conf('postgresql.conf', $ManyLeaves::settings);
$node->start;
ManyLeaves::make($node, leaves => 2000, rows => 200000);

my $all_examined = "a_fk|trusted|0|\nmany_fk|violated|1|\nz_fk|violated|1|";
is(ManyLeaves::check($node), $all_examined, '2,000 leaves are examined');
is(ManyLeaves::check($node, q{SET maintenance_work_mem = '1MB'; SET work_mem = '64kB';}), $all_examined, 'with the least memory, too');
is( $node->safe_psql('postgres', q{SELECT verdict FROM fk_missing_indexes('many_leaves')}), 'missing',
    'their index verdict');
is( $node->safe_psql('postgres',
        q{SELECT count(*) FROM fk_missing_indexes('many_leaves'), string_to_table(ddl, E'\n') s}),
    4001, 'the DDL: one index for each leaf, attached, and the one above');

# A timeout at each tenth of the time that the check takes. Where the machine has become quicker since that was measured,
# the check is done before the timeout: half the time, then.
$node->safe_psql('postgres', 'SET session_replication_role = replica; INSERT INTO a_child SELECT 1 + n % 10000 FROM generate_series(0, 1000000) n');
my $whole = $node->safe_psql('postgres', q{
    SELECT clock_timestamp() AS started \gset
    SELECT count(*) FROM fk_check() \g /dev/null
    SELECT ceil(extract(epoch FROM clock_timestamp() - :'started') * 1000)::int});
my $left = q{SELECT (SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND relation >= 16384),
                    current_setting('search_path'), current_setting('work_mem'), pg_current_xact_id_if_assigned() IS NULL};

sub time_out
{
    my ($timeout) = @_;
    my ($out, $err) = ('', '');
    $node->psql('postgres', qq{
        SET work_mem = '5MB';
        BEGIN;
        SET LOCAL statement_timeout = $timeout;
        SAVEPOINT s;
        SELECT count(*) FROM fk_check() \\g /dev/null
        ROLLBACK TO s;
        SET LOCAL statement_timeout = 0;
        $left;
        SELECT orphan_rows FROM fk_check('z_child');
        COMMIT}, stdout => \$out, stderr => \$err, on_error_stop => 0);
    return ($out, $err =~ /canceling statement due to statement timeout/);
}

for my $tenth (1 .. 9)
{
    my $timeout = int($whole * $tenth / 10) || 1;
    my ($out, $came) = time_out($timeout);
    while (!$came && $timeout > 1)
    {
        $timeout = int($timeout / 2);
        ($out, $came) = time_out($timeout);
    }
    ok($came, "a timeout after $timeout of $whole ms comes in time");
    is($out, qq{0|"\$user", public|5MB|t\n1}, 'it leaves nothing, and the next call works');
}
is($node->safe_psql('postgres', q{SELECT count(*) FROM pg_ls_tmpdir()}), 0, 'and no temporary file');

# 2,000 calls of the functions that read the catalog leave a session's memory where it was. What is counted is the memory in
# use, not the blocks that hold it: the smallest piece (32 bytes with its header) that one of the five functions forgot at
# each of its 400 calls would be 12,800 bytes, more than twice what is let pass. More calls would show no more.
$node->safe_psql('postgres', 'CREATE DATABASE calls');
$node->safe_psql('calls', <<'SQL');
CREATE EXTENSION fkaudit;
CREATE TABLE parent (id int PRIMARY KEY);
CREATE TABLE child (p bigint CONSTRAINT k REFERENCES parent ON DELETE CASCADE);
SQL
my $memory = $node->safe_psql('calls', q{
    CREATE PROCEDURE call_all(times int) LANGUAGE plpgsql AS $$
    BEGIN
        FOR n IN 1 .. times LOOP
            PERFORM FROM fk_constraints();
            PERFORM FROM fk_references('parent');
            PERFORM FROM fk_missing_indexes();
            PERFORM FROM fk_risky_actions();
            PERFORM FROM fk_type_mismatches();
        END LOOP;
    END $$;
    CREATE TEMP TABLE memory (bytes bigint);
    CALL call_all(50);
    INSERT INTO memory SELECT sum(used_bytes) FROM pg_backend_memory_contexts;
    CALL call_all(50);
    TRUNCATE memory;
    INSERT INTO memory SELECT sum(used_bytes) FROM pg_backend_memory_contexts;
    CALL call_all(400);
    INSERT INTO memory SELECT sum(used_bytes) FROM pg_backend_memory_contexts;
    SELECT max(bytes) - min(bytes) FROM memory});
cmp_ok($memory, '<', 5000, "2,000 calls leave the session's memory where it was ($memory bytes more)");

$node->stop;
done_testing();
