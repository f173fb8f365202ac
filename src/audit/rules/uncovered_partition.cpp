#include "src/audit/rules/families.hpp"

#include <cstdint>

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

/// The partitions below a table that lack the key. One that is not known has no foreign key at all.
std::int64_t count_bare(audit_run& run, model::relation const& above, model::constraint const& key) {
    std::int64_t bare = 0;
    for (auto const id : above.children) {
        auto const* const partition = run.facts.database.find_relation(id);
        if (partition == nullptr)
            ++bare;
        else if (partition->is_partitioned())
            bare += count_bare(run, *partition, key);
        else if (!is_covered(run, *partition, key))
            ++bare;
    }
    return bare;
}

/// Whether another partition's key says the same, and stands before this one: one finding is enough.
bool is_told(audit_run& run, model::relation const& root, model::constraint const& key) {
    auto const names = model::column_list(run.arena, *key.child, key.child_columns);
    for (auto const& other : run.facts.database.constraints) {
        if (other.id == key.id) return false;
        if (other.child->is_partition && other.parent == key.parent &&
            &run.facts.database.root_of(*other.child) == &root &&
            model::column_list(run.arena, *other.child, other.child_columns) == names)
            return true;
    }
    return false;
}

void judge(rule const& self, audit_run& run) {
    for (auto const* const key : run.facts.keys) {
        if (!key->child->is_partition) continue;
        auto const& root = run.facts.database.root_of(*key->child);
        if (is_told(run, root, *key)) continue;
        auto const bare = count_bare(run, root, *key);
        if (bare > 0)
            run.report(self, severity::warning, *key,
                       run.arena.concat("a key of this partition, not of ", root.qualified, ": ",
                                        count(run.arena, bare, "partition lacks it", "partitions lack it")));
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
