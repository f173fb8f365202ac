#pragma once

#include "src/model/arena.hpp"
#include "src/model/identifier.hpp"
#include "src/model/time_windows.hpp"
#include "src/model/tuple_place.hpp"
#include "src/pg/guard.hpp"
#include "src/pg/postgres.hpp"

/// Typed queries over SPI. A query's columns are checked against the C++ types once, when it returns, never value by
/// value; its values are copied into the call's arena, so that they outlive the query, its subtransaction and SPI.
///
///   auto rows = spi::select<spi::row<model::oid, std::string_view>>(arena, "SELECT oid, relname FROM …", relation_id);
///
/// Errors: whatever the server raises (pending_error); a query that does not return the declared types is an internal
/// error (XX000). A column that is NULL where the C++ type has no room for it is an internal error too.
namespace fkaudit::pg::spi {

/// An xid.
struct transaction_number {
    TransactionId value = InvalidTransactionId;
};

/// A jsonb value, copied into the call's arena.
struct jsonb {
    Datum value = 0;
};

/// The value as text; empty for none.
std::string_view print(model::arena& arena, jsonb value);

/// The JSON text as a value.
jsonb parse_json(model::arena& arena, std::string_view text);

/// What a C++ type reads from a query's column, and writes as a query's parameter.
template <class T>
struct codec;

/// Helpers of the codecs; they may ereport and run inside a guard.
std::string_view copy_text(model::arena& arena, Datum value);
std::string_view copy_name(model::arena& arena, Datum value);
/// quote_identifier(), or U&"…" for a name with characters that nobody sees (control characters, marks of direction): a
/// statement stays on its line and is what it looks like.
std::string_view quote_name(model::arena& arena, std::string_view name);
std::span<Datum const> array_elements(model::arena& arena, Datum value, Oid element, int length, bool by_value,
                                      char align);

template <>
struct codec<bool> {
    static constexpr Oid type = BOOLOID;
    static bool read(model::arena&, Datum value) { return DatumGetBool(value); }
    static Datum write(bool value) { return BoolGetDatum(value); }
};
template <>
struct codec<char> {
    static constexpr Oid type = CHAROID;
    static char read(model::arena&, Datum value) { return DatumGetChar(value); }
};
template <>
struct codec<std::int16_t> {
    static constexpr Oid type = INT2OID;
    static std::int16_t read(model::arena&, Datum value) { return DatumGetInt16(value); }
};
template <>
struct codec<std::int32_t> {
    static constexpr Oid type = INT4OID;
    static std::int32_t read(model::arena&, Datum value) { return DatumGetInt32(value); }
    static Datum write(std::int32_t value) { return Int32GetDatum(value); }
};
template <>
struct codec<std::int64_t> {
    static constexpr Oid type = INT8OID;
    static std::int64_t read(model::arena&, Datum value) { return DatumGetInt64(value); }
    static Datum write(std::int64_t value) { return Int64GetDatum(value); }
};
template <>
struct codec<double> {
    static constexpr Oid type = FLOAT8OID;
    static double read(model::arena&, Datum value) { return DatumGetFloat8(value); }
    static Datum write(double value) { return Float8GetDatum(value); }
};
template <>
struct codec<model::oid> {
    static constexpr Oid type = OIDOID;
    static model::oid read(model::arena&, Datum value) { return DatumGetObjectId(value); }
    static Datum write(model::oid value) { return ObjectIdGetDatum(value); }
};
template <>
struct codec<std::string_view> {
    static constexpr Oid type = TEXTOID;
    static std::string_view read(model::arena& arena, Datum value) { return copy_text(arena, value); }
    static Datum write(std::string_view value) {
        return PointerGetDatum(cstring_to_text_with_len(value.data(), static_cast<int>(value.size())));
    }
};
template <>
struct codec<model::identifier> {
    static constexpr Oid type = NAMEOID;
    static model::identifier read(model::arena& arena, Datum value) {
        auto const name = copy_name(arena, value);
        return {name, quote_name(arena, name)};
    }
};
template <>
struct codec<std::span<std::int16_t const>> {
    static constexpr Oid type = INT2ARRAYOID;
    static std::span<std::int16_t const> read(model::arena& arena, Datum value) {
        auto const elements = array_elements(arena, value, INT2OID, 2, true, TYPALIGN_SHORT);
        auto const numbers = arena.array<std::int16_t>(elements.size());
        std::transform(elements.begin(), elements.end(), numbers.begin(),
                       [](Datum element) { return DatumGetInt16(element); });
        return numbers;
    }
};
template <>
struct codec<std::span<model::oid const>> {
    static constexpr Oid type = OIDARRAYOID;
    static std::span<model::oid const> read(model::arena& arena, Datum value) {
        auto const elements = array_elements(arena, value, OIDOID, 4, true, TYPALIGN_INT);
        auto const ids = arena.array<model::oid>(elements.size());
        std::transform(elements.begin(), elements.end(), ids.begin(),
                       [](Datum element) { return DatumGetObjectId(element); });
        return ids;
    }
    static Datum write(std::span<model::oid const> ids) {
        auto* const elements = static_cast<Datum*>(palloc(std::max<std::size_t>(ids.size(), 1) * sizeof(Datum)));
        std::transform(ids.begin(), ids.end(), elements, [](model::oid id) { return ObjectIdGetDatum(id); });
        return PointerGetDatum(construct_array(elements, static_cast<int>(ids.size()), OIDOID, 4, true, TYPALIGN_INT));
    }
};
template <>
struct codec<model::tuple_place> {
    static constexpr Oid type = TIDOID;
    static model::tuple_place read(model::arena&, Datum value) {
        auto* const place = static_cast<ItemPointer>(static_cast<void*>(DatumGetPointer(value)));
        return {ItemPointerGetBlockNumberNoCheck(place), ItemPointerGetOffsetNumberNoCheck(place)};
    }
};
template <>
struct codec<transaction_number> {
    static constexpr Oid type = XIDOID;
    static transaction_number read(model::arena&, Datum value) { return {DatumGetTransactionId(value)}; }
};
template <>
struct codec<std::span<model::tuple_place const>> {
    static constexpr Oid type = TIDARRAYOID;
    static Datum write(std::span<model::tuple_place const> places);
};
template <>
struct codec<jsonb> {
    static constexpr Oid type = JSONBOID;
    static jsonb read(model::arena& arena, Datum value);
    static Datum write(jsonb value) { return value.value; }
};
template <>
struct codec<model::date> {
    static constexpr Oid type = DATEOID;
    static Datum write(model::date value) { return DateADTGetDatum(value.days); }
};
template <>
struct codec<model::timestamp> {
    static constexpr Oid type = TIMESTAMPTZOID;
    static Datum write(model::timestamp value) { return TimestampTzGetDatum(value.microseconds); }
};
template <class T>
struct codec<std::optional<T>> {
    static constexpr Oid type = codec<T>::type;
};

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

/// A query's parameters: types, values and NULLs, made inside the guard of the query that uses them.
template <std::size_t Count>
struct parameters {
    std::array<Oid, Count + 1> types{};
    std::array<Datum, Count + 1> values{};
    std::array<char, Count + 1> nulls{};

