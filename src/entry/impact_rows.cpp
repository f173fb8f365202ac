#include "src/entry/impact_rows.hpp"

#include "src/audit/set_null_risk.hpp"
#include "src/check/default_sql.hpp"
#include "src/check/key_sql.hpp"
#include "src/pg/compat.hpp"
#include "src/pg/spi.hpp"
#include "src/pg/subtransaction.hpp"
#include "src/plan/column_default.hpp"

namespace fkaudit::entry {

namespace {

using model::constraint;
using model::oid;
using model::tuple_place;
using pg::spi::row;
using pg::spi::transaction_number;
using plan::row_place;
using text = std::string_view;
using maybe_oid = std::optional<oid>;
using maybe_place = std::optional<tuple_place>;
using maybe_transaction = std::optional<transaction_number>;

std::span<tuple_place const> places_of(model::arena& arena, std::span<row_place const> rows) {
    auto const places = arena.array<tuple_place>(rows.size());
    for (std::size_t number = 0; number < rows.size(); ++number)
        places[number] = {rows[number].block, rows[number].offset};
    return places;
}

/// A name that none of the key's columns in the child has.
text free_name(model::arena& arena, constraint const& key) {
    for (int number = 1;; ++number) {
        auto const name = arena.concat("place", number);
        bool taken = false;
        for (std::size_t position = 0; position < key.child_columns.size(); ++position)
            taken = taken || key.child_column(position).name.name == name;
        if (!taken) return name;
    }
}

/// A bit for each of c's key columns that is NULL; IS NULL would look inside a composite value.
text null_bits(model::arena& arena, constraint const& key) {
    text bits = "0::pg_catalog.int8";
    for (std::size_t position = 0; position < key.child_columns.size(); ++position)
        bits = arena.concat(bits, " + CASE WHEN c.", key.child_column(position).name.quoted,
                            " IS DISTINCT FROM NULL THEN 0::pg_catalog.int8 ELSE ", std::int64_t{1} << position,
                            "::pg_catalog.int8 END");
    return bits;
}

constexpr text places = "pg_catalog.unnest($1) WITH ORDINALITY AS t(place, n)";

/// What a row of a query's result takes, at most, until it is among the followed rows.
constexpr std::size_t bytes_of_row = 256;

std::size_t memory_limit() { return static_cast<std::size_t>(maintenance_work_mem) * 1024; }

[[noreturn]] void refuse_memory() {
    throw model::error{"54000", "too many rows would have to be followed",
                       "Each row that is reached is remembered, and they do not fit maintenance_work_mem.",
                       "Ask about fewer rows at a time, or raise maintenance_work_mem."};
}

/// Rows of other access methods and of foreign tables need not know who wrote them.
row_place place_of(oid table, tuple_place place, maybe_transaction writer) {
    return {table, place.block, place.offset, writer && TransactionIdIsCurrentTransactionId(writer->value)};
}

}  // namespace

std::size_t impact_rows::used_memory() const {
    return pg::guarded([&] { return static_cast<std::size_t>(MemoryContextMemAllocated(current_.context(), true)); });
}

void impact_rows::check_limits() {
    pg::guarded([] { CHECK_FOR_INTERRUPTS(); });
    if (used_memory() > used_before_ + memory_limit()) refuse_memory();
}

model::arena& impact_rows::renew_scratch() {
    auto* const made = pg::guarded([&] {
        if (scratch_) MemoryContextDelete(scratch_->context);
        return AllocSetContextCreate(current_.context(), "fkaudit rows of a key", ALLOCSET_DEFAULT_SIZES);
    });
    return scratch_.emplace(made).arena;
}

template <class Row, class... Parameter>
std::span<Row const> impact_rows::select(text query, Parameter const&... parameter) {
    auto const limit = memory_limit() / bytes_of_row;
    auto const limited = scratch_->arena.concat(query, "\nLIMIT ", limit + 1, '\0');
    auto* const outer = MemoryContextSwitchTo(scratch_->context);
    auto const rows = pg::spi::select<Row>(scratch_->arena, limited.data(), parameter...);
    MemoryContextSwitchTo(outer);
    if (rows.size() > limit) refuse_memory();
    return rows;
}

std::span<row_place const> impact_rows::select_rows(text rest) {
    renew_scratch();
    auto const rows =
        select<row<oid, tuple_place, maybe_transaction>>(scratch_->arena.concat("SELECT tableoid, ctid, xmin", rest));
    auto const places = current_.arena().array<row_place>(rows.size());
    for (std::size_t number = 0; number < places.size(); ++number) {
        auto const& [table, place, writer] = rows[number];
        places[number] = place_of(table, place, writer);
    }
    return places;
}

template <class Read>
plan::row_source::answer impact_rows::attempt(Read read) {
    answer found;
    auto const failure = pg::attempt_foreign_code(current_, pg::on_success::commit, [&] { found = read(); });
    if (failure) found = {{}, {}, failure->message};
    return found;
}

text impact_rows::table_of(std::span<row_place const> rows, model::relation const& fallback) const {
    auto const* const table = audit_.database.find_relation(rows.front().table);
    return table != nullptr ? table->qualified : fallback.qualified;
}

plan::row_source::answer impact_rows::children(constraint const& key, std::span<row_place const> parents) {
    auto& arena = renew_scratch();
    return attempt([&]() -> answer {
        auto const sql = check::write_key_sql(arena, key);
        auto const query =
            arena.concat("SELECT t.n, c.tableoid, c.ctid, c.xmin FROM ", places, " JOIN ONLY ",
                         table_of(parents, *key.parent), " AS p ON p.ctid OPERATOR(pg_catalog.=) t.place JOIN ",
                         sql.child_source, " ON ", sql.depends, " ORDER BY 1, 2, 3");
        auto const rows =
            select<row<std::int64_t, oid, tuple_place, maybe_transaction>>(query, places_of(arena, parents));
        auto const matches = arena.array<match>(rows.size());
        for (std::size_t number = 0; number < matches.size(); ++number) {
            auto const& [of, table, place, writer] = rows[number];
            matches[number] = {static_cast<std::size_t>(of - 1), place_of(table, place, writer)};
        }
        return {matches, {}, {}};
    });
}

/// The child's key columns, those that stand at their defaults replaced by these.
text impact_rows::child_with_defaults(constraint const& key, model::relation const& child, plan::key_positions defaults,
                                      text place) {
    auto& arena = scratch_->arena;
    auto list = arena.concat("x.ctid AS ", place);
    for (std::size_t position = 0; position < key.child_columns.size(); ++position) {
        auto const& column = key.child_column(position);
        auto const value =
            (defaults >> position & 1) != 0 ? plan::find_default(audit_.database, column) : plan::column_default{};
        auto const written = value.value != nullptr ? pg::guarded([&] {
            return check::write_default(arena, model::default_value{&column, value.value});
        })
                                                    : arena.concat("x.", column.name.quoted);
        list = arena.concat(list, ", ", written);
    }
    return arena.concat("(SELECT ", list, " FROM ONLY ", child.qualified, " AS x) AS c");
}

plan::row_source::answer impact_rows::parents(constraint const& key, plan::key_positions defaults,
                                              std::span<row_place const> children) {
    auto& arena = renew_scratch();
    auto const* const child = audit_.database.find_relation(children.front().table);
    return attempt([&]() -> answer {
        auto const sql = check::write_key_sql(arena, key);
        auto const place = free_name(arena, key);
        auto const query = arena.concat(
            "SELECT t.n, ", null_bits(arena, key), ", p.tableoid, p.ctid, p.xmin FROM ", places, " JOIN ",
            child_with_defaults(key, child != nullptr ? *child : *key.child, defaults, place), " ON c.", place,
            " OPERATOR(pg_catalog.=) t.place LEFT JOIN ", sql.parent_source, " ON ", sql.matches, " ORDER BY 1, 3, 4");
        auto const rows = select<row<std::int64_t, std::int64_t, maybe_oid, maybe_place, maybe_transaction>>(
            query, places_of(arena, children));
        auto const nulls = arena.array<plan::key_positions>(children.size());
        model::vector<match> matches(arena);
        for (auto const& [of, bits, table, where, writer] : rows) {
            auto const number = static_cast<std::size_t>(of - 1);
            nulls[number] = static_cast<plan::key_positions>(bits);
            if (table && where) matches.push_back({number, place_of(*table, *where, writer)});
        }
        return {arena.copy(std::span<match const>(matches.data(), matches.size())), nulls, {}};
    });
}

text impact_rows::refuses_null(model::relation const& table, model::column const& column) {
    auto const why = audit::refuses_null(audit_, table, column);
    return why.empty() ? why : current_.arena().concat(column.name.quoted, ' ', why);
}

}  // namespace fkaudit::entry
