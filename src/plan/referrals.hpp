#pragma once

#include "src/plan/followed_rows.hpp"

namespace fkaudit::plan {

/// A row and a key, and which of the key's columns stand at their defaults.
struct look_up {
    model::constraint const* key = nullptr;
    row_number row = 0;
    key_positions defaults = 0;

    friend bool operator==(look_up const&, look_up const&) = default;
};

/// Which stored rows refer to which: what a row source answers, asked for many rows at once and remembered. What has
/// changed since is for the caller to compare.
class referrals {
public:
    /// The parents of a row.
    struct parents_found {
        model::vector<row_number> rows;
        key_positions nulls = 0;     ///< the row's columns that are NULL
        std::string_view why_not{};  ///< see row_source::answer
    };
    struct unread_key {
        model::constraint const* key = nullptr;
        std::string_view why{};
    };

    referrals(model::arena& arena, row_source& source, followed_rows& rows, default_symbols const& defaults);

    /// Reads the children of rows, a query for each key and table, and forgets those that were read before. Keys whose
    /// rows could not be read are returned.
    std::span<unread_key const> read_children(model::vector<look_up>& wanted);
    /// Reads the parents of rows likewise, and forgets none.
    void read_parents(model::vector<look_up>& wanted);
    bool knows_parents(look_up const& wanted) const { return parents_.contains(common(wanted)); }

    /// The rows that refer to an old version of a row (`before`) by now, in the order in which the server would find
    /// them: as they are stored, changed ones last in their block, as their new versions are.
    model::vector<row_number> referring(model::constraint const& key, row_number row, change const* before) const;
    parents_found const& parents_of(look_up const& wanted);
    /// Notes that a row whose columns came to stand at their defaults may refer to other parents than before.
    void add_defaulted(look_up const& child);
    /// Whether a child's row refers to a parent's by now, where it does by what was stored and by the defaults.
    bool refers(model::constraint const& key, change const* parent, change const* child) const;

private:
    struct look_up_hash {
        std::size_t operator()(look_up const& one) const noexcept {
            return (reinterpret_cast<std::uintptr_t>(one.key) ^ (std::uint64_t{one.row} << 20) ^ (one.defaults << 40)) *
                   0x9E3779B97F4A7C15u;
        }
    };
    using children_map = hash_map<look_up, model::vector<row_number>, look_up_hash>;

    /// A key that stands at its defaults throughout has the same parent for every row.
    static look_up common(look_up const& wanted);
    template <class Each>
    void each_group(model::vector<look_up>& wanted, Each each) const;
    void read_children_of(std::span<look_up const> group, model::vector<unread_key>& unread);
    void read_parents_of(std::span<look_up const> group);

    model::arena& arena_;
    row_source& source_;
    followed_rows& rows_;
    default_symbols const& defaults_;
    children_map children_;   ///< by what is stored
    children_map defaulted_;  ///< that may have come to refer to a parent
    hash_map<look_up, parents_found, look_up_hash> parents_;
};

}  // namespace fkaudit::plan
