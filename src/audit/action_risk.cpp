#include "src/audit/action_risk.hpp"

#include <algorithm>
#include <tuple>

namespace fkaudit::audit {

std::string_view to_text(risk value) noexcept {
    switch (value) {
        case risk::no_action_default: return "no-action-default";
        case risk::set_null_not_null: return "set-null-not-null";
        case risk::set_null_shared_column: return "set-null-shared-column";
        case risk::set_default_missing: return "set-default-missing";
        case risk::set_default_no_parent: return "set-default-no-parent";
        case risk::set_default_not_evaluated: return "set-default-not-evaluated";
        case risk::cascade_blocked: return "cascade-blocked";
        case risk::multiple_cascade_paths: return "multiple-cascade-paths";
        case risk::cascade_unindexed: return "cascade-unindexed";
        case risk::inconsistent_actions: return "inconsistent-actions";
        case risk::self_reference_no_action: return "self-reference-no-action";
    }
    return "";
}

std::span<model::constraint const> action_audit::siblings(model::constraint const& key) const noexcept {
    // A database's keys are sorted by child.
    auto const all = database.constraints;
    auto begin = static_cast<std::size_t>(&key - all.data());
    auto end = begin + 1;
    while (begin > 0 && all[begin - 1].child == key.child) --begin;
    while (end < all.size() && all[end].child == key.child) ++end;
    return all.subspan(begin, end - begin);
}

std::string_view action_audit::events(model::constraint const& key, model::action action) const {
    auto const what = key.on_delete != action   ? "a key change"
                      : key.on_update != action ? "a delete"
                                                : "a delete or key change";
    return arena.concat(std::string_view(what), " in ", key.parent->qualified);
}

plan::cascade_graph::reach const& action_audit::gone_after_delete(std::size_t table) {
    if (gone_.tables.empty() || gone_.tables.front() != table) graph.delete_from(table, gone_);
    return gone_;
}

void sort(model::vector<action_risk>& risks) {
    // The keys lie in the database's order.
    std::stable_sort(risks.begin(), risks.end(), [](action_risk const& a, action_risk const& b) {
        return std::tie(a.key, a.what) < std::tie(b.key, b.what);
    });
}

}  // namespace fkaudit::audit
