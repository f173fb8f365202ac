# Databases of other encodings than UTF-8: names, keys and examples.
use strict;
use warnings;
use utf8;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('encodings');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\nautovacuum = off");
$node->start;

# The same schema everywhere, sent as UTF-8 and kept in the database's encoding; SQL_ASCII keeps the bytes.
my $schema = <<'SQL';
CREATE EXTENSION fkaudit;
CREATE TABLE "Größe" ("Schlüssel" text PRIMARY KEY);
INSERT INTO "Größe" VALUES ('groß'), ('klein');
CREATE TABLE "Maß" ("Nr" int PRIMARY KEY, "Größe" text CONSTRAINT "Maß Größe" REFERENCES "Größe");
SET session_replication_role = replica;
INSERT INTO "Maß" VALUES (1, 'groß'), (2, 'größer'), (3, 'größer'), (4, 'GROß');
SQL
utf8::encode($schema);

for my $encoding ('UTF8', 'LATIN1', 'WIN1252', 'SQL_ASCII')
{
    my $name = lc $encoding;
    $node->safe_psql('postgres',
        "CREATE DATABASE $name TEMPLATE template0 ENCODING '$encoding' LC_COLLATE 'C' LC_CTYPE 'C'");
    # SQL_ASCII converts nothing, so the client's encoding does not matter there.
    my $client = $encoding eq 'SQL_ASCII' ? '' : 'SET client_encoding = UTF8;';
    $node->safe_psql($name, "$client $schema");
    my $ask = sub {
        my $answer = $node->safe_psql($name, "$client $_[0]");
        utf8::decode($answer);
        return $answer;
    };
    is( $ask->('SELECT child, constraint_name, orphan_rows, missing_keys, example, parent FROM fk_check()'),
        '"Maß"|Maß Größe|3|2|{"Größe": "größer"}|"Größe"', "$encoding: fk_check");
    is( $ask->('SELECT row_key, foreign_key, row_table FROM fk_orphans()'),
        join("\n",
            '{"Nr": 2}|{"Größe": "größer"}|"Maß"', '{"Nr": 3}|{"Größe": "größer"}|"Maß"',
            '{"Nr": 4}|{"Größe": "GROß"}|"Maß"'),
        "$encoding: fk_orphans");
}

# A SQL_ASCII database holds any bytes, also such as no encoding has.
$node->safe_psql('sql_ascii', q{SET session_replication_role = replica;
    CREATE TABLE bytes (id int PRIMARY KEY, k text); INSERT INTO bytes VALUES (1, E'\xff\xfe'), (2, E'\xc3'), (3, 'klein')});
is( $node->safe_psql('sql_ascii',
        q{SELECT string_agg(row_key ->> 'id', ' ') FROM fk_orphans('bytes', '{k}', (SELECT confrelid FROM pg_constraint
            WHERE contype = 'f')::regclass, ARRAY(SELECT attname FROM pg_attribute JOIN pg_constraint ON attrelid = confrelid
            WHERE attnum = 1 AND contype = 'f'))}),
    '1 2', 'SQL_ASCII: bytes that are no text elsewhere');

$node->stop;
done_testing();
