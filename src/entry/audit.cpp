#include "src/audit/enforcement.hpp"
#include "src/audit/registry.hpp"
#include "src/catalog/surroundings.hpp"
#include "src/entry/action_risks.hpp"
#include "src/entry/asked_keys.hpp"
#include "src/entry/entry.hpp"
#include "src/entry/index_gaps.hpp"
#include "src/entry/type_findings.hpp"
#include "src/entry/verdicts.hpp"
#include "src/pg/compat.hpp"
#include "src/pg/result_set.hpp"
#include "src/pg/settings.hpp"

namespace fkaudit::entry {

namespace {

std::span<model::enforcement const> judge_enforcement(model::arena& arena, asked_scope const& asked) {
    auto const judged = arena.array<model::enforcement>(asked.keys.size());
    for (std::size_t number = 0; number < judged.size(); ++number)
        judged[number] = audit::judge_enforcement(arena, asked.database, *asked.keys[number]);
    return judged;
}

std::span<audit::data_finding const> examine_data(pg::call& current, asked_scope const& asked) {
    auto& arena = current.arena();
    auto const verdicts = arena.array<check::verdict>(asked.keys.size());
    for (std::size_t number = 0; number < verdicts.size(); ++number) verdicts[number].key = asked.keys[number];
    count_rows(current, verdicts, [](std::span<check::verdict>) {});

    auto const found = arena.array<audit::data_finding>(verdicts.size());
    for (std::size_t number = 0; number < found.size(); ++number) {
        auto const& from = verdicts[number];
        found[number] = {.reason = to_text(from.why_not),
                         .detail = from.detail,
                         .example = pg::spi::print(arena, {from.example}),
                         .orphan_rows = from.orphan_rows,
                         .missing_keys = from.missing_keys,
                         .mixed_null_rows = from.mixed_null_rows,
                         .partial_null_rows = from.partial_null_rows,
                         .rows_checked = from.rows_checked};
    }
    return found;
}

}  // namespace

Datum findings(pg::call& current) {
    auto const check_data = current.boolean_argument(2);
    if (!check_data)
        throw model::error{"22004", "check_data must not be null", {}, "Pass true or false, or leave it out."};
    pg::result_set result(current);
    auto& arena = current.arena();
    auto const asked = load_asked(current, {.statistics = true});

    audit::evidence const facts{
        .database = asked.database,
        .keys = asked.keys,
        .enforcement = judge_enforcement(arena, asked),
        .data = *check_data ? examine_data(current, asked) : std::span<audit::data_finding const>(),
        .indexes = find_index_gaps(current, asked.database, asked.keys, false),
        .actions = find_action_risks(current, asked.database, asked.keys),
        .types = find_type_findings(current, asked.database, asked.keys),
        .surroundings = catalog::load_surroundings(arena, asked.database),
        .is_whole = asked.is_whole,
        .partitioned_not_valid = pg::accepts_not_valid_partitioned_keys,
    };
    audit::audit_run run(arena, facts);
    audit::judge(run, audit::rule_switches(pg::rules_setting()));

    auto const optional = [](std::string_view value) { return value.empty() ? std::nullopt : std::optional(value); };
    struct shown_finding {
        audit::finding const* of;
        std::string_view key;
    };
    auto const rows = arena.array<shown_finding>(run.findings.size());
    for (std::size_t number = 0; number < rows.size(); ++number)
        rows[number] = {&run.findings[number], audit::finding_key(arena, run.findings[number])};
    result.add_each(rows, [&](pg::row_builder& row, shown_finding const& shown) {
        auto const& one = *shown.of;
        row << to_text(one.grade) << one.by->name << (one.child != nullptr ? one.child->id : model::no_oid)
            << optional(one.constraint_name) << one.message << optional(one.remedy)
            << (one.key != nullptr ? one.key->parent->id : model::no_oid) << false << std::nullopt << shown.key;
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
