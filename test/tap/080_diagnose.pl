# fk_diagnose reads what the server really says: in each language that it has messages and a locale for, in each format of
# its log, as psql prints it, and as drivers wrap it.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my %locales = (
    de => 'de_DE', es => 'es_ES', fr => 'fr_FR', id => 'id_ID', it => 'it_IT', ja => 'ja_JP', ka => 'ka_GE',
    ko => 'ko_KR', pl => 'pl_PL', pt_BR => 'pt_BR', ru => 'ru_RU', sv => 'sv_SE', tr => 'tr_TR', uk => 'uk_UA',
    zh_CN => 'zh_CN', zh_TW => 'zh_TW');

# Locales of the test's own: few systems have them all. The server finds them by LOCPATH.
my $localedir = PostgreSQL::Test::Utils::tempdir();
my ($messages) = output_of([ 'pg_config', '--localedir' ]);
my ($major) = (output_of([ 'pg_config', '--version' ]))[0] =~ /(\d+)/;
my @languages;
for my $language (sort keys %locales)
{
    next unless -f "$messages/$language/LC_MESSAGES/postgres-$major.mo";
    my ($out, $err) = ('', '');
    my @make = ('localedef', '-c', '-i', $locales{$language}, '-f', 'UTF-8', "$localedir/$locales{$language}.UTF-8");
    my $made = eval { IPC::Run::run(\@make, '>', \$out, '2>', \$err) };
    note "no locale $locales{$language}: $err" unless $made;
    push @languages, $language if $made;
}
$ENV{LOCPATH} = $localedir;

my $node = PostgreSQL::Test::Cluster->new('diagnose');
$node->init(extra => [ '--no-locale', '--encoding=UTF8' ]);
$node->append_conf('postgresql.conf', "fsync = off\nautovacuum = off\nlogging_collector = on\n"
      . "log_line_prefix = '%m [%p] %q%u\@%d '\nlog_destination = 'stderr,csvlog" . ($major >= 15 ? ',jsonlog' : '') . "'\n");
$node->start;
$node->safe_psql('postgres', <<'SQL');
CREATE EXTENSION fkaudit;
CREATE TABLE p (id int, name text, PRIMARY KEY (id, name)) PARTITION BY RANGE (id);
CREATE TABLE p_1 PARTITION OF p FOR VALUES FROM (0) TO (10);
CREATE TABLE c (p_id int, p_name text, CONSTRAINT c_fk FOREIGN KEY (p_id, p_name) REFERENCES p MATCH FULL);
CREATE TABLE q (id int PRIMARY KEY);
CREATE TABLE d (q_id int CONSTRAINT d_fk REFERENCES q ON DELETE RESTRICT);
INSERT INTO p VALUES (1, 'a "b", (c)');
INSERT INTO c VALUES (1, 'a "b", (c)');
INSERT INTO q VALUES (1);
INSERT INTO d VALUES (1);
SQL

my @failing = (
    [ q{INSERT INTO c VALUES (7, 'x, "y", «z»')} => q(c|c_fk|child|{"p_id": 7, "p_name": "x, \"y\", «z»"}|f|0) ],
    [ q{INSERT INTO c VALUES (7, NULL)} => 'c|c_fk|child|||' ],
    [ q{DELETE FROM p} => q(c|c_fk|parent|{"id": 1, "name": "a \"b\", (c)"}|t|1) ],
    # The server shows the child's columns here.
    [ q{ALTER TABLE p DETACH PARTITION p_1} => q(c|c_fk|parent|{"p_id": 1, "p_name": "a \"b\", (c)"}|t|1) ],
    [ q{DELETE FROM q} => q(d|d_fk|parent|{"id": 1}|t|1) ],
);

sub message_of
{
    my ($statement, @settings) = @_;
    my ($code, $out, $err) = $node->psql('postgres', join('', map { "$_;\n" } @settings, $statement));
    return $err;
}

