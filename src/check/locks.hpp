#pragma once

#include "src/model/relation.hpp"
#include "src/pg/boundary.hpp"

namespace fkaudit::check {

/// What to do about a table that another session has locked.
enum class patience { none, wait };

/// A table and its partitions, from the top down, each locked (ACCESS SHARE). Inheritance children are no part of a
/// foreign key.
struct locked_tree {
    std::span<model::oid const> tables{};  ///< none where the table is gone
    model::oid blocker = model::no_oid;    ///< the table that could not be locked at once; then the list is incomplete
};

/// Locks a table and all of its partitions; with patience::wait it waits for each as lock_timeout says.
locked_tree lock_tree(pg::call& current, model::relation const& root, patience how);

/// Whether a locked tree has gained or lost a partition since: ATTACH PARTITION and DETACH PARTITION CONCURRENTLY do
/// not wait for ACCESS SHARE.
bool has_changed(pg::call& current, model::relation const& root, std::span<model::oid const> locked);

/// Whether a query of this transaction has read a partition that came after lock_tree() and is not in its list: planning
/// it left a lock behind.
bool was_read_beyond(pg::call& current, model::relation const& root, std::span<model::oid const> locked);

/// Waits for a table's lock as lock_timeout says. Errors: lock_not_available, deadlock_detected.
void wait_for_lock(model::oid table);

/// Whether this transaction keeps a snapshot under which the locked tree cannot be read: it was rewritten or truncated,
/// or gained or lost a partition, after the snapshot was taken.
bool is_newer_than_snapshot(pg::call& current, model::relation const& root, std::span<model::oid const> locked);

}  // namespace fkaudit::check
