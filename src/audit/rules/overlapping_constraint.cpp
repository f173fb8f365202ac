#include "src/audit/rules/families.hpp"

#include <algorithm>

namespace fkaudit::audit::rules {

namespace {

bool has_same_columns(model::constraint const& a, model::constraint const& b) {
    return a.child_columns.size() == b.child_columns.size() &&
           std::is_permutation(a.child_columns.begin(), a.child_columns.end(), b.child_columns.begin());
}

void judge(rule const& self, audit_run& run) {
    for (auto const* const key : run.facts.keys)
        for (auto const& other : siblings(run.facts.database, *key)) {
            if (other.id == key->id) continue;
            if (other.parent == key->parent && other.child_columns.size() > key->child_columns.size() &&
                is_part(*key, other)) {
                run.report(self, severity::info, *key,
                           run.arena.concat(other.name.quoted, " refers to ", key->parent->qualified,
                                            " by these columns and others, and implies this key where none is NULL"),
                           {}, other.name.name);
            } else if (other.parent != key->parent && has_same_columns(*key, other) && other.name < key->name) {
                run.report(self, severity::info, *key,
                           run.arena.concat("the same columns refer to ", other.parent->qualified, " by ",
                                            other.name.quoted, ": a value must exist in both tables"),
                           {}, other.name.name);
            }
        }
}

}  // namespace

extern rule const overlapping_constraint;
constinit rule const overlapping_constraint{
    .name = "overlapping-constraint",
    .grade = severity::info,
    .title = "a key that is part of another, or columns with two parents",
    .explanation =
        "One key refers to a parent by some of the columns by which a second key refers to the same parent, "
        "so that the second mostly implies the first; or the same columns refer to two tables, so that a "
        "value must exist in both. Both can be meant; each costs a check for every write. See \"Constraints\" "
        "(ddl-constraints).",
    .judge = judge,
};

}  // namespace fkaudit::audit::rules
