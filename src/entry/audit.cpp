#include "src/entry/database_audit.hpp"
#include "src/entry/entry.hpp"
#include "src/pg/result_set.hpp"
#include "src/pg/settings.hpp"

namespace fkaudit::entry {

Datum findings(pg::call& current) {
    bool const check_data = require_flag(current, 2, "check_data");
    pg::result_set result(current);
    auto& arena = current.arena();
    database_audit const audited(current, load_asked(current, {.statistics = true, .shards = true}), check_data);

    struct shown_finding {
        audit::finding const* of;
        std::string_view key;
    };
    auto const rows = arena.array<shown_finding>(audited.findings().size());
    for (std::size_t number = 0; number < rows.size(); ++number)
        rows[number] = {&audited.findings()[number], audit::finding_key(arena, audited.findings()[number])};
    auto const optional = [](std::string_view value) { return value.empty() ? std::nullopt : std::optional(value); };
    result.add_each(rows, [&](pg::row_builder& row, shown_finding const& shown) {
        auto const& one = *shown.of;
        row << to_text(one.grade) << one.by->name << (one.child != nullptr ? one.child->id : model::no_oid)
            << optional(one.constraint_name) << one.message << optional(one.remedy)
            << (one.key != nullptr ? one.key->parent->id : model::no_oid) << (one.suppressed != nullptr)
            << (one.suppressed != nullptr ? std::optional(one.suppressed->reason) : std::nullopt) << shown.key;
    });
    return result.finish();
}

Datum list_rules(pg::call& current) {
    pg::result_set result(current);
    audit::rule_switches const switches(pg::rules_setting());
    result.add_each(audit::all_rules(), [&](pg::row_builder& row, audit::rule const* one) {
        row << one->name << to_text(one->grade) << switches.is_enabled(*one) << one->title << one->explanation;
    });
    return result.finish();
}

}  // namespace fkaudit::entry
