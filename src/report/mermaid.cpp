#include "src/report/mermaid.hpp"

#include <algorithm>

#include "src/report/graph_style.hpp"

namespace fkaudit::report {

namespace {

using text = std::string_view;

/// What Mermaid's renderers take unless their configuration says otherwise.
constexpr std::size_t most_edges = 500, most_characters = 50000;

/// The numbers of the edges that fit, as linkStyle takes them; empty for none.
template <class Test>
text numbers_of(model::arena& arena, graph const& drawn, Test test) {
    model::vector<std::size_t> numbers(arena);
    for (std::size_t number = 0; number < drawn.edges.size(); ++number)
        if (test(drawn.edges[number])) numbers.push_back(number);
    return arena.join(numbers, ",", [](std::size_t number) { return number; });
}

void write_nodes(model::arena& arena, writer& out, graph const& drawn, encoding names) {
    for (std::size_t number = 0; number < drawn.nodes.size(); ++number) {
        auto const& node = drawn.nodes[number];
        auto const& schema = node.table->schema;
        bool const is_first = number == 0 || drawn.nodes[number - 1].table->schema != schema;
        bool const is_last = number + 1 == drawn.nodes.size() || drawn.nodes[number + 1].table->schema != schema;
        if (drawn.has_many_schemas && is_first)
            out << "  subgraph s" << number << "[\"" << as_mermaid{schema.name, names} << "\"]\n";
        out << "  t" << number << "[\"" << as_mermaid{node.table->name.name, names};
        if (node.cycle != 0) out << as_mermaid{arena.concat(" (cycle ", node.cycle, ')'), names};
        out << "\"]\n";
        if (drawn.has_many_schemas && is_last) out << "  end\n";
    }
}

void write_edges(model::arena& arena, writer& out, graph const& drawn, encoding names) {
    for (auto const& one : drawn.edges) {
        bool const is_whole = one.state.enforcement == model::enforcement_state::enforced;
        out << "  t" << one.child << (is_whole ? " -->" : " -.->") << "|\""
            << as_mermaid{column_text(arena, *one.key), names};
        if (!is_whole) out << as_mermaid{arena.concat(" (", to_text(one.state.enforcement), ')'), names};
        if (one.state.orphan_rows > 0) out << as_mermaid{arena.concat(" (", one.state.orphan_rows, " orphans)"), names};
        out << "\"| t" << one.parent << '\n';
    }
}

void write_styles(model::arena& arena, writer& out, graph const& drawn) {
    for (auto const& style : action_styles) {
        auto const numbers =
            numbers_of(arena, drawn, [&](graph_edge const& one) { return one.key->on_delete == style.action; });
        if (!numbers.empty()) out << "  linkStyle " << numbers << " stroke:" << style.light << ",stroke-width:2px\n";
    }
    if (drawn.cycles > 0) {
        out << "  classDef cycle stroke:" << cycle_light << ",stroke-width:3px\n";
        for (std::size_t number = 0; number < drawn.nodes.size(); ++number)
            if (drawn.nodes[number].cycle != 0) out << "  class t" << number << " cycle\n";
    }
}

/// Mermaid has no legend of its own: comments say what the colours mean.
void write_comments(model::arena& arena, writer& out, graph const& drawn) {
    out << "%% Foreign keys: " << summarize(arena, drawn) << "\n%% Arrows lead from child to parent. ON DELETE";
    for (auto const& style : action_styles) out << ' ' << keyword(style.action) << ' ' << style.light << ';';
    out << " a broken line: writes or old rows are not checked\n";
}

}  // namespace

text write_mermaid(model::arena& arena, graph const& drawn, encoding names) {
    writer body(arena);
    write_nodes(arena, body, drawn, names);
    write_edges(arena, body, drawn, names);
    write_styles(arena, body, drawn);

    writer out(arena);
    out << "flowchart RL\n";
    write_comments(arena, out, drawn);
    if (drawn.edges.size() > most_edges || body.text().size() + 1000 > most_characters)
        out << "%% Too large for Mermaid as it comes: raise maxEdges and maxTextSize in its configuration, or draw what is "
               "around one table with root\n";
    out << body.text();
    return arena.copy(out.text());
}

}  // namespace fkaudit::report
