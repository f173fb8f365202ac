#pragma once

#include "src/audit/action_risk.hpp"

namespace fkaudit::audit {

/// cascade-blocked: what follows from the key's action can meet a key that refuses it, NO ACTION or RESTRICT. Info where
/// the refusing key's rows are deleted by another cascade before it is checked, so that only rows without that other
/// parent refuse (and no finding where the keys' columns say that there are none); else a warning.
void judge_cascade_blocked(action_audit& audit, model::constraint const& key);

/// multiple-cascade-paths: a delete in one table deletes the key's child by one way, and by another way the key sets its
/// columns (info) or refuses (warning). Ways between two keys of one child to one parent are inconsistent-actions.
void judge_multiple_paths(action_audit& audit);

}  // namespace fkaudit::audit
