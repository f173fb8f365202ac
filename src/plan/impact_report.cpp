#include "src/plan/impact_report.hpp"

#include <algorithm>
#include <tuple>

namespace fkaudit::plan {

namespace {

using model::action;
using text = std::string_view;

/// Rows that end alike.
struct group {
    path_node const* node = nullptr;
    impact_outcome outcome = impact_outcome::deleted;
    text why{};
    std::optional<std::int64_t> rows{};
};

class groups {
public:
    explicit groups(model::arena& arena) : groups_(arena) {}

    void add(group const& one) {
        // Rows that follow each other mostly end alike.
        if (last_ < groups_.size() && is_same(groups_[last_], one)) return count(groups_[last_], one);
        auto const known =
            std::find_if(groups_.begin(), groups_.end(), [&](group const& other) { return is_same(other, one); });
        last_ = static_cast<std::size_t>(known - groups_.begin());
        known != groups_.end() ? count(*known, one) : groups_.push_back(one);
    }

    std::span<group const> all() const { return {groups_.data(), groups_.size()}; }

private:
    static bool is_same(group const& a, group const& b) {
        return std::tie(a.node, a.outcome, a.why) == std::tie(b.node, b.outcome, b.why) &&
               a.rows.has_value() == b.rows.has_value();
    }
    static void count(group& into, group const& one) {
        if (into.rows) *into.rows += *one.rows;
    }

    model::vector<group> groups_;
    std::size_t last_ = 0;
};

/// What would become of rows that a key concerns.
impact_outcome expected_outcome(model::constraint const& key, row_event event) {
    switch (action_on(key, event)) {
        case action::set_null: return impact_outcome::set_null;
        case action::set_default: return impact_outcome::set_default;
        case action::cascade: return event == row_event::deleted ? impact_outcome::deleted : impact_outcome::updated;
        default: return impact_outcome::blocked;
    }
}

/// The tables from the parent to the end of a way; the ways above it take the beginning of the same, because ways can
/// be as long as a table has rows.
void write_tables(model::arena& arena, path_node const& end) {
    if (!end.tables.empty()) return;
    auto const tables = arena.array<model::oid>(static_cast<std::size_t>(end.depth) + 1);
    for (auto const* at = &end; at != nullptr; at = at->up) {
        auto const place = static_cast<std::size_t>(at->depth);
        tables[place] = at->table->id;
        at->tables = tables.first(place + 1);
    }
}
void write_tables(model::arena& arena, std::span<group const> groups) {
    model::vector<path_node const*> ends(arena);
    for (auto const& one : groups) ends.push_back(one.node);
    std::sort(ends.begin(), ends.end(), [](auto const* a, auto const* b) { return a->depth > b->depth; });
    for (auto const* const end : ends) write_tables(arena, *end);
}

}  // namespace

std::string_view to_text(impact_outcome value) noexcept {
    switch (value) {
        case impact_outcome::updated: return "updated";
        case impact_outcome::set_default: return "set default";
        case impact_outcome::set_null: return "set null";
        case impact_outcome::deleted: return "deleted";
        case impact_outcome::refused: return "refused";
        case impact_outcome::blocked: return "blocked";
    }
    return "";
}

std::span<impact const> report_impact(model::arena& arena, path_node const& root, row_event event,
                                      std::span<followed_row const> rows, std::span<unread_rows const> unread) {
    groups found(arena);
    found.add({&root, event == row_event::deleted ? impact_outcome::deleted : impact_outcome::updated, {}, 0});
    for (auto const& row : rows)
        if (row.outcome) found.add({row.node, *row.outcome, row.why, 1});
    for (auto const& one : unread)
        found.add({one.node, expected_outcome(*one.node->key, one.event), arena.concat("not counted: ", one.why), {}});

    write_tables(arena, found.all());
    auto const all = arena.array<impact>(found.all().size());
    std::transform(found.all().begin(), found.all().end(), all.begin(), [](group const& one) -> impact {
        return {one.node->depth, one.node->table, one.outcome, one.rows, one.node->key, one.why, one.node->tables};
    });
    std::stable_sort(all.begin(), all.end(), [](impact const& a, impact const& b) {
        auto const order = [](impact const& one) {
            return std::tuple(one.depth, one.table->schema.name, one.table->name.name,
                              one.key != nullptr ? one.key->name.name : text(), one.outcome);
        };
        return order(a) < order(b);
    });
    return all;
}

}  // namespace fkaudit::plan
