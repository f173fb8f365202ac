#include "src/audit/rules/families.hpp"

namespace fkaudit::audit::rules {

extern rule const unusable_index;
constinit rule const unusable_index{
    .name = "unusable-index",
    .grade = severity::warning,
    .title = "an index has the columns but cannot serve",
    .explanation =
        "An index looks as if it served the key, and the server's own search cannot use it: it is invalid, "
        "partial, of another collation or operator family, or on a column that the server casts. Each delete "
        "of a parent row reads the whole child all the same. See \"Operator Classes and Operator Families\" "
        "(indexes-opclass) and \"Partial Indexes\" (indexes-partial).",
    .judge = [](rule const& self, audit_run& run) { report_gaps(self, run, index_verdict::unusable); },
};

}  // namespace fkaudit::audit::rules
