#include "src/audit/rules/families.hpp"

namespace fkaudit::audit::rules {

namespace {

void judge(rule const& self, audit_run& run) {
    for (auto const& one : run.facts.types)
        if (one.difference.kind != difference_kind::narrower)
            run.report(self, one.difference.grade, *one.difference.key,
                       run.arena.concat(to_text(one.difference.kind), ": ", one.detail), one.ddl,
                       one.difference.key->child_column(one.difference.position).name.name);
}

}  // namespace

extern rule const type_other;
constinit rule const type_other{
    .name = "type-other",
    .grade = severity::warning,
    .title = "the key's columns differ in type",
    .explanation =
        "The columns of the key differ in type, length or collation. Mostly that is harmless, but where the "
        "server must convert the child's column no plain index serves, and where collations differ joins "
        "cannot use the index either. See \"Type Conversion\" (typeconv) and \"Collation Support\" (collation).",
    .judge = judge,
};

}  // namespace fkaudit::audit::rules
