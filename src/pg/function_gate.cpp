#include "src/pg/function_gate.hpp"

#include <algorithm>

#include "src/pg/compat.hpp"

namespace fkaudit::pg {

namespace {

function_gate const* innermost_gate = nullptr;
needs_fmgr_hook_type next_needs_hook = nullptr;
fmgr_hook_type next_hook = nullptr;

// The functions below run inside the server, which may leave them by a longjmp: nothing in them has a destructor.

void raise_refusal(Oid function, Oid owner) {
    char const* const name = GetUserNameFromId(owner, true);
    ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                    errmsg("code of user %s (function %s) would run with the rights of %s",
                           name == nullptr ? "?" : quote_identifier(name), format_procedure_qualified(function),
                           quote_identifier(GetUserNameFromId(GetUserId(), false)))));
}

void check(Oid function) {
    if (innermost_gate == nullptr) return;
    HeapTuple const tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
    if (!HeapTupleIsValid(tuple)) return;
    Oid const owner = reinterpret_cast<Form_pg_proc>(GETSTRUCT(tuple))->proowner;
    ReleaseSysCache(tuple);
    if (superuser_arg(owner)) return;
    for (auto const* gate = innermost_gate; gate != nullptr; gate = gate->outer())
        if (!gate->admits(owner)) raise_refusal(function, owner);
}

/// Asked for every function that is not built in when it is looked up or inlined, those with SET or SECURITY DEFINER
/// aside (fmgr.c: fmgr_info_cxt_security).
bool needs_hook(Oid function) {
    check(function);
    return next_needs_hook != nullptr && next_needs_hook(function);
}

/// Called before each of those others starts (fmgr.c: fmgr_security_definer).
void at_function(FmgrHookEventType event, FmgrInfo* function, Datum* state) {
    if (event == FHET_START) check(function->fn_oid);
    if (next_hook != nullptr) next_hook(event, function, state);
}

}  // namespace

function_gate::function_gate(std::span<Oid const> owners) noexcept : owners_(owners), outer_(innermost_gate) {
    innermost_gate = this;
}

function_gate::~function_gate() { innermost_gate = outer_; }

bool function_gate::admits(Oid owner) const noexcept {
    return std::find(owners_.begin(), owners_.end(), owner) != owners_.end();
}

void install_function_gate() {
    next_needs_hook = needs_fmgr_hook;
    needs_fmgr_hook = needs_hook;
    next_hook = fmgr_hook;
    fmgr_hook = at_function;
}

}  // namespace fkaudit::pg
