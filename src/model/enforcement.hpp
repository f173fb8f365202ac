#pragma once

#include <string_view>

namespace fkaudit::model {

/// Whether writes are checked; the first that applies.
enum class enforcement_state { not_enforced, bypassed, not_valid, enforced };

/// `not enforced`, `bypassed`, `not valid`, `enforced`.
std::string_view to_text(enforcement_state state) noexcept;

struct enforcement {
    enforcement_state state = enforcement_state::enforced;
    std::string_view detail{};    ///< every defect and where it is; empty when enforced
    std::string_view triggers{};  ///< those of the defects that triggers have
    bool has_missing_triggers = false;
    bool is_known = true;  ///< false: a shard could not be looked at
};

}  // namespace fkaudit::model
