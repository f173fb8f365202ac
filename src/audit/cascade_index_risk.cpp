#include "src/audit/cascade_index_risk.hpp"

#include "src/audit/index_priority.hpp"

namespace fkaudit::audit {

namespace {

using text = std::string_view;

struct unindexed_key {
    model::constraint const* key = nullptr;
    std::span<plan::search_condition const> conditions{};
    index_coverage coverage{};
    plan::index_ddl ddl{};
    bool has_ddl = false;
};

void plan_indexes(action_audit& audit, std::span<unindexed_key> found, plan::server_traits server,
                  plan::index_names& names) {
    for (std::size_t number = 0; number < found.size(); ++number) {
        auto& one = found[number];
        if (one.has_ddl) continue;
        model::vector<unindexed_key*> alike(audit.arena);
        for (auto& other : found.subspan(number)) {
            if (other.key->child != one.key->child) break;
            if (plan::search_alike(*one.key, one.conditions, *other.key, other.conditions)) alike.push_back(&other);
        }
        auto const ddl = plan::make_index_ddl(audit.arena, audit.database, *one.key, one.conditions, server, names,
                                              alike.size() > 1);
        for (auto* const other : alike) {
            other->ddl = ddl;
            other->has_ddl = true;
        }
    }
}

text describe(model::arena& arena, unindexed_key const& one, index_urgency const& urgency) {
    auto detail = arena.concat("ON DELETE ", keyword(one.key->on_delete), " searches ", one.key->child->qualified,
                               " at every delete in ", one.key->parent->qualified, ", but ", one.coverage.reason);
    for (auto const note : {one.ddl.obstacle, urgency.note})
        if (!note.empty() && detail.find(note) == text::npos) detail = arena.concat(detail, "; ", note);
    return detail;
}

}  // namespace

void judge_cascade_unindexed(action_audit& audit, std::span<model::constraint const* const> keys,
                             plan::server_traits server, plan::index_names& names) {
    auto& arena = audit.arena;
    model::vector<unindexed_key> found(arena);
    for (auto const* const key : keys) {
        if (!key->is_enforced || !plan::acts(key->on_delete)) continue;
        unindexed_key one{.key = key};
        one.conditions = plan::search_conditions(arena, audit.database, *key, server);
        one.coverage = judge_coverage(arena, audit.database, *key, one.conditions, server);
        if (one.coverage.verdict != index_verdict::covered) found.push_back(one);
    }
    plan_indexes(audit, {found.data(), found.size()}, server, names);
    for (auto const& one : found) {
        auto const urgency = judge_urgency(arena, *one.key, one.coverage);
        bool const matters = urgency.priority == index_priority::high || urgency.priority == index_priority::medium;
        audit.report(*one.key, risk::cascade_unindexed, matters ? severity::warning : severity::info,
                     describe(arena, one, urgency), one.ddl.statements);
    }
}

}  // namespace fkaudit::audit
