/// Functions for the tests of fkaudit's boundary: each does inside it what fkaudit's own functions must survive.

#include <stdexcept>

#include "src/pg/boundary.hpp"
#include "src/pg/compat.hpp"
#include "src/pg/result_set.hpp"
#include "src/pg/spi.hpp"
#include "src/pg/subtransaction.hpp"

extern "C" {
#include <catalog/objectaccess.h>
}

namespace fkaudit::test {

namespace {

using text = std::string_view;

/// Runs any SQL; it stands inside a guard.
std::int64_t execute(char const* sql) {
    int const code = SPI_execute(sql, false, 0);
    if (code < 0) elog(ERROR, "SPI_execute failed: %s", SPI_result_code_string(code));
    return static_cast<std::int64_t>(SPI_processed);
}

[[noreturn]] void fail(model::arena& arena, text kind) {
    if (kind == "own error") throw model::error{"FK001", "own message", "Own detail.", "Own hint."};
    if (kind == "own error without detail") throw model::error{"22004", arena.concat("own message ", 42)};
    if (kind == "own error with a bad SQLSTATE") throw model::error{"1", "100%s"};
    if (kind == "bad_alloc") throw std::bad_alloc();
    if (kind == "size beyond the limit") (void)arena.array<char>(MaxAllocHugeSize + std::size_t{1});
    if (kind == "size that overflows") (void)arena.array<std::int64_t>(std::size_t(-1) / 2);
    if (kind == "size beyond the machine") (void)arena.array<char>(MaxAllocHugeSize / 2);
    if (kind == "runtime_error") throw std::runtime_error("what() of a runtime_error with 100%s");
    if (kind == "long runtime_error") throw std::runtime_error(std::string(1000, 'x'));
    if (kind == "int") throw 42;
    if (kind == "SQL error")
        pg::guarded([] { ereport(ERROR, (errcode(ERRCODE_DIVISION_BY_ZERO), errmsg("an SQL error"))); });
    throw model::error{"22023", arena.concat("unknown kind ", kind)};
}

char const* terminated(model::arena& arena, text value) { return arena.concat(value, '\0').data(); }

/// What an error must leave as it was.
struct state {
    int nest_level = GetCurrentTransactionNestLevel();
    Snapshot snapshot = ActiveSnapshotSet() ? GetActiveSnapshot() : nullptr;
    ResourceOwner owner = CurrentResourceOwner;
    MemoryContext context = CurrentMemoryContext;
    sigjmp_buf* exceptions = PG_exception_stack;
    ErrorContextCallback* callbacks = error_context_stack;
    int memory = work_mem;
    Oid user = GetUserId();
    bool restricted = InSecurityRestrictedOperation();

