#pragma once

#include "src/pg/postgres.hpp"

/// What an event trigger's function is told. All of it may ereport; it is called before the boundary is opened, because
/// most commands are none of the function's business and shall not pay for it.
namespace fkaudit::pg {

/// Errors unless the function was called by an event trigger (39P03).
void require_event_trigger(FunctionCallInfo call);

/// Whether the command is CREATE TABLE by itself: it touches no key but those that it makes.
bool is_create_table(FunctionCallInfo call);

/// `ALTER TABLE`
char const* command_tag(FunctionCallInfo call);

/// What the command's own syntax says it was about.
struct command_subject {
    bool is_known = false;  ///< otherwise ask pg_event_trigger_ddl_commands()
    Oid relation = InvalidOid;
    Oid partition = InvalidOid;  ///< that was attached or detached
    bool is_new = false;         ///< the relation was created: at most its own keys are there
    bool may_merge = false;      ///< a key that a partition has of its own may have become a part of its parent's
};

/// The names are looked up as the command did: with the rights and the search_path of the user who ran it.
command_subject find_subject(FunctionCallInfo call);

/// The objects of a catalog that the command dropped, those of temporary tables aside. Only at sql_drop.
List* find_dropped(Oid catalog);

/// The relation and what inherits from it, partitions among it.
List* with_inheritors(Oid relation);

}  // namespace fkaudit::pg
