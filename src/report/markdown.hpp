#pragma once

#include "src/report/report.hpp"
#include "src/report/writer.hpp"

namespace fkaudit::report {

/// GitHub's Markdown, for a comment under a pull request or a job's summary. Names stand in code spans, and nothing from
/// the catalog can become markup, a mention (`@name`) or a reference to an issue (`#1`).
std::string_view render_markdown(model::arena& arena, audit_report const& all);

}  // namespace fkaudit::report
