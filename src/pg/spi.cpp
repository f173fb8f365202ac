#include "src/pg/spi.hpp"

#include "src/model/unicode.hpp"

#include "src/pg/compat.hpp"

namespace fkaudit::pg::spi {

std::string_view copy_text(model::arena& arena, Datum value) {
    text* const plain = DatumGetTextPP(value);
    return arena.copy(std::string_view(VARDATA_ANY(plain), VARSIZE_ANY_EXHDR(plain)));
}

std::string_view copy_name(model::arena& arena, Datum value) {
    return arena.copy(std::string_view(NameStr(*DatumGetName(value))));
}

std::string_view quote_name(model::arena& arena, std::string_view name) {
    // Only a server whose encoding is Unicode reads any code point back.
    auto const is_hidden = [is_utf8 = GetDatabaseEncoding() == PG_UTF8](model::code_point const& one) {
        return one.is_valid && (is_utf8 ? model::is_invisible(one.value) : one.value < 0x20);
    };
    bool has_hidden = false;
    for (auto rest = name; !rest.empty();) has_hidden = is_hidden(model::take(rest)) || has_hidden;
    if (!has_hidden) {
        // A name is at most NAMEDATALEN - 1 bytes, but not every caller's text is a stored name yet.
        char* const terminated = pnstrdup(name.data(), name.size());
        return arena.copy(std::string_view(quote_identifier(terminated)));
    }
    StringInfoData quoted;
    initStringInfo(&quoted);
    appendStringInfoString(&quoted, "U&\"");
    while (!name.empty()) {
        auto const one = model::take(name);
        if (is_hidden(one))
            appendStringInfo(&quoted, one.value > 0xFFFF ? "\\+%06X" : "\\%04X", static_cast<unsigned>(one.value));
        else if (one.bytes == "\\" || one.bytes == "\"")
            appendStringInfo(&quoted, "%c%c", one.bytes.front(), one.bytes.front());
        else
            appendBinaryStringInfo(&quoted, one.bytes.data(), static_cast<int>(one.bytes.size()));
    }
    appendStringInfoChar(&quoted, '"');
    return arena.copy(std::string_view(quoted.data, static_cast<std::size_t>(quoted.len)));
}

std::string_view print(model::arena& arena, jsonb value) {
    if (value.value == 0) return {};
    std::string_view text;
    guarded([&] {
        auto* const json = DatumGetJsonbP(value.value);
        text = arena.copy(std::string_view(JsonbToCString(nullptr, &json->root, VARSIZE(json))));
    });
    return text;
}

jsonb parse_json(model::arena& arena, std::string_view text) {
    auto const ended = arena.concat(text, '\0');
    return guarded([&] { return jsonb{DirectFunctionCall1(jsonb_in, CStringGetDatum(ended.data()))}; });
}

jsonb codec<jsonb>::read(model::arena& arena, Datum value) {
    auto* const plain = reinterpret_cast<char*>(PG_DETOAST_DATUM(value));
    auto const kept = arena.array<std::uint64_t>(VARSIZE(plain) / sizeof(std::uint64_t) + 1);
    std::memcpy(kept.data(), plain, VARSIZE(plain));
    return {PointerGetDatum(kept.data())};
}

Datum codec<std::span<model::tuple_place const>>::write(std::span<model::tuple_place const> places) {
    auto const count = std::max<std::size_t>(places.size(), 1);
    auto* const pointers =
        static_cast<ItemPointerData*>(MemoryContextAllocHuge(CurrentMemoryContext, count * sizeof(ItemPointerData)));
    auto* const elements = static_cast<Datum*>(MemoryContextAllocHuge(CurrentMemoryContext, count * sizeof(Datum)));
    for (std::size_t number = 0; number < places.size(); ++number) {
        ItemPointerSet(&pointers[number], places[number].block, places[number].offset);
        elements[number] = PointerGetDatum(&pointers[number]);
    }
    return PointerGetDatum(construct_array(elements, static_cast<int>(places.size()), TIDOID, sizeof(ItemPointerData),
                                           false, TYPALIGN_SHORT));
}

std::span<Datum const> array_elements(model::arena& arena, Datum value, Oid element, int length, bool by_value,
                                      char align) {
    ArrayType* const array = DatumGetArrayTypeP(value);
    Datum* elements = nullptr;
    bool* nulls = nullptr;
    int count = 0;
    if (ARR_ELEMTYPE(array) != element || ARR_NDIM(array) > 1)
        elog(ERROR, "fkaudit: an array of a catalog query is not one-dimensional of the declared type");
    deconstruct_array(array, element, length, by_value, align, &elements, &nulls, &count);
    for (int number = 0; number < count; ++number)
        if (nulls[number]) elog(ERROR, "fkaudit: an array of a catalog query has a null element");
    return arena.copy(std::span<Datum const>(elements, static_cast<std::size_t>(count)));
}

void unexpected_null(int column) { elog(ERROR, "fkaudit: column %d of a catalog query is unexpectedly null", column); }

namespace {

void check_columns(std::span<Oid const> columns) {
    TupleDesc const described = SPI_tuptable->tupdesc;
    if (described->natts != static_cast<int>(columns.size()))
        elog(ERROR, "fkaudit: a catalog query returns %d columns instead of %zu", described->natts, columns.size());
    for (int number = 0; number < described->natts; ++number)
        if (TupleDescAttr(described, number)->atttypid != columns[static_cast<std::size_t>(number)])
            elog(ERROR, "fkaudit: column %d of a catalog query has type %s instead of %s", number + 1,
                 format_type_be(TupleDescAttr(described, number)->atttypid),
                 format_type_be(columns[static_cast<std::size_t>(number)]));
}

void check_result(int code, std::span<Oid const> columns) {
    if (code != SPI_OK_SELECT) elog(ERROR, "fkaudit: a catalog query failed: %s", SPI_result_code_string(code));
    check_columns(columns);
}

}  // namespace

void execute(char const* sql, int parameter_count, Oid* types, Datum* values, char const* nulls,
             std::span<Oid const> columns) {
    check_result(SPI_execute_with_args(sql, parameter_count, types, values, nulls, true, 0), columns);
}

std::int64_t execute_write(char const* sql, int parameter_count, Oid* types, Datum* values, char const* nulls) {
    int const code = SPI_execute_with_args(sql, parameter_count, types, values, nulls, false, 0);
    if (code < 0) elog(ERROR, "fkaudit: a statement failed: %s", SPI_result_code_string(code));
    return static_cast<std::int64_t>(SPI_processed);
}

void execute_returning(char const* sql, int parameter_count, Oid* types, Datum* values, char const* nulls,
                       std::span<Oid const> columns) {
    int const code = SPI_execute_with_args(sql, parameter_count, types, values, nulls, false, 0);
    if (code < 0 || SPI_tuptable == nullptr)
        elog(ERROR, "fkaudit: a statement failed: %s", SPI_result_code_string(code));
    check_columns(columns);
}

void execute(kept_query& query, int parameter_count, Oid* types, Datum* values, char const* nulls,
             std::span<Oid const> columns) {
    if (query.plan == nullptr) {
        SPIPlanPtr const plan = SPI_prepare_cursor(query.sql, parameter_count, types, CURSOR_OPT_GENERIC_PLAN);
        if (plan == nullptr) elog(ERROR, "fkaudit: a catalog query failed: %s", SPI_result_code_string(SPI_result));
        if (SPI_keepplan(plan) != 0) elog(ERROR, "fkaudit: SPI_keepplan failed");
        query.plan = plan;
    }
    check_result(SPI_execute_plan(query.plan, values, nulls, true, 0), columns);
}

}  // namespace fkaudit::pg::spi
