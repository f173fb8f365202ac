# fk_history: after commands of all kinds, chosen by chance, the first snapshot and the changes since make the snapshot of
# now; nothing is left to sync. Then dump and restore, copies, extension scripts, replica role, crash and lost rights.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('history');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\nautovacuum = off");
$node->start;
my $major = $node->pg_version->major;
my $dumps = PostgreSQL::Test::Utils::tempdir();

# The replay: the last state of each key after the snapshot, as the changes have it, against fk_snapshot() of now. A key is
# followed by its name alone, as somebody who has nothing but the view would do it.
my $replay = <<'SQL';
CREATE FUNCTION replayed() RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    state jsonb := (SELECT keys FROM first_snapshot);
    one record;
BEGIN
    -- Within a command old names end before new ones begin.
    FOR one IN SELECT * FROM (SELECT row_number() OVER () AS n, h.* FROM fk_history h) h WHERE change <> 'release' ORDER BY n
    LOOP
        IF one.before IS NOT NULL THEN
            IF state -> ((one.before ->> 'child') || ' ' || (one.before ->> 'constraint_name')) IS DISTINCT FROM one.before THEN
                RAISE EXCEPTION 'before of % % is not what was there: % instead of %', one.change, one.constraint_name, one.before,
                    state -> ((one.before ->> 'child') || ' ' || (one.before ->> 'constraint_name'));
            END IF;
            state := state - ((one.before ->> 'child') || ' ' || (one.before ->> 'constraint_name'));
        END IF;
        IF one.after IS NOT NULL THEN
            IF state ? ((one.after ->> 'child') || ' ' || (one.after ->> 'constraint_name')) THEN
                RAISE EXCEPTION 'after of % % is there already', one.change, one.constraint_name;
            END IF;
            state := state || jsonb_build_object((one.after ->> 'child') || ' ' || (one.after ->> 'constraint_name'), one.after);
        END IF;
    END LOOP;
    RETURN state;
END $$;
CREATE FUNCTION by_name(snapshot jsonb) RETURNS jsonb LANGUAGE sql AS $$
    SELECT coalesce(jsonb_object_agg((k ->> 'child') || ' ' || (k ->> 'constraint_name'), k - 'index'), '{}')
      FROM jsonb_array_elements(snapshot -> 'foreign_keys') k $$;
CREATE TABLE first_snapshot AS SELECT by_name(fk_snapshot()) AS keys;
SQL
my $difference = q{SELECT coalesce(a.key, b.key), a.value, b.value FROM jsonb_each(replayed()) a
  FULL JOIN jsonb_each(by_name(fk_snapshot())) b USING (key) WHERE a.value IS DISTINCT FROM b.value};

# One statement by chance. Many fail, which must leave no trace.
sub pick { return $_[ int rand @_ ]; }

