#pragma once

#include "src/check/index_engine.hpp"
#include "src/check/scan_engine.hpp"

namespace fkaudit::check {

/// What is done with a key: its orphans are counted or listed, or a query of the caller's own is asked.
enum class purpose { count, list, query };

/// How a key is to be examined.
struct engine_decision {
    enum class way { scan, index, sql, none } how = way::sql;
    std::string_view why_not{};  ///< of none: why the engine that fkaudit.engine forces cannot serve the key
};

/// Chooses by the setting fkaudit.engine: `auto` takes `index` where fkaudit.trust_indexes is on, the key's values repeat
/// a lot and it can serve the key, else `scan` wherever that can, else `sql`, which is the one for tables of Citus. The tables are locked.
engine_decision choose_engine(scan_engine& scan, index_engine& index, prepared_key const& prepared, model::arena& arena,
                              purpose what);

/// The detail of a key that a forced engine cannot serve.
std::string_view describe_obstacle(model::arena& arena, std::string_view engine, std::string_view why);

}  // namespace fkaudit::check
