# The pictures of fk_graph() are what their readers take: SVG is XML for xmllint, Graphviz draws the DOT, Mermaid's own
# parser reads the flowchart. On a schema of hostile names, on one of 100 tables, on one of more than a picture holds,
# and on the sample databases.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('graph');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\nautovacuum = off");
$node->start;

my $directory = PostgreSQL::Test::Utils::tempdir();
my $has_xmllint = !system('command -v xmllint >/dev/null');
my $has_dot = !system('command -v dot >/dev/null');
my $mermaid = $ENV{FKAUDIT_MERMAID} // '';
my $has_mermaid = -r "$mermaid/node_modules/mermaid/package.json" && !system('command -v node >/dev/null');
note('no xmllint: script/bootstrap installs it') unless $has_xmllint;
note('no Graphviz: script/bootstrap installs it') unless $has_dot;
note("no parser of Mermaid: script/bootstrap mermaid installs it") unless $has_mermaid;

append_to_file("$directory/parse.mjs", <<"JS");
import { createRequire } from 'module';
import { readFileSync } from 'fs';
import { pathToFileURL } from 'url';
const require = createRequire('$mermaid/package.json');
const { JSDOM } = await import(pathToFileURL(require.resolve('jsdom')));
const dom = new JSDOM('');
globalThis.window = dom.window;
globalThis.document = dom.window.document;
const mermaid = (await import(pathToFileURL('$mermaid/node_modules/mermaid/dist/mermaid.core.mjs'))).default;
mermaid.initialize({ startOnLoad: false, maxTextSize: 10000000, maxEdges: 100000 });
// What the parser understood: each node's text, as a reader sees it.
const parsed = await mermaid.mermaidAPI.getDiagramFromText(readFileSync(process.argv[2], 'utf8'));
const seen = (text) => text.replace(/\\uFB02\\u00B0\\u00B0(\\d+)\\u00B6\\u00DF/g, (_, code) => String.fromCharCode(code));
for (const vertex of [...parsed.db.getVertices().values()]) console.log('node ' + seen(vertex.text));
for (const edge of parsed.db.getEdges()) console.log('edge ' + seen(edge.text));
JS

# The nodes and edges that a parser found, or what it said against the text.
sub parse_mermaid
{
    my ($out, $err);
    IPC::Run::run([ 'node', "$directory/parse.mjs", $_[0] ], '<', \undef, '>', \$out, '2>', \$err);
    return $err eq '' ? $out : "error: $err";
}

sub save
{
    my ($database, $format, @root) = @_;
    my $file = "$directory/$database.$format";
    unlink $file;
    my $root = @root ? ", '$root[0]'" : '';
    append_to_file($file, $node->safe_psql($database, "SELECT fk_graph('$format'$root)"));
    return $file;
}

# Pictures of a database with so many tables and keys.
sub check_pictures
{
    my ($database, $tables, $keys) = @_;
    my $svg = save($database, 'svg');
    my $text = slurp_file($svg);
    unlike($text, qr/<script|<image|<foreignObject|href|url\(|\@import/, "$database: the SVG asks for nothing from elsewhere");
    my @cards = $text =~ /<g class="fkaudit-card/g;
    my @links = $text =~ /<g class="fkaudit-link/g;
    is(scalar(@cards), $tables, "$database: each table is a card of the SVG");
    is(scalar(@links), $keys, "$database: each key is a link of the SVG");
  SKIP: {
        skip 'xmllint is not there', 1 unless $has_xmllint;
        command_ok([ 'xmllint', '--noout', '--nonet', $svg ], "$database: the SVG is well-formed");
    }
  SKIP: {
        skip 'Graphviz is not there', 3 unless $has_dot;
        my ($out, $err);
        IPC::Run::run([ 'dot', '-Tplain', save($database, 'dot') ], '<', \undef, '>', \$out, '2>', \$err);
        unlike($err, qr/error|expected|unknown|bad/i, "$database: Graphviz says nothing against the DOT");
        my @nodes = $out =~ /^node t\d/mg;
        my @edges = $out =~ /^edge /mg;
        is(scalar(@nodes), $tables, "$database: each table is a node of the DOT");
        is(scalar(@edges), $keys, "$database: each key is an edge of the DOT");
    }
  SKIP: {
        skip "Mermaid's parser is not there", 2 unless $has_mermaid;
        my $parsed = parse_mermaid(save($database, 'mermaid'));
        unlike($parsed, qr/^error/, "$database: Mermaid parses the flowchart");
        my @found = (scalar(() = $parsed =~ /^node /mg), scalar(() = $parsed =~ /^edge /mg));
        is("@found", "$tables $keys", "$database: Mermaid sees each table and each key");
    }
}

sub create
{
    my ($database) = @_;
    $node->safe_psql('postgres', "CREATE DATABASE $database TEMPLATE template0 ENCODING 'UTF8'");
    $node->safe_psql($database, 'CREATE EXTENSION fkaudit');
}

# Names that mean something to XML, Graphviz or Mermaid.
create('hostile');
$node->safe_psql('hostile', <<'SQL');
CREATE SCHEMA "sub] end";
CREATE TABLE "<script>alert(1)</script>" (id int PRIMARY KEY,
    "a""b'c&d<e>" int REFERENCES "<script>alert(1)</script>");
CREATE TABLE U&"line\000Aend \202E turned \\ \0007" (id int PRIMARY KEY,
    "end" int REFERENCES "<script>alert(1)</script>",
    "x -->|y| z; style a:b#c;" int REFERENCES "<script>alert(1)</script>" ON DELETE CASCADE);
CREATE TABLE "sub] end"."`md**bold**`" (
    "&lt;&#60;" int REFERENCES "<script>alert(1)</script>",
    "\N \G \" int REFERENCES "<script>alert(1)</script>",
    U&"\8868\540D" int REFERENCES "<script>alert(1)</script>",
    "%% comment]]>" int REFERENCES "<script>alert(1)</script>");
SQL
check_pictures('hostile', 3, 7);
my $svg = slurp_file("$directory/hostile.svg");
like($svg, qr/>public\.&lt;script&gt;alert\(1\)&lt;\/script&gt;</, 'a tag as a name is text');
like($svg, qr/\[U\+000A\]end \[U\+202E\] turned \\ \[U\+0007\]/, 'what cannot be seen is shown by its number');
SKIP: {
    skip "Mermaid's parser is not there", 1 unless $has_mermaid;
    is( join("\n", sort split /\n/, parse_mermaid("$directory/hostile.mermaid")) . "\n", <<"TEXT", 'Mermaid reads the names as they are');
edge %% comment]]>
edge &lt;&#60;
edge \\N \\G \\
edge a"b'c&d<e>
edge end
edge x -->|y| z; style a:b#c;
edge \xe8\xa1\xa8\xe5\x90\x8d
node <script>alert(1)</script>
node `md**bold**`
node line[U+000A]end [U+202E] turned \\ [U+0007]
TEXT
}
SKIP: {
    skip 'Graphviz is not there', 1 unless $has_dot;
    my ($out, $err);
    IPC::Run::run([ 'dot', '-Tsvg', "$directory/hostile.dot" ], '<', \undef, '>', \$out, '2>', \$err);
    my @texts = $out =~ /<text[^>]*>([^<]*)<\/text>/g;
    # Unescaped, without the numbers that Graphviz writes for some signs.
    s/&#(\d+);/chr $1/ge, s/&lt;/</g, s/&gt;/>/g, s/&quot;/"/g, s/&amp;/&/g for @texts;
    is(join("\n", sort grep { !/ON DELETE/ } @texts) . "\n", <<"TEXT", 'Graphviz reads the names as they are');
%% comment]]>
&lt;&#60;
<script>alert(1)</script>
Foreign keys: 3 tables, 7 foreign keys
\\N \\G \\
`md**bold**`
a"b'c&d<e>
end
line[U+000A]end [U+202E] turned \\ [U+0007]
public
sub] end
x -->|y| z; style a:b#c;
\xe8\xa1\xa8\xe5\x90\x8d
TEXT
}

