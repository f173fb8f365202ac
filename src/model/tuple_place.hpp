#pragma once

#include <compare>
#include <cstdint>

namespace fkaudit::model {

/// Where a row is in its table (tid).
struct tuple_place {
    std::uint32_t block = 0;
    std::uint16_t offset = 0;

    friend auto operator<=>(tuple_place const&, tuple_place const&) = default;
};

}  // namespace fkaudit::model
