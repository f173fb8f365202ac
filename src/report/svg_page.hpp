#pragma once

#include "src/report/diagram.hpp"
#include "src/report/graph.hpp"

namespace fkaudit::report {

/// The whole document around a diagram (nullptr: there is none to see): title, description, style sheet, heading with the
/// remarks below it, legend of what the graph has.
std::string_view write_page(model::arena& arena, graph const& drawn, encoding names, diagram const* placed,
                            std::span<std::string_view const> remarks);

}  // namespace fkaudit::report