    template <class T>
    void set(std::size_t position, T const& value) {
        types[position] = codec<T>::type;
        nulls[position] = ' ';
        if constexpr (is_optional<T>) {
            if (value)
                values[position] = codec<typename T::value_type>::write(*value);
            else
                nulls[position] = 'n';
        } else {
            values[position] = codec<T>::write(value);
        }
    }
};

/// Runs one read-only query under the active snapshot; the result is in SPI_tuptable. May ereport: call it inside a
/// guard. The count and the types of the columns are checked against `columns`.
void execute(char const* sql, int parameter_count, Oid* types, Datum* values, char const* nulls,
             std::span<Oid const> columns);

/// Runs one statement that writes. May ereport: call it inside a guard.
std::int64_t execute_write(char const* sql, int parameter_count, Oid* types, Datum* values, char const* nulls);

/// Runs one INSERT … RETURNING or its like; the result is in SPI_tuptable. May ereport: call it inside a guard.
void execute_returning(char const* sql, int parameter_count, Oid* types, Datum* values, char const* nulls,
                       std::span<Oid const> columns);

/// A query that runs many times in one call, such as once for each foreign key: its plan is made once, for any
/// parameters, and kept for the session.
struct kept_query {
    char const* sql;
    SPIPlanPtr plan = nullptr;
};
void execute(kept_query& query, int parameter_count, Oid* types, Datum* values, char const* nulls,
             std::span<Oid const> columns);
[[noreturn]] void unexpected_null(int column);

template <class T>
T read_column(model::arena& arena, HeapTuple tuple, int column) {
    bool is_null = false;
    Datum const value = SPI_getbinval(tuple, SPI_tuptable->tupdesc, column, &is_null);
    if constexpr (is_optional<T>) {
        if (is_null) return std::nullopt;
        return codec<typename T::value_type>::read(arena, value);
    } else {
        if (is_null) unexpected_null(column);
        return codec<T>::read(arena, value);
    }
}

template <class... Column>
using row = std::tuple<Column...>;

template <class Row>
struct reader;

template <class... Column>
struct reader<row<Column...>> {
    static constexpr std::array<Oid, sizeof...(Column)> types{codec<Column>::type...};

