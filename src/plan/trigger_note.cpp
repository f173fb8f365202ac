#include "src/plan/trigger_note.hpp"

#include <algorithm>

namespace fkaudit::plan {

namespace {

/// Of an UPDATE OF other columns, nothing is to be said.
bool fires(model::user_trigger const& one, repair_way way, model::relation const& table, model::constraint const* key) {
    if (one.enabled != 'O' && one.enabled != 'A') return false;
    if (way == repair_way::create_parents) return one.on_insert;
    if (way == repair_way::remove || way == repair_way::set_aside) return one.on_delete;
    if (!one.on_update) return false;
    if (one.columns.empty() || &table != key->child) return true;
    auto const written = repaired_columns(*key, way);
    return std::any_of(one.columns.begin(), one.columns.end(), [&](std::int16_t column) {
        return std::find(written.begin(), written.end(), column) != written.end();
    });
}

bool rewrites(model::instead_rule const& one, repair_way way) {
    if (way == repair_way::create_parents) return false;
    return one.on_delete == (way == repair_way::remove || way == repair_way::set_aside);
}

}  // namespace

void trigger_note::append(std::string_view& list, model::relation const& table, model::identifier const& name) {
    list = arena_.concat(list, list.empty() ? "" : ", ", name.quoted, " of ", table.qualified);
}

void trigger_note::add(model::database const& database, model::surroundings const& around, model::relation const& table,
                       repair_way way, model::constraint const* key) {
    if (std::find(tables_.begin(), tables_.end(), table.id) != tables_.end()) return;
    if (database.find_relation(table.id) == nullptr) return;
    tables_.push_back(table.id);
    auto const is_of_table = [&](model::oid id) -> model::relation const* {
        auto const* const one = database.find_relation(id);
        if (one == nullptr) return nullptr;
        return one->id == table.id ||
                       (table.is_partitioned() && database.root_of(*one).id == database.root_of(table).id)
                   ? one
                   : nullptr;
    };
    for (auto const& one : around.triggers)
        if (auto const* const at = is_of_table(one.relation); at != nullptr && fires(one, way, *at, key))
            append(one.is_before_row ? keeps_ : fires_, *at, one.name);
    for (auto const& one : around.instead_rules)
        if (auto const* const at = is_of_table(one.relation); at != nullptr && rewrites(one, way))
            append(keeps_, *at, one.name);
}

std::string_view trigger_note::finish() const {
    auto const fire = fires_.empty() ? std::string_view() : arena_.concat("triggers fire: ", fires_);
    if (keeps_.empty()) return fire;
    return arena_.concat(fire, fire.empty() ? "" : "; ",
                         "these may keep or change rows, and the statement then raises an error: ", keeps_);
}

}  // namespace fkaudit::plan
