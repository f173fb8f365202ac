#pragma once

#include "src/report/report.hpp"
#include "src/report/writer.hpp"

namespace fkaudit::report {

/// JUnit XML, for the test pages of CI systems: one suite for each table. A foreign key about which nothing was found is a
/// case that passes; each finding is a case of its own: `error` and `warning` fail, `info` passes with a word in
/// system-out, a suppressed one is skipped with its reason. A database without foreign keys has one case, skipped.
std::string_view render_junit(model::arena& arena, audit_report const& all);

}  // namespace fkaudit::report
