# The key of a violation is kept nowhere, not in shared memory nor in the file, where the child or the parent has row
# security, however the table was written. PostgreSQL itself hides such keys only from those to whom the policies apply:
# here a superuser writes. Nor is the key of what a subscription's worker writes kept, of whichever table.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('secret_keys');
$node->init;
$node->append_conf('postgresql.conf', <<'CONF');
shared_preload_libraries = 'fkaudit'
fsync = off
autovacuum = off
max_prepared_transactions = 2
wal_level = logical
CONF
$node->start;
$node->safe_psql('postgres', <<'SQL');
CREATE EXTENSION fkaudit;
CREATE TABLE open_p (k text PRIMARY KEY);
CREATE TABLE secret_p (k text PRIMARY KEY);
ALTER TABLE secret_p ENABLE ROW LEVEL SECURITY;
INSERT INTO open_p VALUES ('kept'), ('here');
INSERT INTO secret_p VALUES ('hidden'), ('here');

CREATE TABLE open_c (k text CONSTRAINT open_c_fk REFERENCES open_p);
CREATE TABLE plain_p (k text PRIMARY KEY);
CREATE TABLE plain_c (k text CONSTRAINT plain_c_fk REFERENCES plain_p);
INSERT INTO plain_p VALUES ('kept');
INSERT INTO plain_c VALUES ('kept');
CREATE TABLE secret_c (k text CONSTRAINT secret_c_fk REFERENCES open_p DEFERRABLE);
ALTER TABLE secret_c ENABLE ROW LEVEL SECURITY;
CREATE TABLE of_secret (k text CONSTRAINT of_secret_fk REFERENCES secret_p);
INSERT INTO open_c VALUES ('kept');
INSERT INTO secret_c VALUES ('here');
INSERT INTO of_secret VALUES ('hidden');

-- A cascade from tables without row security into one that has it.
CREATE TABLE top (k text PRIMARY KEY);
CREATE TABLE middle (k text PRIMARY KEY CONSTRAINT middle_fk REFERENCES top ON DELETE CASCADE);
CREATE TABLE bottom (k text CONSTRAINT bottom_fk REFERENCES middle);
ALTER TABLE bottom ENABLE ROW LEVEL SECURITY;
INSERT INTO top VALUES ('hidden'), ('other');
INSERT INTO middle VALUES ('hidden');
INSERT INTO bottom VALUES ('hidden');

-- Row security on the partitioned table, whose partitions have none; and the other way round.
CREATE TABLE secret_parts (k text CONSTRAINT secret_parts_fk REFERENCES open_p) PARTITION BY HASH (k);
CREATE TABLE secret_parts_1 PARTITION OF secret_parts FOR VALUES WITH (MODULUS 1, REMAINDER 0);
ALTER TABLE secret_parts ENABLE ROW LEVEL SECURITY;
CREATE TABLE open_parts (k text CONSTRAINT open_parts_fk REFERENCES open_p) PARTITION BY HASH (k);
CREATE TABLE open_parts_1 PARTITION OF open_parts FOR VALUES WITH (MODULUS 1, REMAINDER 0);
CREATE TABLE parts_of_secret (k text) PARTITION BY HASH (k);
CREATE TABLE parts_of_secret_1 PARTITION OF parts_of_secret FOR VALUES WITH (MODULUS 1, REMAINDER 0);
ALTER TABLE parts_of_secret_1 ADD CONSTRAINT parts_of_secret_fk FOREIGN KEY (k) REFERENCES secret_p;

CREATE TABLE loose (k text);
INSERT INTO loose VALUES ('hidden too');
CREATE TABLE child_first (k text CONSTRAINT child_first_fk REFERENCES open_p DEFERRABLE INITIALLY DEFERRED);
CREATE FUNCTION writes_secret() RETURNS void LANGUAGE sql AS $$ INSERT INTO secret_c VALUES ('hidden') $$;
SQL

# Switches row security off, so that fk_violations shows whatever was kept.
my $show = <<'SQL';
BEGIN;
ALTER TABLE secret_p DISABLE ROW LEVEL SECURITY;
ALTER TABLE secret_c DISABLE ROW LEVEL SECURITY;
ALTER TABLE bottom DISABLE ROW LEVEL SECURITY;
ALTER TABLE secret_parts DISABLE ROW LEVEL SECURITY;
ALTER TABLE IF EXISTS applied_secret DISABLE ROW LEVEL SECURITY;
SELECT string_agg(constraint_name || ' ' || coalesce(last_key, '-'), ', ' ORDER BY constraint_name, side) FROM fk_violations;
ROLLBACK;
SQL

