#include "src/plan/row_triggers.hpp"

#include <algorithm>
#include <tuple>

namespace fkaudit::plan {

namespace {

/// Of one constraint row's triggers of one side: the first made and the second.
struct trigger_pair {
    model::constraint_trigger const* first = nullptr;
    model::constraint_trigger const* second = nullptr;
};

trigger_pair find_pair(model::constraint_row const& row, bool is_check) {
    trigger_pair found;
    for (auto const& one : row.triggers) {
        if (one.is_check != is_check) continue;
        if (found.first == nullptr || one.id < found.first->id) {
            found.second = found.first;
            found.first = &one;
        } else if (found.second == nullptr || one.id < found.second->id) {
            found.second = &one;
        }
    }
    return found;
}

}  // namespace

model::vector<row_trigger> list_row_triggers(model::arena& arena, model::database const& database) {
    model::vector<row_trigger> all(arena);
    for (auto const& key : database.constraints) {
        if (!key.is_enforced) continue;
        auto const add = [&](model::constraint_trigger const* one, bool on_delete) {
            if (one == nullptr || (one->enabled != 'O' && one->enabled != 'A')) return;
            all.push_back({one->relation, one->name.name, &key, one->is_check, on_delete, one->initially_deferred});
        };
        for (auto const& row : key.rows) {
            auto const actions = find_pair(row, false), checks = find_pair(row, true);
            add(actions.first, true);
            add(actions.second, false);
            add(checks.second, false);
        }
    }
    std::stable_sort(all.begin(), all.end(), [](row_trigger const& a, row_trigger const& b) {
        return std::tie(a.table, a.name) < std::tie(b.table, b.name);
    });
    return all;
}

}  // namespace fkaudit::plan
