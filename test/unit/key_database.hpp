#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "src/plan/key_search.hpp"
#include "test/unit/memory.hpp"

namespace fkaudit::test {

/// A child c(a, b, x, period) and a parent p(a, b, x, period) with one key between them: integers and a range, the
/// operators that compare them, and the operator classes of btree, hash, gist and brin.
class key_database {
public:
    static constexpr model::oid child = 10, parent = 20, partition_1 = 11, partition_2 = 12;
    static constexpr model::oid integer = 23, range = 3904, wide = 701;
    static constexpr model::oid integer_equal = 96, range_overlaps = 3888, wide_equal = 670;
    static constexpr model::oid btree_integer = 1, hash_integer = 2, gist_integer = 3, gist_range = 4, brin_integer = 5,
                                btree_wide = 6, btree_odd = 7;
    static constexpr model::oid to_wide = 316;

    key_database() {
        database.types = types_;
        database.operators = operators_;
        database.operator_classes = classes_;
        database.family_members = members_;
        database.casts = casts_;
        for (auto* const table : {&relations_[0], &relations_[3]}) table->columns = columns_;
        relations_[0].rows = 1000;
        database.relations = relations_;
        key.id = 1;
        key.name = {"k", "k"};
        key.child = &relations_[0];
        key.parent = &relations_[3];
        columns({1});
    }
    key_database(key_database const&) = delete;

    /// The key's columns: the same numbers in both tables.
    void columns(std::vector<std::int16_t> const& numbers, bool is_temporal = false) {
        key.child_columns = key.parent_columns = arena.copy(std::span<std::int16_t const>(numbers));
        std::vector<model::oid> operators(numbers.size(), integer_equal);
        if (is_temporal) operators.back() = range_overlaps;
        key.operators = arena.copy(std::span<model::oid const>(operators));
        key.is_temporal = is_temporal;
    }

    /// A column of the child and of the parent.
    model::column& column_of_both(std::int16_t number) { return columns_[static_cast<std::size_t>(number - 1)]; }

    /// As if the parent's columns were wide: the server casts the child's.
    void cast_all() {
        std::vector<model::oid> const operators(key.child_columns.size(), wide_equal);
        key.operators = arena.copy(std::span<model::oid const>(operators));
    }

    model::relation& table(model::oid id = child) { return relations_[id == parent ? 3 : id - child]; }

    /// Makes the child partitioned: the second partition has its columns a and b swapped.
    void split() {
        auto& root = table();
        root.kind = 'p';
        root.children = children_;
        for (auto const id : children_) {
            table(id).is_partition = true;
            table(id).parents = above_;
        }
        auto const rows = arena.array<model::constraint_row>(3);
        rows[0] = {.id = 1, .child = child, .parent = parent, .child_columns = key.child_columns};
        for (std::size_t number = 1; number < 3; ++number) {
            auto const swapped = arena.array<std::int16_t>(key.child_columns.size());
            for (std::size_t position = 0; position < swapped.size(); ++position) {
                auto const column = key.child_columns[position];
                swapped[position] = number == 2 && column < 3 ? static_cast<std::int16_t>(3 - column) : column;
            }
            rows[number] = {.id = static_cast<model::oid>(1 + number),
                            .derived_from = 1,
                            .side = model::constraint_row::origin::referencing,
                            .child = static_cast<model::oid>(child + number),
                            .parent = parent,
                            .child_columns = swapped};
        }
        key.rows = rows;
    }

    /// A valid index; 0 among the columns is the cast of column a.
    model::index& index(std::vector<std::int16_t> const& numbers, std::string_view method = "btree",
                        model::oid on = child) {
        auto const keys = arena.array<model::index_key>(numbers.size());
        for (std::size_t number = 0; number < keys.size(); ++number) {
            auto& one = keys[number];
            one.column = numbers[number];
            one.operator_class = method == "hash"   ? hash_integer
                                 : method == "brin" ? brin_integer
                                 : method == "gist" ? (one.column == 4 ? gist_range : gist_integer)
                                                    : btree_integer;
            if (one.column == 0) {
                one.value = &cast_of_a_;
                one.operator_class = btree_wide;
            }
            one.operator_family = one.operator_class;
        }
        auto& made = indexes_[on - child].emplace_back();
        made.id = static_cast<model::oid>(100 * on + indexes_[on - child].size());
        made.relation = on;
        made.schema = {"s", "s"};
        auto const name = arena.concat(table(on).name.name, "_i", indexes_[on - child].size());
        made.name = {name, name};
        made.qualified = arena.concat("s.", name);
        made.access_method = method;
        made.is_valid = made.is_ready = made.is_live = true;
        made.is_partitioned = table(on).kind == 'p';
        made.keys = keys;
        table(on).indexes = indexes_[on - child];
        return made;
    }

