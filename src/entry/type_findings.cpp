#include "src/entry/type_findings.hpp"

#include "src/catalog/alterable_columns.hpp"

namespace fkaudit::entry {

namespace {

using audit::type_difference;
using catalog::alterable_column;

std::span<alterable_column const> find_altered(model::arena& arena, std::span<type_difference const> differences) {
    model::vector<catalog::column_reference> columns(arena);
    for (auto const& one : differences)
        if (one.altered != nullptr) columns.push_back({one.altered->id, one.column->number});
    return catalog::find_alterable_columns(arena, {columns.data(), columns.size()});
}

audit::type_finding make_finding(model::arena& arena, type_difference const& one,
                                 std::span<alterable_column const> altered) {
    auto const joined = [&](auto const&... part) { return arena.concat(one.detail, "; ", part...); };
    if (one.altered == nullptr) return {one, one.remedy.empty() ? one.detail : joined(one.remedy), {}};
    if (one.altered->distribution_column == one.column->number)
        return {one, joined(one.remedy, "; Citus refuses that, because rows find their shards by this column"), {}};
    for (auto const& place : altered) {
        if (place.column.relation != one.altered->id || place.column.number != one.column->number) continue;
        if (!place.obstacle.empty())
            return {one, joined(one.remedy, "; the server refuses that because of ", place.obstacle), {}};
        auto const where = place.table == one.altered->qualified
                               ? std::string_view()
                               : arena.concat(", by a change of ", place.table, ", from which it has the column");
        return {one, joined(one.remedy, where),
                arena.concat("ALTER TABLE ", place.table, " ALTER COLUMN ", one.column->name.quoted, " TYPE ",
                             one.new_type, ";")};
    }
    return {one, joined(one.remedy), {}};
}

}  // namespace

std::span<audit::type_finding const> find_type_findings(pg::call& current, model::database const& database,
                                                        std::span<model::constraint const* const> keys) {
    auto& arena = current.arena();
    model::vector<type_difference> differences(arena);
    audit::find_type_differences(arena, database, keys, differences);
    auto const altered = find_altered(arena, {differences.data(), differences.size()});
    auto const findings = arena.array<audit::type_finding>(differences.size());
    for (std::size_t number = 0; number < findings.size(); ++number)
        findings[number] = make_finding(arena, differences[number], altered);
    return findings;
}

}  // namespace fkaudit::entry
