#include "src/watch/recorder.hpp"

#include "src/pg/compat.hpp"
#include "src/watch/counters.hpp"
#include "src/watch/kept_keys.hpp"

/// A violation is seen when it is raised, not when it is logged: PL/pgSQL catches errors that no log ever has. Context
/// callbacks run once for each raise, whatever the log level, and not for a raise again (elog.c: errfinish,
/// ReThrowError). So each query's end, where the triggers fire, and each utility command is a frame with a callback; only
/// the innermost frame's counts. What no frame is around (the triggers of a COMMIT, the workers of a subscription) is
/// counted when it goes to the log.
namespace fkaudit::watch {

namespace {

struct frame {
    frame* outer;
    bool is_alter_table;
    ErrorContextCallback callback;
};

/// Violations that are not in shared memory yet: its lock is never taken while an error is under way.
struct waiting_violation {
    violation_key key;
    std::uint32_t times;
    violation_event last;
};

constexpr std::size_t most_waiting = 16;
constexpr Size reserved_bytes = 32768;

bool const* is_tracking = nullptr;
ExecutorFinish_hook_type next_finish_hook = nullptr;
ProcessUtility_hook_type next_utility_hook = nullptr;
emit_log_hook_type next_log_hook = nullptr;

frame* innermost = nullptr;
bool has_passed_frame = false;  ///< the error that is under way, if there is one, left a frame: it was counted
bool is_prepared = false;
MemoryContext error_memory = nullptr;

waiting_violation waiting[most_waiting];
std::size_t waiting_count = 0;
std::int64_t lost = 0;

// The functions below run inside the server, which may leave them by a longjmp: nothing in them has a destructor.

void remember(violation_key const& key, violation_event const& event) noexcept {
    for (std::size_t number = 0; number < waiting_count; ++number)
        if (std::memcmp(&waiting[number].key, &key, sizeof key) == 0) {
            ++waiting[number].times;
            waiting[number].last = event;
            return;
        }
    if (waiting_count == most_waiting)
        ++lost;
    else
        waiting[waiting_count++] = {key, 1, event};
}

/// Called where no error is under way.
void deliver() noexcept {
    if (waiting_count == 0 && lost == 0) return;
    for (std::size_t number = 0; number < waiting_count; ++number)
        count_violations(waiting[number].key, waiting[number].times, waiting[number].last);
    if (lost > 0) count_lost(lost);
    waiting_count = 0;
    lost = 0;
}

void deliver_at_transaction(XactEvent event, void*) {
    deliver();
    if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT || event == XACT_EVENT_PREPARE) forget_written();
}
void deliver_at_subtransaction(SubXactEvent event, SubTransactionId, SubTransactionId, void*) {
    if (event == SUBXACT_EVENT_ABORT_SUB) deliver();
}
void deliver_at_exit(int, Datum) { deliver(); }

/// What allocates is done before the first error needs it.
void prepare() {
    if (is_prepared) return;
    RegisterXactCallback(deliver_at_transaction, nullptr);
    RegisterSubXactCallback(deliver_at_subtransaction, nullptr);
    before_shmem_exit(deliver_at_exit, Datum{0});
    prepare_kept_keys();
    error_memory = AllocSetContextCreate(TopMemoryContext, "fkaudit errors", reserved_bytes, reserved_bytes,
                                         ALLOCSET_DEFAULT_MAXSIZE);
    is_prepared = true;
}

/// The key stays out of shared memory and out of the file where it is a secret, and where that is not known: `is_noted`
/// says whether all that led to the violation was noted.
void remember_allowed(violation_key const& key, violation_event& event, bool is_noted) noexcept {
    if (!is_noted || !may_keep_key()) std::memset(event.key, 0, sizeof event.key);
    remember(key, event);
}

bool may_be_violation(int sqlerrcode) noexcept {
    return sqlerrcode == ERRCODE_FOREIGN_KEY_VIOLATION || sqlerrcode == ERRCODE_RESTRICT_VIOLATION;
}

void at_error(void* argument) {
    auto const* const current = static_cast<frame const*>(argument);
    if (current != innermost || !may_be_violation(geterrcode()) || !*is_tracking) return;
    // The error's fields can be had as a copy only; the context's first block is there already.
    MemoryContext const before = MemoryContextSwitchTo(error_memory);
    ErrorData const* const error = CopyErrorData();
    MemoryContextSwitchTo(before);
    violation_key key;
    violation_event event;
    if (read_violation(*error, current->is_alter_table, key, event))
        remember_allowed(key, event, !current->is_alter_table);  // ALTER TABLE reads what it validates
    MemoryContextReset(error_memory);
}

/// At the top, after the error has left everything.
void at_log(ErrorData* error) {
    if (error->elevel >= ERROR) {
        bool const is_counted = has_passed_frame || innermost != nullptr;
        has_passed_frame = false;
        violation_key key;
        violation_event event;
        if (!is_counted && *is_tracking && may_be_violation(error->sqlerrcode) &&
            read_violation(*error, false, key, event)) {
            prepare();
            // A subscription's worker writes without queries.
            remember_allowed(key, event, MyBackendType == B_BACKEND);
        }
    }
    if (next_log_hook != nullptr) next_log_hook(error);
}

void leave(frame& current) noexcept {
    innermost = current.outer;
    error_context_stack = current.callback.previous;
}

template <class Inside>
void run_in_frame(bool is_alter_table, Inside inside) {
    static_assert(std::is_trivially_destructible_v<Inside>);
    prepare();
    if (innermost == nullptr) has_passed_frame = false;
    frame current{innermost, is_alter_table, {error_context_stack, at_error, nullptr}};
    current.callback.arg = &current;
    innermost = &current;
    error_context_stack = &current.callback;
    PG_TRY();
    { inside(); }
    PG_CATCH();
    {
        leave(current);
        if (innermost == nullptr) has_passed_frame = true;
        PG_RE_THROW();
    }
    PG_END_TRY();
    leave(current);
    if (innermost == nullptr) deliver();
}

void finish_query(QueryDesc* query) {
    run_in_frame(false, [query] {
        note_written(*query->estate);
        if (next_finish_hook != nullptr)
            next_finish_hook(query);
        else
            standard_ExecutorFinish(query);
    });
}

void run_utility(PlannedStmt* statement, char const* text, bool is_read_only_tree, ProcessUtilityContext context,
                 ParamListInfo parameters, QueryEnvironment* environment, DestReceiver* receiver,
                 QueryCompletion* completion) {
    run_in_frame(IsA(statement->utilityStmt, AlterTableStmt), [=] {
        if (IsA(statement->utilityStmt, CopyStmt)) note_copy(*castNode(CopyStmt, statement->utilityStmt));
        if (next_utility_hook != nullptr)
            next_utility_hook(statement, text, is_read_only_tree, context, parameters, environment, receiver,
                              completion);
        else
            standard_ProcessUtility(statement, text, is_read_only_tree, context, parameters, environment, receiver,
                                    completion);
    });
}

}  // namespace

void install_recorder(bool const& is_on) {
    is_tracking = &is_on;
    next_finish_hook = ExecutorFinish_hook;
    ExecutorFinish_hook = finish_query;
    next_utility_hook = ProcessUtility_hook;
    ProcessUtility_hook = run_utility;
    next_log_hook = emit_log_hook;
    emit_log_hook = at_log;
}

}  // namespace fkaudit::watch
