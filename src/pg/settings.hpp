#pragma once

namespace fkaudit::pg {

/// The values of the setting fkaudit.engine.
enum class engine_choice : int { automatic, scan, index, sql };

/// Defines fkaudit's settings; called once, by _PG_init.
void define_settings();

engine_choice chosen_engine() noexcept;

}  // namespace fkaudit::pg
