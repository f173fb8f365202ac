#pragma once

#include <string_view>

#include "src/model/arena.hpp"

namespace fkaudit::model {

/// The text as a JSON string, with its quotes (RFC 8259): control characters, quotes and backslashes escaped, all else as
/// it is.
std::string_view json_string(arena& memory, std::string_view text);

}  // namespace fkaudit::model
