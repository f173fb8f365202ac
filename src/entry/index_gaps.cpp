#include "src/entry/index_gaps.hpp"

#include "src/entry/this_server.hpp"

namespace fkaudit::entry {

namespace {

using audit::index_gap;

index_gap judge(model::arena& arena, model::database const& database, model::constraint const& key) {
    index_gap one{.key = &key};
    one.conditions = plan::search_conditions(arena, database, key, this_server);
    one.coverage = audit::judge_coverage(arena, database, key, one.conditions, this_server);
    one.urgency = audit::judge_urgency(arena, key, one.coverage);
    return one;
}

std::string_view full_reason(model::arena& arena, index_gap const& one, std::string_view obstacle) {
    auto reason = one.coverage.reason;
    for (auto const note : {obstacle, one.urgency.note})
        if (!note.empty() && reason.find(note) == std::string_view::npos)
            reason = reason.empty() ? note : arena.concat(reason, "; ", note);
    return reason;
}

/// Keys of one child that one index serves get the same statements, which then can be run once for each.
void plan_ddl(model::arena& arena, model::database const& database, std::span<index_gap> gaps) {
    catalog_names names(arena);
    auto const is_planned = arena.array<bool>(gaps.size());
    for (std::size_t number = 0; number < gaps.size(); ++number) {
        auto& one = gaps[number];
        if (one.coverage.verdict == audit::index_verdict::covered) one.reason = full_reason(arena, one, {});
        if (is_planned[number] || one.coverage.verdict == audit::index_verdict::covered) continue;
        model::vector<std::size_t> alike(arena);
        for (auto other = number; other < gaps.size() && gaps[other].key->child == one.key->child; ++other)
            if (plan::search_alike(*one.key, one.conditions, *gaps[other].key, gaps[other].conditions))
                alike.push_back(other);
        auto const ddl =
            plan::make_index_ddl(arena, database, *one.key, one.conditions, this_server, names, alike.size() > 1);
        for (auto const other : alike) {
            gaps[other].ddl = ddl.statements;
            gaps[other].reason = full_reason(arena, gaps[other], ddl.obstacle);
            is_planned[other] = true;
        }
    }
}

}  // namespace

std::span<index_gap const> find_index_gaps(pg::call& current, model::database const& database,
                                           std::span<model::constraint const* const> keys, bool include_covered) {
    auto& arena = current.arena();
    model::vector<index_gap> found(arena);
    for (auto const* const key : keys) {
        auto const one = judge(arena, database, *key);
        if (include_covered || one.coverage.verdict != audit::index_verdict::covered) found.push_back(one);
    }
    auto const gaps = arena.array<index_gap>(found.size());
    std::copy(found.begin(), found.end(), gaps.begin());
    plan_ddl(arena, database, gaps);
    return gaps;
}

}  // namespace fkaudit::entry
