#pragma once

#include "src/model/constraint.hpp"
#include "src/pg/boundary.hpp"

namespace fkaudit::check {

/// A function that examining a key could run and whose owner is no superuser.
struct untrusted_function {
    std::string_view name{};  ///< signature, qualified
    std::string_view owner{};
};

/// The untrusted code of a key, by whose tables bring it in.
struct untrusted_code {
    std::optional<untrusted_function> of_key{};     ///< operators, casts, and what the key's types reach
    std::optional<untrusted_function> of_child{};   ///< index expressions and predicates, CHECKs, partition keys, …
    std::optional<untrusted_function> of_parent{};  ///< the same of the parent

    bool exists() const noexcept { return of_key || of_child || of_parent; }
};

/// Finds the functions that reading the two tables and comparing their keys can reach, because the query calls them or
/// because planning folds them: operators, casts (to jsonb included), element, field and subtype functions, domains;
/// index predicates and expressions, CHECKs, partition keys and extended statistics of both tables and their
/// partitions. One catalog query, plus one that is enough where every function belongs to a superuser.
untrusted_code find_untrusted_code(pg::call& current, model::constraint const& key,
                                   std::span<model::oid const> child_tables, std::span<model::oid const> parent_tables);

}  // namespace fkaudit::check
