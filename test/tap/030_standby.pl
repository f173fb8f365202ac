# A hot standby: everything that reads works there and says what the primary says, unlogged tables aside; a conflict with
# recovery ends a check and is no key's verdict; once promoted, the server is like any other.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use SlowKey;

my $primary = PostgreSQL::Test::Cluster->new('primary');
$primary->init(allows_streaming => 1);
# The statistics of the two servers are each its own.
$primary->append_conf('postgresql.conf', "fsync = off\nautovacuum = off\ntrack_counts = off\nshared_preload_libraries = 'fkaudit'\nlog_error_verbosity = verbose");
$primary->start;
$primary->backup('backup');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'backup', has_streaming => 1);
$standby->append_conf('postgresql.conf', "max_standby_streaming_delay = '100ms'\nhot_standby_feedback = off");
$standby->start;

$primary->safe_psql('postgres', <<"SQL");
CREATE EXTENSION fkaudit;
$SlowKey::type
CREATE TABLE parent (id int PRIMARY KEY);
INSERT INTO parent SELECT generate_series(1, 10);
CREATE TABLE sound (id int PRIMARY KEY, p int CONSTRAINT sound REFERENCES parent);
INSERT INTO sound SELECT n, n FROM generate_series(1, 10) n;
CREATE TABLE broken (id int PRIMARY KEY, p int CONSTRAINT broken REFERENCES parent ON DELETE CASCADE);
CREATE TABLE parts (id int, p bigint CONSTRAINT parts REFERENCES parent) PARTITION BY RANGE (id);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (1) TO (11);
INSERT INTO parts SELECT n, n FROM generate_series(1, 10) n;
CREATE UNLOGGED TABLE unlogged_parent (id int PRIMARY KEY);
INSERT INTO unlogged_parent VALUES (1);
CREATE UNLOGGED TABLE unlogged_child (p int CONSTRAINT from_unlogged REFERENCES parent,
                                      q int CONSTRAINT both_unlogged REFERENCES unlogged_parent);
INSERT INTO unlogged_child VALUES (1, 1);
CREATE TABLE mixed_parts (id int, p int CONSTRAINT unlogged_leaf REFERENCES parent) PARTITION BY RANGE (id);
CREATE TABLE mixed_1 PARTITION OF mixed_parts FOR VALUES FROM (1) TO (11);
CREATE UNLOGGED TABLE mixed_2 PARTITION OF mixed_parts FOR VALUES FROM (11) TO (21);
INSERT INTO mixed_parts VALUES (1, 1), (11, 1);
CREATE TABLE guess (parent_id int);
INSERT INTO guess SELECT generate_series(1, 12);
CREATE TABLE slow_parent (k slow PRIMARY KEY);
CREATE TABLE slow_child (k slow CONSTRAINT slow REFERENCES slow_parent);
INSERT INTO slow_parent VALUES (ROW(1));
INSERT INTO slow_child VALUES (ROW(1));
SET session_replication_role = replica;
INSERT INTO broken VALUES (1, 1), (2, 98), (3, 99);
INSERT INTO unlogged_child VALUES (97, NULL);
SQL
$primary->wait_for_catchup($standby);

my $examined = 'child, constraint_name, verdict, orphan_rows, missing_keys, example, parent, enforcement, reason, detail,'
  . ' rows_checked, mixed_null_rows, partial_null_rows, engine, constraint_oid';
my $with_logged = q{WHERE constraint_name !~ 'unlogged'};
for my $query (
    'TABLE fk_status',
    'SELECT * FROM fk_constraints()',
    q{SELECT * FROM fk_constraints('parts_1', 'parts')},
    q{SELECT * FROM fk_references('parent')},
    'SELECT * FROM fk_missing_indexes(include_covered => true)',
    'SELECT * FROM fk_risky_actions()',
    'SELECT * FROM fk_type_mismatches()',
    "SELECT $examined FROM fk_check() $with_logged",
    q{SELECT * FROM fk_orphans('broken')},
    q{SELECT verdict, orphan_rows, rows_checked FROM fk_check('broken', '{id}', 'parent', '{id}')},
    q{SELECT * FROM fk_orphans('sound', '{p}', 'broken', '{p}')},
    q{SELECT * FROM fk_candidates(min_inclusion => 0)},
    'SELECT * FROM fk_audit()',
    "SELECT * FROM fk_audit(check_data => true) $with_logged",
    'TABLE fk_rules',
    'SELECT fk_baseline(check_data => false)',
    q{SELECT examined, findings FROM fk_assert('error', check_data => false)},
    q{SELECT regexp_replace(fk_report('markdown', check_data => false), '\d+-\d+-\d+ [\d:]+ UTC', '')},
    'SELECT fk_graph()',
    'SELECT * FROM fk_load_order()',
    q{SELECT * FROM fk_delete_impact('parent', 'id = 1') WHERE constraint_name IS NULL OR constraint_name !~ 'unlogged'},
    q{SELECT * FROM fk_validate_plan('broken')},
    q{SELECT * FROM fk_repair_plan('broken', 'broken')},
    q{SELECT * FROM fk_action_plan('sound', 'sound', 'cascade')},
    q{SELECT * FROM fk_add_plan('broken', '{id}', 'parent', '{id}')},
    q{SELECT * FROM fk_diagnose($$insert or update on table "sound" violates foreign key constraint "sound"
                                DETAIL:  Key (p)=(77) is not present in table "parent".$$)},
    'SELECT fk_snapshot()',
    'SELECT fk_fingerprint()',
    q{SELECT count(*) FROM fk_drift(fk_snapshot())})
{
    my $here = $primary->safe_psql('postgres', $query);
    isnt($here, '', "rows on the primary: $query");
    is($standby->safe_psql('postgres', $query), $here, "the same on the standby: $query");
}

