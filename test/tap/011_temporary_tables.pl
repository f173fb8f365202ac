# Temporary tables: a session's own are listed, those of another session only when they are named.
use strict;
use warnings;

use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('temporary');
$node->init;
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION fkaudit; CREATE TABLE parent (id int PRIMARY KEY);'
      . ' CREATE TABLE child (p int CONSTRAINT plain REFERENCES parent)');

# The other session keeps its temporary tables until its standard input ends.
my ($input, $output, $errors) = ('', '', '');
my $other = IPC::Run::start(
    [ 'psql', '-XqAt', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('postgres') ],
    '<', \$input, '>', \$output, '2>', \$errors, IPC::Run::timeout(60));
$input .= q{
    CREATE TEMP TABLE temp_parent (id int PRIMARY KEY);
    INSERT INTO temp_parent VALUES (1);
    CREATE TEMP TABLE temp_child (p int CONSTRAINT in_temp REFERENCES temp_parent);
    INSERT INTO temp_child VALUES (1);
    SELECT string_agg(constraint_name, ',' ORDER BY constraint_name) FROM fk_constraints();
    SELECT 'it is at', 'temp_child'::regclass::oid;
};
IPC::Run::pump($other) until $output =~ /it is at\|(\d+)\n/ or $errors;
is($errors, '', 'the other session has no errors');
my ($oid) = $output =~ /it is at\|(\d+)\n/;
like($output, qr/^in_temp,plain$/m, 'the session itself sees its temporary key');

is($node->safe_psql('postgres', q{SELECT string_agg(constraint_name, ',') FROM fk_constraints()}), 'plain',
    'another session does not');
is($node->safe_psql('postgres', q{SELECT string_agg(constraint_name::text, ',') FROM fk_status}), 'plain', 'nor in fk_status');
is($node->safe_psql('postgres', q{SELECT string_agg(constraint_name, ',') FROM fk_check()}), 'plain', 'nor in fk_check()');
is($node->safe_psql('postgres', "SELECT constraint_name, enforcement FROM fk_constraints($oid)"), 'in_temp|enforced',
    'unless it names the table');
is($node->safe_psql('postgres', "SELECT verdict, reason FROM fk_check($oid)"),
    'not examined|temporary_of_other_session', 'whose rows it cannot read');

$input .= "\\q\n";
IPC::Run::finish($other);
$node->stop;
done_testing();
