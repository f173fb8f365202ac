#include "src/catalog/loader.hpp"

#include "src/catalog/cluster.hpp"
#include "src/catalog/placements.hpp"
#include "src/catalog/queries.hpp"
#include "src/catalog/row_sets.hpp"
#include "src/catalog/type_loader.hpp"
#include "src/pg/node_tree.hpp"
#include "src/pg/spi.hpp"

namespace fkaudit::catalog {

namespace {

using model::identifier;
using model::no_oid;
using pg::spi::row;
using pg::spi::select;
using text = std::string_view;
using numbers = std::span<std::int16_t const>;
template <class T>
using maybe = std::optional<T>;

using constraint_columns = row<oid, oid, identifier, oid, oid, numbers, numbers, ids, char, char, char, maybe<numbers>,
                               bool, bool, bool, bool, bool, oid>;
using relation_columns = row<oid, identifier, identifier, char, char, bool, bool, bool, bool, bool, oid, oid,
                             std::int64_t, std::int64_t, std::int64_t, std::int64_t, ids, ids>;
using column_columns =
    row<oid, std::int16_t, identifier, oid, std::int32_t, text, oid, bool, bool, bool, char, char, maybe<text>>;
using statistics_columns = row<oid, std::int16_t, double, double>;
using check_columns = row<oid, identifier, bool, text>;
using index_columns = row<oid, oid, identifier, identifier, identifier, bool, bool, bool, bool, bool, bool, bool, bool,
                          std::int16_t, numbers, ids, ids, maybe<text>, maybe<text>, oid>;
using class_columns = row<oid, identifier, identifier, text, oid, oid, bool>;
using trigger_columns = row<oid, oid, oid, identifier, bool, char, bool, bool>;

/// Builds a database, one kind of object after the other; each step is one query.
class loader {
public:
    loader(pg::call& current, scope const& wanted)
        : current_(current),
          arena_(current.arena()),
          shards_(wanted.shards),
          statistics_(wanted.statistics),
          definitions_(wanted.definitions),
          types_(wanted.definitions || wanted.types),
          keeps_plans_(wanted.child.has_value() || wanted.keys.has_value()) {}

    model::database load(scope const& wanted) {
        found_ = wanted.keys ? ask<constraint_columns>(queries::rows_of_keys, *wanted.keys)
                             : ask<constraint_columns>(queries::constraint_rows, wanted.child, wanted.constraint_name);
        return load(ids());
    }

    /// The tables of the foreign keys found so far, and others.
    model::database load(ids tables) {
        load_relations(tables);
        link_constraints();
        if (definitions_) load_operators(arena_, database_);
        if (types_) load_types(arena_, database_);
        return database_;
    }

private:
    /// Planning takes longer than running for one table, and plans for any parameters serve few of them; a whole database
    /// has plans of its own.
    template <class Row, class... Parameter>
    std::span<Row const> ask(pg::spi::kept_query& query, Parameter const&... parameter) {
        return keeps_plans_ ? select<Row>(arena_, query, parameter...) : select<Row>(arena_, query.sql, parameter...);
    }

    void load_relations(ids others);
    void load_columns(std::span<model::relation> relations, ids tables);
    void load_statistics(std::span<model::column> columns, std::span<column_columns const> rows, ids tables);
    void load_checks(std::span<model::relation> relations, ids tables);
    void load_operator_classes();
    void load_indexes(std::span<model::relation> relations, ids tables);
    void mark_spread(std::span<model::relation> relations, ids tables);
    void break_circles(std::span<model::relation> relations);
    void sum_leaves(std::span<model::relation> relations);
    void link_constraints();
    std::span<model::constraint_row const> link_rows(constraint_columns const& declared,
                                                     std::span<trigger_columns const> triggers);
    bool derives_from_itself(constraint_columns const& row) const;
    text find_damage(constraint_columns const& row, model::constraint const& key) const;
    void report_damage(constraint_columns const& row, text damage);

