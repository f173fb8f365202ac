#include "src/check/repair_sql.hpp"

#include "src/pg/compat.hpp"
#include "src/pg/guard.hpp"

namespace fkaudit::check {

namespace {

using text = std::string_view;

bool can_be_distinct(model::oid type) {
    auto const* const entry = lookup_type_cache(type, TYPECACHE_EQ_OPR);
    return OidIsValid(entry->eq_opr);
}

/// `CAST(c."a" AS type) COLLATE … AS "b"`. May ereport.
text write_value(model::arena& arena, model::column const& child, model::column const& parent) {
    auto const type =
        text(format_type_extended(getBaseType(parent.type), -1, FORMAT_TYPE_TYPEMOD_GIVEN | FORMAT_TYPE_FORCE_QUALIFY));
    auto const collation = parent.collation != model::no_oid && parent.collation != child.collation
                               ? arena.concat(" COLLATE ", write_collation(arena, parent.collation))
                               : text();
    return arena.concat("CAST(c.", child.name.quoted, " AS ", type, ")", collation, " AS ", parent.name.quoted);
}

}  // namespace

text write_missing_parent(model::arena& arena, key_sql const& sql) {
    return arena.concat(sql.all_present, " AND NOT ", sql.has_parent);
}

text write_reference(model::arena& arena, key_sql const& sql, text source, text condition) {
    return arena.concat(
        "EXISTS (SELECT FROM ", sql.parent_source, " WHERE ", sql.depends, " AND EXISTS (SELECT FROM ", source,
        " WHERE c.tableoid OPERATOR(pg_catalog.=) p.tableoid AND c.ctid OPERATOR(pg_catalog.=) p.ctid AND ", condition,
        "))");
}

text count_query(model::arena& arena, text source, text condition) {
    return arena.concat("SELECT pg_catalog.count(*) FROM ", source, " WHERE ", condition);
}

text portions_query(model::arena& arena, text source, text condition, std::int64_t batch_rows) {
    return arena.concat(
        "SELECT o.t, pg_catalog.max(o.p)::pg_catalog.text, pg_catalog.count(*) FROM (SELECT c.tableoid"
        " AS t, c.ctid AS p, (pg_catalog.row_number() OVER (PARTITION BY c.tableoid ORDER BY c.ctid) - 1)"
        " / ",
        batch_rows, " AS n FROM ", source, " WHERE ", condition, ") o GROUP BY o.t, o.n ORDER BY o.t, o.n");
}

std::optional<text> write_stubs(model::arena& arena, model::constraint const& key, text source, text condition) {
    text list;
    bool const is_possible = pg::guarded([&] {
        for (std::size_t position = 0; position < key.child_columns.size(); ++position) {
            auto const& parent = key.parent_column(position);
            if (!can_be_distinct(parent.type)) return false;
            list = arena.concat(list, list.empty() ? "" : ", ", write_value(arena, key.child_column(position), parent));
        }
        return true;
    });
    if (!is_possible) return std::nullopt;
    return arena.concat("SELECT DISTINCT ", list, " FROM ", source, " WHERE ", condition);
}

}  // namespace fkaudit::check
