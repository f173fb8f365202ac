#pragma once

#include "src/report/report.hpp"
#include "src/report/writer.hpp"

namespace fkaudit::report {

/// SARIF 2.1.0 (OASIS standard), for code-scanning tools. Results have the foreign key as their logical location and,
/// because such tools ask for a file, its table as a relative URI: one segment, percent-encoded. Suppressed findings are
/// results with a suppression; the finding_key is the fingerprint `fkauditFindingKey/v1`.
std::string_view render_sarif(model::arena& arena, audit_report const& all);

}  // namespace fkaudit::report
