#pragma once

#include "src/model/arena.hpp"

namespace fkaudit::report {

/// The text with every character that a reader would not see as its code; with `keeps_lines`, line breaks stay.
std::string_view visible(model::arena& arena, std::string_view text, bool keeps_lines = false);

/// How many columns of a terminal a visible text takes.
std::size_t columns(std::string_view text) noexcept;

}  // namespace fkaudit::report
