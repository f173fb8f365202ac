#include "src/audit/rules/families.hpp"

namespace fkaudit::audit::rules {

namespace {

model::stale_collation const* find_stale(audit_run const& run, model::oid collation) {
    for (auto const& one : run.facts.surroundings.stale_collations)
        if (one.id == collation) return &one;
    return nullptr;
}

void judge(rule const& self, audit_run& run) {
    for (auto const* const key : run.facts.keys)
        for (std::size_t position = 0; position < key->parent_columns.size(); ++position) {
            auto const* const stale = find_stale(run, key->parent_column(position).collation);
            if (stale == nullptr) continue;
            run.report(self, severity::warning, *key,
                       run.arena.concat("the collation ", stale->name, " of ", key->parent->qualified, " (",
                                        key->parent_column(position).name.quoted, ") has version ", stale->actual,
                                        ", but its indexes were built with ", stale->recorded),
                       run.arena.concat("REINDEX TABLE CONCURRENTLY ", key->parent->qualified, ";"));
            break;
        }
}

}  // namespace

extern rule const collation_version_changed;
constinit rule const collation_version_changed{
    .name = "collation-version-changed",
    .grade = severity::warning,
    .title = "a collation of the key has changed its version",
    .explanation =
        "The operating system or ICU sorts text differently now than when the indexes were built. Searches in"
        " the unique index of the parent can miss rows that are there, so that inserts fail, and can find "
        "what should not be found: orphans and duplicates follow. Rebuild the indexes, then refresh the "
        "version. See \"ALTER COLLATION\" (REFRESH VERSION) and \"ALTER DATABASE\".",
    .judge = judge,
};

}  // namespace fkaudit::audit::rules
