#include "src/audit/index_priority.hpp"

#include <cstdint>
#include <gtest/gtest.h>

#include "test/unit/key_database.hpp"

namespace fkaudit::test {
namespace {

using audit::index_priority;
using audit::index_verdict;
constexpr std::int64_t megabyte = 1 << 20;

struct situation {
    std::int64_t bytes = 0, deletes = 0, updates = 0;
    model::action on_delete = model::action::no_action;
    audit::index_coverage coverage{};
    std::int64_t rows = 1;
    bool is_enforced = true;
};

index_priority judge(situation const& given) {
    key_database made;
    made.table().bytes = given.bytes;
    made.table().rows = given.rows;
    made.table(key_database::parent).deletes = given.deletes;
    made.table(key_database::parent).updates = given.updates;
    made.key.on_delete = given.on_delete;
    made.key.is_enforced = given.is_enforced;
    return audit::judge_urgency(made.arena, made.key, given.coverage).priority;
}

TEST(IndexPriority, NobodySearches) {
    EXPECT_EQ(judge({.bytes = 1000 * megabyte}), index_priority::none);
    EXPECT_EQ(judge({.bytes = 1000 * megabyte, .deletes = 9, .is_enforced = false}), index_priority::none);
    EXPECT_EQ(judge({.bytes = 1000 * megabyte, .deletes = 9, .coverage = {.verdict = index_verdict::covered}}),
              index_priority::none);
}

TEST(IndexPriority, GrowsWithSizeAndSearches) {
    EXPECT_EQ(judge({.bytes = 10 * megabyte - 1, .deletes = 1}), index_priority::low);
    EXPECT_EQ(judge({.bytes = 10 * megabyte, .deletes = 1}), index_priority::medium);
    EXPECT_EQ(judge({.bytes = megabyte, .deletes = 9}), index_priority::low);
    EXPECT_EQ(judge({.bytes = megabyte, .deletes = 10}), index_priority::medium);
    EXPECT_EQ(judge({.bytes = megabyte, .deletes = 1023}), index_priority::medium);
    EXPECT_EQ(judge({.bytes = megabyte, .deletes = 1024}), index_priority::high);
    EXPECT_EQ(judge({.bytes = 0, .deletes = 1LL << 62}), index_priority::low);
    EXPECT_EQ(judge({.bytes = 1LL << 62, .deletes = 1LL << 62}), index_priority::high);
}

TEST(IndexPriority, AnUpdateIsATenthOfASearch) {
    EXPECT_EQ(judge({.bytes = megabyte, .updates = 99}), index_priority::low);
    EXPECT_EQ(judge({.bytes = megabyte, .updates = 100}), index_priority::medium);
}

TEST(IndexPriority, DeletesThatActOnALargeChildAreUrgent) {
    for (auto const action : {model::action::cascade, model::action::set_null, model::action::set_default}) {
        EXPECT_EQ(judge({.bytes = 10 * megabyte, .deletes = 1, .on_delete = action}), index_priority::high);
        EXPECT_EQ(judge({.bytes = 10 * megabyte, .updates = 9, .on_delete = action}), index_priority::medium);
        EXPECT_EQ(judge({.bytes = 10 * megabyte - 1, .deletes = 1, .on_delete = action}), index_priority::low);
    }
    for (auto const action : {model::action::no_action, model::action::restrict_})
        EXPECT_EQ(judge({.bytes = 10 * megabyte, .deletes = 1, .on_delete = action}), index_priority::medium);
}

TEST(IndexPriority, AnUnknownSizeIsAMegabyte) {
    EXPECT_EQ(judge({.deletes = 9, .rows = -1}), index_priority::low);
    EXPECT_EQ(judge({.deletes = 10, .rows = -1}), index_priority::medium);
}

TEST(IndexPriority, AWeakIndexLowersIt) {
    audit::index_coverage const weak{.verdict = index_verdict::weak};
    EXPECT_EQ(judge({.bytes = megabyte, .deletes = 1024, .coverage = weak}), index_priority::medium);
    EXPECT_EQ(judge({.bytes = megabyte, .deletes = 10, .coverage = weak}), index_priority::low);
    EXPECT_EQ(judge({.bytes = megabyte, .deletes = 1, .coverage = weak}), index_priority::low);
    EXPECT_EQ(judge({.bytes = 1000 * megabyte,
                     .deletes = 1024,
                     .coverage = {.verdict = index_verdict::weak, .is_single_row = true}}),
              index_priority::low);
}

}  // namespace
}  // namespace fkaudit::test
