#include <algorithm>

#include "src/catalog/scope.hpp"
#include "src/entry/action_risks.hpp"
#include "src/entry/asked_keys.hpp"
#include "src/entry/entry.hpp"
#include "src/entry/table_facts.hpp"
#include "src/entry/verdicts.hpp"
#include "src/pg/compat.hpp"
#include "src/pg/result_set.hpp"
#include "src/pg/spi.hpp"
#include "src/plan/action_change.hpp"
#include "src/plan/cluster_rules.hpp"

namespace fkaudit::entry {

namespace {

using model::action;
using model::constraint;
using plan::action_change;
using text = std::string_view;

/// Upper case is as good.
text lower(model::arena& arena, text value) {
    auto const small = arena.array<char>(value.size());
    std::transform(value.begin(), value.end(), small.begin(),
                   [](char one) { return one >= 'A' && one <= 'Z' ? static_cast<char>(one - 'A' + 'a') : one; });
    return {small.data(), small.size()};
}

action read_action(model::arena& arena, text value, char const* event) {
    auto const wanted = lower(arena, value);
    for (auto const one :
         {action::no_action, action::restrict_, action::cascade, action::set_null, action::set_default})
        if (wanted == to_text(one)) return one;
    throw model::error{"22023",
                       arena.concat("there is no ", event, " action \"", value, '"'),
                       {},
                       "The actions are no action, restrict, cascade, set null and set default."};
}

void read_deferrability(model::arena& arena, text value, action_change& into) {
    auto const wanted = lower(arena, value);
    if (wanted != "not deferrable" && wanted != "deferrable" && wanted != "initially deferred")
        throw model::error{"22023",
                           arena.concat("there is no deferrability \"", value, '"'),
                           {},
                           "A key is not deferrable, deferrable or initially deferred."};
    into.is_deferrable = wanted != "not deferrable";
    into.initially_deferred = wanted == "initially deferred";
}

void require_arguments(pg::call& current) {
    if (current.oid_argument(0) && current.name_argument(1)) return;
    throw model::error{
        "22004",
        current.oid_argument(0) ? "the constraint's name must not be null" : "the child table must not be null",
        {},
        "Name one foreign key: SELECT * FROM fk_action_plan('a_table', 'its_key', 'cascade')."};
}

action_change read_change(pg::call& current, constraint const& key) {
    auto& arena = current.arena();
    auto wanted = plan::change_nothing(key);
    if (auto const value = current.text_argument(2)) wanted.actions.on_delete = read_action(arena, *value, "ON DELETE");
    if (auto const value = current.text_argument(3)) wanted.actions.on_update = read_action(arena, *value, "ON UPDATE");
    if (auto const value = current.text_argument(4)) read_deferrability(arena, *value, wanted);
    if (wanted.actions.on_delete != action::set_null && wanted.actions.on_delete != action::set_default)
        wanted.actions.delete_set_columns = {};
    return wanted;
}

text load_comment(pg::call& current, constraint const& key) {
    auto const found = pg::spi::select<pg::spi::row<std::optional<text>>>(
        current.arena(), "SELECT obj_description($1, 'pg_constraint')", key.id);
    return std::get<0>(found[0]).value_or(text());
}

/// What the new actions meet, judged as if the key had them.
class surroundings {
public:
    surroundings(pg::call& current, model::database const& database, constraint const& key, action_change const& wanted)
        : current_(current),
          arena_(current.arena()),
          database_(database),
          key_(key),
          wanted_(wanted),
          found_(arena_) {}

    std::span<text const> find() {
        auto const [changed, all] = change_database();
        bool const deletes = wanted_.actions.on_delete != key_.on_delete;
        for (auto const& one : find_action_risks(current_, changed, {&all, 1}))
            if (one.what != audit::risk::no_action_default) found_.push_back(one.detail);
        if (deletes && wanted_.actions.on_delete == action::cascade) follow_deletes(changed);
        name_triggers(deletes);
        return arena_.copy(std::span<text const>(found_.data(), found_.size()));
    }

private:
    struct changed_database {
        model::database database;
        constraint const* key;
    };
    changed_database change_database() const {
        auto const keys = arena_.copy(database_.constraints);
        auto const changed = arena_.array<constraint>(keys.size());
        std::copy(keys.begin(), keys.end(), changed.begin());
        auto& own = changed[static_cast<std::size_t>(&key_ - database_.constraints.data())];
        own.on_delete = wanted_.actions.on_delete;
        own.on_update = wanted_.actions.on_update;
        own.delete_set_columns = wanted_.actions.delete_set_columns;
        auto database = database_;
        database.constraints = changed;
        return {database, &own};
    }

    /// Where a cascade goes on to.
    void follow_deletes(model::database const& changed) {
        plan::cascade_graph const graph(arena_, changed);
        plan::cascade_graph::reach reached(arena_);
        auto const child = graph.position_of(database_.root_of(*key_.child));
        if (child == graph.tables().size()) return;
        graph.delete_from(child, reached);
        if (reached.tables.size() < 2) return;
        constexpr std::size_t shown = 5;
        auto const others = std::span<std::size_t const>(reached.tables.data(), reached.tables.size()).subspan(1);
        auto const names = arena_.join(others.first(std::min(others.size(), shown)), ", ",
                                       [&](std::size_t table) { return graph.tables()[table]->qualified; });
        found_.push_back(
            arena_.concat("deletes go on from ", key_.child->qualified, " to ", names,
                          others.size() > shown ? arena_.concat(" and ", others.size() - shown, " more") : text()));
    }

