#include "src/plan/validation.hpp"

#include <algorithm>

#include "src/plan/cluster_rules.hpp"
#include "src/plan/literal.hpp"

namespace fkaudit::plan {

namespace {

using model::constraint_row;
using model::enforcement_state;
using text = std::string_view;

class planner {
public:
    planner(model::arena& arena, model::database const& database, key_state const& state,
            validation_server const& server)
        : arena_(arena),
          database_(database),
          state_(state),
          key_(*state.key),
          server_(server),
          steps_(arena) {}

    std::span<plan_step const> plan() {
        auto const state = state_.enforcement.state;
        if (state == enforcement_state::enforced && state_.orphan_rows == 0 && state_.enforcement.is_known) return {};
        bool const replaces = state == enforcement_state::not_enforced ||
                              (state == enforcement_state::bypassed &&
                               (state_.enforcement.has_missing_triggers || state_.enforcement.shards.is_broken));
        if (!state_.enforcement.is_known) {
            look_at_shards();
            if (state == enforcement_state::enforced && state_.is_examined && state_.orphan_rows == 0) return finish();
        }
        if (replaces && is_checked_at_once()) {
            repair_orphans();
            replace();
        } else if (replaces) {
            replace();
            repair_orphans();
            validate(*key_.child, key_.name);
        } else {
            if (state == enforcement_state::bypassed) enable_triggers();
            repair_orphans();
            if (!validate_rows()) check();
        }
        return finish();
    }

private:
    std::span<plan_step const> finish() const {
        return arena_.copy(std::span<plan_step const>(steps_.data(), steps_.size()));
    }

    bool is_checked_at_once() const { return key_.child->is_partitioned() && !server_.partitioned_not_valid; }

    text both_tables() const {
        return key_.child == key_.parent ? key_.child->qualified
                                         : arena_.concat(key_.child->qualified, ", ", key_.parent->qualified);
    }
    text partitions_too() const {
        return key_.child->is_partitioned() || key_.parent->is_partitioned() ? " and partitions" : "";
    }

    /// A table's triggers in one statement. ONLY: a partitioned table would enable its partitions' triggers along with its
    /// own, and those that are to be enabled there have a statement of their own.
    void enable_triggers() {
        model::vector<model::oid> done(arena_);
        for (auto const& row : key_.rows)
            for (auto const& trigger : row.triggers) {
                auto const* const table = database_.find_relation(trigger.relation);
                if (!is_disabled(trigger) || table == nullptr) continue;
                if (std::find(done.begin(), done.end(), table->id) != done.end()) continue;
                done.push_back(table->id);
                enable_triggers_of(*table);
            }
        if (state_.enforcement.shards.idle_checks) enable_triggers_of_shards(*key_.child);
        if (state_.enforcement.shards.idle_actors) enable_triggers_of_shards(*key_.parent);
    }
    static bool is_disabled(model::constraint_trigger const& one) { return one.enabled == 'D' || one.enabled == 'R'; }

    void enable_triggers_of(model::relation const& table) {
        text list;
        for (auto const& row : key_.rows)
            for (auto const& trigger : row.triggers)
                if (trigger.relation == table.id && is_disabled(trigger))
                    list = arena_.concat(list, list.empty() ? "" : ",", " ENABLE TRIGGER ", trigger.name.quoted);
        steps_.push_back(
            {table.is_spread() ? alter_declaration(arena_, table, list)
                               : arena_.concat("ALTER TABLE ONLY ", table.qualified, list, ';'),
             arena_.concat("SHARE ROW EXCLUSIVE on ", table.qualified), "writes wait, for a moment; reads go on",
             table.is_spread()
                 ? "brings the coordinator's own triggers into line, which shards do not have: Citus takes "
                   "no trigger by its name there; only a superuser may"
                 : "lets the key's own triggers check writes again; only a superuser may, because they are "
                   "system triggers"});
    }

    /// Citus sends no ENABLE TRIGGER to shards, and the names differ there.
    void enable_triggers_of_shards(model::relation const& table) {
        steps_.push_back(
            {enable_shard_triggers(arena_, table),
             arena_.concat("SHARE ROW EXCLUSIVE on the shards of ", table.qualified),
             "writes wait, for a moment; reads go on",
             "enables every trigger of each copy of each shard; only a superuser may. A row without success "
             "tells what went wrong on its node"});
    }

    void look_at_shards() {
        steps_.push_back(
            {arena_.concat("SELECT * FROM ", server_.extension_schema, ".fk_constraints(",
                           regclass_literal(arena_, *key_.child), ", ", literal(arena_, key_.name.name), ");"),
             {},
             "nobody waits",
             arena_.concat("this plan is for what could be seen (", state_.enforcement.detail,
                           "): when this shows the shards as well, make it anew")});
    }

