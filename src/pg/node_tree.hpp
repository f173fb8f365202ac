#pragma once

#include "src/model/arena.hpp"
#include "src/model/expression.hpp"
#include "src/pg/postgres.hpp"

namespace fkaudit::pg {

/// Reads a stored expression tree (pg_node_tree as text). Nothing is simplified, folded or evaluated; the only code
/// that runs is the output function of a constant's type. May ereport: call it inside a guard.
model::expression const* read_expression(model::arena& arena, std::string_view tree);

/// The same for a list of expressions (pg_index.indexprs): one each, in order.
std::span<model::expression const> read_expressions(model::arena& arena, std::string_view tree);

}  // namespace fkaudit::pg
