#pragma once

#include <cstdint>

#include "src/model/arena.hpp"

namespace fkaudit::plan {

/// One node wants another before itself; `cost` (not negative) is what it costs not to have it so.
struct order_wish {
    std::size_t after = 0;
    std::size_t before = 0;
    std::int64_t cost = 0;
};

/// Up to so many nodes, cheapest_order() is exact.
inline constexpr std::size_t most_exact_nodes = 16;

/// An order of the nodes 0 … count - 1 in which the wishes that are not fulfilled cost least (a minimum feedback arc
/// set). Exact for up to most_exact_nodes, by dynamic programming over sets; the first in lexicographic order of
/// those that are equally good. Above, the greedy order of Eades, Lin and Smyth ("A fast and effective heuristic for the
/// feedback arc set problem", 1993), improved by moving one node at a time while that pays; then no unfulfilled wish could be
/// fulfilled beside all that are. The same wishes give the same order.
std::span<std::size_t const> cheapest_order(model::arena& arena, std::size_t count, std::span<order_wish const> wishes);

}  // namespace fkaudit::plan