sub statement
{
    my $table = pick(map { "t$_" } 1 .. 6);
    my $other = pick(map { "t$_" } 1 .. 6);
    my $column = pick('a', 'b', 'c');
    my $name = pick(map { "k$_" } 1 .. 8);
    my $schema = pick('x', 'y');
    my @kinds = (
        sub { "CREATE TABLE $table (id int PRIMARY KEY, a int REFERENCES $other, b int, c int)" },
        sub { "CREATE TABLE $schema.$table (id int PRIMARY KEY, a int, b int, c int CONSTRAINT $name REFERENCES x.$other)" },
        sub { "CREATE TABLE $table (id int PRIMARY KEY, a int, b int, c int) PARTITION BY RANGE (id)" },
        sub { "CREATE TABLE $table PARTITION OF $other FOR VALUES FROM (" . int(rand 5) . '0) TO (' . (5 + int rand 3) . '0)' },
        sub { "ALTER TABLE $table ADD CONSTRAINT $name FOREIGN KEY ($column) REFERENCES $other" },
        sub { "ALTER TABLE $table ADD CONSTRAINT $name FOREIGN KEY ($column) REFERENCES $other ON DELETE CASCADE" },
        sub { "ALTER TABLE $table ADD CONSTRAINT $name FOREIGN KEY ($column) REFERENCES $other NOT VALID" },
        sub { "ALTER TABLE $table VALIDATE CONSTRAINT $name" },
        sub { "ALTER TABLE $table DROP CONSTRAINT $name" },
        sub { "ALTER TABLE $table DROP CONSTRAINT $name, ADD CONSTRAINT $name FOREIGN KEY ($column) REFERENCES $other DEFERRABLE" },
        sub { "ALTER TABLE $table ALTER CONSTRAINT $name " . pick('DEFERRABLE', 'DEFERRABLE INITIALLY DEFERRED', 'NOT DEFERRABLE') },
        sub { "ALTER TABLE $table RENAME CONSTRAINT $name TO " . pick(map { "k$_" } 1 .. 8) },
        sub { "ALTER TABLE $table RENAME TO $other" },
        sub { "ALTER TABLE $table RENAME COLUMN $column TO " . pick('a', 'b', 'c') },
        sub { "ALTER TABLE $table ALTER $column TYPE " . pick('int', 'bigint', 'smallint') },
        sub { "ALTER TABLE $table ALTER id TYPE " . pick('int', 'bigint') },
        sub { "ALTER TABLE $table " . pick('DISABLE', 'ENABLE') . ' TRIGGER ALL' },
        sub { "ALTER TABLE $table " . pick('DISABLE', 'ENABLE') . ' TRIGGER ALL' },
        sub { "ALTER TABLE ONLY $table " . pick('DISABLE', 'ENABLE') . ' TRIGGER ALL' },
        sub { "ALTER TABLE $table SET SCHEMA $schema" },
        sub { "ALTER TABLE $table ADD COLUMN $column int REFERENCES $other" },
        sub { "ALTER TABLE $table DROP COLUMN $column" },
        sub { "ALTER TABLE $table ATTACH PARTITION $other FOR VALUES FROM (" . int(rand 5) . '0) TO (' . (5 + int rand 3) . '0)' },
        sub { "ALTER TABLE $table DETACH PARTITION $other" },
        sub { "ALTER TABLE $table ADD COLUMN d text" },
        sub { "ALTER TABLE $table ALTER a SET DEFAULT 7" },
        sub { "CREATE INDEX ON $table ($column)" },
        sub { "ALTER SCHEMA y RENAME TO z" },
        sub { "ALTER SCHEMA z RENAME TO y" },
        sub { "ALTER INDEX $table RENAME TO $other" },
        sub { rand() < 0.4 ? "DROP TABLE $table" : "CREATE TABLE $table (id int PRIMARY KEY, a int, b int, c int)" },
        sub { rand() < 0.3 ? "DROP TABLE $table CASCADE" : "ALTER TABLE $table ADD FOREIGN KEY ($column) REFERENCES $other" },
        sub { rand() < 0.1 ? 'DROP SCHEMA y CASCADE; CREATE SCHEMA y' : "ALTER TABLE $table ADD FOREIGN KEY ($column) REFERENCES $other" },
        sub { "SELECT fk_mark_release('$name')" },
    );
    push @kinds, sub { "ALTER TABLE $table ALTER CONSTRAINT $name " . pick('ENFORCED', 'NOT ENFORCED') },
      sub { "CREATE TABLE $table (id int PRIMARY KEY, a int, b int, c int CONSTRAINT $name REFERENCES $other NOT ENFORCED)" }
      if $major >= 18;
    return pick(@kinds)->();
}

