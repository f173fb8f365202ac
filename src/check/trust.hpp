#pragma once

#include "src/model/constraint.hpp"
#include "src/pg/boundary.hpp"

namespace fkaudit::check {

/// Code that examining a key could run and whose owner is no superuser: a function, or a foreign table (whose owner, or
/// the owner of its server, decides where the query goes and as whom).
struct untrusted_object {
    /// What brings it in: the key's operators, casts and types, or what belongs to one of the tables.
    enum class origin : char { key = 'k', child = 'c', parent = 'p' };

    origin side = origin::key;
    std::string_view name{};   ///< such as `function public.f(integer)`
    std::string_view owner{};  ///< the owner's name
    model::oid owner_id = model::no_oid;
};

/// Finds the code that reading the two tables and comparing their keys can reach, because the query calls it or because
/// planning folds it: operators with their families, casts (to json included), element, field and subtype functions,
/// domains; index predicates and expressions, partition keys (those of partition ancestors included) and extended
/// statistics. CHECKs and defaults are no part of it: see set_check_settings(). What initdb made is trusted. Foreign tables
/// count where a superuser reads them: no password guards his way through somebody's server.
///
/// Reads the newest catalog, not the statement's snapshot: what another session committed a moment ago is found. No
/// query for a key that needs built-in code only, one where nothing depends on a function of such an owner, else two.
std::span<untrusted_object const> find_untrusted_code(pg::call& current, model::constraint const& key,
                                                      std::span<model::oid const> child_tables,
                                                      std::span<model::oid const> parent_tables, bool as_superuser);

}  // namespace fkaudit::check
