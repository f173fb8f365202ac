# How the sql engine reads: an anti-join over the heaps, in parallel where the server may, never through an index,
# whatever the caller's planner settings are.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('plans');
$node->init;
$node->append_conf('postgresql.conf', <<'CONF');
fsync = off
autovacuum = off
jit = off
max_worker_processes = 16
max_parallel_workers = 8
CONF
$node->start;
my ($status) = $node->psql('postgres', q{LOAD 'auto_explain'});
plan skip_all => 'auto_explain is not installed' if $status != 0;
$node->append_conf('postgresql.conf', <<'CONF');
session_preload_libraries = 'auto_explain'
auto_explain.log_min_duration = 0
auto_explain.log_nested_statements = on
auto_explain.log_analyze = on
auto_explain.log_timing = off
fkaudit.engine = sql
CONF
$node->safe_psql('postgres', q{CREATE DATABASE plans TEMPLATE template0 ENCODING 'UTF8'});
$node->restart;

$node->safe_psql('plans', <<'SQL');
CREATE EXTENSION fkaudit;
CREATE TABLE parent (id int PRIMARY KEY);
CREATE TABLE pairs (a int, b int, PRIMARY KEY (a, b));
CREATE TABLE doubles (id float8 PRIMARY KEY);
CREATE TABLE days (day timestamp PRIMARY KEY);
INSERT INTO parent SELECT generate_series(1, 50000);
INSERT INTO pairs SELECT n, n FROM generate_series(1, 50000) n;
INSERT INTO doubles SELECT generate_series(1, 50000);
INSERT INTO days SELECT '2000-01-01'::timestamp + n * interval '1 day' FROM generate_series(1, 50000) n;
CREATE TABLE child (id int PRIMARY KEY, p int, a int, b int, d bigint, day date);
SET session_replication_role = replica;
INSERT INTO child SELECT n, n % 50001, nullif(n % 50001, 17), n % 50001, n % 50001, '2000-01-01'::date + n % 50001
  FROM generate_series(1, 200000) n;
CREATE INDEX ON child (p);
CREATE INDEX ON child (a, b);
CREATE INDEX ON child (d);
CREATE INDEX ON child (day);
SET session_replication_role = origin;
-- NOT VALID, or they would be refused.
ALTER TABLE child ADD CONSTRAINT plain FOREIGN KEY (p) REFERENCES parent NOT VALID;
ALTER TABLE child ADD CONSTRAINT pair FOREIGN KEY (a, b) REFERENCES pairs MATCH FULL NOT VALID;
ALTER TABLE child ADD CONSTRAINT "double" FOREIGN KEY (d) REFERENCES doubles NOT VALID;
ALTER TABLE child ADD CONSTRAINT day FOREIGN KEY (day) REFERENCES days NOT VALID;
-- All visible: an index-only scan would be the cheapest way to read the keys.
VACUUM ANALYZE;
SQL

# Runs SQL; returns what it prints and the plans of the statements that read the table child.
sub plans_of
{
    my ($sql) = @_;
    my $offset = -s $node->logfile;
    my $output = $node->safe_psql('plans', $sql);
    my $log    = slurp_file($node->logfile, $offset);
    my @plans  = grep { /FROM ONLY public\.child c/ } split /^(?=\S.*LOG:  duration: )/m, $log;
    return ($output, @plans);
}

my %orphans = (plain => 3, pair => 3 + 4, double => 3, day => 3);
my $cheap_parallel = 'SET min_parallel_table_scan_size = 0; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0;
    SET max_parallel_maintenance_workers = 2;';
my %settings = (
    'as they come'       => '',
    'against heaps'      => 'SET enable_seqscan = off;',
    'against hashing'    => 'SET enable_hashjoin = off; SET enable_hashagg = off;',
    'for nested loops'   => 'SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_sort = off;',
    'for indexes'        => 'SET random_page_cost = 0; SET cpu_index_tuple_cost = 0; SET seq_page_cost = 1e6;',
    'for parallel plans' => $cheap_parallel,
    'little memory'      => q{SET maintenance_work_mem = '1MB';});

for my $name (sort keys %settings)
{
    for my $key (sort keys %orphans)
    {
        my ($counted, @count) = plans_of("$settings{$name} SELECT orphan_rows FROM fk_check('child', '$key')");
        my ($listed,  @list)  = plans_of("$settings{$name} SELECT count(*) FROM fk_orphans('child', '$key')");
        is("$counted $listed", "$orphans{$key} $orphans{$key}", "$name: orphans of $key");

        my @joins = grep { /Anti Join/ } @count, @list;
        is(scalar @joins, 2, "$name: $key is checked and listed by an anti-join") or diag(@count, @list);
        unlike(join('', @count, @list), qr/Index|Bitmap/, "$name: no index is read for $key");
        unlike(join('', @joins), qr/Nested Loop/, "$name: not every row is compared with every row of $key");
    }
}

for my $call ('fk_check', 'fk_orphans')
{
    my (undef, @plans) = plans_of("$cheap_parallel SELECT count(*) FROM $call('child', 'plain')");
    my ($join) = grep { /Anti Join/ } @plans;
    like($join, qr/Gather.*Workers Launched: [12]\b.*Anti Join/s, "$call: the anti-join runs in parallel workers");
    (undef, @plans) =
      plans_of("$cheap_parallel SET max_parallel_maintenance_workers = 0; SELECT count(*) FROM $call('child', 'plain')");
    unlike(join('', @plans), qr/Gather/, "$call: max_parallel_maintenance_workers = 0 forbids them");
}

# The memory is maintenance_work_mem in all, whatever work_mem is.
my (undef, @plans) =
  plans_of(q{SET work_mem = '64kB'; SET maintenance_work_mem = '64MB'; SELECT count(*) FROM fk_check('child', 'plain')});
my ($join) = grep { /Anti Join/ } @plans;
like($join, qr/Batches: 1 /, 'a parent that fits into maintenance_work_mem is hashed in one batch');

$node->stop;
done_testing();
