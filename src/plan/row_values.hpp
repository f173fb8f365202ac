#pragma once

#include <algorithm>

#include "src/model/constraint.hpp"

namespace fkaudit::plan {

/// A column's value: as it is stored, NULL, not known, or one that something gave it, which keeps its number wherever a
/// key takes it.
using symbol = std::uint32_t;
constexpr symbol as_stored = 0, null_value = 1, unknown_value = 2, first_given_value = 3;

/// A row's columns that have changed, the newest change first; nullptr: none.
struct change {
    change const* before = nullptr;
    std::string_view column{};  ///< by name: partitions number theirs differently
    symbol value = as_stored;
};

inline symbol value_of(change const* changes, std::string_view column) noexcept {
    for (; changes != nullptr; changes = changes->before)
        if (changes->column == column) return changes->value;
    return as_stored;
}

/// A key's positions, one bit each (a key has 32 columns at most).
using key_positions = std::uint64_t;

/// The names of a key's columns, and what stands in them.
inline std::string_view parent_name(model::constraint const& key, std::size_t position) {
    return key.parent_column(position).name.name;
}
inline std::string_view child_name(model::constraint const& key, std::size_t position) {
    return key.child_column(position).name.name;
}
inline symbol parent_value(model::constraint const& key, std::size_t position, change const* changes) {
    return value_of(changes, parent_name(key, position));
}
inline symbol child_value(model::constraint const& key, std::size_t position, change const* changes) {
    return value_of(changes, child_name(key, position));
}

/// The symbols that stand for columns' defaults, where those are constants that the server can look up.
class default_symbols {
public:
    explicit default_symbols(model::arena& arena) : symbols_(arena) {}

    /// Each greater than those before.
    void add(symbol one) { symbols_.push_back(one); }
    bool contains(symbol one) const noexcept { return std::binary_search(symbols_.begin(), symbols_.end(), one); }

    /// Where a child's row stands at its defaults.
    key_positions in(model::constraint const& key, change const* changes) const {
        key_positions found = 0;
        if (changes == nullptr || symbols_.empty()) return found;
        for (std::size_t position = 0; position < key.child_columns.size(); ++position)
            if (contains(child_value(key, position, changes))) found |= key_positions{1} << position;
        return found;
    }

private:
    model::vector<symbol> symbols_;
};

}  // namespace fkaudit::plan
