#pragma once

#include "src/pg/postgres.hpp"

/// Whether a violation's key may be kept: not where the child or the parent has row security. An error that is under way
/// allows no look into the catalog, so this is found out before the triggers fire, and holds for the transaction: its
/// violations keep their keys if all that it wrote until then is known to have no row security.
namespace fkaudit::watch {

/// Once for each session, before the others.
void prepare_kept_keys();

/// Looks at what a query has written and at the other side of those tables' foreign keys. May ereport.
void note_written(EState const& query);

/// Likewise what COPY … FROM is about to write; takes the lock that COPY takes. May ereport.
void note_copy(CopyStmt const& statement);

/// false, too, where nothing of the transaction was noted.
bool may_keep_key() noexcept;

/// The transaction is over.
void forget_written() noexcept;

}  // namespace fkaudit::watch
