#pragma once

#include "src/check/access.hpp"
#include "src/check/engine.hpp"

namespace fkaudit::check {

/// A leading column of an index that a key is looked up in.
struct index_column {
    std::size_t position = 0;    ///< in the foreign key
    std::int16_t attribute = 0;  ///< of the table
    model::oid family = 0;       ///< operator family
    model::oid type = 0;         ///< the operator class's input type
    model::oid collation = 0;
    bool is_descending = false;
    bool has_nulls_first = false;
};

/// A btree index whose first columns are the key's, in any order, and which may be trusted as far as an index may be.
struct key_index {
    model::oid table = model::no_oid;
    model::oid id = model::no_oid;
    std::string_view name{};  ///< schema-qualified and quoted
    std::span<index_column const> columns{};
};

/// Where a key's values are, on both sides.
struct key_indexes {
    std::span<key_index const> children{};  ///< one for each table that holds the child's rows
    std::span<key_index const> parents{};
};

/// Chooses them by the catalog of this moment, and locks them (ACCESS SHARE), without waiting. Says why a key cannot be
/// served, or nothing: one of its tables has no such index, or an index could not say what PostgreSQL's own check would,
/// because the server casts the child's column, because rows that are equal for the index need not be equal for the key,
/// or because comparing would run code that is not PostgreSQL's own. Raises the server's errors only.
std::string_view choose_indexes(pg::call& current, prepared_key const& prepared, key_indexes& chosen);

}  // namespace fkaudit::check
