# Every other function on tables of Citus: a right answer or a clear refusal, and an empty heap of the coordinator never passes for
# a table without rows.
use strict;
use warnings;
use PostgreSQL::Test::Utils;
use Test::More;

use Cluster;

my ($coordinator, @workers) = Cluster::start();
Cluster::make_shop($coordinator);

sub ask { return $coordinator->safe_psql('postgres', join(';', @_)) }

sub error_of
{
    my (undef, undef, $error) = $coordinator->psql('postgres', join(';', @_));
    return $error;
}

# Candidates.
ask(q{CREATE TABLE suppliers (id int PRIMARY KEY)}, q{SELECT create_reference_table('suppliers')},
    q{CREATE TABLE deliveries (id int PRIMARY KEY, supplier_id int NOT NULL, courier_id int)},
    q{CREATE TABLE couriers (id int PRIMARY KEY)}, q{SELECT create_reference_table('couriers')},
    q{SELECT create_distributed_table('deliveries', 'id', colocate_with => 'none')},
    q{CREATE TABLE packages (id int PRIMARY KEY, delivery_id int)},
    q{SELECT create_distributed_table('packages', 'id', colocate_with => 'none')},
    q{INSERT INTO suppliers SELECT generate_series(1, 10)}, q{INSERT INTO couriers SELECT generate_series(1, 10)},
    q{INSERT INTO deliveries SELECT n, n % 10 + 1, n % 20 + 1 FROM generate_series(1, 40) n},
    q{INSERT INTO packages SELECT n, n FROM generate_series(1, 40) n});
is( ask(q{SELECT child, child_columns, parent, confidence, inclusion, orphan_rows, ddl IS NOT NULL, reason FROM fk_candidates(min_inclusion => 0)}),
    <<'ROWS' =~ s/\n$//r, 'candidates: the rows are those of the shards, and what Citus would not take has no DDL');
deliveries|{supplier_id}|suppliers|high|1.0000|0|t|supplier_id names suppliers; every row with a value has its parent
deliveries|{courier_id}|couriers|medium|0.5000|20|t|courier_id names couriers; 20 of 40 rows with a value have no parent
packages|{delivery_id}|deliveries|medium|||f|delivery_id names deliveries; not examined (unsupported): complex joins are only supported when all distributed tables are co-located and joined on their distribution columns; Citus takes no such key: the shards of public.packages and public.deliveries are not co-located
visits|{country}|countries|medium|1.0000|0|t|country is the name of countries; no row lacks its parent; how many have a value is known to the shards alone
ROWS
ask(split /\n/, ask(q{SELECT ddl FROM fk_candidates('visits')}) =~ s/;$//gmr);
is(ask(q{SELECT result, count(*) FROM run_command_on_shards('visits', $$SELECT bool_and(convalidated)
             FROM pg_constraint WHERE contype = 'f' AND conrelid = '%s'::regclass$$) GROUP BY 1}),
    't|3', 'the DDL of a candidate reaches the shards');

# What an error of a shard is about, and the ways out, each of which runs.
sub diagnose
{
    my ($error) = @_;
    for my $way (split /\n(?!ALTER|COMMIT)/, ask("SELECT fix FROM fk_diagnose(\$x\$$error\$x\$)"))
    {
        my $run = $way =~ /^BEGIN/ ? $way =~ s/\nCOMMIT;[^\0]*/;\nROLLBACK;/r : "BEGIN; $way ROLLBACK;";
        is(error_of($run), '', "a way out: $way");
    }
    return ask(qq{SELECT child, constraint_name, side, key, parent, parent_exists, child_rows,
                         explanation ~ 'names are those of a shard' FROM fk_diagnose(\$x\$$error\$x\$)});
}
my $error = error_of(q{INSERT INTO orders VALUES (1, 9000, 999, NULL)});
like($error, qr/table "orders_\d+" violates foreign key constraint "orders_customer_\d+"/, 'errors have names of shards');
is(diagnose($error), 'orders|orders_customer|child|{"tenant": 1, "customer": 999}|customers|f|0|t', 'fk_diagnose');
$error = error_of(q{DELETE FROM customers WHERE tenant = 3 AND id = 5});
is(diagnose($error), 'orders|orders_customer|parent|{"id": 5, "tenant": 3}|customers|t|10|t', 'of a parent');

# What the catalog alone knows.
is(ask(q{SELECT * FROM fk_drift(fk_snapshot())}), '', 'no drift against itself');
my $snapshot = $workers[0]->safe_psql('postgres', 'SELECT fk_snapshot()');
is( ask("SELECT child, constraint_name, change FROM fk_drift(\$x\$$snapshot\$x\$)"),
    'public.plain|plain_k|extra', 'a worker has the same keys, but for those of plain tables');
is(ask(q{SELECT fk_fingerprint() = fk_fingerprint(NULL)}), 't', 'a fingerprint');
like(ask(q{SELECT fk_graph('dot')}), qr/orders.*customers/s, 'a graph');
like(ask(q{SELECT fk_report('json', true)}), qr/"rows_checked": ?2001/, 'a report with the rows of all shards');
is(ask(q{SELECT count(*) FROM fk_references('countries')}), 5, 'references');
is(ask(q{SELECT string_agg(DISTINCT kind, ' ') FROM fk_type_mismatches()}), '', 'types');
is(ask(q{SELECT examined, not_examined FROM fk_assert('error')}), '6|0', 'the gate');

# Roles whose search_path has no public schema, where Citus leaves the schema of its shards out.
ask(q{CREATE ROLE narrow LOGIN}, q{ALTER ROLE narrow SET search_path = pg_catalog});
is( $coordinator->safe_psql('postgres', q{SHOW search_path; SELECT constraint_name, enforcement, enforcement_detail FROM public.fk_constraints('public.orders')},
        extra_params => [ '-U', 'narrow' ]),
    "pg_catalog\norders_country|enforced|\norders_customer|enforced|", 'shards are found without a search_path');

# Deletes.
like(error_of(q{SELECT * FROM fk_delete_impact('countries', 'true')}), qr/ERROR:  cannot tell what a delete in public.countries would do/,
    'fk_delete_impact refuses');

# Violations and a run that is kept.
is(ask(q{SELECT count(*) FROM fk_violations WHERE child = 'public.regions'}), 0, 'no violation yet');
ask('CALL fk_check_all()');
is(ask(q{SELECT child, verdict, rows_checked FROM fk_check_results ORDER BY child, constraint_name}),
    join("\n",
        'public.customers|trusted|200', 'public.orders|trusted|2001', 'public.orders|trusted|2001', 'public.plain|trusted|1',
        'public.regions|trusted|2', 'public.visits|trusted|30'),
    'fk_check_all');

done_testing();
