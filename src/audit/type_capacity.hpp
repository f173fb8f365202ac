#pragma once

#include <cstdint>

#include "src/model/database.hpp"

namespace fkaudit::audit {

/// A type below all domains, with its modifier.
struct plain_type {
    model::oid id = model::no_oid;
    std::int32_t modifier = -1;

    friend bool operator==(plain_type const&, plain_type const&) = default;
};

plain_type plain_type_of(model::database const& database, model::column const& column) noexcept;

/// The type as ALTER TABLE takes it; empty where the modifier of such a type is not known how to write.
std::string_view write_type(model::arena& arena, model::database const& database, plain_type const& type);

enum class answer : char { yes, no, unknown };

/// Whether a type can hold every value of another, as their equality compares them. Knows PostgreSQL's integers, floats,
/// numerics, texts, dates and times, bit strings and addresses; of other types only that an unlimited one holds all of
/// its own. Types with and without a time zone hold none of each other: what is equal depends on TimeZone.
answer holds_all(plain_type const& holder, plain_type const& other) noexcept;

/// smallint, integer, bigint.
bool is_integer(model::oid type) noexcept;

/// text, varchar, char, name, varbit: their values have lengths.
bool has_length(model::oid type) noexcept;

/// Whether ALTER COLUMN TYPE writes the table anew (tablecmds.c: ATColumnChangeRequiresRewrite, and the support functions
/// of length coercions). When in doubt, yes.
bool change_rewrites(plain_type const& from, plain_type const& to) noexcept;

}  // namespace fkaudit::audit
