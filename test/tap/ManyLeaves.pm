# A child of many leaves between two plain children, on a server whose room for locks a test can know.
package ManyLeaves;
use strict;
use warnings;

# Locks for max_locks_per_transaction * 10 tables: few connections, and no prepared transactions.
our $settings = <<'CONF';
fsync = off
autovacuum = off
jit = off
max_connections = 10
max_worker_processes = 2
max_prepared_transactions = 0
max_locks_per_transaction = 1000
CONF

# Makes the extension and three keys to one parent: a_fk of `rows` rows, many_fk of a child with one row in each of its
# leaves and an orphan in the last, z_fk with an orphan.
sub make
{
    my ($node, %wanted) = @_;
    $node->safe_psql('postgres', <<"SQL");
CREATE EXTENSION fkaudit;
CREATE TABLE parent (id int PRIMARY KEY);
INSERT INTO parent SELECT generate_series(1, 10000);
CREATE TABLE a_child (p int CONSTRAINT a_fk REFERENCES parent);
CREATE TABLE many_leaves (p int CONSTRAINT many_fk REFERENCES parent, leaf int) PARTITION BY LIST (leaf);
CREATE TABLE z_child (p int CONSTRAINT z_fk REFERENCES parent);
DO \$\$
BEGIN
    FOR n IN 1 .. $wanted{leaves} LOOP
        EXECUTE format('CREATE TABLE many_leaves_%s PARTITION OF many_leaves FOR VALUES IN (%s)', n, n);
        IF n % 100 = 0 THEN
            COMMIT;
        END IF;
    END LOOP;
END \$\$;
SET session_replication_role = replica;
INSERT INTO many_leaves SELECT n, n FROM generate_series(1, $wanted{leaves}) n;
INSERT INTO many_leaves VALUES (10001, $wanted{leaves});
INSERT INTO a_child SELECT 1 + n % 10000 FROM generate_series(1, $wanted{rows}) n;
INSERT INTO z_child VALUES (1), (10001);
ANALYZE;
SQL
    return;
}

# What fk_check() says of the three under some settings.
sub check
{
    my ($node, $with) = @_;
    $with //= '';
    return $node->safe_psql('postgres',
        "$with SELECT constraint_name, verdict, orphan_rows, reason FROM fk_check() ORDER BY 1");
}

1;
