# More partitions than the server can lock: their key is not examined and says what to do, the others are examined.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('locks');
$node->init;
$node->append_conf('postgresql.conf', <<'CONF');
fsync = off
autovacuum = off
jit = off
max_connections = 10
max_worker_processes = 2
max_prepared_transactions = 0
max_locks_per_transaction = 1000
CONF
$node->start;

# A child of 1,000 leaves that references a plain table, with one orphan in the last leaf, between two plain children.
$node->safe_psql('postgres', <<'SQL');
CREATE EXTENSION fkaudit;
CREATE TABLE parent (id int PRIMARY KEY);
INSERT INTO parent SELECT generate_series(1, 10000);
CREATE TABLE a_child (p int CONSTRAINT a_fk REFERENCES parent);
CREATE TABLE many_leaves (p int CONSTRAINT many_fk REFERENCES parent, leaf int) PARTITION BY LIST (leaf);
CREATE TABLE z_child (p int CONSTRAINT z_fk REFERENCES parent);
DO $$
BEGIN
    FOR n IN 1 .. 1000 LOOP
        EXECUTE format('CREATE TABLE many_leaves_%s PARTITION OF many_leaves FOR VALUES IN (%s)', n, n);
        IF n % 100 = 0 THEN
            COMMIT;
        END IF;
    END LOOP;
END $$;
SET session_replication_role = replica;
INSERT INTO many_leaves SELECT n, n FROM generate_series(1, 1000) n;
INSERT INTO many_leaves VALUES (10001, 1000);
INSERT INTO a_child SELECT 1 + n % 10000 FROM generate_series(0, 2000) n;
INSERT INTO z_child VALUES (1), (10001);
ANALYZE;
SQL

sub check
{
    my ($settings) = @_;
    return $node->safe_psql('postgres',
        "$settings SELECT constraint_name, verdict, orphan_rows, reason FROM fk_check() ORDER BY 1");
}

# Fewer locks than leaves: the key says so, the others are examined.
$node->append_conf('postgresql.conf', 'max_locks_per_transaction = 10');
$node->restart;
is(check(''), "a_fk|trusted|0|\nmany_fk|not examined||error\nz_fk|violated|1|", 'too few locks: the others are examined');
# 18 and newer quote the setting.
is( $node->safe_psql('postgres', q{SELECT replace(detail, '"', '') FROM fk_check('many_leaves')}),
    'out of shared memory: You might need to increase max_locks_per_transaction.',
    'the detail says what to do');

$node->stop;
done_testing();
