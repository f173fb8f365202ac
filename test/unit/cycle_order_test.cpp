#include "src/plan/cycle_order.hpp"

#include <cstdint>

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <vector>

#include "test/unit/memory.hpp"

namespace fkaudit::test {
namespace {

using plan::order_wish;
using order = std::vector<std::size_t>;

class CycleOrder : public testing::Test {
protected:
    order find(std::size_t count, std::vector<order_wish> const& wishes) {
        auto const found = plan::cheapest_order(arena_, count, wishes);
        return {found.begin(), found.end()};
    }

    static std::int64_t cost_of(order const& nodes, std::vector<order_wish> const& wishes) {
        std::vector<std::size_t> place(nodes.size());
        for (std::size_t at = 0; at < nodes.size(); ++at) place[nodes[at]] = at;
        std::int64_t sum = 0;
        for (auto const& one : wishes) sum += place[one.before] > place[one.after] ? one.cost : 0;
        return sum;
    }

    static std::vector<order_wish> random_wishes(std::mt19937& random, std::size_t count, std::size_t number) {
        std::vector<order_wish> wishes;
        while (wishes.size() < number) {
            order_wish const one{random() % count, random() % count, static_cast<std::int64_t>(random() % 5)};
            if (one.after != one.before) wishes.push_back(one);
        }
        return wishes;
    }

    static bool is_permutation(order nodes, std::size_t count) {
        std::sort(nodes.begin(), nodes.end());
        order all(count);
        std::iota(all.begin(), all.end(), std::size_t{0});
        return nodes == all;
    }

    heap heap_;
    model::arena arena_{heap_};
};

TEST_F(CycleOrder, TheCheapestWishIsGivenUp) {
    EXPECT_EQ(find(3, {{0, 1, 2}, {1, 2, 1}, {2, 0, 3}}), (order{1, 0, 2}));
    EXPECT_EQ(find(2, {{0, 1, 1}, {1, 0, 5}, {0, 1, 3}}), (order{0, 1}));
}

TEST_F(CycleOrder, OfEqualOnesTheFirstIsTaken) {
    EXPECT_EQ(find(3, {}), (order{0, 1, 2}));
    EXPECT_EQ(find(3, {{0, 1, 1}, {1, 2, 1}, {2, 0, 1}}), (order{0, 2, 1}));
}

TEST_F(CycleOrder, FewNodesAreOrderedAsWellAsAnyOrderCould) {
    std::mt19937 random(1);
    for (int round = 0; round < 200; ++round) {
        std::size_t const count = 2 + random() % 5;
        auto const wishes = random_wishes(random, count, random() % 14);
        order nodes(count), best_nodes;
        std::iota(nodes.begin(), nodes.end(), std::size_t{0});
        auto best = INT64_MAX;
        do {
            if (auto const cost = cost_of(nodes, wishes); cost < best) {
                best = cost;
                best_nodes = nodes;
            }
        } while (std::next_permutation(nodes.begin(), nodes.end()));
        EXPECT_EQ(find(count, wishes), best_nodes) << "round " << round;
    }
}

TEST_F(CycleOrder, ManyNodesGetAnOrderThatNoSingleWishImproves) {
    std::mt19937 random(2);
    for (int round = 0; round < 30; ++round) {
        std::size_t const count = plan::most_exact_nodes + 1 + random() % 40;
        auto const wishes = random_wishes(random, count, 3 * count);
        auto const found = find(count, wishes);
        ASSERT_TRUE(is_permutation(found, count));
        EXPECT_EQ(find(count, wishes), found) << "the same wishes give the same order";
        auto const cost = cost_of(found, wishes);
        for (std::size_t from = 0; from < count; ++from)
            for (std::size_t to = 0; to < count; ++to) {
                auto moved = found;
                auto const node = moved[from];
                moved.erase(moved.begin() + static_cast<std::ptrdiff_t>(from));
                moved.insert(moved.begin() + static_cast<std::ptrdiff_t>(to), node);
                ASSERT_GE(cost_of(moved, wishes), cost) << "round " << round;
            }
    }
}

TEST_F(CycleOrder, ManyNodesWithoutACircleCostNothing) {
    std::vector<order_wish> wishes;
    std::mt19937 random(3);
    for (int number = 0; number < 300; ++number) {
        std::size_t const a = random() % 100, b = random() % 100;
        // By another order than that of the numbers.
        if (a != b) wishes.push_back((a * 37 % 100) > (b * 37 % 100) ? order_wish{a, b, 1} : order_wish{b, a, 1});
    }
    EXPECT_EQ(cost_of(find(100, wishes), wishes), 0);
}

TEST_F(CycleOrder, OneBigCircleOfManyGivesUpOneWish) {
    std::vector<order_wish> wishes;
    for (std::size_t node = 0; node < 60; ++node) wishes.push_back({node, (node + 1) % 60, node == 20 ? 1 : 7});
    EXPECT_EQ(cost_of(find(60, wishes), wishes), 1);
}

}  // namespace
}  // namespace fkaudit::test
