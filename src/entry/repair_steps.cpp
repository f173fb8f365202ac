#include "src/entry/repair_steps.hpp"

#include "src/catalog/index_names.hpp"
#include "src/catalog/surroundings.hpp"
#include "src/check/default_lookup.hpp"
#include "src/check/examination.hpp"
#include "src/check/sql_engine.hpp"
#include "src/entry/row_finder.hpp"
#include "src/pg/function_gate.hpp"
#include "src/pg/spi.hpp"
#include "src/plan/column_default.hpp"
#include "src/plan/trigger_note.hpp"

namespace fkaudit::entry {

namespace {

using plan::repair_way;
using text = std::string_view;

class repair_task final : public check::task {
public:
    repair_task(row_finder& rows, check::verdict& found, repair_way way) : rows_(rows), found_(found), way_(way) {}

    check::purpose what() const noexcept override { return check::purpose::query; }

    void run(check::engine&, std::span<check::work_item>) override {
        found_.orphan_rows = rows_.find_orphans();
        if (found_.orphan_rows == 0) return;
        // Other tables are read from here on, whose owners the examination of the key did not ask about.
        model::oid const reader[] = {pg::guarded([] { return GetUserId(); })};
        pg::function_gate const gate{reader};
        if (way_ == repair_way::create_parents) return rows_.find_stubs();
        if (way_ == repair_way::remove || way_ == repair_way::set_aside)
            rows_.find_dependents();
        else
            rows_.refuse_referenced(plan::repaired_columns(*found_.key, way_));
        sets = rows_.sets();
    }

    std::span<plan::row_set const> sets{};

private:
    row_finder& rows_;
    check::verdict& found_;
    repair_way way_;
};

[[noreturn]] void refuse_default(model::arena& arena, model::constraint const& key, text why) {
    throw model::error{"55000", arena.concat("SET DEFAULT cannot repair foreign key \"", key.name.name, '"'), why,
                       "Use the strategy quarantine, delete, set null or create parents."};
}

/// SET DEFAULT is for defaults that are stored constants and have a parent; those that are all NULL set NULL.
void judge_defaults(pg::call& current, repair_scope const& scope) {
    auto& arena = current.arena();
    auto const& key = *scope.found->key;
    model::vector<model::default_value> values(arena);
    bool any_null = false;
    for (auto const number : plan::repaired_columns(key, repair_way::set_default)) {
        auto const& column = *key.child->find_column(number);
        auto const found = plan::find_default(*scope.own, column);
        if (found.kind == plan::default_kind::sequence || found.kind == plan::default_kind::unevaluated)
            refuse_default(arena, key,
                           arena.concat("The default of column ", column.name.quoted,
                                        " is no stored constant: only running it would show whether it has a parent."));
        if (found.kind == plan::default_kind::null)
            any_null = true;
        else
            values.push_back({&column, found.value});
    }
    if (any_null && (values.empty() || key.match != model::match_type::full)) return;
    if (any_null)
        refuse_default(arena, key, "The defaults of its columns are NULL in part, which MATCH FULL does not allow.");

    model::default_key const wanted{&key,
                                    arena.copy(std::span<model::default_value const>(values.data(), values.size()))};
    if (!wanted.is_whole())
        refuse_default(arena, key, "It sets some of the key's columns only, so that each row has a parent of its own.");
    check::default_lookup lookup{wanted, check::reason::none, {}, false};
    check::look_up(current, {&lookup, 1});
    if (lookup.why_not != check::reason::none)
        refuse_default(arena, key,
                       arena.concat("The parent of the default could not be looked up: ",
                                    lookup.detail.empty() ? to_text(lookup.why_not) : lookup.detail, "."));
    if (!lookup.exists)
        refuse_default(arena, key, arena.concat("No row of ", key.parent->qualified, " has the default as its key."));
}

text owner_name(model::arena& arena, model::relation const& table) {
    auto const found = pg::spi::select<pg::spi::row<model::identifier>>(
        arena, "SELECT pg_get_userbyid(r.relowner) FROM pg_class r WHERE r.oid = $1", table.id);
    return found.empty() ? text("CURRENT_USER") : std::get<0>(found[0]).quoted;
}

std::span<plan::quarantine const> name_quarantines(pg::call& current, std::span<plan::row_set const> sets) {
    auto& arena = current.arena();
    catalog::free_names names(arena);
    model::vector<plan::quarantine> made(arena);
    for (auto const& one : sets) {
        if (one.rows == 0) continue;
        bool const is_there = std::any_of(
            made.begin(), made.end(), [&](plan::quarantine const& other) { return other.table->id == one.table->id; });
        if (!is_there)
            made.push_back({one.table, names.choose(*one.table, {}, "orphans"), owner_name(arena, *one.table)});
    }
    return arena.copy(std::span<plan::quarantine const>(made.data(), made.size()));
}

text note_triggers(pg::call& current, repair_scope const& scope, plan::repair const& wanted) {
    auto& arena = current.arena();
    plan::trigger_note note(arena);
    for (auto const* const database : {scope.own, scope.whole}) {
        auto const around = catalog::load_surroundings(arena, *database);
        for (auto const& set : wanted.sets) note.add(*database, around, *set.table, wanted.way, wanted.key);
        for (auto const& set : wanted.stubs) note.add(*database, around, *set.key->parent, wanted.way, wanted.key);
        if (scope.own == scope.whole) break;
    }
    return note.finish();
}

}  // namespace

std::span<plan::plan_step const> plan_repair(pg::call& current, repair_scope const& scope, repair_way way,
                                             std::int64_t batch_rows) {
    auto& arena = current.arena();
    auto& found = *scope.found;
    row_finder rows(current, scope, batch_rows);
    repair_task work(rows, found, way);
    check::set_check_settings();
    check::examine(current, {&found, 1}, work);
    if (!found.is_examined() || found.orphan_rows == 0) return {};
    plan::refuse_way(arena, *scope.own, *found.key, way);
    if (way == repair_way::set_default) judge_defaults(current, scope);

    plan::repair wanted{.key = found.key,
                        .way = way,
                        .sets = work.sets,
                        .stubs = rows.stubs(),
                        .side_effects = rows.side_effects(),
                        .batch_rows = batch_rows};
    if (way == repair_way::set_aside) wanted.quarantines = name_quarantines(current, work.sets);
    wanted.triggers = note_triggers(current, scope, wanted);
    return plan::plan_repair(arena, wanted);
}

}  // namespace fkaudit::entry
