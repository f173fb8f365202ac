#include "src/plan/cycles.hpp"

#include <boost/graph/compressed_sparse_row_graph.hpp>
#include <boost/graph/strong_components.hpp>

namespace fkaudit::plan {

namespace {

using model::constraint;
using model::relation;

/// The enforced keys between different tables, with their ends as positions.
struct edge {
    constraint const* key;
    std::size_t child;
    std::size_t parent;
};

class reference_graph {
public:
    reference_graph(model::arena& arena, model::database const& database) : tables_(arena), edges_(arena) {
        for (auto const& key : database.constraints) {
            if (!key.is_enforced) continue;
            tables_.push_back(&database.root_of(*key.child));
            tables_.push_back(&database.root_of(*key.parent));
        }
        std::sort(tables_.begin(), tables_.end(), by_id);
        tables_.erase(std::unique(tables_.begin(), tables_.end()), tables_.end());
        for (auto const& key : database.constraints) {
            if (!key.is_enforced) continue;
            edge const one{&key, position_of(database.root_of(*key.child)), position_of(database.root_of(*key.parent))};
            if (one.child != one.parent) edges_.push_back(one);
        }
    }

    /// Each table's component; returns their number.
    std::size_t number_components(model::vector<std::size_t>& component) const {
        using graph = boost::compressed_sparse_row_graph<boost::directedS>;
        model::vector<std::pair<std::size_t, std::size_t>> ends(edges_.get_stored_allocator());
        for (auto const& one : edges_) ends.push_back({one.child, one.parent});
        graph const references(boost::edges_are_unsorted_multi_pass, ends.begin(), ends.end(), tables_.size());
        return boost::strong_components(
            references, boost::make_iterator_property_map(component.begin(), get(boost::vertex_index, references)));
    }

    std::span<relation const* const> tables() const { return {tables_.data(), tables_.size()}; }
    std::span<edge const> edges() const { return {edges_.data(), edges_.size()}; }

private:
    static bool by_id(relation const* a, relation const* b) { return a->id < b->id; }
    std::size_t position_of(relation const& table) const {
        return static_cast<std::size_t>(std::lower_bound(tables_.begin(), tables_.end(), &table, by_id) -
                                        tables_.begin());
    }

    model::vector<relation const*> tables_;
    model::vector<edge> edges_;
};

/// The members of each group, in their order: `group_of` maps an item to its group, `value_of` to what is kept.
template <class Item, class Group, class Value>
auto collect(model::arena& arena, std::span<Item const> items, std::size_t groups, Group group_of, Value value_of) {
    using value = decltype(value_of(items[0]));
    auto const sizes = arena.array<std::size_t>(groups);
    for (auto const& item : items) ++sizes[group_of(item)];
    auto const lists = arena.array<std::span<value>>(groups);
    for (std::size_t number = 0; number < groups; ++number) {
        lists[number] = arena.array<value>(sizes[number]);
        sizes[number] = 0;
    }
    for (auto const& item : items) {
        auto const group = group_of(item);
        lists[group][sizes[group]++] = value_of(item);
    }
    return lists;
}

}  // namespace

std::span<cycle const> find_cycles(model::arena& arena, model::database const& database) {
    reference_graph const graph(arena, database);
    if (graph.edges().empty()) return {};
    model::vector<std::size_t> component(graph.tables().size(), arena);
    auto const components = graph.number_components(component);

    auto const positions = arena.array<std::size_t>(graph.tables().size());
    for (std::size_t number = 0; number < positions.size(); ++number) positions[number] = number;
    auto const tables = collect(
        arena, std::span<std::size_t const>(positions), components,
        [&](std::size_t position) { return component[position]; },
        [&](std::size_t position) { return graph.tables()[position]; });
    model::vector<edge> inner(arena);
    for (auto const& one : graph.edges())
        if (component[one.child] == component[one.parent]) inner.push_back(one);
    auto const keys = collect(
        arena, std::span<edge const>(inner.data(), inner.size()), components,
        [&](edge const& one) { return component[one.child]; }, [](edge const& one) { return one.key; });

    model::vector<cycle> found(arena);
    for (std::size_t number = 0; number < components; ++number)
        if (tables[number].size() > 1) found.push_back({tables[number], keys[number]});
    // Keys lie in one array, in the database's order.
    std::sort(found.begin(), found.end(), [](cycle const& a, cycle const& b) { return a.keys[0] < b.keys[0]; });
    return arena.copy(std::span<cycle const>(found.data(), found.size()));
}

}  // namespace fkaudit::plan
