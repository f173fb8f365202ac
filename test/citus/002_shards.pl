# What the coordinator's catalog says and the shards do not: disabled triggers, keys that are missing or NOT VALID, indexes
# that are missing, on a table in shards and on one that every node has. Each remedy is run.
use strict;
use warnings;
use PostgreSQL::Test::Utils;
use Test::More;

use Cluster;

my ($coordinator, @workers) = Cluster::start();
Cluster::make_shop($coordinator);

sub ask { return $coordinator->safe_psql('postgres', join(';', @_)) }

sub keys_of
{
    my ($table) = @_;
    return ask("SELECT constraint_name, enforcement, enforcement_detail FROM fk_constraints('$table')");
}

sub findings { return ask(q{SELECT rule, child, constraint_name, message FROM fk_audit() WHERE rule ~ '^shard'}) }

sub run_remedies
{
    my ($rule) = @_;
    ask(join "\n", $_) for split /\n\n/, ask("SELECT string_agg(DISTINCT remedy, E'\\n\\n') FROM fk_audit() WHERE rule = '$rule'");
}

# A shard with its number, its node's address, and the worker that has it.
sub shard_of
{
    my ($table) = @_;
    my ($number, $port) = split /\|/,
      ask("SELECT shardid, nodeport FROM citus_shards WHERE table_name = '$table'::regclass ORDER BY 1 LIMIT 1");
    return ($number, "127.0.0.1:$port", grep { $_->port == $port } $coordinator, @workers);
}

sub run_on_node
{
    my ($node, $statement) = @_;
    $node->safe_psql('postgres', "SET citus.enable_manual_changes_to_shards = on; $statement");
}

is(keys_of('orders'), "orders_country|enforced|\norders_customer|enforced|", 'shards as they should be');
is(findings(), '', 'of which no rule says anything');
my ($number, $address, $node) = shard_of('orders');
my $place = "shard public.orders_$number ($address)";

# Triggers.
run_on_node($node, "ALTER TABLE orders_$number DISABLE TRIGGER ALL");
is( keys_of('orders'),
    join("\n", map { "$_|bypassed|check triggers disabled on $place" } qw(orders_country orders_customer)),
    'check triggers of one shard are disabled');
is( findings(),
    join("\n", map { "shard-trigger-disabled|orders|$_|check triggers disabled on $place" } qw(orders_country orders_customer)),
    'the rule');
is(ask(q{SELECT DISTINCT verdict FROM fk_check('orders')}), 'clean', 'without orphans, no key is trusted');
run_remedies('shard-trigger-disabled');
is(keys_of('orders'), "orders_country|enforced|\norders_customer|enforced|", 'the remedy enables them');

# The parent's side: a reference table is on every node.
my ($country) = shard_of('countries');
run_on_node($workers[1], "ALTER TABLE countries_$country DISABLE TRIGGER ALL");
like(keys_of('orders'),
    qr/^orders_country\|bypassed\|the parent's action triggers disabled beside shards public.orders_\d+ \(127.0.0.1:(\d+)\), public.orders_\d+ \(127.0.0.1:\1\)\norders_customer\|enforced\|$/,
    "action triggers of a reference table's copy");
run_remedies('shard-trigger-disabled');
is(findings(), '', 'the remedy enables them');

# The key itself.
run_on_node($node, "ALTER TABLE orders_$number DROP CONSTRAINT orders_country_$number");
is( findings(), "shard-constraint-missing|orders|orders_country|the foreign key is missing on $place",
    'a shard lacks the key');
is(keys_of('orders'), "orders_country|bypassed|the foreign key is missing on $place\norders_customer|enforced|",
    'so that it is bypassed');
run_on_node($node, "ALTER TABLE orders_$number ADD CONSTRAINT orders_country_$number FOREIGN KEY (country)"
      . " REFERENCES countries_$country ON DELETE SET NULL NOT VALID");
is(findings(), "shard-constraint-missing|orders|orders_country|NOT VALID on $place", 'NOT VALID there');
run_remedies('shard-constraint-missing');
is(keys_of('orders'), "orders_country|enforced|\norders_customer|enforced|", 'the remedy validates it on the shard');
run_on_node($node, "ALTER TABLE orders_$number DROP CONSTRAINT orders_country_$number");
run_on_node($node, "ALTER TABLE orders_$number ADD CONSTRAINT orders_country_$number FOREIGN KEY (country)"
      . " REFERENCES countries_$country ON DELETE CASCADE");
is( findings(), "shard-constraint-missing|orders|orders_country|the foreign key is missing on $place",
    'a key with another action is another key');
