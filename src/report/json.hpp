#pragma once

#include "src/report/report.hpp"
#include "src/report/writer.hpp"

namespace fkaudit::report {

/// One JSON object, as doc/fk_report.schema.json describes it. Names and messages are exact: nothing is replaced but bytes
/// that are no UTF-8.
std::string_view render_json(model::arena& arena, audit_report const& all);

}  // namespace fkaudit::report
