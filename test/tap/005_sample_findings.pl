# The findings of fk_audit() on the sample databases, each with a word why it is right, and how many of their foreign keys
# fk_candidates() finds again once they are dropped.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $samples = $ENV{FKAUDIT_SAMPLE_DATA};
plan skip_all => 'FKAUDIT_SAMPLE_DATA names no folder with the sample databases' unless $samples;

my $node = PostgreSQL::Test::Cluster->new('sample_findings');
plan skip_all => 'the findings about indexes are those of 15 to 17: 18 and newer can skip through an index'
    if $node->pg_version >= 18;
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\nautovacuum = off\ntrack_counts = on");
$node->start;

# Lines "severity rule count", then why; names where one finding stands for itself.
my %findings = (
    chinook => <<'TEXT',
info self-reference-no-action 1: employee.employee_reports_to_fkey
TEXT
    # payment.rental_id is NOT NULL under ON DELETE SET NULL: deleting a rental with a payment fails, as the next test shows,
    # and no index leads with it (one finding about the action, one about the index). The 32 keys of smallint columns to
    # integer keys cannot hold every parent; staff and store refer to each other, and neither key is deferrable. 14 keys have
    # no index (see 001_sample_databases.pl), in a database just restored, so that nothing asks for one yet.
    pagila => <<'TEXT',
error set-null-not-null 1: payment.payment_rental_id_fkey
info cascade-unindexed 1: payment.payment_rental_id_fkey
info missing-index 14
warning cycle-not-deferrable 1: staff.staff_store_id_fkey
warning type-narrower 32
TEXT
    # 10 keys without an index, in a database just restored; an employee's chief is an employee.
    northwind => <<'TEXT',
info missing-index 10
info self-reference-no-action 1: employees.fk_employees_employees
TEXT
    # Every key was added NOT VALID, to data with orphans (001_sample_databases.pl counts them by hand), and without an index.
    # The 13 keys to teams and the like have several columns that may be NULL, one row of them has a NULL; teamshalf refers to
    # teams twice, once by two of the three columns, which are not its primary key.
    baseball => <<'TEXT',
error orphan-rows 3
info missing-index 31
info overlapping-constraint 1: teamshalf.teamshalf_team2_fk
info partial-null-key 1: allstarfull.allstarfull_team_fk
info references-non-primary-key 1: teamshalf.teamshalf_team2_fk
warning not-valid 31
warning nullable-composite 13
TEXT
);

# Keys, those found again, and the children of those that are missed: their names do not tell, or the parent has two keys.
my %candidates = (
    chinook   => '11 10 customer',
    pagila    => '40 40 ',
    northwind => '13 12 orders',
    baseball  => '31 27 homegames seriespost seriespost teamshalf',
);

for my $name (sort keys %findings)
{
    my $query = sub { return $node->safe_psql($name, $_[0]); };
    $node->safe_psql('postgres', "CREATE DATABASE $name TEMPLATE template0 ENCODING 'UTF8'");
    system_or_bail("gzip -dc '$samples/$name.sql.gz' | psql -X -q -v ON_ERROR_STOP=1 -o /dev/null -d '"
          . $node->connstr($name) . "'");
    $query->('CREATE EXTENSION fkaudit; ANALYZE');

    is($query->(<<'SQL') . "\n", $findings{$name}, "$name: the findings");
SELECT severity || ' ' || rule || ' ' || count(*)
       || CASE WHEN count(*) = 1 THEN ': ' || min(child::text) || '.' || min(constraint_name::text) ELSE '' END
  FROM fk_audit(check_data => true) GROUP BY severity, rule ORDER BY severity, rule
SQL
    if ($name eq 'chinook')
    {
        # Deletes turn the keys that were left at NO ACTION into findings, and these alone.
        $query->('DELETE FROM track WHERE track_id NOT IN (SELECT track_id FROM invoice_line UNION SELECT track_id FROM playlist_track)');
        $query->("SELECT pg_stat_force_next_flush()");
        is($query->(q{SELECT DISTINCT rule FROM fk_audit(check_data => true) WHERE severity <> 'info' AND rule <> 'no-action-default'}),
            '', 'chinook: nothing above info but NO ACTION');
    }
    if ($name eq 'pagila')
    {
        my ($status, undef, $err) = $node->psql($name, <<'SQL');
BEGIN;
WITH new AS (
    INSERT INTO rental (rental_id, rental_date, inventory_id, customer_id, staff_id)
    SELECT 1000000, '2026-01-01', min(inventory_id), min(customer_id), min(staff_id) FROM rental RETURNING *)
INSERT INTO payment (payment_id, customer_id, staff_id, rental_id, amount, payment_date)
SELECT 1000000, customer_id, staff_id, rental_id, 1, rental_date FROM new;
DELETE FROM rental WHERE rental_id = 1000000;
SQL
        isnt($status, 0, 'pagila: deleting a rental with a payment fails');
        like($err, qr/null value in column "rental_id" of relation "payment" violates not-null constraint/,
            'pagila: for the reason that set-null-not-null gives');
    }

    # Without the keys.
    $query->(<<'SQL');
CREATE SCHEMA before;
CREATE TABLE before.keys AS SELECT child, child_columns, parent FROM fk_constraints();
DO $$
DECLARE
    key record;
BEGIN
    FOR key IN SELECT child, constraint_name FROM fk_constraints() LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', key.child, key.constraint_name);
    END LOOP;
END
$$;
CREATE TABLE before.found AS SELECT child, child_columns, parent, orphan_rows, ddl FROM fk_candidates(min_inclusion => 0.9);
SQL
    my $match = 'k.child = f.child AND k.parent = f.parent AND k.child_columns @> f.child_columns'
      . ' AND k.child_columns <@ f.child_columns';
    is($query->("SELECT count(*), count(f), string_agg(k.child::text, ' ' ORDER BY k.child::text) FILTER (WHERE f IS NULL)"
              . " FROM before.keys k LEFT JOIN before.found f ON $match") =~ tr/|/ /r,
        $candidates{$name}, "$name: keys that were found again");
    is($query->("SELECT f.child, f.child_columns FROM before.found f LEFT JOIN before.keys k ON $match WHERE k.child IS NULL"),
        '', "$name: nothing else was claimed");
    # What it prints declares the keys; those with orphans stay NOT VALID.
    $node->safe_psql($name, $_)
        for split /\n/, $query->(q{SELECT s FROM before.found, string_to_table(ddl, E'\n') s});
    is($query->('SELECT count(*) FROM fk_constraints()'), $query->('SELECT count(*) FROM before.found'), "$name: all of them can be declared");
    is($query->(q{SELECT count(*) FROM fk_constraints() WHERE NOT is_validated}),
        $query->('SELECT count(*) FROM before.found WHERE orphan_rows > 0'), "$name: all without orphans are valid");
}

$node->stop;
done_testing();
