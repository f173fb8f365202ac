#pragma once

#include "src/pg/boundary.hpp"
#include "src/plan/impact_notes.hpp"

namespace fkaudit::entry {

/// Triggers of users (those that partitioning derived aside), rules and partition keys of tables and of their
/// partitions, by table; of `heir_of` also those of tables that inherit from it.
std::span<plan::table_fact const> load_table_facts(pg::call& current, std::span<model::oid const> tables,
                                                   model::oid heir_of = model::no_oid);

}  // namespace fkaudit::entry