    pg::call& current_;
    model::arena& arena_;
    bool shards_, statistics_, definitions_, types_, keeps_plans_;
    std::span<constraint_columns const> found_;
    model::vector<constraint_columns const*> derived_{arena_};  ///< by what they derive from
    model::vector<model::damaged_constraint> damaged_{arena_};
    model::database database_;
};

/// SET NULL or SET DEFAULT (confdeltype, confupdtype).
bool writes_child(char action) { return action == 'n' || action == 'd'; }

void loader::load_relations(ids others) {
    oid_set ends(arena_), declared(arena_);
    for (auto const& one : found_) {
        ends.insert(std::get<3>(one));
        ends.insert(std::get<4>(one));
        if (std::get<1>(one) == no_oid) {
            declared.insert(std::get<3>(one));
            declared.insert(std::get<4>(one));
        } else if (writes_child(std::get<9>(one)) || writes_child(std::get<10>(one))) {
            // A partition may refuse what its parent takes.
            declared.insert(std::get<3>(one));
        }
    }
    ends.insert_all(others);
    declared.insert_all(others);

    auto const rows = ask<relation_columns>(queries::relations, ends.items(), statistics_);
    auto const relations = arena_.array<model::relation>(rows.size());
    oid_set all(arena_);
    for (std::size_t number = 0; number < rows.size(); ++number) {
        auto& one = relations[number];
        std::tie(one.id, one.schema, one.name, one.kind, one.persistence, one.is_partition, one.is_other_temporary,
                 one.row_security, one.forced_row_security, one.has_triggers, one.owner, one.access_method, one.rows,
                 one.bytes, one.deletes, one.updates, one.parents, one.children) = rows[number];
        one.qualified = arena_.concat(one.schema.quoted, '.', one.name.quoted);
        all.insert(one.id);
    }
    load_columns(relations, declared.items());
    if (definitions_) load_checks(relations, declared.items());
    load_indexes(relations, all.items());
    database_.relations = relations;
    mark_spread(relations, all.items());
    break_circles(relations);
    sum_leaves(relations);
}

void loader::load_columns(std::span<model::relation> relations, ids tables) {
    auto const rows = ask<column_columns>(queries::columns, tables);
    auto const columns = arena_.array<model::column>(rows.size());
    pg::guarded([&] {
        for (std::size_t number = 0; number < rows.size(); ++number) {
            auto& one = columns[number];
            oid relation = no_oid;
            maybe<text> value;
            std::tie(relation, one.number, one.name, one.type, one.modifier, one.type_display, one.collation,
                     one.not_null, one.is_never_null, one.has_default, one.identity, one.generated, value) =
                rows[number];
            if (value)
                (one.generated != '\0' ? one.generation : one.default_value) = pg::read_expression(arena_, *value);
        }
    });
    if (statistics_) load_statistics(columns, rows, tables);
    for (auto& relation : relations) {
        auto const mine = rows_of(rows, relation.id);
        relation.columns = columns.subspan(static_cast<std::size_t>(mine.data() - rows.data()), mine.size());
    }
}

void loader::load_statistics(std::span<model::column> columns, std::span<column_columns const> rows, ids tables) {
    auto const found = select<statistics_columns>(arena_, queries::column_statistics, tables);
    std::size_t number = 0;
    for (auto const& [relation, column, null_fraction, distinct_values] : found) {
        // Both are sorted by table and column number.
        while (number < rows.size() &&
               std::tie(std::get<0>(rows[number]), std::get<1>(rows[number])) < std::tie(relation, column))
            ++number;
        if (number == rows.size()) break;
        if (std::get<0>(rows[number]) != relation || std::get<1>(rows[number]) != column) continue;
        columns[number].null_fraction = null_fraction;
        columns[number].distinct_values = distinct_values;
    }
}

void loader::load_checks(std::span<model::relation> relations, ids tables) {
    auto const rows = select<check_columns>(arena_, queries::checks, tables);
    auto const checks = arena_.array<model::check_constraint>(rows.size());
    pg::guarded([&] {
        for (std::size_t number = 0; number < rows.size(); ++number) {
            auto const& [relation, name, is_validated, condition] = rows[number];
            checks[number] = {name, is_validated, pg::read_expression(arena_, condition)};
        }
    });
    for (auto& relation : relations) {
        auto const mine = rows_of(rows, relation.id);
        relation.checks = checks.subspan(static_cast<std::size_t>(mine.data() - rows.data()), mine.size());
    }
}

void loader::load_operator_classes() {
    auto const rows = select<class_columns>(arena_, queries::operator_classes);
    auto const classes = arena_.array<model::operator_class>(rows.size());
    for (std::size_t number = 0; number < rows.size(); ++number) {
        auto& one = classes[number];
        std::tie(one.id, one.schema, one.name, one.access_method, one.operator_family, one.input_type, one.is_default) =
            rows[number];
    }
    database_.operator_classes = classes;
}

void loader::load_indexes(std::span<model::relation> relations, ids tables) {
    if (definitions_) load_operator_classes();
    auto const rows = ask<index_columns>(queries::indexes, tables);
    auto const indexes = arena_.array<model::index>(rows.size());
    pg::guarded([&] {
        for (std::size_t number = 0; number < rows.size(); ++number) {
            auto& one = indexes[number];
            identifier method;
            std::int16_t key_count = 0;
            numbers columns;
            ids operator_classes, collations;
            maybe<text> expressions, predicate;
            std::tie(one.relation, one.id, one.schema, one.name, method, one.is_partitioned, one.is_unique,
                     one.is_primary, one.is_valid, one.is_ready, one.is_live, one.is_immediate, one.nulls_not_distinct,
                     key_count, columns, operator_classes, collations, expressions, predicate, one.parent) =
                rows[number];
            one.access_method = method.name;
            one.qualified = arena_.concat(one.schema.quoted, '.', one.name.quoted);
            auto const keys = arena_.array<model::index_key>(
                std::min({static_cast<std::size_t>(key_count), columns.size(), operator_classes.size()}));
            std::span<model::expression const> values;
            if (expressions) values = pg::read_expressions(arena_, *expressions);
            std::size_t next_value = 0;
            for (std::size_t position = 0; position < keys.size(); ++position) {
                auto& key = keys[position];
                key.column = columns[position];
                if (key.column == 0 && next_value < values.size()) key.value = &values[next_value++];
                key.operator_class = operator_classes[position];
                if (position < collations.size()) key.collation = collations[position];
                if (auto const* const found = database_.find_operator_class(key.operator_class)) {
                    key.operator_family = found->operator_family;
                    key.input_type = found->input_type;
                }
            }
            one.keys = keys;
            one.included = columns.subspan(keys.size());
            if (predicate) one.predicate = pg::read_expression(arena_, *predicate);
        }
    });
    for (auto& relation : relations) {
        auto const mine = rows_of(rows, relation.id);
        relation.indexes = indexes.subspan(static_cast<std::size_t>(mine.data() - rows.data()), mine.size());
    }
}

/// The shards' figures, summed up; those of a table that is on every node, of one of its copies.
void add_figures(model::relation& table, std::span<model::placement const> places) {
    if (places.empty()) return;
    table.has_figures = true;
    bool const are_copies = table.spread == model::spreading::reference;
    auto const add = [&](std::int64_t& sum, std::int64_t more) { sum = are_copies ? std::max(sum, more) : sum + more; };
    table.rows = 0;
    for (auto const& one : places) {
        table.has_figures = table.has_figures && one.failure.empty();
        if (one.is_declaration()) continue;
        add(table.rows, one.rows);
        add(table.bytes, one.bytes);
        add(table.deletes, one.deletes);
        add(table.updates, one.updates);
    }
    if (!table.has_figures) table.rows = -1;
}

/// The figures of an empty heap say nothing of the rows.
void loader::mark_spread(std::span<model::relation> relations, ids tables) {
    for (auto const& [id, how, column, colocation] : find_spread_tables(arena_, tables)) {
        auto& one = *std::lower_bound(relations.begin(), relations.end(), id,
                                      [](model::relation const& a, oid b) { return a.id < b; });
        one.spread = how;
        one.distribution_column = column;
        one.colocation = colocation;
        one.rows = -1;
        one.bytes = one.deletes = one.updates = 0;
        one.has_figures = false;
    }
    if (!shards_) return;
    database_.placements = load_placements(current_, database_.relations);
    for (auto& one : relations) add_figures(one, database_.placements_of(one.id));
}

/// An edited catalog can make a table its own ancestor; nobody who walks up or down may walk for ever.
void loader::break_circles(std::span<model::relation> relations) {
    auto const is_own_ancestor = [&](model::relation const& one) {
        auto const* above = &one;
        for (std::size_t steps = 0; steps < relations.size() && above != nullptr && !above->parents.empty(); ++steps) {
            above = database_.find_relation(above->parents.front());
            if (above == &one) return true;
        }
        return false;
    };
    model::vector<model::relation*> circular(arena_);
    for (auto& one : relations)
        if (is_own_ancestor(one)) circular.push_back(&one);
    for (auto* const one : circular) {
        one->parents = {};
        one->children = {};
    }
}

/// A partitioned table holds no rows: its figures are those of its leaves.
void loader::sum_leaves(std::span<model::relation> relations) {
    model::vector<model::relation const*> leaves(arena_);
    for (auto& one : relations) {
        if (!one.is_partitioned()) continue;
        leaves.clear();
        database_.leaves(one, leaves);
        one.rows = leaves.empty() ? 0 : -1;
        for (auto const* const leaf : leaves) {
            if (leaf->rows >= 0) one.rows = std::max<std::int64_t>(one.rows, 0) + leaf->rows;
            one.bytes += leaf->bytes;
            one.deletes += leaf->deletes;
            one.updates += leaf->updates;
        }
    }
}

std::span<model::constraint_row const> loader::link_rows(constraint_columns const& declared,
                                                         std::span<trigger_columns const> triggers) {
    model::vector<constraint_columns const*> tree(arena_);
    tree.push_back(&declared);
    // Breadth first. A declared row derives from none, so that even an edited catalog's circle is never entered.
    auto const derives_from = [](constraint_columns const* one) { return std::get<1>(*one); };
    for (std::size_t next = 0; next < tree.size(); ++next) {
        auto const above = std::get<0>(*tree[next]);
        auto place = std::lower_bound(derived_.begin(), derived_.end(), above,
                                      [&](auto const* one, oid id) { return derives_from(one) < id; });
        for (; place != derived_.end() && derives_from(*place) == above; ++place) tree.push_back(*place);
    }

    auto const rows = arena_.array<model::constraint_row>(tree.size());
    for (std::size_t number = 0; number < tree.size(); ++number) {
        auto& one = rows[number];
        auto const& from = *tree[number];
        std::tie(one.id, one.derived_from, one.name, one.child, one.parent, one.child_columns, one.parent_columns,
                 std::ignore, std::ignore, std::ignore, std::ignore, std::ignore, std::ignore, std::ignore,
                 one.is_validated, one.is_enforced, std::ignore, std::ignore) = from;
        if (number > 0)
            one.side = one.child == std::get<3>(declared) ? model::constraint_row::origin::referenced
                                                          : model::constraint_row::origin::referencing;
        auto const mine = rows_of(triggers, one.id);
        auto const own = arena_.array<model::constraint_trigger>(mine.size());
        for (std::size_t position = 0; position < mine.size(); ++position) {
            auto& trigger = own[position];
            std::tie(trigger.constraint, trigger.id, trigger.relation, trigger.name, trigger.is_check, trigger.enabled,
                     trigger.is_deferrable, trigger.initially_deferred) = mine[position];
        }
        one.triggers = own;
    }
    return rows;
}

/// In a circle of two or more, that is.
bool loader::derives_from_itself(constraint_columns const& row) const {
    auto const* at = &row;
    for (std::size_t steps = 0; steps < found_.size(); ++steps) {
        auto const above = rows_of(found_, std::get<1>(*at));
        if (std::get<1>(*at) == no_oid || above.empty() || &above.front() == at) return false;
        at = &above.front();
        if (at == &row) return true;
    }
    return false;
}

/// An edited catalog can name tables and columns that are not there; nothing may follow such a name. Empty: sound.
text loader::find_damage(constraint_columns const& row, model::constraint const& key) const {
    auto const names_nothing = [&](text column, oid id, text what) {
        return arena_.concat(column, " (", id, ") names ", what);
    };
    if (derives_from_itself(row)) return "conparentid leads back to it, in a circle";
    if (std::get<1>(row) != no_oid) return names_nothing("conparentid", std::get<1>(row), "no other foreign key");
    if (key.child == nullptr) return names_nothing("conrelid", std::get<3>(row), "no table");
    if (key.parent == nullptr) return names_nothing("confrelid", std::get<4>(row), "no table");
    auto const count = key.child_columns.size();
    if (count == 0 || key.parent_columns.size() != count || key.operators.size() != count)
        return "conkey, confkey and conpfeqop differ in length or are empty";
    for (std::size_t position = 0; position < count; ++position) {
        if (key.child->find_column(key.child_columns[position]) == nullptr)
            return "conkey names a column that does not exist";
        if (key.parent->find_column(key.parent_columns[position]) == nullptr)
            return "confkey names a column that does not exist";
    }
    return {};
}

void loader::report_damage(constraint_columns const& row, text damage) {
    oid const id = std::get<0>(row);
    auto const& name = std::get<2>(row);
    damaged_.push_back({id, name, std::get<3>(row), std::get<4>(row), damage});
    auto const size = [](text value) { return static_cast<int>(value.size()); };
    pg::guarded([&] {
        ereport(WARNING,
                (errcode(ERRCODE_DATA_CORRUPTED),
                 errmsg("foreign key \"%.*s\" is left out: its catalog entry is damaged", size(name.name),
                        name.name.data()),
                 errdetail("In the row of pg_constraint with OID %u, %.*s.", id, size(damage), damage.data())));
    });
}

void loader::link_constraints() {
    oid_set all(arena_);
    for (auto const& one : found_) all.insert(std::get<0>(one));
    // What derives from a row that is there; the others are declared, or say they derive from what is not there.
    auto const is_derived = [this](constraint_columns const& one) {
        auto const [id, above] = std::tuple(std::get<0>(one), std::get<1>(one));
        return above != no_oid && above != id && !rows_of(found_, above).empty() && !derives_from_itself(one);
    };
    auto const triggers = ask<trigger_columns>(queries::triggers, all.items());

    for (auto const& one : found_)
        if (is_derived(one)) derived_.push_back(&one);
    std::stable_sort(derived_.begin(), derived_.end(),
                     [](auto const* a, auto const* b) { return std::get<1>(*a) < std::get<1>(*b); });

    model::vector<model::constraint> keys(arena_);
    for (auto const& one : found_) {
        if (is_derived(one)) continue;
        model::constraint key;
        oid child = no_oid, parent = no_oid, derived_from = no_oid;
        char match = 's', on_delete = 'a', on_update = 'a';
        maybe<numbers> delete_set_columns;
        std::tie(key.id, derived_from, key.name, child, parent, key.child_columns, key.parent_columns, key.operators,
                 match, on_delete, on_update, delete_set_columns, key.is_deferrable, key.initially_deferred,
                 key.is_validated, key.is_enforced, key.is_temporal, key.support_index) = one;
        key.child = database_.find_relation(child);
        key.parent = database_.find_relation(parent);
        key.match = static_cast<model::match_type>(match);
        key.on_delete = static_cast<model::action>(on_delete);
        key.on_update = static_cast<model::action>(on_update);
        key.delete_set_columns = delete_set_columns.value_or(numbers{});
        if (auto const damage = find_damage(one, key); !damage.empty()) {
            report_damage(one, damage);
            continue;
        }
        key.definition = model::define(arena_, key);
        key.rows = link_rows(one, triggers);
        keys.push_back(key);
    }
    std::sort(keys.begin(), keys.end(), [](model::constraint const& a, model::constraint const& b) {
        return std::tie(a.child->schema, a.child->name, a.name, a.id) <
               std::tie(b.child->schema, b.child->name, b.name, b.id);
    });
    database_.constraints = arena_.copy(std::span<model::constraint const>(keys.data(), keys.size()));
    database_.damaged = arena_.copy(std::span<model::damaged_constraint const>(damaged_.data(), damaged_.size()));
}

}  // namespace

model::database load(pg::call& current, scope const& wanted) { return loader(current, wanted).load(wanted); }

model::database load_tables(pg::call& current, ids tables) { return loader(current, {}).load(tables); }

model::database load_all_tables(pg::call& current) {
    auto& arena = current.arena();
    auto const rows = select<row<oid>>(arena, queries::all_tables);
    auto const tables = arena.array<oid>(rows.size());
    for (std::size_t number = 0; number < tables.size(); ++number) tables[number] = std::get<0>(rows[number]);
    return loader(current, {.statistics = true}).load(tables);
}

}  // namespace fkaudit::catalog
