#include "src/entry/entry.hpp"

namespace fkaudit::entry {

Datum risky_actions(pg::call&) { throw model::error{"0A000", "not built yet"}; }

}  // namespace fkaudit::entry
