#pragma once

#include "src/model/database.hpp"
#include "src/pg/boundary.hpp"

namespace fkaudit::check {

/// A foreign key that nobody declared, as a caller described it.
struct undeclared_key {
    model::database database{};  ///< with the key as its only constraint, whose id is no_oid
    std::string_view detail{};   ///< what PostgreSQL would miss to declare it; empty: nothing
};

/// Reads the five arguments `child regclass, child_columns name[], parent regclass, parent_columns name[], match_type
/// text` from the first position on. Chooses the operators as ALTER TABLE … ADD FOREIGN KEY does (tablecmds.c:
/// ATAddForeignKeyConstraint), but needs no unique index on the parent, and takes foreign tables. Errors: what
/// PostgreSQL would refuse, in its words; null_value_not_allowed for a NULL argument.
undeclared_key read_undeclared_key(pg::call& current);

/// The key that columns of two tables of `tables` would make, with match type simple and without an id; none where
/// PostgreSQL would refuse to declare it, such as for types that cannot be compared.
std::optional<model::constraint> describe_key(pg::call& current, model::database const& tables,
                                              model::relation const& child, std::span<std::int16_t const> child_columns,
                                              model::relation const& parent,
                                              std::span<std::int16_t const> parent_columns);

}  // namespace fkaudit::check
