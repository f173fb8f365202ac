#include "src/audit/rules/families.hpp"

namespace fkaudit::audit::rules {

extern rule const weak_index;
constinit rule const weak_index{
    .name = "weak-index",
    .grade = severity::warning,
    .title = "an index serves the child's side in part",
    .explanation =
        "The nearest index leads with some of the key's columns only, or only narrows the search: each delete"
        " of a parent row reads more of the child than it must. See \"Multicolumn Indexes\" (indexes-"
        "multicolumn).",
    .judge = [](rule const& self, audit_run& run) { report_gaps(self, run, index_verdict::weak); },
};

}  // namespace fkaudit::audit::rules
