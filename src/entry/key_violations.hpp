#pragma once

#include "src/pg/boundary.hpp"
#include "src/watch/counters.hpp"

namespace fkaudit::entry {

/// The violations of one side of a declared key, those of its partitions among them.
struct key_violations {
    std::string_view child{};
    std::string_view constraint_name{};
    std::string_view parent{};  ///< empty: the key is gone
    bool shows_rows = false;
    watch::violation_entry sum{};

    auto order() const { return std::tuple(child, constraint_name, sum.key.side); }
};

/// Error: violations are not counted on this server (55000).
void require_counters();

inline std::string_view as_text(NameData const& name) { return NameStr(name); }

/// This database's entries. More can come while the room for them is made: those are left for the next call.
std::span<watch::violation_entry> load_entries(model::arena& arena);

/// By child, constraint name and side.
model::vector<key_violations> load_violations(pg::call& current);

}  // namespace fkaudit::entry