    void name_triggers(bool deletes) {
        bool const removes = deletes && wanted_.actions.on_delete == action::cascade;
        bool const changes = (deletes && plan::acts(wanted_.actions.on_delete) && !removes) ||
                             (wanted_.actions.on_update != key_.on_update && plan::acts(wanted_.actions.on_update));
        text names;
        for (auto const& fact : load_table_facts(current_, {&key_.child->id, 1}))
            if (fact.what != plan::table_fact::kind::partition_column &&
                ((removes && fact.on_delete) || (changes && fact.on_update)))
                names = names.empty() ? fact.name : arena_.concat(names, ", ", fact.name);
        if (!names.empty())
            found_.push_back(arena_.concat("triggers or rules of ", key_.child->qualified,
                                           " take part then, whatever they do: ", names));
    }

    pg::call& current_;
    model::arena& arena_;
    model::database const& database_;
    constraint const& key_;
    action_change const& wanted_;
    model::vector<text> found_;
};

/// The key with what is known of its enforcement, and of its rows where the plan has to read them all.
plan::key_state examine(pg::call& current, model::database const& database, constraint const& key) {
    auto& arena = current.arena();
    auto one = database;
    one.constraints = {&key, 1};
    auto const verdicts = list_verdicts(arena, one);
    if (key.is_enforced && key.is_validated) count_rows(current, verdicts, [](std::span<check::verdict>) {});
    auto const& found = verdicts[0];
    auto const why_not =
        found.detail.empty() ? to_text(found.why_not) : arena.concat(to_text(found.why_not), ": ", found.detail);
    return {&key, found.enforcement, found.is_examined(), found.orphan_rows, why_not};
}

/// A partition can have a key of its own of the same name as one that applies to it.
constraint const& choose_key(pg::call& current, asked_scope const& asked) {
    if (asked.keys.empty())
        throw model::error{"XX001", "the foreign key's catalog entry is damaged", {}, "fk_constraints() says how."};
    auto const child = current.oid_argument(0);
    auto const own = std::find_if(asked.keys.begin(), asked.keys.end(),
                                  [&](constraint const* one) { return one->child->id == *child; });
    return own != asked.keys.end() ? **own : *asked.keys[0];
}

bool changes_actions(constraint const& key, action_change const& wanted) {
    return wanted.actions.on_delete != key.on_delete || wanted.actions.on_update != key.on_update;
}

bool changes_deferral(constraint const& key, action_change const& wanted) {
    return wanted.is_deferrable != key.is_deferrable || wanted.initially_deferred != key.initially_deferred;
}

void refuse_in_shards(model::arena& arena, model::database const& database, constraint const& key,
                      action_change const& wanted) {
    auto changed = key;
    changed.on_delete = wanted.actions.on_delete;
    changed.on_update = wanted.actions.on_update;
    changed.delete_set_columns = wanted.actions.delete_set_columns;
    if (auto const obstacle = plan::find_cluster_obstacle(arena, database, changed); !obstacle.empty())
        throw model::error{
            "0A000", arena.concat("foreign key \"", key.name.name, "\" cannot be changed so"),
            arena.concat(obstacle, "."),
            "Use NO ACTION, RESTRICT or CASCADE for ON DELETE, and NO ACTION or RESTRICT for ON UPDATE."};
}

}  // namespace

Datum action_plan(pg::call& current) {
    pg::result_set result(current);
    auto& arena = current.arena();
    require_arguments(current);
    auto const asked = load_asked(current, {.statistics = true, .shards = true});
    auto const& key = choose_key(current, asked);
    auto const wanted = read_change(current, key);
    if (auto const refusal = plan::find_refusal(key, wanted); !refusal.message.empty())
        throw model::error{refusal.sqlstate, refusal.message, {}, refusal.hint};

    refuse_in_shards(arena, asked.database, key, wanted);

    plan::key_state state{.key = &key, .is_examined = true};
    plan::change_surroundings around;
    bool const replaces =
        changes_actions(key, wanted) || (plan::is_altered_in_shards(key) && changes_deferral(key, wanted));
    if (replaces) {
        around = {surroundings(current, asked.database, key, wanted).find(), load_comment(current, key)};
        state = examine(current, asked.database, key);
    }
    auto const steps = plan::plan_action_change(arena, state, wanted, around,
                                                {.partitioned_not_valid = pg::accepts_not_valid_partitioned_keys,
                                                 .extension_schema = catalog::extension_schema(current)});
    if (steps.empty())
        pg::guarded([&] { ereport(NOTICE, (errmsg("there is nothing to do: the key is already as it is to be"))); });
    result.add_each(steps, [&](pg::row_builder& row, plan::plan_step const& one) {
        row << static_cast<std::int32_t>(&one - steps.data()) + 1 << one.statement
            << (one.lock_mode.empty() ? std::nullopt : std::optional(one.lock_mode)) << one.detail;
    });
    return result.finish();
}

}  // namespace fkaudit::entry
