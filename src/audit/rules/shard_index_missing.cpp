#include <algorithm>

#include "src/audit/rules/families.hpp"
#include "src/audit/shard_defects.hpp"

namespace fkaudit::audit::rules {

namespace {

void judge(rule const& self, audit_run& run) {
    for (auto const* const key : run.facts.keys) {
        auto const defects = find_shard_defects(run.arena, run.facts.database, *key);
        for (auto const fault : {shard_fault::no_index, shard_fault::bad_index}) {
            auto const message = describe(run.arena, defects, fault);
            if (message.empty()) continue;
            auto const* const first = std::find_if(defects.data(), defects.data() + defects.size(),
                                                   [&](shard_defect const& one) { return one.fault == fault; });
            run.report(self, severity::warning, *key, run.arena.concat(first->index, ": ", message),
                       mend_indexes(run.arena, run.facts.database, defects, fault),
                       fault == shard_fault::no_index ? "missing" : "invalid");
        }
    }
}

}  // namespace

extern rule const shard_index_missing;
constinit rule const shard_index_missing{
    .name = "shard-index-missing",
    .grade = severity::warning,
    .title = "a shard lacks an index that serves the key",
    .explanation =
        "The coordinator's catalog has an index that begins with the key's columns, and a shard of the table lacks it or "
        "has it invalid: each delete of a parent row beside that shard reads the whole shard. A CREATE INDEX CONCURRENTLY "
        "that broke off on one node leaves this. The remedy makes or rebuilds it on that shard alone, beside reads and "
        "writes; where there is none, make it by hand, under the declared name with an underscore and the shard's number "
        "behind it: Citus drops and rebuilds it by that name. See \"CREATE INDEX\" (Building "
        "Indexes Concurrently).",
    .judge = judge,
};

}  // namespace fkaudit::audit::rules
