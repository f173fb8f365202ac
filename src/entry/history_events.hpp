#pragma once

#include "src/catalog/keys_of_tables.hpp"
#include "src/pg/boundary.hpp"

namespace fkaudit::entry {

/// What a look without a boundary found about the command that an event trigger fired for.
struct touched_keys {
    bool is_known = false;  ///< otherwise the server must be asked which objects the command was about
    Oid subject = InvalidOid;
    catalog::key_lists keys{};  ///< that its tables have a part in, now; or that it dropped
};

/// A few index scans; may ereport, and holds no C++ object. Error: no event trigger called (39P03).
touched_keys find_touched_keys(FunctionCallInfo call);
/// The same at sql_drop: the foreign keys, and rows derived from them, that the command dropped.
touched_keys find_dropped_keys(FunctionCallInfo call);

/// Record what a command did to foreign keys. Whatever fails is a WARNING and leaves the history marked.
Datum record_changed_keys(pg::call& current, touched_keys const& touched);
Datum record_dropped_keys(pg::call& current, touched_keys const& touched);

}  // namespace fkaudit::entry
