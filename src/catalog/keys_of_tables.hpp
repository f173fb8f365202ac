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

}  // namespace fkaudit::catalog
