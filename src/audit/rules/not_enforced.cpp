#include "src/audit/rules/families.hpp"

namespace fkaudit::audit::rules {

namespace {

void judge(rule const& self, audit_run& run) {
    for (auto const* const key : run.facts.keys)
        if (!key->is_enforced)
            run.report(self, severity::warning, *key, "NOT ENFORCED: neither new writes nor existing rows are checked",
                       run.arena.concat("ALTER TABLE ", key->child->qualified, " ALTER CONSTRAINT ", key->name.quoted,
                                        " ENFORCED;"));
}

}  // namespace

extern rule const not_enforced;
constinit rule const not_enforced{
    .name = "not-enforced",
    .grade = severity::warning,
    .title = "NOT ENFORCED: nothing is checked",
    .explanation =
        "A NOT ENFORCED key is documentation: PostgreSQL checks neither new rows nor old ones, and ON DELETE "
        "does nothing. Whoever reads the schema may believe otherwise. See \"CREATE TABLE\" (NOT ENFORCED).",
    .judge = judge,
};

}  // namespace fkaudit::audit::rules
