#pragma once

#include "src/audit/action_risk.hpp"

namespace fkaudit::audit {

/// no-action-default: both actions are NO ACTION, which nobody may have chosen, and the parent sees deletes (warning) or
/// updates that may have changed a key (info). A parent that sees neither is no finding. Temporal keys have no other
/// action; a self-reference has a risk of its own.
/// self-reference-no-action: rows of one table hold each other; warning where the table sees deletes, else info.
void judge_no_action(action_audit& audit, model::constraint const& key);

/// inconsistent-actions, where keys to one parent disagree:
/// - two keys of one child with the same columns: both run, and the one that refuses wins (warning);
/// - two keys of one child with other columns (info);
/// - keys of several children, one that deletes with the parent and one that refuses: one finding for each parent, at
///   the first key that refuses, a RESTRICT before a NO ACTION; warning where the parent sees deletes, else info.
/// Children of which some go and some are set to NULL are no disagreement.
void judge_inconsistent_actions(action_audit& audit);

}  // namespace fkaudit::audit
