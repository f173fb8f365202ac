#pragma once

#include "src/report/report.hpp"
#include "src/report/writer.hpp"

namespace fkaudit::report {

/// One HTML file that needs nothing else: no script, nothing from elsewhere (its Content-Security-Policy forbids both),
/// light or dark as the reader's system is, for a desk, a phone and paper. Findings can be filtered by severity and rule.
std::string_view render_html(model::arena& arena, audit_report const& all);

}  // namespace fkaudit::report
