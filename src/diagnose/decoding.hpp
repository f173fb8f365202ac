#pragma once

#include <cstddef>

#include "src/model/arena.hpp"

namespace fkaudit::diagnose {

/// How many ways there are in which logs, drivers and web pages wrap a text; the first is: not at all.
std::size_t ways_of_wrapping() noexcept;

/// The way that the text's shape suggests: a language whose quotation marks need no wrapping gives no other sign of it.
std::size_t likely_way(std::string_view text) noexcept;

/// The text with one kind of wrapping taken off (backslash escapes as JSON and most languages have them, doubled quotes as
/// CSV has them, HTML's character references, and combinations). The text itself where there is none of that.
/// `is_utf8`: code points beyond ASCII may be written.
std::string_view unwrap(model::arena& arena, std::string_view text, std::size_t way, bool is_utf8);

}  // namespace fkaudit::diagnose
