#pragma once

#include "src/report/writer.hpp"

namespace fkaudit::report {

/// Writes visible text in lines of at most `width` columns, each after `indent` blanks: broken at blanks, and within a
/// word only where the word alone is longer than a line.
void write_wrapped(writer& out, std::string_view text, std::size_t indent, std::size_t width);

/// The same for one SQL statement, which stays the same statement: broken at blanks and after dots and commas outside of
/// quotes, never within a token. Further lines are indented by two more.
void write_wrapped_sql(writer& out, std::string_view statement, std::size_t indent, std::size_t width);

}  // namespace fkaudit::report
