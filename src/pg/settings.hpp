#pragma once

#include <string_view>

namespace fkaudit::pg {

/// The values of the setting fkaudit.engine.
enum class engine_choice : int { automatic, scan, index, sql };

/// The first item of a value of fkaudit.rules that is wrong; empty: none.
using find_wrong_item = std::string_view (*)(std::string_view value) noexcept;

/// Defines fkaudit's settings; called once, by _PG_init. What a rule is, the rules know.
void define_settings(find_wrong_item find_wrong_rule);

/// The value of fkaudit.rules.
std::string_view rules_setting() noexcept;

engine_choice chosen_engine() noexcept;

/// How many parallel workers may help with a check: fkaudit.max_parallel_workers.
int max_parallel_workers() noexcept;

/// fkaudit.max_tracked, .track and .save; the last two are asked whenever they matter.
int most_tracked() noexcept;
bool const& is_tracking() noexcept;
bool const& saves_counters() noexcept;

/// Seconds between a long check's lines of NOTICE; 0: there are none. fkaudit.progress_interval.
int progress_interval() noexcept;

/// Whether `auto` may take the index engine: fkaudit.trust_indexes.
bool trusts_indexes() noexcept;

}  // namespace fkaudit::pg
