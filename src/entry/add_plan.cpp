#include "src/catalog/scope.hpp"
#include "src/catalog/type_loader.hpp"
#include "src/check/examination.hpp"
#include "src/check/sql_engine.hpp"
#include "src/check/undeclared.hpp"
#include "src/entry/entry.hpp"
#include "src/entry/index_gaps.hpp"
#include "src/entry/repair_steps.hpp"
#include "src/entry/this_server.hpp"
#include "src/pg/compat.hpp"
#include "src/pg/spi.hpp"
#include "src/plan/addition.hpp"
#include "src/plan/cluster_rules.hpp"

namespace fkaudit::entry {

namespace {

using model::action;
using model::constraint;
using model::relation;
using text = std::string_view;

constexpr std::int64_t batch_rows = 10000;

text require_text(pg::call& current, int position, text name, text hint) {
    auto const given = current.text_argument(position);
    if (!given) throw model::error{"22004", current.arena().concat(name, " must not be null"), {}, hint};
    return *given;
}

action read_action(pg::call& current, int position, text name) {
    constexpr text hint = "Use no action, restrict, cascade, set null or set default.";
    auto const given = require_text(current, position, name, hint);
    for (auto const one :
         {action::no_action, action::restrict_, action::cascade, action::set_null, action::set_default})
        if (model::to_text(one) == given) return one;
    throw model::error{"22023", current.arena().concat("unrecognized action \"", given, '"'), {}, hint};
}

/// What ATAddForeignKeyConstraint and transformAlterTableStmt refuse of a key that can be examined.
void refuse_undeclarable(model::arena& arena, constraint const& key) {
    if (key.child->kind == 'f')
        throw model::error{"0A000", "foreign key constraints are not supported on foreign tables"};
    if (key.parent->kind == 'f')
        throw model::error{"42809", arena.concat("referenced relation \"", key.parent->name.name, "\" is not a table")};
    for (auto const number : key.child_columns) {
        if (key.child->find_column(number)->generated == '\0') continue;
        auto const refuse = [&](text event) {
            throw model::error{"42601", arena.concat("invalid ", event,
                                                     " action for foreign key constraint containing generated column")};
        };
        auto const writes = [](action one) { return one == action::set_null || one == action::set_default; };
        if (writes(key.on_update) || key.on_update == action::cascade) refuse("ON UPDATE");
        if (writes(key.on_delete)) refuse("ON DELETE");
    }
}

void refuse_in_shards(model::arena& arena, model::database const& database, constraint const& key) {
    if (auto const obstacle = plan::find_cluster_obstacle(arena, database, key); !obstacle.empty())
        throw model::error{
            "0A000",
            arena.concat("no foreign key from ", key.child->qualified, " to ", key.parent->qualified, " can be added"),
            arena.concat(obstacle, ".")};
}

/// A unique index of a partitioned table holds the columns that its rows are distributed by (indexcmds.c: DefineIndex).
void refuse_partition_keys(pg::call& current, model::database const& database, constraint const& key) {
    auto& arena = current.arena();
    model::vector<model::oid> tables(arena);
    for (auto const& one : database.relations)
        if (one.is_partitioned() && (one.id == key.parent->id || database.is_partition_of(one, *key.parent)))
            tables.push_back(one.id);
    auto const found = pg::spi::select<pg::spi::row<model::identifier, std::optional<model::identifier>>>(
        arena,
        "SELECT r.relname, a.attname FROM pg_partitioned_table p JOIN pg_class r ON r.oid = p.partrelid"
        " CROSS JOIN LATERAL unnest(p.partattrs::int2[]) n"
        " LEFT JOIN pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = n AND n > 0"
        " WHERE p.partrelid = ANY($1) ORDER BY p.partrelid, n",
        std::span<model::oid const>(tables.data(), tables.size()));
    for (auto const& one : found) {
        auto const& table = std::get<0>(one);
        auto const& column = std::get<1>(one);
        if (!column)
            throw model::error{"0A000", "unsupported UNIQUE constraint with partition key definition",
                               "UNIQUE constraints cannot be used when partition keys include expressions."};
        bool const is_held =
            std::any_of(key.parent_columns.begin(), key.parent_columns.end(),
                        [&](std::int16_t number) { return key.parent->find_column(number)->name == *column; });
        if (!is_held)
            throw model::error{"0A000", "unique constraint on partitioned table must include all partitioning columns",
                               arena.concat("UNIQUE constraint on table \"", table.name, "\" lacks column \"",
                                            column->name, "\" which is part of the partition key.")};
    }
}

class duplicate_task final : public check::task {
public:
    duplicate_task(model::arena& arena, constraint const& key) : arena_(arena), key_(key) {}
    check::purpose what() const noexcept override { return check::purpose::query; }
    void run(check::engine&, std::span<check::work_item>) override {
        auto const list = [&](text separator, text behind) {
            return arena_.join(key_.parent_columns, separator, [&](std::int16_t number) {
                return arena_.concat("p.", key_.parent->find_column(number)->name.quoted, behind);
            });
        };
        auto const query = arena_.concat(
            "SELECT pg_catalog.count(*) FROM (SELECT 1 FROM ", key_.parent->is_partitioned() ? "" : "ONLY ",
            key_.parent->qualified, " p WHERE ", list(" AND ", " IS DISTINCT FROM NULL"), " GROUP BY ", list(", ", ""),
            " HAVING pg_catalog.count(*) OPERATOR(pg_catalog.>) 1) d", '\0');
        keys = std::get<0>(pg::spi::select<pg::spi::row<std::int64_t>>(arena_, query.data())[0]);
    }
    std::int64_t keys = 0;

private:
    model::arena& arena_;
    constraint const& key_;
};

void refuse_duplicates(pg::call& current, check::verdict& found) {
    auto& arena = current.arena();
    auto const& key = *found.key;
    duplicate_task work(arena, key);
    check::set_check_settings();
    check::examine(current, {&found, 1}, work);
    if (!found.is_examined()) refuse_not_examined(arena, found);
    if (work.keys > 0)
        throw model::error{
            "23505", arena.concat("the key cannot reference ", key.parent->qualified, ": its columns are not unique"),
            arena.concat(work.keys, work.keys == 1 ? " value" : " values", " of (",
                         model::column_list(arena, *key.parent, key.parent_columns), ") ",
                         work.keys == 1 ? "occurs" : "occur", " more than once."),
            "Remove the duplicates first."};
}

/// The name that PostgreSQL would give (indexcmds.c: ChooseForeignKeyConstraintNameAddition).
model::identifier choose_name(model::arena& arena, constraint const& key) {
    auto const columns = arena.join(key.child_columns, "_",
                                    [&](std::int16_t number) { return key.child->find_column(number)->name.name; });
    return pg::guarded([&]() -> model::identifier {
        char* const table = pnstrdup(key.child->name.name.data(), key.child->name.name.size());
        char* const list = pnstrdup(columns.data(), columns.size());
        text const name = ChooseConstraintName(table, list, "fkey", get_rel_namespace(key.child->id), NIL);
        auto const kept = arena.copy(name);
        return {kept, pg::spi::quote_name(arena, kept)};
    });
}

bool is_same(constraint const& declared, model::constraint_row const& row, constraint const& key) {
    if (row.child != key.child->id || declared.parent->id != key.parent->id || declared.is_temporal ||
        row.child_columns.size() != key.child_columns.size())
        return false;
    for (std::size_t position = 0; position < key.child_columns.size(); ++position) {
        bool found = false;
        for (std::size_t other = 0; other < row.child_columns.size(); ++other)
            found = found || (row.child_columns[other] == key.child_columns[position] &&
                              declared.parent_columns[other] == key.parent_columns[position]);
        if (!found) return false;
    }
    return true;
}

constraint const* find_same(model::database const& whole, constraint const& key) {
    for (auto const& one : whole.constraints)
        for (auto const& row : one.rows)
            if (is_same(one, row, key)) return &one;
    return nullptr;
}

void say_declared(constraint const& same) {
    pg::guarded([&] {
        auto const size = [](text value) { return static_cast<int>(value.size()); };
        ereport(NOTICE, (errmsg("the key is declared already: \"%.*s\" of %.*s", size(same.name.name),
                                same.name.name.data(), size(same.child->qualified), same.child->qualified.data()),
                         errhint("fk_validate_plan() prints what it needs to be trusted.")));
    });
}

/// The constraints that PostgreSQL would derive for the child's partitions, whose columns can stand in another order.
std::span<model::constraint_row const> rows_of_partitions(model::arena& arena, model::database const& database,
                                                          constraint const& key) {
    model::vector<model::constraint_row> rows(arena);
    for (auto const& one : database.relations) {
        if (!database.is_partition_of(one, *key.child)) continue;
        auto const columns = arena.array<std::int16_t>(key.child_columns.size());
        pg::guarded([&] {
            for (std::size_t position = 0; position < columns.size(); ++position)
                columns[position] = get_attnum(one.id, arena.c_string(key.child_column(position).name.name));
        });
        model::constraint_row row;
        row.side = model::constraint_row::origin::referencing;
        row.child = one.id;
        row.parent = key.parent->id;
        row.child_columns = columns;
        rows.push_back(row);
    }
    return arena.copy(std::span<model::constraint_row const>(rows.data(), rows.size()));
}

/// Names for unique indexes are those of constraints, the others' those of indexes.
class unique_names final : public plan::index_names {
public:
    explicit unique_names(model::arena& arena) : names_(arena) {}
    model::identifier choose(relation const& table, text columns) override {
        return names_.choose(table, columns, "key");
    }

private:
    catalog::free_names names_;
};

}  // namespace

Datum add_plan(pg::call& current) {
    auto& arena = current.arena();
    auto described = check::read_undeclared_key(current);
    auto const keys = arena.array<constraint>(1);
    auto& key = keys[0];
    key = described.database.constraints[0];
    key.on_delete = read_action(current, 5, "on_delete");
    key.on_update = read_action(current, 6, "on_update");
    auto const strategy = plan::read_strategy(
        arena, require_text(current, 7, "strategy", "Use auto, delete, set null, quarantine or create parents."));
    refuse_undeclarable(arena, key);
    pg::result_set result(current);
    auto const whole = catalog::load(current, {});
    if (auto const* const same = find_same(whole, key)) {
        say_declared(*same);
        return result.finish();
    }
    key.name = choose_name(arena, key);
    described.database.constraints = keys;
    catalog::load_operators(arena, described.database);
    catalog::load_types(arena, described.database);
    refuse_in_shards(arena, described.database, key);

    check::verdict found{.key = &key};
    plan::addition wanted{.key = &key, .needs_unique = !described.detail.empty()};
    if (wanted.needs_unique) {
        if (key.parent->is_partitioned()) refuse_partition_keys(current, described.database, key);
        refuse_duplicates(current, found);
    }
    wanted.repair = plan_repair(current, {&found, &described.database, &whole},
                                strategy ? *strategy : plan::follow_action(key), batch_rows);
    if (!found.is_examined()) refuse_not_examined(arena, found);
    wanted.orphan_rows = found.orphan_rows;
    key.rows = rows_of_partitions(arena, described.database, key);
    constraint const* const asked[] = {&key};
    for (auto const& gap : find_index_gaps(current, described.database, asked, false))
        wanted.index_statements = gap.ddl;

    unique_names names(arena);
    auto const steps = plan::plan_addition(arena, described.database, wanted, names,
                                           {.partitioned_not_valid = pg::accepts_not_valid_partitioned_keys,
                                            .extension_schema = catalog::extension_schema(current)});
    result.add_each(steps, [&](pg::row_builder& row, plan::plan_step const& one) {
        row << static_cast<std::int32_t>(&one - steps.data()) + 1 << key.child->id << key.name << one.statement
            << one.lock_mode << one.blocking << one.detail;
    });
    return result.finish();
}

}  // namespace fkaudit::entry
