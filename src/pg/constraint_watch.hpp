#pragma once

namespace fkaudit::pg {

/// Whether the statement that the client sent may have made constraints, or dropped foreign keys: so that an event trigger
/// need not look for them. Commands inside of it, in functions and other event triggers, are part of it.
///
/// It watches from the first question on, in this session (by object_access_hook: a session that never asks pays nothing
/// for it), so the answer is true for the statement that asks first.
bool may_have_made_constraint() noexcept;
bool may_have_dropped_key() noexcept;

}  // namespace fkaudit::pg
