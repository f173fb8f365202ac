#include "src/entry/asked_keys.hpp"

#include "src/catalog/scope.hpp"

namespace fkaudit::entry {

asked_scope load_asked(pg::call& current, catalog::scope const& whole) {
    auto& arena = current.arena();
    asked_scope asked;
    if (!current.name_argument(1)) asked.child = current.oid_argument(0);
    asked.is_whole = !current.oid_argument(0) && !current.name_argument(1);
    auto const scope = catalog::load_scope(current, 0, asked.is_whole ? whole : catalog::scope());
    asked.database = asked.is_whole ? scope : catalog::load(current, whole);

    model::vector<model::oid> ids(arena);
    for (auto const& key : scope.constraints) ids.push_back(key.id);
    std::sort(ids.begin(), ids.end());
    model::vector<model::constraint const*> keys(arena);
    for (auto const& key : asked.database.constraints)
        if (std::binary_search(ids.begin(), ids.end(), key.id)) keys.push_back(&key);
    asked.keys = arena.copy(std::span<model::constraint const* const>(keys.data(), keys.size()));
    return asked;
}

asked_scope load_everything(pg::call& current) {
    asked_scope asked{.database = catalog::load(current, {.statistics = true, .shards = true})};
    auto const keys = current.arena().array<model::constraint const*>(asked.database.constraints.size());
    for (std::size_t number = 0; number < keys.size(); ++number) keys[number] = &asked.database.constraints[number];
    asked.keys = keys;
    return asked;
}

}  // namespace fkaudit::entry
