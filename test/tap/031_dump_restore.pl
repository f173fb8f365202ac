# pg_dump and pg_restore: a restore with --disable-triggers makes orphans under a key that is valid and enforced, and they
# are found, also where the data comes from another server; and a database with the extension in it is dumped and restored,
# into schemas of any name.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $here = PostgreSQL::Test::Cluster->new('here');
$here->init;
$here->append_conf('postgresql.conf', "fsync = off\nautovacuum = off");
$here->start;
my $there = PostgreSQL::Test::Cluster->new('there');
$there->init;
$there->append_conf('postgresql.conf', "fsync = off\nautovacuum = off");
$there->start;
my $dumps = PostgreSQL::Test::Utils::tempdir();

my $schema = <<'SQL';
CREATE TABLE parent (id int PRIMARY KEY);
CREATE TABLE child (id int PRIMARY KEY, p int CONSTRAINT child_fk REFERENCES parent);
CREATE TABLE parts (id int, p int CONSTRAINT parts_fk REFERENCES parent) PARTITION BY RANGE (id);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (1) TO (11);
CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM (11) TO (21);
SQL

# The one server has parents 1 to 10 and rows of each; the other only parents 1 to 6.
$here->safe_psql('postgres', "CREATE EXTENSION fkaudit; $schema"
      . 'INSERT INTO parent SELECT generate_series(1, 10);'
      . 'INSERT INTO child SELECT n, n FROM generate_series(1, 10) n;'
      . 'INSERT INTO parts SELECT n, (n + 1) / 2 FROM generate_series(1, 20) n');
sub make_target
{
    my ($node, $name) = @_;
    $node->safe_psql('postgres', "CREATE DATABASE $name");
    $node->safe_psql($name, "CREATE EXTENSION fkaudit; $schema INSERT INTO parent SELECT generate_series(1, 6)");
    return;
}
$here->command_ok([ 'pg_dump', '-Fc', '--data-only', '-t', 'child', '-t', 'parts', '-t', 'parts_*', '-f', "$dumps/data", 'postgres' ],
    'the children are dumped');
my @verdicts = ('child_fk|violated|4|enforced|t|10', 'parts_fk|violated|8|enforced|t|20');
my $ask = 'SELECT c.constraint_name, c.verdict, c.orphan_rows, c.enforcement, f.is_validated, c.rows_checked'
  . ' FROM fk_check() c JOIN fk_constraints() f USING (constraint_oid)';

for my $target ([ $here, 'same_server' ], [ $there, 'foreign_server' ])
{
    my ($node, $name) = @$target;
    make_target($node, $name);
    # Without --disable-triggers PostgreSQL refuses.
    $node->command_fails_like([ 'pg_restore', '--data-only', '-t', 'child', '-d', $name, "$dumps/data" ],
        qr/violates foreign key constraint "child_fk"/, "$name: a restore with triggers is refused");
    $node->command_ok([ 'pg_restore', '--data-only', '--disable-triggers', '-d', $name, "$dumps/data" ],
        "$name: with --disable-triggers it goes through");
    is($node->safe_psql($name, $ask), join("\n", @verdicts), "$name: orphans under valid and enforced keys");
    is( $node->safe_psql($name, q{SELECT row_table, count(*), min((foreign_key ->> 'p')::int) FROM fk_orphans() GROUP BY 1 ORDER BY 1}),
        "child|4|7\nparts_2|8|7", "$name: each of them is listed");
    # What PostgreSQL has to say.
    is( $node->safe_psql($name, 'ALTER TABLE child VALIDATE CONSTRAINT child_fk; SELECT convalidated FROM pg_constraint'
              . q{ WHERE conname = 'child_fk'}),
        't', "$name: VALIDATE CONSTRAINT does not look");
    my ($status, $stdout, $stderr) = $node->psql($name, 'ALTER TABLE child ADD FOREIGN KEY (p) REFERENCES parent NOT VALID;'
          . ' ALTER TABLE child VALIDATE CONSTRAINT child_p_fkey');
    like($stderr, qr/violates foreign key constraint "child_p_fkey"/, "$name: a new copy of the key does not hold");
    $node->safe_psql($name, 'INSERT INTO parent SELECT generate_series(7, 10)');
    is( $node->safe_psql($name, q{SELECT DISTINCT verdict, orphan_rows FROM fk_check() WHERE constraint_name ~ '_fk$'}),
        'trusted|0', "$name: with the parents restored as well all is well");
}

# A restore that failed half way leaves the triggers off.
make_target($there, 'half_way');
$there->safe_psql('half_way', q{ALTER TABLE child ADD CHECK (id < 9)});
$there->command_fails([ 'pg_restore', '--data-only', '--disable-triggers', '-e', '-t', 'child', '-d', 'half_way', "$dumps/data" ],
    'a restore that fails half way');
