#include "src/audit/cascade_index_risk.hpp"
#include "src/audit/cascade_risk.hpp"
#include "src/audit/no_action_risk.hpp"
#include "src/audit/set_default_risk.hpp"
#include "src/audit/set_null_risk.hpp"
#include "src/catalog/scope.hpp"
#include "src/check/default_lookup.hpp"
#include "src/entry/asked_keys.hpp"
#include "src/entry/entry.hpp"
#include "src/entry/this_server.hpp"
#include "src/pg/result_set.hpp"

namespace fkaudit::entry {

namespace {

/// SET DEFAULT reads the parent's rows, and only for the keys that were asked for.
void judge_defaults(pg::call& current, audit::action_audit& audit, asked_keys const& asked) {
    model::vector<check::default_lookup> lookups(current.arena());
    for (auto const& key : audit.database.constraints) {
        if (!asked.contains(key.id)) continue;
        if (auto const wanted = audit::judge_set_default(audit, key))
            lookups.push_back({*wanted, check::reason::none, {}, false});
    }
    check::look_up(current, {lookups.data(), lookups.size()});
    for (auto const& one : lookups)
        audit::judge_default_parent(audit, one.wanted,
                                    one.why_not != check::reason::none ? audit::default_parent::unknown
                                    : one.exists                       ? audit::default_parent::exists
                                                                       : audit::default_parent::missing,
                                    one.detail);
}

/// One parent's keys after the other's: see action_audit::gone_after_delete.
void judge_blocked(audit::action_audit& audit, asked_keys const& asked) {
    for (std::size_t table = 0; table < audit.graph.tables().size(); ++table)
        for (auto const* const key : audit.graph.referencing(table))
            if (asked.contains(key->id)) audit::judge_cascade_blocked(audit, *key);
}

void judge_indexes(audit::action_audit& audit, asked_keys const& asked) {
    catalog_names names(audit.arena);
    model::vector<model::constraint const*> keys(audit.arena);
    for (auto const& key : audit.database.constraints)
        if (asked.contains(key.id)) keys.push_back(&key);
    audit::judge_cascade_unindexed(audit, {keys.data(), keys.size()}, this_server, names);
}

}  // namespace

Datum risky_actions(pg::call& current) {
    pg::result_set result(current);
    auto& arena = current.arena();
    auto const scope = catalog::load_scope(current, 0, true);
    bool const is_whole = !current.oid_argument(0) && !current.name_argument(1);
    // Cascades lead through tables that nobody asked for.
    auto const database = is_whole ? scope : catalog::load(current, {.statistics = true});

    audit::action_audit audit(arena, database, pg::accepts_not_valid_partitioned_keys);
    asked_keys const asked(arena, scope);
    for (auto const& key : database.constraints) {
        if (!asked.contains(key.id)) continue;
        audit::judge_no_action(audit, key);
        audit::judge_set_null(audit, key);
    }
    judge_blocked(audit, asked);
    audit::judge_multiple_paths(audit);
    audit::judge_inconsistent_actions(audit);
    judge_defaults(current, audit, asked);
    judge_indexes(audit, asked);
    audit::sort(audit.found);

    auto const optional = [](std::string_view value) { return value.empty() ? std::nullopt : std::optional(value); };
    model::vector<audit::action_risk> rows(arena);
    for (auto const& one : audit.found)
        if (asked.contains(one.key->id)) rows.push_back(one);
    result.add_each(rows, [&](pg::row_builder& row, audit::action_risk const& one) {
        auto const& key = *one.key;
        row << key.child->id << key.name << to_text(one.grade) << to_text(one.what) << to_text(key.on_delete)
            << to_text(key.on_update) << one.detail << key.parent->id << optional(one.ddl) << key.id;
    });
    return result.finish();
}

}  // namespace fkaudit::entry
