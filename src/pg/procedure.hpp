#pragma once

#include "src/pg/boundary.hpp"

namespace fkaudit::pg {

/// The transactions of one CALL. Members may be called outside guards and attempts only; they raise the server's errors.
class transactions {
public:
    transactions(detail::surroundings& around, bool may_end) noexcept : around_(around), may_end_(may_end) {}
    transactions(transactions const&) = delete;
    transactions& operator=(transactions const&) = delete;

    /// Whether the caller lets a procedure end its transaction: not in a transaction block, a function, a trigger or under
    /// an exception handler of PL/pgSQL.
    bool may_end() const noexcept { return may_end_; }

    /// Takes the first transaction's snapshot.
    void begin();
    /// Commits, and begins the next transaction: a new snapshot, the call's settings once more, nothing locked but what
    /// locks of the session are. Memory, the arena and SPI stay.
    void commit();
    /// Gives the last snapshot back. An error does so as well.
    void end();

private:
    detail::surroundings& around_;
    bool may_end_;
};

namespace detail {

/// As ExecuteCallStmt() says it.
bool may_end_transactions(FunctionCallInfo arguments) noexcept;

template <class Body>
outcome run_procedure(FunctionCallInfo arguments, surroundings& around, bool may_end, Body& body) noexcept {
    call current(arguments, around.context, around.search_path);
    transactions work(around, may_end);
    return capture([&] {
        body(current, work);
        return Datum{0};
    });
}

}  // namespace detail

/// pg::boundary for a procedure that commits: `body` takes a call& and a transactions&.
template <class Body>
Datum procedure_boundary(FunctionCallInfo arguments, Body body) {
    static_assert(std::is_trivially_destructible_v<Body>, "an ereport would skip the body's destructor");
    bool const may_end = detail::may_end_transactions(arguments);
    auto around = detail::surroundings::open(may_end ? SPI_OPT_NONATOMIC : 0);
    auto const ended = detail::run_procedure(arguments, around, may_end, body);
    if (ended.how != detail::outcome::kind::returned) around.raise(ended);
    around.close();
    return ended.result;
}

}  // namespace fkaudit::pg
