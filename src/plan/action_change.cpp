#include "src/plan/action_change.hpp"

#include <algorithm>

#include "src/plan/cluster_rules.hpp"
#include "src/plan/literal.hpp"

namespace fkaudit::plan {

namespace {

using model::action;
using model::constraint;
using text = std::string_view;

bool writes_default(action value) noexcept { return value == action::set_null || value == action::set_default; }

bool same_actions(key_actions const& a, key_actions const& b) {
    return a.on_delete == b.on_delete && a.on_update == b.on_update &&
           std::equal(a.delete_set_columns.begin(), a.delete_set_columns.end(), b.delete_set_columns.begin(),
                      b.delete_set_columns.end());
}

class planner {
public:
    planner(model::arena& arena, key_state const& state, action_change const& wanted, change_surroundings const& around,
            validation_server const& server)
        : arena_(arena),
          state_(state),
          key_(*state.key),
          wanted_(wanted),
          around_(around),
          server_(server),
          steps_(arena) {}

    std::span<plan_step const> plan() {
        if (!same_actions(wanted_.actions, actions_of(key_)))
            replace();
        else if (wanted_.is_deferrable != key_.is_deferrable || wanted_.initially_deferred != key_.initially_deferred)
            is_altered_in_shards(key_) ? replace() : alter();
        return arena_.copy(std::span<plan_step const>(steps_.data(), steps_.size()));
    }

private:
    text both_tables() const {
        return key_.child == key_.parent ? key_.child->qualified
                                         : arena_.concat(key_.child->qualified, ", ", key_.parent->qualified);
    }
    text partitions_too() const {
        return key_.child->is_partitioned() || key_.parent->is_partitioned() ? " and partitions" : "";
    }
    text table() const { return arena_.concat("ALTER TABLE ", key_.child->qualified); }
    bool is_read_at_once() const {
        return key_.is_enforced && key_.child->is_partitioned() && !server_.partitioned_not_valid;
    }

    void add(text statement, text lock_mode, text detail) { steps_.push_back({statement, lock_mode, {}, detail}); }

    void alter() {
        auto const how = !wanted_.is_deferrable       ? text(" NOT DEFERRABLE")
                         : wanted_.initially_deferred ? text(" DEFERRABLE INITIALLY DEFERRED")
                                                      : text(" DEFERRABLE INITIALLY IMMEDIATE");
        add(arena_.concat(table(), " ALTER CONSTRAINT ", key_.name.quoted, how, ';'),
            arena_.concat("ACCESS EXCLUSIVE on ", key_.child->qualified,
                          key_.child->is_partitioned() ? " and partitions" : ""),
            arena_.concat(
                "changes the key in place, for a moment: no row is read; set lock_timeout before, so that it gives "
                "up where the lock is not free",
                what_waits()));
    }
    /// What deferrability does not change.
    text what_waits() const {
        auto const is_immediate = [](action value) { return value != action::no_action; };
        if (!wanted_.is_deferrable) return {};
        bool const on_delete = is_immediate(key_.on_delete), on_update = is_immediate(key_.on_update);
        if (!on_delete && !on_update) return {};
        return arena_.concat("; ", on_delete ? arena_.concat("ON DELETE ", keyword(key_.on_delete)) : text(),
                             on_delete && on_update ? " and " : "",
                             on_update ? arena_.concat("ON UPDATE ", keyword(key_.on_update)) : text(), " still happen",
                             on_delete && on_update ? "" : "s", " at once: only checks can wait");
    }

    void replace() {
        if (is_read_at_once()) show_orphans();
        add("BEGIN;", {}, "the key is replaced in one transaction: nobody sees the tables without it");
        if (is_altered_in_shards(key_))
            add("SET LOCAL citus.propagate_set_commands = 'local';", {},
                "lets the next statement reach the nodes of the shards, too");
        add("SET LOCAL lock_timeout = '3s';", {},
            "gives up where the locks are not free, instead of letting all others wait behind it: COMMIT then undoes the "
            "transaction, and the plan can be run again");
        auto const locks = arena_.concat("ACCESS EXCLUSIVE on ", both_tables(), partitions_too(),
                                         is_altered_in_shards(key_) ? " and their shards" : "");
        auto const drop = arena_.concat(table(), " DROP CONSTRAINT ", key_.name.quoted);
        auto const make = arena_.concat(" ADD CONSTRAINT ", key_.name.quoted, ' ', define(arena_, replacement()), ';');
        if (is_altered_in_shards(key_)) {
            add(arena_.concat(drop, ';'), locks,
                "reads and writes wait until COMMIT; Citus alters no constraint, and takes each change in a statement of "
                "its own");
            add(arena_.concat(table(), make), locks, describe_replacement());
        } else {
            add(arena_.concat(drop, ",", make), locks, describe_replacement());
        }
        if (!around_.comment.empty())
            add(arena_.concat("COMMENT ON CONSTRAINT ", key_.name.quoted, " ON ", key_.child->qualified, " IS ",
                              literal(arena_, around_.comment), ';'),
                {}, "the comment went with the old key");
        add("COMMIT;", {}, "frees the locks");
        if (!key_.is_enforced || !key_.is_validated || is_read_at_once()) return;
        show_orphans();
        auto const parent = key_.child == key_.parent
                                ? text()
                                : arena_.concat("; ROW SHARE on ", key_.parent->qualified, partitions_too());
        add(arena_.concat(table(), " VALIDATE CONSTRAINT ", key_.name.quoted, ';'),
            arena_.concat("SHARE UPDATE EXCLUSIVE on ", key_.child->qualified, parent),
            "calls the key valid again: reads all rows of the child, while reads and writes go on");
    }

