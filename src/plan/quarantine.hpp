#pragma once

#include "src/plan/repair.hpp"

namespace fkaudit::plan {

/// The names of a table's columns as a list, each with a prefix.
std::string_view list_columns(model::arena& arena, model::relation const& table, std::string_view prefix);

/// Schema-qualified and quoted.
std::string_view qualified_name(model::arena& arena, quarantine const& one);

/// Makes the table: all columns, the table's owner, no grants whatever the default privileges are, row security where the
/// table has it.
std::string_view create_quarantine(model::arena& arena, quarantine const& one);

/// Moves all rows back as they were, without any trigger: those of the key would refuse them. Generated columns are
/// computed again.
std::string_view undo_quarantine(model::arena& arena, quarantine const& one);

}  // namespace fkaudit::plan
