#pragma once

#include <cstdint>

#include "src/model/database.hpp"

namespace fkaudit::plan {

/// What a foreign key does when its parent changes.
struct key_actions {
    model::action on_delete = model::action::no_action;
    model::action on_update = model::action::no_action;
    std::span<std::int16_t const> delete_set_columns{};  ///< as model::constraint has it
};

/// The key's present actions, to change one and keep the other.
key_actions actions_of(model::constraint const& key) noexcept;

/// The statements that give a key other actions and keep everything else it is, one a line, each ending in `;`. No
/// server can alter actions in place, so the key is replaced in one statement: NOT VALID, so that the locks are short,
/// then validated if it was valid before. Where the server takes no NOT VALID key on a partitioned table
/// (`partitioned_not_valid` is false), it is checked at once. Where Citus keeps the tables, which takes no two such changes
/// in one statement, in one transaction, with IF EXISTS: a shard may lack the key.
std::string_view change_actions(model::arena& arena, model::constraint const& key, key_actions const& wanted,
                                bool partitioned_not_valid);

}  // namespace fkaudit::plan