is( $standby->safe_psql('postgres', q{SELECT constraint_name, verdict, reason, detail FROM fk_check() WHERE reason <> ''}),
    join("\n",
        map { "$_ is unlogged, and this server is a standby: its rows are not here" }
          'unlogged_leaf|not examined|unlogged_on_standby|public.mixed_2',
        'both_unlogged|not examined|unlogged_on_standby|public.unlogged_child',
        'from_unlogged|not examined|unlogged_on_standby|public.unlogged_child'),
    'unlogged tables have no rows here');
is( $primary->safe_psql('postgres', "SELECT constraint_name, verdict, orphan_rows FROM fk_check() WHERE constraint_name ~ 'unlogged'"),
    "unlogged_leaf|trusted|0\nboth_unlogged|trusted|0\nfrom_unlogged|violated|1", '… but on the primary they have');
is( $standby->safe_psql('postgres', q{SELECT relation, rows, detail FROM fk_delete_impact('parent', 'id = 1') WHERE constraint_name ~ 'unlogged'}),
    join("\n", map { "$_||not counted: cannot access temporary or unlogged relations during recovery" } qw(mixed_parts unlogged_child)),
    'nor can fk_delete_impact count them');
# PostgreSQL's own view of it.
my ($status, $stdout, $stderr) = $standby->psql('postgres', 'TABLE unlogged_child');
like($stderr, qr/cannot access temporary or unlogged relations during recovery/, 'PostgreSQL cannot read them either');
($status, $stdout, $stderr) = $standby->psql('postgres', 'SELECT constraint_name, foreign_key FROM fk_orphans()');
is($stdout, qq(broken|{"p": 98}\nbroken|{"p": 99}), 'fk_orphans lists what it can');
is(() = $stderr =~ /WARNING: .* was not examined: unlogged_on_standby/g, 3, '… and warns of each key that it cannot examine');

is( $standby->safe_psql('postgres', q{BEGIN ISOLATION LEVEL REPEATABLE READ;
        SELECT count(*) FROM parent;
        SELECT verdict, orphan_rows FROM fk_check('broken');
        SELECT pg_current_xact_id_if_assigned() IS NULL}),
    "10\nviolated|2\nt", 'in REPEATABLE READ, without a transaction id');

# What keeps something refuses; what was kept on the primary can be read; what is counted is each server's own.
for my $query (
    q{SELECT fk_suppress('missing-index', 'sound', 'sound', 'known')},
    q{SELECT fk_unsuppress('missing-index', 'sound', 'sound')},
    q{SELECT fk_track_history(true)},
    q{SELECT fk_sync_history()},
    q{SELECT fk_mark_release('1.0')},
    q{CALL fk_check_all()})
{
    ($status, $stdout, $stderr) = $standby->psql('postgres', $query);
    like($stderr, qr/ERROR:  cannot execute \S.* (?:during recovery|in a read-only transaction)/, "refused: $query");
}
$primary->safe_psql('postgres', q{SELECT fk_suppress('missing-index', 'sound', 'sound', 'known')},
    extra_params => ['-q']);
