#include "src/audit/index_coverage.hpp"

#include <cstdint>
#include <gtest/gtest.h>

#include "test/unit/key_database.hpp"

namespace fkaudit::test {
namespace {

using audit::index_verdict;
using model::expression;

audit::index_coverage judge(key_database& made, plan::server_traits server = {}) {
    return audit::judge_coverage(made.arena, made.database, made.key, made.conditions(), server);
}

TEST(IndexCoverage, TakesTheLeadingColumnsInAnyOrder) {
    key_database made;
    made.columns({1, 2});
    EXPECT_EQ(judge(made).verdict, index_verdict::missing);
    EXPECT_EQ(judge(made).nearest, nullptr);
    made.index({3, 1, 2});
    EXPECT_EQ(judge(made).verdict, index_verdict::missing);
    EXPECT_EQ(judge(made).reason, "no index leads with a or b; c_i1 leads with x");
    made.index({2, 3, 1});
    EXPECT_EQ(judge(made).verdict, index_verdict::weak);
    EXPECT_EQ(judge(made).reason, "c_i2 leads with b only; a is compared row by row");
    made.index({2, 1, 3});
    EXPECT_EQ(judge(made).verdict, index_verdict::covered);
    EXPECT_EQ(judge(made).nearest->name.name, "c_i3");
    EXPECT_EQ(judge(made).reason, "");
}

TEST(IndexCoverage, PrefersTheNarrowestIndexThatCovers) {
    key_database made;
    made.index({1, 2, 3});
    made.index({1});
    made.index({1, 3});
    EXPECT_EQ(judge(made).nearest->name.name, "c_i2");
}

TEST(IndexCoverage, SkipsOverLeadingColumnsWhereTheServerCan) {
    key_database made;
    made.index({3, 1});
    EXPECT_EQ(judge(made).verdict, index_verdict::missing);
    auto const skipping = judge(made, {.has_skip_scan = true});
    EXPECT_EQ(skipping.verdict, index_verdict::weak);
    EXPECT_EQ(skipping.reason,
              "c_i1 has a behind other columns, which the search has to skip over: "
              "quick only if they have few values");
}

TEST(IndexCoverage, SkipsInABtreeThatIsUsableOnly) {
    key_database made;
    made.index({3, 1}, "gist");
    EXPECT_EQ(judge(made, {.has_skip_scan = true}).verdict, index_verdict::missing);
    made.index({3, 1}).is_valid = false;
    EXPECT_EQ(judge(made, {.has_skip_scan = true}).verdict, index_verdict::missing);
}

TEST(IndexCoverage, APeriodNeedsGist) {
    key_database made;
    made.columns({1, 4}, true);
    made.index({1});
    EXPECT_EQ(judge(made).verdict, index_verdict::weak);
    EXPECT_EQ(judge(made).reason, "c_i1 leads with a only; period is compared row by row");
    made.index({1, 4}, "gist");
    EXPECT_EQ(judge(made).verdict, index_verdict::covered);
    EXPECT_EQ(judge(made).nearest->name.name, "c_i2");
}

TEST(IndexCoverage, WithoutAPeriodGistIsWeak) {
    key_database made;
    made.index({1}, "gist");
    EXPECT_EQ(judge(made).verdict, index_verdict::weak);
}

TEST(IndexCoverage, ACastIsServedByTheSameCastOnly) {
    key_database made;
    made.cast_all();
    made.index({1});
    EXPECT_EQ(judge(made).verdict, index_verdict::unusable);
    EXPECT_EQ(
        judge(made).reason,
        "the server casts a to double precision for p.a, but c_i1 is on a itself: index the cast, or give a the type "
        "integer");
    made.index({0});
    EXPECT_EQ(judge(made).verdict, index_verdict::covered);
}

TEST(IndexCoverage, NamesEveryFaultOfAnIndex) {
    key_database made;
    auto& broken = made.index({1});
    broken.is_valid = false;
    expression const other{.kind = expression::form::other};
    broken.predicate = &other;
    EXPECT_EQ(judge(made).verdict, index_verdict::unusable);
    EXPECT_EQ(
        judge(made).reason,
        "c_i1 is invalid: its CREATE INDEX CONCURRENTLY failed or is under way; c_i1 is partial, and the search by a "
        "does not imply its predicate");
}

TEST(IndexCoverage, EachLeafCountsInItsOwnNumbers) {
    key_database made;
    made.split();
    EXPECT_EQ(judge(made).reason, "no index leads with a (2 of 2 partitions: s.c1, s.c2)");
    made.index({1}, "btree", key_database::partition_1);
    made.index({1}, "btree", key_database::partition_2);
    EXPECT_EQ(judge(made).verdict, index_verdict::missing);
    EXPECT_EQ(judge(made).reason, "no index leads with a (1 of 2 partitions: s.c2)");
    made.index({2}, "btree", key_database::partition_2);
    EXPECT_EQ(judge(made).verdict, index_verdict::covered);
    EXPECT_EQ(judge(made).reason, "each partition has an index of its own, a new one would have none");
}

TEST(IndexCoverage, ALeafWithoutItsConstraintIsNamed) {
    key_database made;
    made.split();
    made.key.rows = made.key.rows.first(2);
    made.index({1}, "btree", key_database::partition_1);
    made.index({2}, "btree", key_database::partition_2);
    EXPECT_EQ(judge(made).verdict, index_verdict::missing);
    EXPECT_EQ(judge(made).reason, "its constraint is missing from the catalog (1 of 2 partitions: s.c2)");
}

TEST(IndexCoverage, AnOperatorThatDoesNotExistIsServedByNothing) {
    key_database made;
    model::oid const gone[] = {4711};
    made.key.operators = gone;
    made.index({1});
    EXPECT_EQ(judge(made).verdict, index_verdict::unusable);
    EXPECT_EQ(judge(made).reason, "the key's operator does not exist");
}

TEST(IndexCoverage, ADamagedIndexHarmsNothing) {
    key_database made;
    made.index({});
    made.index({9});
    made.index({1}).keys = {};
    EXPECT_EQ(judge(made).verdict, index_verdict::missing);
}

// predtest.c proves the same for clauses that are strict and not constant; each case stands in missing_indexes.sql too.
TEST(IndexCoverage, PredicatesFollowFromTheColumnsBeingNotNull) {
    auto const column = [](std::int16_t number) {
        return expression{.kind = expression::form::column, .column = number};
    };
    expression const columns[] = {column(1), column(3)};
    auto const not_null = [&](int which) {
        return expression{.kind = expression::form::null_test, .negated = true, .arguments = {&columns[which], 1}};
    };
    expression const a = not_null(0), x = not_null(1);
    auto const is_covered = [&](expression const& predicate) {
        key_database made;
        made.index({1}).predicate = &predicate;
        return judge(made).verdict == index_verdict::covered;
    };
    auto const of = [](expression::form kind, std::span<expression const> arguments) {
        return expression{.kind = kind, .arguments = arguments};
    };
    expression const both[] = {a, x};
    EXPECT_TRUE(is_covered(a));
    EXPECT_FALSE(is_covered(x));
    EXPECT_TRUE(is_covered(of(expression::form::any_of, both)));
    EXPECT_FALSE(is_covered(of(expression::form::all_of, both)));
    EXPECT_TRUE(is_covered(of(expression::form::all_of, {})));
    EXPECT_FALSE(is_covered(of(expression::form::any_of, {})));

    expression const is_null{.kind = expression::form::null_test, .arguments = {&columns[0], 1}};
    EXPECT_FALSE(is_covered(is_null));
    EXPECT_TRUE(is_covered(of(expression::form::negation, {&is_null, 1})));
    expression const twice = of(expression::form::negation, {&a, 1});
    EXPECT_FALSE(is_covered(twice));
    EXPECT_TRUE(is_covered(of(expression::form::negation, {&twice, 1})));
    EXPECT_FALSE(is_covered(of(expression::form::negation, {})));
    EXPECT_TRUE(is_covered({.kind = expression::form::constant, .type = 16, .text = "t"}));
    EXPECT_FALSE(is_covered({.kind = expression::form::constant, .type = 16, .text = "f"}));
    EXPECT_FALSE(is_covered({.kind = expression::form::constant, .is_null = true, .type = 16}));
    EXPECT_FALSE(is_covered({.kind = expression::form::constant, .type = 25, .text = "t"}));
}

TEST(IndexCoverage, APredicateFollowsFromNotNullWhereTheServerReducesIt) {
    expression const x{.kind = expression::form::column, .column = 3};
    expression const relabeled{
        .kind = expression::form::cast, .how = expression::conversion::relabel, .arguments = {&x, 1}};
    expression const converted{
        .kind = expression::form::cast, .how = expression::conversion::function, .arguments = {&x, 1}};
    auto const verdict_for = [&](expression const& value, bool not_null, bool is_never_null, bool server_reduces) {
        expression const predicate{.kind = expression::form::null_test, .negated = true, .arguments = {&value, 1}};
        key_database made;
        made.column_of_both(3).not_null = not_null;
        made.column_of_both(3).is_never_null = is_never_null;
        made.index({1}).predicate = &predicate;
        return judge(made, {.reduces_null_tests = server_reduces}).verdict;
    };
    EXPECT_EQ(verdict_for(x, true, true, true), index_verdict::covered);
    EXPECT_EQ(verdict_for(relabeled, true, true, true), index_verdict::covered);
    EXPECT_EQ(verdict_for(converted, true, true, true), index_verdict::unusable);
    EXPECT_EQ(verdict_for(x, true, false, true), index_verdict::unusable) << "NOT NULL NOT VALID proves nothing";
    EXPECT_EQ(verdict_for(x, false, false, true), index_verdict::unusable);
    EXPECT_EQ(verdict_for(x, true, true, false), index_verdict::unusable);
}

}  // namespace
}  // namespace fkaudit::test
