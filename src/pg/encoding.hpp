#pragma once

#include "src/model/arena.hpp"

namespace fkaudit::pg {

/// The text in UTF-8; in a SQL_ASCII database, where nobody knows what the bytes are, as it stands. Error: a character that
/// has no equal (22P05).
std::string_view to_utf8(model::arena& arena, std::string_view text);

/// The other way round, for a text that is made of what to_utf8() gave and ASCII.
std::string_view from_utf8(model::arena& arena, std::string_view text);

}  // namespace fkaudit::pg
