#include "src/entry/verdicts.hpp"

#include "src/audit/enforcement.hpp"

namespace fkaudit::entry {

std::span<check::verdict> list_verdicts(model::arena& arena, model::database const& database) {
    auto const verdicts = arena.array<check::verdict>(database.constraints.size());
    for (std::size_t number = 0; number < verdicts.size(); ++number) {
        auto const& key = database.constraints[number];
        verdicts[number].key = &key;
        if (key.id != model::no_oid) verdicts[number].enforcement = audit::judge_enforcement(arena, database, key);
    }
    return verdicts;
}

}  // namespace fkaudit::entry
