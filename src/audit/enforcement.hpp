#pragma once

#include "src/model/database.hpp"

namespace fkaudit::audit {

/// Whether writes are checked; the first that applies.
enum class enforcement_state { not_enforced, bypassed, not_valid, enforced };

/// `not enforced`, `bypassed`, `not valid`, `enforced`.
std::string_view to_text(enforcement_state state) noexcept;

struct enforcement {
    enforcement_state state = enforcement_state::enforced;
    std::string_view detail{};  ///< every defect and where it is; empty when enforced
};

/// Judges a foreign key by its flags and its internal triggers: two check triggers on the child and two action triggers
/// on the parent, two check triggers on each partition of the child, two action triggers on each partition of the
/// parent. Triggers of a partitioned table never fire themselves, but count like the others (ri_triggers.c, tablecmds.c: addFkRecurseReferenced, addFkRecurseReferencing).
enforcement judge_enforcement(model::arena& arena, model::database const& database, model::constraint const& key);

}  // namespace fkaudit::audit
