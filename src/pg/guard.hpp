#pragma once

#include "src/pg/postgres.hpp"

namespace fkaudit::pg {

/// A PostgreSQL error that is under way: its ErrorData stays on PostgreSQL's own error stack, so that SQLSTATE, DETAIL,
/// HINT and CONTEXT survive. It is no std::exception, so nothing swallows it by accident. Only pg::boundary (which
/// raises it again) and pg::attempt (which rolls a subtransaction back) catch it.
struct pending_error {};

namespace detail {

/// Puts PostgreSQL's two error stacks back, whichever way a guard is left.
class error_stacks {
public:
    error_stacks() noexcept : exceptions_(PG_exception_stack), callbacks_(error_context_stack) {}
    ~error_stacks() {
        PG_exception_stack = exceptions_;
        error_context_stack = callbacks_;
    }
    error_stacks(error_stacks const&) = delete;
    error_stacks& operator=(error_stacks const&) = delete;

private:
    sigjmp_buf* const exceptions_;
    ErrorContextCallback* const callbacks_;
};

}  // namespace detail

/// Runs `body`, the only place where a PostgreSQL function that can ereport may be called, and turns an ereport into a
/// thrown pending_error. Between the guard and the call inside it live only trivially destructible objects: a longjmp
/// runs no destructor. Either way out by an exception, a C++ one that passes through included, leaves the error stacks
/// and the current memory context as they were. One guard covers a query or a batch, never a row. Cost: about 5 ns (the
/// signal mask is not saved).
template <class Body>
auto guarded(Body&& body) -> std::invoke_result_t<Body&> {
    using result = std::invoke_result_t<Body&>;
    static_assert(std::is_void_v<result> || std::is_trivially_destructible_v<result>);

    MemoryContext const context = CurrentMemoryContext;
    detail::error_stacks const stacks;
    sigjmp_buf jump;
    if (sigsetjmp(jump, 0) == 0) {
        PG_exception_stack = &jump;
        try {
            return body();
        } catch (...) {
            MemoryContextSwitchTo(context);
            throw;
        }
    }
    MemoryContextSwitchTo(context);
    throw pending_error{};
}

}  // namespace fkaudit::pg
