#include "src/entry/asked_keys.hpp"
#include "src/entry/entry.hpp"
#include "src/entry/type_findings.hpp"
#include "src/pg/result_set.hpp"

namespace fkaudit::entry {

Datum type_mismatches(pg::call& current) {
    pg::result_set result(current);
    auto const asked = load_asked(current, {});
    auto const findings = find_type_findings(current, asked.database, asked.keys);

    auto const optional = [](std::string_view value) { return value.empty() ? std::nullopt : std::optional(value); };
    result.add_each(findings, [&](pg::row_builder& row, audit::type_finding const& shown) {
        auto const& one = shown.difference;
        auto const& key = *one.key;
        auto const& child = key.child_column(one.position);
        auto const& parent = key.parent_column(one.position);
        row << key.child->id << child.name << child.type_display << key.parent->id << parent.name << parent.type_display
            << to_text(one.kind) << to_text(one.grade) << shown.detail << key.name << optional(shown.ddl);
    });
    return result.finish();
}

}  // namespace fkaudit::entry
