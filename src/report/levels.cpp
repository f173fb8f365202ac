#include "src/report/levels.hpp"

#include <algorithm>

namespace fkaudit::report {

namespace {

/// The boxes one after the other, parents first where that can be.
std::span<std::size_t const> order_boxes(model::arena& arena, std::size_t boxes, std::span<line const> lines) {
    auto const parents = arena.array<std::ptrdiff_t>(boxes);
    auto const children = arena.array<std::ptrdiff_t>(boxes);
    auto const is_placed = arena.array<bool>(boxes);
    auto const order = arena.array<std::size_t>(boxes);
    for (auto const& one : lines) {
        ++parents[one.child];
        ++children[one.parent];
    }
    auto const take = [&](std::size_t box) {
        is_placed[box] = true;
        for (auto const& one : lines) {
            if (one.child == box) --children[one.parent];
            if (one.parent == box) --parents[one.child];
        }
        return box;
    };
    std::size_t front = 0, back = boxes;
    while (front < back) {
        std::size_t best = boxes;
        bool is_last = false;
        for (std::size_t box = 0; box < boxes && !is_last; ++box) {
            if (is_placed[box]) continue;
            if (parents[box] == 0) {
                best = box;
                break;
            }
            is_last = children[box] == 0;
            if (is_last || best == boxes || children[box] - parents[box] > children[best] - parents[best]) best = box;
        }
        auto& place = is_last && parents[best] != 0 ? order[--back] : order[front++];
        place = take(best);
    }
    return order;
}

}  // namespace

void assign_levels(model::arena& arena, std::span<box> boxes, std::span<line> lines) {
    auto const order = order_boxes(arena, boxes.size(), lines);
    auto const rank = arena.array<std::size_t>(boxes.size());
    for (std::size_t place = 0; place < order.size(); ++place) rank[order[place]] = place;
    for (auto& one : lines) one.is_reversed = rank[one.child] < rank[one.parent];

    auto const left = [](line const& one) { return one.is_reversed ? one.child : one.parent; };
    auto const right = [](line const& one) { return one.is_reversed ? one.parent : one.child; };
    auto const sorted = arena.array<line>(lines.size());
    std::copy(lines.begin(), lines.end(), sorted.begin());
    std::sort(sorted.begin(), sorted.end(),
              [&](line const& a, line const& b) { return rank[left(a)] < rank[left(b)]; });
    for (auto& one : boxes) one.level = 0;
    for (auto const& one : sorted)
        boxes[right(one)].level = std::max(boxes[right(one)].level, boxes[left(one)].level + 1);
}

}  // namespace fkaudit::report
