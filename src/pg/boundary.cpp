#include "src/pg/boundary.hpp"

#include "src/pg/spi.hpp"

namespace fkaudit::pg {

std::optional<Datum> call::argument(int position) const {
    if (position >= arguments_->nargs)
        throw model::error{"XX000", mismatch_message, "The SQL function has fewer arguments than the library reads.",
                           mismatch_hint};
    if (arguments_->args[position].isnull) return std::nullopt;
    return arguments_->args[position].value;
}

std::optional<model::oid> call::oid_argument(int position) const {
    auto const value = argument(position);
    if (!value) return std::nullopt;
    return DatumGetObjectId(*value);
}

std::optional<std::int32_t> call::integer_argument(int position) const {
    auto const value = argument(position);
    if (!value) return std::nullopt;
    return DatumGetInt32(*value);
}

std::optional<std::int64_t> call::bigint_argument(int position) const {
    auto const value = argument(position);
    if (!value) return std::nullopt;
    return DatumGetInt64(*value);
}

std::optional<bool> call::boolean_argument(int position) const {
    auto const value = argument(position);
    if (!value) return std::nullopt;
    return DatumGetBool(*value);
}

std::optional<double> call::number_argument(int position) const {
    auto const value = argument(position);
    if (!value) return std::nullopt;
    return guarded([&] { return DatumGetFloat8(DirectFunctionCall1(numeric_float8, *value)); });
}

std::optional<model::date> call::date_argument(int position) const {
    auto const value = argument(position);
    if (!value) return std::nullopt;
    return model::date{DatumGetDateADT(*value)};
}

Datum call::keep_jsonb(Datum value) const {
    Datum kept = 0;
    guarded([&] {
        MemoryContext const before = MemoryContextSwitchTo(MemoryContextGetParent(context_));
        kept = PointerGetDatum(PG_DETOAST_DATUM_COPY(value));
        MemoryContextSwitchTo(before);
    });
    return kept;
}

Datum call::keep_text(std::string_view value) const {
    if (value.size() > MaxAllocSize - VARHDRSZ)
        throw model::error{"54000", "the text is too long for a value of type text"};
    Datum kept = 0;
    guarded([&] {
        MemoryContext const before = MemoryContextSwitchTo(MemoryContextGetParent(context_));
        kept = PointerGetDatum(cstring_to_text_with_len(value.data(), static_cast<int>(value.size())));
        MemoryContextSwitchTo(before);
    });
    return kept;
}

bool call::has_utf8() const noexcept { return GetDatabaseEncoding() == PG_UTF8; }

std::optional<std::string_view> call::text_argument(int position) {
    auto const value = argument(position);
    if (!value) return std::nullopt;
    return guarded([&] { return spi::copy_text(arena_, *value); });
}

std::optional<std::string_view> call::name_argument(int position) {
    auto const value = argument(position);
    if (!value) return std::nullopt;
    return guarded([&] { return spi::copy_name(arena_, *value); });
}

namespace {

struct name_element {
    static constexpr Oid type = NAMEOID;
    static constexpr int length = NAMEDATALEN;
    static constexpr char align = TYPALIGN_CHAR;
    static std::string_view copy(model::arena& arena, Datum value) { return spi::copy_name(arena, value); }
};

struct text_element {
    static constexpr Oid type = TEXTOID;
    static constexpr int length = -1;
    static constexpr char align = TYPALIGN_INT;
    static std::string_view copy(model::arena& arena, Datum value) { return spi::copy_text(arena, value); }
};

}  // namespace

template <class Element>
std::optional<std::span<std::string_view const>> call::list_argument(int position, char const* what) {
    auto const value = argument(position);
    if (!value) return std::nullopt;
    std::span<std::string_view> items;
    guarded([&] {
        ArrayType* const array = DatumGetArrayTypeP(*value);
        if (ARR_NDIM(array) > 1)
            ereport(ERROR, (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR), errmsg("%s must be a one-dimensional array", what),
                            errhint("Write them as ARRAY['a', 'b'].")));
        Datum* elements = nullptr;
        bool* nulls = nullptr;
        int count = 0;
        deconstruct_array(array, Element::type, Element::length, false, Element::align, &elements, &nulls, &count);
        items = arena_.array<std::string_view>(static_cast<std::size_t>(count));
        for (int number = 0; number < count; ++number) {
            if (nulls[number])
                ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("%s must not be null", what),
                                errhint("Write them as ARRAY['a', 'b'].")));
            items[static_cast<std::size_t>(number)] = Element::copy(arena_, elements[number]);
        }
    });
    return std::span<std::string_view const>(items);
}