my $seed = $ENV{FKAUDIT_HISTORY_SEED} // 20;
my $rounds = $ENV{FKAUDIT_HISTORY_ROUNDS} // 3;
for my $round (1 .. $rounds)
{
    srand($seed + $round);
    my $database = "random_$round";
    $node->safe_psql('postgres', "CREATE DATABASE $database");
    $node->safe_psql($database, 'CREATE EXTENSION fkaudit; CREATE SCHEMA x; CREATE SCHEMA y;'
          . "ALTER DATABASE $database SET search_path = x, y, z, public;");
    $node->safe_psql($database, join(";\n", map { "CREATE TABLE t$_ (id int PRIMARY KEY, a int, b int, c int)" } 1 .. 4)
          . ";\nALTER TABLE t1 ADD CONSTRAINT k1 FOREIGN KEY (a) REFERENCES t2, ADD CONSTRAINT k2 FOREIGN KEY (b) REFERENCES t1;");
    $node->safe_psql($database, 'SELECT fk_track_history(true)');
    $node->safe_psql($database, $replay);
    my $script = '';
    my $open = 0;
    for (1 .. 500)
    {
        if ($open && rand() < 0.3) { $script .= pick('COMMIT', 'COMMIT', 'ROLLBACK') . ";\n"; $open = 0; }
        elsif (!$open && rand() < 0.1) { $script .= "BEGIN;\n"; $open = 1; }
        # A failure must not end the transaction, or nothing would be left of it.
        my $one = statement();
        $script .= $open ? "SAVEPOINT s;\n$one;\n\\if :ERROR\nROLLBACK TO s;\n\\endif\n" : "$one;\n";
    }
    $script .= "COMMIT;\n" if $open;
    my ($code, $out, $err) = $node->psql($database, $script, on_error_stop => 0);
    unlike($err, qr/could not record/, "round $round: everything is recorded");
    my $changes = $node->safe_psql($database, "SELECT count(*), count(DISTINCT change) FROM fk_history WHERE change <> 'release'");
    note("round $round: $changes changes and kinds of them");
    is($node->safe_psql($database, $difference), '', "round $round: the first snapshot and the changes make the one of now");
    is($node->safe_psql($database, 'SELECT fk_sync_history(), missed FROM fk_history_info'), '0|0', "round $round: nothing is left to sync");
    if (my $left = $node->safe_psql($database, "SELECT * FROM fk_history WHERE command = 'fk_sync_history()'"))
    {
        diag($left);
    }
}

