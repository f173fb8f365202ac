#pragma once

#include "src/report/graph.hpp"

namespace fkaudit::report {

/// The graph as a flowchart for Mermaid, however large; Mermaid itself refuses to draw more than its `maxEdges`, which
/// a comment then says.
std::string_view write_mermaid(model::arena& arena, graph const& drawn, encoding names);

}  // namespace fkaudit::report
