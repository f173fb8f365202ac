# monitoring/ with the real programs, on loopback: promtool's own checks and tests of the alerts; a violation that psql
# raises arrives in Prometheus, by way of prometheus-postgres-exporter; every query of the dashboard is evaluated there.
use strict;
use warnings;
use HTTP::Tiny;
use JSON::PP qw(decode_json);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my @programs = qw(prometheus promtool prometheus-postgres-exporter);
my @missing = grep { system("command -v $_ >/dev/null") != 0 } @programs;
plan skip_all => "not installed: @missing (script/bootstrap monitoring)" if @missing;

my $folder = 'monitoring';
my ($out, $err) = ('', '');
ok(IPC::Run::run([ 'promtool', 'check', 'rules', "$folder/alerts.yaml" ], '>', \$out, '2>', \$err), 'promtool check rules') or diag $out, $err;
ok(IPC::Run::run([ 'promtool', 'test', 'rules', "$folder/alerts_test.yaml" ], '>', \$out, '2>', \$err), 'promtool test rules') or diag $out, $err;
my %alerts = map { $_ => 1 } slurp_file("$folder/alerts.yaml") =~ /^ *- alert: (\w+)/gm;
my %tested = map { $_ => 1 } slurp_file("$folder/alerts_test.yaml") =~ /alertname: (\w+)/g;
is_deeply([ sort keys %tested ], [ sort keys %alerts ], 'each alert has tests');

my $node = PostgreSQL::Test::Cluster->new('monitored');
$node->init;
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'fkaudit'\nfsync = off\nautovacuum = off");
$node->start;
# Two roles, each with no more than what the documentation asks for. The extension is in a schema of its own.
$node->safe_psql('postgres', <<'SQL');
CREATE SCHEMA audit;
CREATE EXTENSION fkaudit SCHEMA audit;
CREATE ROLE reader LOGIN IN ROLE pg_read_all_stats;
CREATE ROLE monitor LOGIN IN ROLE pg_monitor;
GRANT USAGE ON SCHEMA audit TO reader, monitor;
ALTER ROLE reader SET search_path = audit, pg_catalog;
ALTER ROLE monitor SET search_path = audit, pg_catalog;
CREATE SCHEMA "closed S";
SET search_path = "closed S", audit;
CREATE TABLE p (id int PRIMARY KEY);
INSERT INTO p VALUES (1);
CREATE TABLE "Or""ders" (p int CONSTRAINT "the \ Key" REFERENCES p);
INSERT INTO "Or""ders" VALUES (1);
CREATE TABLE silent (p int CONSTRAINT silent_fk REFERENCES p);
ALTER TABLE silent DISABLE TRIGGER ALL;
INSERT INTO silent VALUES (7), (7), (8);
CREATE TABLE loose (p int);
ALTER TABLE loose ADD CONSTRAINT loose_fk FOREIGN KEY (p) REFERENCES p NOT VALID;
SQL
$node->safe_psql('postgres', 'CALL audit.fk_check_all()');

sub violate
{
    my ($times) = @_;
    $node->psql('postgres', q{INSERT INTO "closed S"."Or""ders" VALUES (4711)}) for 1 .. $times;
    return;
}
violate(3);

# Each query by itself, as each of the roles: its columns are those that it declares, and none of them tells what is in rows.
my $yaml_to_json = 'import json, sys, yaml; json.dump(yaml.safe_load(open(sys.argv[1])), sys.stdout)';
$out = '';
IPC::Run::run([ '/usr/bin/python3', '-c', $yaml_to_json, "$folder/queries.yaml" ], '>', \$out, '2>', \$err) or die $err;
my $queries = decode_json($out);
my %is_metric;
for my $namespace (sort keys %$queries)
{
    my ($query, @columns) = ($queries->{$namespace}{query}, map { keys %$_ } @{ $queries->{$namespace}{metrics} });
    for my $role ('reader', 'monitor')
    {
        my ($status, $rows, $said) = $node->psql('postgres', $query, extra_params => [ '-U', $role, '-P', 'tuples_only=off', '-P', 'footer=off' ]);
        is($said, '', "$namespace: $role may ask");
        my ($header, @lines) = split /\n/, $rows;
        is($header, join('|', @columns), "$namespace: $role gets the columns that it declares");
        cmp_ok(scalar(@lines), '>', 0, "$namespace: $role gets rows");
        unlike($rows, qr/4711/, "$namespace: no key");
    }
    for my $metric (@{ $queries->{$namespace}{metrics} })
    {
        my ($name, $what) = %$metric;
        $is_metric{"${namespace}_$name"} = 1 if $what->{usage} ne 'LABEL';
        like($name, qr/^(datname|child|constraint_name|side|enforcement|severity|rule|verdict)$/, "$namespace: $name is a bounded label")
          if $what->{usage} eq 'LABEL';
    }
}

# The programs.
my $exporter_port = PostgreSQL::Test::Cluster::get_free_port();
my $prometheus_port = PostgreSQL::Test::Cluster::get_free_port();
my $work = PostgreSQL::Test::Utils::tempdir();
my $rules = "$work/alerts.yaml";
append_to_file($rules, slurp_file("$folder/alerts.yaml"));
append_to_file("$work/prometheus.yml", <<"YAML");
global: {scrape_interval: 1s, evaluation_interval: 1s}
rule_files: [$rules]
scrape_configs:
  - job_name: postgresql
    static_configs: [{targets: ['127.0.0.1:$exporter_port']}]
YAML
my @running;

sub begin
{
    my ($name, @command) = @_;
    push @running, IPC::Run::start(\@command, '<', \undef, '>', "$work/$name.log", '2>&1');
    return;
}