sub violate
{
    my ($sql) = @_;
    my ($out, $err) = ('', '');
    $node->safe_psql('postgres', 'SELECT fk_violations_reset()');
    IPC::Run::run([ 'psql', '-X', '-q', '-d', $node->connstr('postgres') ], '<', \$sql, '>', \$out, '2>', \$err);
    return;
}

my @cases = (
    # What is no secret is kept.
    [ 'INSERT', "INSERT INTO open_c VALUES ('kept too');", 'open_c_fk (k)=(kept too)' ],
    [ 'DELETE of a parent', "DELETE FROM plain_p WHERE k = 'kept';", 'plain_c_fk (k)=(kept)' ],
    [ 'COPY', "COPY open_c FROM stdin;\nkept too\n\\.\n", 'open_c_fk (k)=(kept too)' ],
    [ 'deferred to COMMIT', "INSERT INTO child_first VALUES ('kept too');", 'child_first_fk (k)=(kept too)' ],
    [ 'a partitioned child', "INSERT INTO open_parts VALUES ('kept too');", 'open_parts_fk (k)=(kept too)' ],
    [ 'a partition', "INSERT INTO open_parts_1 VALUES ('kept too');", 'open_parts_fk (k)=(kept too)' ],
    [ 'COPY into a partition', "COPY open_parts_1 FROM stdin;\nkept too\n\\.\n", 'open_parts_fk (k)=(kept too)' ],
    [ 'after a transaction that wrote secrets', "INSERT INTO secret_c VALUES ('here'); INSERT INTO open_c VALUES ('kept too');",
        'open_c_fk (k)=(kept too)' ],
    # What is one is not.
    [ 'DELETE of a parent of which another child is secret', "DELETE FROM open_p WHERE k = 'kept';", 'open_c_fk -' ],
    [ 'INSERT into a secret child', "INSERT INTO secret_c VALUES ('hidden');", 'secret_c_fk -' ],
    [ 'caught', q{DO $$ BEGIN INSERT INTO secret_c VALUES ('hidden'); EXCEPTION WHEN foreign_key_violation THEN NULL; END $$;}, 'secret_c_fk -' ],
    [ 'in a function of a query that only reads', 'SELECT writes_secret();', 'secret_c_fk -' ],
    [ 'deferred, and noticed after another statement',
        "BEGIN; SET CONSTRAINTS ALL DEFERRED; INSERT INTO secret_c VALUES ('hidden'); INSERT INTO open_c VALUES ('here'); COMMIT;", 'secret_c_fk -' ],
    [ 'COPY into a secret child', "COPY secret_c FROM stdin;\nhidden\n\\.\n", 'secret_c_fk -' ],
    [ 'INSERT, the parent is secret', "INSERT INTO of_secret VALUES ('hidden key');", 'of_secret_fk -' ],
    [ 'DELETE of a secret parent', "DELETE FROM secret_p WHERE k = 'hidden';", 'of_secret_fk -' ],
    [ 'UPDATE of a secret parent', "UPDATE secret_p SET k = 'x' WHERE k = 'hidden';", 'of_secret_fk -' ],
    [ 'at the end of a cascade', "DELETE FROM top WHERE k = 'hidden';", 'bottom_fk -' ],
    [ 'a secret partitioned child', "INSERT INTO secret_parts VALUES ('hidden');", 'secret_parts_fk -' ],
    [ 'its partition by name', "INSERT INTO secret_parts_1 VALUES ('hidden');", 'secret_parts_fk -' ],
    [ 'COPY into its partition', "COPY secret_parts_1 FROM stdin;\nhidden\n\\.\n", 'secret_parts_fk -' ],
    [ "a partition's own key", "INSERT INTO parts_of_secret VALUES ('hidden too');", 'parts_of_secret_fk -' ],
    [ 'COPY to where a partition has a key of its own', "COPY parts_of_secret FROM stdin;\nhidden too\n\\.\n", 'parts_of_secret_fk -' ],
    [ 'ALTER TABLE', 'ALTER TABLE loose ADD CONSTRAINT loose_fk FOREIGN KEY (k) REFERENCES secret_p;', 'loose_fk -' ],
);
for my $case (@cases)
{
    my ($name, $sql, $expected) = @$case;
    violate($sql);
    is($node->safe_psql('postgres', $show), $expected, $name);
}

# Row security comes later than the tables were last looked at, in another session.
my $session = $node->background_psql('postgres', on_error_stop => 0);
$session->query(q{INSERT INTO open_c VALUES ('kept too')});
$node->safe_psql('postgres', 'SELECT fk_violations_reset(); ALTER TABLE open_c ENABLE ROW LEVEL SECURITY');
$session->query(q{INSERT INTO open_c VALUES ('hidden')});
$node->safe_psql('postgres', 'ALTER TABLE open_c DISABLE ROW LEVEL SECURITY');
is($node->safe_psql('postgres', $show), 'open_c_fk -', 'row security that was switched on meanwhile');
$session->query(q{INSERT INTO open_c VALUES ('kept too')});
is($node->safe_psql('postgres', $show), 'open_c_fk (k)=(kept too)', 'and off');
$session->quit;

