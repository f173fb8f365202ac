#pragma once

#include <string_view>

namespace fkaudit::model {

/// How much a finding matters. `error`: it fails or loses data as it stands; `warning`: it can; `info`: good to know.
enum class severity : char { error, warning, info };

/// `error`, `warning`, `info`.
constexpr std::string_view to_text(severity value) noexcept {
    switch (value) {
        case severity::error: return "error";
        case severity::warning: return "warning";
        case severity::info: return "info";
    }
    return "";
}

}  // namespace fkaudit::model
