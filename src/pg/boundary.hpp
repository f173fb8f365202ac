#pragma once

#include <exception>

#include "src/model/error.hpp"
#include "src/model/identifier.hpp"
#include "src/pg/guard.hpp"
#include "src/pg/memory.hpp"
#include "src/pg/postgres.hpp"

namespace fkaudit::pg {

/// An error that was taken off PostgreSQL's stack (so that a subtransaction could be rolled back) and must go on to the
/// caller: raised again by the boundary with everything it carried.
struct copied_error {
    ErrorData* data;
};

/// The library and the extension's SQL objects are of different versions: XX000 with a HINT.
inline constexpr char const* mismatch_message = "fkaudit's library and its SQL objects do not fit together";
inline constexpr char const* mismatch_hint =
    "Run ALTER EXTENSION fkaudit UPDATE, and start a new session after an installation.";

/// One call of one of fkaudit's SQL functions: its arguments, its memory, and the caller's search_path. While it lasts,
/// SPI is connected, search_path is `pg_catalog, pg_temp`, names are quoted only
/// where they must be, and the planner is set up for catalog queries.
class call {
public:
    call(FunctionCallInfo arguments, MemoryContext context, char const* search_path) noexcept
        : arguments_(arguments),
          context_(context),
          search_path_(search_path),
          command_(GetCurrentCommandId(false)),
          resource_(context),
          arena_(resource_) {}
    call(call const&) = delete;
    call& operator=(call const&) = delete;

    FunctionCallInfo arguments() const noexcept { return arguments_; }
    MemoryContext context() const noexcept { return context_; }
    model::arena& arena() noexcept { return arena_; }
    /// The OID of the SQL function.
    model::oid function() const noexcept { return arguments_->flinfo->fn_oid; }
    /// The caller's setting, as `SHOW search_path` prints it.
    char const* search_path() const noexcept { return search_path_; }

    /// The caller's command: what it does itself, in a WITH clause perhaps, is half done and not to be seen.
    CommandId command() const noexcept { return command_; }

    /// A copy of a value for the entry point to return: the call's memory goes before the caller reads it.
    Datum keep_jsonb(Datum value) const;
    /// Error: program_limit_exceeded where it is longer than a value may be.
    Datum keep_text(std::string_view value) const;

    /// Whether the texts of this database are in UTF-8.
    bool has_utf8() const noexcept;

    /// While a row is written to the result: an error then leaves a result that nobody may read or add to.
    void set_writing(bool is_writing) noexcept { is_writing_ = is_writing; }
    bool is_writing() const noexcept { return is_writing_; }

    /// Arguments by position, from 0; none where the argument is NULL (text and arrays are copied into the arena). An
    /// argument that the SQL function does not have is an error (see mismatch_message).
    std::optional<model::oid> oid_argument(int position) const;
    std::optional<std::int32_t> integer_argument(int position) const;
    std::optional<std::int64_t> bigint_argument(int position) const;
    std::optional<bool> boolean_argument(int position) const;
    /// A numeric.
    std::optional<double> number_argument(int position) const;
    std::optional<model::date> date_argument(int position) const;
    std::optional<Datum> jsonb_argument(int position) const { return argument(position); }
    std::optional<std::string_view> text_argument(int position);
    std::optional<std::string_view> name_argument(int position);
    /// A name[] or a text[]; an element that is NULL, or more than one dimension, is an error (22004, 2202E) that says
    /// what the elements are.
    std::optional<std::span<std::string_view const>> names_argument(int position, char const* what = "column names");
    std::optional<std::span<std::string_view const>> texts_argument(int position, char const* what);

private:
    std::optional<Datum> argument(int position) const;
    template <class Element>
    std::optional<std::span<std::string_view const>> list_argument(int position, char const* what);

    FunctionCallInfo arguments_;
    MemoryContext context_;
    char const* search_path_;
    CommandId command_;
    bool is_writing_ = false;
    context_resource resource_;
    model::arena arena_;
};

namespace detail {

/// How a body ended; carried out of its handler, because an ereport inside one would leak the C++ exception.
struct outcome {
    enum class kind { returned, pending, copied, own, out_of_memory, foreign };

    kind how = kind::returned;
    Datum result = 0;
    ErrorData* copied = nullptr;
    model::error own{};
    char foreign_text[256] = {};
};

/// What surrounds a call; the members run outside any guard and may ereport, because no C++ object lives around them.
struct surroundings {
    MemoryContext context;
    int guc_level;
    char* search_path;

    /// `spi_options`: SPI_OPT_NONATOMIC where the call may end the transaction.
    static surroundings open(int spi_options = 0);
    /// A parallel worker's: memory alone. The rest it has from its leader.
    static surroundings open_worker();
    /// Sets search_path and the planner's settings, at a new nest level.
    void set_settings();
    void close() const;
    [[noreturn]] void raise(outcome const& ended) const;
};

template <class Body>
outcome capture(Body&& body) noexcept {
    outcome ended;
    try {
        ended.result = body();
    } catch (pending_error const&) {
        ended.how = outcome::kind::pending;
    } catch (copied_error const& error) {
        ended.how = outcome::kind::copied;
        ended.copied = error.data;
    } catch (model::error const& error) {
        ended.how = outcome::kind::own;
        ended.own = error;
    } catch (std::bad_alloc const&) {
        ended.how = outcome::kind::out_of_memory;
    } catch (std::exception const& error) {
        ended.how = outcome::kind::foreign;
        std::strncpy(ended.foreign_text, error.what(), sizeof ended.foreign_text - 1);
    } catch (...) {
        ended.how = outcome::kind::foreign;
        std::strncpy(ended.foreign_text, "unknown C++ exception", sizeof ended.foreign_text - 1);
    }
    return ended;
}

template <class Body>
outcome run(FunctionCallInfo arguments, surroundings const& around, Body& body) noexcept {
    call current(arguments, around.context, around.search_path);
    return capture([&] { return body(current); });
}

}  // namespace detail

/// Every entry point is `return pg::boundary(fcinfo, body)`: the one place where C++ exceptions become PostgreSQL
/// errors. `body` takes a call& and returns a Datum that does not point into the call's memory. Errors keep their SQLSTATE, message, DETAIL, HINT and CONTEXT;
/// std::bad_alloc becomes 53200, any other C++ exception XX000. The call's memory goes in every case.
template <class Body>
Datum boundary(FunctionCallInfo arguments, Body body) {
    static_assert(std::is_trivially_destructible_v<Body>, "an ereport would skip the body's destructor");
    auto const around = detail::surroundings::open();
    auto const ended = detail::run(arguments, around, body);
    if (ended.how != detail::outcome::kind::returned) around.raise(ended);
    around.close();
    return ended.result;
}

/// The same for a parallel worker's entry point: `body` takes the context that its memory is to come from.
template <class Body>
void worker_boundary(Body body) {
    static_assert(std::is_trivially_destructible_v<Body>, "an ereport would skip the body's destructor");
    auto const around = detail::surroundings::open_worker();
    auto const ended = detail::capture([&] {
        body(around.context);
        return Datum{0};
    });
    if (ended.how != detail::outcome::kind::returned) around.raise(ended);
    MemoryContextDelete(around.context);
}

}  // namespace fkaudit::pg
