#pragma once

#include "src/report/diagram.hpp"
#include "src/report/graph.hpp"

namespace fkaudit::report {

/// The whole document around a diagram (nullptr: there is none to see): title, description, style sheet, heading with
/// the remarks below it; and a legend of what the graph has, where the diagram shows the graph's own tables.
std::string_view write_page(model::arena& arena, graph const& drawn, encoding names, diagram const* placed,
                            bool shows_tables, std::span<std::string_view const> remarks);

}  // namespace fkaudit::report
