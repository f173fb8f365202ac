# fk_report()'s documents are what their formats say: validated by schemas, opened in a browser, and the recipes that use
# them run.
use strict;
use warnings;
use Cwd qw(abs_path);
use JSON::PP;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $directory = $ENV{TESTDIR};
my $python    = '/usr/bin/python3';
my $published = "$directory/schemas/sarif-2.1.0.json";
my $node      = PostgreSQL::Test::Cluster->new('report');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\nautovacuum = off\ntrack_counts = on");
$node->start;

# Whether the Python modules are there: they come with script/bootstrap.
my $can_validate = system("$python -c 'import jsonschema, yaml' 2>/dev/null") == 0;
my $has_xmllint  = system('xmllint --version >/dev/null 2>&1') == 0;
my $has_browser  = -x '/usr/bin/chromium';
note 'no python3-jsonschema or python3-yaml: JSON, SARIF and recipes are not validated' unless $can_validate;
note 'no xmllint: JUnit XML is not validated' unless $has_xmllint;
note 'no chromium: the HTML report is not opened' unless $has_browser;
note 'no published SARIF schema (script/bootstrap schemas): SARIF is validated by test/tap/schemas alone'
  unless -e $published;

# Names with all that some format could stumble over, in every place where a name can stand.
my $hostile = <<'SQL';
CREATE FUNCTION pg_temp.evil(n int) RETURNS text LANGUAGE sql AS $$
    SELECT (ARRAY['<script>document.title="owned"</script>', '"><img src=x onerror=alert(1)>', 'a]]>b--><!--', U&'l\000Ai\000Dn\0009e',
        U&'\202Ertl\202C\200B\FEFF', U&'\05d0\05d1\05d2', '`x` | *y* [z](http://evil.example)', '@owner #1 &lt;b&gt;', '\u0041\n%s$1',
        'javascript:alert(1)', '</style><style>*{display:none}', '</pre></td></svg>', U&'\FFFE\FFFF\0001\001B[31m', 'x" y=''z''',
        '.. /../..', '{{7*7}} ${1+1}'])[n]
$$;
DO $$
DECLARE n int := 0; name text;
BEGIN
    LOOP
        n := n + 1;
        name := pg_temp.evil(n);
        EXIT WHEN name IS NULL;
        EXECUTE format('CREATE SCHEMA %I', left(name, 20));
        EXECUTE format('CREATE TABLE %I.%I (%I text PRIMARY KEY)', left(name, 20), name || 'p', name);
        EXECUTE format('CREATE TABLE %I.%I (id int PRIMARY KEY, %I text, CONSTRAINT %I FOREIGN KEY (%3$I) REFERENCES %1$I.%5$I)',
            left(name, 20), name || 'c', name, name, name || 'p');
        EXECUTE format('SET LOCAL session_replication_role = replica; INSERT INTO %I.%I VALUES (1, %L), (2, NULL)',
            left(name, 20), name || 'c', name);
        PERFORM fk_suppress('missing-index', format('%I.%I', left(name, 20), name || 'c')::regclass, name::name, name)
          WHERE n % 2 = 0;
    END LOOP;
END $$;
SQL

sub load
{
    my ($name, $encoding, $sql) = @_;
    $node->safe_psql('postgres',
        "CREATE DATABASE $name TEMPLATE template0 ENCODING '$encoding' LC_COLLATE 'C' LC_CTYPE 'C'");
    $node->safe_psql($name, "CREATE EXTENSION fkaudit; SET client_min_messages = warning; $sql");
}

load('empty', 'UTF8', '');
load('hostile', 'UTF8', $hostile);
load('latin1', 'LATIN1', q{SET client_encoding = UTF8; CREATE TABLE "Größe" (id int PRIMARY KEY);
    CREATE TABLE "Maß" (n int CONSTRAINT "Maß Größe" REFERENCES "Größe")});
load('bytes', 'SQL_ASCII', qq{CREATE TABLE "\xe4\xc3\xa4" (id int PRIMARY KEY); CREATE TABLE c (n int CONSTRAINT "\xff" REFERENCES "\xe4\xc3\xa4")});
load('shop', 'UTF8', '');
system_or_bail('psql', '-X', '-q', '-d', $node->connstr('shop'), '-f', "$directory/demo/shop.sql");