    void replace() {
        auto again = key_;
        again.is_enforced = true;
        again.is_validated = is_checked_at_once();
        bool const reads = again.is_validated;
        if (is_altered_in_shards(key_)) return replace_in_shards(again);
        steps_.push_back(
            {arena_.concat("ALTER TABLE ", key_.child->qualified, " DROP CONSTRAINT ", key_.name.quoted,
                           ", ADD CONSTRAINT ", key_.name.quoted, ' ', define(arena_, again), ';'),
             arena_.concat("ACCESS EXCLUSIVE on ", both_tables(), partitions_too()),
             reads ? "reads and writes wait while all rows are read"
                   : "reads and writes wait, for a moment: no row is read",
             arena_.concat("makes the key anew, with all of its triggers, in one statement",
                           reads ? "; this server can add no key of a partitioned table as NOT VALID, so that all rows "
                                   "are checked at once"
                                 : "; from here on writes are checked")});
    }

    /// IF EXISTS: shards may lack it.
    void replace_in_shards(model::constraint const& again) {
        auto const table = arena_.concat("ALTER TABLE ", key_.child->qualified);
        auto const locks = arena_.concat("ACCESS EXCLUSIVE on ", both_tables(), partitions_too(), " and their shards");
        steps_.push_back({"BEGIN;", {}, "nobody waits", "the key is replaced in one transaction, on all nodes"});
        steps_.push_back(
            {arena_.concat(table, " DROP CONSTRAINT IF EXISTS ", key_.name.quoted, ';'), locks,
             "reads and writes wait until COMMIT",
             "Citus takes each change in a statement of its own; IF EXISTS, because shards may lack the key"});
        steps_.push_back(
            {arena_.concat(table, " ADD CONSTRAINT ", key_.name.quoted, ' ', define(arena_, again), ';'), locks,
             again.is_validated ? text("reads and writes wait while all rows are read")
                                : text("reads and writes wait until COMMIT, for a moment: no row is read"),
             again.is_validated ? text("makes the key anew in every shard, with all of its triggers, and "
                                       "checks all rows: this server can add no key of a partitioned table "
                                       "as NOT VALID")
                                : text("makes the key anew in every shard, with all of its triggers; from "
                                       "here on writes are checked")});
        steps_.push_back({"COMMIT;", {}, "nobody waits", "frees the locks"});
    }

    void repair_orphans() {
        if (state_.is_examined && state_.orphan_rows == 0) return;
        if (state_.is_examined)
            call_function("fk_repair_plan",
                          arena_.concat(state_.orphan_rows, state_.orphan_rows == 1 ? " row has" : " rows have",
                                        " no parent: run the statements that this prints before the next step"));
        else
            call_function("fk_orphans", arena_.concat("the rows were not examined (", state_.why_not,
                                                      "): repair what this lists before the next step"));
        steps_.back().stands_for_repair = true;
    }

    /// What is not valid: the key, or, where it is called valid, single partitions of the child; false: nothing.
    bool validate_rows() {
        if (!key_.is_validated) {
            validate(*key_.child, key_.name);
            return true;
        }
        if (state_.enforcement.shards.not_valid) {
            validate_shards();
            return true;
        }
        bool any = false;
        for (auto const& row : key_.rows) {
            auto const* const table = database_.find_relation(row.child);
            if (row.is_validated || row.side != constraint_row::origin::referencing || table == nullptr) continue;
            validate(*table, row.name);
            any = true;
        }
        return any;
    }

    void validate(model::relation const& table, model::identifier const& name) {
        auto const parent =
            &table == key_.parent ? text() : arena_.concat("; ROW SHARE on ", key_.parent->qualified, partitions_too());
        steps_.push_back({arena_.concat("ALTER TABLE ", table.qualified, " VALIDATE CONSTRAINT ", name.quoted, ';'),
                          arena_.concat("SHARE UPDATE EXCLUSIVE on ", table.qualified, parent),
                          arena_.concat("reads and writes go on; VACUUM, CREATE INDEX and ALTER TABLE of ",
                                        table.qualified, " wait while all of its rows are read"),
                          "checks the rows that are there, and calls the key valid"});
    }

    /// The coordinator's key is valid, and Citus sends the statement to all shards all the same.
    void validate_shards() {
        validate(*key_.child, key_.name);
        steps_.back().detail = "checks the rows of the shards whose key is NOT VALID";
    }

    void check() {
        call_function("fk_check",
                      state_.enforcement.state == enforcement_state::bypassed
                          ? "looks at every row: the catalog calls the key valid, so VALIDATE would look at none "
                            "of those that were written meanwhile"
                          : "looks at every row: the catalog calls the key valid, so VALIDATE would look at none");
    }

    void call_function(text name, text detail) {
        steps_.push_back(
            {arena_.concat("SELECT * FROM ", server_.extension_schema, '.', name, '(',
                           regclass_literal(arena_, *key_.child), ", ", literal(arena_, key_.name.name), ");"),
             arena_.concat("ACCESS SHARE on ", both_tables(), partitions_too()),
             "nobody waits but for DROP, TRUNCATE and most of ALTER TABLE", detail});
    }

    model::arena& arena_;
    model::database const& database_;
    key_state const& state_;
    model::constraint const& key_;
    validation_server const& server_;
    model::vector<plan_step> steps_;
};

}  // namespace

std::span<plan_step const> plan_validation(model::arena& arena, model::database const& database, key_state const& state,
                                           validation_server const& server) {
    return planner(arena, database, state, server).plan();
}

}  // namespace fkaudit::plan
