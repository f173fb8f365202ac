#include "src/audit/rules/families.hpp"

#include <cstdint>

namespace fkaudit::audit::rules {

namespace {

model::vector<std::int16_t> nullable_columns(audit_run& run, model::constraint const& key) {
    model::vector<std::int16_t> found(run.arena);
    for (auto const number : key.child_columns) {
        auto const* const column = key.child->find_column(number);
        if (column != nullptr && !column->not_null) found.push_back(number);
    }
    return found;
}

void judge(rule const& self, audit_run& run) {
    for (auto const* const key : run.facts.keys) {
        if (key->match != model::match_type::simple || key->child_columns.size() < 2) continue;
        auto const nullable = nullable_columns(run, *key);
        if (nullable.empty()) continue;
        auto const grade = nullable.size() > 1 ? severity::warning : severity::info;
        auto const names = model::column_list(run.arena, *key->child, {nullable.data(), nullable.size()});
        run.report(
            self, grade, *key,
            run.arena.concat("a NULL in ", names,
                             nullable.size() > 1 ? " leaves the other columns unchecked: a key can be half filled"
                                                 : " leaves the other columns unchecked"));
    }
}

}  // namespace

extern rule const nullable_composite;
constinit rule const nullable_composite{
    .name = "nullable-composite",
    .grade = severity::warning,
    .title = "MATCH SIMPLE over columns that can be NULL",
    .explanation =
        "Under MATCH SIMPLE a key of several columns is checked only where none of them is NULL. With one "
        "column that can be NULL that is an optional reference; with several, a row can be half filled, and "
        "nobody notices what the other half refers to. MATCH FULL, or a CHECK that all or none are NULL, "
        "closes the gap. See \"Constraints\" (ddl-constraints, Foreign Keys).",
    .judge = judge,
};

}  // namespace fkaudit::audit::rules
