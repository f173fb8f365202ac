#pragma once

#include "src/audit/candidates.hpp"
#include "src/pg/boundary.hpp"

namespace fkaudit::entry {

struct candidate_options {
    std::optional<model::oid> child{};  ///< none: every table
    double min_inclusion = 1.0;
    bool check_data = true;
};

/// The foreign keys that nobody declared, as names, types, unique keys and the rows suggest them.
std::span<audit::weighed_candidate const> find_candidates(pg::call& current, candidate_options const& wanted);

}  // namespace fkaudit::entry
