#include "src/report/graph.hpp"

#include <algorithm>
#include <tuple>

#include "src/plan/cycles.hpp"

namespace fkaudit::report {

namespace {

using model::relation;

bool by_id(relation const* a, relation const* b) { return a->id < b->id; }

/// The tables that have or are referenced by keys, by OID, and the keys with their ends as positions among them.
class whole {
public:
    struct link {
        model::constraint const* key;
        std::size_t child;
        std::size_t parent;
    };

    whole(model::arena& arena, model::database const& database, relation const* root) : tables_(arena), links_(arena) {
        for (auto const& key : database.constraints) {
            tables_.push_back(&database.root_of(*key.child));
            tables_.push_back(&database.root_of(*key.parent));
        }
        if (root != nullptr) tables_.push_back(root);
        std::sort(tables_.begin(), tables_.end(), by_id);
        tables_.erase(
            std::unique(tables_.begin(), tables_.end(), [](auto const* a, auto const* b) { return a->id == b->id; }),
            tables_.end());
        for (auto const& key : database.constraints)
            links_.push_back(
                {&key, position_of(database.root_of(*key.child)), position_of(database.root_of(*key.parent))});
    }

    std::span<relation const* const> tables() const { return {tables_.data(), tables_.size()}; }
    std::span<link const> links() const { return {links_.data(), links_.size()}; }
    std::size_t position_of(relation const& table) const {
        return static_cast<std::size_t>(std::lower_bound(tables_.begin(), tables_.end(), &table, by_id) -
                                        tables_.begin());
    }

private:
    model::vector<relation const*> tables_;
    model::vector<link> links_;
};

constexpr std::size_t far = SIZE_MAX;

/// Each table's distance from one of them along the keys, towards the children or towards the parents.
std::span<std::size_t> distances(model::arena& arena, whole const& all, std::size_t from, bool to_children) {
    auto const distance = arena.array<std::size_t>(all.tables().size());
    std::fill(distance.begin(), distance.end(), far);
    auto const near_end = [&](whole::link const& one) { return to_children ? one.parent : one.child; };
    auto const sorted = arena.array<whole::link>(all.links().size());
    std::copy(all.links().begin(), all.links().end(), sorted.begin());
    std::stable_sort(sorted.begin(), sorted.end(),
                     [&](auto const& a, auto const& b) { return near_end(a) < near_end(b); });
    model::vector<std::size_t> queue(arena);
    queue.push_back(from);
    distance[from] = 0;
    for (std::size_t next = 0; next < queue.size(); ++next) {
        auto const at = queue[next];
        auto place = std::lower_bound(sorted.begin(), sorted.end(), at,
                                      [&](auto const& one, std::size_t wanted) { return near_end(one) < wanted; });
        for (; place != sorted.end() && near_end(*place) == at; ++place) {
            auto const other = to_children ? place->child : place->parent;
            if (distance[other] != far) continue;
            distance[other] = distance[at] + 1;
            queue.push_back(other);
        }
    }
    return distance;
}

auto name_order(relation const& one) { return std::tuple(one.schema.name, one.name.name, one.id); }

/// The positions of the tables to show; with a root the nearest ones, and how many are left out.
struct choice {
    model::vector<std::size_t> tables;
    std::size_t left_out = 0;
};

choice choose(model::arena& arena, whole const& all, relation const* root) {
    choice chosen{model::vector<std::size_t>(arena)};
    if (root == nullptr) {
        for (std::size_t number = 0; number < all.tables().size(); ++number) chosen.tables.push_back(number);
    } else {
        auto const down = distances(arena, all, all.position_of(*root), true);
        auto const up = distances(arena, all, all.position_of(*root), false);
        for (std::size_t number = 0; number < down.size(); ++number) {
            down[number] = std::min(down[number], up[number]);
            if (down[number] != far) chosen.tables.push_back(number);
        }
        auto const order = [&](std::size_t number) {
            return std::tuple(down[number], name_order(*all.tables()[number]));
        };
        std::sort(chosen.tables.begin(), chosen.tables.end(),
                  [&](std::size_t a, std::size_t b) { return order(a) < order(b); });
        if (chosen.tables.size() > most_tables) {
            chosen.left_out = chosen.tables.size() - most_tables;
            chosen.tables.erase(chosen.tables.begin() + static_cast<std::ptrdiff_t>(most_tables), chosen.tables.end());
        }
    }
    std::sort(chosen.tables.begin(), chosen.tables.end(), [&](std::size_t a, std::size_t b) {
        return name_order(*all.tables()[a]) < name_order(*all.tables()[b]);
    });
    return chosen;
}

}  // namespace

graph make_graph(model::arena& arena, model::database const& database, std::span<key_state const> states,
                 relation const* root) {
    if (root != nullptr) root = &database.root_of(*root);
    whole const all(arena, database, root);
    auto const chosen = choose(arena, all, root);
    auto const cycle_of = arena.array<std::size_t>(all.tables().size());
    auto const cycles = plan::find_cycles(arena, database);

    graph made{.root = root, .left_out = chosen.left_out};
    auto const shown = arena.array<std::size_t>(all.tables().size());
    for (std::size_t number = 0; number < chosen.tables.size(); ++number) shown[chosen.tables[number]] = number + 1;
    for (auto const& one : cycles) {
        // A cycle of which the picture shows a part only is none there.
        auto const is_shown = [&](relation const* table) { return shown[all.position_of(*table)] != 0; };
        if (!std::all_of(one.tables.begin(), one.tables.end(), is_shown)) continue;
        ++made.cycles;
        for (auto const* const table : one.tables) cycle_of[all.position_of(*table)] = made.cycles;
    }

    auto const nodes = arena.array<graph_node>(chosen.tables.size());
    for (std::size_t number = 0; number < nodes.size(); ++number) {
        nodes[number] = {all.tables()[chosen.tables[number]], cycle_of[chosen.tables[number]]};
        made.has_many_schemas |= nodes[number].table->schema != nodes[0].table->schema;
    }
    model::vector<graph_edge> edges(arena);
    for (std::size_t number = 0; number < all.links().size(); ++number) {
        auto const& one = all.links()[number];
        if (shown[one.child] == 0 || shown[one.parent] == 0) continue;
        bool const in_cycle =
            one.child != one.parent && cycle_of[one.child] == cycle_of[one.parent] && one.key->is_enforced;
        edges.push_back({one.key, shown[one.child] - 1, shown[one.parent] - 1, in_cycle ? cycle_of[one.child] : 0,
                         states.empty() ? key_state{} : states[number]});
    }
    made.nodes = nodes;
    made.edges = arena.copy(std::span<graph_edge const>(edges.data(), edges.size()));
    return made;
}

}  // namespace fkaudit::report