    std::span<plan::search_condition const> conditions() { return plan::search_conditions(arena, database, key, {}); }

    heap memory;
    model::arena arena{memory};
    model::database database;
    model::constraint key;

private:
    static model::identifier named(std::string_view name) { return {name, name}; }
    static model::relation relation(model::oid id, std::string_view name, std::string_view qualified) {
        model::relation made;
        made.id = id;
        made.schema = named("s");
        made.name = named(name);
        made.qualified = qualified;
        return made;
    }
    static model::column column(std::int16_t number, std::string_view name, model::oid type, std::string_view display) {
        model::column made;
        made.number = number;
        made.name = named(name);
        made.type = type;
        made.type_display = display;
        return made;
    }
    static model::operator_class operators_of(model::oid id, std::string_view name, std::string_view method,
                                              model::oid type, bool is_default = true) {
        return {id, named("pg_catalog"), named(name), method, id, type, is_default};
    }
    static model::sql_operator comparison(model::oid id, std::string_view name, model::oid type) {
        return {.id = id,
                .schema = named("pg_catalog"),
                .name = name,
                .left_type = type,
                .right_type = type,
                .commutator = id};
    }
    static model::data_type type(model::oid id, std::string_view name, std::string_view display, char kind) {
        model::data_type made;
        made.id = made.base = id;
        made.schema = named("pg_catalog");
        made.name = named(name);
        made.display = display;
        made.kind = kind;
        return made;
    }

    std::vector<model::column> columns_{column(1, "a", integer, "integer"), column(2, "b", integer, "integer"),
                                        column(3, "x", integer, "integer"), column(4, "period", range, "int4range")};
    std::vector<model::relation> relations_{relation(child, "c", "s.c"), relation(partition_1, "c1", "s.c1"),
                                            relation(partition_2, "c2", "s.c2"), relation(parent, "p", "s.p")};
    std::vector<model::data_type> types_{type(integer, "int4", "integer", 'b'),
                                         type(wide, "float8", "double precision", 'b'),
                                         type(range, "int4range", "int4range", 'r')};
    std::vector<model::sql_operator> operators_{comparison(integer_equal, "=", integer),
                                                comparison(wide_equal, "=", wide),
                                                comparison(range_overlaps, "&&", range)};
    std::vector<model::operator_class> classes_{operators_of(btree_integer, "int4_ops", "btree", integer),
                                                operators_of(hash_integer, "int4_ops", "hash", integer),
                                                operators_of(gist_integer, "gist_int4_ops", "gist", integer),
                                                operators_of(gist_range, "range_ops", "gist", range),
                                                operators_of(brin_integer, "int4_minmax_ops", "brin", integer),
                                                operators_of(btree_wide, "float8_ops", "btree", wide),
                                                operators_of(btree_odd, "odd_ops", "btree", integer, false)};
    std::vector<model::family_member> members_{
        {btree_integer, integer_equal, 3, "btree"}, {hash_integer, integer_equal, 1, "hash"},
        {gist_integer, integer_equal, 3, "gist"},   {brin_integer, integer_equal, 3, "brin"},
        {gist_range, range_overlaps, 3, "gist"},    {btree_wide, wide_equal, 3, "btree"}};
    std::vector<model::cast> casts_{{.source = integer, .target = wide, .method = 'f', .function = to_wide}};
    std::vector<model::oid> children_{partition_1, partition_2}, above_{child};
    std::vector<model::index> indexes_[3];
    model::expression column_a_{.kind = model::expression::form::column, .column = 1};
    model::expression cast_of_a_{.kind = model::expression::form::cast,
                                 .how = model::expression::conversion::function,
                                 .type = wide,
                                 .function = to_wide,
                                 .arguments = {&column_a_, 1}};
};

}  // namespace fkaudit::test
