#include "src/check/verdict.hpp"

namespace fkaudit::check {

std::string_view to_text(reason value) noexcept {
    switch (value) {
        case reason::none: return "";
        case reason::no_privilege: return "no_privilege";
        case reason::row_security: return "row_security";
        case reason::lock_not_available: return "lock_not_available";
        case reason::pending_deferred: return "pending_deferred";
        case reason::vanished: return "vanished";
        case reason::temporary_of_other_session: return "temporary_of_other_session";
        case reason::unlogged_on_standby: return "unlogged_on_standby";
        case reason::newer_than_snapshot: return "newer_than_snapshot";
        case reason::unsupported: return "unsupported";
        case reason::error: return "error";
    }
    return "";
}

std::string_view summary(verdict const& found) noexcept {
    if (!found.is_examined()) return "not examined";
    if (found.orphan_rows > 0) return "violated";
    bool const is_guarded = found.is_declared() && found.enforcement.is_known &&
                            found.enforcement.state == model::enforcement_state::enforced;
    // What an index alone says is no proof about the heap.
    return is_guarded && found.engine != "index" ? "trusted" : "clean";
}

}  // namespace fkaudit::check
