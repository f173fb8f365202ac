#include "src/pg/event_trigger.hpp"

#include "src/pg/compat.hpp"

extern "C" {
#include <commands/event_trigger.h>
#include <tcop/cmdtag.h>
}

namespace fkaudit::pg {

namespace {

EventTriggerData const& data_of(FunctionCallInfo call) { return *reinterpret_cast<EventTriggerData*>(call->context); }

Oid find_relation(RangeVar const* name) {
    return name == nullptr ? InvalidOid : RangeVarGetRelid(const_cast<RangeVar*>(name), NoLock, true);
}

/// What these do is no matter of a foreign key.
bool is_harmless(AlterTableType kind) {
    switch (kind) {
        case AT_ColumnDefault:
        case AT_SetStatistics:
        case AT_SetOptions:
        case AT_ResetOptions:
        case AT_SetStorage:
        case AT_SetCompression:
        case AT_SetNotNull:
        case AT_DropNotNull:
        case AT_ChangeOwner:
        case AT_ClusterOn:
        case AT_DropCluster:
        case AT_SetTableSpace:
        case AT_SetRelOptions:
        case AT_ResetRelOptions:
        case AT_ReplaceRelOptions:
        case AT_EnableRowSecurity:
        case AT_DisableRowSecurity:
        case AT_ForceRowSecurity:
        case AT_NoForceRowSecurity: return true;
        default: return false;
    }
}

command_subject find_subject(AlterTableStmt const& statement) {
    command_subject subject{.is_known = true};
    bool matters = false;
    ListCell* cell;
    foreach (cell, statement.cmds) {
        auto const* const command = static_cast<AlterTableCmd const*>(lfirst(cell));
        matters = matters || !is_harmless(command->subtype);
        subject.may_merge = subject.may_merge || command->subtype == AT_AttachPartition ||
                            command->subtype == AT_AddConstraint || command->subtype == AT_AddColumn;
        if (command->def != nullptr && IsA(command->def, PartitionCmd))
            subject.partition = find_relation(reinterpret_cast<PartitionCmd const*>(command->def)->name);
    }
    if (matters) subject.relation = find_relation(statement.relation);
    return subject;
}

}  // namespace

void require_event_trigger(FunctionCallInfo call) {
    if (CALLED_AS_EVENT_TRIGGER(call)) return;
    ereport(ERROR, (errcode(ERRCODE_E_R_I_E_EVENT_TRIGGER_PROTOCOL_VIOLATED),
                    errmsg("function \"%s\" was not called by an event trigger", get_func_name(call->flinfo->fn_oid)),
                    errhint("fk_track_history(true) makes the event triggers.")));
}

char const* command_tag(FunctionCallInfo call) { return GetCommandTagName(data_of(call).tag); }

command_subject find_subject(FunctionCallInfo call) {
    auto const* const tree = data_of(call).parsetree;
    switch (nodeTag(tree)) {
        // The server has put the schema to the name (parse_utilcmd.c: transformCreateStmt).
        case T_CreateStmt:
            return {.is_known = true, .relation = find_relation(reinterpret_cast<CreateStmt const*>(tree)->relation)};
        case T_AlterTableStmt: return find_subject(*reinterpret_cast<AlterTableStmt const*>(tree));
        case T_RenameStmt: {
            auto const& statement = *reinterpret_cast<RenameStmt const*>(tree);
            if (statement.renameType != OBJECT_COLUMN && statement.renameType != OBJECT_TABCONSTRAINT) return {};
            return {.is_known = true, .relation = find_relation(statement.relation)};
        }
        default: return {};
    }
}

List* with_inheritors(Oid relation) {
    if (!OidIsValid(relation)) return NIL;
    if (!SearchSysCacheExists1(RELOID, ObjectIdGetDatum(relation))) return NIL;
    return has_subclass(relation) ? find_all_inheritors(relation, NoLock, nullptr) : list_make1_oid(relation);
}

}  // namespace fkaudit::pg