# A hundred tables are drawn one by one; more than 150 as their schemas, or around a root.
create('large');
$node->safe_psql('large', <<'SQL');
CREATE SCHEMA sales;
CREATE TABLE hub (id int PRIMARY KEY);
DO $$
BEGIN
    FOR number IN 1 .. 99 LOOP
        EXECUTE format('CREATE TABLE %s.t%s (id int PRIMARY KEY, hub_id int REFERENCES hub, other int REFERENCES %s)',
            CASE WHEN number % 2 = 0 THEN 'sales' ELSE 'public' END, number,
            CASE number WHEN 1 THEN 'hub' ELSE CASE WHEN (number / 2) % 2 = 0 THEN 'sales' ELSE 'public' END || '.t' || number / 2 END);
    END LOOP;
END
$$;
SQL
check_pictures('large', 100, 198);
$node->safe_psql('large', <<'SQL');
DO $$
BEGIN
    FOR number IN 100 .. 199 LOOP
        EXECUTE format('CREATE TABLE t%s (hub_id int REFERENCES hub)', number);
    END LOOP;
END
$$;
SQL
$svg = slurp_file(save('large', 'svg'));
like($svg, qr/200 tables, 298 foreign keys/, 'too many tables: all are counted');
like($svg, qr/More than 150 tables are too many for one picture: these are the schemas/, 'too many tables: it says so');
is(scalar(() = $svg =~ /<g class="fkaudit-card/g), 2, 'too many tables: a card for each schema');
like($svg, qr/The most referenced: public\.hub, /, 'too many tables: roots to choose from');
$svg = slurp_file(save('large', 'svg', 'sales.t98'));
like($svg, qr/Foreign keys around sales\.t98/, 'around a root: a title');
is(join(' ', sort $svg =~ /<g class="fkaudit-card[^>]*"><title>([^<]*)/g), 'public.hub public.t1 public.t3 public.t49 sales.t12 sales.t24 sales.t6 sales.t98',
    'around a root: what it needs, and what hangs on it');
$svg = slurp_file(save('large', 'svg', 'hub'));
like($svg, qr/The nearest 150 tables are shown, 50 farther away are not/, 'around a root: what is left out is said');

SKIP: {
    my $samples = $ENV{FKAUDIT_SAMPLE_DATA};
    skip 'FKAUDIT_SAMPLE_DATA names no folder with the sample databases', 1 unless $samples;
    my %sizes = (chinook => [ 11, 11 ], pagila => [ 21, 40 ], northwind => [ 13, 13 ], baseball => [ 23, 31 ]);
    for my $name (sort keys %sizes)
    {
        create($name);
        system_or_bail("gzip -dc '$samples/$name.sql.gz' | psql -X -q -v ON_ERROR_STOP=1 -o /dev/null -d '"
              . $node->connstr($name) . "'");
        check_pictures($name, @{ $sizes{$name} });
    }
}

$node->stop;
done_testing();
