#pragma once

#include "src/audit/severity.hpp"
#include "src/model/database.hpp"
#include "src/plan/action_ddl.hpp"
#include "src/plan/cascade_graph.hpp"
#include "src/plan/cluster_rules.hpp"

namespace fkaudit::audit {

/// What ON DELETE and ON UPDATE can do wrong; the order in which the risks of one key are listed.
enum class risk : char {
    no_action_default,
    set_null_not_null,
    set_null_shared_column,
    set_default_missing,
    set_default_no_parent,
    set_default_not_evaluated,
    cascade_blocked,
    multiple_cascade_paths,
    cascade_unindexed,
    inconsistent_actions,
    self_reference_no_action,
};

/// `no-action-default` and so on.
std::string_view to_text(risk value) noexcept;

struct action_risk {
    model::constraint const* key = nullptr;
    risk what = risk::no_action_default;
    severity grade = severity::info;
    std::string_view detail{};  ///< a sentence that names the evidence
    std::string_view ddl{};     ///< empty: no statement can decide it
};

/// What the rules of this family share: the whole database, however few keys are asked for, because cascades cross it.
class action_audit {
public:
    action_audit(model::arena& memory, model::database const& whole, bool takes_partitioned_not_valid)
        : arena(memory),
          database(whole),
          graph(memory, whole),
          found(memory),
          partitioned_not_valid_(takes_partitioned_not_valid),
          gone_(memory) {}

    void report(model::constraint const& key, risk what, severity grade, std::string_view detail,
                std::string_view ddl = {}) {
        found.push_back({&key, what, grade, detail, ddl});
    }
    /// The statements that give the key other actions; none where Citus would refuse them.
    std::string_view change(model::constraint const& key, plan::key_actions const& wanted) const {
        auto changed = key;
        changed.on_delete = wanted.on_delete;
        changed.on_update = wanted.on_update;
        changed.delete_set_columns = wanted.delete_set_columns;
        if (!plan::find_cluster_obstacle(arena, database, changed).empty()) return {};
        return plan::change_actions(arena, key, wanted, partitioned_not_valid_);
    }
    /// The foreign keys of the key's child, itself included.
    std::span<model::constraint const> siblings(model::constraint const& key) const noexcept;
    /// "a delete in TABLE", "a key change in TABLE" or both, where the key has the action on that event.
    std::string_view events(model::constraint const& key, model::action action) const;
    /// What a delete in a table, by its position in the graph, deletes; good until the next call. The keys of one parent
    /// are best judged one after the other: the walk is made once for them.
    plan::cascade_graph::reach const& gone_after_delete(std::size_t table);

    model::arena& arena;
    model::database const& database;
    plan::cascade_graph graph;
    model::vector<action_risk> found;

private:
    bool partitioned_not_valid_;
    plan::cascade_graph::reach gone_;
};

/// Brings the risks into their order: the database's order of keys, then that of `risk`.
void sort(model::vector<action_risk>& risks);

}  // namespace fkaudit::audit
