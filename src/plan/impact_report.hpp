#pragma once

#include "src/plan/followed_rows.hpp"

namespace fkaudit::plan {

/// Rows that a key concerns and that could not be read.
struct unread_rows {
    path_node const* node = nullptr;
    row_event event = row_event::deleted;
    std::string_view why{};
};

/// What became of the rows, those of one end together, in order; first the parent itself, `root`, even without rows.
std::span<impact const> report_impact(model::arena& arena, path_node const& root, row_event event,
                                      std::span<followed_row const> rows, std::span<unread_rows const> unread);

}  // namespace fkaudit::plan
