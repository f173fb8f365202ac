#pragma once

#include "src/report/report.hpp"
#include "src/report/writer.hpp"

namespace fkaudit::report {

/// Plain text for a terminal, at most 100 columns wide. Statements are broken between words outside of quotes only, so that
/// they run as they stand: one with a longer name or literal may be wider.
std::string_view render_text(model::arena& arena, audit_report const& all);

}  // namespace fkaudit::report
