# Logical replication of the child alone: the apply worker fires no foreign key triggers, so the subscriber gets orphans
# under a key that is valid and enforced.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $publisher = PostgreSQL::Test::Cluster->new('publisher');
$publisher->init(allows_streaming => 'logical');
$publisher->append_conf('postgresql.conf', "fsync = off\nautovacuum = off");
$publisher->start;
my $subscriber = PostgreSQL::Test::Cluster->new('subscriber');
$subscriber->init;
$subscriber->append_conf('postgresql.conf', "fsync = off\nautovacuum = off");
$subscriber->start;

my $schema = <<'SQL';
CREATE TABLE parent (id int PRIMARY KEY);
CREATE TABLE child (id int PRIMARY KEY, p int CONSTRAINT child_fk REFERENCES parent);
CREATE TABLE cascading (id int PRIMARY KEY, p int CONSTRAINT cascading_fk REFERENCES parent ON DELETE CASCADE);
SQL
$_->safe_psql('postgres', $schema) for $publisher, $subscriber;
$subscriber->safe_psql('postgres', 'CREATE EXTENSION fkaudit; INSERT INTO parent SELECT generate_series(1, 3)');
$publisher->safe_psql('postgres', 'INSERT INTO parent SELECT generate_series(1, 20);'
      . 'INSERT INTO child SELECT n, n FROM generate_series(1, 5) n');

sub verdict
{
    my ($table) = @_;
    return $subscriber->safe_psql('postgres',
        "SELECT verdict, orphan_rows, rows_checked, enforcement, reason FROM fk_check('$table')");
}

$publisher->safe_psql('postgres', 'CREATE PUBLICATION children FOR TABLE child, cascading');
$subscriber->safe_psql('postgres', "CREATE SUBSCRIPTION from_publisher CONNECTION '" . $publisher->connstr
      . q{ dbname=postgres' PUBLICATION children});
$subscriber->wait_for_subscription_sync($publisher, 'from_publisher');
is(verdict('child'), 'violated|2|5|enforced|', 'orphans from the copy that starts the subscription');

$publisher->safe_psql('postgres', 'INSERT INTO child SELECT n, n FROM generate_series(6, 8) n; UPDATE child SET p = 10 WHERE id = 1');
$publisher->wait_for_catchup('from_publisher');
is(verdict('child'), 'violated|6|8|enforced|', 'orphans from the inserts and updates that follow');
is( $subscriber->safe_psql('postgres', q{SELECT string_agg(row_key ->> 'id', ' ' ORDER BY row_key) FROM fk_orphans('child')}),
    '1 4 5 6 7 8', 'each of them');

# The other way round: the parents are replicated, and their deletes cascade to nobody.
$publisher->safe_psql('postgres', 'ALTER PUBLICATION children DROP TABLE child, cascading; ALTER PUBLICATION children ADD TABLE parent');
$subscriber->safe_psql('postgres', 'TRUNCATE parent, child, cascading;'
      . 'ALTER SUBSCRIPTION from_publisher REFRESH PUBLICATION');
$subscriber->wait_for_subscription_sync($publisher, 'from_publisher');
$subscriber->safe_psql('postgres', 'INSERT INTO cascading SELECT n, n FROM generate_series(11, 15) n');
is(verdict('cascading'), 'trusted|0|5|enforced|', 'a child of the subscriber itself');
$publisher->safe_psql('postgres', 'DELETE FROM parent WHERE id IN (11, 12)');
$publisher->wait_for_catchup('from_publisher');
is(verdict('cascading'), 'violated|2|5|enforced|', 'a replicated delete of its parents leaves it behind');

# PostgreSQL's own answer: the subscriber refuses the same rows to its own sessions.
my ($status, $stdout, $stderr) = $subscriber->psql('postgres', 'INSERT INTO child VALUES (99, 99)');
like($stderr, qr/violates foreign key constraint "child_fk"/, 'a session of the subscriber is refused the like');
# Triggers that always fire are fired by the apply worker, too.
$subscriber->safe_psql('postgres', q{DO $$
    DECLARE name name;
    BEGIN
        FOR name IN SELECT tgname FROM pg_trigger WHERE tgrelid = 'parent'::regclass AND tgfoid = '"RI_FKey_cascade_del"'::regproc LOOP
            EXECUTE format('ALTER TABLE parent ENABLE ALWAYS TRIGGER %I', name);
        END LOOP;
    END $$});
$publisher->safe_psql('postgres', 'DELETE FROM parent WHERE id = 13');
$publisher->wait_for_catchup('from_publisher');
is(verdict('cascading'), 'violated|2|4|enforced|', 'with ENABLE ALWAYS a replicated delete cascades');

$subscriber->safe_psql('postgres', 'DROP SUBSCRIPTION from_publisher');
$subscriber->stop;
$publisher->stop;
done_testing();
