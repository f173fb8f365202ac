#include "src/entry/database_audit.hpp"

#include "src/audit/enforcement.hpp"
#include "src/catalog/surroundings.hpp"
#include "src/entry/action_risks.hpp"
#include "src/entry/candidate_search.hpp"
#include "src/entry/index_gaps.hpp"
#include "src/entry/suppressions.hpp"
#include "src/entry/type_findings.hpp"
#include "src/entry/verdicts.hpp"
#include "src/pg/compat.hpp"
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

/// A search through all tables, for a rule that is off by default.
std::span<audit::weighed_candidate const> search_candidates(pg::call& current, asked_scope const& asked,
                                                            bool check_data) {
    auto const* const rule = audit::find_rule("missing-foreign-key");
    bool const is_asked = asked.is_whole || asked.child;
    if (!is_asked || !audit::rule_switches(pg::rules_setting()).is_enabled(*rule)) return {};
    return find_candidates(current, {.child = asked.child, .check_data = check_data});
}

audit::evidence gather(pg::call& current, asked_scope const& asked, bool check_data) {
    auto& arena = current.arena();
    auto const data = check_data ? examine_data(current, asked) : std::span<audit::data_finding const>();
    return {
        .database = asked.database,
        .keys = asked.keys,
        .enforcement = judge_enforcement(arena, asked),
        .data = data,
        .indexes = find_index_gaps(current, asked.database, asked.keys, false),
        .actions = find_action_risks(current, asked.database, asked.keys),
        .types = find_type_findings(current, asked.database, asked.keys),
        .candidates = search_candidates(current, asked, check_data),
        .suppressions = load_suppressions(current),
        .surroundings = catalog::load_surroundings(arena, asked.database),
        .has_data = check_data,
        .is_whole = asked.is_whole,
        .partitioned_not_valid = pg::accepts_not_valid_partitioned_keys,
    };
}

}  // namespace

database_audit::database_audit(pg::call& current, asked_scope const& asked, bool check_data)
    : asked_(asked),
      facts_(gather(current, asked_, check_data)),
      run_(current.arena(), facts_) {
    audit::judge(run_, audit::rule_switches(pg::rules_setting()));
    not_examined_ = std::count_if(facts_.data.begin(), facts_.data.end(),
                                  [](audit::data_finding const& one) { return !one.reason.empty(); });
    examined_ = static_cast<std::int64_t>(asked_.keys.size()) - not_examined_;
    not_examined_ += static_cast<std::int64_t>(asked_.database.damaged.size());
}

bool require_flag(pg::call& current, int position, std::string_view name) {
    auto const value = current.boolean_argument(position);
    if (!value)
        throw model::error{
            "22004", current.arena().concat(name, " must not be null"), {}, "Pass true or false, or leave it out."};
    return *value;
}

}  // namespace fkaudit::entry
