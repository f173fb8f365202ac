#include "src/model/unicode.hpp"

#include <gtest/gtest.h>

#include "src/report/visible.hpp"
#include "test/unit/memory.hpp"

namespace fkaudit::test {
namespace {

using model::take;

std::string shown(std::string_view text, bool keeps_lines = false) {
    heap memory;
    model::arena arena(memory);
    return std::string(report::visible(arena, text, keeps_lines));
}

TEST(Unicode, TakesOneCharacterAtATime) {
    std::string_view text = "aß€😀";
    EXPECT_EQ(take(text).value, U'a');
    EXPECT_EQ(take(text).value, U'ß');
    EXPECT_EQ(take(text).value, U'€');
    EXPECT_EQ(take(text).value, U'😀');
    EXPECT_TRUE(text.empty());
}

// A lone continuation, a lead without its rest, overlong forms, a surrogate, and what lies beyond the last code point.
TEST(Unicode, TakesBytesThatAreNoCharacterOneByOne) {
    for (std::string_view const wrong :
         {"\x80", "\xc3", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xff", "\xf0\x9f\x98"}) {
        std::string_view text = wrong;
        auto const first = take(text);
        EXPECT_FALSE(first.is_valid);
        EXPECT_EQ(first.bytes, wrong.substr(0, 1));
        EXPECT_EQ(text.size(), wrong.size() - 1);
    }
    EXPECT_EQ(shown("a\xe9z"), "a[0xE9]z");
    EXPECT_EQ(shown("\xc3"), "[0xC3]");
}

TEST(Unicode, ShowsWhatNobodyWouldSee) {
    EXPECT_EQ(shown("a\tb\nc\x7f"), "a[U+0009]b[U+000A]c[U+007F]");
    EXPECT_EQ(shown("a\n\u202eb", true), "a\n[U+202E]b");
    EXPECT_EQ(shown("\u200b\u2066\ufeff\u00ad\U000e0041\U0001fffe"),
              "[U+200B][U+2066][U+FEFF][U+00AD][U+E0041][U+1FFFE]");
    EXPECT_EQ(shown("\U0010ffff"), "[U+10FFFF]");
}

TEST(Unicode, LeavesTheLettersOfEveryScript) {
    for (std::string_view const name : {"orders", "Größe", "שלום", "заказы", "注文", "e\u0301", "😀", " ", "\u00a0"})
        EXPECT_EQ(shown(name), name);
}

TEST(Unicode, KnowsHowManyColumnsATextTakes) {
    EXPECT_EQ(report::columns("orders"), 6U);
    EXPECT_EQ(report::columns("Größe"), 5U);
    EXPECT_EQ(report::columns("e\u0301"), 1U);
    EXPECT_EQ(report::columns("注文"), 4U);
}

}  // namespace
}  // namespace fkaudit::test
