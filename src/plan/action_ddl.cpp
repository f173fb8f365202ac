#include "src/plan/action_ddl.hpp"

#include <cstdint>

#include "src/plan/cluster_rules.hpp"

namespace fkaudit::plan {

namespace {

/// Only these take a column list.
bool sets_columns(model::action action) noexcept {
    return action == model::action::set_null || action == model::action::set_default;
}

}  // namespace

key_actions actions_of(model::constraint const& key) noexcept {
    return {key.on_delete, key.on_update, key.delete_set_columns};
}

std::string_view change_actions(model::arena& arena, model::constraint const& key, key_actions const& wanted,
                                bool partitioned_not_valid) {
    auto changed = key;
    changed.on_delete = wanted.on_delete;
    changed.on_update = wanted.on_update;
    changed.delete_set_columns =
        sets_columns(wanted.on_delete) ? wanted.delete_set_columns : std::span<std::int16_t const>();
    bool const at_once = key.child->is_partitioned() && !partitioned_not_valid;
    changed.is_validated = at_once || !key.is_enforced;

    auto const table = arena.concat("ALTER TABLE ", key.child->qualified);
    auto const drop = arena.concat(table, " DROP CONSTRAINT ", key.name.quoted);
    auto const add = arena.concat(" ADD CONSTRAINT ", key.name.quoted, " ", model::define(arena, changed), ";");
    auto const replaced = is_altered_in_shards(key) ? arena.concat("BEGIN;\n", table, " DROP CONSTRAINT IF EXISTS ",
                                                                   key.name.quoted, ";\n", table, add, "\nCOMMIT;")
                                                    : arena.concat(drop, ",", add);
    if (changed.is_validated || !key.is_validated) return replaced;
    return arena.concat(replaced, "\n", table, " VALIDATE CONSTRAINT ", key.name.quoted, ";");
}

}  // namespace fkaudit::plan