sub diagnosis
{
    my ($text) = @_;
    my ($code, $out, $err) = $node->psql('postgres',
        "SELECT child, constraint_name, side, key, parent_exists, child_rows FROM fk_diagnose(\$paste\$$text\$paste\$)");
    return $code == 0 ? $out : $err;
}

my $languages_read = 0;
for my $language (@languages)
{
    if (message_of("SET lc_messages = '$locales{$language}.UTF-8'") ne '')
    {
        note "the server takes no locale $locales{$language}.UTF-8";
        next;
    }
    for (@failing)
    {
        my ($statement, $expected) = @$_;
        my $text = message_of($statement, "SET lc_messages = '$locales{$language}.UTF-8'");
        is(diagnosis($text), $expected, "$language: $statement") or diag $text;
        ++$languages_read if $text !~ /violates foreign key/ && $statement =~ /^INSERT.*z/;
    }
}
note "read in these languages: @languages";
SKIP:
{
    skip 'no locale could be made, or the server has no messages: English only', 1 unless @languages;
    cmp_ok($languages_read, '>', 0, "the server did speak other languages: $languages_read");
}

# As psql prints it.
for my $verbosity ('default', 'verbose', 'terse')
{
    my $text = message_of('DELETE FROM q', "\\set VERBOSITY $verbosity\n--");
    is(diagnosis($text), $verbosity eq 'terse' ? 'd|d_fk|parent|||' : $failing[4][1], "psql, $verbosity");
}

# As the log has it: all of it at once, with all that is in it beside. Each error is told once.
my %expected = map { $_->[1] => 1 } @failing;
for my $format ('stderr', 'csvlog', 'jsonlog')
{
    $node->rotate_logfile if $node->can('rotate_logfile');
    message_of($_->[0]) for @failing;
    my ($name) = $node->safe_psql('postgres', "SELECT pg_current_logfile('$format')");
    my $log = slurp_file($node->data_dir . "/$name");
    # The log has the diagnoses of before, too: what was pasted, in all languages.
    $log = join "\n", grep { !/paste/ } split /\n/, $log;
    my @found = split /\n/, diagnosis($log);
    for my $row (map { $_->[1] } @failing)
    {
        ok((grep { $_ eq $row } @found), "$format has $row") or diag explain \@found;
    }
    is(scalar(grep { !$expected{$_} } @found), 0, "$format has nothing else") or diag explain \@found;
}