    text changed_to(state const& now) const {
        if (now.nest_level != nest_level) return "nest level";
        if (now.snapshot != snapshot) return "snapshot";
        if (now.owner != owner) return "resource owner";
        if (now.context != context) return "memory context";
        if (now.exceptions != exceptions) return "exception stack";
        if (now.callbacks != callbacks) return "error context stack";
        if (now.memory != memory) return "work_mem";
        if (now.user != user || now.restricted != restricted) return "user";
        return "nothing";
    }
};

void add_context(void*) { errcontext("a callback of the test"); }

/// run_guarded(sql): runs it by SPI; the number of rows.
Datum run_guarded(pg::call& current) {
    auto const* const sql = terminated(current.arena(), *current.text_argument(0));
    auto const rows = pg::guarded([&] { return execute(sql); });
    return Int64GetDatum(rows);
}

/// throw_exception(kind, inside_guard): what a C++ exception becomes.
Datum throw_exception(pg::call& current) {
    auto const kind = *current.text_argument(0);
    if (*current.boolean_argument(1)) pg::guarded([&] { fail(current.arena(), kind); });
    fail(current.arena(), kind);
}

/// guard_restores(kind): what of the state an error inside a guard has changed.
Datum guard_restores(pg::call& current) {
    auto const kind = *current.text_argument(0);
    state const before;
    text changed = "no error";
    bool pending = false;
    try {
        pg::guarded([&] {
            ErrorContextCallback callback{error_context_stack, add_context, nullptr};
            error_context_stack = &callback;
            MemoryContextSwitchTo(TopMemoryContext);
            fail(current.arena(), kind);
        });
    } catch (pg::pending_error const&) {
        changed = before.changed_to(state{});
        pending = true;
    } catch (...) {
        changed = before.changed_to(state{});
    }
    return pg::guarded([&] {
        if (pending) FlushErrorState();
        // The result must outlive the call's memory.
        MemoryContextSwitchTo(MemoryContextGetParent(current.context()));
        return PointerGetDatum(cstring_to_text_with_len(changed.data(), static_cast<int>(changed.size())));
    });
}

/// search_paths(): the caller's, and the one that queries see.
Datum search_paths(pg::call& current) {
    pg::result_set result(current);
    result.add([&](pg::row_builder& row) { row << current.search_path() << namespace_search_path; });
    return result.finish();
}

/// Leaves things lying about, as an error in the middle of some work would.
void make_disorder() {
    SPI_connect();
    PushActiveSnapshot(GetTransactionSnapshot());
    SetUserIdAndSecContext(GetUserId(), SECURITY_RESTRICTED_OPERATION);
    NewGUCNestLevel();
    (void)set_config_option("work_mem", "77kB", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
    MemoryContextSwitchTo(TopMemoryContext);
}

/// attempt(body, ending, disorder): runs the SQL, or throws where it begins with `throw `; ending is `commit` or `roll back`.
Datum attempt(pg::call& current) {
    pg::result_set result(current);
    auto& arena = current.arena();
    auto const body = *current.text_argument(0);
    auto const* const sql = terminated(arena, body);
    auto const ending = *current.text_argument(1) == "commit" ? pg::on_success::commit : pg::on_success::roll_back;
    auto const disorder = *current.boolean_argument(2);
    text const throwing = "throw ";

    state const before;
    std::optional<pg::caught_error> caught;
    text outcome = "exception";
    try {
        caught = pg::attempt(current, ending, [&] {
            if (disorder) pg::guarded([] { make_disorder(); });
            if (body.substr(0, throwing.size()) == throwing) fail(arena, body.substr(throwing.size()));
            pg::guarded([&] { execute(sql); });
        });
        outcome = caught ? "error" : "done";
    } catch (std::exception const& error) {
        caught = pg::caught_error{.message = arena.copy(error.what())};
    }
    auto const changed = before.changed_to(state{});
    auto const optional = [](text value) { return value.empty() ? std::nullopt : std::optional(value); };
    result.add([&](pg::row_builder& row) {
        row << outcome << changed;
        if (!caught)
            row << std::nullopt << std::nullopt << std::nullopt << std::nullopt;
        else
            row << (caught->sqlstate == 0 ? std::nullopt : std::optional<text>(unpack_sql_state(caught->sqlstate)))
                << caught->message << optional(caught->detail) << optional(caught->hint);
    });
    return result.finish();
}

/// rows_from_attempts(attempts, rows): rows made in subtransactions that are rolled back; enough of them spill to disk.
Datum rows_from_attempts(pg::call& current) {
    pg::result_set result(current);
    auto const attempts = *current.integer_argument(0);
    auto const rows = *current.integer_argument(1);
    for (std::int32_t attempt = 1; attempt <= attempts; ++attempt)
        (void)pg::attempt(current, pg::on_success::roll_back, [&] {
            for (std::int64_t number = 1; number <= rows; ++number)
                result.add([&](pg::row_builder& row) {
                    row << attempt << number << "a filler that makes the row store outgrow work_mem soon enough";
                });
        });
    return result.finish();
}

/// echo(…): its arguments.
Datum echo(pg::call& current) {
    pg::result_set result(current);
    auto& arena = current.arena();
    auto const names = current.names_argument(6);
    std::optional<std::span<model::identifier const>> identifiers;
    if (names) {
        auto const made = arena.array<model::identifier>(names->size());
        for (std::size_t number = 0; number < names->size(); ++number) made[number] = {(*names)[number], {}};
        identifiers = made;
    }
    auto const a = current.boolean_argument(0);
    auto const b = current.integer_argument(1);
    auto const c = current.bigint_argument(2);
    auto const d = current.oid_argument(3);
    auto const e = current.text_argument(4);
    auto const f = current.name_argument(5);
    result.add([&](pg::row_builder& row) { row << a << b << c << d << e << f << identifiers; });
    return result.finish();
}

/// read_column(sql, kind): reads a query's only column as that type; the number of rows (or of array elements).
Datum read_column(pg::call& current) {
    using namespace pg::spi;
    auto& arena = current.arena();
    auto const* const sql = terminated(arena, *current.text_argument(0));
    auto const kind = *current.text_argument(1);
    auto const read = [&]<class T>(T) {
        return Int64GetDatum(static_cast<std::int64_t>(select<row<T>>(arena, sql).size()));
    };
    if (kind == "int4") return read(std::int32_t{});
    if (kind == "int4 or null") return read(std::optional<std::int32_t>{});
    if (kind == "text") return read(text{});
    if (kind == "oid[]") {
        std::int64_t elements = 0;
        for (auto const& [ids] : select<row<std::span<model::oid const>>>(arena, sql))
            elements += static_cast<std::int64_t>(ids.size());
        return Int64GetDatum(elements);
    }
    throw model::error{"22023", "unknown kind"};
}

/// plant_fault(kind): does what a sanitizer must report (script/lib/sanitize.bash). Harmless on a plain server.
Datum plant_fault(pg::call& current) {
    auto const kind = *current.text_argument(0);
    auto& arena = current.arena();
    std::int64_t volatile result = 0;
    int volatile one = 1;
    if (kind == "read behind a block") {
        char const volatile* const block = arena.array<char>(21).data();
        result = block[20 + one];
    } else if (kind == "read of a freed block") {
        model::allocator<char> memory(arena.resource());
        char* const block = memory.allocate(21);
        memory.deallocate(block, 21);
        result = *static_cast<char const volatile*>(block);
    } else if (kind == "write behind an array") {
        char volatile array[8] = {};
        array[7 + one] = 1;
        result = array[0];
    } else if (kind == "shift too far") {
        // A signed overflow is none here: the server's flags have -fwrapv.
        result = one << (39 + one);
    } else if (kind == "branch on a value never written") {
        char const volatile* const block = model::allocator<char>(arena.resource()).allocate(21);
        if (block[3] == 'x') result = 1;
    } else {
        fail(arena, kind);
    }
    return Int64GetDatum(result);
}

/// quote_name(name): as generated SQL writes it.
Datum quote_name(pg::call& current) {
    auto const name = *current.name_argument(0);
    return pg::guarded([&] {
        auto const quoted = pg::spi::quote_name(current.arena(), name);
        MemoryContextSwitchTo(MemoryContextGetParent(current.context()));
        return PointerGetDatum(cstring_to_text_with_len(quoted.data(), static_cast<int>(quoted.size())));
    });
}

}  // namespace
}  // namespace fkaudit::test

#define FKAUDIT_TEST_FUNCTION(name)                                                                                    \
    PG_FUNCTION_INFO_V1(name);                                                                                         \
    PGDLLEXPORT Datum name(PG_FUNCTION_ARGS) {                                                                         \
        return fkaudit::pg::boundary(fcinfo, [](fkaudit::pg::call& current) { return fkaudit::test::name(current); }); \
    }

// PGDLLEXPORT is empty on PostgreSQL 15.
#pragma GCC visibility push(default)
extern "C" {

PG_MODULE_MAGIC;

FKAUDIT_TEST_FUNCTION(run_guarded)
FKAUDIT_TEST_FUNCTION(throw_exception)
FKAUDIT_TEST_FUNCTION(guard_restores)
FKAUDIT_TEST_FUNCTION(search_paths)
FKAUDIT_TEST_FUNCTION(attempt)
FKAUDIT_TEST_FUNCTION(rows_from_attempts)
FKAUDIT_TEST_FUNCTION(echo)
FKAUDIT_TEST_FUNCTION(read_column)
FKAUDIT_TEST_FUNCTION(plant_fault)
FKAUDIT_TEST_FUNCTION(quote_name)

/// take_object_access_hook(): as a library would that calls nobody before it.
PG_FUNCTION_INFO_V1(take_object_access_hook);
PGDLLEXPORT Datum take_object_access_hook(PG_FUNCTION_ARGS) {
    (void)fcinfo;
    object_access_hook = [](ObjectAccessType, Oid, Oid, int, void*) {};
    return Datum{0};
}

/// do_nothing(): the least that an event trigger can cost.
PG_FUNCTION_INFO_V1(do_nothing);
PGDLLEXPORT Datum do_nothing(PG_FUNCTION_ARGS) {
    (void)fcinfo;
    return Datum{0};
}

}  // extern "C"
#pragma GCC visibility pop
