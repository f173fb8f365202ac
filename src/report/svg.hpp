#pragma once

#include "src/report/graph.hpp"

namespace fkaudit::report {

/// One SVG document, drawn here: tables in columns by load order, parents on the left. No script, no font and no link
/// from elsewhere; light or dark as the viewer's system is. The text may stand in an HTML page as it is, once a page:
/// classes and ids begin with `fkaudit-`. A graph of more than `most_tables` becomes one box for each schema, and the
/// picture says how to see less of it. ASCII but for the names.
std::string_view draw_svg(model::arena& arena, graph const& drawn, encoding names);

}  // namespace fkaudit::report
