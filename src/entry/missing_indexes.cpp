#include "src/audit/index_coverage.hpp"
#include "src/audit/index_priority.hpp"
#include "src/catalog/scope.hpp"
#include "src/entry/entry.hpp"
#include "src/entry/this_server.hpp"
#include "src/pg/result_set.hpp"

namespace fkaudit::entry {

namespace {

struct finding {
    model::constraint const* key = nullptr;
    std::span<model::identifier const> child_columns{};
    std::span<plan::search_condition const> conditions{};
    audit::index_coverage coverage{};
    audit::index_urgency urgency{};
    plan::index_ddl ddl{};
    bool has_ddl = false;
};

finding judge(model::arena& arena, model::database const& database, model::constraint const& key) {
    finding one{.key = &key};
    auto const columns = arena.array<model::identifier>(key.child_columns.size());
    for (std::size_t position = 0; position < columns.size(); ++position)
        columns[position] = key.child_column(position).name;
    one.child_columns = columns;
    one.conditions = plan::search_conditions(arena, database, key, this_server);
    one.coverage = audit::judge_coverage(arena, database, key, one.conditions, this_server);
    one.urgency = audit::judge_urgency(arena, key, one.coverage);
    return one;
}

/// Keys of one child that one index serves get the same statements, which then can be run once for each.
void plan_ddl(model::arena& arena, model::database const& database, std::span<finding> findings) {
    catalog_names names(arena);
    for (std::size_t number = 0; number < findings.size(); ++number) {
        auto& one = findings[number];
        if (one.has_ddl || one.coverage.verdict == audit::index_verdict::covered) continue;
        model::vector<finding*> alike(arena);
        for (auto& other : findings.subspan(number)) {
            if (other.key->child != one.key->child) break;
            if (plan::search_alike(*one.key, one.conditions, *other.key, other.conditions)) alike.push_back(&other);
        }
        auto const ddl = plan::make_index_ddl(arena, database, *one.key, one.conditions, names, alike.size() > 1);
        for (auto* const other : alike) {
            other->ddl = ddl;
            other->has_ddl = true;
        }
    }
}

std::string_view full_reason(model::arena& arena, finding const& one) {
    auto reason = one.coverage.reason;
    for (auto const note : {one.ddl.obstacle, one.urgency.note})
        if (!note.empty() && reason.find(note) == std::string_view::npos)
            reason = reason.empty() ? note : arena.concat(reason, "; ", note);
    return reason;
}

}  // namespace

Datum missing_indexes(pg::call& current) {
    auto const include_covered = current.boolean_argument(2);
    if (!include_covered)
        throw model::error{"22004", "include_covered must not be null", {}, "Pass true or false, or leave it out."};
    pg::result_set result(current);
    auto const database = catalog::load_scope(current, 0, true);
    auto& arena = current.arena();

    model::vector<finding> findings(arena);
    for (auto const& key : database.constraints) {
        auto const one = judge(arena, database, key);
        if (*include_covered || one.coverage.verdict != audit::index_verdict::covered) findings.push_back(one);
    }
    plan_ddl(arena, database, {findings.data(), findings.size()});

    struct row_texts {
        finding const* of;
        std::string_view reason;
    };
    auto const rows = arena.array<row_texts>(findings.size());
    for (std::size_t number = 0; number < rows.size(); ++number)
        rows[number] = {&findings[number], full_reason(arena, findings[number])};

    auto const optional = [](std::string_view value) { return value.empty() ? std::nullopt : std::optional(value); };
    result.add_each(rows, [&](pg::row_builder& row, row_texts const& texts) {
        auto const& one = *texts.of;
        auto const& child = *one.key->child;
        bool const is_measured = child.rows >= 0;
        row << child.id << one.child_columns << to_text(one.coverage.verdict) << to_text(one.urgency.priority)
            << (one.coverage.nearest != nullptr ? one.coverage.nearest->id : model::no_oid) << optional(texts.reason)
            << one.key->name << one.key->parent->id << (is_measured ? std::optional(child.rows) : std::nullopt)
            << (is_measured ? std::optional(child.bytes) : std::nullopt) << one.key->parent->deletes
            << one.key->parent->updates << optional(one.ddl.statements) << one.key->id;
    });
    return result.finish();
}

}  // namespace fkaudit::entry
