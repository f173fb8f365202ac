#include "src/report/dot.hpp"

#include <algorithm>

#include "src/report/graph_style.hpp"

namespace fkaudit::report {

namespace {

using text = std::string_view;

constexpr text preamble = R"(digraph foreign_keys {
  graph [rankdir=RL, ranksep=1.1, nodesep=0.3, fontname="Helvetica", fontsize=13, labelloc=t]
  node [shape=plain, fontname="Helvetica", fontsize=11]
  edge [penwidth=1.4, arrowsize=0.7]
)";

/// Inside "…": Graphviz reads entities and backslashes in labels and tooltips.
struct as_dot {
    text name;
    encoding names;
};
writer& operator<<(writer& out, as_dot const& label) {
    each_visible(label.name, label.names, [&](model::code_point const& one) {
        switch (one.bytes[0]) {
            case '"':
            case '\\': out << '\\' << one.bytes; break;
            case '&': out << "&amp;"; break;
            default: out << one.bytes;
        }
    });
    return out;
}

/// Inside an HTML-like label: XML in which backslashes count all the same.
struct as_cell {
    text name;
    encoding names;
};
writer& operator<<(writer& out, as_cell cell) {
    while (true) {
        auto const end = cell.name.find('\\');
        out << as_xml{cell.name.substr(0, end), cell.names};
        if (end == text::npos) return out;
        out << "\\\\";
        cell.name.remove_prefix(end + 1);
    }
}

/// A table as an HTML-like label: its name, and a cell for each of its keys, where the arrows begin.
class dot_writer {
public:
    dot_writer(model::arena& arena, graph const& drawn, encoding names)
        : arena_(arena),
          graph_(drawn),
          names_(names),
          out_(arena) {}

    text write() {
        out_ << preamble << "  label=\"Foreign keys: " << summarize(arena_, graph_) << "\"\n";
        for (std::size_t begin = 0, end = 0; begin < graph_.nodes.size(); begin = end) {
            auto const& schema = graph_.nodes[begin].table->schema;
            while (end < graph_.nodes.size() && graph_.nodes[end].table->schema == schema) ++end;
            if (graph_.has_many_schemas)
                out_ << "  subgraph cluster_" << begin << " { color=\"#c3cad3\"; label=\""
                     << as_dot{schema.name, names_} << "\"\n";
            for (auto number = begin; number < end; ++number) write_node(number);
            if (graph_.has_many_schemas) out_ << "  }\n";
        }
        for (std::size_t number = 0; number < graph_.edges.size(); ++number) write_edge(number);
        write_legend();
        out_ << "}\n";
        return arena_.copy(out_.text());
    }

private:
    void write_node(std::size_t number) {
        auto const& node = graph_.nodes[number];
        out_ << "  t" << number
             << " [label=<<TABLE BORDER=\"0\" CELLBORDER=\"1\" CELLSPACING=\"0\" CELLPADDING=\"4\" COLOR=\""
             << (node.cycle != 0 ? cycle_light : text("#c3cad3")) << "\"><TR><TD PORT=\"t\" BGCOLOR=\""
             << (node.table == graph_.root ? "#b6d7ff" : "#e9eef5") << "\"><B>"
             << as_cell{node.table->name.name, names_} << "</B>";
        if (node.cycle != 0) out_ << " <FONT COLOR=\"" << cycle_light << "\">cycle " << node.cycle << "</FONT>";
        out_ << "</TD></TR>";
        for (auto const edge : edges_of(number))
            out_ << "<TR><TD PORT=\"k" << edge << "\" ALIGN=\"LEFT\">"
                 << as_cell{column_text(arena_, *graph_.edges[edge].key), names_} << "</TD></TR>";
        out_ << "</TABLE>>]\n";
    }

    void write_edge(std::size_t number) {
        auto const& edge = graph_.edges[number];
        out_ << "  t" << edge.child << ":k" << number << " -> t" << edge.parent << ":t [color=\""
             << style_of(edge.key->on_delete).light << "\", style=" << style_of(edge.state.enforcement).dot
             << ", tooltip=\"" << as_dot{describe(arena_, edge), names_} << '"';
        if (edge.cycle != 0) out_ << ", penwidth=2.4";
        if (edge.state.orphan_rows > 0)
            out_ << ", label=\"" << edge.state.orphan_rows << " orphans\", fontcolor=\"#cf222e\"";
        out_ << "]\n";
    }

    /// The colours and strokes that the graph has.
    void write_legend() {
        if (graph_.edges.empty()) return;
        out_ << "  legend [label=<<TABLE BORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"3\">";
        for (auto const& one : action_styles)
            if (has([&](graph_edge const& edge) { return edge.key->on_delete == one.action; }))
                out_ << "<TR><TD ALIGN=\"LEFT\"><FONT COLOR=\"" << one.light << "\">&#9644; ON DELETE "
                     << keyword(one.action) << "</FONT></TD></TR>";
        for (auto const& one : enforcement_styles)
            if (one.state != model::enforcement_state::enforced &&
                has([&](graph_edge const& edge) { return edge.state.enforcement == one.state; }))
                out_ << "<TR><TD ALIGN=\"LEFT\">" << one.dot << ": " << to_text(one.state) << "</TD></TR>";
        out_ << "</TABLE>>]\n";
    }

    template <class Test>
    bool has(Test test) const {
        return std::any_of(graph_.edges.begin(), graph_.edges.end(), test);
    }

    /// The numbers of the edges whose child it is.
    std::span<std::size_t const> edges_of(std::size_t node) {
        if (begin_.empty()) {
            for (std::size_t number = 0; number < graph_.edges.size(); ++number) by_child_.push_back(number);
            std::stable_sort(by_child_.begin(), by_child_.end(), [&](std::size_t a, std::size_t b) {
                return graph_.edges[a].child < graph_.edges[b].child;
            });
            for (std::size_t number = 0, place = 0; number <= graph_.nodes.size(); ++number) {
                while (place < by_child_.size() && graph_.edges[by_child_[place]].child < number) ++place;
                begin_.push_back(place);
            }
        }
        return {by_child_.data() + begin_[node], begin_[node + 1] - begin_[node]};
    }

    model::arena& arena_;
    graph const& graph_;
    encoding names_;
    writer out_;
    model::vector<std::size_t> by_child_{arena_}, begin_{arena_};
};

}  // namespace

text write_dot(model::arena& arena, graph const& drawn, encoding names) {
    return dot_writer(arena, drawn, names).write();
}

}  // namespace fkaudit::report
