#include "src/catalog/index_names.hpp"

#include "src/pg/guard.hpp"
#include "src/pg/spi.hpp"

namespace fkaudit::catalog {

model::identifier free_names::choose(model::relation const& table, std::string_view columns, char const* label) {
    model::identifier chosen;
    pg::guarded([&] {
        char* const table_name = pnstrdup(table.name.name.data(), table.name.name.size());
        char* const column_names = columns.empty() ? nullptr : pnstrdup(columns.data(), columns.size());
        Oid const schema = get_namespace_oid(pnstrdup(table.schema.name.data(), table.schema.name.size()), true);
        char numbered[NAMEDATALEN];
        snprintf(numbered, sizeof numbered, "%s", label);
        for (int pass = 1;; ++pass) {
            char* const name = makeObjectName(table_name, column_names, numbered);
            chosen.name = name;
            bool const is_taken = OidIsValid(get_relname_relid(name, schema)) ||
                                  SearchSysCacheExists2(TYPENAMENSP, CStringGetDatum(name), ObjectIdGetDatum(schema)) ||
                                  given_.contains(given{table.schema.name, chosen.name});
            if (!is_taken) break;
            snprintf(numbered, sizeof numbered, "%s%d", label, pass);
        }
        chosen = {arena_.copy(chosen.name), pg::spi::quote_name(arena_, chosen.name)};
    });
    given_.insert(given{table.schema.name, chosen.name});
    return chosen;
}

}  // namespace fkaudit::catalog
