#pragma once

#include "src/plan/index_ddl.hpp"
#include "src/plan/validation.hpp"

namespace fkaudit::plan {

/// What stands between a foreign key that is not declared and one that can be trusted.
struct addition {
    model::constraint const* key = nullptr;  ///< with its name, NOT VALID
    bool needs_unique = false;               ///< no unique index of the parent serves it
    std::string_view index_statements{};     ///< that make the child's index, one a line
    std::int64_t orphan_rows = 0;
    std::span<plan_step const> repair{};  ///< of the orphans
};

/// The statements, in order: the parent's unique index, the child's index, the key as NOT VALID, so that no new orphans
/// come, the repair, VALIDATE. Where the server takes no NOT VALID key of a partitioned child, the repair stands before the
/// key, which then reads all rows at once.
std::span<plan_step const> plan_addition(model::arena& arena, model::database const& database, addition const& wanted,
                                         index_names& names, validation_server const& server);

}  // namespace fkaudit::plan
