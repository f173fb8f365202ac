#pragma once

#include "src/model/default_value.hpp"

namespace fkaudit::check {

/// `CAST(… AS type) AS "column"`: a stored constant as the column stores it, of its type below all domains, whose
/// constraints are somebody's code. May ereport.
std::string_view write_default(model::arena& arena, model::default_value const& one);

}  // namespace fkaudit::check
