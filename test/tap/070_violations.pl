# fk_violations: each violation counts exactly once, however it is raised, caught, raised again or deferred, and whatever
# the log has of it. doc/violations.md has the scenarios and what was counted on which major: here it is compared.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('violations');
$node->init;
$node->append_conf('postgresql.conf', <<'CONF');
shared_preload_libraries = 'fkaudit'
fsync = off
autovacuum = off
max_prepared_transactions = 2
CONF
$node->start;
my $major = $node->pg_version->major;
$node->safe_psql('postgres', <<'SQL');
CREATE EXTENSION fkaudit;
CREATE TABLE p (id int PRIMARY KEY, other int UNIQUE);
INSERT INTO p SELECT n, n FROM generate_series(1, 9) n;
CREATE TABLE two (a int, b int, PRIMARY KEY (a, b));
CREATE TABLE c (id serial, p int CONSTRAINT c_fk REFERENCES p);
INSERT INTO c (p) SELECT n FROM generate_series(1, 3) n;
CREATE TABLE r (p int CONSTRAINT r_fk REFERENCES p ON DELETE RESTRICT);
INSERT INTO r VALUES (4);
CREATE TABLE d (p int CONSTRAINT d_fk REFERENCES p DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE f (a int, b int, CONSTRAINT f_fk FOREIGN KEY (a, b) REFERENCES two (a, b) MATCH FULL);
CREATE TABLE s (p int DEFAULT 99 CONSTRAINT s_fk REFERENCES p ON DELETE SET DEFAULT);
INSERT INTO s VALUES (5);
CREATE TABLE chain_1 (id int PRIMARY KEY, p int CONSTRAINT chain_1_fk REFERENCES p ON DELETE CASCADE);
CREATE TABLE chain_2 (p int CONSTRAINT chain_2_fk REFERENCES chain_1);
INSERT INTO chain_1 VALUES (1, 6);
INSERT INTO chain_2 VALUES (1);
CREATE TABLE parts (p int CONSTRAINT parts_fk REFERENCES p) PARTITION BY RANGE (p);
CREATE TABLE parts_low PARTITION OF parts FOR VALUES FROM (0) TO (100);
CREATE TABLE parts_high PARTITION OF parts FOR VALUES FROM (100) TO (1000);
CREATE TABLE whole (id int PRIMARY KEY) PARTITION BY RANGE (id);
CREATE TABLE whole_1 PARTITION OF whole FOR VALUES FROM (0) TO (10);
CREATE TABLE whole_2 PARTITION OF whole FOR VALUES FROM (10) TO (20);
INSERT INTO whole VALUES (1), (11);
CREATE TABLE of_whole (p int CONSTRAINT of_whole_fk REFERENCES whole);
INSERT INTO of_whole VALUES (1), (11);
CREATE TABLE loose (p int);
INSERT INTO loose VALUES (77);
CREATE TABLE not_valid (p int);
INSERT INTO not_valid VALUES (77);
ALTER TABLE not_valid ADD CONSTRAINT not_valid_fk FOREIGN KEY (p) REFERENCES p NOT VALID;
CREATE TABLE unchecked (p int CONSTRAINT unchecked_fk REFERENCES p);
SET session_replication_role = replica;
INSERT INTO unchecked VALUES (77);
RESET session_replication_role;
CREATE TABLE texts (t text PRIMARY KEY);
CREATE TABLE of_texts (t text CONSTRAINT of_texts_fk REFERENCES texts);
CREATE TABLE log (p int);
CREATE FUNCTION bad_insert() RETURNS void LANGUAGE plpgsql AS $$ BEGIN INSERT INTO c (p) VALUES (99); END $$;
CREATE FUNCTION again() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM bad_insert();
EXCEPTION WHEN OTHERS THEN
    RAISE;
END $$;
CREATE FUNCTION again_and_again() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM again();
EXCEPTION WHEN foreign_key_violation THEN
    RAISE;
END $$;
CREATE FUNCTION at_log() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    BEGIN
        PERFORM bad_insert();
    EXCEPTION WHEN foreign_key_violation THEN
        RETURN NEW;
    END;
    RETURN NULL;
END $$;
CREATE TRIGGER at_log BEFORE INSERT ON log FOR EACH ROW EXECUTE FUNCTION at_log();
CREATE PROCEDURE commits() LANGUAGE plpgsql AS $$ BEGIN INSERT INTO d VALUES (99); COMMIT; END $$;
CREATE PROCEDURE commits_again() LANGUAGE plpgsql AS $$
BEGIN
    FOR n IN 1..3 LOOP
        BEGIN
            PERFORM bad_insert();
        EXCEPTION WHEN foreign_key_violation THEN NULL;
        END;
        COMMIT;
    END LOOP;
END $$;
CREATE TABLE many AS SELECT 77 AS p FROM generate_series(1, 50000);
SQL
$node->safe_psql('postgres', <<'SQL') if $major >= 18;
CREATE TABLE unenforced (p int CONSTRAINT unenforced_fk REFERENCES p NOT ENFORCED);
INSERT INTO unenforced VALUES (77);
CREATE EXTENSION btree_gist;
CREATE TABLE times (id int, during daterange, PRIMARY KEY (id, during WITHOUT OVERLAPS));
CREATE TABLE of_times (id int, during daterange, CONSTRAINT of_times_fk FOREIGN KEY (id, PERIOD during) REFERENCES times (id, PERIOD during));
SQL

# Each scenario: its name, its SQL, and the rows of fk_violations that it adds, as `constraint|side|count`. An array instead
# of one: what it is before 18, and since.
my (@scenarios, %expectation);

sub scenario
{
    my ($name, $sql, @rows) = @_;
    my @words = map { ref $_ ? join(', since 18 ', map { tr/|/ /r } @$_) : tr/|/ /r } @rows;
    $expectation{$name} = join('; ', @words) || 'nothing';
    push @scenarios, [ $name, $sql, map { ref $_ ? $_->[ $major >= 18 ] : $_ } @rows ];
    return;
}

# One that PostgreSQL knows since 18.
sub scenario_since_18
{
    my ($name) = @_;
    scenario(@_);
    pop @scenarios if $major < 18;
    return;
}

my $catch = sub {
    my ($statement) = @_;
    return "DO \$\$ BEGIN $statement; EXCEPTION WHEN foreign_key_violation THEN NULL; END \$\$;";
};

# Raised once, plainly.
scenario('an INSERT', 'INSERT INTO c (p) VALUES (99)', 'c_fk|child write|1');
scenario('an UPDATE of the child', 'UPDATE c SET p = 99', 'c_fk|child write|1');
scenario('a DELETE of the parent', 'DELETE FROM p WHERE id = 1', 'c_fk|parent write|1');
scenario('an UPDATE of the parent key', 'UPDATE p SET id = 50 WHERE id = 2', 'c_fk|parent write|1');
scenario('a DELETE under RESTRICT', 'DELETE FROM p WHERE id = 4', [ 'r_fk|parent write|1', 'r_fk|restrict|1' ]);
scenario('MATCH FULL with one NULL', 'INSERT INTO f VALUES (1, NULL)', 'f_fk|child write|1');
scenario('SET DEFAULT to what is not there', 'DELETE FROM p WHERE id = 5', 's_fk|child write|1');
scenario('the end of a cascade', 'DELETE FROM p WHERE id = 6', 'chain_2_fk|parent write|1');
scenario('several in one transaction, each under a savepoint',
    'BEGIN; SAVEPOINT a; INSERT INTO c (p) VALUES (98); ROLLBACK TO a; DELETE FROM p WHERE id = 3; ROLLBACK TO a; COMMIT',
    'c_fk|child write|1', 'c_fk|parent write|1');
scenario('a string of statements', "INSERT INTO c (p) VALUES (1)\\; INSERT INTO c (p) VALUES (99)\\; SELECT 1", 'c_fk|child write|1');

scenario('a key much longer than what is kept of it', q{INSERT INTO of_texts VALUES (repeat('x', 1000000))}, 'of_texts_fk|child write|1');

# By every kind of statement.
scenario('COPY', "COPY c (p) FROM stdin;\n1\n99\n\\.\n", 'c_fk|child write|1');
scenario('MERGE', 'MERGE INTO c USING (VALUES (99)) v(n) ON false WHEN NOT MATCHED THEN INSERT (p) VALUES (n)', 'c_fk|child write|1');
scenario('a data-modifying WITH', 'WITH w AS (INSERT INTO c (p) VALUES (99) RETURNING p) SELECT * FROM w', 'c_fk|child write|1');
scenario('a prepared statement', 'PREPARE s AS INSERT INTO c (p) VALUES ($1); EXECUTE s(99)', 'c_fk|child write|1');
scenario('EXPLAIN ANALYZE', 'EXPLAIN ANALYZE INSERT INTO c (p) VALUES (99)', 'c_fk|child write|1');
scenario('INSERT with RETURNING', 'INSERT INTO c (p) VALUES (99) RETURNING p', 'c_fk|child write|1');
scenario('CREATE TABLE AS with a function', 'CREATE TABLE never AS SELECT 1 AS one FROM bad_insert()', 'c_fk|child write|1');
scenario('a function', 'SELECT bad_insert()', 'c_fk|child write|1');
scenario('a cursor', 'BEGIN; DECLARE k CURSOR FOR SELECT bad_insert(); FETCH k; ROLLBACK', 'c_fk|child write|1');
scenario('dynamic SQL', q{DO $$ BEGIN EXECUTE 'INSERT INTO c (p) VALUES (99)'; END $$}, 'c_fk|child write|1');

# Caught, raised again, nested.
scenario('caught', $catch->('PERFORM bad_insert()'), 'c_fk|child write|1');
scenario('caught and raised again', 'SELECT again()', 'c_fk|child write|1');
scenario('caught and raised again, twice', 'SELECT again_and_again()', 'c_fk|child write|1');
scenario('raised again, then caught', $catch->('PERFORM again_and_again()'), 'c_fk|child write|1');
scenario('caught in a trigger', 'INSERT INTO log VALUES (1)', 'c_fk|child write|1');
scenario('a thousand caught in a loop',
    'DO $$ BEGIN FOR n IN 1..1000 LOOP BEGIN PERFORM bad_insert(); EXCEPTION WHEN foreign_key_violation THEN NULL; END; END LOOP; END $$',
    'c_fk|child write|1000');
scenario('caught, and another one that is not',
    $catch->('PERFORM bad_insert()') . ' DELETE FROM p WHERE id = 1', 'c_fk|child write|1', 'c_fk|parent write|1');
scenario('caught before a deferred one fails at COMMIT',
    'BEGIN; ' . $catch->('PERFORM bad_insert()') . ' INSERT INTO d VALUES (99); COMMIT',
    'c_fk|child write|1', 'd_fk|child write|1');

# Deferred.
scenario('deferred to COMMIT', 'BEGIN; INSERT INTO d VALUES (99); COMMIT', 'd_fk|child write|1');
scenario('deferred, without BEGIN', 'INSERT INTO d VALUES (99)', 'd_fk|child write|1');
scenario('SET CONSTRAINTS', 'BEGIN; INSERT INTO d VALUES (99); SET CONSTRAINTS ALL IMMEDIATE; ROLLBACK', 'd_fk|child write|1');
scenario('SET CONSTRAINTS, caught, and again at COMMIT',
    'BEGIN; INSERT INTO d VALUES (99); ' . $catch->('SET CONSTRAINTS ALL IMMEDIATE') . ' COMMIT', 'd_fk|child write|2');
scenario('a procedure that commits', 'CALL commits()', 'd_fk|child write|1');
scenario('PREPARE TRANSACTION', q{BEGIN; INSERT INTO d VALUES (99); PREPARE TRANSACTION 'x'}, 'd_fk|child write|1');

scenario('a procedure that catches and commits', 'CALL commits_again()', 'c_fk|child write|3');

# By DDL.
scenario('ADD CONSTRAINT', 'ALTER TABLE loose ADD CONSTRAINT loose_fk FOREIGN KEY (p) REFERENCES p', 'loose_fk|validation|1');
scenario('VALIDATE CONSTRAINT', 'ALTER TABLE not_valid VALIDATE CONSTRAINT not_valid_fk', 'not_valid_fk|validation|1');
scenario('ALTER COLUMN TYPE, which validates anew', 'ALTER TABLE unchecked ALTER p TYPE bigint', 'unchecked_fk|validation|1');
scenario('DETACH PARTITION CONCURRENTLY', 'ALTER TABLE whole DETACH PARTITION whole_2 CONCURRENTLY', 'of_whole_fk|detach|1');
scenario('DETACH PARTITION', 'ALTER TABLE whole DETACH PARTITION whole_1', 'of_whole_fk|detach|1');
scenario_since_18('ALTER CONSTRAINT ENFORCED', 'ALTER TABLE unenforced ALTER CONSTRAINT unenforced_fk ENFORCED', 'unenforced_fk|validation|1');

# With parallel workers: they read, and raise none by themselves.
my $forced = $major >= 16 ? 'debug_parallel_query' : 'force_parallel_mode';
my $eager = "SET $forced = on; SET min_parallel_table_scan_size = 0; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; ";
scenario('ADD CONSTRAINT, validated by parallel workers', $eager . 'ALTER TABLE many ADD CONSTRAINT many_fk FOREIGN KEY (p) REFERENCES p', 'many_fk|validation|1');
scenario('INSERT of what parallel workers read', $eager . 'INSERT INTO c (p) SELECT max(p) FROM many', 'c_fk|child write|1');

# A key over time.
scenario_since_18('a key with PERIOD, the child', q{INSERT INTO of_times VALUES (1, '[2020-01-01,2021-01-01)')}, 'of_times_fk|child write|1');
scenario_since_18('a key with PERIOD, the parent', q{INSERT INTO times VALUES (2, '[2020-01-01,2021-01-01)'); INSERT INTO of_times SELECT * FROM times;
    DELETE FROM times}, 'of_times_fk|parent write|1');

# Partitions count for the key that was declared.
scenario('two partitions of the child', 'INSERT INTO parts VALUES (99); INSERT INTO parts VALUES (100)', 'parts_fk|child write|2');
scenario('two partitions of the parent', 'DELETE FROM whole WHERE id = 1; DELETE FROM whole WHERE id = 11', 'of_whole_fk|parent write|2');

# Not logged, and not counted.
scenario('nothing in the log', 'SET log_min_messages = panic; INSERT INTO c (p) VALUES (99)', 'c_fk|child write|1');
scenario('deferred to COMMIT, and nothing in the log: the one that is missed',
    'SET log_min_messages = panic; BEGIN; INSERT INTO d VALUES (99); COMMIT');
scenario('tracking is off', 'SET fkaudit.track = off; INSERT INTO c (p) VALUES (99); BEGIN; INSERT INTO d VALUES (99); COMMIT');
scenario('somebody else raises the SQLSTATE', q{DO $$ BEGIN RAISE foreign_key_violation USING TABLE = 'c', CONSTRAINT = 'c_fk', SCHEMA = 'public',
    MESSAGE = 'insert or update on table "c" violates foreign key constraint "c_fk"'; END $$});
scenario('somebody else warns with the SQLSTATE', q{DO $$ BEGIN RAISE WARNING 'x' USING ERRCODE = 'foreign_key_violation'; END $$});
scenario('other errors', 'INSERT INTO p VALUES (1); INSERT INTO c (p) VALUES (0 / 0); SELECT nonsense');
scenario('what succeeds', 'BEGIN; INSERT INTO c (p) VALUES (7); UPDATE c SET p = 8 WHERE p = 7; DELETE FROM c WHERE p = 8; COMMIT');

# `| scenario | expected | 15 | 17 | 18 | 19 |`: the columns of numbers by their headings.
my (%documented, @headings);
for my $line (split /\n/, slurp_file('doc/violations.md'))
{
    next unless $line =~ /^\| (.+) \|$/;
    my ($scenario, $expected, @counted) = split / \| /, $1;
    @headings = @counted if $scenario eq 'scenario';
    $documented{$scenario} = { expected => $expected, map { $headings[$_] => $counted[$_] } 0 .. $#counted };
}
is_deeply([ sort keys %documented ], [ sort 'scenario', keys %expectation ], 'each scenario is documented');
for my $name (sort keys %expectation)
{
    is($documented{$name}{expected}, $expectation{$name}, "$name: what is expected is documented");
}

my $ask = 'SELECT constraint_name, side, violations FROM fk_violations';
for my $one (@scenarios)
{
    my ($name, $sql, @expected) = @$one;
    $node->safe_psql('postgres', 'SELECT fk_violations_reset()');
    my ($out, $err) = ('', '');
    $sql .= ";\n" unless $sql =~ /^COPY/;
    IPC::Run::run([ 'psql', '-X', '-q', '-d', $node->connstr('postgres') ], '<', \$sql, '>', \$out, '2>', \$err);
    my $counted = $node->safe_psql('postgres', $ask);
    is($counted, join("\n", @expected), $name) or diag $err;
    my $numbers = join(' + ', map { s/.*\|//r } split /\n/, $counted) || 0;
    is($documented{$name}{$major}, $numbers, "$name: what was counted is documented") if grep { $_ eq $major } @headings;
    delete $documented{$name}{$major};
}
is(join(', ', map { $_->{$major} // () } grep { $_->{expected} ne 'expected' } values %documented) =~ tr/-, //dr, '',
    'what this major does not know is documented as such') if grep { $_ eq $major } @headings;

# What is kept of the latest one: the declared names, times, windows, who and what.
$node->safe_psql('postgres', 'SELECT fk_violations_reset(); CREATE ROLE "Bob" SUPERUSER LOGIN');
$node->psql('postgres', q{SET application_name = 'load; job'; INSERT INTO parts VALUES (101)}, extra_params => [ '-U', 'Bob' ]);
is( $node->safe_psql('postgres', <<'SQL'),
SELECT child, constraint_name, side, violations, last_seen = first_seen, now() - last_seen < '5 min', last_5_min, last_hour,
       last_day, hourly_baseline IS NULL, last_key, last_user, last_application, parent
  FROM fk_violations
SQL
    'public.parts|parts_fk|child write|1|t|t|1|1|1|t|(p)=(101)|Bob|load; job|public.p', 'the latest violation');
$node->psql('postgres', 'INSERT INTO parts VALUES (5); INSERT INTO parts VALUES (102)');
is( $node->safe_psql('postgres', 'SELECT violations, first_seen < last_seen, last_key, last_user <> $$Bob$$ FROM fk_violations'),
    '2|t|(p)=(102)|t', 'is followed by the next');

# Of several partitions the latest and the first ones count, whichever partition comes first; each can be reset by itself.
my $parts = 'SELECT violations, last_key, first_seen = (SELECT min(first_seen) FROM noted) FROM fk_violations';
$node->safe_psql('postgres', 'CREATE TABLE noted (first_seen timestamptz)');
for my $keys ([ 53, 103, 54, 104 ], [ 103, 53, 104, 54 ])
{
    $node->safe_psql('postgres', 'SELECT fk_violations_reset(); TRUNCATE noted');
    my $times = 0;
    for my $key (@$keys)
    {
        $node->psql('postgres', "INSERT INTO parts VALUES ($key)");
        $node->safe_psql('postgres', 'INSERT INTO noted SELECT first_seen FROM fk_violations');
        ++$times;
        is($node->safe_psql('postgres', $parts), "$times|(p)=($key)|t", "two partitions, number $times: $key");
    }
}
is($node->safe_psql('postgres', q{SELECT fk_violations_reset('parts_low'), (SELECT last_key FROM fk_violations)}), '|(p)=(104)', 'one partition is reset');
is($node->safe_psql('postgres', q{SELECT fk_violations_reset('parts'), (SELECT count(*) FROM fk_violations)}), '|0', 'and all of them');

# What nobody has declared any more stays, as it was recorded.
$node->psql('postgres', 'CREATE TABLE "Gone T" (p int CONSTRAINT "Gone K" REFERENCES p); INSERT INTO "Gone T" VALUES (99)');
$node->safe_psql('postgres', 'DROP TABLE "Gone T"');
is( $node->safe_psql('postgres', q{SELECT child, constraint_name, parent IS NULL FROM fk_violations WHERE child ~ 'Gone'}),
    'public."Gone T"|Gone K|t', 'a key that is gone');

# In any language of the server the side and the key are read.
SKIP:
{
    my $german = $node->safe_psql('postgres', q{SELECT count(*) FROM pg_settings WHERE name = 'lc_messages'}) && `locale -a` =~ /^de_DE\.utf8$/m;
    skip 'there is no locale de_DE.utf8 here', 1 unless $german;
    $node->safe_psql('postgres', 'SELECT fk_violations_reset()');
    $node->psql('postgres', q{SET lc_messages = 'de_DE.utf8'; DELETE FROM p WHERE id = 1});
    is($node->safe_psql('postgres', "SELECT side, last_key FROM fk_violations"), 'parent write|(id)=(1)', 'in German');
}

$node->stop;
done_testing();
