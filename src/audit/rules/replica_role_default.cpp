#include "src/audit/rules/families.hpp"

namespace fkaudit::audit::rules {

namespace {

void judge(rule const& self, audit_run& run) {
    for (auto const& one : run.facts.surroundings.replica_settings)
        run.report(self, severity::error, nullptr,
                   run.arena.concat(one.where, " has session_replication_role = replica: no foreign key is checked"),
                   one.statement, one.where);
}

}  // namespace

extern rule const replica_role_default;
constinit rule const replica_role_default{
    .name = "replica-role-default",
    .grade = severity::error,
    .title = "session_replication_role is replica by default",
    .explanation =
        "Sessions that start with session_replication_role = replica fire no foreign key trigger at all: "
        "every write of theirs can make orphans, without a word. The setting is meant for one session of a "
        "replication tool, never as a default of a role or a database. See \"Client Connection Defaults\" "
        "(runtime-config-client).",
    .judge = judge,
};

}  // namespace fkaudit::audit::rules
