#pragma once

#include "src/pg/boundary.hpp"

namespace fkaudit::pg {

/// An error that a subtransaction caught, as text in the call's arena.
struct caught_error {
    int sqlstate = 0;  ///< as ERRCODE_* has it
    std::string_view message{};
    std::string_view detail{};
    std::string_view hint{};
};

/// What becomes of a subtransaction whose body returned.
enum class on_success { commit, roll_back };

namespace detail {

struct subtransaction {
    MemoryContext context;
    ResourceOwner owner;

    static subtransaction begin();
    void commit() const;
    void roll_back() const;
};

/// Takes the pending error off PostgreSQL's stack into `context`.
ErrorData* take_error(MemoryContext context);
/// A cancel, a shutdown, a serialization failure or a recovery conflict: never swallowed.
bool must_go_on(ErrorData const& error) noexcept;
/// By a RAISE of a procedural language, with whatever SQLSTATE its author chose.
bool is_raised_by_function(ErrorData const& error) noexcept;
caught_error describe(model::arena& arena, ErrorData const& error);

/// Whether `body` ended in an SQL error, which is pending then. C++ exceptions roll the subtransaction back and go on.
template <class Body>
bool fails_inside(subtransaction const& inner, Body& body) {
    try {
        body();
        return false;
    } catch (pending_error const&) {
        return true;
    } catch (...) {
        guarded([&] { inner.roll_back(); });
        throw;
    }
}

}  // namespace detail

/// Runs `body` in a subtransaction of its own. An SQL error inside rolls it back and is returned; locks, snapshots, SPI
/// levels and the current user are then as they were before. Errors that end the whole run (see must_go_on), those that
/// tear the call's result, and C++ exceptions roll it back and go on. `body` must not keep anything that belongs to the subtransaction.
template <class Body>
std::optional<caught_error> attempt(call& current, on_success ending, Body&& body) {
    auto const inner = guarded([] { return detail::subtransaction::begin(); });
    if (!detail::fails_inside(inner, body)) {
        guarded([&] { ending == on_success::commit ? inner.commit() : inner.roll_back(); });
        return std::nullopt;
    }
    auto* const error = guarded([&] {
        auto* const taken = detail::take_error(current.context());
        inner.roll_back();
        return taken;
    });
    if (detail::must_go_on(*error) || current.is_writing()) throw copied_error{error};
    return detail::describe(current.arena(), *error);
}

/// Runs `body` in a subtransaction that is rolled back in every case: nothing that it does to settings, locks or rows stays.
/// An error goes on with everything that it carried.
template <class Body>
void run_rolled_back(call& current, Body&& body) {
    auto const inner = guarded([] { return detail::subtransaction::begin(); });
    bool const failed = detail::fails_inside(inner, body);
    auto* const error = guarded([&] {
        auto* const taken = failed ? detail::take_error(current.context()) : nullptr;
        inner.roll_back();
        return taken;
    });
    if (failed) throw copied_error{error};
}

/// attempt() where users' functions may run inside: one that raises a "cancel" by itself ends the subtransaction, but not
/// the whole run.
template <class Body>
std::optional<caught_error> attempt_foreign_code(call& current, on_success ending, Body&& body) {
    try {
        return attempt(current, ending, body);
    } catch (copied_error const& error) {
        if (!detail::is_raised_by_function(*error.data)) throw;
        return detail::describe(current.arena(), *error.data);
    }
}

}  // namespace fkaudit::pg
