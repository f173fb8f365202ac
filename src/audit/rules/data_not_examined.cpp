#include "src/audit/rules/families.hpp"

namespace fkaudit::audit::rules {

namespace {

void judge(rule const& self, audit_run& run) {
    for (std::size_t number = 0; number < run.facts.data.size(); ++number) {
        auto const& data = run.facts.data[number];
        if (data.reason.empty()) continue;
        run.report(self, severity::error, *run.facts.keys[number],
                   run.arena.concat("not examined, ", data.reason, ": ", data.detail));
    }
    if (!run.facts.has_data) return;
    for (auto const& key : run.facts.database.damaged)
        run.report(self, severity::error, run.facts.database.find_relation(key.child),
                   run.arena.concat("foreign key ", key.name.quoted,
                                    " not examined, its catalog entry is damaged: ", key.damage),
                   {}, key.name.name);
}

}  // namespace

extern rule const data_not_examined;
constinit rule const data_not_examined{
    .name = "data-not-examined",
    .grade = severity::error,
    .needs_data = true,
    .title = "foreign keys whose rows were not examined",
    .explanation =
        "Nobody looked at the rows of this key, so nobody knows whether they are sound: a right is missing, a"
        " lock was not to be had in time, row security would have hidden rows, or the server failed. A gate "
        "that let this pass would pass for the wrong reason. See doc/fkaudit.md for each reason.",
    .judge = judge,
};

}  // namespace fkaudit::audit::rules
