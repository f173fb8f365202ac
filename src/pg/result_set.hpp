#pragma once

#include "src/model/arena.hpp"
#include "src/model/identifier.hpp"
#include "src/pg/boundary.hpp"
#include "src/pg/spi.hpp"

namespace fkaudit::pg {

/// A value as PostgreSQL has it, NULL or of the given type.
struct raw_value {
    Datum value;
    bool is_null;
    Oid type;
};

/// One row in the making: values are added from the left, each checked against the type that the SQL function declares
/// (see mismatch_message).
/// Runs inside a guard: callers hold only trivially destructible objects.
class row_builder {
public:
    row_builder(TupleDesc columns, Datum* values, bool* nulls) noexcept
        : columns_(columns),
          values_(values),
          nulls_(nulls) {}

    row_builder& operator<<(bool value);
    row_builder& operator<<(std::int32_t value);
    row_builder& operator<<(std::int64_t value);
    row_builder& operator<<(double value);
    row_builder& operator<<(model::timestamp value);
    /// oid or regclass; no_oid is NULL for regclass.
    row_builder& operator<<(model::oid value);
    /// text or name, as the column declares.
    row_builder& operator<<(std::string_view value);
    row_builder& operator<<(char const* value) { return *this << std::string_view(value); }
    row_builder& operator<<(model::identifier const& value) { return *this << value.name; }
    row_builder& operator<<(spi::jsonb value);
    row_builder& operator<<(raw_value value);
    /// name[]
    row_builder& operator<<(std::span<model::identifier const> value);
    /// regclass[]
    row_builder& operator<<(std::span<model::oid const> value);
    row_builder& operator<<(std::nullopt_t);
    template <class T>
    row_builder& operator<<(std::optional<T> const& value) {
        return value ? *this << *value : *this << std::nullopt;
    }

    void begin() noexcept { position_ = 0; }
    void check_complete() const;

private:
    void set(Datum value, std::initializer_list<Oid> allowed);
    Oid next_type() const;
    [[noreturn]] static void raise_mismatch(char const* detail);

    TupleDesc columns_;
    Datum* values_;
    bool* nulls_;
    int position_ = 0;
};

/// Rows that a result is to have later: a tuplestore beside the result's, which spills to disk. It belongs to the
/// subtransaction that was under way when result_set::keep_rows() made it.
struct kept_rows {
    Tuplestorestate* store;
    MemoryContext context;
};

/// The rows that a set-returning function gives back: a tuplestore of the caller's, which spills to disk past work_mem.
class result_set {
public:
    /// Error: the caller cannot take a set (0A000).
    explicit result_set(call& current);
    result_set(result_set const&) = delete;
    result_set& operator=(result_set const&) = delete;

    /// Adds one row for each item, all of them under one guard: `describe(row_builder&, item)` writes the columns. It
    /// may call PostgreSQL, and holds only trivially destructible objects.
    template <class Range, class Describe>
    void add_each(Range const& items, Describe describe) {
        guarded([&] {
            for (auto const& item : items) add_row([&](row_builder& row) { describe(row, item); });
        });
    }

    /// Adds one row.
    template <class Describe>
    void add(Describe describe) {
        guarded([&] { add_row(describe); });
    }

    /// Room for rows that come before their turn, with `kilobytes` of memory. Its end is move() or drop().
    kept_rows* keep_rows(int kilobytes);
    /// Adds one row to those that are kept; to the result where there are none.
    template <class Describe>
    void add(Describe describe, kept_rows* kept) {
        guarded([&] {
            if (kept == nullptr)
                add_row(describe);
            else
                write_row(describe, kept->store);
        });
    }
    /// Adds the kept rows to the result.
    void move(kept_rows* kept);
    static void drop(kept_rows* kept);

    /// Runs a read-only query under the active snapshot and adds a row for each of its rows, to the result or to those that
    /// are kept, as they come: `describe(row_builder&, slot)` is called inside the executor, so it throws nothing. The server may use
    /// parallel workers.
    template <class Describe>
    void add_query(std::string_view sql, Describe describe, kept_rows* kept = nullptr) {
        struct destination {
            result_set* set;
            Describe* describe;
            Tuplestorestate* store;
        };
        stream(
            sql,
            [](TupleTableSlot* slot, void* target) {
                auto const& to = *static_cast<destination*>(target);
                to.set->write_row([&](row_builder& row) { (*to.describe)(row, slot); }, to.store);
            },
            destination{this, &describe, kept == nullptr ? store_ : kept->store});
    }

    /// What the entry point returns.
    Datum finish() const noexcept { return Datum{0}; }

private:
    using receive_row = void (*)(TupleTableSlot* slot, void* target);
    template <class Target>
    void stream(std::string_view sql, receive_row receive, Target target) {
        guarded([&] { run_query(sql, receive, &target); });
    }
    static void run_query(std::string_view sql, receive_row receive, void* target);

    template <class Describe>
    void add_row(Describe&& describe) {
        write_row(describe, store_);
    }

    template <class Describe>
    void write_row(Describe&& describe, Tuplestorestate* store) {
        MemoryContext const before = MemoryContextSwitchTo(row_context_);
        builder_.begin();
        describe(builder_);
        builder_.check_complete();
        current_.set_writing(store == store_);
        tuplestore_putvalues(store, columns_, values_, nulls_);
        current_.set_writing(false);
        MemoryContextSwitchTo(before);
        MemoryContextReset(row_context_);
    }

    call& current_;
    Tuplestorestate* store_ = nullptr;
    TupleDesc columns_ = nullptr;
    MemoryContext row_context_ = nullptr;
    Datum* values_ = nullptr;
    bool* nulls_ = nullptr;
    row_builder builder_{nullptr, nullptr, nullptr};
};

}  // namespace fkaudit::pg
