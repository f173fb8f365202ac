#pragma once

#include <cstddef>

#include "src/model/arena.hpp"

namespace fkaudit::diagnose {

/// How many ways there are in which logs, drivers and web pages wrap a text; the first is: not at all.
std::size_t ways_of_wrapping() noexcept;

/// The text with one kind of wrapping taken off (backslash escapes as JSON and most languages have them, doubled quotes as
/// CSV has them, HTML's character references, and combinations). The text itself where there is none of that.
/// `is_utf8`: code points beyond ASCII may be written.
std::string_view unwrap(model::arena& arena, std::string_view text, std::size_t way, bool is_utf8);

}  // namespace fkaudit::diagnose
