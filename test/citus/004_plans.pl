# The plans for tables of Citus: every statement that they print runs on the coordinator, and reaches the shards. What Citus
# would refuse is refused before, by the same cases.
use strict;
use warnings;
use PostgreSQL::Test::Utils;
use Test::More;

use Cluster;

my ($coordinator, @workers) = Cluster::start();
Cluster::make_shop($coordinator);

sub ask { return $coordinator->safe_psql('postgres', join(';', @_)) }

sub error_of
{
    my (undef, undef, $error) = $coordinator->psql('postgres', join(';', @_));
    return $error;
}

# Runs the statements that a function prints, in one session; returns them, and fails where one of them fails.
sub run_plan
{
    my ($call, $column) = @_;
    $column //= 'statement';
    my $statements = ask("SELECT s FROM $call p, string_to_table(p.$column, E'\\n') s");
    my $out = $coordinator->safe_psql('postgres', $statements);
    unlike($out, qr/\|f\|/, "no node refuses what $call prints") if $statements =~ /run_(command|on)/;
    return $statements;
}

# What every copy of every shard says, each answer once with how often it was given.
sub on_shards
{
    my ($table, $query) = @_;
    return ask("SELECT result, count(*) FROM run_command_on_placements('$table', \$\$$query\$\$) GROUP BY 1 ORDER BY 1");
}

my $keys = q{SELECT string_agg(concat_ws(' ', regexp_replace(conname, '_\d+$', ''), confdeltype, confupdtype, condeferrable,
    condeferred, convalidated), ', ' ORDER BY conname) FROM pg_constraint WHERE contype = 'f' AND conrelid = '%s'::regclass};
my $indexes = q{SELECT string_agg(concat_ws(' ', regexp_replace(indexrelid::regclass::text, '_\d+$', ''), indisvalid),
    ', ' ORDER BY indexrelid) FROM pg_index WHERE NOT indisprimary AND indrelid = '%s'::regclass};
my $enabled = q{SELECT string_agg(DISTINCT tgenabled::text, '') FROM pg_trigger WHERE tgrelid = '%s'::regclass};

sub run_on_node
{
    my ($node, $statement) = @_;
    $node->safe_psql('postgres', "SET citus.enable_manual_changes_to_shards = on; $statement");
}

# A shard with its number, and the worker that has it.
sub shard_of
{
    my ($table) = @_;
    my ($number, $port) = split /\|/,
      ask("SELECT shardid, nodeport FROM citus_shards WHERE table_name = '$table'::regclass ORDER BY 1 LIMIT 1");
    return ($number, grep { $_->port == $port } $coordinator, @workers);
}

