#pragma once

#include <optional>

#include "src/check/key_sql.hpp"

namespace fkaudit::check {

/// SQL that finds the rows which a repair changes. Every condition is over the row `c` and is true or false, never NULL.
std::string_view write_missing_parent(model::arena& arena, key_sql const& sql);

/// The row references, by the key that `sql` is of, a row for which `condition` holds in `source` (alias c).
std::string_view write_reference(model::arena& arena, key_sql const& sql, std::string_view source,
                                 std::string_view condition);

/// One row: how many rows of `source` the condition holds for (bigint).
std::string_view count_query(model::arena& arena, std::string_view source, std::string_view condition);

/// In physical order, a row for each `batch_rows` rows of a table: the table (oid), the last of their places (text), and how
/// many they are (bigint).
std::string_view portions_query(model::arena& arena, std::string_view source, std::string_view condition,
                                std::int64_t batch_rows);

/// `SELECT DISTINCT … FROM source c WHERE condition`: the keys as values of the parent's types, without their modifiers
/// (a value that is too long is then refused, not cut off), with the parent's column names. None: a type of the parent
/// cannot be told apart without an operator class of its own.
std::optional<std::string_view> write_stubs(model::arena& arena, model::constraint const& key, std::string_view source,
                                            std::string_view condition);

}  // namespace fkaudit::check
