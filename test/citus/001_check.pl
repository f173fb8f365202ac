# The check on a cluster of Citus: the rows are in shards, the coordinator's heaps are empty, and only SQL that Citus plans
# sees them. Orphans that come in under disabled triggers of the shards are found; what Citus cannot plan is not examined.
use strict;
use warnings;
use PostgreSQL::Test::Utils;
use Test::More;

use Cluster;

my ($coordinator, @workers) = Cluster::start();
Cluster::make_shop($coordinator);

sub ask { return $coordinator->safe_psql('postgres', join(';', @_)) }

my $all = 'SELECT child, constraint_name, verdict, orphan_rows, rows_checked, engine FROM fk_check()';
is(ask(q{SELECT sum(pg_relation_size(r)) FROM unnest('{orders, customers, countries, regions}'::regclass[]) r}),
    0, 'the heaps of the coordinator are empty');
is(ask($all), <<'ROWS' =~ s/\n$//r, 'co-located, reference and local-to-reference keys, and all rows of all shards');
customers|customers_country|trusted|0|200|sql
orders|orders_country|trusted|0|2001|sql
orders|orders_customer|trusted|0|2001|sql
plain|plain_k|trusted|0|1|scan
regions|regions_country|trusted|0|2|sql
ROWS

# What PostgreSQL itself does with these rows while its triggers are there.
for my $row (q{1, 2000, 777, 'DE'}, q{2, 2001, 778, 'XX'})
{
    isnt($coordinator->psql('postgres', "INSERT INTO orders VALUES ($row)"), 0, "a shard refuses ($row)");
}
is(ask(q{SELECT bool_and(success) FROM run_command_on_placements('orders', 'ALTER TABLE %s DISABLE TRIGGER ALL')}),
    't', 'the shards lose their triggers');
is(ask(q{SELECT string_agg(DISTINCT tgenabled::text, '') FROM pg_trigger WHERE tgrelid = 'orders'::regclass}),
    'O', 'of which the coordinator knows nothing');
ask(q{INSERT INTO orders VALUES (1, 2000, 777, 'DE'), (2, 2001, 778, 'XX'), (2, 2002, 778, NULL), (7, 2003, NULL, 'YY')});
is( ask(q{SELECT constraint_name, verdict, orphan_rows, missing_keys, example, rows_checked, partial_null_rows, engine
            FROM fk_check('orders')}),
    join("\n",
        'orders_country|violated|2|2|{"country": "XX"}|2005|0|sql',
        'orders_customer|violated|3|2|{"tenant": 2, "customer": 778}|2005|2|sql'),
    'orphans under disabled triggers of shards, with composite keys and NULLs');
is( ask(q{SELECT constraint_name, row_key, foreign_key, parent, reason, row_table, row_ctid FROM fk_orphans('orders')}),
    join("\n",
        'orders_country|{"id": 2001, "tenant": 2}|{"country": "XX"}|countries|missing parent|orders|',
        'orders_country|{"id": 2003, "tenant": 7}|{"country": "YY"}|countries|missing parent|orders|',
        'orders_customer|{"id": 2000, "tenant": 1}|{"tenant": 1, "customer": 777}|customers|missing parent|orders|',
        'orders_customer|{"id": 2001, "tenant": 2}|{"tenant": 2, "customer": 778}|customers|missing parent|orders|',
        'orders_customer|{"id": 2002, "tenant": 2}|{"tenant": 2, "customer": 778}|customers|missing parent|orders|'),
    'each orphan, without the place that a shard would give');
is(ask(q{SELECT count(*) FROM fk_orphans('orders', 'orders_customer', 2)}), 2, 'a limit');

# A worker knows the tables, too, and hides its shards.
is($workers[0]->safe_psql('postgres', 'SELECT child, constraint_name, orphan_rows, rows_checked FROM fk_check()'),
    <<'ROWS' =~ s/\n$//r, 'asked on a worker');
customers|customers_country|0|200
orders|orders_country|2|2005
orders|orders_customer|3|2005
regions|regions_country|0|2
ROWS

# No engine that reads heaps may be forced on them.
for my $engine (qw(scan index))
{
    is( ask("SET fkaudit.engine = $engine", q{SELECT DISTINCT verdict, reason, detail FROM fk_check('orders')}),
        "not examined|unsupported|the $engine engine cannot serve this key: Citus keeps rows of its tables in shards;"
          . ' SET fkaudit.engine = auto',
        "the engine $engine, forced");
}
is(ask('SET fkaudit.trust_indexes = on', q{SELECT DISTINCT engine FROM fk_check('orders')}), 'sql', 'indexes, trusted');

# Keys that are not declared.
is( ask(q{SELECT verdict, orphan_rows, rows_checked, engine FROM fk_check('visits', '{country}', 'countries', '{code}')}),
    'clean|0|30|sql', 'to a table that every node has');
like(
    ask(q{SELECT verdict, reason, detail FROM fk_check('visits', '{customer}', 'customers', '{id}')}),
    qr/^not examined\|unsupported\|complex joins are only supported when all distributed tables are co-located/,
    'between tables that are not co-located: what Citus itself says');

# What follows rows by their places refuses.
my (undef, undef, $refused) = $coordinator->psql('postgres', q{SELECT fk_delete_impact('countries', 'true')});
like($refused, qr/cannot tell what a delete in public.countries would do/, 'fk_delete_impact');
(undef, undef, $refused) = $coordinator->psql('postgres', q{SELECT fk_delete_impact('visits', 'true')});
like($refused, qr/cannot tell what a delete in public.visits would do/, 'of a table without keys, too');

# Rights.
ask(<<'SQL');
CREATE ROLE reader LOGIN;
GRANT SELECT ON orders TO reader;
GRANT SELECT ON countries TO reader;
SQL
is( ask('SET ROLE reader', q{SELECT constraint_name, verdict, orphan_rows, reason FROM fk_check('orders')}),
    "orders_country|violated|2|\norders_customer|not examined||no_privilege",
    'with the rights of the caller');
ask('REVOKE SELECT ON pg_dist_partition FROM PUBLIC');
like(
    ask('SET ROLE reader', q{SELECT verdict, reason, detail FROM fk_check('orders', 'orders_country')}),
    qr/^not examined\|no_privilege\|permission denied for table pg_catalog.pg_dist_partition/,
    'without those that tell whose rows are where');
ask('GRANT SELECT ON pg_dist_partition TO PUBLIC');

# A node that does not answer, and a shard that is not there.
$workers[1]->stop('immediate');
like(
    ask(q{SELECT verdict, reason, detail FROM fk_check('orders', 'orders_country')}),
    qr/^not examined\|error\|.*connection to the remote node .*127\.0\.0\.1:\d+ failed/,
    'a worker that is down');
is(ask(q{SELECT verdict FROM fk_check('plain')}), 'trusted', 'and the others go on');
$workers[1]->start;
is(ask(q{SELECT orphan_rows FROM fk_check('orders', 'orders_country')}), 2, 'when it is back');
my $shard = $workers[0]->safe_psql('postgres', q{SELECT shard_name('orders', shardid) FROM pg_dist_shard
  JOIN pg_dist_placement USING (shardid) WHERE logicalrelid = 'orders'::regclass AND groupid =
  (SELECT groupid FROM pg_dist_local_group) ORDER BY 1 LIMIT 1});
$workers[0]->safe_psql('postgres', "SET citus.enable_manual_changes_to_shards = on; ALTER TABLE $shard RENAME TO gone");
like(
    ask(q{SELECT verdict, reason, detail FROM fk_check('orders', 'orders_country')}),
    qr/^not examined\|error\|relation "public.$shard" does not exist/, 'a shard that is gone');
$workers[0]->safe_psql('postgres', "SET citus.enable_manual_changes_to_shards = on; ALTER TABLE gone RENAME TO $shard");

# A shard whose rows are locked: the caller's timeouts hold.
my $locking = $workers[0]->background_psql('postgres');
$locking->query_safe('BEGIN');
$locking->query_safe("SET citus.enable_manual_changes_to_shards = on; LOCK TABLE $shard");
my ($code, $out, $error) =
  $coordinator->psql('postgres', q{SET statement_timeout = '1s'; SELECT * FROM fk_check('orders', 'orders_country')});
like($error, qr/canceling statement due to statement timeout/, 'a shard that hangs: the timeout ends the call');
$locking->query_safe('ROLLBACK');
$locking->quit;

# The plans for a repair run: one statement, whatever the size of a batch, because no place cuts rows in shards.
sub repair
{
    my ($key, $way) = @_;
    my @statements = split /\n/,
      ask(qq{SELECT statement FROM fk_repair_plan('orders', '$key', '$way', 1)});
    ask($_) for @statements;
    return scalar @statements;
}
repair('orders_country', 'create parents');
is(ask(q{SELECT string_agg(code::text, ' ' ORDER BY code) FROM countries}), 'DE FR XX YY', 'parents, made up');
repair('orders_customer', 'quarantine');
is(ask('SELECT count(*) FROM orders_orphans'), 3, 'orphans, set aside');
is(ask(q{SELECT string_agg(verdict, ' ') FROM fk_check('orders')}), 'trusted trusted', 'no orphan is left, and the triggers of the shards are enabled again');

# Without the library, the server itself would read empty heaps.
ask(q{ALTER SYSTEM SET shared_preload_libraries = 'fkaudit'});
$coordinator->restart;
like(
    ask(q{SELECT verdict, reason, detail FROM fk_check('orders', 'orders_country')}),
    qr/^not examined\|unsupported\|Citus keeps the rows of public.orders, and its planner does not answer/,
    'an empty heap passes for nothing');
is(ask('SELECT count(*) FROM orders'), 0, 'as this server would count');

done_testing();
