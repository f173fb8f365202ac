#pragma once

#include "src/plan/action_ddl.hpp"
#include "src/plan/validation.hpp"

namespace fkaudit::plan {

/// How a key is to be.
struct action_change {
    key_actions actions{};
    bool is_deferrable = false;
    bool initially_deferred = false;
};

/// The key as it is, for a change of parts of it.
action_change change_nothing(model::constraint const& key) noexcept;

/// The refusal with which PostgreSQL would meet the key's new definition: an SQLSTATE and a message; empty: none.
struct change_refusal {
    char const* sqlstate = "";
    std::string_view message{};
    std::string_view hint{};
};
change_refusal find_refusal(model::constraint const& key, action_change const& wanted);

/// What the new actions meet, each the end of a sentence that warns.
struct change_surroundings {
    std::span<std::string_view const> warnings{};
    std::string_view comment{};  ///< of the constraint; empty: none
};

/// The statements after which a key has other actions or another deferrability and is all else that it was.
/// Deferrability alone changes in place, unless Citus keeps the tables, which alters no constraint. No server changes actions in place: the key is replaced in one transaction,
/// NOT VALID, so that its locks are short, with its COMMENT, and validated after it if it was valid; what NOT VALID or
/// not enforced was stays so. Where the server takes no NOT VALID key on a partitioned table, all rows are read under
/// the locks. Orphans come before the step that they would stop. Empty: there is nothing to change.
std::span<plan_step const> plan_action_change(model::arena& arena, key_state const& state, action_change const& wanted,
                                              change_surroundings const& around, validation_server const& server);

}  // namespace fkaudit::plan
