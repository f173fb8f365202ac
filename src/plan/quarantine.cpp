#include "src/plan/quarantine.hpp"

#include "src/plan/literal.hpp"
#include "src/plan/statement_block.hpp"

namespace fkaudit::plan {

using text = std::string_view;

text list_columns(model::arena& arena, model::relation const& table, text prefix) {
    return arena.join(table.columns, ", ",
                      [&](model::column const& one) { return arena.concat(prefix, one.name.quoted); });
}

text qualified_name(model::arena& arena, quarantine const& one) {
    return arena.concat(one.table->schema.quoted, '.', one.name.quoted);
}

text create_quarantine(model::arena& arena, quarantine const& one) {
    auto const name = qualified_name(arena, one);
    model::relation made;
    made.schema = one.table->schema;
    made.name = one.name;
    made.qualified = name;
    auto const security =
        one.table->row_security ? arena.concat(" ALTER TABLE ", name, " ENABLE ROW LEVEL SECURITY;") : text();
    return write_block(
        arena,
        arena.concat("DECLARE fk_role pg_catalog.text; BEGIN CREATE TABLE ", name, " (LIKE ", one.table->qualified,
                     "); ALTER TABLE ", name, " OWNER TO ", one.owner, ";", security,
                     " FOR fk_role IN SELECT CASE WHEN a.grantee OPERATOR(pg_catalog.=) 0 THEN 'PUBLIC' ELSE"
                     " pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.grantee)) END FROM pg_catalog.pg_class r,"
                     " pg_catalog.aclexplode(r.relacl) a WHERE r.oid OPERATOR(pg_catalog.=) ",
                     regclass_literal(arena, made),
                     "::pg_catalog.regclass AND a.grantee OPERATOR(pg_catalog.<>) r.relowner LOOP EXECUTE"
                     " pg_catalog.concat(",
                     literal(arena, arena.concat("REVOKE ALL ON ", name, " FROM ")), ", fk_role); END LOOP; END"));
}

text undo_quarantine(model::arena& arena, quarantine const& one) {
    auto const& table = *one.table;
    model::vector<model::column const*> stored(arena);
    bool has_identity = false;
    for (auto const& column : table.columns) {
        if (column.generated == '\0') stored.push_back(&column);
        has_identity = has_identity || column.identity != '\0';
    }
    auto const list = [&](text prefix) {
        return arena.join(stored, ", ",
                          [&](model::column const* column) { return arena.concat(prefix, column->name.quoted); });
    };
    constexpr text set_role = "PERFORM pg_catalog.set_config('session_replication_role', ";
    return write_block(
        arena, arena.concat("DECLARE fk_role pg_catalog.text := pg_catalog.current_setting('session_replication_role');"
                            " BEGIN ",
                            set_role, "'replica', true); WITH kept AS (DELETE FROM ", qualified_name(arena, one),
                            " q RETURNING ", list("q."), ") INSERT INTO ", table.qualified, " (", list(""), ")",
                            has_identity ? " OVERRIDING SYSTEM VALUE" : "", " SELECT ", list("k."), " FROM kept k; ",
                            set_role, "fk_role, true); END"));
}

}  // namespace fkaudit::plan
