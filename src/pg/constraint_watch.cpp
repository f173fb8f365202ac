#include "src/pg/constraint_watch.hpp"

#include "src/pg/compat.hpp"

extern "C" {
#include <catalog/objectaccess.h>
}

namespace fkaudit::pg {

namespace {

/// When the client's statement began says which one it is. Where nobody sets that clock, as in some background workers,
/// all are one, and the answers stay true.
struct seen_statement {
    TimestampTz started_at;
    bool has_made_constraint, has_dropped_key;
};

object_access_hook_type next_hook = nullptr;
bool is_watching = false;
TimestampTz watching_since = 0;  ///< the statement during which it began: of that, a part was not seen
seen_statement latest{};

// The functions below run inside the server, which may leave them by a longjmp: nothing in them has a destructor.

seen_statement& of_this_statement() noexcept {
    TimestampTz const now = GetCurrentStatementStartTimestamp();
    if (latest.started_at != now) latest = {now, false, false};
    return latest;
}

/// Its row is there until the hook returns.
bool is_foreign_key(Oid constraint) {
    HeapTuple const row = SearchSysCache1(CONSTROID, ObjectIdGetDatum(constraint));
    if (!HeapTupleIsValid(row)) return true;
    bool const result = reinterpret_cast<Form_pg_constraint>(GETSTRUCT(row))->contype == CONSTRAINT_FOREIGN;
    ReleaseSysCache(row);
    return result;
}

void at_access(ObjectAccessType access, Oid catalog, Oid object, int column, void* argument) {
    if (next_hook != nullptr) next_hook(access, catalog, object, column, argument);
    if (catalog != ConstraintRelationId) return;
    auto& seen = of_this_statement();
    // A new row cannot be seen yet: whether it is a foreign key's is found out later.
    if (access == OAT_POST_CREATE) seen.has_made_constraint = true;
    if (access == OAT_DROP && !seen.has_dropped_key) seen.has_dropped_key = is_foreign_key(object);
}

/// Whether all of this statement was seen.
bool has_seen_all() noexcept {
    // A library that took the hook after this may not hand it on.
    if (is_watching) return object_access_hook == at_access && watching_since != GetCurrentStatementStartTimestamp();
    next_hook = object_access_hook;
    object_access_hook = at_access;
    is_watching = true;
    watching_since = GetCurrentStatementStartTimestamp();
    return false;
}

}  // namespace

bool may_have_made_constraint() noexcept { return !has_seen_all() || of_this_statement().has_made_constraint; }

bool may_have_dropped_key() noexcept { return !has_seen_all() || of_this_statement().has_dropped_key; }

}  // namespace fkaudit::pg
