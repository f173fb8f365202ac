#include "src/audit/rules/families.hpp"

#include <algorithm>
#include <cstdint>

#include "src/plan/action_ddl.hpp"
#include "src/plan/cluster_rules.hpp"
#include "src/plan/cycles.hpp"

namespace fkaudit::audit::rules {

namespace {

bool can_be_null(model::constraint const* key) {
    return std::any_of(key->child_columns.begin(), key->child_columns.end(), [&](std::int16_t number) {
        auto const* const column = key->child->find_column(number);
        return column != nullptr && !column->not_null;
    });
}

/// A circle is reported once, at its first key that was asked for. Keys lie in one array, in the order of `keys`.
model::constraint const* first_asked(audit_run const& run, std::span<model::constraint const* const> keys) {
    for (auto const* const key : keys)
        if (std::binary_search(run.facts.keys.begin(), run.facts.keys.end(), key)) return key;
    return nullptr;
}

/// Citus alters no constraint, and SET CONSTRAINTS reaches none of its shards: there the key is to wait by itself.
std::string_view make_deferrable(audit_run& run, model::constraint const& key) {
    if (!plan::is_altered_in_shards(key))
        return run.arena.concat("ALTER TABLE ", key.child->qualified, " ALTER CONSTRAINT ", key.name.quoted,
                                " DEFERRABLE;");
    auto changed = key;
    changed.is_deferrable = changed.initially_deferred = true;
    return plan::change_actions(run.arena, changed, plan::actions_of(key), run.facts.partitioned_not_valid);
}

void judge(rule const& self, audit_run& run) {
    for (auto const& circle : plan::find_cycles(run.arena, run.facts.database)) {
        auto const deferrable =
            std::any_of(circle.keys.begin(), circle.keys.end(), [](auto const* key) { return key->is_deferrable; });
        if (deferrable) continue;
        auto const escape = std::any_of(circle.keys.begin(), circle.keys.end(), can_be_null);
        auto const* const first = first_asked(run, circle.keys);
        if (first == nullptr) continue;
        auto& arena = run.arena;
        auto const tables =
            arena.join(circle.tables, ", ", [](model::relation const* table) { return table->qualified; });
        run.report(self, escape ? severity::info : severity::warning, *first,
                   arena.concat(tables, " refer to each other in a circle, and no key of it is DEFERRABLE",
                                escape ? "; rows can be inserted with NULL first" : ""),
                   make_deferrable(run, *first));
    }
}

}  // namespace

extern rule const cycle_not_deferrable;
constinit rule const cycle_not_deferrable{
    .name = "cycle-not-deferrable",
    .grade = severity::warning,
    .title = "tables that refer to each other in a circle",
    .explanation =
        "Each of these tables needs rows of the next before its own can be inserted, and none of the keys can"
        " be deferred: data can be loaded only by inserting NULL first, or by dropping a key, and so can be "
        "restored only by tools that know this. Make one of the keys DEFERRABLE. See \"SET CONSTRAINTS\" and "
        "\"Populating a Database\" (populate).",
    .judge = judge,
};

}  // namespace fkaudit::audit::rules
