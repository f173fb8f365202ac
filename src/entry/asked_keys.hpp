#pragma once

#include "src/catalog/loader.hpp"

namespace fkaudit::entry {

/// The whole database, and those of its keys that the caller asked for.
struct asked_scope {
    model::database database{};
    std::span<model::constraint const* const> keys{};  ///< in the database's order
    bool is_whole = true;
    std::optional<model::oid> child{};  ///< of which all keys were asked for
};

/// For functions whose rules look beyond the keys that were asked for, by the arguments 0 and 1 (catalog::load_scope).
asked_scope load_asked(pg::call& current, catalog::scope const& whole);

/// For functions that have no such arguments: the whole database.
asked_scope load_everything(pg::call& current);

}  // namespace fkaudit::entry
