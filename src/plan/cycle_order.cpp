#include "src/plan/cycle_order.hpp"

#include <algorithm>
#include <cstdint>

namespace fkaudit::plan {

namespace {

using model::vector;
using wishes = std::span<order_wish const>;

/// Every order of a few nodes, by what is placed already.
std::span<std::size_t const> exact_order(model::arena& arena, std::size_t count, wishes all) {
    auto const costs = arena.array<std::int64_t>(count * count);
    for (auto const& one : all) costs[one.after * count + one.before] += one.cost;

    std::uint32_t const whole = (std::uint32_t{1} << count) - 1;
    auto const unfulfilled = [&](std::size_t node, std::uint32_t placed) {
        std::int64_t sum = 0;
        for (std::size_t other = 0; other < count; ++other)
            if (other != node && (placed >> other & 1) == 0) sum += costs[node * count + other];
        return sum;
    };
    // By the set that is placed: the least cost of placing the rest.
    auto const rest = arena.array<std::int64_t>(std::size_t{whole} + 1);
    for (std::uint32_t placed = whole; placed-- > 0;) {
        rest[placed] = INT64_MAX;
        for (std::size_t node = 0; node < count; ++node)
            if ((placed >> node & 1) == 0)
                rest[placed] =
                    std::min(rest[placed], unfulfilled(node, placed) + rest[placed | std::uint32_t{1} << node]);
    }

    auto const order = arena.array<std::size_t>(count);
    std::uint32_t placed = 0;
    for (auto& next : order) {
        while ((placed >> next & 1) != 0 ||
               unfulfilled(next, placed) + rest[placed | std::uint32_t{1} << next] != rest[placed])
            ++next;
        placed |= std::uint32_t{1} << next;
    }
    return order;
}

/// The heuristic for many nodes.
class approximation {
public:
    approximation(model::arena& arena, std::size_t count, wishes all)
        : arena_(arena),
          all_(all),
          place_(count, std::size_t{0}, arena),
          of_(count, vector<std::size_t>(arena), arena) {
        for (std::size_t number = 0; number < all.size(); ++number) {
            of_[all[number].after].push_back(number);
            of_[all[number].before].push_back(number);
        }
    }

    std::span<std::size_t const> run() {
        start();
        for (int pass = 0;; ++pass) {
            bool const gained = improve();
            auto const order = settle();
            for (std::size_t place = 0; place < order.size(); ++place) place_[order[place]] = place;
            // Another order of the same cost can open a way for single moves again.
            if (!gained || pass == most_passes) return order;
        }
    }

private:
    static constexpr int most_passes = 50;

    bool is_fulfilled(order_wish const& one) const { return place_[one.before] < place_[one.after]; }

    /// Takes, time and again, the node whose followers outweigh what it waits for the most.
    void start() {
        auto const count = place_.size();
        vector<std::int64_t> gain(count, std::int64_t{0}, arena_);
        vector<bool> taken(count, false, arena_);
        for (auto const& one : all_) {
            gain[one.before] += one.cost;
            gain[one.after] -= one.cost;
        }
        for (std::size_t place = 0; place < count; ++place) {
            std::size_t best = count;
            for (std::size_t node = 0; node < count; ++node)
                if (!taken[node] && (best == count || gain[node] > gain[best])) best = node;
            taken[best] = true;
            place_[best] = place;
            for (auto const number : of_[best]) {
                gain[all_[number].before] -= all_[number].cost;
                gain[all_[number].after] += all_[number].cost;
            }
        }
    }

    /// Moves each node to where it costs least; whether anything was gained.
    bool improve() {
        bool gained = false;
        auto const count = place_.size();
        vector<std::int64_t> step(count + 1, std::int64_t{0}, arena_);
        for (std::size_t node = 0; node < count; ++node) {
            // Among the others' places, the cost of standing before the one at that place.
            auto const others_place = [&](std::size_t other) { return place_[other] - (place_[other] > place_[node]); };
            std::fill(step.begin(), step.end(), 0);
            std::int64_t cost = 0;
            for (auto const number : of_[node]) {
                auto const& one = all_[number];
                if (one.after == node) {
                    cost += one.cost;
                    step[others_place(one.before) + 1] -= one.cost;
                } else {
                    step[others_place(one.after) + 1] += one.cost;
                }
            }
            std::size_t best = 0;
            std::int64_t least = cost, present = cost;
            for (std::size_t place = 0; place < count; ++place) {
                cost += step[place];
                if (cost < least) {
                    least = cost;
                    best = place;
                }
                if (place == place_[node]) present = cost;
            }
            if (least == present) continue;
            move(node, best);
            gained = true;
        }
        return gained;
    }

    void move(std::size_t node, std::size_t to) {
        auto const from = place_[node];
        for (auto& place : place_) {
            if (place > from && place <= to) --place;
            if (place < from && place >= to) ++place;
        }
        place_[node] = to;
    }

    /// Fulfils what can be fulfilled beside the rest, the dearest first, and puts the nodes in the first order that fits.
    std::span<std::size_t const> settle() {
        vector<std::size_t> open(arena_);
        vector<bool> kept(all_.size(), false, arena_);
        for (std::size_t number = 0; number < all_.size(); ++number) {
            kept[number] = is_fulfilled(all_[number]);
            if (!kept[number] && all_[number].before != all_[number].after) open.push_back(number);
        }
        std::stable_sort(open.begin(), open.end(),
                         [&](std::size_t a, std::size_t b) { return all_[a].cost > all_[b].cost; });
        for (auto const number : open) kept[number] = !needs(kept, all_[number].before, all_[number].after);
        return first_order(kept);
    }

    /// Whether `node` comes after `other` by the wishes that are kept.
    bool needs(vector<bool> const& kept, std::size_t node, std::size_t other) const {
        vector<bool> seen(place_.size(), false, arena_);
        vector<std::size_t> open(1, node, arena_);
        while (!open.empty()) {
            auto const now = open.back();
            open.pop_back();
            if (now == other) return true;
            if (seen[now]) continue;
            seen[now] = true;
            for (auto const number : of_[now])
                if (kept[number] && all_[number].after == now) open.push_back(all_[number].before);
        }
        return false;
    }

    std::span<std::size_t const> first_order(vector<bool> const& kept) const {
        auto const order = arena_.array<std::size_t>(place_.size());
        vector<std::size_t> waits(place_.size(), std::size_t{0}, arena_);
        for (std::size_t number = 0; number < all_.size(); ++number)
            if (kept[number]) ++waits[all_[number].after];
        vector<bool> placed(place_.size(), false, arena_);
        for (auto& next : order) {
            while (placed[next] || waits[next] > 0) ++next;
            placed[next] = true;
            for (auto const number : of_[next])
                if (kept[number] && all_[number].before == next) --waits[all_[number].after];
        }
        return order;
    }

    model::arena& arena_;
    wishes all_;
    vector<std::size_t> place_;       ///< by node
    vector<vector<std::size_t>> of_;  ///< by node: the wishes that it has a part in
};

}  // namespace

std::span<std::size_t const> cheapest_order(model::arena& arena, std::size_t count, wishes all) {
    return count <= most_exact_nodes ? exact_order(arena, count, all) : approximation(arena, count, all).run();
}

}  // namespace fkaudit::plan
