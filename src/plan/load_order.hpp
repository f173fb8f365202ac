#pragma once

#include <cstdint>

#include "src/model/database.hpp"

namespace fkaudit::plan {

/// A table that is to be loaded; of a partitioned one the topmost.
struct load_table {
    model::oid id = model::no_oid;
    model::identifier schema{};
    model::identifier name{};
    bool is_reference = false;  ///< Citus has it on every node
};

/// What differs between servers and what the model lacks.
struct load_conditions {
    bool partitioned_not_valid = false;  ///< ADD … NOT VALID is accepted for a partitioned child
    /// Keys, by OID in order, whose names SET CONSTRAINTS refuses, because another constraint of their schema bears it
    /// and is not deferrable.
    std::span<model::oid const> unnameable{};
};

/// A table's place in the order.
struct load_step {
    std::int32_t step = 0;  ///< from 1; tables of one step do not need each other
    load_table const* table = nullptr;
    std::int32_t cycle = 0;  ///< from 1; 0: in none
    std::string_view detail{};
    std::string_view before_load{};  ///< statements, one a line; empty: none
    std::string_view after_load{};
};

/// An order in which the tables can be loaded while their keys are enforced: each after the parents of its keys.
///
/// Tables that refer to each other in a circle stand one after the other, a step each, in the order that breaks as few
/// keys as possible (cheapest_order): first as few that are NOT NULL and not deferrable, then as few with columns that can
/// be NULL, then as few deferrable ones. Those are relaxed before the circle's first table and back to what they were after
/// its last: deferred with SET CONSTRAINTS where they are deferrable (the circle is then one transaction), dropped and
/// added again otherwise. A key that is NOT VALID may have rows that its parent lacks: it is dropped and added again around
/// its child, or the circle that this is in. Keys that check no write of the child (not enforced, triggers disabled)
/// break for nothing. Citus' reference tables, and what they need, come before all others; as it gives SET CONSTRAINTS to no
/// shard, keys of its tables are dropped where others would be deferred.
///
/// `tables` in the order of the result, which is step, then that order.
std::span<load_step const> plan_load(model::arena& arena, model::database const& database,
                                     std::span<load_table const> tables, load_conditions const& conditions);

}  // namespace fkaudit::plan
