#pragma once

#include "src/model/database.hpp"
#include "src/model/surroundings.hpp"

namespace fkaudit::catalog {

/// What the rules ask about beside the foreign keys of a database: one query for each kind of object.
model::surroundings load_surroundings(model::arena& arena, model::database const& database);

}  // namespace fkaudit::catalog