# The report as a file, byte by byte as psql prints it.
sub report
{
    my ($database, $format, $arguments) = @_;
    my $file = "$directory/tmp/$database.$format";
    system_or_bail('psql', '-XAtq', '-d', $node->connstr($database), '-o', $file, '-c',
        "SELECT fk_report('$format'" . ($arguments // '') . ')');
    return $file;
}

sub passes
{
    my ($name, @command) = @_;
    my ($out, $err) = ('', '');
    ok(IPC::Run::run(\@command, '>', \$out, '2>', \$err), $name) or diag("$out$err");
}

for my $database ('empty', 'hostile', 'latin1', 'bytes', 'shop')
{
    for my $arguments (', check_data => false', '')
    {
        my $which = "$database$arguments";
        my $json  = report($database, 'json', $arguments);
        my $sarif = report($database, 'sarif', $arguments);
        my $junit = report($database, 'junit', $arguments);
        my $html  = report($database, 'html', $arguments);
        for my $file ($json, $sarif, $junit, $html)
        {
            unlike(slurp_file($file), qr/[^\n -~]/, "$which: $file is plain ASCII");
        }
      SKIP:
        {
            skip 'no python3-jsonschema', 3 unless $can_validate;
            passes("$which: JSON", $python, "$directory/t/validate.py", 'json',
                "$directory/doc/fk_report.schema.json", $json);
            passes("$which: SARIF, what is used of it", $python, "$directory/t/validate.py", 'json',
                "$directory/t/schemas/sarif-2.1.0-used.schema.json", $sarif);
            skip 'no published SARIF schema', 1 unless -e $published;
            passes("$which: SARIF, the published schema", $python, "$directory/t/validate.py", 'json', $published, $sarif);
        }
      SKIP:
        {
            skip 'no xmllint', 1 unless $has_xmllint;
            passes("$which: JUnit XML", 'xmllint', '--noout', '--schema', "$directory/t/schemas/junit.xsd", $junit);
        }
        my $text = slurp_file(report($database, 'text', $arguments));
        unlike($text, qr/[\x00-\x09\x0b-\x1f\x7f]/, "$which: no control character in the text");
        report($database, 'markdown', $arguments);
    }
}
like(slurp_file(report('latin1', 'json')), qr/Ma\\u00df/, 'names of another encoding are Unicode in JSON');
is( $node->safe_psql('latin1', q{SET client_encoding = UTF8; SELECT fk_report() ~ 'Maß Größe'}),
    't', 'and stay in the text');
like(slurp_file(report('bytes', 'json')), qr/\[0xFF\]/, 'bytes that are no character show by their code');
is( $node->safe_psql('hostile', q{SELECT count(*) FROM jsonb_array_elements(fk_report('json')::jsonb -> 'foreign_keys') k
        JOIN pg_constraint c ON c.conname = k ->> 'constraint_name' AND contype = 'f'}),
    16, 'names in JSON are exact');

# README.md shows its beginning; a line of dots there stands for any lines.
SKIP:
{
    skip 'the example is of PostgreSQL 15 to 17', 1 if $node->pg_version >= 18;
    my ($example) = slurp_file("$directory/README.md") =~ /^```text\n(Foreign keys of .*?)^```$/ms;
    my $same = sub { return $_[0] =~ s/^\d.* UTC, PostgreSQL .*$/WHEN AND WHERE/mr };
    my $pattern = join '', map { /^\s*…$/ || /^\s*\xe2\x80\xa6$/ ? '(?:.*\n)*?' : quotemeta . "\n" } split /\n/, $same->($example);
    like($same->(slurp_file("$directory/tmp/shop.text")), qr/\A$pattern\z/, 'README.md shows what the report says');
}

SKIP:
{
    skip 'no chromium', 1 unless $has_browser;
    my $visible = q{[...document.querySelectorAll(".finding")].filter(f => getComputedStyle(f).display != "none")};
    my $choose  = q{(severity, rule) => { document.getElementById("only-" + severity).checked = true;
        document.getElementById("rule").value = rule; }};
    my $figure = sub { return qq{Number(document.getElementById("figure-$_[0]").dataset.value)} };
    for my $database ('empty', 'hostile', 'shop')
    {
        my $html = report($database, 'html');
        # In this order: the filters change what the later ones see.
        my @question = (
            [ title     => 'document.title' ],
            [ scripts   => 'document.querySelectorAll("script, img, iframe, object, embed, link, [onerror], [onload], [onclick]").length' ],
            [ links     => '[...document.querySelectorAll("a")].filter(a => !/^#rule-[a-z-]+$/.test(a.getAttribute("href"))).length' ],
            [ findings  => "$visible.length" ],
            [ text      => 'document.body.innerText' ],
            [ statement => '(document.querySelector("pre.sql") || {}).textContent || ""' ],
            [ selects   => '!document.querySelector("pre.sql") || getComputedStyle(document.querySelector("pre.sql")).userSelect == "all"' ],
            [ targets   => '[...document.querySelectorAll("a")].every(a => document.querySelector(a.getAttribute("href")))' ],
            [ graph     => '[...document.querySelectorAll("#graph svg")].length' ],
            map { [ $_ => $figure->($_) ] } ('foreign-keys', 'examined', 'not-examined', 'errors', 'warnings', 'infos'));
        if ($database ne 'empty')
        {
            my $nothing = q{getComputedStyle(document.querySelector('.nothing')).display};
            push @question, [ 'orphan-rows' => $figure->('orphan-rows') ],
              (map { [ "only $_" => "($choose)('$_', ''), $visible.length" ] } 'error', 'warning', 'info'),
              [ 'only missing-index' => "($choose)('all', 'missing-index'), $visible.length" ],
              [ 'error and missing-index' => "($choose)('error', 'missing-index'), [$visible.length, $nothing]" ],
              [ everything => "($choose)('all', ''), [$visible.length, $nothing]" ];
        }
        my @picture = map {
            my ($width, $dark) = @$_;
            my $name = "$database-$width" . ($dark ? '-dark' : '');
            { file => "$directory/tmp/$name.png", width => $width, height => 0, dark => $dark ? JSON::PP::true : JSON::PP::false };
        } ([ 1280, 0 ], [ 390, 0 ], [ 1280, 1 ], [ 390, 1 ]);
        # The last picture was taken at some width: nothing is wider than the window at either.
        my @after = ([ overflow => 'document.documentElement.scrollWidth - document.documentElement.clientWidth' ],
            [ dark => 'getComputedStyle(document.body).backgroundColor' ]);
        my ($in, $out, $err) = (encode_json({ expressions => \@question, pictures => \@picture, expressions_after => \@after }), '', '');
        if (!IPC::Run::run([ $python, "$directory/t/browser.py", $html ], '<', \$in, '>', \$out, '2>', \$err, IPC::Run::timeout(180)))
        {
            fail("$database: Chromium opens the page");
            diag($err);
            next;
        }
        my $seen   = decode_json($out);
        my $answer = $seen->{answers};
        my $title  = "Foreign keys of $database";
        is($answer->{title}, $title, "$database: the title");
        is_deeply($seen->{errors}, [], "$database: no error in the console");
        is(scalar @{ $seen->{requests} }, 1, "$database: nothing is loaded but the page") or diag(explain($seen->{requests}));
        is($answer->{scripts}, 0, "$database: no element that a name could have brought in");
        is($answer->{links},   0, "$database: no link leads away");
        ok($answer->{targets}, "$database: each link leads somewhere");
        ok($answer->{selects}, "$database: a click selects a statement as a whole");
        unlike($answer->{text}, qr/[\x{202a}-\x{202e}\x{200b}\x{feff}]/, "$database: no mark turns the text round");
        is($answer->{overflow}, 0, "$database: nothing is wider than the window");

        is($answer->{dark}, 'rgb(16, 20, 27)', "$database: dark where the system is");
        is($answer->{graph}, $database eq 'empty' ? 0 : 1, "$database: the graph is there");

        my $audit = sub {
            return $node->safe_psql($database, "SELECT count(*) FROM fk_audit(check_data => true) WHERE NOT suppressed AND $_[0]");
        };
        is($answer->{findings}, $audit->('true'),                  "$database: findings");
        is($answer->{errors},   $audit->(q{severity = 'error'}),   "$database: errors");
        is($answer->{warnings}, $audit->(q{severity = 'warning'}), "$database: warnings");
        is($answer->{infos},    $audit->(q{severity = 'info'}),    "$database: info");
        is($answer->{'foreign-keys'}, $node->safe_psql($database, 'SELECT count(*) FROM fk_constraints()'), "$database: keys");
        is($answer->{examined}, $node->safe_psql($database, q{SELECT count(*) FROM fk_check() WHERE verdict <> 'not examined'}),
            "$database: keys examined");
        next if $database eq 'empty';
        is($answer->{'orphan-rows'}, $node->safe_psql($database, 'SELECT sum(orphan_rows) FROM fk_check()'), "$database: orphans");
        is($answer->{"only $_"}, $audit->("severity = '$_'"), "$database: only $_") for 'error', 'warning', 'info';
        is($answer->{'only missing-index'}, $audit->(q{rule = 'missing-index'}), "$database: only one rule");
        is_deeply($answer->{'error and missing-index'}, [ 0, 'block' ], "$database: words where nothing is left");
        is_deeply($answer->{everything}, [ $audit->('true'), 'none' ], "$database: everything again");
        my $remedies = $node->safe_psql($database, q{SELECT jsonb_agg(remedy) FROM fk_audit(check_data => true)});
        ok( (grep { defined && $_ eq $answer->{statement} } @{ decode_json($remedies) }),
            "$database: a statement is the remedy, character by character") or diag($answer->{statement});
    }
}

# The recipes: each shell step, in order, as bash runs it there; not those that install packages.
SKIP:
{
    skip 'no python3-yaml', 1 unless $can_validate;
    my ($out, $err) = ('', '');
    IPC::Run::run([ $python, "$directory/t/validate.py", 'recipe', "$directory/doc/recipes.md" ], '>', \$out, '2>', \$err)
      or BAIL_OUT("doc/recipes.md: $err");
    my $blocks = decode_json($out);
    my %schema = (
        sound  => 'CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (p int PRIMARY KEY REFERENCES p ON DELETE CASCADE);',
        broken => 'CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (p int NOT NULL REFERENCES p ON DELETE SET NULL);');
    my $run = sub {
        my ($script, $database, $folder) = @_;
        local $ENV{PGDATABASE}          = $database;
        local $ENV{PGHOST}              = $node->host;
        local $ENV{PGPORT}              = $node->port;
        local $ENV{GITHUB_STEP_SUMMARY} = "$folder/summary.md";
        my ($stdout, $stderr) = ('', '');
        IPC::Run::run([ 'bash', '-e', '-o', 'pipefail', '-c', "cd '$folder'\n$script" ], '>', \$stdout, '2>', \$stderr);
        return ($? >> 8, $stdout . $stderr);
    };
    my $number = 0;
    for my $block (grep { $_->{language} eq 'yaml' } @$blocks)
    {
        for my $kind ('sound', 'broken')
        {
            my $folder   = "$directory/tmp/recipe" . ++$number;
            my $database = "recipe$number";
            mkdir $folder or die $!;
            append_to_file("$folder/schema.sql", $schema{$kind});
            my ($status, $said, $last) = (0, '', '');
            for my $step (@{ $block->{steps} })
            {
                next if $step->{script} =~ /apt-get/;
                $last = $step->{name};
                ($status, $said) = $run->($step->{script}, $database, $folder);
                last if $status;
            }
            is($status, $kind eq 'sound' ? 0 : 1, "recipe $number, $kind schema: exit status of the last step") or diag("$last: $said");
            like($said, qr/set-null-not-null/, "recipe $number: the finding is in the error") if $kind eq 'broken';
            my @made = grep { -s } glob("$folder/{fkaudit.*,summary.md}");
            cmp_ok(scalar @made, '>=', 2, "recipe $number: the reports were made before the gate");
        }
    }
    is($number, 4, 'two recipes in YAML');

    my ($before, $after, $check, $trend) = map { $_->{content} } grep { $_->{language} eq 'sh' } @$blocks;
    my $folder = "$directory/tmp/deploy";
    mkdir $folder or die $!;
    load('deploy', 'UTF8', $schema{broken});
    is(($run->($before, 'deploy', $folder))[0], 0, 'before a deployment: the baseline');
    is(($run->($after, 'deploy', $folder))[0], 0, 'after it: what was known passes');
    $node->safe_psql('deploy', 'CREATE TABLE d (p int NOT NULL REFERENCES p ON DELETE SET NULL)');
    my ($status, $said) = $run->($after, 'deploy', $folder);
    is($status, 3, 'after it: what is new stops it');
    like($said, qr/public\.d/, 'and is named');
    is(($run->($check, 'deploy', $folder))[0], 0, 'a check of a night');
    $node->safe_psql('deploy', 'SET session_replication_role = replica; INSERT INTO d VALUES (1), (2)');
    is(($run->($check, 'deploy', $folder))[0], 0, 'the check of the next night');
    ($status, $said) = $run->($trend, 'deploy', $folder);
    is($status, 0, 'what became worse');
    like($said, qr/ public\.d .*\| trusted +\| violated \| +2\n\(1 row\)/, 'is one key, which has two orphans');
}

$node->stop;
done_testing();
