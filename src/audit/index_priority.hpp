#pragma once

#include <cstdint>

#include "src/audit/index_coverage.hpp"

namespace fkaudit::audit {

/// How much an index that is not there costs, by what the child weighs and what happened to the parent since the
/// statistics were reset. A search without an index reads the whole child.
///
/// - none:   the parent was never deleted from or updated, or the key is NOT ENFORCED: nobody searches
/// - high:   the searches read `much` (1 GB) or more; or the child is `large` (10 MB) or more, and deletes act on it
///           (CASCADE, SET NULL, SET DEFAULT)
/// - medium: the child is `large` or more, or the searches read `large` or more
/// - low:    the rest
///
/// A delete is one search. An update is counted as a tenth of one: of the updates that were not HOT, most left the key
/// alone. A child that was never analysed counts as `unknown_size`. A verdict of weak is one step lower, not below
/// low; low, where a unique index leaves one row to filter.
enum class index_priority { none, low, medium, high };

inline constexpr std::int64_t large = 10 << 20;
inline constexpr std::int64_t much = 1 << 30;
inline constexpr std::int64_t unknown_size = 1 << 20;
inline constexpr std::int64_t updates_for_a_search = 10;

/// `none`, `low`, `medium`, `high`.
std::string_view to_text(index_priority priority) noexcept;

struct index_urgency {
    index_priority priority = index_priority::none;
    std::string_view note{};  ///< why nobody searches; empty otherwise
};

/// Needs a database that was loaded with statistics.
index_urgency judge_urgency(model::arena& arena, model::constraint const& key, index_coverage const& coverage);

}  // namespace fkaudit::audit
