#include "src/audit/rules/families.hpp"

#include <cstdint>

namespace fkaudit::audit {

namespace {

severity grade_of(index_priority priority) noexcept {
    switch (priority) {
        case index_priority::high:
        case index_priority::medium: return severity::warning;
        default: return severity::info;
    }
}

}  // namespace

void report_risks(rule const& self, audit_run& run, risk kind) {
    for (auto const& one : run.facts.actions)
        if (one.what == kind) run.report(self, one.grade, *one.key, one.detail, one.ddl);
}

void report_gaps(rule const& self, audit_run& run, index_verdict verdict) {
    for (auto const& one : run.facts.indexes) {
        if (one.coverage.verdict != verdict || one.is_on_shards) continue;  // that is shard-index-missing's
        auto const& key = *one.key;
        auto const what = one.reason.empty() ? std::string_view("no index has these columns") : one.reason;
        run.report(
            self, grade_of(one.urgency.priority), key,
            run.arena.concat(key.child->qualified, " (", model::column_list(run.arena, *key.child, key.child_columns),
                             "): ", what, "; priority ", to_text(one.urgency.priority)),
            one.ddl);
    }
}

std::span<model::constraint const> siblings(model::database const& database, model::constraint const& key) noexcept {
    auto const* const first = database.constraints.data();
    auto const* const end = first + database.constraints.size();
    auto const* from = &key;
    auto const* to = &key + 1;
    while (from != first && from[-1].child == key.child) --from;
    while (to != end && to->child == key.child) ++to;
    return {from, to};
}

bool is_part(model::constraint const& a, model::constraint const& b) noexcept {
    for (std::size_t position = 0; position < a.child_columns.size(); ++position) {
        bool found = false;
        for (std::size_t other = 0; other < b.child_columns.size() && !found; ++other)
            found = a.child_columns[position] == b.child_columns[other] &&
                    a.parent_columns[position] == b.parent_columns[other];
        if (!found) return false;
    }
    return true;
}

std::string_view count(model::arena& arena, std::int64_t number, std::string_view one, std::string_view many) {
    return arena.concat(number, ' ', number == 1 ? one : many);
}

std::string_view of_all(model::arena& arena, std::optional<std::int64_t> rows) {
    return rows ? arena.concat(" of ", *rows) : std::string_view();
}

}  // namespace fkaudit::audit
