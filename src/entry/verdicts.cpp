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

std::string_view join_details(model::arena& arena, std::string_view first, std::string_view second) {
    if (first.empty() || second.empty()) return first.empty() ? second : first;
    return arena.concat(first, "; ", second);
}

std::string_view full_detail(model::arena& arena, check::verdict const& found) {
    return found.is_examined() ? join_details(arena, found.detail, found.enforcement.detail) : found.detail;
}

void end_counted(pg::check_progress& progress, std::span<check::verdict const> group) {
    std::int64_t orphans = 0;
    for (auto const& found : group) orphans += found.orphan_rows;
    progress.end_child(group.size(), orphans);
}

void warn_not_examined(pg::call& current, check::verdict const& found) {
    auto& arena = current.arena();
    auto const& key = *found.key;
    auto const name = found.is_declared()
                          ? arena.concat("foreign key \"", key.name.name, "\" of ", key.child->qualified)
                          : arena.concat("the foreign key from ", key.child->qualified, " to ", key.parent->qualified);
    auto const why = to_text(found.why_not);
    pg::guarded([&] {
        auto const size = [](std::string_view text) { return static_cast<int>(text.size()); };
        ereport(WARNING, (errcode(ERRCODE_WARNING),
                          errmsg("%.*s was not examined: %.*s", size(name), name.data(), size(why), why.data()),
                          errdetail_internal("%.*s", size(found.detail), found.detail.data())));
    });
}

}  // namespace fkaudit::entry
