#pragma once

#include "src/report/graph.hpp"

namespace fkaudit::report {

/// The graph for Graphviz's `dot`, however large; the names of several schemas in clusters.
std::string_view write_dot(model::arena& arena, graph const& drawn, encoding names);

}  // namespace fkaudit::report
