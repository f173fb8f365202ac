#include "src/catalog/scope.hpp"
#include "src/entry/entry.hpp"
#include "src/entry/repair_steps.hpp"
#include "src/entry/verdicts.hpp"
#include "src/pg/compat.hpp"

namespace fkaudit::entry {

namespace {

using text = std::string_view;

template <class T>
T require(std::optional<T> const& argument, text message, text hint) {
    if (!argument) throw model::error{"22004", message, {}, hint};
    return *argument;
}

struct asked {
    std::optional<plan::repair_way> way{};
    std::int64_t batch_rows = 0;
};

asked read_arguments(pg::call& current) {
    require(current.oid_argument(0), "child must not be null", "fk_check() lists the violated foreign keys.");
    require(current.name_argument(1), "constraint_name must not be null",
            "fk_check() lists the violated foreign keys.");
    auto& arena = current.arena();
    auto const strategy = require(current.text_argument(2), "strategy must not be null",
                                  "Use auto, delete, set null, quarantine or create parents.");
    auto const batch_rows =
        require(current.integer_argument(3), "batch_rows must not be null", "Pass a number, or leave it out.");
    if (batch_rows < 1)
        throw model::error{"22023", "batch_rows must be at least 1", arena.concat("It is ", batch_rows, ".")};
    return {plan::read_strategy(arena, strategy), batch_rows};
}

void say_sound(model::constraint const& key) {
    pg::guarded([&] {
        auto const size = [](text value) { return static_cast<int>(value.size()); };
        ereport(NOTICE,
                (errmsg("there is nothing to repair: no row violates foreign key \"%.*s\" of %.*s", size(key.name.name),
                        key.name.name.data(), size(key.child->qualified), key.child->qualified.data())));
    });
}

}  // namespace

void refuse_not_examined(model::arena& arena, check::verdict const& found) {
    using check::reason;
    auto const sqlstate = [&]() -> text {
        switch (found.why_not) {
            case reason::no_privilege:
            case reason::row_security: return "42501";
            case reason::lock_not_available: return "55P03";
            case reason::vanished: return "42704";
            case reason::unsupported: return "0A000";
            case reason::newer_than_snapshot: return "40001";
            default: return "55000";
        }
    }();
    auto const& key = *found.key;
    auto const name = found.is_declared()
                          ? arena.concat("foreign key \"", key.name.name, "\" of ", key.child->qualified)
                          : arena.concat("the foreign key from ", key.child->qualified, " to ", key.parent->qualified);
    throw model::error{sqlstate, arena.concat(name, " cannot be examined: ", to_text(found.why_not)), found.detail};
}

Datum repair_plan(pg::call& current) {
    auto& arena = current.arena();
    auto const wanted = read_arguments(current);
    pg::result_set result(current);
    auto const own = catalog::load_scope(current, 0, {.shards = true});
    for (auto const& damaged : own.damaged)
        throw model::error{"XX001",
                           arena.concat("the catalog entry of foreign key \"", damaged.name.name, "\" is damaged"),
                           damaged.damage};
    auto const whole = catalog::load(current, {});
    plan::validation_server const server{.partitioned_not_valid = pg::accepts_not_valid_partitioned_keys,
                                         .extension_schema = catalog::extension_schema(current)};
    std::int32_t number = 0;
    for (auto& found : list_verdicts(arena, own)) {
        auto const& key = *found.key;
        auto const way = wanted.way ? *wanted.way : plan::follow_action(key);
        auto const repair = plan_repair(current, {&found, &own, &whole}, way, wanted.batch_rows);
        if (!found.is_examined()) refuse_not_examined(arena, found);
        if (repair.empty()) say_sound(key);
        if (repair.empty()) continue;
        auto const emit = [&](std::span<plan::plan_step const> steps) {
            result.add_each(steps, [&](pg::row_builder& row, plan::plan_step const& one) {
                row << ++number << one.statement << one.affected_rows << one.detail;
            });
        };
        auto const steps =
            plan::plan_validation(arena, own, {&key, found.enforcement, true, found.orphan_rows, {}}, server);
        for (auto const& one : steps) emit(one.stands_for_repair ? repair : std::span(&one, 1));
    }
    return result.finish();
}

}  // namespace fkaudit::entry
