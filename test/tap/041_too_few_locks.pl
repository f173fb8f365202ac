# More partitions than the server can lock: their key is not examined and says what to do, the others are examined.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use ManyLeaves;

my $node = PostgreSQL::Test::Cluster->new('locks');
$node->init;
$node->append_conf('postgresql.conf', $ManyLeaves::settings);
$node->start;
ManyLeaves::make($node, leaves => 1000, rows => 2000);

# Fewer locks than leaves: the key says so, the others are examined.
$node->append_conf('postgresql.conf', 'max_locks_per_transaction = 10');
$node->restart;
is(ManyLeaves::check($node), "a_fk|trusted|0|\nmany_fk|not examined||error\nz_fk|violated|1|", 'too few locks: the others are examined');
# 18 and newer quote the setting.
is( $node->safe_psql('postgres', q{SELECT replace(detail, '"', '') FROM fk_check('many_leaves')}),
    'out of shared memory: You might need to increase max_locks_per_transaction.',
    'the detail says what to do');

$node->stop;
done_testing();
