#pragma once

#include "src/check/verdict.hpp"
#include "src/model/database.hpp"

namespace fkaudit::entry {

/// Blank verdicts for the keys of a database, with the enforcement of the declared ones judged.
std::span<check::verdict> list_verdicts(model::arena& arena, model::database const& database);

}  // namespace fkaudit::entry
