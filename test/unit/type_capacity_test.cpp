#include "src/audit/type_capacity.hpp"

#include <gtest/gtest.h>

namespace fkaudit::test {
namespace {

using audit::answer;
using audit::holds_all;
using audit::plain_type;

constexpr plain_type int2{21}, int4{23}, int8{20}, float4{700}, float8{701}, text{25}, name{19}, date{1082}, uuid{2950};
constexpr plain_type numeric(int precision, int scale) { return {1700, ((precision << 16) | (scale & 0x7ff)) + 4}; }
constexpr plain_type any_numeric{1700};
constexpr plain_type varchar(int length) { return {1043, length < 0 ? -1 : length + 4}; }
constexpr plain_type timestamp(int digits) { return {1114, digits}; }
constexpr plain_type timestamptz{1184};

TEST(TypeCapacity, EveryTypeHoldsItself) {
    for (auto const& one : {int2, int4, int8, float4, float8, text, name, date, uuid, numeric(5, 2), varchar(3)})
        EXPECT_EQ(holds_all(one, one), answer::yes);
}

TEST(TypeCapacity, Integers) {
    EXPECT_EQ(holds_all(int8, int4), answer::yes);
    EXPECT_EQ(holds_all(int4, int8), answer::no);
    EXPECT_EQ(holds_all(int2, int4), answer::no);
}

TEST(TypeCapacity, NumericsByTheDigitsBeforeAndAfterThePoint) {
    EXPECT_EQ(holds_all(any_numeric, numeric(30, 10)), answer::yes);
    EXPECT_EQ(holds_all(numeric(30, 10), any_numeric), answer::no);
    EXPECT_EQ(holds_all(numeric(10, 2), numeric(8, 2)), answer::yes);
    EXPECT_EQ(holds_all(numeric(10, 4), numeric(8, 2)), answer::yes);
    EXPECT_EQ(holds_all(numeric(10, 4), numeric(10, 2)), answer::no);
    EXPECT_EQ(holds_all(numeric(10, 2), numeric(10, 4)), answer::no);
    // Rounded to hundreds: no units.
    EXPECT_EQ(holds_all(numeric(10, -2), int4), answer::no);
    EXPECT_EQ(holds_all(numeric(3, 0), numeric(2, -1)), answer::yes);
}

TEST(TypeCapacity, IntegersAndNumerics) {
    EXPECT_EQ(holds_all(int4, numeric(9, 0)), answer::yes);
    EXPECT_EQ(holds_all(int4, numeric(10, 0)), answer::no);
    EXPECT_EQ(holds_all(int4, numeric(5, 1)), answer::no);
    EXPECT_EQ(holds_all(int2, numeric(2, -2)), answer::yes);
    EXPECT_EQ(holds_all(int2, numeric(2, -3)), answer::no);
    EXPECT_EQ(holds_all(numeric(10, 0), int4), answer::yes);
    EXPECT_EQ(holds_all(numeric(9, 0), int4), answer::no);
    EXPECT_EQ(holds_all(any_numeric, int8), answer::yes);
}

TEST(TypeCapacity, FloatsHoldIntegersUpToTheirMantissa) {
    EXPECT_EQ(holds_all(float8, int4), answer::yes);
    EXPECT_EQ(holds_all(float8, int8), answer::no);
    EXPECT_EQ(holds_all(float4, int2), answer::yes);
    EXPECT_EQ(holds_all(float4, int4), answer::no);
    EXPECT_EQ(holds_all(int8, float4), answer::no);
    EXPECT_EQ(holds_all(float8, float4), answer::yes);
    EXPECT_EQ(holds_all(float4, float8), answer::no);
}

TEST(TypeCapacity, TextsByLength) {
    EXPECT_EQ(holds_all(text, varchar(5)), answer::yes);
    EXPECT_EQ(holds_all(varchar(5), text), answer::no);
    EXPECT_EQ(holds_all(varchar(-1), text), answer::yes);
    EXPECT_EQ(holds_all(varchar(20), varchar(10)), answer::yes);
    EXPECT_EQ(holds_all(varchar(10), varchar(20)), answer::no);
    // 63 bytes hold 15 characters of any kind.
    EXPECT_EQ(holds_all(name, varchar(15)), answer::yes);
    EXPECT_EQ(holds_all(name, varchar(16)), answer::no);
    EXPECT_EQ(holds_all(varchar(63), name), answer::yes);
    EXPECT_EQ(holds_all(varchar(62), name), answer::no);
}

TEST(TypeCapacity, Moments) {
    EXPECT_EQ(holds_all(timestamp(-1), date), answer::yes);
    EXPECT_EQ(holds_all(timestamp(0), date), answer::yes);
    EXPECT_EQ(holds_all(date, timestamp(0)), answer::no);
    EXPECT_EQ(holds_all(timestamp(0), timestamp(-1)), answer::no);
    EXPECT_EQ(holds_all(timestamp(3), timestamp(0)), answer::yes);
    EXPECT_EQ(holds_all(timestamptz, timestamp(-1)), answer::no);
    EXPECT_EQ(holds_all(timestamp(-1), timestamptz), answer::no);
}

TEST(TypeCapacity, OtherTypesAreUnknownToEachOther) {
    EXPECT_EQ(holds_all(uuid, text), answer::unknown);
    EXPECT_EQ(holds_all(int4, text), answer::unknown);
    EXPECT_EQ(holds_all(plain_type{uuid.id, -1}, plain_type{uuid.id, 7}), answer::yes);
    EXPECT_EQ(holds_all(plain_type{uuid.id, 7}, uuid), answer::unknown);
}

TEST(TypeCapacity, ChangesThatRewrite) {
    EXPECT_FALSE(audit::change_rewrites(int4, int4));
    EXPECT_TRUE(audit::change_rewrites(int4, int8));
    EXPECT_FALSE(audit::change_rewrites(varchar(5), text));
    EXPECT_FALSE(audit::change_rewrites(text, varchar(-1)));
    EXPECT_TRUE(audit::change_rewrites(text, varchar(5)));
    EXPECT_FALSE(audit::change_rewrites(numeric(5, 2), numeric(6, 2)));
    EXPECT_TRUE(audit::change_rewrites(numeric(5, 2), numeric(8, 4)));
    EXPECT_FALSE(audit::change_rewrites(numeric(5, 2), any_numeric));
    EXPECT_FALSE(audit::change_rewrites(timestamp(0), timestamp(3)));
    EXPECT_TRUE(audit::change_rewrites(date, timestamp(-1)));
}

}  // namespace
}  // namespace fkaudit::test
