#pragma once

#include "src/check/verdict.hpp"
#include "src/pg/boundary.hpp"

namespace fkaudit::check {

/// Why a key cannot be examined; `why` is none where it can.
struct refusal {
    reason why = reason::none;
    std::string_view detail{};

    explicit operator bool() const noexcept { return why != reason::none; }
};

/// As whom a key is examined. By default as the caller.
struct identity {
    model::oid user = model::no_oid;  ///< no_oid: the caller
};

/// What the caller may see beyond the key itself.
struct visible_columns {
    bool system_columns = false;  ///< tableoid and ctid: SELECT on the whole child
    bool primary_key = false;     ///< the child has one, and all of its columns may be read
};

/// The checks before any lock is taken: another session's temporary table, and the caller's SELECT on the key's columns
/// (of both sides, by table or by column) and USAGE on the schemas.
refusal refuse_unlocked(pg::call& current, model::constraint const& key);

visible_columns find_visible_columns(pg::call& current, model::constraint const& key);

/// The primary key's columns of the child; empty without one.
std::span<std::int16_t const> primary_key(model::arena& arena, model::relation const& table);

/// The checks under the locks of both sides: the key is still the same, its rows are visible to this snapshot and
/// transaction, and no row security hides any from the caller.
refusal refuse_locked(pg::call& current, model::constraint const& key, std::span<model::oid const> child_tables,
                      std::span<model::oid const> parent_tables);

/// Decides as whom the key is examined, so that no function of a user who is no superuser runs with a superuser's
/// rights.
refusal choose_identity(pg::call& current, model::constraint const& key, std::span<model::oid const> child_tables,
                        std::span<model::oid const> parent_tables, identity& who);

/// The refusal that an error of the server amounts to.
refusal refuse_error(model::arena& arena, int sqlstate, std::string_view message, std::string_view detail);

}  // namespace fkaudit::check
