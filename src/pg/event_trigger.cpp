#include "src/pg/event_trigger.hpp"

#include "src/pg/compat.hpp"

extern "C" {
#include <commands/event_trigger.h>
#include <executor/executor.h>
#include <tcop/cmdtag.h>
#include <utils/fmgrprotos.h>
}

namespace fkaudit::pg {

namespace {

EventTriggerData const& data_of(FunctionCallInfo call) { return *reinterpret_cast<EventTriggerData*>(call->context); }

Oid find_relation(RangeVar const* name) {
    return name == nullptr ? InvalidOid : RangeVarGetRelid(const_cast<RangeVar*>(name), NoLock, true);
}

bool has_key(List* constraints) {
    ListCell* cell;
    foreach (cell, constraints)
        if (static_cast<Constraint const*>(lfirst(cell))->contype == CONSTR_FOREIGN) return true;
    return false;
}

/// What these do is no matter of a foreign key.
bool is_harmless(AlterTableCmd const& command) {
    switch (command.subtype) {
        case AT_AddColumn: return !has_key(castNode(ColumnDef, command.def)->constraints);
        case AT_AddConstraint: return castNode(Constraint, command.def)->contype != CONSTR_FOREIGN;
        case AT_AddIndexConstraint:
        case AT_ColumnDefault:
        case AT_SetStatistics:
        case AT_SetOptions:
        case AT_ResetOptions:
        case AT_SetStorage:
        case AT_SetCompression:
        case AT_SetNotNull:
        case AT_DropNotNull:
        case AT_ChangeOwner:
        case AT_EnableTrigUser:
        case AT_DisableTrigUser:
        case AT_ReplicaIdentity:
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

/// The server has put the schema to the name (parse_utilcmd.c: transformCreateStmt).
command_subject find_subject(CreateStmt const& statement) {
    if (statement.relation->relpersistence == RELPERSISTENCE_TEMP) return {.is_known = true};
    return {.is_known = true,
            .relation = find_relation(statement.relation),
            .is_new = statement.partbound == nullptr && !statement.if_not_exists};
}

command_subject find_subject(AlterTableStmt const& statement) {
    command_subject subject{.is_known = true};
    bool matters = false;
    ListCell* cell;
    foreach (cell, statement.cmds) {
        auto const* const command = static_cast<AlterTableCmd const*>(lfirst(cell));
        matters = matters || !is_harmless(*command);
        subject.may_merge = subject.may_merge || command->subtype == AT_AttachPartition ||
                            command->subtype == AT_AddConstraint || command->subtype == AT_AddColumn;
        if (command->def != nullptr && IsA(command->def, PartitionCmd))
            subject.partition = find_relation(reinterpret_cast<PartitionCmd const*>(command->def)->name);
    }
    // A change of a type can go on to the tables that were made of it.
    if (matters && statement.objtype == OBJECT_TYPE) return {};
    if (matters) subject.relation = find_relation(statement.relation);
    return subject;
}

// Columns of pg_event_trigger_dropped_objects().
constexpr int dropped_catalog = 1;
constexpr int dropped_object = 2;
constexpr int dropped_is_temporary = 6;

/// What the server has of the dropped objects, without SPI and its plans.
ReturnSetInfo ask_for_dropped() {
    FmgrInfo function;
    fmgr_info(F_PG_EVENT_TRIGGER_DROPPED_OBJECTS, &function);
    ExprContext surroundings{};
    surroundings.type = T_ExprContext;
    surroundings.ecxt_per_query_memory = CurrentMemoryContext;
    ReturnSetInfo result{};
    result.type = T_ReturnSetInfo;
    result.econtext = &surroundings;
    result.allowedModes = SFRM_Materialize;
    LOCAL_FCINFO(asked, 0);
    InitFunctionCallInfoData(*asked, &function, 0, InvalidOid, nullptr, reinterpret_cast<Node*>(&result));
    (void)FunctionCallInvoke(asked);
    return result;
}

Datum read_column(TupleTableSlot* row, int number) {
    bool is_null = false;
    return slot_getattr(row, number, &is_null);
}

}  // namespace

void require_event_trigger(FunctionCallInfo call) {
    if (CALLED_AS_EVENT_TRIGGER(call)) return;
    ereport(ERROR, (errcode(ERRCODE_E_R_I_E_EVENT_TRIGGER_PROTOCOL_VIOLATED),
                    errmsg("function \"%s\" was not called by an event trigger", get_func_name(call->flinfo->fn_oid)),
                    errhint("fk_track_history(true) makes the event triggers.")));
}

bool is_create_table(FunctionCallInfo call) { return IsA(data_of(call).parsetree, CreateStmt); }

char const* command_tag(FunctionCallInfo call) { return GetCommandTagName(data_of(call).tag); }

command_subject find_subject(FunctionCallInfo call) {
    auto const* const tree = data_of(call).parsetree;
    switch (nodeTag(tree)) {
        case T_CreateStmt: return find_subject(*reinterpret_cast<CreateStmt const*>(tree));
        case T_AlterTableStmt: return find_subject(*reinterpret_cast<AlterTableStmt const*>(tree));
        case T_RenameStmt: {
            auto const& statement = *reinterpret_cast<RenameStmt const*>(tree);
            if (statement.renameType != OBJECT_COLUMN && statement.renameType != OBJECT_TABCONSTRAINT) return {};
            return {.is_known = true, .relation = find_relation(statement.relation)};
        }
        default: return {};
    }
}

List* find_dropped(Oid catalog) {
    List* found = NIL;
    auto const result = ask_for_dropped();
    TupleTableSlot* const row = MakeSingleTupleTableSlot(result.setDesc, &TTSOpsMinimalTuple);
    while (tuplestore_gettupleslot(result.setResult, true, false, row))
        if (DatumGetObjectId(read_column(row, dropped_catalog)) == catalog &&
            !DatumGetBool(read_column(row, dropped_is_temporary)))
            found = lappend_oid(found, DatumGetObjectId(read_column(row, dropped_object)));
    ExecDropSingleTupleTableSlot(row);
    tuplestore_end(result.setResult);
    return found;
}

List* with_inheritors(Oid relation) {
    if (!OidIsValid(relation)) return NIL;
    if (!SearchSysCacheExists1(RELOID, ObjectIdGetDatum(relation))) return NIL;
    return has_subclass(relation) ? find_all_inheritors(relation, NoLock, nullptr) : list_make1_oid(relation);
}

}  // namespace fkaudit::pg