$primary->safe_psql('postgres', q{SELECT fk_track_history(true); SELECT fk_mark_release('1.0'); CALL fk_check_all('sound')});
$primary->wait_for_catchup($standby);
for my $query (
    'TABLE fk_suppressions',
    'SELECT change, child, constraint_name FROM fk_history',
    'TABLE fk_check_runs',
    'SELECT child, verdict FROM fk_check_results')
{
    my $here = $primary->safe_psql('postgres', $query);
    isnt($here, '', "kept on the primary: $query");
    is($standby->safe_psql('postgres', $query), $here, "read on the standby: $query");
}
$primary->psql('postgres', 'INSERT INTO sound VALUES (12, 55)');
is($_->safe_psql('postgres', q{SELECT count(*) FROM fk_violations}), $_ == $primary ? 1 : 0, 'each server counts its own violations: ' . $_->name)
  for $primary, $standby;
is($standby->safe_psql('postgres', 'SELECT count(*) FROM fk_incidents()'), 0, 'fk_incidents');
is($standby->safe_psql('postgres', 'SELECT tracked FROM fk_violations_info'), 0, 'fk_violations_info');
is($standby->safe_psql('postgres', 'SELECT fk_violations_reset()'), '', 'fk_violations_reset, of memory alone');
is($standby->safe_psql('postgres', 'SELECT count(*) FROM fk_progress'), 0, 'fk_progress');

# A lock that recovery holds.
my $locker = $primary->background_psql('postgres');
$locker->query_safe('BEGIN; LOCK sound IN ACCESS EXCLUSIVE MODE; SELECT pg_current_xact_id()');
$primary->safe_psql('postgres', 'CREATE TABLE flushes_the_log ()');
$primary->wait_for_catchup($standby);
is( $standby->safe_psql('postgres', q{SET lock_timeout = '50ms';
        SELECT constraint_name, verdict, reason FROM fk_check() WHERE constraint_name IN ('sound', 'broken')}),
    "broken|violated|\nsound|not examined|lock_not_available", 'a lock that recovery holds is waited for like any other');
$locker->query_safe('COMMIT');
$locker->quit;
$primary->wait_for_catchup($standby);

# Conflicts with recovery in the middle of a check: rows that its snapshot sees are vacuumed away, its table is altered.
my %conflict = (
    snapshot => [ 'DELETE FROM sound WHERE id > 5; VACUUM sound', 'User query might have needed to see row versions' ],
    lock     => [ 'ALTER TABLE slow_child ADD note text',         'User was holding a relation lock for too long' ]);
for my $kind (sort keys %conflict)
{
    my ($change, $explanation) = @{ $conflict{$kind} };
    my $holder = $standby->background_psql('postgres');
    SlowKey::hold($holder);
    my $offset = -s $standby->logfile;
    my ($out, $err) = ('', '');
    my $checker = IPC::Run::start(
        [ 'psql', '-XqAt', '-d', $standby->connstr('postgres'), '-c',
            "SET slow.wait = on; SELECT constraint_name, verdict, reason FROM fk_check()" ],
        '>', \$out, '2>', \$err, IPC::Run::timeout($PostgreSQL::Test::Utils::timeout_default));
    SlowKey::wait_for_check($standby);
    $primary->safe_psql('postgres', $change);
    $checker->finish;
    is($out, '', "$kind conflict: the check gives no verdict");
    like($err, qr/terminating connection due to conflict with recovery\nDETAIL:  $explanation/, "$kind conflict: it is raised");
    $standby->wait_for_log(qr/FATAL:  40001: terminating connection due to conflict with recovery/, $offset);
    SlowKey::release($holder);
    $holder->quit;
    is( $standby->safe_psql('postgres', q{SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'}),
        0, "$kind conflict: no lock is left");
    $primary->wait_for_catchup($standby);
    is( $standby->safe_psql('postgres', q{SELECT constraint_name, verdict FROM fk_check('slow_child')}),
        'slow|trusted', "$kind conflict: and the next check goes through");
}

# What PostgreSQL does with a plain query in a subtransaction of its own is the same; outside one, it ends the statement
# alone. A check is always in one.
$standby->promote;
is( $standby->safe_psql('postgres', q{SELECT constraint_name, verdict, orphan_rows, rows_checked, reason FROM fk_check()}),
    join("\n",
        'broken|violated|2|3|',       'unlogged_leaf|trusted|0|1|', 'parts|trusted|0|10|', 'slow|trusted|0|1|',
        'sound|trusted|0|5|',         'both_unlogged|trusted|0|0|', 'from_unlogged|trusted|0|0|'),
    'a promoted standby examines everything; its unlogged tables are empty');
$standby->safe_psql('postgres', q{SET session_replication_role = replica; INSERT INTO sound VALUES (11, 55)});
is($standby->safe_psql('postgres', q{SELECT row_key, foreign_key FROM fk_orphans('sound')}),
    '{"id": 11}|{"p": 55}', '… and finds what is written there');

$standby->stop;
$primary->stop;
done_testing();
