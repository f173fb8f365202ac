#pragma once

#include "src/audit/evidence.hpp"
#include "src/pg/boundary.hpp"

namespace fkaudit::entry {

/// The rows of fk_suppressions, by rule, child and constraint.
std::span<audit::suppression const> load_suppressions(pg::call& current);

}  // namespace fkaudit::entry
