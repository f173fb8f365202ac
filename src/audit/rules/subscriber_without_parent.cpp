#include "src/audit/rules/families.hpp"

#include <algorithm>

namespace fkaudit::audit::rules {

namespace {

/// Itself or any table below it.
bool is_subscribed(audit_run const& run, model::relation const& table) {
    auto const ids = run.facts.surroundings.subscribed;
    if (std::binary_search(ids.begin(), ids.end(), table.id)) return true;
    return table.is_partitioned() && std::any_of(table.children.begin(), table.children.end(), [&](model::oid child) {
               auto const* const partition = run.facts.database.find_relation(child);
               return partition != nullptr && is_subscribed(run, *partition);
           });
}

void judge(rule const& self, audit_run& run) {
    for (auto const* const key : run.facts.keys)
        if (is_subscribed(run, *key->child) && !is_subscribed(run, *key->parent))
            run.report(self, severity::warning, *key,
                       run.arena.concat("a subscription writes ", key->child->qualified, ", but not ",
                                        key->parent->qualified, ": what it brings is not checked"));
}

}  // namespace

extern rule const subscriber_without_parent;
constinit rule const subscriber_without_parent{
    .name = "subscriber-without-parent",
    .grade = severity::warning,
    .title = "logical replication brings the child without its parent",
    .explanation =
        "A subscription writes the child, and the parent is in none. Replication applies changes in replica "
        "role, so that no foreign key is checked: rows arrive whose parents never will. Publish both tables, "
        "or drop the key here. See \"Logical Replication\" (logical-replication-restrictions).",
    .judge = judge,
};

}  // namespace fkaudit::audit::rules