# As drivers and others wrap it.
my $message = 'update or delete on table "q" violates foreign key constraint "d_fk" on table "d"';
my $detail = 'Key (id)=(1) is still referenced from table "d".';
my $quoted = $message =~ s/"/\\"/gr;
my $quoted_detail = $detail =~ s/"/\\"/gr;
my %wrapped = (
    'psycopg' => "psycopg2.errors.ForeignKeyViolation: $message\nDETAIL:  $detail\n",
    'Python, as repr() has it' => "IntegrityError('$message\\nDETAIL:  $detail\\n')",
    'Django' => "django.db.utils.IntegrityError: $message\nDETAIL:  $detail\n",
    'SQLAlchemy' => "(psycopg2.errors.ForeignKeyViolation) $message\nDETAIL:  $detail\n\n[SQL: DELETE FROM q WHERE q.id = %(id)s]",
    'JDBC' => "org.postgresql.util.PSQLException: ERROR: $message\n  Detail: $detail\n\tat org.postgresql.core.v3.X(X.java:1)",
    'Hibernate' => "could not execute statement [ERROR: $message\n  Detail: $detail] [delete from q where id=?]; constraint [d_fk]",
    'Npgsql' => "Npgsql.PostgresException (0x80004005): 23503: $message\n\nDETAIL: $detail\n  SqlState: 23503\n  SchemaName: public",
    'ActiveRecord' => "ActiveRecord::InvalidForeignKey (PG::ForeignKeyViolation: ERROR:  $message\nDETAIL:  $detail\n)",
    'PDO' => "SQLSTATE[23503]: Foreign key violation: 7 ERROR:  $message\nDETAIL:  $detail (Connection: pgsql, SQL: delete)",
    'Sequelize' => qq({"name":"SequelizeForeignKeyConstraintError","parent":{"code":"23503","detail":"$quoted_detail",)
      . qq("schema":"public","table":"d","constraint":"d_fk"},"message":"$quoted"}),
    'node-postgres' => "error: $message\n  code: '23503',\n  detail: '$detail',\n  schema: 'public',\n  constraint: 'd_fk'",
    'JSON in JSON' => '{"log":"' . (qq({"msg":"$quoted","detail":"$quoted_detail"}) =~ s/([\\"])/\\$1/gr) . '"}',
    'HTML' => "<pre>ERROR:  $message\nDETAIL:  $detail</pre>" =~ s/"/&quot;/gr,
    'HTML, by numbers' => "<pre>ERROR:  $message\nDETAIL:  $detail</pre>" =~ s/"/&#34;/gr,
    'CSV' => qq(1,"ERROR: $message","DETAIL: $detail",x) =~ s/"(q|d|d_fk)"/""$1""/gr,
    'typographic quotation marks' => "ERROR: $message\nDETAIL: $detail" =~ s/"(\w+)"/“$1”/gr,
    'broken lines' => "ERROR: $message\nDETAIL: $detail" =~ s/violates foreign/violates\n    foreign/r,
    'Windows' => "ERROR: $message\r\nDETAIL: $detail\r\n",
);
for my $name (sort keys %wrapped)
{
    is(diagnosis($wrapped{$name}), $failing[4][1], $name) or diag $wrapped{$name};
}
is(diagnosis("pq: $message"), 'd|d_fk|parent|||', 'Go pq, which has no DETAIL');
is(diagnosis("ERROR: $message (SQLSTATE 23503)"), 'd|d_fk|parent|||', 'Go pgx');
is(diagnosis('Foreign key constraint violated: `d_fk (index)`'), 'd|d_fk||||', 'Prisma, which tells the name only');
is(diagnosis("Xyzzy plugh „d“ ‚d_fk‘ (id)=(1) frotz „d“."), $failing[4][1], 'a language that nobody speaks');

# Much text, and a cancel in the middle of it.
my $much = $node->safe_psql('postgres', <<'SQL');
SELECT count(*) FROM fk_diagnose(repeat(E'2026-01-01 LOG:  "nothing" of (a)=(b) to \\"see\\"\n', 100000)
    || 'ERROR:  update or delete on table "q" violates foreign key constraint "d_fk" on table "d"');
SQL
is($much, '1', 'megabytes of log');
my ($code, $out, $err) = $node->psql('postgres', <<'SQL');
SET statement_timeout = '200ms';
SELECT count(*) FROM fk_diagnose(repeat('Key (a)=(1) " violates foreign key constraint "c_fk" on table "c" ', 2000000));
SQL
like($err, qr/canceling statement due to statement timeout/, 'it can be cancelled');

# Another encoding: what the message says is found by names in the database's own.
$node->safe_psql('postgres', "CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1'");
my $latin = $node->safe_psql('latin', <<'SQL');
SET client_encoding = 'UTF8';
CREATE EXTENSION fkaudit;
CREATE TABLE "größe" ("maß" text PRIMARY KEY);
CREATE TABLE kleid ("maß" text CONSTRAINT "kleid_größe" REFERENCES "größe");
SELECT child, constraint_name, side, key, parent_exists FROM fk_diagnose('Einfügen oder Aktualisieren in Tabelle »kleid« verletzt Fremdschlüssel-Constraint »kleid_größe«
Schlüssel (maß)=(é) ist nicht in Tabelle »größe« vorhanden.');
SQL
is($latin, 'kleid|kleid_größe|child|{"maß": "é"}|f', 'LATIN1');

$node->stop;
done_testing();

sub output_of
{
    my ($command) = @_;
    my ($out, $err) = ('', '');
    IPC::Run::run($command, '>', \$out, '2>', \$err);
    chomp $out;
    return $out;
}
