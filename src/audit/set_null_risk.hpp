#pragma once

#include "src/audit/action_risk.hpp"

namespace fkaudit::audit {

/// What keeps a column from being NULL, as the end of a sentence about it ("is NOT NULL"); empty: nothing. A CHECK counts
/// where its stored shape is `column IS NOT NULL` (a domain's: `VALUE IS NOT NULL`), alone or as one of its conjuncts:
/// nothing is evaluated. What one partition alone refuses counts.
std::string_view refuses_null(action_audit const& audit, model::relation const& table, model::column const& column);

/// set-null-not-null: SET NULL that can only fail (23502, 23514, or 23503 where MATCH FULL would be half NULL).
/// set-null-shared-column: SET NULL on a column that another key needs.
void judge_set_null(action_audit& audit, model::constraint const& key);

}  // namespace fkaudit::audit
