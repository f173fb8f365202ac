#pragma once

#include "src/model/database.hpp"

namespace fkaudit::plan {

/// What fires for a row of one table when it is deleted or its columns change.
struct row_trigger {
    model::oid table = model::no_oid;
    std::string_view name{};
    model::constraint const* key = nullptr;
    bool is_check = false;   ///< of the child, when its columns change; false: an action, of the parent
    bool on_delete = false;  ///< of an action
    bool is_deferred = false;
};

/// The internal triggers of all enforced keys that fire in a session like any other, by table, then by name: the order
/// in which PostgreSQL fires them. Which of a key's two action triggers is for DELETE, and which of its two check
/// triggers for UPDATE, follows from the order in which the server makes them (tablecmds.c:
/// createForeignKeyActionTriggers, createForeignKeyCheckTriggers).
model::vector<row_trigger> list_row_triggers(model::arena& arena, model::database const& database);

}  // namespace fkaudit::plan
