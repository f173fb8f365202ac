#pragma once

#include "src/pg/boundary.hpp"

namespace fkaudit::pg {

/// Sees to it that a caller's text is one condition on a table's rows: `SELECT FROM table WHERE (`, line break, text,
/// line break, `)` is one plain SELECT with FROM and WHERE only. What the server says of the text is raised as it is;
/// what is more or less than a condition is a syntax_error. Nothing runs. `table`: schema-qualified and quoted.
void require_predicate(call& current, std::string_view table, std::string_view predicate);

}  // namespace fkaudit::pg
