#include "src/catalog/scope.hpp"

#include "src/pg/spi.hpp"

namespace fkaudit::catalog {

using model::identifier;
using model::oid;
using pg::spi::row;
using pg::spi::select;
using text = std::string_view;

std::optional<std::span<text const>> read_schemas(pg::call& current, int position) {
    auto const schemas = current.names_argument(position, "schemas");
    if (!schemas) return schemas;
    auto& arena = current.arena();
    model::vector<text> existing(arena);
    for (auto const& [name] : select<row<identifier>>(arena, "SELECT nspname FROM pg_namespace"))
        existing.push_back(name.name);
    for (auto const wanted : *schemas)
        if (std::find(existing.begin(), existing.end(), wanted) == existing.end())
            throw model::error{"3F000", arena.concat("schema \"", wanted, "\" does not exist")};
    return schemas;
}

std::string_view extension_schema(pg::call& current) {
    auto const found = select<row<identifier>>(
        current.arena(),
        "SELECT n.nspname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.oid = $1",
        current.function());
    return std::get<0>(found[0]).quoted;
}

std::string_view qualified_name(pg::call& current, oid relation) {
    auto& arena = current.arena();
    auto const found = select<row<identifier, identifier>>(
        arena,
        "SELECT n.nspname, r.relname FROM pg_class r JOIN pg_namespace n ON n.oid = r.relnamespace WHERE r.oid = $1",
        relation);
    if (found.empty()) throw model::error{"42P01", arena.concat("relation with OID ", relation, " does not exist")};
    auto const& [schema, name] = found[0];
    return arena.concat(schema.quoted, '.', name.quoted);
}

std::string_view require_table(pg::call& current, oid relation) {
    auto& arena = current.arena();
    static pg::spi::kept_query query{
        "SELECT n.nspname, r.relname, r.relkind FROM pg_class r JOIN pg_namespace n ON n.oid = r.relnamespace"
        " WHERE r.oid = $1"};
    auto const found = select<row<identifier, identifier, char>>(arena, query, relation);
    if (found.empty()) throw model::error{"42P01", arena.concat("relation with OID ", relation, " does not exist")};
    auto const& [schema, name, kind] = found[0];
    if (kind == 'r' || kind == 'p' || kind == 'f') return name.name;
    auto const what = [kind = kind]() -> text {
        switch (kind) {
            case 'v': return "a view";
            case 'm': return "a materialized view";
            case 'S': return "a sequence";
            case 'i': return "an index";
            case 'I': return "a partitioned index";
            case 'c': return "a composite type";
            case 't': return "a TOAST table";
            default: return "no table";
        }
    }();
    throw model::error{"42809", arena.concat('"', name.name, "\" is not a table"),
                       arena.concat(schema.quoted, '.', name.quoted, " is ", what, "; only tables have foreign keys."),
                       "Name a table or a partitioned table."};
}

namespace {

model::database load_asked(pg::call& current, int child_position, scope wanted) {
    auto& arena = current.arena();
    wanted.child = current.oid_argument(child_position);
    wanted.constraint_name = current.name_argument(child_position + 1);
    auto const name = wanted.child ? require_table(current, *wanted.child) : text();
    auto const database = load(current, wanted);
    if (!database.constraints.empty() || !database.damaged.empty() || (!wanted.child && !wanted.constraint_name))
        return database;

    if (!wanted.child)
        throw model::error{"42704",
                           arena.concat("foreign key constraint \"", *wanted.constraint_name, "\" does not exist"),
                           {},
                           "SELECT constraint_name, child FROM fk_constraints() lists the foreign keys."};
    if (wanted.constraint_name)
        throw model::error{"42704",
                           arena.concat("foreign key constraint \"", *wanted.constraint_name, "\" of relation \"", name,
                                        "\" does not exist"),
                           {},
                           "\\d on the table, or fk_constraints(), lists its foreign keys."};
    pg::guarded([&] {
        ereport(NOTICE, (errmsg("table \"%.*s\" has no foreign keys", static_cast<int>(name.size()), name.data())));
    });
    return database;
}

}  // namespace

model::database load_scope(pg::call& current, int child_position, scope options) {
    return load_asked(current, child_position, options);
}

model::database load_keys(pg::call& current, int child_position, bool shards) {
    return load_asked(current, child_position, {.definitions = false, .shards = shards});
}

}  // namespace fkaudit::catalog