END
{
    my $status = $?;
    $_->kill_kill for @running;
    $? = $status;
}
{
    local $ENV{DATA_SOURCE_NAME} = 'user=monitor dbname=postgres sslmode=disable host=' . $node->host . ' port=' . $node->port;
    begin('exporter', 'prometheus-postgres-exporter', "--extend.query-path=$folder/queries.yaml",
        "--web.listen-address=127.0.0.1:$exporter_port", '--disable-settings-metrics');
}
begin('prometheus', 'prometheus', "--config.file=$work/prometheus.yml", "--storage.tsdb.path=$work/data",
    "--web.listen-address=127.0.0.1:$prometheus_port");

my $http = HTTP::Tiny->new(timeout => 10);

# The samples of a query, or undef with a word why.
sub evaluate
{
    my ($query) = @_;
    my $answer = $http->get("http://127.0.0.1:$prometheus_port/api/v1/query?" . $http->www_form_urlencode({ query => $query }));
    my $content = eval { decode_json($answer->{content}) };
    if (!$content || $content->{status} ne 'success')
    {
        diag "$query: $answer->{content}";
        return;
    }
    return $content->{data}{result};
}

sub value
{
    my ($query) = @_;
    my $found = evaluate($query);
    return $found && @$found == 1 ? $found->[0]{value}[1] : undef;
}

sub wait_for
{
    my ($query, $expected, $name) = @_;
    my $value;
    for (1 .. 10 * $PostgreSQL::Test::Utils::timeout_default)
    {
        $value = value($query);
        last if defined $value && $value eq $expected;
        select undef, undef, undef, 0.1;
    }
    is($value, $expected, $name) or diag map { "$_:\n" . slurp_file("$work/$_.log") } 'exporter', 'prometheus';
    return;
}

for (1 .. 10 * $PostgreSQL::Test::Utils::timeout_default)
{
    last if $http->get("http://127.0.0.1:$prometheus_port/-/ready")->{success};
    select undef, undef, undef, 0.1;
}
my $key = q(datname="postgres", child="\"closed S\".\"Or\"\"ders\"", constraint_name="the \\\\ Key", side="child write");
wait_for("fkaudit_violations_total{$key}", 3, 'violations arrive in Prometheus');
violate(1);
wait_for("fkaudit_violations_total{$key}", 4, 'and so does the next one');
is(value("fkaudit_violations_last_hour{$key}"), 4, 'of the last hour');
is(value("fkaudit_violations_hourly_baseline{$key}"), 'NaN', 'a baseline that is not known');
is(value('fkaudit_foreign_keys_declared{enforcement="bypassed"}'), 1, 'the keys that are bypassed');
is(value('fkaudit_unguarded_key{enforcement="bypassed", constraint_name="silent_fk"}'), 1, 'and which one');
is(value('fkaudit_unguarded_key{enforcement="not valid", constraint_name="loose_fk"}'), 1, 'one that is not valid');
is(value('fkaudit_violated_orphan_rows{constraint_name="silent_fk"}'), 3, 'the orphans that the last check found');
is(value('fkaudit_last_check_keys{verdict="violated"}'), 1, 'the violated keys');
is(value('count(fkaudit_counters_room)'), 1, 'the room for counting');
is(value('pg_exporter_last_scrape_error'), 0, 'no query failed');
for my $metric (sort keys %is_metric)
{
    cmp_ok(value("count($metric)") // 0, '>', 0, "$metric has samples");
}
wait_for('count(ALERTS{alertname="ForeignKeyViolated", alertstate="firing", constraint_name="silent_fk"})', 1, 'a violated key alerts');
wait_for('count(ALERTS{alertname="ForeignKeyBypassed", alertstate="pending", constraint_name="silent_fk"})', 1, 'a bypassed key will');

# The dashboard: every query of every panel.
my $dashboard = decode_json(slurp_file("$folder/dashboard.json"));
my %by_variable = (datasource => 'prometheus', datname => 'postgres', __rate_interval => '1m');
my (%ids, %cells, @expressions);
for my $panel (@{ $dashboard->{panels} })
{
    my ($title, $place) = ("$panel->{title}: ", $panel->{gridPos});
    ok(!$ids{ $panel->{id} }++, $title . 'an id of its own');
    cmp_ok($place->{x} + $place->{w}, '<=', 24, $title . 'within the 24 columns');
    my @covered = map { my $x = $_; map { "$x,$_" } $place->{y} .. $place->{y} + $place->{h} - 1 } $place->{x} .. $place->{x} + $place->{w} - 1;
    is(scalar(grep { $cells{$_}++ } @covered), 0, $title . 'over no other panel');
    my %refs;
    for my $target (@{ $panel->{targets} })
    {
        ok(!$refs{ $target->{refId} }++, $title . "target $target->{refId}");
        is($target->{datasource}{uid}, '${datasource}', $title . 'the data source that was chosen');
        (my $query = $target->{expr}) =~ s/\$(\w+)/$by_variable{$1} \/\/ die "no variable $1"/ge;
        push @expressions, [ $title, $query ];
    }
}
for my $variable (@{ $dashboard->{templating}{list} })
{
    push @expressions, [ "variable $variable->{name}: ", $1 ] if ($variable->{definition} // '') =~ /^label_values\((\w+), datname\)$/;
}
cmp_ok(scalar(@expressions), '>=', 15, 'the dashboard has queries');
for my $case (@expressions)
{
    my ($title, $query) = @$case;
    is_deeply([ grep { !$is_metric{$_} } $query =~ /\b(fkaudit_\w+)/g ], [], $title . 'metrics that there are');
    my $found = evaluate($query);
    ok($found && @$found, $title . $query);
}

$node->stop;
done_testing();
