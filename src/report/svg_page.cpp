#include "src/report/svg_page.hpp"

#include <algorithm>

#include "src/report/graph_style.hpp"

namespace fkaudit::report {

namespace {

using text = std::string_view;

constexpr double margin = 28;
constexpr double least_width = 560;
constexpr double title_line = 34, remark_line = 20, title_cell = 11.5, remark_cell = 7.4;
constexpr double legend_line = 24, legend_cell = 6.9, sample = 30, legend_distance = 22, heading_width = 84;

constexpr text base_style =
    R"(.fkaudit-graph{max-width:100%;height:auto;font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono","Liberation Mono",monospace}
.fkaudit-graph text{fill:#1f2328;white-space:pre}
.fkaudit-graph .fkaudit-page{fill:#fff}
.fkaudit-graph .fkaudit-title,.fkaudit-graph .fkaudit-remark,.fkaudit-graph .fkaudit-word{font-family:system-ui,"Segoe UI",Helvetica,Arial,"Liberation Sans","DejaVu Sans",sans-serif}
.fkaudit-graph .fkaudit-title{font-size:19px;font-weight:600}
.fkaudit-graph .fkaudit-remark{font-size:13px;fill:#59636e}
.fkaudit-graph .fkaudit-word{font-size:12px;fill:#59636e}
.fkaudit-graph .fkaudit-box{fill:#fff}
.fkaudit-graph .fkaudit-frame{fill:none;stroke:#c3cad3;stroke-width:1.2}
.fkaudit-graph .fkaudit-heading{fill:#e9eef5}
.fkaudit-graph .fkaudit-name{font-size:13px;font-weight:600}
.fkaudit-graph .fkaudit-column{fill:#3d444d}
.fkaudit-graph .fkaudit-badge{font-size:11px}
.fkaudit-graph .fkaudit-alarm{fill:#cf222e;font-weight:600}
.fkaudit-graph .fkaudit-root .fkaudit-heading{fill:#b6d7ff}
.fkaudit-graph .fkaudit-line{fill:none;stroke-width:1.7}
.fkaudit-graph .fkaudit-head{stroke:none}
.fkaudit-graph .fkaudit-glow{fill:none;stroke:#ff5c6a!important;stroke-width:9;stroke-opacity:.3;stroke-linecap:round;stroke-dasharray:none!important}
.fkaudit-graph .fkaudit-circular .fkaudit-line{stroke-width:2.6}
.fkaudit-graph .fkaudit-link:hover .fkaudit-line{stroke-width:4}
.fkaudit-graph .fkaudit-plain path{stroke:#6e7781}.fkaudit-graph .fkaudit-plain .fkaudit-head{fill:#6e7781}
)";

constexpr text dark_style = R"(.fkaudit-graph text{fill:#e6edf3}
.fkaudit-graph .fkaudit-page{fill:#0d1117}
.fkaudit-graph .fkaudit-remark,.fkaudit-graph .fkaudit-word{fill:#9198a1}
.fkaudit-graph .fkaudit-box{fill:#151b23}
.fkaudit-graph .fkaudit-frame{stroke:#3d444d}
.fkaudit-graph .fkaudit-heading{fill:#262c36}
.fkaudit-graph .fkaudit-column{fill:#c9d1d9}
.fkaudit-graph .fkaudit-alarm{fill:#ff7b72}
.fkaudit-graph .fkaudit-root .fkaudit-heading{fill:#1c4a85}
.fkaudit-graph .fkaudit-plain path{stroke:#8b949e}.fkaudit-graph .fkaudit-plain .fkaudit-head{fill:#8b949e}
)";

void write_colours(writer& out, bool dark) {
    for (auto const& one : action_styles) {
        auto const colour = dark ? one.dark : one.light;
        out << ".fkaudit-graph .fkaudit-" << one.name << " path{stroke:" << colour << "}.fkaudit-graph .fkaudit-"
            << one.name << " .fkaudit-head{fill:" << colour << ";stroke:none}\n";
    }
    auto const colour = dark ? cycle_dark : cycle_light;
    out << ".fkaudit-graph .fkaudit-cycle .fkaudit-frame{stroke:" << colour
        << ";stroke-width:2.4}.fkaudit-graph .fkaudit-badge{fill:" << colour << "}\n";
}

void write_style(writer& out) {
    out << "<style>\n" << base_style;
    write_colours(out, false);
    for (auto const& one : enforcement_styles)
        if (!one.dash.empty())
            out << ".fkaudit-graph .fkaudit-" << one.name << " .fkaudit-line{stroke-dasharray:" << one.dash << "}\n";
    out << "@media (prefers-color-scheme:dark){\n" << dark_style;
    write_colours(out, true);
    out << "}\n</style>\n";
}

/// Samples of what the graph has, in rows as wide as the picture.
class legend {
public:
    legend(writer& out, double width) : out_(out), width_(width) {}

    double height() const { return y_ + legend_line; }

    void add_heading(text words) {
        end_line();
        write_word(0, words);
        x_ = heading_width;
    }
    void add_line(text classes, text words, bool is_violated = false) {
        auto const x = begin(words);
        out_ << "<g class=\"" << classes << "\">";
        if (is_violated) write_sample("fkaudit-glow", x);
        write_sample("fkaudit-line", x);
        out_ << "</g>";
        write_word(x + sample + 7, words);
    }
    void add_cycle(text words) {
        auto const x = begin(words);
        out_ << "<g class=\"fkaudit-cycle\"><rect class=\"fkaudit-frame\" x=\"" << decimal{x + 4} << "\" y=\""
             << decimal{y_ + 4} << "\" width=\"22\" height=\"14\" rx=\"4\"/></g>";
        write_word(x + sample + 7, words);
    }

private:
    void end_line() {
        if (x_ > 0) y_ += legend_line;
        x_ = 0;
    }
    /// The samples of a second line stand below those of the first.
    void make_room(double wide) {
        if (x_ <= heading_width || x_ + wide <= width_) return;
        end_line();
        x_ = heading_width;
    }
    double begin(text words) {
        auto const wide = sample + 7 + static_cast<double>(words.size()) * legend_cell + legend_distance;
        make_room(wide);
        auto const x = x_;
        x_ += wide;
        return x;
    }
    void write_sample(text classes, double x) {
        out_ << "<path class=\"" << classes << "\" d=\"M" << decimal{x} << ' ' << decimal{y_ + 11} << 'h'
             << decimal{sample} << "\"/>";
    }
    void write_word(double x, text words) {
        out_ << "<text class=\"fkaudit-word\" x=\"" << decimal{x} << "\" y=\"" << decimal{y_ + 15} << "\">" << words
             << "</text>\n";
    }

    writer& out_;
    double width_;
    double x_ = 0;
    double y_ = 0;
};

template <class Test>
bool has_edge(graph const& drawn, Test test) {
    return std::any_of(drawn.edges.begin(), drawn.edges.end(), test);
}

/// Returns its height.
double write_legend(model::arena& arena, writer& out, graph const& drawn, double width) {
    legend made(out, width);
    made.add_heading("ON DELETE");
    for (auto const& one : action_styles)
        if (has_edge(drawn, [&](graph_edge const& edge) { return edge.key->on_delete == one.action; }))
            made.add_line(arena.concat("fkaudit-", one.name), keyword(one.action));
    made.add_heading("Writes are");
    constexpr text words[] = {"checked", "checked, old rows never were (not valid)",
                              "not checked: triggers are off or gone", "not checked (not enforced)"};
    for (std::size_t number = 0; number < std::size(enforcement_styles); ++number) {
        auto const& one = enforcement_styles[number];
        if (has_edge(drawn, [&](graph_edge const& edge) { return edge.state.enforcement == one.state; }))
            made.add_line(arena.concat("fkaudit-plain fkaudit-", one.name), words[number]);
    }
    if (has_edge(drawn, [](graph_edge const& edge) { return edge.state.orphan_rows > 0; }))
        made.add_line("fkaudit-plain", "rows without a parent", true);
    if (drawn.cycles > 0) made.add_cycle("tables that refer to each other in a circle");
    return made.height();
}

}  // namespace

text write_page(model::arena& arena, graph const& drawn, encoding names, diagram const* placed, bool shows_tables,
                std::span<text const> remarks) {
    auto const title = drawn.root != nullptr
                           ? arena.concat("Foreign keys around ", drawn.root->schema.name, '.', drawn.root->name.name)
                           : text("Foreign keys");
    auto const summary = summarize(arena, drawn);

    writer body(arena);
    double const top = margin + title_line + remark_line * static_cast<double>(1 + remarks.size()) + 12;
    auto inside = std::max(least_width, placed != nullptr ? placed->size().x : 0);
    for (auto const one : remarks)
        inside = std::max(inside, remark_cell * static_cast<double>(display_width(one, names)));
    inside = std::max(inside, title_cell * static_cast<double>(display_width(title, names)));
    double bottom = top;
    if (placed != nullptr) {
        auto const indent = (inside - placed->size().x) / 2;
        body << "<g transform=\"translate(" << decimal{margin + indent} << ' ' << decimal{top} << ")\">\n";
        placed->write(body);
        body << "</g>\n";
        bottom += placed->size().y + 26;
    }
    if (shows_tables && !drawn.edges.empty()) {
        body << "<g transform=\"translate(" << decimal{margin} << ' ' << decimal{bottom} << ")\">\n";
        bottom += write_legend(arena, body, drawn, inside);
        body << "</g>\n";
    }
    auto const width = inside + 2 * margin + 20, height = bottom + margin;

    writer out(arena);
    out << "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"fkaudit-graph\" role=\"img\" aria-labelledby=\"fkaudit-title"
           " fkaudit-summary\" width=\""
        << decimal{width} << "\" height=\"" << decimal{height} << "\" viewBox=\"0 0 " << decimal{width} << ' '
        << decimal{height} << "\">\n<title id=\"fkaudit-title\">" << as_xml{title, names}
        << "</title>\n<desc id=\"fkaudit-summary\">" << summary
        << (shows_tables ? ". Each arrow leads from a table to the table that it references; parents stand on the left."
                         : ".")
        << "</desc>\n";
    write_style(out);
    out << "<rect class=\"fkaudit-page\" width=\"100%\" height=\"100%\"/>\n";
    out << "<text class=\"fkaudit-title\" x=\"28\" y=\"46\">" << as_xml{title, names} << "</text>\n";
    double y = 46 + remark_line + 4;
    auto const remark = [&](text words) {
        out << "<text class=\"fkaudit-remark\" x=\"28\" y=\"" << decimal{y} << "\">" << as_xml{words, names}
            << "</text>\n";
        y += remark_line;
    };
    remark(arena.concat(summary,
                        shows_tables && !drawn.edges.empty() ? ". Load from left to right: parents first." : "."));
    for (auto const one : remarks) remark(one);
    out << body.text() << "</svg>\n";
    return arena.copy(out.text());
}

}  // namespace fkaudit::report
