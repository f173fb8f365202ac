#include "src/entry/key_records.hpp"

#include <algorithm>

#include "src/audit/enforcement.hpp"
#include "src/audit/key_snapshot.hpp"

namespace fkaudit::entry {

namespace {

using text = std::string_view;
using pg::spi::row;

constexpr char does_not_fire[] = {'D', 'R'};

int count_bypassed(model::arena& arena, model::database const& database, model::constraint const& key) {
    if (!key.is_enforced) return 0;
    int count = audit::judge_enforcement(arena, database, key).has_missing_triggers ? 1 : 0;
    for (auto const& row : key.rows)
        for (auto const& trigger : row.triggers)
            if (std::find(std::begin(does_not_fire), std::end(does_not_fire), trigger.enabled) !=
                std::end(does_not_fire))
                ++count;
    return count;
}

}  // namespace

std::span<audit::key_record> read_records(pg::call& current, pg::spi::jsonb list) {
    static pg::spi::kept_query query{R"(
SELECT coalesce(r.key ->> 'child', ''), coalesce(r.key ->> 'constraint_name', ''), coalesce(r.key ->> 'child_columns', ''),
       coalesce(r.key ->> 'parent', ''), coalesce(r.key ->> 'parent_columns', ''),
       coalesce(r.key ->> 'deferrability', ''), coalesce(r.key ->> 'validity', ''),
       coalesce(r.key ->> 'enforcement', ''), coalesce(r.key ->> 'triggers', ''), r.key::text
  FROM jsonb_array_elements($1) WITH ORDINALITY r(key, place)
 ORDER BY r.place)"};
    using columns = row<text, text, text, text, text, text, text, text, text, text>;
    auto& arena = current.arena();
    auto const rows = pg::spi::select<columns>(arena, query, list);
    auto const records = arena.array<audit::key_record>(rows.size());
    for (std::size_t number = 0; number < rows.size(); ++number) {
        auto& one = records[number];
        std::tie(one.child, one.constraint_name, one.child_columns, one.parent, one.parent_columns, one.deferrability,
                 one.validity, one.enforcement, one.triggers, one.whole) = rows[number];
    }
    return records;
}

std::span<audit::key_record const> current_records(pg::call& current, model::database const& database) {
    auto& arena = current.arena();
    model::vector<model::constraint const*> keys(arena);
    for (auto const& key : database.constraints)
        if (key.child->persistence != 't') keys.push_back(&key);
    auto const objects =
        arena.join(keys, ", ", [&](model::constraint const* key) { return audit::write_key(arena, database, *key); });
    auto const records = read_records(current, pg::spi::parse_json(arena, arena.concat('[', objects, ']')));
    for (std::size_t number = 0; number < keys.size(); ++number) {
        records[number].id = keys[number]->id;
        records[number].bypassed = count_bypassed(arena, database, *keys[number]);
    }
    return records;
}

}  // namespace fkaudit::entry
