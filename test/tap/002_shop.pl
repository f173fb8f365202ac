# The demo's web shop: fkaudit finds each fault that demo/shop.sql says it planted, and nothing else.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $demo = "$ENV{TESTDIR}/demo";

my $node = PostgreSQL::Test::Cluster->new('shop');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\nautovacuum = off\ntrack_counts = on");
$node->start;
$node->safe_psql('postgres', q{CREATE DATABASE shop TEMPLATE template0 ENCODING 'UTF8'});
system_or_bail('psql', '-X', '-q', '-d', $node->connstr('shop'), '-f', "$demo/shop.sql");
# In a schema of its own, as many will have it: the tour has to find it there.
$node->safe_psql('shop', 'CREATE SCHEMA "Audit"; CREATE EXTENSION fkaudit SCHEMA "Audit"');

sub rows_of
{
    my ($query) = @_;
    return $node->safe_psql('shop', qq{SET search_path = public, "Audit"; $query});
}

cmp_ok(rows_of(q{SELECT sum(n_live_tup) FROM pg_stat_user_tables}), '>', 300_000, 'the shop has its rows');

is( rows_of(q{SELECT constraint_name, enforcement FROM fk_constraints() WHERE enforcement <> 'enforced'}),
    "images_product_fk|bypassed\nproducts_main_image_fk|bypassed\nreviews_product_fk|not valid",
    'keys that are not fully enforced');

is( rows_of(q{SELECT constraint_name, verdict, orphan_rows, missing_keys FROM fk_check() WHERE verdict <> 'trusted'
        AND constraint_name <> 'payments_order_fk'}),
    join("\n",
        'addresses_customer_fk|violated|600|600',
        'images_product_fk|violated|12|12',
        'order_items_product_fk|violated|40|5',
        'products_main_image_fk|violated|4|4',
        'reviews_product_fk|violated|35|9'),
    'violated keys');
is( rows_of(q{SELECT verdict, orphan_rows, mixed_null_rows FROM fk_check('payments')}),
    'violated|28|3', 'MATCH FULL: orphans and rows with some columns NULL');
is( rows_of(q{SELECT constraint_name, partial_null_rows FROM fk_check() WHERE partial_null_rows > 0}),
    'shipments_order_fk|150', 'MATCH SIMPLE: rows that pass by a NULL');
is(rows_of(q{SELECT count(*) FROM fk_check() WHERE verdict = 'trusted'}), 9, 'trusted keys');

is( rows_of(q{SELECT reason, count(*) FROM fk_orphans() GROUP BY 1 ORDER BY 1}),
    "missing parent|716\nmixed null|3", 'orphans, row by row');

# There is an index on (quantity, product_id): since 18 a search by product_id alone can skip through it.
my $behind_order = $node->pg_version >= 18 ? 'weak' : 'missing';
is( rows_of(q{SELECT child, child_columns, verdict FROM fk_missing_indexes() WHERE child <> 'orders'::regclass}),
    join("\n",
        'addresses|{customer_id}|missing',
        "order_items|{product_id}|$behind_order",
        'payments|{order_id,year}|weak',
        'products|{supplier_id}|missing',
        'reviews|{product_id}|unusable',
        'shipments|{order_id,year}|unusable',
        'shipments|{warehouse_id}|unusable'),
    'missing, weak and unusable indexes');
like(
    rows_of(q{SELECT reason FROM fk_missing_indexes('orders')}),
    qr/orders_2025/, 'the partition without an index is named');

my $risks = rows_of(q{SELECT constraint_name, risk FROM fk_risky_actions()});
for my $risk (
    'categories_parent_fk|self-reference-no-action', 'products_category_fk|set-null-not-null',
    'products_supplier_fk|cascade-blocked',          'products_supplier_fk|cascade-unindexed',
    'addresses_customer_fk|cascade-unindexed',       'customers_tier_fk|set-default-no-parent',
    'orders_customer_fk|no-action-default')
{
    like($risks, qr/^\Q$risk\E$/m, "risk: $risk");
}
like($risks, qr/\|inconsistent-actions$/m, 'risk: inconsistent-actions');

is( rows_of(q{SELECT child, child_column, kind FROM fk_type_mismatches()}),
    join("\n",
        'addresses|customer_id|narrower', 'customers|tier_code|length',
        'products|supplier_id|wider',     'shipments|warehouse_id|implicit cast'),
    'type differences');

my ($stdout, $stderr) =
  run_command([ 'psql', '-X', '-d', $node->connstr('shop'), '-f', "$demo/tour.sql" ]);
is($stderr, '', 'the tour runs without an error or a warning');
my @wide = grep { length > 120 && !/^(?:SELECT|==|detail |ddl |reason |-\[|\s)/ } split /\n/, $stdout;
is("@wide", '', 'its tables fit into 120 columns');

$node->stop;
done_testing();
