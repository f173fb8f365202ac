# fk_incidents() on a server: violations after a change and a release, who may see what, and without the library or the
# history. What happens over days is in the unit tests.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('incidents');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\nautovacuum = off");
$node->start;
$node->safe_psql('postgres', <<'SQL');
CREATE EXTENSION fkaudit;
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE c (p int CONSTRAINT c_p REFERENCES p);
CREATE TABLE d (p int CONSTRAINT d_p REFERENCES p);
CREATE ROLE somebody LOGIN;
SQL
my ($code, $out, $err) = $node->psql('postgres', 'SELECT * FROM fk_incidents()');
like($err, qr/not counted on this server.*shared_preload_libraries = 'fkaudit'/s, 'without the library it says what to set');
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'fkaudit'");
$node->restart;

sub violate
{
    my ($table, $times) = @_;
    $node->safe_psql('postgres', "DO \$\$ BEGIN FOR n IN 1 .. $times LOOP BEGIN INSERT INTO $table VALUES (99);"
          . ' EXCEPTION WHEN foreign_key_violation THEN NULL; END; END LOOP; END $$');
    return;
}
my $ask = 'SELECT child, constraint_name, violations, times_baseline, nearest_change, nearest_release, ended_at IS NULL,'
  . ' started_at <= now() FROM fk_incidents()';

is($node->safe_psql('postgres', $ask), '', 'none yet');
violate('c', 4);
is($node->safe_psql('postgres', $ask), '', 'four are no incident');
violate('c', 1);
is($node->safe_psql('postgres', $ask), 'public.c|c_p|5||||t|t', 'five are');
like($node->safe_psql('postgres', 'SELECT explanation FROM fk_incidents()'),
    qr/^5 violations within 1 hours?, and it goes on; less than 24 hours have been counted.*SELECT fk_track_history\(true\)/,
    'and without a history it says how to have one');

$node->safe_psql('postgres', q{SELECT fk_track_history(true); ALTER TABLE c DISABLE TRIGGER ALL; SELECT fk_mark_release('v7');
    ALTER TABLE c ENABLE TRIGGER ALL; ALTER TABLE d ALTER CONSTRAINT d_p DEFERRABLE});
violate('d', 6);
like($node->safe_psql('postgres', $ask), qr{\Apublic\.c\|c_p\|5\|\|changed key d_p of public\.d at [^|]+: ALTER TABLE public\.d\|v7\|t\|t
public\.d\|d_p\|6\|\|changed at [^|]+ by \S+: ALTER TABLE public\.d\|v7\|t\|t\z}, 'each with the nearest change and release');
like($node->safe_psql('postgres', q{SELECT explanation FROM fk_incidents() WHERE child = 'public.d'}),
    qr/Changed before that: changed at .*ALTER TABLE public\.d \(deferrability: not deferrable -> deferrable\)\. fk_history has it before and after\. Release v7 was marked at /,
    'and a sentence');
is($node->safe_psql('postgres', q{SELECT count(*) FROM fk_incidents('0')}), '2', 'what goes on is in, however short the time');

# Both sides of a key are one incident.
$node->safe_psql('postgres', 'CREATE TABLE sides (p int CONSTRAINT sides_p REFERENCES p); INSERT INTO p VALUES (1); INSERT INTO sides VALUES (1)');
violate('sides', 3);
$node->psql('postgres', 'DELETE FROM p') for 1 .. 3;
is($node->safe_psql('postgres', q{SELECT violations FROM fk_incidents() WHERE constraint_name = 'sides_p'}), 6, 'both sides are one incident');
$node->safe_psql('postgres', q{SELECT fk_violations_reset('sides'); DROP TABLE sides});

# Rights: the counts are everybody's, the history is not.
is($node->safe_psql('postgres', "SET ROLE somebody; $ask"), "public.c|c_p|5||||t|t\npublic.d|d_p|6||||t|t", 'without the history');
like($node->safe_psql('postgres', 'SET ROLE somebody; SELECT explanation FROM fk_incidents() LIMIT 1'),
    qr/for members of pg_read_all_stats/, 'which it says');
$node->safe_psql('postgres', 'GRANT pg_read_all_stats TO somebody');
like($node->safe_psql('postgres', "SET ROLE somebody; $ask"), qr/v7/, 'as a member of pg_read_all_stats');

for my $wrong ([ 'NULL', qr/since must not be null/ ], [ q{'-1 day'}, qr/since must not be negative/ ])
{
    ($code, $out, $err) = $node->psql('postgres', "SELECT * FROM fk_incidents($wrong->[0])");
    like($err, $wrong->[1], "since => $wrong->[0]");
}
# A row that the history could not take is told.
$node->safe_psql('postgres', q{ALTER TABLE fk_history_log ADD CONSTRAINT no_room CHECK (false) NOT VALID;
    ALTER TABLE c ALTER CONSTRAINT c_p DEFERRABLE});
like($node->safe_psql('postgres', q{SELECT explanation FROM fk_incidents() LIMIT 1}), qr/The history is incomplete: run SELECT fk_sync_history\(\)/,
    'an incomplete history is told');

$node->stop;
done_testing();
