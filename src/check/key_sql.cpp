#include "src/check/key_sql.hpp"

#include "src/pg/compat.hpp"
#include "src/pg/guard.hpp"

namespace fkaudit::check {

namespace {

using model::constraint;
using text = std::string_view;

char* c_string(text value) { return pnstrdup(value.data(), value.size()); }

text literal(model::arena& arena, text value) { return arena.copy(text(quote_literal_cstr(c_string(value)))); }

bool is_nondeterministic(model::oid collation) {
    return collation != model::no_oid && !get_collation_isdeterministic(collation);
}

/// name's hash function knows no collation, text's does: a hash join between the two under a nondeterministic one loses
/// pairs that are equal. As text, both are hashed alike.
model::oid write_operator(model::oid of_key, model::oid collation) {
    auto const function = get_opcode(of_key);
    bool const is_of_name = function == F_NAMEEQTEXT || function == F_TEXTEQNAME;
    return is_of_name && is_nondeterministic(collation) ? TextEqualOperator : of_key;
}

/// ri_GenerateQual with ri_GenerateQualCollation for one column of the key, compared in a collation.
text write_match(model::arena& arena, constraint const& key, std::size_t position, model::oid collation) {
    auto const& parent = key.parent_column(position);
    auto const& child = key.child_column(position);
    StringInfoData clause;
    initStringInfo(&clause);
    generate_operator_clause(&clause, c_string(arena.concat("p.", parent.name.quoted)), parent.type,
                             write_operator(key.operators[position], collation),
                             c_string(arena.concat("c.", child.name.quoted)), child.type);
    auto const match = text(clause.data, static_cast<std::size_t>(clause.len));
    return parent.collation != child.collation && collation != model::no_oid
               ? arena.concat(match, " COLLATE ", write_collation(arena, collation))
               : arena.copy(match);
}

/// Looking for children, the server has a parameter instead of the parent, which has no collation of its own unless a
/// nondeterministic one is added.
model::oid looking_back(constraint const& key, std::size_t position) {
    auto const parent = key.parent_column(position).collation, child = key.child_column(position).collation;
    return parent != model::no_oid && is_nondeterministic(child) && !is_nondeterministic(parent) ? child : parent;
}

bool has_equality(model::oid type) {
    auto const* const entry = lookup_type_cache(type, TYPECACHE_EQ_OPR);
    return OidIsValid(entry->eq_opr);
}

text source(model::arena& arena, model::relation const& table, char alias) {
    return arena.concat(table.is_partitioned() ? "" : "ONLY ", table.qualified, ' ', alias);
}

/// A temporal key is covered when the union of its parents' periods holds its own; an empty range never is.
text write_has_parent(model::arena& arena, constraint const& key, key_sql const& sql) {
    if (!key.is_temporal) return arena.concat("EXISTS (SELECT FROM ", sql.parent_source, " WHERE ", sql.matches, ")");
    auto const last = key.child_columns.size() - 1;
    return arena.concat("coalesce((SELECT c.", key.child_column(last).name.quoted,
                        " OPERATOR(pg_catalog.<@) pg_catalog.range_agg(p.", key.parent_column(last).name.quoted,
                        ") FROM ", sql.parent_source, " WHERE ", sql.matches, "), false)");
}

/// A temporal key can lack its parent altogether, or for a part of its period only.
text write_missing_reason(model::arena& arena, constraint const& key, key_sql const& sql) {
    if (!key.is_temporal) return "'missing parent'::pg_catalog.text";
    return arena.concat("CASE WHEN EXISTS (SELECT FROM ", sql.parent_source, " WHERE ", sql.matches_scalar,
                        ") THEN 'period not covered'::pg_catalog.text ELSE 'missing parent'::pg_catalog.text END");
}

}  // namespace

std::string_view write_collation(model::arena& arena, model::oid collation) {
    HeapTuple const tuple = SearchSysCache1(COLLOID, ObjectIdGetDatum(collation));
    if (!HeapTupleIsValid(tuple)) elog(ERROR, "cache lookup failed for collation %u", collation);
    auto const* const row = reinterpret_cast<Form_pg_collation>(GETSTRUCT(tuple));
    auto const name =
        arena.copy(text(quote_qualified_identifier(get_namespace_name(row->collnamespace), NameStr(row->collname))));
    ReleaseSysCache(tuple);
    return name;
}

std::string_view write_object(model::arena& arena, model::relation const& table, std::string_view prefix,
                              std::span<std::int16_t const> columns) {
    return pg::guarded([&] {
        return arena.concat("pg_catalog.jsonb_build_object(",
                            arena.join(columns, ", ",
                                       [&](std::int16_t number) {
                                           auto const& name = table.find_column(number)->name;
                                           return arena.concat(literal(arena, name.name), ", ", prefix, name.quoted);
                                       }),
                            ")");
    });
}

key_sql write_key_sql(model::arena& arena, constraint const& key) {
    key_sql sql;
    sql.child_source = source(arena, *key.child, 'c');
    sql.parent_source = source(arena, *key.parent, 'p');
    sql.key_object = write_object(arena, *key.child, "c.", key.child_columns);
    auto const object = [&](std::size_t position) { return key.child_column(position).name; };

    pg::guarded([&] {
        auto const append = [&](text& list, text separator, text item) {
            list = list.empty() ? item : arena.concat(list, separator, item);
        };
        text any_present, group_items;
        for (std::size_t position = 0; position < key.child_columns.size(); ++position) {
            auto const name = object(position);
            // IS NOT NULL would look inside a composite value; this does not.
            auto const present = arena.concat("c.", name.quoted, " IS DISTINCT FROM NULL");
            auto const alias = arena.concat('k', position + 1);
            auto const match = write_match(arena, key, position, key.parent_column(position).collation);
            append(sql.matches, " AND ", match);
            append(sql.depends, " AND ", write_match(arena, key, position, looking_back(key, position)));
            if (!key.is_temporal || position + 1 < key.child_columns.size()) append(sql.matches_scalar, " AND ", match);
            append(sql.all_present, " AND ", present);
            append(any_present, " OR ", present);
            append(sql.columns, ", ", arena.concat("c.", name.quoted, " AS ", alias));
            // By place: a name would be that of a column of the child's, where it has one of that name.
            append(sql.groups, ", ", arena.concat(position + 1));
            append(group_items, ", ", arena.concat(literal(arena, name.name), ", ", alias));
            sql.can_group = sql.can_group && has_equality(key.child_column(position).type);
        }
        sql.group_object = arena.concat("pg_catalog.jsonb_build_object(", group_items, ")");
        sql.partly_null = key.child_columns.size() == 1
                              ? text("false")
                              : arena.concat("(", any_present, ") AND NOT (", sql.all_present, ")");
    });
    sql.has_parent = write_has_parent(arena, key, sql);
    return sql;
}

std::string_view missing_parents_query(model::arena& arena, key_sql const& sql) {
    auto const count = sql.can_group ? "pg_catalog.count(*)" : "1::pg_catalog.int8";
    auto const grouping = sql.can_group ? arena.concat(" GROUP BY ", sql.groups) : text();
    auto const keys = sql.can_group ? "(SELECT pg_catalog.count(*) FROM orphan)" : "NULL::pg_catalog.int8";
    return arena.concat("WITH orphan AS MATERIALIZED (SELECT ", sql.columns, ", ", count, " AS n FROM ",
                        sql.child_source, " WHERE ", sql.all_present, " AND NOT ", sql.has_parent, grouping,
                        ") SELECT coalesce((SELECT pg_catalog.sum(n) FROM orphan), 0)::pg_catalog.int8, ", keys,
                        ", (SELECT ", sql.group_object, " FROM orphan ORDER BY n DESC, 1 LIMIT 1)");
}

std::string_view row_counts_query(model::arena& arena, key_sql const& sql) {
    return arena.concat("SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE ", sql.partly_null, ") FROM ",
                        sql.child_source);
}

std::string_view partly_null_example_query(model::arena& arena, key_sql const& sql) {
    return arena.concat("SELECT ", sql.key_object, " FROM ", sql.child_source, " WHERE ", sql.partly_null,
                        " ORDER BY 1 LIMIT 1");
}

std::string_view orphans_query(model::arena& arena, constraint const& key, key_sql const& sql,
                               orphan_columns const& columns, std::int64_t max_rows) {
    auto const list = [&](text reason, text condition) {
        return arena.concat("SELECT ", columns.row_key, ", ", sql.key_object, ", ", reason, ", ", columns.table, ", ",
                            columns.place, " FROM ", sql.child_source, " WHERE ", condition);
    };
    auto const missing =
        list(write_missing_reason(arena, key, sql), arena.concat(sql.all_present, " AND NOT ", sql.has_parent));
    // One SELECT each: joined by OR, the first condition would no longer be an anti-join.
    auto const all = key.match == model::match_type::full && key.child_columns.size() > 1
                         ? arena.concat(missing, " UNION ALL ", list("'mixed null'::pg_catalog.text", sql.partly_null))
                         : missing;
    auto const limit = max_rows < 0 ? text() : arena.concat(" LIMIT ", max_rows);
    return arena.concat(all, " ORDER BY ", columns.order, limit);
}

}  // namespace fkaudit::check