# A key that was kept before goes as soon as fk_violations is read.
$node->safe_psql('postgres', 'ALTER TABLE open_p ENABLE ROW LEVEL SECURITY; TABLE fk_violations; ALTER TABLE open_p DISABLE ROW LEVEL SECURITY');
is($node->safe_psql('postgres', $show), 'open_c_fk -', 'kept before row security was switched on');

# The workers of a subscription write without queries, so nothing says which tables a transaction wrote. It does not help
# that a trigger's query wrote to one that is known to have no row security.
$node->safe_psql('postgres', <<'SQL');
CREATE ROLE owner LOGIN;
CREATE ROLE anybody LOGIN;
CREATE TABLE applied_first (k text);
CREATE FUNCTION write_open() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.open_c VALUES ('here'); RETURN NEW; END $$;
CREATE TRIGGER write_open BEFORE INSERT ON applied_first FOR EACH ROW EXECUTE FUNCTION write_open();
ALTER TABLE applied_first ENABLE ALWAYS TRIGGER write_open;
CREATE TABLE applied_open (k text CONSTRAINT applied_open_fk REFERENCES open_p);
CREATE TABLE applied_secret (k text CONSTRAINT applied_secret_fk REFERENCES open_p);
ALTER TABLE applied_secret ENABLE ROW LEVEL SECURITY;
DO $$
DECLARE
    one record;
BEGIN
    FOR one IN SELECT tgrelid::regclass AS child, tgname FROM pg_trigger
                WHERE tgrelid IN ('applied_open'::regclass, 'applied_secret'::regclass) LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', one.child, one.tgname);
    END LOOP;
END $$;
ALTER TABLE applied_open OWNER TO owner;
GRANT USAGE ON SCHEMA public TO owner, anybody;
SQL
my $publisher = PostgreSQL::Test::Cluster->new('publisher');
$publisher->init(allows_streaming => 'logical');
$publisher->append_conf('postgresql.conf', 'fsync = off');
$publisher->start;
$publisher->safe_psql('postgres', <<'SQL');
CREATE TABLE applied_first (k text);
CREATE TABLE applied_open (k text);
CREATE TABLE applied_secret (k text);
CREATE PUBLICATION pub FOR ALL TABLES;
SQL
for my $table ('applied_secret', 'applied_open')
{
    $node->safe_psql('postgres', 'SELECT fk_violations_reset()');
    $node->safe_psql('postgres', "CREATE SUBSCRIPTION sub CONNECTION '" . $publisher->connstr
          . " dbname=postgres' PUBLICATION pub WITH (disable_on_error = true, copy_data = false)");
    $node->wait_for_subscription_sync($publisher, 'sub');
    $publisher->safe_psql('postgres', "BEGIN; INSERT INTO applied_first VALUES ('x'); INSERT INTO $table VALUES ('hidden'); COMMIT");
    ok($node->poll_query_until('postgres', 'SELECT NOT subenabled FROM pg_subscription'), "$table: the subscription stops at the error");
    is($node->safe_psql('postgres', $show), "${table}_fk -", "$table: the key is not kept");
    $node->safe_psql('postgres', 'ALTER SUBSCRIPTION sub SET (slot_name = NONE); DROP SUBSCRIPTION sub');
    $publisher->poll_query_until('postgres', q{SELECT count(*) = 0 FROM pg_replication_slots WHERE active}) or die;
    $publisher->safe_psql('postgres', 'SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots');
}
# Who it was (the subscription's owner) is for the same roles as of any other violation.
my $see = "SELECT violations, last_key, last_user = (SELECT rolname FROM pg_roles WHERE oid = 10) FROM fk_violations";
is($node->safe_psql('postgres', "SET ROLE owner; $see"), '1||t', 'the owner sees who it was');
is($node->safe_psql('postgres', "SET ROLE anybody; $see"), '1||', 'others do not');
$node->safe_psql('postgres', 'ALTER TABLE applied_open ENABLE ROW LEVEL SECURITY');
is($node->safe_psql('postgres', $see), '1||', 'and nobody where the table has row security');
$publisher->stop;

# Nor are there any in the file.
violate("INSERT INTO secret_c VALUES ('hidden in the file');");
$node->psql('postgres', "INSERT INTO open_c VALUES ('kept in the file')");
$node->stop;
my $file = slurp_file($node->data_dir . '/pg_stat/fkaudit.stat');
unlike($file, qr/hidden/, 'the file has no secret');
like($file, qr/kept in the file/, 'and has the others');
done_testing();
