# fk_snapshot() of one server and fk_drift() on another: over files and psql alone, exactly as doc/fkaudit.md has it, and
# live over dblink; in databases of different encodings; with more keys than a command line holds.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my %server;
for my $name ('staging', 'production')
{
    my $node = $server{$name} = PostgreSQL::Test::Cluster->new($name);
    $node->init;
    $node->append_conf('postgresql.conf', "fsync = off\nautovacuum = off");
    $node->start;
    $node->safe_psql('postgres', q{CREATE DATABASE shop TEMPLATE template0 ENCODING 'UTF8'});
    $node->safe_psql('shop', <<'SQL');
CREATE EXTENSION fkaudit;
CREATE TABLE "kunden ü" (id int PRIMARY KEY);
CREATE TABLE orders (id int PRIMARY KEY, customer int CONSTRAINT "bestellt ""von"" $x" REFERENCES "kunden ü" ON DELETE CASCADE);
CREATE INDEX ON orders (customer);
SQL
}

# The two shell blocks of the documentation, with the servers' addresses in the place of the names.
my ($chapter) = slurp_file("$ENV{TESTDIR}/doc/fkaudit.md") =~ /^### fk_drift\(.*?\n(.*?)^##/ms;
my @recipes = $chapter =~ /^```sh\n(.*?)^```$/msg;
is(scalar(@recipes), 2, 'the documentation has two shell recipes');
my $folder = PostgreSQL::Test::Utils::tempdir();

sub run_recipe
{
    my ($recipe) = @_;
    for my $name (keys %server)
    {
        my $address = $server{$name}->connstr('shop');
        $recipe =~ s/\bservice=$name\b/$address/g;
    }
    my ($out, $err) = ('', '');
    IPC::Run::run([ 'bash', '-c', "cd '$folder' || exit 99\n$recipe" ], '>', \$out, '2>', \$err);
    return ($? >> 8, $out, $err);
}

my ($compare, $gate) = @recipes;
my ($status, $out, $err) = run_recipe($compare);
is($status, 0, 'two equal servers are compared') or diag $err;
like($out, qr/^\(0 rows\)$/m, 'nothing differs');
($status, $out, $err) = run_recipe($gate);
is($status, 0, 'the gate lets equal servers pass') or diag $err;

$server{production}->safe_psql('shop', <<'SQL');
ALTER TABLE orders DISABLE TRIGGER ALL;
CREATE TABLE extra (id int CONSTRAINT extra_fk REFERENCES orders);
SQL
($status, $out, $err) = run_recipe($compare);
is($status, 0, 'differences are no error of the comparison') or diag $err;
like($out, qr/error .* public\.orders .* trigger state .* check triggers disabled on the child/, 'the disabled trigger');
like($out, qr/warning .* public\.extra .* extra_fk .* extra/, 'the key that only production has');
($status, $out, $err) = run_recipe($gate);
isnt($status, 0, 'the gate stops');
like($out . $err, qr/public\.orders/, 'and says which key');

# Live, in one statement on one of the servers.
$server{production}->safe_psql('shop', 'CREATE EXTENSION dblink');
my $staging = $server{staging}->connstr('shop') =~ s/'/''/gr;
is( $server{production}->safe_psql('shop', <<"SQL"), "error|public.orders|trigger state\nwarning|public.extra|extra", 'live over dblink');
SELECT severity, child, change
  FROM fk_drift((SELECT s FROM dblink('$staging', 'SELECT fk_snapshot()') AS t(s jsonb)))
 ORDER BY 1
SQL

# The same schema in another encoding has the same fingerprint.
$server{staging}->safe_psql('postgres', q{CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'});
$server{staging}->safe_psql('latin', <<'SQL');
SET client_encoding = 'UTF8';
CREATE EXTENSION fkaudit;
CREATE TABLE "kunden ü" (id int PRIMARY KEY);
CREATE TABLE orders (id int PRIMARY KEY, customer int CONSTRAINT "bestellt ""von"" $x" REFERENCES "kunden ü" ON DELETE CASCADE);
CREATE INDEX ON orders (customer);
SQL
my $fingerprint = $server{staging}->safe_psql('shop', 'SELECT fk_fingerprint()');
is($server{staging}->safe_psql('latin', 'SELECT fk_fingerprint()'), $fingerprint, 'LATIN1 and UTF8 agree');
isnt($server{production}->safe_psql('shop', 'SELECT fk_fingerprint()'), $fingerprint, 'production does not');

# A snapshot of several megabytes goes the same way, and a single difference is found in it.
my $many = 3000;
for my $node (values %server)
{
    $node->safe_psql('shop', <<"SQL");
CREATE SCHEMA many;
DO \$\$
BEGIN
    FOR n IN 1..$many / 30 LOOP
        EXECUTE format('CREATE TABLE many.t%s (id int PRIMARY KEY)', n);
    END LOOP;
    FOR n IN 1..$many LOOP
        EXECUTE format('ALTER TABLE many.t%s ADD CONSTRAINT fk_%s FOREIGN KEY (id) REFERENCES many.t%s',
            n % ($many / 30) + 1, n, n * 7 % ($many / 30) + 1);
    END LOOP;
END \$\$;
SQL
}
$server{production}->safe_psql('shop', 'ALTER TABLE many.t8 RENAME CONSTRAINT fk_7 TO fk_seven');
($status, $out, $err) = run_recipe($compare =~ s/fk_snapshot\(\)/fk_snapshot('{many}')/r);
is($status, 0, 'a large snapshot is compared') or diag $err;
cmp_ok(-s "$folder/staging.json", '>', 1_000_000, 'larger than a command line takes');
like($out, qr/info .* many\.t8 .* fk_seven .* renamed/, 'the one difference is found');
like($out, qr/^\(1 row\)$/m, 'and no other');

# Enforcement, which keys have since PostgreSQL 18.
if ($server{staging}->pg_version->major >= 18)
{
    is( $server{staging}->safe_psql('postgres', <<'SQL'),
CREATE EXTENSION fkaudit;
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE c (p int CONSTRAINT c_p REFERENCES p);
SELECT fk_snapshot() AS before \gset
ALTER TABLE c ALTER CONSTRAINT c_p NOT ENFORCED;
SELECT severity, change, expected, actual FROM fk_drift(:'before');
SELECT fk_snapshot() AS before \gset
ALTER TABLE c ALTER CONSTRAINT c_p ENFORCED;
SELECT severity, change, expected, actual FROM fk_drift(:'before');
SQL
        join("\n",
            'warning|validity|valid|not valid', 'error|enforcement|enforced|not enforced', 'error|trigger state|enabled|none',
            'info|validity|not valid|valid',    'info|enforcement|not enforced|enforced',  'info|trigger state|none|enabled'),
        'enforcement');
}

$_->stop for values %server;
done_testing();
