#pragma once

#include <compare>
#include <cstdint>
#include <string_view>

namespace fkaudit::model {

using oid = std::uint32_t;
inline constexpr oid no_oid = 0;

/// A date, as PostgreSQL counts days.
struct date {
    std::int32_t days = 0;
};

/// An SQL name twice: as the catalog stores it, and as SQL text writes it (quoted where it must be, on one line always).
struct identifier {
    std::string_view name{};
    std::string_view quoted{};

    friend bool operator==(identifier const& a, identifier const& b) { return a.name == b.name; }
    friend auto operator<=>(identifier const& a, identifier const& b) { return a.name <=> b.name; }
};

}  // namespace fkaudit::model
