#include "src/audit/rules/families.hpp"

namespace fkaudit::audit::rules {

namespace {

void judge(rule const& self, audit_run& run) {
    for (auto const& one : run.facts.types)
        if (one.difference.kind == difference_kind::narrower)
            run.report(self, one.difference.grade, *one.difference.key, one.detail, one.ddl,
                       one.difference.key->child_column(one.difference.position).name.name);
}

}  // namespace

extern rule const type_narrower;
constinit rule const type_narrower{
    .name = "type-narrower",
    .grade = severity::warning,
    .title = "the child's type holds less than the parent's",
    .explanation =
        "The parent can have keys that no child can refer to: once an int8 sequence passes 2147483647, "
        "inserts into the int4 child fail. The change rewrites the child, so it is better made early. See "
        "\"Numeric Types\" (datatype-numeric) and \"ALTER TABLE\" (SET DATA TYPE).",
    .judge = judge,
};

}  // namespace fkaudit::audit::rules
