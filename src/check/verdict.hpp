#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "src/model/constraint.hpp"
#include "src/model/enforcement.hpp"

namespace fkaudit::check {

/// Why a foreign key was not examined.
enum class reason {
    none,
    no_privilege,
    row_security,
    lock_not_available,
    pending_deferred,
    vanished,
    temporary_of_other_session,
    unlogged_on_standby,
    newer_than_snapshot,
    unsupported,
    error,
};

/// The name that the `reason` column shows; empty for none.
std::string_view to_text(reason value) noexcept;

/// What the examination of one foreign key found.
struct verdict {
    model::constraint const* key = nullptr;
    model::enforcement enforcement{};  ///< meaningless for a key that is not declared
    reason why_not = reason::none;     ///< none: examined
    std::string_view detail{};         ///< a sentence; empty: nothing to say
    std::int64_t orphan_rows = 0;
    std::optional<std::int64_t> missing_keys{};
    std::uintptr_t example = 0;                  ///< a jsonb Datum in the call's memory; 0: no orphan
    std::optional<std::int64_t> rows_checked{};  ///< none where only an index was read
    std::int64_t mixed_null_rows = 0;
    std::int64_t partial_null_rows = 0;
    std::string_view engine{};
    double elapsed_ms = 0;

    bool is_declared() const noexcept { return key->id != model::no_oid; }
    bool is_examined() const noexcept { return why_not == reason::none; }
};

/// `trusted`, `clean`, `violated` or `not examined`.
std::string_view summary(verdict const& found) noexcept;

}  // namespace fkaudit::check
