#include "src/audit/rules/families.hpp"

#include <algorithm>

namespace fkaudit::audit::rules {

namespace {

/// By a key of its own, or of a table above it, with the same parent and the same columns by name.
bool is_covered(audit_run const& run, model::relation const& leaf, model::constraint const& key) {
    auto const& database = run.facts.database;
    for (auto const* table = &leaf; table != nullptr;
         table = table->parents.empty() ? nullptr : database.find_relation(table->parents[0]))
        for (auto const& other : database.constraints) {
            if (other.child != table || other.parent != key.parent) continue;
            auto const names = model::column_list(run.arena, *other.child, other.child_columns);
            if (names == model::column_list(run.arena, *key.child, key.child_columns)) return true;
        }
    return false;
}

void judge(rule const& self, audit_run& run) {
    for (auto const* const key : run.facts.keys) {
        if (!key->child->is_partition) continue;
        auto const& root = run.facts.database.root_of(*key->child);
        model::vector<model::relation const*> leaves(run.arena);
        run.facts.database.leaves(root, leaves);
        auto const bare = std::count_if(leaves.begin(), leaves.end(),
                                        [&](model::relation const* leaf) { return !is_covered(run, *leaf, *key); });
        if (bare > 0)
            run.report(
                self, severity::warning, *key,
                run.arena.concat("only this partition of ", root.qualified, " has the key: ",
                                 count(run.arena, bare, "other partition lacks it", "other partitions lack it")));
    }
}

}  // namespace

extern rule const uncovered_partition;
constinit rule const uncovered_partition{
    .name = "uncovered-partition",
    .grade = severity::warning,
    .title = "some partitions carry a key that others lack",
    .explanation =
        "This foreign key belongs to one partition alone. Rows that the partitioned table routes to other "
        "partitions are not checked, and a new partition will not have the key. Declare it on the partitioned"
        " table, which covers all of them. See \"Table Partitioning\" (ddl-partitioning).",
    .judge = judge,
};

}  // namespace fkaudit::audit::rules
