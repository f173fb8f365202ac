# Violations are counted where they are raised, on the node of the shard; the view names the table, not its shard, and the
# recipe of doc/recipes.md adds the nodes up.
use strict;
use warnings;
use PostgreSQL::Test::Utils;
use Test::More;

use Cluster;

my ($coordinator, @workers) = Cluster::start();
Cluster::make_shop($coordinator);

for my $tenant (1 .. 20)
{
    my ($code) = $coordinator->psql('postgres', "INSERT INTO orders VALUES ($tenant, 5000, 999, NULL)");
    isnt($code, 0, "the shard of tenant $tenant refuses");
}
isnt($coordinator->psql('postgres', q{INSERT INTO regions VALUES (9, 'XX')}), 0, 'a shard of the coordinator refuses');
my $name = 'a constraint whose name is as long as a name of PostgreSQL can';
$coordinator->safe_psql('postgres',
    qq{ALTER TABLE visits ADD CONSTRAINT "$name" FOREIGN KEY (country) REFERENCES countries});
isnt($coordinator->psql('postgres', q{INSERT INTO visits VALUES (500, 1, 'XX')}), 0, 'a name that is cut short');

my $counted = 'SELECT child, constraint_name, side, violations FROM fk_violations';
is($coordinator->safe_psql('postgres', $counted), 'public.regions|regions_country|child write|1',
    'on the coordinator: its own shards');
my @seen = map { split /\n/, $_->safe_psql('postgres', $counted) } @workers;
is(scalar(grep { /_\d+/ } @seen), 0, 'no name of a shard on the workers');
my $sum = 0;
for my $line (@seen)
{
    $sum += $1 if $line =~ /^public\.orders\|orders_customer\|child write\|(\d+)$/;
}
is($sum, 20, 'every violation once');
is(scalar(grep { $_ eq "public.visits|$name|child write|1" } @seen), 1, 'the name that was cut short');

my $recipe = <<'SQL';
SELECT v.child, v.constraint_name, sum(v.violations) AS violations
  FROM run_command_on_all_nodes($$SELECT coalesce(json_agg(v), '[]') FROM fk_violations v$$) n
 CROSS JOIN LATERAL json_to_recordset(n.result::json) v(child text, constraint_name name, violations bigint)
 GROUP BY v.child, v.constraint_name
 ORDER BY v.child, v.constraint_name;
SQL
ok(index(slurp_file("$ENV{TESTDIR}/doc/recipes.md"), $recipe) > 0, 'the recipe is that of doc/recipes.md');
is( $coordinator->safe_psql('postgres', $recipe), join("\n", "public.orders|orders_customer|20", "public.regions|regions_country|1", "public.visits|$name|1"), 'the recipe');

# Reset by the table's name.
$workers[0]->safe_psql('postgres', q{SELECT fk_violations_reset('orders', 'orders_customer')});
unlike($workers[0]->safe_psql('postgres', $counted), qr/orders_customer/, 'reset by the name of the table');

# Asked on a worker, and with a node that does not answer.
is($workers[0]->safe_psql('postgres', $recipe) =~ s/^public.orders.*\n//mr, "public.regions|regions_country|1\npublic.visits|$name|1",
    'asked on a worker');
$workers[1]->stop('immediate');
my (undef, undef, $error) = $coordinator->psql('postgres', $recipe);
like($error, qr/ERROR:  invalid input syntax for type json/, 'a node that is down is no node without violations');

done_testing();
