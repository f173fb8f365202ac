#include "src/diagnose/key_text.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "test/unit/memory.hpp"
#include "test/unit/server_messages.hpp"

namespace fkaudit::test {
namespace {

using diagnose::key_column;
using diagnose::shown_key;
using state = shown_key::state;
using shape = diagnose::value_shape;
using texts = std::vector<std::string>;
using columns = std::vector<key_column>;

class ShownKey : public testing::Test {
protected:
    shown_key read(std::string const& rest, columns const& of) {
        return diagnose::read_key(arena_, arena_.copy(std::string_view(rest)),
                                  arena_.copy(std::span<key_column const>(of)));
    }
    static texts values(shown_key const& key) { return {key.values.begin(), key.values.end()}; }

    heap heap_;
    model::arena arena_{heap_};
    columns const one_{{"a"}}, two_{{"a"}, {"b"}}, number_first_{{"a", shape::integer}, {"b"}};
};

TEST_F(ShownKey, IsReadInEveryLanguageOfTheServer) {
    for (auto const& one : server_details) {
        auto const key = read("x DETAIL:  " + std::string(one.text) + "\nSTATEMENT:  VALUES (1)", number_first_);
        EXPECT_EQ(key.how, state::whole) << one.language << ": " << one.text;
        EXPECT_EQ(values(key), (texts{"1", "x)=(y, z"})) << one.language << ": " << one.text;
    }
}

TEST_F(ShownKey, OfOneColumnMayHoldAnything) {
    for (std::string const value :
         {"", "1", "a, b", ")", "(", ") is not", "x)=(y", "a\nb", "(a)=(b", "'\"\\", "null"}) {
        auto const key = read("Key (a)=(" + value + ") is not present in table \"p\".", one_);
        EXPECT_EQ(key.how, state::whole) << value;
        EXPECT_EQ(values(key), texts{value});
    }
}

TEST_F(ShownKey, OfSeveralColumnsIsDividedByTheirTypes) {
    auto const divided = [&](std::string const& text, columns const& of) {
        return values(read("Key (a, b)=(" + text + ") is not present in table \"p\".", of));
    };
    EXPECT_EQ(divided("1, 2", two_), (texts{"1", "2"}));
    EXPECT_EQ(divided(", ", two_), (texts{"", ""}));
    EXPECT_EQ(divided("1, x, 2", number_first_), (texts{"1", "x, 2"}));
    EXPECT_EQ(divided("x, 1, 2", {{"a"}, {"b", shape::integer}}), (texts{"x, 1", "2"}));
    EXPECT_EQ(divided("x, 550e8400-e29b-41d4-a716-446655440000", {{"a"}, {"b", shape::uuid}}),
              (texts{"x", "550e8400-e29b-41d4-a716-446655440000"}));
    EXPECT_EQ(divided("x, y, t", {{"a"}, {"b", shape::boolean}}), (texts{"x, y", "t"}));
    EXPECT_EQ(divided("x, y, -1.5e+10", {{"a"}, {"b", shape::number}}), (texts{"x, y", "-1.5e+10"}));
}

TEST_F(ShownKey, SaysWhereThereAreSeveralWaysOrNone) {
    for (std::string const text : {"x, y, z", "x"}) {
        auto const key = read("Key (a, b)=(" + text + ") is not present in table \"p\".", two_);
        EXPECT_EQ(key.how, state::ambiguous) << text;
        EXPECT_EQ(key.raw, text);
        EXPECT_TRUE(key.values.empty());
    }
    // A value that pretends to be the end of the message.
    auto const key = read("Key (a)=(x) is not present in table \"p\".) is not present in table \"p\".", one_);
    EXPECT_EQ(key.how, state::ambiguous);
    // By an integer nothing can be pretended.
    auto const number =
        read("Key (a)=(1) is not present in table \"p\".) is not present in table \"p\".", {{"a", shape::integer}});
    EXPECT_EQ(values(number), texts{"1"});
}

TEST_F(ShownKey, WithMoreCommasThanAnybodyDividesIsAmbiguous) {
    std::string many;
    for (int number = 0; number < 100000; ++number) many += ", ";
    EXPECT_EQ(read("Key (a, b)=(" + many + ") is not present in table \"p\".", two_).how, state::ambiguous);
    EXPECT_EQ(read("Key (a)=(" + many + ") is not present in table \"p\".", one_).how, state::whole);
}

TEST_F(ShownKey, MayBeCutOff) {
    auto const key = read("Key (a, b)=(1, xyz", number_first_);
    EXPECT_EQ(key.how, state::truncated);
    EXPECT_EQ(values(key), (texts{"1", "xyz"}));
    EXPECT_EQ(read("Key (a)=(", one_).how, state::truncated);
    EXPECT_EQ(read("Key (a)=", one_).how, state::absent);
}

TEST_F(ShownKey, ThatIsShownTwiceIsRead) {
    std::string const once = "Key (a)=(1) is not present in table \"p\".";
    auto const key = read(once + "\n[...] " + once, one_);
    EXPECT_EQ(key.how, state::whole);
    EXPECT_EQ(values(key), texts{"1"});
}

TEST_F(ShownKey, OfOtherColumnsIsNone) {
    EXPECT_EQ(read("Key (aa)=(1) is not present in table \"p\".", one_).how, state::absent);
    EXPECT_EQ(read("Key (a, b)=(1, 2) is not present in table \"p\".", one_).how, state::absent);
    EXPECT_EQ(read("", one_).how, state::absent);
}

TEST_F(ShownKey, MayBeHidden) {
    for (std::string const text : {"Key is not present in table \"p\".", "Key is still referenced from table \"c\".",
                                   "Der Schlüssel ist nicht in Tabelle »p« vorhanden.",
                                   "テーブル\"p\"にキーがありません。", "表\"p\"中没有出现键。"})
        EXPECT_EQ(read(text, one_).how, state::hidden) << text;
}

TEST_F(ShownKey, OfATableThatIsGoneIsReadByItsOwnColumns) {
    auto const found = diagnose::read_unknown_key(arena_, "Key (a, b)=(1, x) is not present in table \"p\".");
    EXPECT_EQ(found.columns, "a, b");
    EXPECT_EQ(texts(found.names.begin(), found.names.end()), (texts{"a", "b"}));
    EXPECT_EQ(values(found.key), (texts{"1", "x"}));
    EXPECT_TRUE(diagnose::read_unknown_key(arena_, ")=(").names.empty());
    EXPECT_TRUE(diagnose::read_unknown_key(arena_, "nothing").columns.empty());
}

}  // namespace
}  // namespace fkaudit::test
