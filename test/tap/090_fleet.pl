# script/fleet: one table and one exit status for many databases.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $fleet = "$ENV{TESTDIR}/script/fleet";
my $node = PostgreSQL::Test::Cluster->new('fleet');
$node->init;
$node->start;
for my $name (qw(sound other broken))
{
    $node->safe_psql('postgres', "CREATE DATABASE $name");
    $node->safe_psql($name, 'CREATE SCHEMA audit; CREATE EXTENSION fkaudit SCHEMA audit; CREATE TABLE p (k int PRIMARY KEY);'
          . ' CREATE TABLE c (k int CONSTRAINT c_k REFERENCES p); CREATE INDEX ON c (k)');
}
$node->safe_psql('other', 'ALTER TABLE c DROP CONSTRAINT c_k, ADD CONSTRAINT c_k FOREIGN KEY (k) REFERENCES p ON DELETE CASCADE');
$node->safe_psql('broken', 'SET session_replication_role = replica; INSERT INTO c VALUES (7)');

sub list_of
{
    my $path = PostgreSQL::Test::Utils::tempdir() . '/servers.txt';
    open my $file, '>', $path or die $!;
    print $file "# a comment\n\n", map { $_ . "\n" } @_;
    close $file;
    return $path;
}
sub connect_to { return 'dbname=' . shift . ' host=' . $node->host . ' port=' . $node->port }
sub run_fleet
{
    my ($what, @lines) = @_;
    my ($out, $error) = ('', '');
    IPC::Run::run([ $fleet, $what, list_of(@lines) ], '>', \$out, '2>', \$error);
    return ($? >> 8, $out, $error);
}

my ($code, $out, $error) = run_fleet('fk_check', map { connect_to($_) } qw(sound other));
is("$code $out", "0 fleet: nothing to say\n", 'sound everywhere');
($code, $out) = run_fleet('fk_check', map { connect_to($_) } qw(sound broken));
is($code, 1, 'something is violated');
like($out, qr/ broken\s+public\.c\.c_k\s+violated: 1 orphans$/m, 'and named with its database');
unlike($out, qr/ sound /, 'the other one says nothing');

($code, $out) = run_fleet('fk_drift', map { connect_to($_) } qw(sound broken));
is("$code $out", "0 fleet: nothing to say\n", 'no drift');
($code, $out) = run_fleet('fk_drift', map { connect_to($_) } qw(sound other));
is($code, 1, 'drift');
like($out, qr/ other\s+public\.c\.c_k\s+changed: on_delete: expected "?no action"? is|on_delete/, 'with what differs');

($code, $out) = run_fleet('fk_assert', connect_to('sound'));
is("$code $out", "0 fleet: nothing to say\n", 'the gate holds');
($code, $out) = run_fleet('fk_assert', map { connect_to($_) } qw(sound broken));
is($code, 1, 'the gate does not hold');
like($out, qr/ broken\s+foreign keys do not hold: 1 finding$/m, 'how many');
like($out, qr/ broken\s+error orphan-rows public\.c c_k: /m, 'which');

# One that cannot be asked weighs most, hides no other, and shows no password.
for my $what (qw(fk_check fk_assert))
{
    ($code, $out) = run_fleet($what, connect_to('nowhere') . ' password=secret', connect_to('broken'));
    is($code, 2, "$what: one cannot be asked");
    like($out, qr/^line 3\s+could not be asked: .*"nowhere" does not exist/m, 'by its line');
    like($out, qr/ broken /, 'and the others are');
    unlike($out, qr/secret/, 'without what its line says');
}
($code, undef, $error) = run_fleet('fk_drift', connect_to('nowhere'), connect_to('sound'));
is($code, 2, 'the baseline cannot be asked');
($code, $out) = run_fleet('fk_check', connect_to('postgres'));
is($code, 2, 'a database without the extension is no sound one');
($code) = run_fleet('fk_repair', connect_to('sound'));
is($code, 64, 'what it does not know');

done_testing();
