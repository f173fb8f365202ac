#include "src/report/svg.hpp"

#include <algorithm>
#include <tuple>

#include "src/report/diagram.hpp"
#include "src/report/graph_style.hpp"
#include "src/report/svg_page.hpp"

namespace fkaudit::report {

namespace {

using text = std::string_view;

bool is_violated(graph_edge const& edge) { return edge.state.orphan_rows > 0; }

/// What links look like: their action, and how writes are checked; those in a cycle and the violated ones apart.
std::size_t style_number(graph_edge const& edge) {
    return static_cast<std::size_t>(static_cast<unsigned char>(edge.key->on_delete)) * 64 +
           static_cast<std::size_t>(edge.state.enforcement) * 4 + (edge.cycle != 0 ? 2 : 0) +
           (is_violated(edge) ? 1 : 0);
}

text classes_of(model::arena& arena, graph_edge const& edge) {
    return arena.concat("fkaudit-", style_of(edge.key->on_delete).name, " fkaudit-",
                        style_of(edge.state.enforcement).name, edge.cycle != 0 ? " fkaudit-circular" : "");
}

/// Each table as a card, each key as a row of its child's and a link.
text draw_tables(model::arena& arena, graph const& drawn, encoding names) {
    auto const cards = arena.array<card>(drawn.nodes.size());
    auto const links = arena.array<card_link>(drawn.edges.size());
    auto const sizes = arena.array<std::size_t>(drawn.nodes.size());
    for (auto const& one : drawn.edges) ++sizes[one.child];
    auto const rows = arena.array<std::span<card_row>>(drawn.nodes.size());
    for (std::size_t number = 0; number < cards.size(); ++number) {
        auto const& node = drawn.nodes[number];
        rows[number] = arena.array<card_row>(sizes[number]);
        sizes[number] = 0;
        cards[number] = {.name = table_text(arena, drawn, *node.table),
                         .badge = node.cycle != 0 ? arena.concat("cycle ", node.cycle) : text(),
                         .detail = arena.concat(node.table->schema.name, '.', node.table->name.name),
                         .is_root = node.table == drawn.root,
                         .is_in_cycle = node.cycle != 0,
                         .rows = rows[number]};
    }
    for (std::size_t number = 0; number < links.size(); ++number) {
        auto const& edge = drawn.edges[number];
        auto const row = sizes[edge.child]++;
        rows[edge.child][row] = {
            column_text(arena, *edge.key),
            is_violated(edge) ? count_text(arena, static_cast<std::size_t>(edge.state.orphan_rows), "orphan", "orphans")
                              : text()};
        links[number] = {.child = edge.child,
                         .row = row,
                         .parent = edge.parent,
                         .style = style_number(edge),
                         .classes = classes_of(arena, edge),
                         .detail = describe(arena, edge),
                         .is_violated = is_violated(edge)};
    }
    diagram const placed(arena, cards, links, names);
    if (drawn.left_out == 0) return write_page(arena, drawn, names, &placed, true, {});
    text const remark[] = {arena.concat("The nearest ", drawn.nodes.size(), " tables are shown, ", drawn.left_out,
                                        " farther away are not.")};
    return write_page(arena, drawn, names, &placed, true, remark);
}

/// The most tables of a root's surroundings that a hint names.
constexpr std::size_t most_hints = 5;

/// The tables with the most children, for who has to choose a root.
text busiest_tables(model::arena& arena, graph const& drawn) {
    auto const references = arena.array<std::size_t>(drawn.nodes.size());
    for (auto const& one : drawn.edges) ++references[one.parent];
    auto const order = arena.array<std::size_t>(drawn.nodes.size());
    for (std::size_t number = 0; number < order.size(); ++number) order[number] = number;
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return references[a] > references[b]; });
    return arena.join(order.first(std::min(most_hints, order.size())), ", ",
                      [&](std::size_t number) { return table_text(arena, drawn, *drawn.nodes[number].table); });
}

struct schema_pair {
    std::size_t child, parent, keys;
};

/// Schemas as cards, each with a row and a link for each schema that its keys reference.
struct schema_map {
    schema_map(model::arena& arena, graph const& drawn) : names(arena), tables(arena), pairs(arena) {
        auto const schema_of = arena.array<std::size_t>(drawn.nodes.size());
        for (std::size_t number = 0; number < drawn.nodes.size(); ++number) {
            auto const name = drawn.nodes[number].table->schema.name;
            if (names.empty() || names.back() != name) {
                names.push_back(name);
                tables.push_back(0);
            }
            schema_of[number] = names.size() - 1;
            ++tables.back();
        }
        for (auto const& one : drawn.edges) pairs.push_back({schema_of[one.child], schema_of[one.parent], 1});
        std::sort(pairs.begin(), pairs.end(), [](schema_pair const& a, schema_pair const& b) {
            return std::tuple(a.child, a.parent) < std::tuple(b.child, b.parent);
        });
        std::size_t kept = 0;
        for (std::size_t number = 1; number < pairs.size(); ++number) {
            if (pairs[number].child == pairs[kept].child && pairs[number].parent == pairs[kept].parent)
                ++pairs[kept].keys;
            else
                pairs[++kept] = pairs[number];
        }
        if (!pairs.empty()) pairs.erase(pairs.begin() + static_cast<std::ptrdiff_t>(kept) + 1, pairs.end());
    }

    model::vector<text> names;
    model::vector<std::size_t> tables;
    model::vector<schema_pair> pairs;
};

/// Too many tables for one picture: the schemas instead, where there are several, and how to see a part.
text draw_schemas(model::arena& arena, graph const& drawn, encoding names) {
    schema_map const schemas(arena, drawn);
    text const remarks[] = {arena.concat("More than ", most_tables, " tables are too many for one picture",
                                         drawn.has_many_schemas ? ": these are the schemas." : "."),
                            "fk_graph('svg', root => 'a_table') draws what is around one table.",
                            arena.concat("The most referenced: ", busiest_tables(arena, drawn))};
    if (!drawn.has_many_schemas || schemas.names.size() > most_tables)
        return write_page(arena, drawn, names, nullptr, false, remarks);

    auto const cards = arena.array<card>(schemas.names.size());
    auto const links = arena.array<card_link>(schemas.pairs.size());
    std::size_t begin = 0;
    for (std::size_t number = 0; number < cards.size(); ++number) {
        auto end = begin;
        while (end < schemas.pairs.size() && schemas.pairs[end].child == number) ++end;
        auto const rows = arena.array<card_row>(end - begin);
        for (auto place = begin; place < end; ++place) {
            auto const& pair = schemas.pairs[place];
            auto const keys = count_text(arena, pair.keys, "key", "keys");
            rows[place - begin] = {.label = arena.concat(keys, " to ", schemas.names[pair.parent])};
            links[place] = {
                .child = number,
                .row = place - begin,
                .parent = pair.parent,
                .classes = "fkaudit-plain",
                .detail = arena.concat(keys, " of ", schemas.names[number], " to ", schemas.names[pair.parent])};
        }
        cards[number] = {.name = schemas.names[number],
                         .badge = count_text(arena, schemas.tables[number], "table", "tables"),
                         .detail = schemas.names[number],
                         .rows = rows};
        begin = end;
    }
    diagram const placed(arena, cards, links, names);
    return write_page(arena, drawn, names, &placed, false, remarks);
}

}  // namespace

text draw_svg(model::arena& arena, graph const& drawn, encoding names) {
    return drawn.nodes.size() > most_tables ? draw_schemas(arena, drawn, names) : draw_tables(arena, drawn, names);
}

}  // namespace fkaudit::report
