#pragma once

#include <string_view>

namespace fkaudit::model {

/// Whether writes are checked; the first that applies.
enum class enforcement_state { not_enforced, bypassed, not_valid, enforced };

/// `not enforced`, `bypassed`, `not valid`, `enforced`.
std::string_view to_text(enforcement_state state) noexcept;

/// What Citus' shards have of a key that differs from what is declared.
struct shard_faults {
    bool idle_checks = false;  ///< check triggers that are disabled, or for replica role only
    bool idle_actors = false;  ///< the same of action triggers, on the parent's shards
    bool is_broken = false;    ///< the key is missing, or triggers of it
    bool not_valid = false;    ///< the key is NOT VALID, and valid as declared
};

struct enforcement {
    enforcement_state state = enforcement_state::enforced;
    std::string_view detail{};    ///< every defect and where it is; empty when enforced
    std::string_view triggers{};  ///< those of the defects that triggers have
    bool has_missing_triggers = false;
    bool is_known = true;  ///< false: a shard could not be looked at
    shard_faults shards{};
};

}  // namespace fkaudit::model
