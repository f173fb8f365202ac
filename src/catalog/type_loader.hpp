#pragma once

#include "src/model/database.hpp"

namespace fkaudit::catalog {

/// Loads the operators of the database's foreign keys with their commutators, and the operator families that have them.
void load_operators(model::arena& arena, model::database& database);

/// Loads the types of the database's columns and operators with the types below domains and inside arrays, the casts
/// between them, and the collations of columns and indexes.
void load_types(model::arena& arena, model::database& database);

}  // namespace fkaudit::catalog
