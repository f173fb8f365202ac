#include "src/pg/subtransaction.hpp"

extern "C" {
#include <utils/resowner.h>
}

namespace fkaudit::pg::detail {

subtransaction subtransaction::begin() {
    subtransaction const started{CurrentMemoryContext, CurrentResourceOwner};
    BeginInternalSubTransaction(nullptr);
    MemoryContextSwitchTo(started.context);
    return started;
}

void subtransaction::commit() const {
    ReleaseCurrentSubTransaction();
    MemoryContextSwitchTo(context);
    CurrentResourceOwner = owner;
}

void subtransaction::roll_back() const {
    RollbackAndReleaseCurrentSubTransaction();
    MemoryContextSwitchTo(context);
    CurrentResourceOwner = owner;
}

ErrorData* take_error(MemoryContext context) {
    MemoryContext const before = MemoryContextSwitchTo(context);
    ErrorData* const error = CopyErrorData();
    FlushErrorState();
    MemoryContextSwitchTo(before);
    return error;
}

bool must_go_on(ErrorData const& error) noexcept {
    switch (error.sqlerrcode) {
        case ERRCODE_QUERY_CANCELED:
        case ERRCODE_ADMIN_SHUTDOWN:
        case ERRCODE_CRASH_SHUTDOWN:
        case ERRCODE_CANNOT_CONNECT_NOW:
        case ERRCODE_DATABASE_DROPPED:
        case ERRCODE_IDLE_SESSION_TIMEOUT:
        case ERRCODE_T_R_SERIALIZATION_FAILURE: return true;
        default: return false;
    }
}

bool is_raised_by_function(ErrorData const& error) noexcept {
    // pl_exec.c and plpy_plpymodule.c; other languages give no choice of the SQLSTATE.
    for (std::string_view const name : {"exec_stmt_raise", "PLy_output"})
        if (error.funcname != nullptr && name == error.funcname) return true;
    return false;
}

caught_error describe(model::arena& arena, ErrorData const& error) {
    auto const text = [&](char const* value) { return value == nullptr ? std::string_view() : arena.copy(value); };
    return {error.sqlerrcode, text(error.message), text(error.detail), text(error.hint)};
}

}  // namespace fkaudit::pg::detail
