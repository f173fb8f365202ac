#include "src/entry/action_risks.hpp"
#include "src/entry/asked_keys.hpp"
#include "src/entry/entry.hpp"
#include "src/pg/result_set.hpp"

namespace fkaudit::entry {

Datum risky_actions(pg::call& current) {
    pg::result_set result(current);
    auto const asked = load_asked(current, {.statistics = true, .shards = true});
    auto const risks = find_action_risks(current, asked.database, asked.keys);

    auto const optional = [](std::string_view value) { return value.empty() ? std::nullopt : std::optional(value); };
    result.add_each(risks, [&](pg::row_builder& row, audit::action_risk const& one) {
        auto const& key = *one.key;
        row << key.child->id << key.name << to_text(one.grade) << to_text(one.what) << to_text(key.on_delete)
            << to_text(key.on_update) << one.detail << key.parent->id << optional(one.ddl) << key.id;
    });
    return result.finish();
}

}  // namespace fkaudit::entry
