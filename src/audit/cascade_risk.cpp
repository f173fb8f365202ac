#include "src/audit/cascade_risk.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

namespace fkaudit::audit {

namespace {

using model::action;
using model::constraint;
using plan::cascade_graph;
using plan::row_event;
using text = std::string_view;

/// "public.a -> public.b -> public.c"
text draw(model::arena& arena, cascade_graph::keys path) {
    auto const tables = arena.join(path, " -> ", [](constraint const* key) { return key->child->qualified; });
    return arena.concat(path.front()->parent->qualified, " -> ", tables);
}

/// Whether every row that refers to the middle table by `refusing` goes with the same row of the top: a cascade from the
/// top uses columns of `refusing` that refer to those by which the middle belongs to the top (`first`).
bool has_same_top(action_audit const& audit, constraint const& first, constraint const& refusing) {
    if (refusing.parent != first.child) return false;
    for (auto const& direct : audit.siblings(refusing)) {
        if (direct.on_delete != action::cascade || !direct.is_enforced || direct.parent != first.parent) continue;
        bool all = true;
        for (std::size_t position = 0; position < direct.child_columns.size(); ++position) {
            bool found = false;
            for (std::size_t at = 0; at < refusing.child_columns.size(); ++at)
                for (std::size_t above = 0; above < first.child_columns.size(); ++above)
                    found = found || (refusing.child_columns[at] == direct.child_columns[position] &&
                                      refusing.parent_columns[at] == first.child_columns[above] &&
                                      first.parent_columns[above] == direct.parent_columns[position]);
            all = all && found;
        }
        if (all) return true;
    }
    return false;
}

/// One way in which a key's action can be refused.
struct obstacle {
    cascade_graph::refusal refusal{};
    bool only_others = false;  ///< rows that the same statement deletes are gone by then
};

class blocked_rule {
public:
    blocked_rule(action_audit& audit, constraint const& key, row_event event)
        : audit_(audit),
          key_(key),
          event_(event),
          found_(audit.graph.spread_of(key, event)) {}

    /// The worst, then nearest; none: nothing refuses.
    std::optional<obstacle> worst() {
        if (found_.refusals().empty()) return std::nullopt;
        std::optional<obstacle> worst;
        for (auto const& refusal : found_.refusals()) {
            obstacle const one{refusal, event_ == row_event::deleted && goes_first(refusal)};
            if (one.only_others && refusal.round == 1 && has_same_top(audit_, key_, *refusal.key)) continue;
            ++count_;
            if (!worst || (worst->only_others && !one.only_others)) worst = one;
        }
        return worst;
    }

    text describe(obstacle const& one) const {
        auto& arena = audit_.arena;
        auto const& refusing = *one.refusal.key;
        auto const more = count_ > 1 ? arena.concat(" (and ", count_ - 1, " more)") : text();
        auto const condition =
            one.only_others ? text(", for rows that the same delete does not take by another way") : text();
        auto const path = arena.copy(audit_.graph.path_to(found_, one.refusal));
        return arena.concat(event_ == row_event::deleted ? "a delete in " : "a key change in ", key_.parent->qualified,
                            " can fail: ", draw(arena, path), " ends at ", refusing.name.quoted,
                            one.refusal.on_delete ? ", ON DELETE " : ", ON UPDATE ",
                            keyword(one.refusal.on_delete ? refusing.on_delete : refusing.on_update), more, condition);
    }

private:
    /// The refusing key is checked one round after its parent's rows went. Only what went before is gone by then: rows of
    /// the same round may come later. A deferred check comes last of all.
    bool goes_first(cascade_graph::refusal const& refusal) const {
        auto const& gone = audit_.gone_after_delete(audit_.graph.parent_of(key_));
        auto const round = gone.rounds[audit_.graph.child_of(*refusal.key)];
        if (round == cascade_graph::never) return false;
        bool const is_last = refusal.key->initially_deferred && refusal.key->on_delete == action::no_action;
        return round <= refusal.round || is_last;
    }

    action_audit& audit_;
    constraint const& key_;
    row_event event_;
    cascade_graph::spread found_;
    std::size_t count_ = 0;
};

/// Two ways from one table to the child of a key that deletes and of a key that does something else.
struct fork {
    constraint const* deleting = nullptr;
    std::size_t from = 0;
    std::uint32_t length = cascade_graph::never;
};

class multiple_paths_rule {
public:
    explicit multiple_paths_rule(action_audit& audit)
        : audit_(audit),
          graph_(audit.graph),
          forks_(audit.database.constraints.size(), fork{}, audit.arena),
          nearest_(audit.graph.tables().size(), cascades{}, audit.arena) {}

