#pragma once

#include <algorithm>

#include "src/model/database.hpp"

namespace fkaudit::entry {

/// The keys that a caller asked for, by their OIDs, where the whole database was loaded around them.
class asked_keys {
public:
    asked_keys(model::arena& arena, model::database const& scope) : ids_(arena) {
        ids_.reserve(scope.constraints.size());
        for (auto const& key : scope.constraints) ids_.push_back(key.id);
        std::sort(ids_.begin(), ids_.end());
    }
    bool contains(model::oid key) const { return std::binary_search(ids_.begin(), ids_.end(), key); }

private:
    model::vector<model::oid> ids_;
};

}  // namespace fkaudit::entry
