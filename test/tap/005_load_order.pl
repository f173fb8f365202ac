# The public sample databases are emptied and loaded again in the order of fk_load_order(), with its statements run as
# printed: a table a transaction, a circle a transaction. (Generated circles: test/sql/load_order.sql.)
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $samples = $ENV{FKAUDIT_SAMPLE_DATA};
plan skip_all => 'FKAUDIT_SAMPLE_DATA names no folder with the sample databases' unless $samples;

# name => [tables, circles]
my %expected = (chinook => [ 11, 0 ], pagila => [ 21, 1 ], northwind => [ 14, 0 ], baseball => [ 23, 0 ]);

my $keys = q{SELECT string_agg(conrelid::regclass || conname || pg_get_constraintdef(oid), ';' ORDER BY conrelid, conname)
               FROM pg_constraint WHERE contype = 'f'};

my $node = PostgreSQL::Test::Cluster->new('load_order');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\nautovacuum = off");
$node->start;

for my $name (sort keys %expected)
{
    $node->safe_psql('postgres', "CREATE DATABASE $name TEMPLATE template0 ENCODING 'UTF8'");
    system_or_bail("gzip -dc '$samples/$name.sql.gz' | psql -X -q -v ON_ERROR_STOP=1 -o /dev/null -d '"
          . $node->connstr($name) . "'");
    $node->safe_psql($name, 'CREATE EXTENSION fkaudit; CREATE SCHEMA kept');

    my @steps = map { [ split /\|/, $_, -1 ] } split /\n/, $node->safe_psql($name, q{
        SELECT o.relation, coalesce(o.cycle, 0), relation::oid, replace(before_load, E'\n', ' '), replace(after_load, E'\n', ' ')
          FROM fk_load_order() o});
    is_deeply([ scalar @steps, scalar grep { $_ } keys %{ { map { $_->[1] => 1 } grep { $_->[1] } @steps } } ],
        $expected{$name}, "$name: tables and circles");

    my $keys_before = $node->safe_psql($name, $keys);
    $node->safe_psql($name, join('', map { "CREATE TABLE kept.t$_->[2] AS TABLE $_->[0];" } @steps)
          . 'TRUNCATE ' . join(', ', reverse map { $_->[0] } @steps));
    my ($failed, $script) = (0, '');
    for my $number (0 .. $#steps)
    {
        my ($table, $in, $id, $before, $after) = @{ $steps[$number] };
        $script .= "$before INSERT INTO $table OVERRIDING SYSTEM VALUE TABLE kept.t$id; $after\n";
        next if $in && $number < $#steps && $steps[ $number + 1 ][1] == $in;
        my ($status, undef, $error) = $node->psql($name, "BEGIN; $script COMMIT", on_error_stop => 1);
        ++$failed if $status != 0 || $error;
        diag("$name: $script$error") if $status != 0 || $error;
        $script = '';
    }
    is($failed, 0, "$name: loaded again without an error");
    my $lost = $node->safe_psql($name, join(' UNION ALL ',
            map { "SELECT count(*) FROM (SELECT t::text FROM kept.t$_->[2] t EXCEPT ALL SELECT t::text FROM $_->[0] t) x" } @steps));
    is_deeply([ grep { $_ } split /\n/, $lost ], [], "$name: every row is there again");
    is($node->safe_psql($name, $keys), $keys_before, "$name: the keys are what they were");
}

$node->stop;
done_testing();
