#pragma once

#include <optional>

#include "src/model/database.hpp"

namespace fkaudit::plan {

/// What is done with the orphans of a foreign key.
enum class repair_way : char { remove, set_aside, set_null, set_default, create_parents };

/// `auto`: none. Error: invalid_parameter_value, with a HINT that lists the strategies.
std::optional<repair_way> read_strategy(model::arena& arena, std::string_view name);

/// What `auto` does, by the key's ON DELETE: the rows are set aside where a parent's deletion would delete or refuse.
repair_way follow_action(model::constraint const& key) noexcept;

/// The columns that SET NULL and SET DEFAULT write: those that ON DELETE lists, or all; always all of MATCH FULL, where
/// a key that is NULL in part is a violation.
std::span<std::int16_t const> repaired_columns(model::constraint const& key, repair_way way) noexcept;

/// Errors where the tables' definitions alone say that the way cannot be gone: SET NULL on a column that takes no NULL
/// (not_null_violation), a column that cannot be written (generated_always), a temporal key that would need a NULL or a
/// made-up period (feature_not_supported).
void refuse_way(model::arena& arena, model::database const& database, model::constraint const& key, repair_way way);

/// Errors where a row of the parent cannot be made of a key alone (not_null_violation): DETAIL names the columns.
void refuse_stub(model::arena& arena, model::database const& database, model::constraint const& key);

}  // namespace fkaudit::plan
