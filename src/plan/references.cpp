#include "src/plan/references.hpp"

#include <algorithm>
#include <cstdint>
#include <tuple>

namespace fkaudit::plan {

namespace {

using model::oid;

/// A breadth-first walk from a parent to the keys that reference it.
class walk {
public:
    walk(model::arena& arena, model::database const& database) : arena_(arena), database_(database) {
        for (auto const& key : database.constraints) by_parent_.push_back(&key);
        std::stable_sort(by_parent_.begin(), by_parent_.end(),
                         [](auto const* a, auto const* b) { return a->parent->id < b->parent->id; });
    }

    std::span<reference const> run(oid parent, bool recursive) {
        oid const start[] = {parent};
        step(0, parent, arena_.copy(std::span<oid const>(start)));
        for (std::size_t begin = 0; begin < found_.size();) {
            // What one step after the other found at this depth goes into the order of the result before the next depth,
            // so that a tie between paths is always broken in the same way.
            auto const end = found_.size();
            std::sort(found_.begin() + static_cast<std::ptrdiff_t>(begin), found_.end(),
                      [](reference const& a, reference const& b) { return a.key < b.key; });
            if (!recursive) break;
            for (; begin < end; ++begin) {
                auto const from = found_[begin];
                step(from.depth, from.key->child->id, from.path);
            }
        }
        return arena_.copy(std::span<reference const>(found_.data(), found_.size()));
    }

private:
    /// Adds the keys that reference the rows of a table and are not found yet.
    void step(std::int32_t depth, oid table, std::span<oid const> path) {
        auto const* const relation = database_.find_relation(table);
        if (relation == nullptr) return;
        add_keys_of(*relation, depth, path);
        for (auto const* above = partition_parent(*relation); above != nullptr; above = partition_parent(*above))
            add_keys_of(*above, depth, path);
        add_partitions(*relation, depth, path);
    }

    model::relation const* partition_parent(model::relation const& one) const {
        return one.is_partition && !one.parents.empty() ? database_.find_relation(one.parents.front()) : nullptr;
    }

    void add_partitions(model::relation const& above, std::int32_t depth, std::span<oid const> path) {
        if (!above.is_partitioned()) return;
        for (oid const id : above.children)
            if (auto const* const partition = database_.find_relation(id)) {
                add_keys_of(*partition, depth, path);
                add_partitions(*partition, depth, path);
            }
    }

    void add_keys_of(model::relation const& parent, std::int32_t depth, std::span<oid const> path) {
        auto place = std::lower_bound(by_parent_.begin(), by_parent_.end(), parent.id,
                                      [](auto const* key, oid id) { return key->parent->id < id; });
        for (; place != by_parent_.end() && (*place)->parent->id == parent.id; ++place) {
            auto& seen = seen_[static_cast<std::size_t>(*place - database_.constraints.data())];
            if (seen) continue;
            seen = true;
            auto const longer = arena_.array<oid>(path.size() + 1);
            std::copy(path.begin(), path.end(), longer.begin());
            longer.back() = (*place)->child->id;
            found_.push_back({depth + 1, *place, longer});
        }
    }

    model::arena& arena_;
    model::database const& database_;
    model::vector<model::constraint const*> by_parent_{arena_};
    std::span<bool> seen_{arena_.array<bool>(database_.constraints.size())};
    model::vector<reference> found_{arena_};
};

}  // namespace

std::span<reference const> find_references(model::arena& arena, model::database const& database, oid parent,
                                           bool recursive) {
    return walk(arena, database).run(parent, recursive);
}

}  // namespace fkaudit::plan
