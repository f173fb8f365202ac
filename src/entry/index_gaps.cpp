#include "src/entry/index_gaps.hpp"

#include <algorithm>

#include "src/audit/shard_defects.hpp"
#include "src/entry/this_server.hpp"

namespace fkaudit::entry {

namespace {

using audit::index_gap;

/// The database without the indexes that shards lack.
model::database leave_out(model::arena& arena, model::database const& database,
                          std::span<audit::shard_defect const> defects) {
    auto const relations = arena.array<model::relation>(database.relations.size());
    std::copy(database.relations.begin(), database.relations.end(), relations.begin());
    for (auto& table : relations) {
        model::vector<model::index> kept(arena);
        for (auto const& index : table.indexes)
            if (std::none_of(defects.begin(), defects.end(), [&](audit::shard_defect const& one) {
                    return one.place->relation == table.id && one.index == index.name.name;
                }))
                kept.push_back(index);
        if (kept.size() < table.indexes.size())
            table.indexes = arena.copy(std::span<model::index const>(kept.data(), kept.size()));
    }
    auto without = database;
    without.relations = relations;
    return without;
}

/// An index that serves the key, and that shards of Citus lack, does not cover.
void judge_shards(model::arena& arena, model::database const& database, index_gap& one) {
    model::vector<audit::shard_defect> missing(arena);
    for (auto const& defect : audit::find_shard_defects(arena, database, *one.key))
        if (!defect.index.empty()) missing.push_back(defect);
    if (missing.empty()) return;
    std::span<audit::shard_defect const> const defects{missing.data(), missing.size()};
    auto const without = leave_out(arena, database, defects);
    auto key = *one.key;
    key.child = without.find_relation(key.child->id);
    key.parent = without.find_relation(key.parent->id);
    auto const left = audit::judge_coverage(arena, without, key, one.conditions, this_server);
    if (left.verdict == audit::index_verdict::covered) {
        one.coverage = left;
        return;
    }
    one.is_on_shards = true;
    one.coverage.verdict = audit::index_verdict::unusable;
    for (auto const fault : {audit::shard_fault::no_index, audit::shard_fault::bad_index}) {
        auto const described = audit::describe(arena, defects, fault);
        if (described.empty()) continue;
        auto const* const first = std::find_if(defects.data(), defects.data() + defects.size(),
                                               [&](auto const& defect) { return defect.fault == fault; });
        one.coverage.reason =
            arena.concat(one.coverage.reason, one.coverage.reason.empty() ? "" : "; ", first->index, ": ", described);
        auto const statement = audit::mend_indexes(arena, database, defects, fault);
        if (!statement.empty()) one.ddl = arena.concat(one.ddl, one.ddl.empty() ? "" : "\n", statement);
    }
}

index_gap judge(model::arena& arena, model::database const& database, model::constraint const& key) {
    index_gap one{.key = &key};
    one.conditions = plan::search_conditions(arena, database, key, this_server);
    one.coverage = audit::judge_coverage(arena, database, key, one.conditions, this_server);
    if (one.coverage.verdict == audit::index_verdict::covered) judge_shards(arena, database, one);
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
        if (one.coverage.verdict == audit::index_verdict::covered || one.is_on_shards)
            one.reason = full_reason(arena, one, {});
        if (one.is_on_shards) continue;
        if (is_planned[number] || one.coverage.verdict == audit::index_verdict::covered) continue;
        model::vector<std::size_t> alike(arena);
        for (auto other = number; other < gaps.size() && gaps[other].key->child == one.key->child; ++other)
            if (!gaps[other].is_on_shards &&
                plan::search_alike(*one.key, one.conditions, *gaps[other].key, gaps[other].conditions))
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