is( $there->safe_psql('half_way', q{SELECT enforcement, enforcement_detail FROM fk_constraints('child')}),
    'bypassed|check triggers disabled on public.child', '… leaves the triggers disabled, which is said');

# The extension itself is dumped by its name and its schema alone.
my @schemas = ('audit', 'Audit "Tools"', 'select', 'naïve; DROP TABLE parent; --', 'a.b', q{it's}, 'a$b', 'back\\slash', 'x' x 63);
my $number = 0;
for my $schema (@schemas)
{
    my ($from, $to) = ('from_' . ++$number, "to_$number");
    my $quoted = '"' . $schema =~ s/"/""/gr . '"';
    $here->safe_psql('postgres', qq{CREATE DATABASE $from TEMPLATE template0 ENCODING 'UTF8'});
    $here->safe_psql($from,
        "CREATE SCHEMA $quoted; CREATE EXTENSION fkaudit SCHEMA $quoted; CREATE TABLE parent (id int PRIMARY KEY);"
          . 'CREATE TABLE child (p int CONSTRAINT k REFERENCES parent); SET session_replication_role = replica;'
          . "INSERT INTO child VALUES (5); SELECT $quoted.fk_suppress('missing-index', 'child', 'k', 'it''s tiny', '2999-01-02')");
    my $suppressions = "SELECT rule, child, constraint_name, reason, expires, by_user, created_at FROM $quoted.fk_suppressions";
    my ($dump) = run_command([ 'pg_dump', '-d', $here->connstr($from) ]);
    unlike($dump, qr/CREATE (?:FUNCTION|VIEW)/, "$schema: nothing of the extension is dumped but its name");
    like($dump, qr/^CREATE EXTENSION IF NOT EXISTS fkaudit WITH SCHEMA /m, "$schema: … and its schema");
    for my $format ('p', 'c')
    {
        my @show = ($format eq 'p' ? 'psql' : 'pg_restore', '-d');
        my $target = "${to}_$format";
        $there->safe_psql('postgres', qq{CREATE DATABASE $target TEMPLATE template0 ENCODING 'UTF8'});
        # The data is restored before the key is, so that the key is refused: it comes back by itself, unvalidated.
        run_command([ 'pg_dump', "-F$format", '-f', "$dumps/$target", '-d', $here->connstr($from) ]);
        my ($out, $err) = run_command(
            $format eq 'p'
            ? [ 'psql', '-Xq', '-d', $there->connstr($target), '-f', "$dumps/$target" ]
            : [ 'pg_restore', '-d', $there->connstr($target), "$dumps/$target" ]);
        like($err, qr/violates foreign key constraint "k"/, "$schema, $format: the orphan keeps the key from being restored");
        unlike($err =~ s/.*violates foreign key.*//r, qr/ERROR(?!:  insert)/, "$schema, $format: and nothing else fails");
        is($there->safe_psql($target, "SELECT orphan_rows FROM $quoted.fk_check('child', '{p}', 'parent', '{id}')"),
            1, "$schema, $format: it works where it was restored");
        is($there->safe_psql($target, "SELECT count(*) FROM $quoted.fk_status"), 0, "$schema, $format: the view, too");
        is($there->safe_psql($target, $suppressions), $here->safe_psql($from, $suppressions),
            "$schema, $format: what was suppressed stays suppressed");
        is( $there->safe_psql($target, 'SELECT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = extnamespace'
                  . q{ WHERE extname = 'fkaudit'}),
            $schema, "$schema, $format: in its schema");
    }

    my ($status, $stdout, $stderr) = $here->psql($from, 'ALTER EXTENSION fkaudit SET SCHEMA public');
    like($stderr, qr/extension "fkaudit" does not support SET SCHEMA/, "$schema: it is not moved");
    $here->safe_psql($from, "ALTER SCHEMA $quoted RENAME TO moved");
    is( $here->safe_psql($from, 'SELECT verdict FROM moved.fk_check(); SELECT count(*) FROM moved.fk_orphans();'
              . 'SELECT enforcement FROM moved.fk_status'),
        "violated\n1\nenforced", "$schema: its schema may be renamed");
}

# Over an older copy of the same database.
$here->command_ok([ 'pg_dump', '-Fc', '-f', "$dumps/whole", 'postgres' ], 'a dump of a whole database');
$there->safe_psql('postgres', 'CREATE DATABASE again');
for my $round ('into an empty database', 'over what is there')
{
    $there->command_ok(
        [ 'pg_restore', '--clean', '--if-exists', '--single-transaction', '-d', 'again', "$dumps/whole" ], "a restore $round");
    is( $there->safe_psql('again', 'SELECT constraint_name, verdict, rows_checked FROM fk_check()'),
        "child_fk|trusted|10\nparts_fk|trusted|20", "… and a check of it");
}

$here->stop;
$there->stop;
done_testing();
