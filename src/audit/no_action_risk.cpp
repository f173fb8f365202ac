#include "src/audit/no_action_risk.hpp"

#include <algorithm>
#include <cstdint>

#include "src/audit/set_null_risk.hpp"

namespace fkaudit::audit {

namespace {

using model::action;
using model::constraint;
using text = std::string_view;

bool is_self_reference(action_audit const& audit, constraint const& key) {
    return &audit.database.root_of(*key.child) == &audit.database.root_of(*key.parent);
}

/// "120 deletes and 3 updates that may have changed a key"
text traffic(model::arena& arena, model::relation const& parent) {
    auto const count = [&](std::int64_t number, text one, text many) {
        return arena.concat(number, ' ', number == 1 ? one : many);
    };
    auto const deletes = count(parent.deletes, "delete", "deletes");
    auto const updates =
        count(parent.updates, "update that may have changed a key", "updates that may have changed a key");
    if (parent.updates == 0) return deletes;
    return parent.deletes == 0 ? updates : arena.concat(deletes, " and ", updates);
}

/// Whether RESTRICT could refuse what NO ACTION lets pass: the child's rows also go by another cascade, and by the end
/// of the statement, or by a deferred check, they are gone.
bool may_need_no_action(action_audit const& audit, constraint const& key) {
    if (key.is_deferrable) return true;
    auto const& siblings = audit.siblings(key);
    return std::any_of(siblings.begin(), siblings.end(), [&](constraint const& other) {
        return other.is_enforced && other.on_delete == action::cascade && other.parent != key.parent;
    });
}

void report_default(action_audit& audit, constraint const& key) {
    auto& arena = audit.arena;
    auto const& parent = *key.parent;
    if (parent.deletes == 0 && parent.updates == 0) return;
    bool const keeps = may_need_no_action(audit, key);
    auto const advice =
        keeps
            ? text("; choose CASCADE or SET NULL, or keep it: RESTRICT would also refuse what a later check lets pass")
            : text("; choose: RESTRICT says so openly, CASCADE and SET NULL let it pass");
    auto wanted = plan::actions_of(key);
    if (parent.deletes > 0) wanted.on_delete = action::restrict_;
    if (parent.updates > 0) wanted.on_update = action::restrict_;
    audit.report(key, risk::no_action_default,
                 parent.deletes > 0 && !key.is_deferrable ? severity::warning : severity::info,
                 arena.concat(parent.qualified, " has seen ", traffic(arena, parent),
                              ", which NO ACTION refuses where rows here refer to them", advice),
                 keeps ? text() : audit.change(key, wanted));
}

/// The server takes no SET NULL for a key with a generated column.
bool is_generated(constraint const& key) {
    return std::any_of(key.child_columns.begin(), key.child_columns.end(), [&](std::int16_t number) {
        auto const* const column = key.child->find_column(number);
        return column != nullptr && column->generated != '\0';
    });
}

void report_self_reference(action_audit& audit, constraint const& key) {
    bool const generated = is_generated(key);
    bool const can_be_null =
        !generated && std::all_of(key.child_columns.begin(), key.child_columns.end(), [&](std::int16_t number) {
            auto const* const column = key.child->find_column(number);
            return column != nullptr && refuses_null(audit, *key.child, *column).empty();
        });
    auto const advice = can_be_null ? text("; SET NULL would make its rows below roots, CASCADE would delete them")
                        : generated
                            ? text("; CASCADE would delete its rows below, SET NULL cannot write a generated column")
                            : text("; CASCADE would delete its rows below, SET NULL needs a column that can be NULL");
    auto wanted = plan::actions_of(key);
    wanted.on_delete = action::set_null;
    audit.report(key, risk::self_reference_no_action, key.parent->deletes > 0 ? severity::warning : severity::info,
                 audit.arena.concat("a row of ", key.parent->qualified,
                                    " that others refer to can only be deleted after or together with them", advice),
                 can_be_null ? audit.change(key, wanted) : text());
}

bool same_columns(constraint const& a, constraint const& b) {
    return std::is_permutation(a.child_columns.begin(), a.child_columns.end(), b.child_columns.begin(),
                               b.child_columns.end());
}

/// "ON DELETE CASCADE ON UPDATE NO ACTION"
text both_actions(model::arena& arena, constraint const& key) {
    return arena.concat("ON DELETE ", keyword(key.on_delete), " ON UPDATE ", keyword(key.on_update));
}

/// The keys of one child to one parent: each is compared with the first of them.
void judge_one_child(action_audit& audit, constraint const& key) {
    for (auto const& first : audit.siblings(key)) {
        if (&first == &key) return;
        if (!first.is_enforced || first.parent != key.parent) continue;
        if (first.on_delete == key.on_delete && first.on_update == key.on_update) return;
        bool const duplicate = same_columns(first, key);
        audit.report(
            key, risk::inconsistent_actions, duplicate ? severity::warning : severity::info,
            audit.arena.concat(duplicate ? "the same columns refer to " : "this table refers to ",
                               key.parent->qualified, " by ", first.name.quoted, " as well, ",
                               both_actions(audit.arena, first), ", but here ", both_actions(audit.arena, key),
                               duplicate ? "; both run: drop one of them" : "; see to it that both are meant"));
        return;
    }
}

/// `is_reported`: by the key's number, whether it has this finding already.
void judge_one_parent(action_audit& audit, plan::cascade_graph::keys keys, std::span<bool const> is_reported) {
    // The first key that cascades, and the first of another child.
    constraint const* cascade = nullptr;
    constraint const* other_cascade = nullptr;
    for (auto const* const one : keys) {
        if (one->on_delete != action::cascade || is_self_reference(audit, *one)) continue;
        if (cascade == nullptr) cascade = one;
        if (one->child == cascade->child) continue;
        other_cascade = one;
        break;
    }
    constraint const* refuses = nullptr;
    constraint const* deletes = nullptr;
    std::size_t others = 0;
    // The first RESTRICT whose child is not the one that cascades, else the first NO ACTION.
    for (auto const wanted : {action::restrict_, action::no_action}) {
        for (auto const* const one : keys) {
            if (cascade == nullptr || one->on_delete != wanted || is_self_reference(audit, *one)) continue;
            auto const* const disagreeing = cascade->child != one->child ? cascade : other_cascade;
            if (disagreeing == nullptr) continue;
            if (refuses != nullptr) {
                ++others;
                continue;
            }
            refuses = one;
            deletes = disagreeing;
        }
    }
    // A key has one finding of a kind; the disagreement within its own table comes first.
    if (refuses == nullptr || is_reported[audit.graph.number_of(*refuses)]) return;
    auto& arena = audit.arena;
    auto const more =
        others == 0 ? text() : arena.concat(" (and ", others, others == 1 ? " other key)" : " other keys)");
    audit.report(
        *refuses, risk::inconsistent_actions, refuses->parent->deletes > 0 ? severity::warning : severity::info,
        arena.concat("a delete in ", refuses->parent->qualified, " takes the rows of ", deletes->child->qualified,
                     " with it (", deletes->name.quoted, "), but this key", more, " refuses it, ON DELETE ",
                     keyword(refuses->on_delete), ": see to it that both are meant"));
}

}  // namespace

void judge_no_action(action_audit& audit, constraint const& key) {
    if (!key.is_enforced || key.is_temporal || key.on_delete != action::no_action) return;
    if (is_self_reference(audit, key))
        report_self_reference(audit, key);
    else if (key.on_update == action::no_action)
        report_default(audit, key);
}

void judge_inconsistent_actions(action_audit& audit) {
    for (auto const& key : audit.database.constraints)
        if (key.is_enforced) judge_one_child(audit, key);
    auto const is_reported = audit.arena.array<bool>(audit.database.constraints.size());
    for (auto const& one : audit.found)
        if (one.what == risk::inconsistent_actions) is_reported[audit.graph.number_of(*one.key)] = true;
    for (std::size_t table = 0; table < audit.graph.tables().size(); ++table)
        judge_one_parent(audit, audit.graph.referencing(table), is_reported);
}

}  // namespace fkaudit::audit
