#pragma once

#include "src/report/layout.hpp"

namespace fkaudit::report {

/// Sets `level` of each box and `is_reversed` of each line, so that without the reversed lines every parent's level is
/// below its children's, and few lines are reversed: Eades, Lin and Smyth's greedy order (1993).
void assign_levels(model::arena& arena, std::span<box> boxes, std::span<line> lines);

}  // namespace fkaudit::report