run_on_node($node, "ALTER TABLE orders_$number DROP CONSTRAINT orders_country_$number");
run_remedies('shard-constraint-missing');
is(keys_of('orders'), "orders_country|enforced|\norders_customer|enforced|", 'the remedy makes a missing key anew');

# Indexes, by what they are, not by their names.
run_on_node($node, "DROP INDEX orders_customer_idx_$number");
run_on_node($node, "CREATE INDEX orders_customer_idx_$number ON orders_$number (customer, tenant)");
like(findings(), qr/^shard-index-missing\|orders\|orders_customer\|orders_customer_idx: the index is missing on \Q$place\E$/m,
    'a shard lacks the index');
run_on_node($node, "CREATE INDEX another ON orders_$number USING btree (tenant, customer)");
unlike(findings(), qr/shard-index-missing/, 'it has one that is the same');
run_on_node($node, "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'another'::regclass");
like(findings(), qr/orders_customer_idx: the index is invalid on \Q$place\E/, 'which is invalid');

# Names that need quotes, partitions, statistics of the nodes.
$coordinator->safe_psql('postgres', <<'SQL');
SET citus.shard_count = 2;
CREATE SCHEMA "odd ""schema'";
CREATE TABLE "odd ""schema'"."Par'ent %s $1 $fk$" ("i d" int PRIMARY KEY);
CREATE TABLE "odd ""schema'"."Chi""ld of a name that is far too long for a number behind it, oh" ("p 'k" int, at int) PARTITION BY RANGE (at);
CREATE TABLE "odd ""schema'"."part" PARTITION OF "odd ""schema'"."Chi""ld of a name that is far too long for a number behind it, oh" FOR VALUES FROM (0) TO (10);
SELECT create_distributed_table('"odd ""schema''"."Par''ent %s $1 $fk$"', 'i d');
SELECT create_distributed_table('"odd ""schema''"."Chi""ld of a name that is far too long for a number behind it, oh"', 'p ''k');
ALTER TABLE "odd ""schema'"."Chi""ld of a name that is far too long for a number behind it, oh" ADD CONSTRAINT "K'ey" FOREIGN KEY ("p 'k") REFERENCES "odd ""schema'"."Par'ent %s $1 $fk$";
CREATE INDEX ON "odd ""schema'"."Chi""ld of a name that is far too long for a number behind it, oh" ("p 'k");
INSERT INTO "odd ""schema'"."Par'ent %s $1 $fk$" SELECT generate_series(1, 40);
INSERT INTO "odd ""schema'"."part" SELECT n, 5 FROM generate_series(1, 40) n;
SQL
is( ask(q{SELECT verdict, rows_checked, enforcement, detail, reason FROM fk_check(constraint_name => 'K''ey')}),
    'trusted|40|enforced||', 'odd names, partitions, a name that is cut short');
is(ask(q{SELECT count(*) FROM fk_audit(constraint_name => 'K''ey') WHERE rule ~ '^shard'}), 0, 'and no difference');
ask(q{DELETE FROM orders WHERE id = 100});
ask(q{DELETE FROM customers WHERE id = 99});
is( ask(q{SELECT verdict, priority, reason FROM fk_missing_indexes('customers')}),
    'missing|none|no index leads with country; public.countries has seen no delete or update since the statistics were reset',
    'statistics of the nodes: nothing was deleted');
ask(q{INSERT INTO countries VALUES ('ZZ')}, q{DELETE FROM countries WHERE code = 'ZZ'});
ok( $coordinator->poll_query_until('postgres',
        q{SELECT parent_deletes = 1 AND priority <> 'none' FROM fk_missing_indexes('customers')}),
    'a delete that all copies have counts once');

# A node that does not answer.
$workers[1]->stop('immediate');
like(keys_of('customers'), qr/^customers_country\|enforced\|not known on shards? .*: failed to connect to 127/m, 'a node that is down');
like(findings(), qr/^shard-constraint-missing\|customers\|customers_country\|not known on shard/m, 'is a finding');

# Whoever may not ask the nodes is told so.
$workers[1]->start;
ask('REVOKE EXECUTE ON FUNCTION master_run_on_worker(text[], integer[], text[], boolean) FROM PUBLIC');
ask('CREATE ROLE reader LOGIN');
is( ask('SET ROLE reader', q{SELECT enforcement_detail FROM fk_constraints('customers')}),
    'not known on shard public.customers: permission denied for function master_run_on_worker',
    'with the rights of the caller');

done_testing();