# Commands that change foreign keys, of newer majors. Each records what it did by itself.
sub records
{
    my ($database, $statement, @expected) = @_;
    my $from = $node->safe_psql($database, 'SELECT coalesce(max(id), 0) FROM fk_history_log');
    my (undef, undef, $said) = $node->psql($database, $statement, on_error_stop => 1);
    is($said, '', "$statement: no warning");
    is( $node->safe_psql($database,
            "SELECT change, child, constraint_name, command FROM fk_history_log WHERE id > $from AND change IS NOT NULL ORDER BY id"),
        join("\n", @expected), $statement);
    is($node->safe_psql($database, 'SELECT fk_sync_history()'), '0', "$statement: nothing is left to sync");
    return;
}
if ($major >= 18)
{
    $node->safe_psql('postgres', 'CREATE DATABASE newer');
    $node->safe_psql('newer', q{CREATE EXTENSION fkaudit; CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (p int CONSTRAINT c_p REFERENCES p);
        CREATE TABLE t (id int, p int CONSTRAINT t_p REFERENCES p) PARTITION BY RANGE (id);
        CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10); CREATE TABLE t2 PARTITION OF t FOR VALUES FROM (10) TO (20);
        SELECT fk_track_history(true)});
    my $in_c = 'public.c|c_p|ALTER TABLE public.c';
    my $in_t = 'public.t|t_p|ALTER TABLE public.t';
    records('newer', 'ALTER TABLE c ALTER CONSTRAINT c_p NOT ENFORCED', "changed|$in_c");
    records('newer', 'ALTER TABLE c ALTER CONSTRAINT c_p ENFORCED', "changed|$in_c");
    records('newer', 'ALTER TABLE c ALTER CONSTRAINT c_p ENFORCED');
    records('newer', 'ALTER TABLE t ALTER CONSTRAINT t_p NOT ENFORCED', "changed|$in_t");
    records('newer', 'ALTER TABLE t ALTER CONSTRAINT t_p ENFORCED', "changed|$in_t");
    records('newer', 'ALTER TABLE t ADD CONSTRAINT t_id FOREIGN KEY (id) REFERENCES p NOT VALID', 'added|public.t|t_id|ALTER TABLE public.t');
    records('newer', 'ALTER TABLE t VALIDATE CONSTRAINT t_id', 'validated|public.t|t_id|ALTER TABLE public.t');
    records('newer', 'CREATE TABLE n (p int CONSTRAINT n_p REFERENCES p NOT ENFORCED)', 'added|public.n|n_p|CREATE TABLE public.n');
    records('newer', 'ALTER TABLE n ALTER CONSTRAINT n_p ENFORCED', 'changed|public.n|n_p|ALTER TABLE public.n');
    records('newer', 'DROP TABLE n', 'dropped|public.n|n_p|DROP TABLE public.n');
}
if ($major >= 19)
{
    # Elements of a schema may lean on later ones.
    records('newer', 'CREATE SCHEMA later CREATE TABLE below (a int CONSTRAINT below_fk REFERENCES above) CREATE TABLE above (id int PRIMARY KEY)',
        'added|later.below|below_fk|CREATE SCHEMA later');
    records('newer', 'REPACK t1');
}
# Partitions are put together and taken apart, where the server knows how: betas of 19 did. The new ones have the keys of
# their table, and none of those that the old ones had by themselves.
my (undef, undef, $answer) = $node->psql('postgres', 'ALTER TABLE nowhere MERGE PARTITIONS (a, b) INTO c');
if ($answer =~ /does not exist/)
{
    $node->safe_psql('newer', q{ALTER TABLE t DROP CONSTRAINT t_id;
        CREATE TABLE w (id int PRIMARY KEY) PARTITION BY RANGE (id); CREATE TABLE w1 PARTITION OF w FOR VALUES FROM (0) TO (10);
        CREATE TABLE w2 PARTITION OF w FOR VALUES FROM (10) TO (20); CREATE TABLE of_w (w int CONSTRAINT of_w_fk REFERENCES w);
        CREATE TABLE deep PARTITION OF t FOR VALUES FROM (20) TO (40) PARTITION BY RANGE (id);
        CREATE TABLE deep1 PARTITION OF deep FOR VALUES FROM (20) TO (30); CREATE TABLE deep2 PARTITION OF deep FOR VALUES FROM (30) TO (40)});
    my $own = 'public.t1|t1_own';
    records('newer', 'ALTER TABLE t1 ADD CONSTRAINT t1_own FOREIGN KEY (id) REFERENCES p', "added|$own|ALTER TABLE public.t1");
    records('newer', 'ALTER TABLE t2 DISABLE TRIGGER ALL', 'disabled|public.t|t_p|ALTER TABLE public.t2');
    records('newer', 'ALTER TABLE t MERGE PARTITIONS (t1, t2) INTO t12', "dropped|$own|ALTER TABLE public.t", 'enabled|public.t|t_p|ALTER TABLE public.t');
    records('newer', 'ALTER TABLE t SPLIT PARTITION t12 INTO (PARTITION t1 FOR VALUES FROM (0) TO (10), PARTITION t2 FOR VALUES FROM (10) TO (20))');
    records('newer', 'ALTER TABLE t1 ADD CONSTRAINT t1_own FOREIGN KEY (id) REFERENCES p', "added|$own|ALTER TABLE public.t1");
    records('newer', 'ALTER TABLE t1 DISABLE TRIGGER ALL', "disabled|public.t|t_p|ALTER TABLE public.t1", "disabled|$own|ALTER TABLE public.t1");
    records('newer', 'ALTER TABLE t SPLIT PARTITION t1 INTO (PARTITION t1 FOR VALUES FROM (0) TO (5), PARTITION t3 FOR VALUES FROM (5) TO (10))',
        "dropped|$own|ALTER TABLE public.t", 'enabled|public.t|t_p|ALTER TABLE public.t');
    records('newer', 'ALTER TABLE t MERGE PARTITIONS (t1, t3) INTO t1');
    records('newer', 'ALTER TABLE deep MERGE PARTITIONS (deep1, deep2) INTO deep3');
    records('newer', 'ALTER TABLE w MERGE PARTITIONS (w1, w2) INTO w1');
    records('newer', 'ALTER TABLE w SPLIT PARTITION w1 INTO (PARTITION w1 FOR VALUES FROM (0) TO (10), PARTITION w2 FOR VALUES FROM (10) TO (20))');
    records('newer', 'ALTER TABLE t RENAME CONSTRAINT t_p TO t_p2', 'renamed|public.t|t_p2|ALTER TABLE public.t');
    records('newer', 'ALTER TABLE of_w RENAME CONSTRAINT of_w_fk TO of_w_fk2', 'renamed|public.of_w|of_w_fk2|ALTER TABLE public.of_w');
}

# Dump and restore: the history and its event triggers come along, restoring records nothing, and nothing is to be synced.
my $shown = q{SELECT change, child, constraint_name, before, after, by_user, application, command, txid, changed_at FROM fk_history};
$node->safe_psql('postgres', 'CREATE DATABASE dumped');
$node->safe_psql('dumped', q{CREATE SCHEMA ext; CREATE EXTENSION fkaudit SCHEMA ext; CREATE TABLE p (id int PRIMARY KEY);
    CREATE TABLE c (id int PRIMARY KEY, a int CONSTRAINT c_a REFERENCES p, b int CONSTRAINT c_b REFERENCES p);
    CREATE TABLE t (id int, p int CONSTRAINT t_p REFERENCES p) PARTITION BY RANGE (id);
    CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
    SELECT ext.fk_track_history(true);
    ALTER TABLE c RENAME CONSTRAINT c_b TO c_b2; SELECT ext.fk_mark_release('v1'); ALTER TABLE c ALTER a TYPE bigint});
