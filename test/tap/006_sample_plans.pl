# On the public sample databases: fk_action_plan() gives every key other actions and its own back, with its statements run
# as printed; fk_delete_impact() says what a real DELETE, rolled back, does then. (Generated schemas: test/sql/action_plan.sql,
# test/sql/delete_impact_random.sql.)
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $samples = $ENV{FKAUDIT_SAMPLE_DATA};
plan skip_all => 'FKAUDIT_SAMPLE_DATA names no folder with the sample databases' unless $samples;

my $node = PostgreSQL::Test::Cluster->new('sample_plans');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\nautovacuum = off");
$node->start;

my $keys = q{SELECT conrelid::regclass, conname, CASE confdeltype WHEN 'a' THEN 'no action' WHEN 'r' THEN 'restrict'
                    WHEN 'c' THEN 'cascade' WHEN 'n' THEN 'set null' ELSE 'set default' END,
                    CASE confupdtype WHEN 'a' THEN 'no action' WHEN 'r' THEN 'restrict'
                    WHEN 'c' THEN 'cascade' WHEN 'n' THEN 'set null' ELSE 'set default' END, convalidated,
                    to_jsonb(c) - '{oid,confdeltype,confupdtype}'::text[]
               FROM pg_constraint c WHERE contype = 'f' ORDER BY conrelid, conname};

my $compare = q{
CREATE FUNCTION compare(parent regclass, predicate text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    tables regclass[] := ARRAY(SELECT oid FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY oid);
    before bigint[];
    one bigint;
    gone text;
    said text;
BEGIN
    FOR i IN 1..array_length(tables, 1) LOOP
        EXECUTE format('SELECT count(*) FROM ONLY %s', tables[i]) INTO one;
        before[i] := one;
    END LOOP;
    WITH said AS MATERIALIZED (SELECT * FROM fk_delete_impact(parent, predicate))
    SELECT CASE WHEN EXISTS (SELECT FROM said WHERE outcome IN ('blocked', 'refused')) THEN 'fails'
                ELSE (SELECT string_agg(relation || ' ' || n, ', ' ORDER BY relation)
                        FROM (SELECT relation, sum(rows) AS n FROM said WHERE outcome = 'deleted' GROUP BY 1) r WHERE n > 0) END
      INTO said;
    BEGIN
        EXECUTE format('DELETE FROM %s WHERE %s', parent, predicate);
        FOR i IN 1..array_length(tables, 1) LOOP
            EXECUTE format('SELECT count(*) FROM ONLY %s', tables[i]) INTO one;
            before[i] := before[i] - one;
        END LOOP;
        gone := (SELECT string_agg(t || ' ' || n, ', ' ORDER BY t) FROM unnest(tables, before) AS d(t, n) WHERE n > 0);
        RAISE EXCEPTION USING ERRCODE = 'IM001';
    EXCEPTION
        WHEN SQLSTATE 'IM001' THEN NULL;
        WHEN integrity_constraint_violation OR foreign_key_violation OR not_null_violation OR restrict_violation THEN
            gone := 'fails';
    END;
    RETURN CASE WHEN said IS NOT DISTINCT FROM gone THEN CASE gone WHEN 'fails' THEN 'fails' ELSE 'goes' END
                ELSE format('%s: said %s, was %s', parent, said, gone) END;
END $$};

my $tries = q{
SELECT compare(parent, format('ctid IN (SELECT ctid FROM %s ORDER BY hashtext(ctid::text) LIMIT 2)', parent))
  FROM (SELECT DISTINCT confrelid::regclass AS parent FROM pg_constraint WHERE contype = 'f') p};

for my $name (qw(baseball chinook northwind pagila))
{
    $node->safe_psql('postgres', "CREATE DATABASE $name TEMPLATE template0 ENCODING 'UTF8'");
    system_or_bail("gzip -dc '$samples/$name.sql.gz' | psql -X -q -v ON_ERROR_STOP=1 -o /dev/null -d '"
          . $node->connstr($name) . "'");
    $node->safe_psql($name, 'CREATE EXTENSION fkaudit');
    $node->safe_psql($name, $compare);
    my @before = map { [ split /\|/ ] } split /\n/, $node->safe_psql($name, $keys);

    # One plan after the other, each in a session of its own, until all keys are as they were.
    my %differences;
    my $change = sub {
        my ($key, $on_delete, $on_update) = @_;
        my $plan = $node->safe_psql($name,
            "SELECT statement FROM fk_action_plan('$key->[0]', '$key->[1]', '$on_delete', '$on_update')");
        # Keys with orphans are not valid here.
        my ($status, undef, $error) = $node->psql($name, $plan, on_error_stop => 1);
        $differences{"$key->[1]: $error"} = 1 if $status != 0 || $error;
    };
    my $outcomes = sub {
        my %seen;
        ++$seen{$_} for split /\n/, $node->safe_psql($name, $tries);
        return \%seen;
    };
    my $as_is = $outcomes->();
    is_deeply([ grep { !/^(?:goes|fails)$/ } keys %$as_is ], [], "$name: a DELETE does what was said");
    $change->($_, 'cascade', 'restrict') for @before;
    is($node->safe_psql($name, q{SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND confdeltype = 'c' AND confupdtype = 'r'}),
        scalar @before, "$name: every key cascades");
    my $cascading = $outcomes->();
    is_deeply([ grep { !/^(?:goes|fails)$/ } keys %$cascading ], [], "$name: a cascade does what was said");
    cmp_ok($cascading->{goes} // 0, '>', 0, "$name: some go through");
    $change->($_, $_->[2], $_->[3]) for @before;
    is_deeply([ keys %differences ], [], "$name: every statement runs");
    is_deeply([ map { [ split /\|/ ] } split /\n/, $node->safe_psql($name, $keys) ], \@before, "$name: the keys are what they were");
}

$node->stop;
done_testing();
