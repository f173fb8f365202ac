# The examples of README.md and doc/fkaudit.md print what they say, on the demo's web shop. A block is a statement, with
# or without the prompt `=#`, and its output. A line `…` stands for any lines; blank ends of lines do not count.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $directory = $ENV{TESTDIR};
my $node = PostgreSQL::Test::Cluster->new('documentation');
plan skip_all => 'the examples are of PostgreSQL 15 to 17: 18 and newer can skip through an index that is missing there'
    if $node->pg_version >= 18;
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\nautovacuum = off\ntrack_counts = on");
$node->start;
$node->safe_psql('postgres', q{CREATE DATABASE shop TEMPLATE template0 ENCODING 'UTF8'});
system_or_bail('psql', '-X', '-q', '-d', $node->connstr('shop'), '-f', "$directory/demo/shop.sql");
$node->safe_psql('shop', 'CREATE EXTENSION fkaudit');

# Blocks in ``` without a language or in ```sql that begin with SQL: the line, the statement, the output.
sub examples_of
{
    my ($file) = @_;
    my @lines = split /\n/, slurp_file("$directory/$file");
    my @examples;
    for (my $number = 0; $number < @lines; ++$number)
    {
        next unless $lines[$number] =~ /^```(?:sql)?$/;
        my $begin = $number + 1;
        ++$number until $lines[ $number + 1 ] eq '```';
        my @block = @lines[ $begin .. $number++ ];
        next unless $block[0] =~ s/^=# // || $block[0] =~ /^SELECT /;

        # The output begins with psql's heading: the line above a ruler, or a record.
        my ($heading) = grep { $block[$_] =~ /^-[-+]+$/ } 0 .. $#block;
        my ($record)  = grep { $block[$_] =~ /^-\[ RECORD 1 \]/ } 0 .. $#block;
        my $end = defined $record ? $record : defined $heading ? $heading - 1 : @block;
        push @examples,
          {
            place     => "$file:$begin",
            statement => join("\n", @block[ 0 .. $end - 1 ]),
            expanded  => defined $record,
            output    => join('', map { s/\s+$//r . "\n" } @block[ $end .. $#block ]),
          };
    }
    return @examples;
}

# What psql prints, as script/demo sets it up.
sub printed
{
    my ($example) = @_;
    my $statement = $example->{statement} =~ s/;$//r;
    my $script = "\\pset pager off\n\\pset columns 120\n"
      . ($example->{expanded} ? "\\pset format wrapped\n$statement \\gx\n" : "$statement;\n");
    my ($out, $err) = ('', '');
    IPC::Run::run([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('shop') ],
        '<', \$script, '>', \$out, '2>', \$err)
      or return "an error: $err";
    return join('', map { "$_\n" } grep { $_ ne '' } map { s/\s+$//r } split /\n/, $out);
}

my $with_output = 0;
for my $file ('README.md', 'doc/fkaudit.md')
{
    for my $example (examples_of($file))
    {
        # Statements alone are usage; those that change something are tested elsewhere, but for what examples go on from.
        $node->safe_psql('shop', $example->{statement}) if $example->{statement} =~ /^CALL /;
        next if $example->{output} eq '';
        ++$with_output;
        my $pattern = join '', map { /^\s*…$/ ? '(?:.*\n)*?' : quotemeta . "\n" } split /\n/, $example->{output};
        like(printed($example), qr/\A$pattern\z/, "$example->{place} prints what it says");
    }
}
cmp_ok($with_output, '>=', 10, 'the examples were found');

$node->stop;
done_testing();