    template <std::size_t... Position>
    static row<Column...> read(model::arena& arena, HeapTuple tuple, std::index_sequence<Position...>) {
        return row<Column...>{read_column<Column>(arena, tuple, static_cast<int>(Position) + 1)...};
    }
    static row<Column...> read(model::arena& arena, HeapTuple tuple) {
        return read(arena, tuple, std::index_sequence_for<Column...>{});
    }
};

namespace detail {

/// The rows that `run(parameters)` leaves in SPI_tuptable.
template <class Row, class Run, class... Parameter>
std::span<Row const> read_rows(model::arena& arena, Run run, Parameter const&... parameter) {
    static_assert(std::is_trivially_destructible_v<Row>);
    std::span<Row> rows;
    guarded([&] {
        parameters<sizeof...(Parameter)> bound;
        [[maybe_unused]] std::size_t position = 0;
        (bound.set(position++, parameter), ...);
        run(bound);
        rows = arena.array<Row>(SPI_processed);
        for (std::size_t number = 0; number < rows.size(); ++number)
            rows[number] = reader<Row>::read(arena, SPI_tuptable->vals[number]);
        SPI_freetuptable(SPI_tuptable);
    });
    return rows;
}

}  // namespace detail

/// All rows of a read-only query, in its order; `query` is its text or a kept_query.
template <class Row, class Query, class... Parameter>
std::span<Row const> select(model::arena& arena, Query&& query, Parameter const&... parameter) {
    return detail::read_rows<Row>(
        arena,
        [&](auto& bound) {
            execute(query, sizeof...(Parameter), bound.types.data(), bound.values.data(), bound.nulls.data(),
                    reader<Row>::types);
        },
        parameter...);
}

/// What a statement with RETURNING wrote, under the caller's rights.
template <class Row, class... Parameter>
std::span<Row const> run_returning(model::arena& arena, char const* statement, Parameter const&... parameter) {
    return detail::read_rows<Row>(
        arena,
        [&](auto& bound) {
            execute_returning(statement, sizeof...(Parameter), bound.types.data(), bound.values.data(),
                              bound.nulls.data(), reader<Row>::types);
        },
        parameter...);
}

/// Runs one statement that writes, under the caller's rights; returns how many rows it wrote.
template <class... Parameter>
std::int64_t run(char const* statement, Parameter const&... parameter) {
    std::int64_t rows = 0;
    guarded([&] {
        parameters<sizeof...(Parameter)> bound;
        [[maybe_unused]] std::size_t position = 0;
        (bound.set(position++, parameter), ...);
        rows =
            execute_write(statement, sizeof...(Parameter), bound.types.data(), bound.values.data(), bound.nulls.data());
    });
    return rows;
}

}  // namespace fkaudit::pg::spi
