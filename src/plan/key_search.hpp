#pragma once

#include <cstdint>

#include "src/model/key_cast.hpp"

namespace fkaudit::plan {

/// What differs between servers.
struct server_traits {
    bool has_skip_scan = false;        ///< a btree serves columns behind others that a query does not name
    bool reduces_null_tests = false;   ///< the planner takes IS NOT NULL on a NOT NULL column for true
    bool overrides_collation = false;  ///< the search compares in the parent's collation where that is nondeterministic
};

/// One condition of the query with which the server searches the child for a parent's row, at every DELETE of the
/// parent and every UPDATE of its key (ri_triggers.c: ri_restrict and its sisters):
///
///     SELECT 1 FROM ONLY child x WHERE $1 OPERATOR(conpfeqop) column[::cast] [COLLATE …] AND … FOR KEY SHARE OF x
struct search_condition {
    model::key_cast cast{};
    model::oid comparison = model::no_oid;  ///< conpfeqop's commutator, which the planner looks for; no_oid: none
    model::oid collation = model::no_oid;   ///< that the comparison uses; no_oid: the type has none
    bool is_strict = true;                  ///< no row fulfils it with a NULL column
};

/// The conditions by position in the key.
std::span<search_condition const> search_conditions(model::arena& arena, model::database const& database,
                                                    model::constraint const& key, server_traits server);

/// Whether an index key serves a condition on a column of the index's table (indxpath.c: match_opclause_to_indexcol).
enum class key_fit {
    unrelated,        ///< holds something else
    exact,            ///< serves it
    other_cast,       ///< holds the column where the server casts it, or the other way round
    other_collation,  ///< would serve it with another collation
    other_operator,   ///< its operator family lacks the comparison
};
key_fit fit_of(model::database const& database, search_condition const& condition, std::int16_t column,
               model::index_key const& key) noexcept;

/// Whether the planner may take the index for the condition, and misses rows by it: SP-GiST finds texts by their bytes,
/// whatever else a nondeterministic collation calls equal (spgtextproc.c: spg_text_leaf_consistent).
bool loses_rows(model::database const& database, search_condition const& condition,
                model::index const& candidate) noexcept;

/// Positions of a key, one bit each (a key has 32 columns at most).
using positions = std::uint64_t;

constexpr positions position_bit(std::size_t position) noexcept { return positions{1} << (position & 63); }

/// How an index stands to a search. All sets are of positions in the key.
struct index_match {
    model::index const* candidate = nullptr;
    positions all = 0;
    positions served = 0;   ///< by the index's leading keys, in any order
    positions usable = 0;   ///< by a key at any place
    positions leading = 0;  ///< columns that lead, whatever is wrong with them
    positions present = 0;  ///< columns that are keys, whatever is wrong with them
    positions included = 0;
    positions other_cast = 0, other_collation = 0, other_operator = 0;  ///< why a present column is not usable
    bool is_maintained = false;                                         ///< valid, ready and live
    bool predicate_follows = false;  ///< not partial, or the search implies the predicate
    bool finds_by_key = false;       ///< its access method leads straight to the rows: btree, hash; GiST for a period
    bool is_single_row = false;      ///< unique, and all its keys are served: at most one row is left to filter

    bool covers() const noexcept { return is_maintained && would_cover(); }
    /// But for being invalid.
    bool would_cover() const noexcept { return predicate_follows && finds_by_key && served == all; }
};

/// `columns`: the key's columns by position, in the numbers of the index's table.
index_match match_index(model::database const& database, model::constraint const& key,
                        std::span<search_condition const> conditions, std::span<std::int16_t const> columns,
                        model::index const& candidate, server_traits server) noexcept;

/// Why no index can serve a condition whose `comparison` is no_oid.
std::string_view no_commutator(model::arena& arena, model::database const& database, model::constraint const& key,
                               std::size_t position);

/// The key's columns in a partition's own numbers; empty where the catalog lacks its derived constraint.
std::span<std::int16_t const> columns_in(model::constraint const& key, model::relation const& partition) noexcept;

}  // namespace fkaudit::plan
