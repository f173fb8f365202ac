#pragma once

#include "src/report/writer.hpp"

namespace fkaudit::report {

/// Character data and attribute values of XML 1.0 and HTML: markup characters as entities, other characters than ASCII as
/// numeric references, what XML cannot hold or a reader would not see by its code. Plain ASCII, so that it is the same in
/// every encoding. With `keeps_lines`, line breaks stay.
void write_escaped(writer& out, std::string_view text, bool keeps_lines = false);

/// Markup that is already escaped, with its characters other than ASCII as numeric references.
void write_markup(writer& out, std::string_view markup);

}  // namespace fkaudit::report