    constraint replacement() const {
        auto changed = key_;
        changed.on_delete = wanted_.actions.on_delete;
        changed.on_update = wanted_.actions.on_update;
        changed.delete_set_columns =
            writes_default(changed.on_delete) ? wanted_.actions.delete_set_columns : std::span<std::int16_t const>();
        changed.is_deferrable = wanted_.is_deferrable;
        changed.initially_deferred = wanted_.initially_deferred;
        changed.is_validated = is_read_at_once();
        return changed;
    }

    text describe_replacement() const {
        auto detail =
            is_read_at_once()
                ? text(
                      "reads and writes of these tables wait until COMMIT, while all rows are read: this server can add no "
                      "key of a partitioned table as NOT VALID, so that lock_timeout does not bound it")
            : !key_.is_enforced
                ? text(
                      "reads and writes of these tables wait until COMMIT, for a moment: no row is read, "
                      "and the key stays NOT ENFORCED")
            : !key_.is_validated
                ? text(
                      "reads and writes of these tables wait until COMMIT, for a moment: no row is read, "
                      "and the key stays NOT VALID")
                : text("reads and writes of these tables wait until COMMIT, for a moment: no row is read");
        if (state_.enforcement.state == model::enforcement_state::bypassed)
            detail = arena_.concat(detail, "; the new key has all of its triggers, and they are enabled");
        for (auto const warning : around_.warnings) detail = arena_.concat(detail, "; warning: ", warning);
        return detail;
    }

    void show_orphans() {
        if (state_.is_examined && state_.orphan_rows == 0) return;
        auto const detail =
            state_.is_examined
                ? arena_.concat(state_.orphan_rows, state_.orphan_rows == 1 ? " row has" : " rows have",
                                " no parent, and must be repaired before ",
                                is_read_at_once() ? "the key can be replaced" : "the key can be valid again")
                : arena_.concat("the rows were not examined (", state_.why_not,
                                "): repair what this lists before going on");
        add(arena_.concat("SELECT * FROM ", server_.extension_schema, ".fk_orphans(",
                          regclass_literal(arena_, *key_.child), ", ", literal(arena_, key_.name.name), ");"),
            arena_.concat("ACCESS SHARE on ", both_tables(), partitions_too()), detail);
    }

    model::arena& arena_;
    key_state const& state_;
    constraint const& key_;
    action_change const& wanted_;
    change_surroundings const& around_;
    validation_server const& server_;
    model::vector<plan_step> steps_;
};

/// tablecmds.c: ATAddForeignKeyConstraint, of the columns that are generated.
bool has_generated(constraint const& key, std::span<std::int16_t const> numbers) {
    return std::any_of(numbers.begin(), numbers.end(), [&](std::int16_t number) {
        auto const* const column = key.child->find_column(number);
        return column != nullptr && column->generated != '\0';
    });
}

}  // namespace

action_change change_nothing(constraint const& key) noexcept {
    return {actions_of(key), key.is_deferrable, key.initially_deferred};
}

change_refusal find_refusal(constraint const& key, action_change const& wanted) {
    auto const& actions = wanted.actions;
    bool const changes_delete = actions.on_delete != key.on_delete, changes_update = actions.on_update != key.on_update;
    if (key.is_temporal && ((changes_delete && actions.on_delete != action::no_action) ||
                            (changes_update && actions.on_update != action::no_action)))
        return {"0A000", "a foreign key with PERIOD can have no other action than NO ACTION", {}};
    if (!has_generated(key, key.child_columns)) return {};
    if (changes_delete && writes_default(actions.on_delete))
        return {
            "42601", "invalid ON DELETE action for foreign key constraint containing generated column",
            "A generated column can be neither NULL nor its default by an action; CASCADE, RESTRICT and NO ACTION write "
            "none."};
    if (changes_update && (writes_default(actions.on_update) || actions.on_update == action::cascade))
        return {"42601", "invalid ON UPDATE action for foreign key constraint containing generated column",
                "A generated column cannot follow its parent; RESTRICT and NO ACTION write none."};
    return {};
}

std::span<plan_step const> plan_action_change(model::arena& arena, key_state const& state, action_change const& wanted,
                                              change_surroundings const& around, validation_server const& server) {
    return planner(arena, state, wanted, around, server).plan();
}

}  // namespace fkaudit::plan
