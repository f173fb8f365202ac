#pragma once

#include "src/model/database.hpp"

namespace fkaudit::plan {

/// Why Citus would refuse the foreign key, as a sentence without its period; empty: it would not, or nothing is known of where
/// the rows are. (foreign_constraint.c: ErrorIfUnsupportedForeignConstraintExists.)
std::string_view find_cluster_obstacle(model::arena& arena, model::database const& database,
                                       model::constraint const& key);

/// Whether an ALTER TABLE of the key's child goes to shards: Citus takes it on its coordinator alone, with one ADD or DROP
/// CONSTRAINT in it and no ALTER CONSTRAINT, and gives SET CONSTRAINTS to no shard.
inline bool is_altered_in_shards(model::constraint const& key) noexcept {
    return key.child->is_spread() || (key.parent != nullptr && key.parent->is_spread());
}

/// The statement that enables every trigger of each copy of each shard of the table, which needs a superuser.
std::string_view enable_shard_triggers(model::arena& arena, model::relation const& table);

/// The statement that changes Citus' own table of the coordinator, `action` behind ALTER TABLE ONLY and its name, and none of
/// its shards: where Citus would refuse to send it there, or names differ.
std::string_view alter_declaration(model::arena& arena, model::relation const& table, std::string_view action);

}  // namespace fkaudit::plan
