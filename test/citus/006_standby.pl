# A hot standby of the coordinator: it reads the shards of the workers, and says what the coordinator says.
use strict;
use warnings;
use PostgreSQL::Test::Utils;
use Test::More;

use Cluster;

my ($coordinator, @workers) = Cluster::start();
Cluster::make_shop($coordinator);
$coordinator->safe_psql('postgres', $_)
  for q{SELECT run_command_on_placements('orders', 'ALTER TABLE %s DISABLE TRIGGER ALL')},
  q{INSERT INTO orders VALUES (1, 2000, 777, 'DE'), (2, 2001, 778, 'XX')};

$coordinator->backup('backup');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($coordinator, 'backup', has_streaming => 1);
$standby->start;
$coordinator->wait_for_catchup($standby);
is($standby->safe_psql('postgres', 'SELECT pg_is_in_recovery(), count(*) FROM orders'), 't|2003', 'Citus reads on a standby');

for my $query (
    'SELECT child, constraint_name, verdict, orphan_rows, rows_checked, reason, detail, engine FROM fk_check()',
    q{SELECT * FROM fk_orphans('orders')},
    'SELECT * FROM fk_constraints()',
    'TABLE fk_status',
    q{SELECT * FROM fk_references('countries')},
    'SELECT child, verdict, index, reason FROM fk_missing_indexes(include_covered => true)',
    'SELECT * FROM fk_risky_actions()',
    'SELECT * FROM fk_type_mismatches()',
    'SELECT * FROM fk_candidates()',
    'SELECT rule, child, constraint_name, message FROM fk_audit(check_data => true)',
    'SELECT * FROM fk_load_order()',
    'SELECT fk_snapshot()',
    'SELECT fk_fingerprint()',
    q{SELECT * FROM fk_validate_plan('orders')},
    q{SELECT * FROM fk_repair_plan('orders', 'orders_customer')},
    q{SELECT * FROM fk_action_plan('orders', 'orders_country', 'cascade')},
    q{SELECT * FROM fk_add_plan('visits', '{country}', 'countries', '{code}')},
    q{SELECT fk_graph()})
{
    my ($there, $here) = map { $_->safe_psql('postgres', $query) } $coordinator, $standby;
    is($here, $there, "the same: $query");
}
my (undef, undef, $error) = $standby->psql('postgres', 'CALL fk_check_all()');
like($error, qr/ERROR: .*recovery/, 'fk_check_all refuses');

# Where the workers' standbys are to be read.
$standby->append_conf('postgresql.conf', "citus.use_secondary_nodes = 'always'");
$standby->restart;
is($standby->safe_psql('postgres', q{SELECT DISTINCT verdict, reason, detail FROM fk_check('orders')}),
    'not examined|error|node group 1 does not have a secondary node', 'there are none, as Citus says');
is($standby->safe_psql('postgres', q{SELECT DISTINCT enforcement FROM fk_constraints('customers')}),
    'enforced', 'the look at the shards asks the nodes that have them');

done_testing();
