# What fkaudit says about four public sample databases, known beforehand from their schemas and plain SQL.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $samples = $ENV{FKAUDIT_SAMPLE_DATA};
plan skip_all => 'FKAUDIT_SAMPLE_DATA names no folder with the sample databases' unless $samples;

# name => [foreign keys, not covered by an index, violated, orphan rows]
my %expected = (
    chinook   => [ 11, 0,     0, 0 ],
    pagila    => [ 40, 14,    0, 0 ],
    northwind => [ 13, 10,    0, 0 ],
    baseball  => [ 31, 31,    3, 150 ],
);

# child | constraint | orphans | missing keys | rows, as anti-joins written by hand count them
my %violations = (
    baseball => [
        'allstarfull|allstarfull_team_fk|139|51|5375',
        'collegeplaying|collegeplaying_school_fk|10|4|17350',
        'fieldingof|fieldingof_player_fk|1|1|12028',
    ]);

my $node = PostgreSQL::Test::Cluster->new('samples');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\nautovacuum = off");
$node->start;

for my $name (sort keys %expected)
{
    my ($keys, $uncovered, $violated, $orphans) = @{ $expected{$name} };
    my $query = sub { return $node->safe_psql($name, $_[0]); };

    $node->safe_psql('postgres', "CREATE DATABASE $name TEMPLATE template0 ENCODING 'UTF8'");
    system_or_bail("gzip -dc '$samples/$name.sql.gz' | psql -X -q -v ON_ERROR_STOP=1 -o /dev/null -d '"
          . $node->connstr($name) . "'");
    $query->('CREATE EXTENSION fkaudit; ANALYZE');

    is($query->('SELECT count(*) FROM fk_constraints()'), $keys, "$name: foreign keys");
    is($query->('SELECT count(*) FROM fk_status'),        $keys, "$name: rows of fk_status");
    is($query->('SELECT count(*), count(DISTINCT constraint_oid) FROM fk_check()'),
        "$keys|$keys", "$name: each key is checked once");
    is($query->(q{SELECT count(*) FROM fk_check() WHERE verdict = 'not examined'}), 0, "$name: every key is examined");
    is( $query->(q{SELECT count(*) FILTER (WHERE verdict = 'violated'), coalesce(sum(orphan_rows), 0) FROM fk_check()}),
        "$violated|$orphans",
        "$name: violated keys and their orphans");
    is($query->('SELECT count(*) FROM fk_orphans()'), $orphans, "$name: orphans, row by row");
    is( $query->(q{SELECT child, constraint_name, orphan_rows, missing_keys, rows_checked FROM fk_check()
            WHERE verdict = 'violated'}),
        join("\n", @{ $violations{$name} || [] }),
        "$name: which keys are violated");

    # A key that is not valid yet: the server validates exactly those in which fkaudit finds no orphan.
    for my $row (split /\n/, $query->(q{SELECT format('ALTER TABLE %s VALIDATE CONSTRAINT %I', child, constraint_name),
            verdict FROM fk_check() WHERE enforcement = 'not valid'}))
    {
        my ($validate, $verdict) = split /\|/, $row;
        my ($status) = $node->psql($name, $validate);
        is($status == 0 ? 'clean' : 'violated', $verdict, "$name: $validate");
    }
    is($query->('SELECT count(*) FROM fk_missing_indexes()'), $uncovered, "$name: keys without a usable index");
    is( $query->('SELECT count(*) FROM fk_missing_indexes(include_covered => true)'),
        $keys, "$name: a verdict on the index of each key");

    # The DDL does what it says: run as printed, it leaves nothing to report.
    my $ddl = $query->(q{SELECT s FROM fk_missing_indexes(), string_to_table(ddl, E'\n') s});
    $node->safe_psql($name, $_) for split /\n/, $ddl;
    is($query->('SELECT count(*) FROM fk_missing_indexes()'), 0, "$name: none is missing after running the DDL");
}

$node->stop;
done_testing();
