#include "src/report/graph_style.hpp"

#include <algorithm>
#include <cstdint>

namespace fkaudit::report {

using text = std::string_view;

action_style const& style_of(model::action action) noexcept {
    return *std::find_if(std::begin(action_styles), std::end(action_styles) - 1,
                         [&](action_style const& one) { return one.action == action; });
}

enforcement_style const& style_of(model::enforcement_state state) noexcept {
    return *std::find_if(std::begin(enforcement_styles), std::end(enforcement_styles) - 1,
                         [&](enforcement_style const& one) { return one.state == state; });
}

text table_text(model::arena& arena, graph const& drawn, model::relation const& table) {
    return drawn.has_many_schemas ? arena.concat(table.schema.name, '.', table.name.name) : table.name.name;
}

text column_text(model::arena& arena, model::constraint const& key) {
    constexpr std::size_t most = 3;
    auto const names = column_names(arena, *key.child, key.child_columns);
    auto const name = [](model::identifier const& one) { return one.name; };
    if (names.size() <= most) return arena.join(names, ", ", name);
    return arena.concat(arena.join(names.first(most - 1), ", ", name), ", +", names.size() - most + 1);
}

text describe(model::arena& arena, graph_edge const& edge) {
    auto const& key = *edge.key;
    auto const side = [&](model::relation const& table, std::span<std::int16_t const> columns) {
        return arena.concat(table.schema.name, '.', table.name.name, " (",
                            arena.join(column_names(arena, table, columns), ", ",
                                       [](model::identifier const& one) { return one.name; }),
                            ')');
    };
    auto const orphans =
        edge.state.orphan_rows > 0 ? arena.concat(", ", edge.state.orphan_rows, " orphan rows") : text();
    return arena.concat(key.name.name, ": ", side(*key.child, key.child_columns), " references ",
                        side(*key.parent, key.parent_columns), ", ON DELETE ", keyword(key.on_delete), ", ON UPDATE ",
                        keyword(key.on_update), key.is_deferrable ? ", deferrable" : "", ", ",
                        to_text(edge.state.enforcement), orphans);
}

text count_text(model::arena& arena, std::size_t count, text one, text many) {
    return arena.concat(count, ' ', count == 1 ? one : many);
}

text summarize(model::arena& arena, graph const& drawn) {
    auto const cycles =
        drawn.cycles == 0 ? text() : arena.concat(", ", count_text(arena, drawn.cycles, "cycle", "cycles"));
    return arena.concat(count_text(arena, drawn.nodes.size(), "table", "tables"), ", ",
                        count_text(arena, drawn.edges.size(), "foreign key", "foreign keys"), cycles);
}

}  // namespace fkaudit::report
