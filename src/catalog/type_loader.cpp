#include "src/catalog/type_loader.hpp"

#include "src/catalog/queries.hpp"
#include "src/catalog/row_sets.hpp"
#include "src/pg/node_tree.hpp"
#include "src/pg/spi.hpp"

namespace fkaudit::catalog {

namespace {

using model::identifier;
using pg::spi::row;
using pg::spi::select;
using text = std::string_view;
template <class T>
using maybe = std::optional<T>;

using operator_columns = row<oid, identifier, text, oid, oid, oid, oid, bool>;
using member_columns = row<oid, oid, std::int16_t, text>;
using type_columns = row<oid, identifier, identifier, text, char, char, bool, bool, std::int16_t, oid, std::int32_t,
                         oid, oid, bool, maybe<text>>;
using domain_check_columns = row<oid, text>;
using cast_columns = row<oid, oid, char, oid, bool, bool>;
using collation_columns = row<oid, identifier, identifier, bool>;

using expressions = std::span<model::expression const* const>;

void load_domain_checks(model::arena& arena, std::span<model::data_type> types,
                        std::span<domain_check_columns const> rows) {
    auto const checks = arena.array<model::expression const*>(rows.size());
    pg::guarded([&] {
        for (std::size_t number = 0; number < rows.size(); ++number)
            checks[number] = pg::read_expression(arena, std::get<1>(rows[number]));
    });
    if (rows.empty()) return;
    for (auto& one : types) {
        auto const mine = rows_of(rows, one.id);
        one.checks = checks.subspan(static_cast<std::size_t>(mine.data() - rows.data()), mine.size());
    }
}

/// `below` may have gone through the same join already: a CHECK that is there twice does no harm.
expressions join(model::arena& arena, expressions own, expressions below) {
    if (below.empty()) return own;
    auto const all = arena.array<model::expression const*>(own.size() + below.size());
    std::copy(below.begin(), below.end(), std::copy(own.begin(), own.end(), all.begin()));
    return all;
}

}  // namespace

void load_operators(model::arena& arena, model::database& database) {
    oid_set wanted(arena);
    for (auto const& key : database.constraints) wanted.insert_all(key.operators);

    auto const rows = select<operator_columns>(arena, queries::operators, wanted.items());
    auto const operators = arena.array<model::sql_operator>(rows.size());
    for (std::size_t number = 0; number < rows.size(); ++number) {
        auto& one = operators[number];
        std::tie(one.id, one.schema, one.name, one.left_type, one.right_type, one.commutator, one.function,
                 one.is_strict) = rows[number];
        wanted.insert(one.id);
    }
    database.operators = operators;

    auto const found = select<member_columns>(arena, queries::family_members, wanted.items());
    auto const members = arena.array<model::family_member>(found.size());
    for (std::size_t number = 0; number < found.size(); ++number)
        std::tie(members[number].operator_id, members[number].operator_family, members[number].strategy,
                 members[number].access_method) = found[number];
    database.family_members = members;
}

void load_types(model::arena& arena, model::database& database) {
    oid_set wanted(arena), collations(arena);
    for (auto const& one : database.relations) {
        for (auto const& column : one.columns) {
            wanted.insert(column.type);
            collations.insert(column.collation);
        }
        for (auto const& index : one.indexes)
            for (auto const& key : index.keys) collations.insert(key.collation);
    }
    for (auto const& one : database.operators) {
        wanted.insert(one.left_type);
        wanted.insert(one.right_type);
    }

    auto const rows = select<type_columns>(arena, queries::types, wanted.items());
    auto const types = arena.array<model::data_type>(rows.size());
    pg::guarded([&] {
        for (std::size_t number = 0; number < rows.size(); ++number) {
            auto& one = types[number];
            maybe<text> value;
            std::tie(one.id, one.schema, one.name, one.display, one.kind, one.category, one.is_preferred, one.not_null,
                     one.length, one.base, one.base_modifier, one.element, one.collation, one.has_default, value) =
                rows[number];
            if (value) one.default_value = pg::read_expression(arena, *value);
        }
    });
    for (auto const& one : types) {
        wanted.insert(one.id);
        collations.insert(one.collation);
    }
    database.types = types;
    auto const checks = select<domain_check_columns>(arena, queries::domain_checks, wanted.items());
    load_domain_checks(arena, types, checks);
    for (auto& one : types) {
        if (one.kind != 'd') one.base = one.id;
        // A domain over a domain: down to the type itself, NOT NULL, the CHECKs and the outermost modifier collected on
        // the way.
        for (auto const* below = database.find_type(one.base); below != nullptr && below->kind == 'd';
             below = database.find_type(one.base)) {
            one.not_null = one.not_null || below->not_null;
            one.checks = join(arena, one.checks, below->checks);
            if (one.base_modifier < 0) one.base_modifier = below->base_modifier;
            one.base = below->base;
        }
    }

    auto const found = select<cast_columns>(arena, queries::casts, wanted.items());
    auto const casts = arena.array<model::cast>(found.size());
    for (std::size_t number = 0; number < found.size(); ++number)
        std::tie(casts[number].source, casts[number].target, casts[number].method, casts[number].function,
                 casts[number].is_strict, casts[number].is_immutable) = found[number];
    database.casts = casts;

    auto const named = select<collation_columns>(arena, queries::collations, collations.items());
    auto const known = arena.array<model::collation>(named.size());
    for (std::size_t number = 0; number < named.size(); ++number) {
        auto& one = known[number];
        std::tie(one.id, one.schema, one.name, one.deterministic) = named[number];
        one.quoted = arena.concat(one.schema.quoted, '.', one.name.quoted);
    }
    database.collations = known;
}

}  // namespace fkaudit::catalog
