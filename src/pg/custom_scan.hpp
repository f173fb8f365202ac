#pragma once

namespace fkaudit::pg {

/// Whether the server's plan of a query leaves the reading to another engine: it has a custom scan whose name begins so. The
/// query is planned, not run.
bool is_planned_by(char const* sql, char const* prefix);

}  // namespace fkaudit::pg
