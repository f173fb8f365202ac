# Loading the catalog takes the same number of queries for one key as for 900 keys over 500 tables, and gets them all right.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time);

my $node = PostgreSQL::Test::Cluster->new('scale');
$node->init;
$node->append_conf('postgresql.conf', <<CONF);
shared_preload_libraries = 'pg_stat_statements'
pg_stat_statements.track = 'all'
pg_stat_statements.max = 10000
max_locks_per_transaction = 1000
fsync = off
autovacuum = off
jit = off
CONF
$node->start;

sub make_database
{
    my ($name, $sql) = @_;
    $node->safe_psql('postgres', "CREATE DATABASE $name");
    $node->safe_psql($name, "CREATE EXTENSION pg_stat_statements; CREATE EXTENSION fkaudit; $sql");
}

make_database('small', 'CREATE TABLE t1 (id int PRIMARY KEY, a int REFERENCES t1)');
# Table n references n - 1, and each but the first hundred also n - 100; of the parents every tenth is partitioned.
make_database('large', q{
    DO $$
    BEGIN
        FOR n IN 1 .. 500 LOOP
            IF n % 10 = 0 THEN
                EXECUTE format('CREATE TABLE t%1$s (id int PRIMARY KEY, a int, b int) PARTITION BY RANGE (id)', n);
                EXECUTE format('CREATE TABLE t%1$s_1 PARTITION OF t%1$s DEFAULT', n);
            ELSE
                EXECUTE format('CREATE TABLE t%s (id int PRIMARY KEY, a int, b int DEFAULT 1, CHECK (a > 0))', n);
            END IF;
            EXECUTE format('CREATE INDEX ON t%s (a) WHERE a IS NOT NULL', n);
            EXECUTE format('ALTER TABLE t%s ADD CONSTRAINT a FOREIGN KEY (a) REFERENCES t%s', n, greatest(n - 1, 1));
            IF n > 100 THEN
                EXECUTE format('ALTER TABLE t%s ADD CONSTRAINT b FOREIGN KEY (b) REFERENCES t%s ON DELETE CASCADE', n, n - 100);
            END IF;
        END LOOP;
    END $$;
});

# The queries that one call runs below the top level, and the seconds that it takes.
sub queries
{
    my ($database, $call) = @_;
    $node->safe_psql($database, "SELECT count(*) FROM $call");
    $node->safe_psql($database, 'SELECT pg_stat_statements_reset()');
    my $started = time;
    $node->safe_psql($database, "SELECT count(*) FROM $call");
    note sprintf '%s in %s: %.3f s with the connection', $call, $database, time - $started;
    return $node->safe_psql($database,
        'SELECT coalesce(sum(calls), 0) FROM pg_stat_statements AS s JOIN pg_database AS d ON d.oid = s.dbid'
          . ' WHERE d.datname = current_database() AND NOT s.toplevel');
}

for my $call ('fk_constraints()', q{fk_references('t1')}, 'fk_missing_indexes(include_covered => true)', 'fk_status')
{
    my $small = queries('small', $call);
    my $large = queries('large', $call);
    cmp_ok($small, '>', 5, "$call runs catalog queries ($small)");
    is($large, $small, "$call: as many queries for 900 keys as for one");
}

is($node->safe_psql('large', 'SELECT count(*), count(DISTINCT constraint_oid), count(DISTINCT child) FROM fk_constraints()'),
    '900|900|500', 'every key once');
is($node->safe_psql('large', q{
    SELECT count(*) FROM fk_constraints() AS f
      FULL JOIN (SELECT c.*, ARRAY(SELECT attname FROM unnest(conkey) WITH ORDINALITY AS k(n, p)
                                     JOIN pg_attribute ON attrelid = conrelid AND attnum = n ORDER BY p) AS names
                   FROM pg_constraint AS c WHERE contype = 'f' AND conparentid = 0) AS c ON c.oid = f.constraint_oid
     WHERE (f.child, f.constraint_name, f.parent, f.child_columns, f.is_validated, f.enforcement)
           IS DISTINCT FROM (c.conrelid::regclass, c.conname, c.confrelid::regclass, c.names, c.convalidated, 'enforced')}),
    '0', 'each as the catalog has it');
is($node->safe_psql('large', q{SELECT count(*), count(DISTINCT (child, constraint_name)), max(depth) FROM fk_references('t1')}),
    '900|900|103', 'all of them reach the first table');
is($node->safe_psql('large', q{SELECT count(*) FROM fk_constraints('t500')}), '2', 'one table has its own');
is($node->safe_psql('large', q{SELECT count(*) FROM fk_constraints(NULL, 'b')}), '400', 'one name has all of its keys');

# A bound that holds on a slow machine, too.
my $started = time;
$node->safe_psql('large', 'SELECT count(*) FROM fk_constraints()');
cmp_ok(time - $started, '<', 5, 'fk_constraints() of 900 keys is no matter of seconds');

$node->stop;
done_testing();
