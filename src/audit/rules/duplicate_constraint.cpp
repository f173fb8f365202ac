#include "src/audit/rules/families.hpp"

#include <algorithm>

namespace fkaudit::audit::rules {

namespace {

/// The same table, the same parent and the same pairs of columns, in whatever order.
bool is_same(model::constraint const& a, model::constraint const& b) {
    return a.child == b.child && a.parent == b.parent && a.child_columns.size() == b.child_columns.size() &&
           is_part(a, b);
}

bool acts_alike(model::constraint const& a, model::constraint const& b) {
    return a.on_delete == b.on_delete && a.on_update == b.on_update && a.match == b.match &&
           a.is_deferrable == b.is_deferrable && a.initially_deferred == b.initially_deferred &&
           std::is_permutation(a.delete_set_columns.begin(), a.delete_set_columns.end(), b.delete_set_columns.begin(),
                               b.delete_set_columns.end());
}

int strength(model::constraint const& key) { return key.is_enforced + (key.is_enforced && key.is_validated); }

/// Of two that are the same the weaker one goes, of two alike the later one.
bool goes(model::constraint const& key, model::constraint const& other) {
    return strength(key) != strength(other) ? strength(key) < strength(other) : other.name < key.name;
}

void judge(rule const& self, audit_run& run) {
    for (auto const* const key : run.facts.keys)
        for (auto const& other : siblings(run.facts.database, *key)) {
            if (other.id == key->id || !is_same(*key, other) || !goes(*key, other)) continue;
            auto const differs = !acts_alike(*key, other);
            run.report(self, severity::warning, *key,
                       run.arena.concat("says the same as ", other.name.quoted,
                                        differs ? ", but acts otherwise: decide which of them is meant" : ""),
                       differs ? std::string_view()
                               : run.arena.concat("ALTER TABLE ", key->child->qualified, " DROP CONSTRAINT ",
                                                  key->name.quoted, ";"));
            break;
        }
}

}  // namespace

extern rule const duplicate_constraint;
constinit rule const duplicate_constraint{
    .name = "duplicate-constraint",
    .grade = severity::warning,
    .title = "two keys that say the same",
    .explanation =
        "The same columns refer to the same columns of the same parent twice: each write is checked twice, "
        "each delete of a parent searches twice, and where the actions differ both run. Keep one. See "
        "\"Constraints\" (ddl-constraints).",
    .judge = judge,
};

}  // namespace fkaudit::audit::rules
