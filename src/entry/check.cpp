#include "src/entry/entry.hpp"

namespace fkaudit::entry {

Datum check(pg::call&) { throw model::error{"0A000", "not built yet"}; }
Datum check_undeclared(pg::call&) { throw model::error{"0A000", "not built yet"}; }
Datum orphans(pg::call&) { throw model::error{"0A000", "not built yet"}; }
Datum orphans_undeclared(pg::call&) { throw model::error{"0A000", "not built yet"}; }

}  // namespace fkaudit::entry
