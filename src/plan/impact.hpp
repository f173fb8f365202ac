#pragma once

#include <optional>

#include "src/plan/cascade_graph.hpp"
#include "src/plan/row_source.hpp"

namespace fkaudit::plan {

enum class impact_outcome : char { updated, set_default, set_null, deleted, refused, blocked };

/// `deleted`, `updated`, `set null`, `set default`, `blocked`, `refused`.
std::string_view to_text(impact_outcome value) noexcept;

/// What becomes of some rows of a table.
struct impact {
    std::int32_t depth = 0;
    model::relation const* table = nullptr;
    impact_outcome outcome = impact_outcome::deleted;
    std::optional<std::int64_t> rows{};      ///< none: they could not be read
    model::constraint const* key = nullptr;  ///< none: the parent itself
    std::string_view detail{};
    std::span<model::oid const> path{};  ///< from the parent to the table
};

/// What a DELETE of some rows of the parent, or an UPDATE that gives them keys that nobody has, would do by the
/// enforced foreign keys, row by row in PostgreSQL's own order of events (trigger.c: AfterTriggerEndQuery;
/// ri_triggers.c): first all of the rows themselves, then, row after row and for each row trigger after trigger by
/// name, what the keys do, each of which queues its own behind all that wait; deferred checks last. So a row that a
/// cascade has taken by then blocks nothing, and one that a cascade would take later does. Where something fails, the
/// rest is shown as if it had not. The new keys are taken to satisfy the keys that the parent has itself.
///
/// Each row counts once: as blocked or refused before deleted, before the last of the others; under the first path to
/// it. Rows of one event follow each other as they are stored. No trigger of a user runs, no rule, and no CHECK but
/// those that refuse NULL; no row leaves its partition.
/// Order: depth, table, key, outcome. `selected`: rows of the parent and of tables below it, each once.
std::span<impact const> find_impact(model::arena& arena, model::database const& database, model::relation const& parent,
                                    std::span<row_place const> selected, row_event event, row_source& source);

}  // namespace fkaudit::plan