my $before = $node->safe_psql('dumped', "SET search_path = ext, public; $shown");
for my $format ('plain', 'custom')
{
    my $target = "restored_$format";
    $node->safe_psql('postgres', "CREATE DATABASE $target");
    if ($format eq 'plain')
    {
        $node->command_ok([ 'pg_dump', '-f', "$dumps/plain", 'dumped' ], 'dumped as SQL');
        $node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $target, '-f', "$dumps/plain" ], 'restored by psql');
    }
    else
    {
        $node->command_ok([ 'pg_dump', '-Fc', '-f', "$dumps/custom", 'dumped' ], 'dumped in the custom format');
        $node->command_ok([ 'pg_restore', '-j', '2', '-d', $target, "$dumps/custom" ], 'restored by two jobs');
    }
    my $path = 'SET search_path = ext, public;';
    is($node->safe_psql($target, "$path $shown"), $before, "$format: the same history");
    is($node->safe_psql($target, "$path SELECT tracking, missed FROM fk_history_info"), 't|0', "$format: it is kept on");
    # A change before the sync is known by its names.
    $node->safe_psql($target, 'ALTER TABLE c ALTER CONSTRAINT c_b2 DEFERRABLE; ALTER TABLE t DROP CONSTRAINT t_p');
    is($node->safe_psql($target, "$path SELECT change, constraint_name, before ->> 'deferrability' FROM fk_history OFFSET 3"),
        "changed|c_b2|not deferrable\ndropped|t_p|not deferrable", "$format: changes go on from the restored state");
    is($node->safe_psql($target, "$path SELECT fk_sync_history()"), '0', "$format: nothing to sync");
    $node->safe_psql($target, 'ALTER TABLE c RENAME CONSTRAINT c_a TO c_a2');
    is($node->safe_psql($target, "$path SELECT change, constraint_name FROM fk_history OFFSET 5"), 'renamed|c_a2', "$format: a rename after it");
    is($node->safe_psql($target, "$path SELECT fk_sync_history()"), '0', "$format: nothing to sync again");
}
# A key that is renamed in the dump, before it is restored, is one that was renamed.
$node->safe_psql('postgres', 'CREATE DATABASE edited');
my $dump = slurp_file("$dumps/plain") =~ s/CONSTRAINT c_b2 FOREIGN/CONSTRAINT c_b3 FOREIGN/r =~ s/CONSTRAINT c_a FOREIGN[^;]*;/CONSTRAINT c_a CHECK (true);/r;
append_to_file("$dumps/edited", $dump);
$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', 'edited', '-f', "$dumps/edited" ], 'an edited dump is restored');
is($node->safe_psql('edited', 'SET search_path = ext, public; SELECT fk_sync_history(); SELECT change, constraint_name FROM fk_history OFFSET 3'),
    "2\ndropped|c_a\nrenamed|c_b3", 'what was edited is recorded');
