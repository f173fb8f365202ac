#pragma once

#include <cstdint>
#include <optional>

#include "src/model/database.hpp"
#include "src/model/enforcement.hpp"

namespace fkaudit::plan {

/// A statement of a plan, with what it does to other sessions.
struct plan_step {
    std::string_view statement{};
    std::string_view lock_mode{};                 ///< the locks that it takes, by table
    std::string_view blocking{};                  ///< who waits for it, and how long
    std::string_view detail{};                    ///< what it is for
    std::optional<std::int64_t> affected_rows{};  ///< of one that changes rows
    bool stands_for_repair = false;               ///< it stands for the repair of the orphans
};

/// What is known of a key whose way to trust is asked for.
struct key_state {
    model::constraint const* key = nullptr;
    model::enforcement enforcement{};
    bool is_examined = false;
    std::int64_t orphan_rows = 0;  ///< of one that is examined
    std::string_view why_not{};    ///< of one that is not
};

/// What differs between servers and installations.
struct validation_server {
    bool partitioned_not_valid = false;   ///< ADD … NOT VALID is accepted for a partitioned child
    std::string_view extension_schema{};  ///< quoted
};

/// The shortest safe way to a key that PostgreSQL enforces, calls valid, and that is so: first the writes are checked again
/// (ENABLE TRIGGER where triggers are disabled, a replacement by DROP and ADD … NOT VALID in one statement where they are
/// missing or the key is not enforced), then the orphans are to be repaired, then the rows are checked (VALIDATE, or
/// fk_check where the catalog says already that the key is valid). Where Citus keeps the tables, the triggers are those of the
/// shards, and the replacement is a transaction. Empty: there is nothing to do.
std::span<plan_step const> plan_validation(model::arena& arena, model::database const& database, key_state const& state,
                                           validation_server const& server);

}  // namespace fkaudit::plan
