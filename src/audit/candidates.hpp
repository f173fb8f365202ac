#pragma once

#include <cstdint>

#include "src/model/database.hpp"

/// Foreign keys that nobody declared, guessed from the names of tables and columns and from the unique keys of parents.
namespace fkaudit::audit {

/// How much a name says.
enum class likeness : char {
    low,     ///< a name that a column of any meaning could have, such as `parent_id`
    medium,  ///< a role before or after the parent's name, or its name alone
    key,     ///< the very name of the parent's key
    high,    ///< the parent's name with an `id`
};

/// Columns of a child that may be meant to refer to a unique key of a parent.
struct candidate {
    model::relation const* child = nullptr;
    model::relation const* parent = nullptr;
    std::span<std::int16_t const> child_columns{};
    std::span<std::int16_t const> parent_columns{};
    likeness name = likeness::low;
    std::string_view reason{};  ///< what in the names says so
};

/// `tables` has every table of the database, `declared` its foreign keys, whose columns are left out. Left out, too:
/// columns that are halves of a polymorphic pair (`owner_type`, `owner_id`), and partitions, for which their root
/// stands. Of several parents for the same columns, those with the likeliest name. Order: child (schema, name),
/// columns, parent. Each column is compared with each table: `pause` is called for each column, and may throw.
std::span<candidate const> find_candidates(model::arena& arena, model::database const& tables,
                                           model::database const& declared, void (*pause)());

/// A candidate with what the server and the rows say about it: a row of fk_candidates.
struct weighed_candidate {
    candidate what{};
    std::string_view confidence{};   ///< high, medium, low
    std::int64_t inclusion = -1;     ///< in ten thousandths; -1: unknown
    std::int64_t orphan_rows = -1;   ///< -1: not examined
    std::int64_t missing_keys = -1;  ///< -1: not examined, or not counted
    std::string_view reason{};
    std::string_view ddl{};
    std::string_view obstacle{};  ///< why Citus would refuse the key; empty: it would not
};

}  // namespace fkaudit::audit