# Without its rows the history does not take for new what it does not know: it says so until it begins anew.
$node->safe_psql('postgres', 'CREATE DATABASE bare');
$node->command_ok([ 'pg_dump', '-s', '-f', "$dumps/bare", 'dumped' ], 'dumped without data');
$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', 'bare', '-f', "$dumps/bare" ], 'restored without data');
my (undef, undef, $said) = $node->psql('bare', 'ALTER TABLE c RENAME CONSTRAINT c_a TO c_a2');
like($said, qr/WARNING:  fkaudit could not record.*the history has no beginning/s, 'a change before the beginning');
is($node->safe_psql('bare', 'SET search_path = ext, public; SELECT tracking, missed, changes FROM fk_history_info; SELECT fk_sync_history();
    ALTER TABLE public.c RENAME CONSTRAINT c_a2 TO c_a; SELECT change, constraint_name FROM fk_history; SELECT tracking, missed, changes FROM fk_history_info'),
    "t|1|0\n0\nrenamed|c_a\nt|0|1", 'and after it');
# A copy of the database has the same OIDs.
$node->safe_psql('postgres', 'CREATE DATABASE copied TEMPLATE dumped');
$node->safe_psql('copied', 'ALTER TABLE c RENAME CONSTRAINT c_a TO c_a3');
is($node->safe_psql('copied', 'SET search_path = ext, public; SELECT change, constraint_name FROM fk_history OFFSET 3; SELECT fk_sync_history()'),
    "renamed|c_a3\n0", 'a copy goes on');

# Scripts of extensions: their keys are keys, made and dropped by them.
$node->safe_psql('dumped', q{CREATE EXTENSION fkaudit_keys; ALTER EXTENSION fkaudit_keys UPDATE TO '2'; CREATE SCHEMA moved;
    ALTER EXTENSION fkaudit_keys SET SCHEMA moved; DROP EXTENSION fkaudit_keys});
is($node->safe_psql('dumped', q{SELECT change, child, constraint_name, command FROM ext.fk_history OFFSET 3}),
    "added|public.ec|e_p|CREATE TABLE public.ec\nrenamed|public.ec|e_q|ALTER TABLE public.ec\n"
      . "renamed|moved.ec|e_q|ALTER EXTENSION fkaudit_keys\ndropped|moved.ec|e_q|DROP EXTENSION fkaudit_keys", 'the keys of an extension');
is($node->safe_psql('dumped', 'SELECT ext.fk_sync_history()'), '0', 'nothing to sync after it');

# A library that takes the hook by which a session sees constraints made and dropped, and hands it on to nobody.
is( $node->safe_psql('dumped', <<'SQL'), "added|e_p\ndropped|e_p", 'a hook that somebody took');
SET client_min_messages = warning;
CREATE EXTENSION fkaudit_test;
CREATE TABLE first_one (a int);
SELECT FROM take_object_access_hook();
CREATE TABLE second_one (a int CONSTRAINT e_p REFERENCES p);
DROP TABLE second_one;
SELECT change, constraint_name FROM ext.fk_history OFFSET 7;
SQL

# A crash in the middle of a transaction: neither the command nor its row is there; what was committed is.
$node->safe_psql('dumped', 'ALTER TABLE c ADD CONSTRAINT c_c FOREIGN KEY (b) REFERENCES p');
my $session = $node->background_psql('dumped');
$session->query_safe('BEGIN; ALTER TABLE c DROP CONSTRAINT c_c;');
$node->stop('immediate');
$node->start;
eval { $session->quit };
is($node->safe_psql('dumped', q{SELECT change, constraint_name FROM ext.fk_history WHERE constraint_name = 'c_c'}), 'added|c_c', 'after a crash');
is($node->safe_psql('dumped', 'SELECT ext.fk_sync_history()'), '0', 'nothing to sync after a crash');

# Where somebody has locked the log, the command does not wait for him.
$session = $node->background_psql('dumped');
$session->query_safe('BEGIN; LOCK TABLE ext.fk_history_log;');
my ($code, $out, $err) = $node->psql('dumped', q{SET statement_timeout = '60s'; ALTER TABLE c RENAME CONSTRAINT c_c TO c_d});
is($code, 0, 'a command does not wait for the log');
like($err, qr/WARNING:  fkaudit could not record.*could not obtain lock on relation "fk_history_log"/s, 'but says what is missing');
$session->query_safe('COMMIT;');
$session->quit;
is($node->safe_psql('dumped', 'SELECT missed FROM ext.fk_history_info; SELECT ext.fk_sync_history(); SELECT missed FROM ext.fk_history_info'),
    "1\n1\n0", 'which the sync makes good');

# Nor for somebody who drops the extension, whose sequence counts what is missing.
$session = $node->background_psql('dumped');
$session->query_safe('SET client_min_messages = warning; BEGIN; DROP EXTENSION fkaudit CASCADE;');
($code, $out, $err) = $node->psql('dumped', q{SET statement_timeout = '60s'; ALTER TABLE c RENAME CONSTRAINT c_d TO c_e});
is($code, 0, 'a command does not wait for a DROP EXTENSION');
like($err, qr/WARNING:  fkaudit could not record.*could not obtain lock on relation "fk_history_log"/s, 'but says what is missing');
$session->query_safe('ROLLBACK;');
$session->quit;
is($node->safe_psql('dumped', 'SELECT ext.fk_sync_history()'), '1', 'which the sync makes good, too');

$node->stop;
done_testing();
