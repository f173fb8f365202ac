#include "src/check/undeclared.hpp"

#include "src/catalog/scope.hpp"
#include "src/pg/compat.hpp"
#include "src/pg/spi.hpp"

namespace fkaudit::check {

namespace {

using model::column;
using model::constraint;
using model::oid;
using model::relation;
using text = std::string_view;
using names = std::span<text const>;

template <class T>
T require(std::optional<T> const& argument, text message) {
    if (!argument) throw model::error{"22004", message, {}, "Pass child, child_columns, parent and parent_columns."};
    return *argument;
}

model::match_type read_match_type(pg::call& current, text given) {
    if (given == "simple") return model::match_type::simple;
    if (given == "full") return model::match_type::full;
    if (given == "partial") throw model::error{"0A000", "MATCH PARTIAL not yet implemented"};
    throw model::error{
        "22023", current.arena().concat("unrecognized match type \"", given, '"'), {}, "Use simple or full."};
}

/// tablecmds.c: transformColumnNameList
std::span<std::int16_t const> find_columns(pg::call& current, relation const& table, names wanted) {
    auto& arena = current.arena();
    auto const numbers = arena.array<std::int16_t>(wanted.size());
    for (std::size_t position = 0; position < wanted.size(); ++position) {
        auto const name = wanted[position];
        for (text const system : {"ctid", "tableoid", "xmin", "xmax", "cmin", "cmax"})
            if (name == system) throw model::error{"0A000", "system columns cannot be used in foreign keys"};
        auto const* const found = table.find_column(name);
        if (found == nullptr)
            throw model::error{
                "42703", arena.concat("column \"", name, "\" referenced in foreign key constraint does not exist"),
                arena.concat("Table ", table.qualified, " has the columns ",
                             arena.join(table.columns, ", ", [](column const& one) { return one.name.quoted; }), ".")};
        if (position >= INDEX_MAX_KEYS)
            throw model::error{"54011",
                               arena.concat("cannot have more than ", INDEX_MAX_KEYS, " keys in a foreign key")};
        numbers[position] = found->number;
    }
    return numbers;
}

void refuse_duplicates(std::span<std::int16_t const> columns) {
    for (std::size_t first = 0; first < columns.size(); ++first)
        for (std::size_t second = first + 1; second < columns.size(); ++second)
            if (columns[first] == columns[second])
                throw model::error{"42830", "foreign key referenced-columns list must not contain duplicates"};
}

void refuse_catalogs(pg::call& current, relation const& child, relation const& parent) {
    for (auto const* const table : {&child, &parent})
        if (pg::guarded([&] { return !allowSystemTableMods && IsCatalogRelationOid(table->id); }))
            throw model::error{
                "42501", current.arena().concat("permission denied: \"", table->name.name, "\" is a system catalog")};
}

/// The rules of ATAddForeignKeyConstraint about persistence. Tables of other sessions are left to the examination,
/// which reports them.
void refuse_persistence(relation const& child, relation const& parent) {
    if (child.is_other_temporary || parent.is_other_temporary) return;
    text message;
    if (child.persistence == 'p' && parent.persistence != 'p')
        message = "constraints on permanent tables may reference only permanent tables";
    else if (child.persistence == 'u' && parent.persistence == 't')
        message = "constraints on unlogged tables may reference only permanent or unlogged tables";
    else if (child.persistence == 't' && parent.persistence != 't')
        message = "constraints on temporary tables may reference only temporary tables";
    if (!message.empty()) throw model::error{"42P16", message};
}

/// PostgreSQL computes such a value when it is read, so that no trigger can check it (ATAddForeignKeyConstraint).
void refuse_virtual(relation const& child, std::span<std::int16_t const> columns) {
    for (auto const number : columns)
        if (child.find_column(number)->generated == 'v')
            throw model::error{"0A000", "foreign key constraints on virtual generated columns are not supported"};
}

/// Whether an index holds exactly the columns, in any order, and each value of them once: a btree, or for WITHOUT
/// OVERLAPS, which says nothing about equality alone, a GiST.
bool fits(model::index const& index, std::span<std::int16_t const> columns, text method) {
    if (!index.is_unique || !index.is_valid || index.access_method != method || index.predicate != nullptr)
        return false;
    if (index.keys.size() != columns.size()) return false;
    return std::all_of(columns.begin(), columns.end(), [&](std::int16_t number) {
        return std::any_of(index.keys.begin(), index.keys.end(),
                           [&](model::index_key const& part) { return part.column == number; });
    });
}

/// tablecmds.c: transformFkeyCheckAttrs. The server takes the oldest index that fits, so that of two operator classes
/// the same one is chosen here. nullptr, and why: PostgreSQL would refuse to declare the key.
model::index const* find_unique_index(model::arena& arena, relation const& parent,
                                      std::span<std::int16_t const> columns, text& refusal) {
    model::index const* found = nullptr;
    bool has_deferrable = false;
    bool has_periods = false;
    for (auto const& index : parent.indexes) {
        has_periods = has_periods || fits(index, columns, "gist");
        if (!fits(index, columns, "btree")) continue;
        has_deferrable = has_deferrable || !index.is_immediate;
        if (index.is_immediate && (found == nullptr || index.id < found->id)) found = &index;
    }
    if (found != nullptr) return found;
    if (has_periods) {
        refusal = arena.concat(parent.qualified,
                               " has these columns WITHOUT OVERLAPS; declaring the key would need PERIOD, but here the"
                               " periods are compared like any other value");
        return nullptr;
    }
    refusal = has_deferrable
                  ? arena.concat("cannot use a deferrable unique constraint for referenced table ", parent.qualified,
                                 "; declaring the key would need one that is not deferrable")
                  : arena.concat("there is no unique constraint matching given keys for referenced table ",
                                 parent.qualified, "; declaring the key would need one");
    return nullptr;
}

struct operator_class {
    oid family = model::no_oid;
    oid input_type = model::no_oid;
};

operator_class class_of_column(model::index const* index, column const& parent) {
    if (index != nullptr)
        for (auto const& part : index->keys)
            if (part.column == parent.number) return {part.operator_family, part.input_type};
    return pg::guarded([&]() -> operator_class {
        Oid const id = GetDefaultOpClass(parent.type, BTREE_AM_OID);
        if (!OidIsValid(id)) return {};
        return {get_opclass_family(id), get_opclass_input_type(id)};
    });
}

/// The operator for parent = child as ATAddForeignKeyConstraint finds it; no_oid: the types have none.
oid find_operator(operator_class const& chosen, column const& parent, column const& child) {
    if (chosen.family == model::no_oid) return model::no_oid;
    return pg::guarded([&]() -> oid {
        Oid const child_type = getBaseType(child.type);
        Oid const exact = get_opfamily_member(chosen.family, chosen.input_type, child_type, BTEqualStrategyNumber);
        if (OidIsValid(exact) &&
            OidIsValid(get_opfamily_member(chosen.family, child_type, child_type, BTEqualStrategyNumber)))
            return exact;
        // The input type can be polymorphic, so both columns' types have to fit it together.
        Oid const actual[2] = {parent.type, child.type};
        Oid const wanted[2] = {chosen.input_type, chosen.input_type};
        if (!can_coerce_type(2, actual, wanted, COERCION_IMPLICIT)) return model::no_oid;
        return get_opfamily_member(chosen.family, chosen.input_type, chosen.input_type, BTEqualStrategyNumber);
    });
}

/// As PostgreSQL 18 and newer begin these messages; older ones name the columns without their tables.
text name_both(model::arena& arena, column const& child, column const& parent) {
    return arena.concat("Key columns \"", child.name.name, "\" of the referencing table and \"", parent.name.name,
                        "\" of the referenced table");
}

text bare_collation(model::database const& database, column const& one) {
    auto const* const collation = database.find_collation(one.collation);
    return collation == nullptr ? text() : collation->name.name;
}

void refuse_collations(pg::call& current, model::database const& database, column const& child, column const& parent) {
    if (!pg::refuses_mixed_nondeterministic_collations || child.collation == parent.collation) return;
    for (auto const* const side : {&child, &parent}) {
        auto const* const collation = database.find_collation(side->collation);
        if (collation != nullptr && !collation->deterministic)
            throw model::error{
                "42P21", "foreign key constraint cannot be implemented",
                current.arena().concat(name_both(current.arena(), child, parent), " have incompatible collations: \"",
                                       bare_collation(database, child), "\" and \"", bare_collation(database, parent),
                                       "\".  If either collation is nondeterministic, then both collations"
                                       " have to be the same.")};
    }
}

/// A column's type as the server names it in its messages, without the modifier.
text bare_type(model::database const& database, column const& one) {
    auto const* const type = database.find_type(one.type);
    return type == nullptr ? one.type_display : type->display;
}

std::span<oid const> choose_operators(pg::call& current, model::database const& database, constraint const& key,
                                      model::index const* index) {
    auto& arena = current.arena();
    auto const operators = arena.array<oid>(key.child_columns.size());
    for (std::size_t position = 0; position < operators.size(); ++position) {
        auto const& child = key.child_column(position);
        auto const& parent = key.parent_column(position);
        operators[position] = find_operator(class_of_column(index, parent), parent, child);
        if (operators[position] == model::no_oid)
            throw model::error{"42804", "foreign key constraint cannot be implemented",
                               arena.concat(name_both(arena, child, parent), " are of incompatible types: ",
                                            bare_type(database, child), " and ", bare_type(database, parent), "."),
                               "Compare columns whose types have a common equality operator."};
        refuse_collations(current, database, child, parent);
    }
    return operators;
}

relation const& find_parent(pg::call& current, model::database const& database, oid id) {
    auto const* const parent = database.find_relation(id);
    auto& arena = current.arena();
    if (parent == nullptr) throw model::error{"42P01", arena.concat("relation with OID ", id, " does not exist")};
    if (parent->kind != 'r' && parent->kind != 'p' && parent->kind != 'f')
        throw model::error{"42809", arena.concat("referenced relation \"", parent->name.name, "\" is not a table")};
    return *parent;
}

}  // namespace

undeclared_key read_undeclared_key(pg::call& current) {
    auto& arena = current.arena();
    auto const child_id = require(current.oid_argument(0), "child must not be null");
    auto const child_names = require(current.names_argument(1), "child_columns must not be null");
    auto const parent_id = require(current.oid_argument(2), "parent must not be null");
    auto const parent_names = require(current.names_argument(3), "parent_columns must not be null");
    for (auto const wanted : {child_names, parent_names})
        if (wanted.empty())
            throw model::error{"22023", "a foreign key needs at least one column", {}, "Write ARRAY['a', 'b']."};
    auto const match = read_match_type(current, require(current.text_argument(4), "match_type must not be null"));
    catalog::require_table(current, child_id);

    oid const both[] = {child_id, parent_id};
    undeclared_key result;
    result.database = catalog::load_tables(current, both);

    constraint key;
    key.child = result.database.find_relation(child_id);
    key.parent = &find_parent(current, result.database, parent_id);
    if (key.child == nullptr)
        throw model::error{"42P01", arena.concat("relation with OID ", child_id, " does not exist")};
    refuse_catalogs(current, *key.child, *key.parent);
    refuse_persistence(*key.child, *key.parent);
    key.match = match;
    key.child_columns = find_columns(current, *key.child, child_names);
    key.parent_columns = find_columns(current, *key.parent, parent_names);
    refuse_duplicates(key.parent_columns);
    if (key.child_columns.size() != key.parent_columns.size())
        throw model::error{"42830", "number of referencing and referenced columns for foreign key disagree",
                           arena.concat("There are ", key.child_columns.size(), " in child_columns and ",
                                        key.parent_columns.size(), " in parent_columns.")};

    refuse_virtual(*key.child, key.child_columns);
    auto const* const index = find_unique_index(arena, *key.parent, key.parent_columns, result.detail);
    key.operators = choose_operators(current, result.database, key, index);

    auto const keys = arena.array<constraint>(1);
    keys[0] = key;
    result.database.constraints = keys;
    return result;
}

std::optional<constraint> describe_key(pg::call& current, model::database const& tables, relation const& child,
                                       std::span<std::int16_t const> child_columns, relation const& parent,
                                       std::span<std::int16_t const> parent_columns) {
    constraint key;
    key.child = &child;
    key.parent = &parent;
    key.child_columns = child_columns;
    key.parent_columns = parent_columns;
    try {
        refuse_persistence(child, parent);
        refuse_virtual(child, child_columns);
        text refusal;
        auto const* const index = find_unique_index(current.arena(), parent, parent_columns, refusal);
        if (index == nullptr) return std::nullopt;
        key.operators = choose_operators(current, tables, key, index);
    } catch (model::error const&) {
        return std::nullopt;
    }
    return key;
}

}  // namespace fkaudit::check
