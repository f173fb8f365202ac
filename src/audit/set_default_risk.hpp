#pragma once

#include <optional>

#include "src/audit/action_risk.hpp"
#include "src/model/default_value.hpp"

namespace fkaudit::audit {

/// set-default-missing: SET DEFAULT on a column whose default is NULL or a new number of a sequence.
/// set-default-not-evaluated: defaults that are no stored constants; evaluating them would run somebody's code.
/// Returns the key to look up in the parent where all defaults are constants, or such behind casts of pg_catalog.
std::optional<model::default_key> judge_set_default(action_audit& audit, model::constraint const& key);

/// What the look-up found.
enum class default_parent : char {
    exists,
    missing,
    unknown,  ///< it could not be looked up
};

/// set-default-no-parent: no parent has the defaults' key, so that SET DEFAULT fails (23503).
/// set-default-not-evaluated: it could not be looked up, for the reason given, or depends on the row's other columns.
void judge_default_parent(action_audit& audit, model::default_key const& wanted, default_parent found,
                          std::string_view reason);

}  // namespace fkaudit::audit
