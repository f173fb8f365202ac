#pragma once

#include <span>
#include <string_view>

#include "src/model/arena.hpp"
#include "src/model/identifier.hpp"

namespace fkaudit::audit {

/// A foreign key as the history keeps it: the members of its object (write_key) that tell one change from another.
struct key_record {
    std::string_view child{};  ///< schema-qualified and quoted
    std::string_view constraint_name{};
    std::string_view child_columns{};  ///< lists as jsonb prints them
    std::string_view parent{};
    std::string_view parent_columns{};
    std::string_view deferrability{};
    std::string_view validity{};
    std::string_view enforcement{};
    std::string_view triggers{};
    std::string_view whole{};       ///< the object as jsonb prints it: the same text, the same key
    model::oid id = model::no_oid;  ///< of the constraint; no_oid: recorded in another database, before a restore
    int bypassed = 0;               ///< how many of its triggers do not fire
};

/// What the history calls the difference between two states of one constraint, as pg_constraint's OID has it: `disabled`
/// or `enabled` where its triggers changed, then `validated`, `changed` (deferrability, enforcement), or `renamed`: nothing
/// else can be different without a new OID. Where there is none: empty.
std::string_view name_change(key_record const& before, key_record const& after) noexcept;

/// What became of a key between a recorded state and the current one.
struct key_step {
    enum class kind : char {
        known,    ///< equal; it has another OID than was recorded
        altered,  ///< name_change() says how
        rebuilt,  ///< dropped and made again under its name
        added,
        dropped,
        superseded,  ///< recorded under a name that it has no more
    };

    kind what = kind::known;
    key_record const* before = nullptr;
    key_record const* after = nullptr;
};

/// The steps that lead from the recorded states to the current ones, those that end something first. A constraint is the
/// same one where its OID is; failing that, where child and name are; failing that, for states of another database, where
/// child, columns and target are. Of two records with one OID, the later one counts.
std::span<key_step const> reconcile(model::arena& arena, std::span<key_record const> recorded,
                                    std::span<key_record const> current);

}  // namespace fkaudit::audit