# Add: distributed to reference, with orphans.
ask(q{INSERT INTO visits VALUES (900, 1, 'XX'), (901, 2, 'YY')});
is( run_plan(q{fk_add_plan('visits', '{country}', 'countries', '{code}', on_delete => 'cascade', strategy => 'delete')})
      =~ s/DO .*/DO …/r,
    <<'SQL' =~ s/\n$//r, 'a key to a reference table');
CREATE INDEX CONCURRENTLY visits_country_idx ON public.visits (country);
ALTER TABLE public.visits ADD CONSTRAINT visits_country_fkey FOREIGN KEY (country) REFERENCES public.countries(code) ON DELETE CASCADE NOT VALID;
DO …
ALTER TABLE public.visits VALIDATE CONSTRAINT visits_country_fkey;
SQL
is(on_shards('visits', $keys), 'visits_country_fkey c a f f t|3', 'is valid on every shard');
is(on_shards('visits', $indexes), 'visits_country_idx t|3', 'with its index');
is(ask(q{SELECT verdict, rows_checked FROM fk_check('visits')}), 'trusted|30', 'and trusted');

# Co-located tables, where the parent needs a unique index first.
ask(q{ALTER TABLE customers ADD COLUMN number int}, q{UPDATE customers SET number = id + 1000},
    q{CREATE TABLE notes (tenant int, number int, note text)},
    q{SELECT create_distributed_table('notes', 'tenant', colocate_with => 'customers')},
    q{INSERT INTO notes SELECT tenant, number FROM customers});
is(run_plan(q{fk_add_plan('notes', '{tenant,number}', 'customers', '{tenant,number}', on_delete => 'cascade')}),
    <<'SQL' =~ s/\n$//r, 'a key between co-located tables');
CREATE UNIQUE INDEX CONCURRENTLY customers_tenant_number_key ON public.customers (tenant, number);
ALTER TABLE public.customers ADD CONSTRAINT customers_tenant_number_key UNIQUE USING INDEX customers_tenant_number_key;
CREATE INDEX CONCURRENTLY notes_tenant_number_idx ON public.notes (tenant, number);
ALTER TABLE public.notes ADD CONSTRAINT notes_tenant_number_fkey FOREIGN KEY (tenant, number) REFERENCES public.customers(tenant, number) ON DELETE CASCADE NOT VALID;
ALTER TABLE public.notes VALIDATE CONSTRAINT notes_tenant_number_fkey;
SQL
is(on_shards('notes', $keys), 'notes_tenant_number_fkey c a f f t|4', 'is valid on every shard');
is(on_shards('customers', $indexes), 'customers_tenant_number_key t|4', 'and its parent unique');

# A table of this server becomes one of Citus.
ask(q{CREATE TABLE offices (id int PRIMARY KEY, country char(2))}, q{INSERT INTO offices VALUES (1, 'DE'), (2, NULL)});
run_plan(q{fk_add_plan('offices', '{country}', 'countries', '{code}')});
is(on_shards('offices', $keys), 'offices_country_fkey a a f f t|1', 'a table of this server alone to a reference table');
is(ask(q{SELECT verdict, rows_checked, engine FROM fk_check('offices')}), 'trusted|2|sql', 'whose rows are counted still');

# Partitions.
ask(q{CREATE TABLE events (tenant int, customer int, at int, country char(2)) PARTITION BY RANGE (at)},
    q{CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (10)},
    q{CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM (10) TO (20)},
    q{SELECT create_distributed_table('events', 'tenant', colocate_with => 'customers')},
    q{INSERT INTO events SELECT tenant, id, id, 'DE' FROM customers});
run_plan(q{fk_add_plan('events', '{tenant,customer}', 'customers', '{tenant,id}', on_delete => 'cascade')});
is(on_shards($_, $keys), 'events_tenant_customer_fkey c a f f t|4', "a key of partitions: $_") for qw(events events_1);
is(on_shards('events_1', $indexes), 'events_1_tenant_customer_idx t|4', 'with an index');
is(ask(q{SELECT verdict FROM fk_missing_indexes('events', include_covered => true)}), 'covered', 'that covers');

# What Citus refuses, and what it says itself.
for my $case (
    [ 'visits', 'customer, k', 'customers', 'tenant, id', 'no action', 'no action', 'are not co-located' ],
    [ 'orders', 'customer, id', 'customers', 'tenant, id', 'no action', 'no action', 'it has to lead from tenant, by which' ],
    [ 'orders', 'tenant, id', 'customers', 'tenant, id', 'set null', 'no action', 'Citus takes no ON DELETE SET NULL' ],
    [ 'orders', 'tenant, id', 'customers', 'tenant, id', 'no action', 'cascade', 'Citus takes no ON UPDATE CASCADE' ],
    [ 'countries', 'code', 'offices', 'name', 'cascade', 'no action', 'with NO ACTION and RESTRICT alone' ],
    [ 'regions', 'id, id', 'customers', 'tenant, id', 'no action', 'no action', 'is spread over shards' ],
    [ 'visits', 'country', 'offices', 'name', 'no action', 'no action', 'is on this server alone' ])
{
    my ($child, $columns, $parent, $referenced, $delete, $update, $why) = @$case;
    ask(q{ALTER TABLE offices ADD COLUMN IF NOT EXISTS name char(2) UNIQUE});
    my $what = "$child ($columns) to $parent ON DELETE $delete ON UPDATE $update";
    $_ =~ s/ //g for my ($list, $other) = ($columns, $referenced);
    like(
        error_of("SELECT * FROM fk_add_plan('$child', '{$list}', '$parent', '{$other}', on_delete => '$delete', on_update => '$update')"),
        qr/ERROR:  no foreign key from public.$child to public.$parent can be added\nDETAIL:  .*\Q$why\E/, "refused: $what");
    isnt(error_of("ALTER TABLE $child ADD CONSTRAINT refused FOREIGN KEY ($columns) REFERENCES $parent ($referenced)"
              . " ON DELETE $delete ON UPDATE $update NOT VALID"), '', "as by Citus: $what");
}

# Another action, another deferrability.
is(run_plan(q{fk_action_plan('orders', 'orders_country', on_delete => 'cascade')}), <<'SQL' =~ s/\n$//r, 'another action');
BEGIN;
SET LOCAL citus.propagate_set_commands = 'local';
SET LOCAL lock_timeout = '3s';
ALTER TABLE public.orders DROP CONSTRAINT orders_country;
ALTER TABLE public.orders ADD CONSTRAINT orders_country FOREIGN KEY (country) REFERENCES public.countries(code) ON DELETE CASCADE NOT VALID;
COMMIT;
ALTER TABLE public.orders VALIDATE CONSTRAINT orders_country;
SQL
is(on_shards('orders', $keys), 'orders_country c a f f t, orders_customer a a f f t|4', 'on every shard');
my ($number, $node) = shard_of('orders');
my $locking = $node->background_psql('postgres');
$locking->query_safe('BEGIN');
$locking->query_safe("SET citus.enable_manual_changes_to_shards = on; LOCK TABLE orders_$number IN ROW EXCLUSIVE MODE");
like(error_of(ask(q{SELECT string_agg(statement, E'\n') FROM fk_action_plan('orders', 'orders_country', on_delete => 'restrict')})),
    qr/ERROR:  canceling statement due to lock timeout/, 'a shard that is in use: the plan gives up');
$locking->query_safe('ROLLBACK');
$locking->quit;
is(on_shards('orders', $keys), 'orders_country c a f f t, orders_customer a a f f t|4', 'and nothing is changed');
ask(q{COMMENT ON CONSTRAINT orders_customer ON orders IS 'it''s kept'});
run_plan(q{fk_action_plan('orders', 'orders_customer', on_delete => 'cascade', deferrability => 'initially deferred')});
is(on_shards('orders', $keys), 'orders_country c a f f t, orders_customer c a t t t|4', 'between co-located tables');
is(ask(q{SELECT obj_description(oid, 'pg_constraint') FROM pg_constraint WHERE conname = 'orders_customer'}), q{it's kept},
    'with its comment');
like(error_of('ALTER TABLE orders ALTER CONSTRAINT orders_customer NOT DEFERRABLE'), qr/ERROR:  alter table command is currently unsupported/,
    'Citus alters no constraint in place');
run_plan(q{fk_action_plan('orders', 'orders_customer', deferrability => 'not deferrable')});
is(on_shards('orders', $keys), 'orders_country c a f f t, orders_customer c a f f t|4', 'deferrability alone');
like(error_of(q{SELECT * FROM fk_action_plan('orders', 'orders_customer', on_delete => 'set null')}),
    qr/ERROR:  foreign key "orders_customer" cannot be changed so\nDETAIL:  Citus takes no ON DELETE SET NULL of a key with tenant in it/,
    'an action that Citus refuses');

# Trust: triggers, a key that a shard lacks, one that is NOT VALID there.
my ($country) = shard_of('countries');
run_on_node($node, "ALTER TABLE orders_$number DISABLE TRIGGER ALL");
run_on_node($workers[1], "ALTER TABLE countries_$country DISABLE TRIGGER ALL");
is(run_plan(q{fk_validate_plan('orders', 'orders_country')}), <<'SQL' =~ s/\n$//r, 'disabled triggers of shards');
SELECT * FROM pg_catalog.run_command_on_placements('public.orders', 'ALTER TABLE public.%s ENABLE TRIGGER ALL');
SELECT * FROM pg_catalog.run_command_on_placements('public.countries', 'ALTER TABLE public.%s ENABLE TRIGGER ALL');
SELECT * FROM public.fk_check('public.orders', 'orders_country');
SQL
is(on_shards('orders', $enabled), 'O|4', 'enabled');
is(on_shards('countries', $enabled), 'O|3', 'on all copies');
like(error_of('ALTER TABLE orders ENABLE TRIGGER ALL'), qr/triggers are not supported on distributed tables/,
    'which Citus does not do from its coordinator');
run_on_node($node, "ALTER TABLE orders_$number DROP CONSTRAINT orders_country_$number");
run_on_node($node, "INSERT INTO orders_$number SELECT tenant, 4000, customer, 'ZZ' FROM orders_$number LIMIT 1");
my $plan = ask(q{SELECT string_agg(statement, E'\n') FROM fk_validate_plan('orders', 'orders_country')});
is($plan, <<'SQL' =~ s/\n$//r, 'a key that a shard lacks');
BEGIN;
ALTER TABLE public.orders DROP CONSTRAINT IF EXISTS orders_country;
ALTER TABLE public.orders ADD CONSTRAINT orders_country FOREIGN KEY (country) REFERENCES public.countries(code) ON DELETE CASCADE NOT VALID;
COMMIT;
SELECT * FROM public.fk_repair_plan('public.orders', 'orders_country');
ALTER TABLE public.orders VALIDATE CONSTRAINT orders_country;
SQL
run_plan(q{fk_repair_plan('orders', 'orders_country', 'delete')});
is(on_shards('orders', $keys), 'orders_country c a f f t, orders_customer c a f f t|4', 'is made anew, without its orphan');
is(ask(q{SELECT verdict, orphan_rows FROM fk_check('orders', 'orders_country')}), 'trusted|0', 'trusted');
run_on_node($node, "ALTER TABLE orders_$number DROP CONSTRAINT orders_country_$number, ADD CONSTRAINT orders_country_$number"
      . " FOREIGN KEY (country) REFERENCES countries_$country ON DELETE CASCADE NOT VALID");
is(run_plan(q{fk_validate_plan('orders', 'orders_country')}), 'ALTER TABLE public.orders VALIDATE CONSTRAINT orders_country;',
    'NOT VALID on a shard');
is(on_shards('orders', $keys), 'orders_country c a f f t, orders_customer c a f f t|4', 'is valid on all of them');

# The coordinator's own triggers, which fire for no shard.
ask(q{SET citus.enable_ddl_propagation = off}, q{ALTER TABLE orders DISABLE TRIGGER ALL});
run_plan(q{fk_validate_plan('orders')});
is(ask(q{SELECT DISTINCT tgenabled FROM pg_trigger WHERE tgrelid = 'orders'::regclass AND tgconstraint <> 0}), 'O',
    "the coordinator's triggers");
is(ask('SHOW citus.enable_ddl_propagation'), 'on', 'and nothing else is changed');
$workers[1]->stop('immediate');
like(ask(q{SELECT statement, detail FROM fk_validate_plan('customers', 'customers_country')}),
    qr/^SELECT \* FROM public.fk_constraints.*\(not known on shard.*/, 'shards that cannot be seen');
$workers[1]->start;

# Repairs.
like(error_of(q{SET citus.enable_ddl_propagation = on; SELECT * FROM fk_repair_plan('orders', 'orders_customer', 'set null')}),
    qr/nothing to repair/, 'nothing to repair');
run_on_node($node, "ALTER TABLE orders_$number DISABLE TRIGGER ALL");
run_on_node($node, "INSERT INTO orders_$number SELECT tenant, 4001, 999, 'ZZ' FROM orders_$number LIMIT 1");
like(error_of(q{SELECT * FROM fk_repair_plan('orders', 'orders_customer', 'set null')}),
    qr/ERROR:  column "tenant" of relation "orders" cannot be changed\nDETAIL:  It is the column by whose values Citus spreads/,
    'no row changes its shard');
like(error_of('UPDATE orders SET tenant = NULL'), qr/modifying the partition value of rows is not allowed/, 'as Citus says');
run_plan(q{fk_repair_plan('orders', 'orders_country', 'set null')});
is(ask(q{SELECT count(*) FROM orders WHERE id = 4001 AND country IS NULL}), 1, 'other columns can be NULL');
run_plan(q{fk_repair_plan('orders', 'orders_customer', 'delete')});
is(ask(q{SELECT string_agg(verdict, ' ') FROM fk_check('orders')}), 'trusted trusted', 'trusted again');

# Indexes.
is(run_plan(q{fk_missing_indexes('customers')}, 'ddl'), 'CREATE INDEX CONCURRENTLY customers_country_idx ON public.customers (country);',
    'an index');
is(on_shards('customers', $indexes), 'customers_tenant_number_key t, customers_country_idx t|4', 'on every shard');
ask(q{UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'customers_country_idx'::regclass});
run_on_node($workers[0], "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'customers_country_idx_$_'::regclass")
  for split /\n/, ask(q{SELECT shardid FROM citus_shards WHERE table_name = 'customers'::regclass AND nodeport = } . $workers[0]->port);
is(run_plan(q{fk_missing_indexes('customers')}, 'ddl'), 'REINDEX INDEX CONCURRENTLY public.customers_country_idx;', 'one that is invalid');
is(on_shards('customers', $indexes), 'customers_tenant_number_key t, customers_country_idx t|4', 'is valid on every shard');
($number, $node) = shard_of('customers');
run_on_node($node, "DROP INDEX customers_country_idx_$number");
my $missing = "customers_country_idx: the index is missing on shard public.customers_$number (127.0.0.1:" . $node->port . ')';
like(ask(q{SELECT verdict, index, reason FROM fk_missing_indexes('customers')}),
    qr/^unusable\|customers_country_idx\|\Q$missing\E/, 'one that a shard lacks covers nothing');
is(ask(q{SELECT rule, message FROM fk_audit('customers') WHERE rule ~ 'index'}), "shard-index-missing|$missing", 'as its rule says, and no other');
is(run_plan(q{fk_missing_indexes('customers')}, 'ddl'),
    q{SELECT * FROM pg_catalog.master_run_on_worker(ARRAY['127.0.0.1'], ARRAY[} . $node->port
      . "], ARRAY['CREATE INDEX CONCURRENTLY customers_country_idx_$number ON public.customers_$number USING btree (country)'], false);",
    'on that shard alone');
is(on_shards('customers', $indexes), 'customers_tenant_number_key t, customers_country_idx t|4', 'and it is there');
is(ask(q{SELECT count(*) FROM fk_missing_indexes('customers')}), 0, 'and covers');
run_on_node($node, "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'customers_country_idx_$number'::regclass");
run_plan(q{fk_audit('customers')}, 'remedy');
is(on_shards('customers', $indexes), 'customers_tenant_number_key t, customers_country_idx t|4', 'one that is invalid on a shard');
ask(q{DROP INDEX events_tenant_customer_idx});
is(ask(q{SELECT verdict FROM fk_missing_indexes('events')}), 'missing', 'partitions without an index');
run_plan(q{fk_missing_indexes('events')}, 'ddl');
is(on_shards('events_2', $indexes), 'events_2_tenant_customer_idx t|4', 'the shards of the partitions have it');
is(ask(q{SELECT verdict FROM fk_missing_indexes('events', include_covered => true)}), 'covered', 'and it covers');

# Whatever an audit prints.
for my $statement (split /\n/, ask(q{SELECT DISTINCT s FROM fk_risky_actions(), string_to_table(ddl, E'\n') s WHERE ddl !~ '^BEGIN'}))
{
    is(error_of($statement), '', "runs: $statement");
}
for my $ddl (split /\n\n/, ask(q{SELECT string_agg(DISTINCT ddl, E'\n\n') FROM fk_risky_actions() WHERE ddl ~ '^BEGIN'}))
{
    is(error_of($ddl), '', "runs: $ddl");
}

# A circle of reference tables: Citus gives SET CONSTRAINTS to no shard, so that keys are dropped meanwhile.
ask(q{CREATE TABLE heads (id int PRIMARY KEY, town int)}, q{CREATE TABLE towns (id int PRIMARY KEY, head int)},
    q{CREATE TABLE a_town_table (id int PRIMARY KEY, town int)},
    q{SELECT create_reference_table('heads'), create_reference_table('towns')},
    q{SELECT create_distributed_table('a_town_table', 'id', colocate_with => 'none')},
    q{ALTER TABLE heads ADD CONSTRAINT heads_town FOREIGN KEY (town) REFERENCES towns DEFERRABLE},
    q{ALTER TABLE towns ADD CONSTRAINT towns_head FOREIGN KEY (head) REFERENCES heads DEFERRABLE},
    q{ALTER TABLE a_town_table ADD CONSTRAINT in_town FOREIGN KEY (town) REFERENCES towns});
isnt(error_of('BEGIN; SET CONSTRAINTS ALL DEFERRED; INSERT INTO heads VALUES (1, 1); INSERT INTO towns VALUES (1, 1); COMMIT'), '',
    'deferred in vain');
my @order = split /\n/, ask(q{SELECT step, relation FROM fk_load_order() WHERE relation::text !~ 'orphans'});
is(join(' ', grep { /\|(heads|towns|countries)$/ } @order[0 .. 2]), '1|countries 2|heads 3|towns', 'reference tables come first')
  or diag(join "\n", @order);
my ($before, $after) = map { ask("SELECT string_agg($_, E'\\n') FROM fk_load_order() WHERE relation IN ('heads', 'towns')") }
  qw(before_load after_load);
is(error_of("$before\nINSERT INTO heads VALUES (1, 1);\nINSERT INTO towns VALUES (1, 1);\n$after"), '', 'a circle is loaded');
is(on_shards('heads', $keys), 'heads_town a a t f t|3', 'and its keys are as they were');

done_testing();
