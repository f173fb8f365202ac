#include "src/catalog/scope.hpp"
#include "src/entry/entry.hpp"
#include "src/entry/verdicts.hpp"
#include "src/pg/compat.hpp"
#include "src/plan/validation.hpp"

namespace fkaudit::entry {

Datum validate_plan(pg::call& current) {
    pg::result_set result(current);
    auto& arena = current.arena();
    auto const database = catalog::load_scope(current, 0, {.shards = true});
    plan::validation_server const server{.partitioned_not_valid = pg::accepts_not_valid_partitioned_keys,
                                         .extension_schema = catalog::extension_schema(current)};
    bool any = false;
    count_rows(current, list_verdicts(arena, database), [&](std::span<check::verdict> group) {
        for (auto const& found : group) {
            auto const& key = *found.key;
            auto const why_not = found.detail.empty() ? to_text(found.why_not)
                                                      : arena.concat(to_text(found.why_not), ": ", found.detail);
            auto const steps = plan::plan_validation(
                arena, database, {&key, found.enforcement, found.is_examined(), found.orphan_rows, why_not}, server);
            any = any || !steps.empty() || !found.is_examined();
            if (steps.empty() && !found.is_examined()) warn_not_examined(current, found);
            result.add_each(steps, [&](pg::row_builder& row, plan::plan_step const& one) {
                row << static_cast<std::int32_t>(&one - steps.data()) + 1 << key.child->id << key.name << one.statement
                    << one.lock_mode << one.blocking << one.detail;
            });
        }
    });
    if (!any && !database.constraints.empty())
        pg::guarded([&] {
            ereport(NOTICE,
                    (errmsg("there is nothing to do: the keys are enforced and valid, and no row violates them")));
        });
    return result.finish();
}

}  // namespace fkaudit::entry
