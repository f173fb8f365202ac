# On the public sample databases, with parents taken away under many keys: every plan of fk_repair_plan() is run as printed,
# each statement in a transaction of its own; then PostgreSQL itself takes the key anew. What was set aside comes back as it
# was by the undo that the plan tells. (Random schemas: script/fuzz.)
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $samples = $ENV{FKAUDIT_SAMPLE_DATA};
plan skip_all => 'FKAUDIT_SAMPLE_DATA names no folder with the sample databases' unless $samples;

my $node = PostgreSQL::Test::Cluster->new('sample_repairs');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\nautovacuum = off");
$node->start;

# Up to two parents of each key that have children, by whichever of them come first.
my $bereave = q{
SET session_replication_role = replica;
DO $$
DECLARE
    key record;
BEGIN
    FOR key IN SELECT c.conrelid::regclass AS child, c.confrelid::regclass AS parent,
                      (SELECT string_agg(format('p.%I = c.%I', p.attname, a.attname), ' AND ')
                         FROM unnest(c.conkey, c.confkey) u(child, parent)
                         JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = u.child
                         JOIN pg_attribute p ON p.attrelid = c.confrelid AND p.attnum = u.parent) AS matches
                 FROM pg_constraint c WHERE c.contype = 'f' ORDER BY c.conrelid::regclass::text, c.conname LOOP
        EXECUTE format('DELETE FROM %s WHERE ctid IN (SELECT p.ctid FROM %1$s p WHERE EXISTS (SELECT FROM %s c WHERE %s) LIMIT 2)',
                       key.parent, key.child, key.matches);
    END LOOP;
END $$};
my $violated = q{SELECT child, constraint_name FROM fk_check() WHERE verdict = 'violated' ORDER BY child::text, constraint_name};

# The plan's statements, or the SQLSTATE that refuses it.
sub plan_of
{
    my ($name, $key, $strategy) = @_;
    my ($status, $plan, $error) = $node->psql($name,
        "\\set VERBOSITY sqlstate\nSELECT statement FROM fk_repair_plan('$key->[0]', '$key->[1]', '$strategy', 50) ORDER BY step");
    return $status == 0 ? ($plan, undef) : (undef, $error =~ /ERROR:\s+(\w{5})/ ? $1 : $error);
}

for my $name (qw(baseball chinook northwind pagila))
{
    $node->safe_psql('postgres', "CREATE DATABASE $name TEMPLATE template0 ENCODING 'UTF8'");
    system_or_bail("gzip -dc '$samples/$name.sql.gz' | psql -X -q -v ON_ERROR_STOP=1 -o /dev/null -d '"
          . $node->connstr($name) . "'");
    $node->safe_psql($name, 'CREATE EXTENSION fkaudit');
    $node->safe_psql($name, $bereave);
    my $keys_of = sub { map { [ split /\|/ ] } split /\n/, $node->safe_psql($name, $violated) };
    my @first = $keys_of->();
    cmp_ok(scalar @first, '>', 5, "$name: keys are broken");

    my (%failures, %unfounded, %refused, $undone);
    for my $pass (1 .. 4)
    {
        my $progress = 0;
        for my $key ($keys_of->())
        {
            delete $refused{"@$key"};
            for my $strategy ('auto', 'create parents', 'set null', 'delete')
            {
                my ($plan, $sqlstate) = plan_of($name, $key, $strategy);
                if (!defined $plan)
                {
                    $refused{"@$key"}{$strategy} = $sqlstate;
                    next;
                }
                my $undo = $strategy eq 'auto' && !$undone
                  && $node->safe_psql($name, "SELECT substring(detail FROM 'a superuser can undo: (DO .*)\$')"
                      . " FROM fk_repair_plan('$key->[0]', '$key->[1]') WHERE detail LIKE 'makes %' AND step = 1");
                my $rows = "SELECT md5(string_agg(r::text, E'\\n' ORDER BY r::text)) FROM $key->[0] r";
                my $before = $node->safe_psql($name, $rows);
                my ($status, undef, $error) = $node->psql($name, $plan, on_error_stop => 1);
                if ($status != 0 || $error)
                {
                    $failures{"$key->[1] by $strategy: $error"} = 1;
                    next;
                }
                # A plan that deletes below the orphans, too, has other tables to bring back.
                if ($undo && $plan !~ /(?:CREATE TABLE.*){2}/s)
                {
                    isnt($node->safe_psql($name, $rows), $before, "$name: rows were set aside");
                    $node->safe_psql($name, $undo);
                    is($node->safe_psql($name, $rows), $before, "$name: the undo brings them back as they were");
                    $undone = 1;
                    ($plan) = plan_of($name, $key, $strategy);
                    $node->psql($name, $plan, on_error_stop => 1);
                }
                delete $refused{"@$key"};
                ++$progress;
                my $definition = $node->safe_psql($name,
                    "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = '$key->[0]'::regclass AND conname = '$key->[1]'");
                my ($taken, undef, $why) = $node->psql($name,
                    qq{BEGIN; ALTER TABLE $key->[0] DROP CONSTRAINT "$key->[1]"; ALTER TABLE $key->[0] ADD CONSTRAINT "$key->[1]" $definition; ROLLBACK},
                    on_error_stop => 1);
                $unfounded{"$key->[1] by $strategy: $why"} = 1 if $taken != 0;
                last;
            }
        }
        last unless $progress;
    }
    is_deeply([ sort keys %failures ], [], "$name: every statement runs");
    is_deeply([ sort keys %unfounded ], [], "$name: PostgreSQL takes each key that was repaired");
    my @left = $keys_of->();
    cmp_ok(scalar @left, '<', scalar @first, "$name: " . @first . ' keys were broken, ' . @left . ' still are');
    # Not NULL or without a default (23502), rows in the way (23503), columns that are generated (428C9).
    my @odd = grep { !/^(?:23502|23503|428C9|55000)$/ } map { values %{ $refused{"@$_"} // {} } } @left;
    is_deeply([ grep { !$refused{"@$_"} } @left ], [], "$name: whatever is left was refused");
    is_deeply(\@odd, [], "$name: and for a reason that is known");
}

$node->stop;
done_testing();
