#pragma once

#include <cstdint>

#include "src/model/database.hpp"
#include "src/model/enforcement.hpp"

namespace fkaudit::report {

/// What is known about a foreign key beside its definition.
struct key_state {
    model::enforcement_state enforcement = model::enforcement_state::enforced;
    std::int64_t orphan_rows = -1;  ///< -1: its rows were not examined
};

/// A table of the picture; a partition counts as its root.
struct graph_node {
    model::relation const* table = nullptr;
    std::size_t cycle = 0;  ///< the number of the cycle it is in, from 1; 0: none
};

/// A foreign key between two nodes, or of one to itself.
struct graph_edge {
    model::constraint const* key = nullptr;
    std::size_t child = 0;   ///< a position in the nodes
    std::size_t parent = 0;  ///< likewise
    std::size_t cycle = 0;   ///< its ends are both in this cycle, from 1; 0: none, or a reference to itself
    key_state state{};
};

/// The foreign keys of a database, or what is around one table, as a picture shows them.
struct graph {
    std::span<graph_node const> nodes{};  ///< by schema, then name
    std::span<graph_edge const> edges{};  ///< in the database's order
    std::size_t cycles = 0;
    model::relation const* root = nullptr;  ///< what was asked for; nullptr: everything
    std::size_t left_out = 0;               ///< tables around the root that are farther away than the limit lets see
    bool has_many_schemas = false;
};

/// The most tables that one picture shows: more is no picture any more.
inline constexpr std::size_t most_tables = 150;

/// `states` are in the order of database.constraints; empty: all of them enforced. With a root (a table of the
/// database, or one without any foreign key): the tables that hang on it, directly or through others, and those that it
/// needs itself, up to the nearest `most_tables`.
graph make_graph(model::arena& arena, model::database const& database, std::span<key_state const> states,
                 model::relation const* root);

/// Whether names in the server's encoding can be read as Unicode.
enum class encoding : char { utf8, other };

}  // namespace fkaudit::report
