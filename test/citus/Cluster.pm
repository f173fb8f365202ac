package Cluster;

# A coordinator and two workers of Citus on the loopback interface, with fkaudit on each.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;

sub start_node
{
    my ($name) = @_;
    my $node = PostgreSQL::Test::Cluster->new($name);
    $node->init(allows_streaming => 1);
    $node->append_conf('postgresql.conf', <<"CONF");
shared_preload_libraries = 'citus, fkaudit'
listen_addresses = '127.0.0.1'
wal_level = logical
fsync = off
autovacuum = off
max_connections = 150
max_prepared_transactions = 150
citus.node_conninfo = 'sslmode=disable'
citus.enable_statistics_collection = off
CONF
    $node->start;
    $node->safe_psql('postgres', 'CREATE EXTENSION citus; CREATE EXTENSION fkaudit');
    return $node;
}

# The coordinator, then the workers.
sub start
{
    my @nodes = map { start_node($_) } qw(coordinator worker_1 worker_2);
    my ($coordinator, @workers) = @nodes;
    $coordinator->safe_psql('postgres', "SELECT citus_set_coordinator_host('127.0.0.1', " . $coordinator->port . ')');
    $coordinator->safe_psql('postgres', "SELECT citus_add_node('127.0.0.1', " . $_->port . ')') for @workers;
    return @nodes;
}

# A shop whose orders are spread by tenant over four shards beside their customers; countries are on every node, regions on
# the coordinator, and plain tables are nobody's but PostgreSQL's.
sub make_shop
{
    my ($coordinator) = @_;
    $coordinator->safe_psql('postgres', <<'SQL');
SET citus.shard_count = 4;
SET client_min_messages = warning;
CREATE TABLE countries (code char(2) PRIMARY KEY);
CREATE TABLE customers (tenant int, id int, country char(2), PRIMARY KEY (tenant, id));
CREATE TABLE orders (tenant int, id int, customer int, country char(2), PRIMARY KEY (tenant, id));
CREATE TABLE regions (id int PRIMARY KEY, country char(2));
CREATE TABLE visits (k int PRIMARY KEY, customer int, country char(2));
CREATE TABLE plain_parent (k int PRIMARY KEY);
CREATE TABLE plain (k int CONSTRAINT plain_k REFERENCES plain_parent);
SELECT create_reference_table('countries');
SELECT create_distributed_table('customers', 'tenant');
SELECT create_distributed_table('orders', 'tenant', colocate_with => 'customers');
SELECT create_distributed_table('visits', 'k', colocate_with => 'none', shard_count => 3);
ALTER TABLE customers ADD CONSTRAINT customers_country FOREIGN KEY (country) REFERENCES countries;
ALTER TABLE orders ADD CONSTRAINT orders_customer FOREIGN KEY (tenant, customer) REFERENCES customers;
ALTER TABLE orders ADD CONSTRAINT orders_country FOREIGN KEY (country) REFERENCES countries ON DELETE SET NULL;
ALTER TABLE regions ADD CONSTRAINT regions_country FOREIGN KEY (country) REFERENCES countries;
CREATE INDEX orders_customer_idx ON orders (tenant, customer);
INSERT INTO countries VALUES ('DE'), ('FR');
INSERT INTO customers SELECT t, i, 'DE' FROM generate_series(1, 20) t, generate_series(1, 10) i;
INSERT INTO orders SELECT t, i, i % 10 + 1, 'FR' FROM generate_series(1, 20) t, generate_series(1, 100) i;
INSERT INTO orders VALUES (1, 1000, NULL, NULL);
INSERT INTO visits SELECT i, i, 'DE' FROM generate_series(1, 30) i;
INSERT INTO regions VALUES (1, 'DE'), (2, NULL);
INSERT INTO plain_parent VALUES (1);
INSERT INTO plain VALUES (1);
SQL
}

1;
