#pragma once

#include <cstdint>

#include "src/audit/rule.hpp"

/// What rules of one family have in common.
namespace fkaudit::audit {

/// The risks of one kind, as fk_risky_actions has them.
void report_risks(rule const& self, audit_run& run, risk kind);

/// The keys of one verdict, as fk_missing_indexes has them: graded by their priority.
void report_gaps(rule const& self, audit_run& run, index_verdict verdict);

/// Calls `each(key, its data)` for each key that was examined; not at all where the data was not.
template <class Each>
void each_examined(audit_run const& run, Each each) {
    for (std::size_t number = 0; number < run.facts.data.size(); ++number)
        if (auto const& data = run.facts.data[number]; data.reason.empty()) each(*run.facts.keys[number], data);
}

/// The foreign keys of the key's child, itself included; `key` is one of the database's.
std::span<model::constraint const> siblings(model::database const& database, model::constraint const& key) noexcept;

/// Every pair of columns (child's, parent's) of `a` is one of `b`.
bool is_part(model::constraint const& a, model::constraint const& b) noexcept;

/// "1 row", "12 rows".
std::string_view count(model::arena& arena, std::int64_t number, std::string_view one, std::string_view many);

/// " of 12"; empty where the rows were not counted.
std::string_view of_all(model::arena& arena, std::optional<std::int64_t> rows);

}  // namespace fkaudit::audit
