#pragma once

#include <string_view>

#include "src/model/database.hpp"
#include "src/model/enforcement.hpp"

namespace fkaudit::audit {

/// What can be wrong with a key, or its index, on a copy of a shard.
enum class shard_fault {
    unknown,     ///< the shard could not be looked at
    no_key,      ///< it lacks the foreign key
    not_valid,   ///< the key is NOT VALID there, and valid as declared
    no_trigger,  ///< triggers of the key are missing
    idle_check,  ///< check triggers are disabled, or for replica role only
    idle_actor,  ///< the same of action triggers, on the parent's shard
    no_index,    ///< it lacks an index that begins with the key's columns
    bad_index,   ///< that index is invalid
};

struct shard_defect {
    shard_fault fault{};
    model::placement const* place = nullptr;
    std::string_view index{};       ///< the declared one's name, of no_index and bad_index
    std::string_view definition{};  ///< likewise, from USING on
    std::string_view own_index{};   ///< the shard's own one's name, of bad_index
};

/// Every difference between what the database has of a key and what its shards have, by fault, then by place. Empty where
/// Citus keeps no table of it, or where shards were not loaded.
std::span<shard_defect const> find_shard_defects(model::arena& arena, model::database const& database,
                                                 model::constraint const& key);

/// Such as `check triggers disabled on shard public.orders_102008 (10.0.0.2:5432)`, with five places at most, of all defects
/// with this fault; empty: there is none.
std::string_view describe(model::arena& arena, std::span<shard_defect const> defects, shard_fault fault);

/// The statement that gives the shards the indexes that they lack, or rebuilds those that are invalid, each on its node and
/// beside reads and writes; empty: there is no defect of this kind, or only by hand (an index of a constraint, or a name
/// that Citus would cut short).
std::string_view mend_indexes(model::arena& arena, model::database const& database,
                              std::span<shard_defect const> defects, shard_fault fault);

/// Adds what the shards show to the judgement of the key.
void judge_shards(model::arena& arena, model::database const& database, model::constraint const& key,
                  model::enforcement& judged);

}  // namespace fkaudit::audit
