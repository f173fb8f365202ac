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

/// As whom a key is examined.
struct identity {
    model::oid user = model::no_oid;  ///< no_oid: as the caller; otherwise as the child's owner
    std::string_view name{};          ///< of the child's owner

    /// Whose functions may run besides the superusers' ones; none: everybody's.
    std::optional<std::span<model::oid const>> trusted_owners{};
};

/// What the caller may see beyond the key itself.
struct visible_columns {
    bool system_columns = false;  ///< tableoid and ctid: SELECT on the whole child
    bool primary_key = false;     ///< the child has one, and all of its columns may be read
};

/// The checks before any lock is taken: another session's temporary table, and the caller's SELECT on the key's columns
/// (of both sides, by table or by column) and USAGE on the schemas.
refusal refuse_unlocked(pg::call& current, model::constraint const& key);

/// What both the caller and the identity may see.
visible_columns find_visible_columns(pg::call& current, model::constraint const& key, identity const& who);

/// The primary key's columns of the child; empty without one.
std::span<std::int16_t const> primary_key(model::arena& arena, model::relation const& table);

/// The checks under the locks of both sides: the key is still the same, its rows are visible to this snapshot and
/// transaction, and no row security hides any from the caller.
refusal refuse_locked(pg::call& current, model::constraint const& key, std::span<model::oid const> child_tables,
                      std::span<model::oid const> parent_tables);

/// Decides as whom the key is examined. A caller who is superuser or has the rights of the child's owner examines it as
/// that owner wherever he may read both tables, as PostgreSQL's own check does on every write: so no code that he or
/// anyone adds to the tables, at whatever moment, runs with a superuser's rights. Where he may not, or is a superuser
/// himself, the key is examined as the caller, but only without untrusted code (see find_untrusted_code). Every other
/// caller examines it as himself. Code that a parent or a partition of another owner brings in is refused for all but
/// the code's own owner.
/// Called right before the examination, under the locks of both sides.
refusal choose_identity(pg::call& current, model::constraint const& key, std::span<model::oid const> child_tables,
                        std::span<model::oid const> parent_tables, identity& who);

/// The refusal that an error of the server amounts to.
refusal refuse_error(model::arena& arena, identity const& who, int sqlstate, std::string_view message,
                     std::string_view detail);

}  // namespace fkaudit::check
