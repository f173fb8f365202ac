#pragma once

#include "src/model/database.hpp"

namespace fkaudit::plan {

/// Tables of which each refers to each other, directly or through the rest (a strong component of the graph).
struct cycle {
    std::span<model::relation const* const> tables{};  ///< two or more, by OID; partitions count as their root
    std::span<model::constraint const* const> keys{};  ///< the enforced keys among them, in the database's order
};

/// All of them, by their first key. A table that refers to itself alone is none. Linear in tables and keys.
std::span<cycle const> find_cycles(model::arena& arena, model::database const& database);

}  // namespace fkaudit::plan
