#include "src/audit/enforcement.hpp"
#include "src/catalog/scope.hpp"
#include "src/entry/entry.hpp"
#include "src/report/dot.hpp"
#include "src/report/mermaid.hpp"
#include "src/report/svg.hpp"

namespace fkaudit::entry {

namespace {

using text = std::string_view;
using format_writer = text (*)(model::arena&, report::graph const&, report::encoding);

format_writer find_format(std::optional<text> const& name) {
    if (name == "dot") return report::write_dot;
    if (name == "mermaid") return report::write_mermaid;
    if (name == "svg") return report::draw_svg;
    return nullptr;
}

}  // namespace

Datum draw_graph(pg::call& current) {
    auto& arena = current.arena();
    auto const wanted = current.text_argument(0);
    auto const write = find_format(wanted);
    if (write == nullptr)
        throw model::error{
            wanted ? "22023" : "22004",
            wanted ? arena.concat("there is no graph format \"", *wanted, '"') : "format must not be null",
            {},
            "The formats are dot, mermaid and svg."};
    auto const root = current.oid_argument(1);
    if (root) catalog::require_table(current, *root);

    auto const database = catalog::load(current, {});
    auto const states = arena.array<report::key_state>(database.constraints.size());
    for (std::size_t number = 0; number < states.size(); ++number)
        states[number].enforcement = audit::judge_enforcement(arena, database, database.constraints[number]).state;
    model::relation const* table = root ? database.find_relation(*root) : nullptr;
    model::database alone;
    if (root && table == nullptr) {
        alone = catalog::load_tables(current, {&*root, 1});
        table = alone.find_relation(*root);
        if (table == nullptr) throw model::error{"42P01", arena.concat("relation with OID ", *root, " does not exist")};
    }
    auto const drawn = report::make_graph(arena, database, states, table);
    return current.keep_text(
        write(arena, drawn, current.has_utf8() ? report::encoding::utf8 : report::encoding::other));
}

}  // namespace fkaudit::entry