    void judge() {
        cascade_graph::reach gone(audit_.arena);
        for (std::size_t from = 0; from < graph_.tables().size(); ++from) {
            auto const keys = graph_.referencing(from);
            if (std::none_of(keys.begin(), keys.end(), [](auto* key) { return key->on_delete == action::cascade; }))
                continue;
            graph_.delete_from(from, gone);
            find_nearest(gone);
            for (auto const table : gone.tables)
                for (auto const* const key : graph_.referencing(table))
                    consider(*key, from, gone, forks_[graph_.number_of(*key)]);
        }
        for (std::size_t number = 0; number < forks_.size(); ++number)
            if (forks_[number].deleting != nullptr) report(audit_.database.constraints[number], forks_[number]);
    }

private:
    /// The two nearest cascades into a table, from different parents.
    struct cascades {
        constraint const* first = nullptr;
        constraint const* second = nullptr;
    };

    std::uint32_t round_of(cascade_graph::reach const& gone, constraint const& key) const {
        return gone.rounds[graph_.parent_of(key)];
    }

    void find_nearest(cascade_graph::reach const& gone) {
        for (auto const table : gone.tables) nearest_[table] = {};
        for (auto const table : gone.tables)
            for (auto const* const key : graph_.referencing(table)) {
                if (key->on_delete != action::cascade || graph_.child_of(*key) == table) continue;
                auto& [first, second] = nearest_[graph_.child_of(*key)];
                if (is_nearer(gone, *key, first)) {
                    if (first != nullptr && first->parent != key->parent) second = first;
                    first = key;
                } else if (first->parent != key->parent && is_nearer(gone, *key, second)) {
                    second = key;
                }
            }
    }

    /// Of two that are equally near, the first in the database's order.
    bool is_nearer(cascade_graph::reach const& gone, constraint const& key, constraint const* other) const {
        if (other == nullptr) return true;
        auto const here = round_of(gone, key), there = round_of(gone, *other);
        return here < there || (here == there && &key < other);
    }

    void consider(constraint const& key, std::size_t from, cascade_graph::reach const& gone, fork& best) const {
        if (key.on_delete == action::cascade) return;
        auto const parent = graph_.parent_of(key), child = graph_.child_of(key);
        auto const round = gone.rounds[parent];
        // A key that refuses from further away is cascade-blocked for the keys before it.
        if (!plan::acts(key.on_delete) && parent != from) return;
        if (key.on_delete == action::no_action && key.initially_deferred) return;
        // Only what is reached has been given a nearest cascade by this walk.
        if (gone.rounds[child] == cascade_graph::never) return;
        auto const& [first, second] = nearest_[child];
        auto const* const deleting = first != nullptr && first->parent != key.parent ? first : second;
        if (deleting == nullptr) return;
        auto const length = round + round_of(gone, *deleting);
        if (length >= best.length) return;
        // A way that leads through the child itself says nothing of its rows that are gone already.
        if (graph_.leads_over(gone, parent, child) || graph_.leads_over(gone, graph_.parent_of(*deleting), child))
            return;
        best = {deleting, from, length};
    }

    void report(constraint const& key, fork const& found) {
        auto& arena = audit_.arena;
        auto const& gone = audit_.gone_after_delete(found.from);
        auto const with = [&](constraint const& last) {
            auto const path = graph_.path_to(gone, graph_.parent_of(last));
            return path.empty() ? arena.concat(last.parent->qualified, " -> ", last.child->qualified)
                                : arena.concat(draw(arena, path), " -> ", last.child->qualified);
        };
        bool const refuses = !plan::acts(key.on_delete);
        audit_.report(key, risk::multiple_cascade_paths, refuses ? severity::warning : severity::info,
                      arena.concat("a delete in ", graph_.tables()[found.from]->qualified, " deletes rows of ",
                                   key.child->qualified, " by ", with(*found.deleting), " (",
                                   found.deleting->name.quoted, "), but ", with(key), " is ON DELETE ",
                                   keyword(key.on_delete), refuses ? ", which is checked first and refuses" : ""));
    }

    action_audit& audit_;
    cascade_graph const& graph_;
    model::vector<fork> forks_;  ///< by the key's position in the database
    model::vector<cascades> nearest_;
};

}  // namespace

void judge_cascade_blocked(action_audit& audit, constraint const& key) {
    text detail;
    auto grade = severity::info;
    for (auto const event : {row_event::deleted, row_event::key_updated}) {
        blocked_rule rule(audit, key, event);
        auto const found = rule.worst();
        if (!found) continue;
        if (!found->only_others) grade = severity::warning;
        auto const one = rule.describe(*found);
        detail = detail.empty() ? one : audit.arena.concat(detail, "; ", one);
    }
    if (!detail.empty()) audit.report(key, risk::cascade_blocked, grade, detail);
}

void judge_multiple_paths(action_audit& audit) { multiple_paths_rule(audit).judge(); }

}  // namespace fkaudit::audit
