#pragma once

#include "src/pg/postgres.hpp"

namespace fkaudit::catalog {

/// Foreign keys, each once.
struct key_lists {
    List* declared = nullptr;
    List* derived = nullptr;  ///< rows of pg_constraint that partitioning derived for the tables as children
};

/// Adds the foreign keys that a table has a part in: as the child, as the parent, or as a partition of one of them. A few
/// index scans, without locks; may ereport.
void add_keys_of_table(Oid table, key_lists& keys);

/// Those alone of which it is the child.
void add_keys_of_child(Oid table, key_lists& keys);

/// Whether a constraint that this command has dropped was a foreign key, or was derived from one: its row is dead, but
/// there as long as the transaction. May ereport.
bool was_key(Oid dropped);

}  // namespace fkaudit::catalog
