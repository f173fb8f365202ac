#include "src/catalog/surroundings.hpp"

#include "src/catalog/queries.hpp"
#include "src/catalog/row_sets.hpp"
#include "src/pg/spi.hpp"

namespace fkaudit::catalog {

namespace {

using model::identifier;
using pg::spi::row;
using pg::spi::select;
using text = std::string_view;
template <class T>
using maybe = std::optional<T>;

using trigger_columns = row<oid, identifier, char, bool, bool, bool, bool, std::span<std::int16_t const>>;
using rule_columns = row<oid, identifier, bool, bool>;
using replica_columns = row<maybe<identifier>, maybe<identifier>>;
using stale_columns = row<oid, text, text, text>;

std::span<model::user_trigger const> load_triggers(model::arena& arena, ids children) {
    auto const rows = select<trigger_columns>(arena, queries::user_triggers, children);
    auto const triggers = arena.array<model::user_trigger>(rows.size());
    for (std::size_t number = 0; number < rows.size(); ++number) {
        auto& one = triggers[number];
        std::tie(one.relation, one.name, one.enabled, one.is_before_row, one.on_insert, one.on_delete, one.on_update,
                 one.columns) = rows[number];
    }
    return triggers;
}

std::span<model::instead_rule const> load_rules(model::arena& arena, ids children) {
    auto const rows = select<rule_columns>(arena, queries::instead_rules, children);
    auto const rules = arena.array<model::instead_rule>(rows.size());
    for (std::size_t number = 0; number < rows.size(); ++number) {
        auto& one = rules[number];
        std::tie(one.relation, one.name, one.on_delete, one.is_conditional) = rows[number];
    }
    return rules;
}

model::replica_setting describe(model::arena& arena, maybe<identifier> const& role, maybe<identifier> const& database) {
    constexpr text reset = " RESET session_replication_role;";
    if (role && database)
        return {arena.concat("role ", role->quoted, " in database ", database->quoted),
                arena.concat("ALTER ROLE ", role->quoted, " IN DATABASE ", database->quoted, reset)};
    if (role) return {arena.concat("role ", role->quoted), arena.concat("ALTER ROLE ", role->quoted, reset)};
    if (database)
        return {arena.concat("database ", database->quoted), arena.concat("ALTER DATABASE ", database->quoted, reset)};
    return {"the server's configuration", arena.concat("ALTER SYSTEM", reset, "\nSELECT pg_catalog.pg_reload_conf();")};
}

std::span<model::replica_setting const> load_replica_settings(model::arena& arena) {
    auto const rows = select<replica_columns>(arena, queries::replica_settings);
    auto const settings = arena.array<model::replica_setting>(rows.size());
    for (std::size_t number = 0; number < rows.size(); ++number)
        settings[number] = describe(arena, std::get<0>(rows[number]), std::get<1>(rows[number]));
    return settings;
}

std::span<model::stale_collation const> load_stale_collations(model::arena& arena, ids collations) {
    auto const rows = select<stale_columns>(arena, queries::stale_collations, collations);
    auto const stale = arena.array<model::stale_collation>(rows.size());
    for (std::size_t number = 0; number < rows.size(); ++number) {
        auto& one = stale[number];
        std::tie(one.id, one.name, one.recorded, one.actual) = rows[number];
    }
    return stale;
}

std::span<oid const> load_subscribed(model::arena& arena, ids tables) {
    auto const rows = select<row<oid>>(arena, queries::subscribed_tables, tables);
    auto const subscribed = arena.array<oid>(rows.size());
    for (std::size_t number = 0; number < rows.size(); ++number) std::tie(subscribed[number]) = rows[number];
    return subscribed;
}

}  // namespace

model::surroundings load_surroundings(model::arena& arena, model::database const& database) {
    oid_set tables(arena), collations(arena);
    for (auto const& one : database.relations) tables.insert(one.id);
    for (auto const& key : database.constraints)
        for (std::size_t position = 0; position < key.parent_columns.size(); ++position)
            collations.insert(key.parent_column(position).collation);
    return {.triggers = load_triggers(arena, tables.items()),
            .instead_rules = load_rules(arena, tables.items()),
            .replica_settings = load_replica_settings(arena),
            .stale_collations = load_stale_collations(arena, collations.items()),
            .subscribed = load_subscribed(arena, tables.items())};
}

}  // namespace fkaudit::catalog