std::optional<std::span<std::string_view const>> call::names_argument(int position, char const* what) {
    return list_argument<name_element>(position, what);
}

std::optional<std::span<std::string_view const>> call::texts_argument(int position, char const* what) {
    return list_argument<text_element>(position, what);
}

namespace detail {

surroundings surroundings::open(int spi_options) {
    MemoryContext const context = AllocSetContextCreate(CurrentMemoryContext, "fkaudit call", ALLOCSET_DEFAULT_SIZES);
    surroundings opened{context, 0, MemoryContextStrdup(context, namespace_search_path)};
    opened.set_settings();
    if (SPI_connect_ext(spi_options) != SPI_OK_CONNECT) elog(ERROR, "fkaudit: SPI_connect failed");
    return opened;
}

void surroundings::set_settings() {
    guc_level = NewGUCNestLevel();
    auto const set = [](char const* name, char const* value) {
        (void)set_config_option(name, value, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
    };
    set("search_path", "pg_catalog, pg_temp");
    // Names are compared with those of other sessions, servers and days.
    if (quote_all_identifiers) set("quote_all_identifiers", "off");
    // The planner expects far more of recursive catalog queries than they return: it would compile each for a second,
    // and clear a hash table as large as work_mem for it.
    set("jit", "off");
    set("hash_mem_multiplier", "1");
    if (work_mem > 1024) set("work_mem", "1MB");
}

surroundings surroundings::open_worker() {
    return {AllocSetContextCreate(CurrentMemoryContext, "fkaudit worker", ALLOCSET_DEFAULT_SIZES), 0, nullptr};
}

void surroundings::close() const {
    if (SPI_finish() != SPI_OK_FINISH) elog(ERROR, "fkaudit: SPI_finish failed");
    AtEOXact_GUC(true, guc_level);
    MemoryContextDelete(context);
}

/// The error's texts are views into the call's memory, which goes before the error does: ereport copies them first.
void surroundings::raise(outcome const& ended) const {
    auto const printf_size = [](std::string_view text) { return static_cast<int>(text.size()); };

    switch (ended.how) {
        case outcome::kind::pending: MemoryContextDelete(context); PG_RE_THROW();
        case outcome::kind::copied: ReThrowError(ended.copied);
        case outcome::kind::own: {
            auto const& own = ended.own;
            auto const& state = own.sqlstate;
            ereport(ERROR,
                    (errcode(state.size() == 5 ? MAKE_SQLSTATE(state[0], state[1], state[2], state[3], state[4])
                                               : ERRCODE_INTERNAL_ERROR),
                     errmsg_internal("%.*s", printf_size(own.message), own.message.data()),
                     own.detail.empty() ? 0 : errdetail_internal("%.*s", printf_size(own.detail), own.detail.data()),
                     own.hint.empty() ? 0 : errhint("%.*s", printf_size(own.hint), own.hint.data()),
                     (MemoryContextDelete(context), 0)));
            break;
        }
        case outcome::kind::out_of_memory:
            MemoryContextDelete(context);
            ereport(ERROR, (errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory"),
                            errdetail("fkaudit could not get the memory that it asked for.")));
            break;
        case outcome::kind::foreign:
        case outcome::kind::returned: break;
    }
    ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR), errmsg("fkaudit: %s", ended.foreign_text)));
    pg_unreachable();
}

}  // namespace detail
}  // namespace fkaudit::pg
