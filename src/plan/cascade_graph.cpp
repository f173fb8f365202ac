#include "src/plan/cascade_graph.hpp"

#include <algorithm>
#include <cstdint>

namespace fkaudit::plan {

namespace {

using model::constraint;
using model::relation;

/// Whether the key refers to one of the columns that were written in a table: by name where it refers to another
/// partition of the same table, whose columns have other numbers.
bool refers_to(constraint const& key, relation const& table, std::span<std::int16_t const> columns) {
    for (auto const number : columns) {
        auto const* const written = table.find_column(number);
        if (written == nullptr) continue;
        for (std::size_t position = 0; position < key.parent_columns.size(); ++position) {
            auto const& referenced = key.parent_column(position);
            if (key.parent == &table ? referenced.number == number : referenced.name == written->name) return true;
        }
    }
    return false;
}

}  // namespace

std::span<std::int16_t const> written_columns(constraint const& key, row_event event) noexcept {
    bool const listed = event == row_event::deleted && key.on_delete != model::action::cascade;
    return listed && !key.delete_set_columns.empty() ? key.delete_set_columns : key.child_columns;
}

cascade_graph::cascade_graph(model::arena& arena, model::database const& database)
    : arena_(arena),
      database_(database) {
    auto const by_id = [](relation const* a, relation const* b) { return a->id < b->id; };
    for (auto const& key : database.constraints) {
        if (!key.is_enforced) continue;
        tables_.push_back(&database.root_of(*key.child));
        tables_.push_back(&database.root_of(*key.parent));
        by_parent_.push_back(&key);
    }
    std::sort(tables_.begin(), tables_.end(), by_id);
    tables_.erase(std::unique(tables_.begin(), tables_.end()), tables_.end());
    for (auto const& key : database.constraints) ends_.push_back({position_of(*key.child), position_of(*key.parent)});
    seen_in_.assign(tables_.size() + 2 * database.constraints.size(), 0);

    std::stable_sort(by_parent_.begin(), by_parent_.end(),
                     [&](constraint const* a, constraint const* b) { return parent_of(*a) < parent_of(*b); });
    std::size_t next_key = 0;
    for (std::size_t table = 0; table <= tables_.size(); ++table) {
        while (next_key < by_parent_.size() && parent_of(*by_parent_[next_key]) < table) ++next_key;
        first_of_.push_back(next_key);
    }
}

std::size_t cascade_graph::position_of(relation const& table) const noexcept {
    auto const& root = database_.root_of(table);
    auto const place = std::lower_bound(tables_.begin(), tables_.end(), &root,
                                        [](relation const* a, relation const* b) { return a->id < b->id; });
    if (place == tables_.end() || (*place)->id != root.id) return tables_.size();
    return static_cast<std::size_t>(place - tables_.begin());
}

cascade_graph::keys cascade_graph::referencing(std::size_t table) const noexcept {
    return {by_parent_.data() + first_of_[table], first_of_[table + 1] - first_of_[table]};
}

void cascade_graph::delete_from(std::size_t from, reach& into) const {
    into.rounds.resize(tables_.size(), never);
    into.by.resize(tables_.size(), nullptr);
    for (auto const table : into.tables) {
        into.rounds[table] = never;
        into.by[table] = nullptr;
    }
    into.tables.clear();
    into.rounds[from] = 0;
    into.tables.push_back(from);
    for (std::size_t turn = 0; turn < into.tables.size(); ++turn) {
        auto const table = into.tables[turn];
        for (auto const* const key : referencing(table)) {
            auto const child = child_of(*key);
            if (key->on_delete != model::action::cascade || into.rounds[child] != never) continue;
            into.rounds[child] = into.rounds[table] + 1;
            into.by[child] = key;
            into.tables.push_back(child);
        }
    }
}

bool cascade_graph::leads_over(reach const& found, std::size_t to, std::size_t over) const noexcept {
    for (auto at = to; at != over; at = parent_of(*found.by[at]))
        if (found.by[at] == nullptr) return false;
    return true;
}

cascade_graph::keys cascade_graph::path_to(reach const& found, std::size_t to) const {
    auto const path = arena_.array<constraint const*>(found.rounds[to]);
    for (auto at = to; found.by[at] != nullptr; at = parent_of(*found.by[at]))
        path[found.rounds[at] - 1] = found.by[at];
    return path;
}

std::size_t cascade_graph::writing(constraint const& key, row_event event) const noexcept {
    return tables_.size() + 2 * number_of(key) + (event == row_event::deleted ? 0 : 1);
}

/// What the key's action does to the child.
std::size_t cascade_graph::next(constraint const& key, row_event event) const noexcept {
    bool const deletes = event == row_event::deleted && key.on_delete == model::action::cascade;
    return deletes ? child_of(key) : writing(key, event);
}

/// Each key that what happens at a node concerns, and the event that it is for its parent.
template <class Each>
void cascade_graph::each_key(std::size_t node, Each each) const {
    if (node < tables_.size()) {
        for (auto const* const key : referencing(node)) each(*key, row_event::deleted);
        return;
    }
    auto const& writer = database_.constraints[(node - tables_.size()) / 2];
    auto const event = (node - tables_.size()) % 2 == 0 ? row_event::deleted : row_event::key_updated;
    auto const columns = written_columns(writer, event);
    for (auto const* const key : referencing(child_of(writer)))
        if (refers_to(*key, *writer.child, columns)) each(*key, row_event::key_updated);
}

cascade_graph::spread cascade_graph::spread_of(constraint const& first, row_event event) const {
    spread found(arena_);
    if (!first.is_enforced || !acts(action_on(first, event))) return found;
    auto& visits = found.visits_;
    ++walk_;
    visits.push_back({0, 0, nullptr, 0});
    visits.push_back({next(first, event), 0, &first, 1});
    seen_in_[visits.back().node] = walk_;
    for (std::size_t turn = 1; turn < visits.size(); ++turn) {
        auto const now = visits[turn];
        each_key(now.node, [&](constraint const& key, row_event what) {
            if (!acts(action_on(key, what))) {
                found.refusals_.push_back({&key, now.round, what == row_event::deleted, turn});
                return;
            }
            auto const node = next(key, what);
            if (seen_in_[node] == walk_) return;
            seen_in_[node] = walk_;
            visits.push_back({node, turn, &key, now.round + 1});
        });
    }
    return found;
}

cascade_graph::keys cascade_graph::path_to(spread const& found, refusal const& end) const {
    auto const path = arena_.array<constraint const*>(end.round + 1);
    path[end.round] = end.key;
    for (auto at = end.after; found.visits_[at].via != nullptr; at = found.visits_[at].before)
        path[found.visits_[at].round - 1] = found.visits_[at].via;
    return path;
}

}  // namespace fkaudit::plan
