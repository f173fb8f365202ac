#include "src/entry/action_risks.hpp"

#include "src/audit/cascade_index_risk.hpp"
#include "src/audit/cascade_risk.hpp"
#include "src/audit/no_action_risk.hpp"
#include "src/audit/set_default_risk.hpp"
#include "src/audit/set_null_risk.hpp"
#include "src/check/default_lookup.hpp"
#include "src/entry/this_server.hpp"

namespace fkaudit::entry {

namespace {

using model::oid;

/// The keys that the caller asked for, by their OIDs.
class asked_keys {
public:
    asked_keys(model::arena& arena, std::span<model::constraint const* const> keys) : ids_(arena) {
        ids_.reserve(keys.size());
        for (auto const* const key : keys) ids_.push_back(key->id);
        std::sort(ids_.begin(), ids_.end());
    }
    bool contains(oid key) const { return std::binary_search(ids_.begin(), ids_.end(), key); }

private:
    model::vector<oid> ids_;
};

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

std::span<audit::action_risk const> find_action_risks(pg::call& current, model::database const& database,
                                                      std::span<model::constraint const* const> keys) {
    auto& arena = current.arena();
    audit::action_audit audit(arena, database, pg::accepts_not_valid_partitioned_keys);
    asked_keys const asked(arena, keys);
    for (auto const* const key : keys) {
        audit::judge_no_action(audit, *key);
        audit::judge_set_null(audit, *key);
    }
    judge_blocked(audit, asked);
    audit::judge_multiple_paths(audit);
    audit::judge_inconsistent_actions(audit);
    judge_defaults(current, audit, asked);
    judge_indexes(audit, asked);
    audit::sort(audit.found);

    model::vector<audit::action_risk> risks(arena);
    for (auto const& one : audit.found)
        if (asked.contains(one.key->id)) risks.push_back(one);
    return arena.copy(std::span<audit::action_risk const>(risks.data(), risks.size()));
}

}  // namespace fkaudit::entry
