#pragma once

#include <optional>

#include "src/keys/packed_key.hpp"
#include "src/model/constraint.hpp"
#include "src/pg/guard.hpp"

namespace fkaudit::check {

/// How a column's value lies in a row.
enum class storage : char {
    integer,  ///< of 1, 2, 4 or 8 bytes
    fixed,    ///< other bytes of a fixed number
    name,     ///< up to the first zero byte
    varlena,
};

/// What is done to a value that has been read, so that equal ones are equal bytes: keys/equal_bytes.hpp.
enum class rewriting : char {
    none,
    strip_blanks,  ///< trailing ones do not count (bpchareq)
    numeric,
    integer_to_numeric,
    real,
    real_to_double,
    double_precision,
    integer_to_double,
    interval,
};

/// How a column is read, so that equal values are equal bytes.
struct column_format {
    storage how = storage::integer;
    std::int16_t width = 0;  ///< bytes of an integer or of fixed ones
    rewriting change = rewriting::none;

    /// Otherwise it is packed as bytes.
    bool is_packed_as_integer() const noexcept {
        return how == storage::integer && change != rewriting::integer_to_numeric;
    }

    friend bool operator==(column_format const&, column_format const&) = default;
};

/// What a whole key is packed into.
enum class key_form : char { word, pair, text };

/// How both sides of a foreign key are read and packed, where its equality is equality of bytes.
struct key_format {
    key_form form = key_form::word;
    std::span<column_format const> parent{};
    std::span<column_format const> child{};
    std::span<column_format const> groups{};  ///< the child's columns by their own type's equality, as GROUP BY has it
    std::span<keys::field const> fields{};    ///< the integers of a word or a pair; none in a uuid
};

/// The key's format; none where its operators, its types or their collations compare otherwise than byte by byte.
std::optional<key_format> find_key_format(model::arena& arena, model::constraint const& key);

/// Whether showing values of a type as JSON runs built-in code alone, with the types inside it. May ereport.
bool is_shown_by_builtins(model::oid type);

}  // namespace fkaudit::check
