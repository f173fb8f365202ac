#include "src/diagnose/message.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "src/diagnose/decoding.hpp"
#include "test/unit/memory.hpp"
#include "test/unit/server_messages.hpp"

namespace fkaudit::test {
namespace {

using diagnose::event;
using text = std::string_view;
using texts = std::vector<std::string>;

class Message : public testing::Test {
protected:
    std::span<diagnose::message const> find(text source) {
        return diagnose::find_messages(arena_, arena_.copy(source), [] {});
    }
    /// The names of the only message.
    texts names(text source) {
        auto const found = find(source);
        if (found.size() != 1) return {std::to_string(found.size()) + " messages"};
        return {std::string(found[0].table.text()), std::string(found[0].constraint.text()),
                std::string(found[0].child.text())};
    }
    std::string unwrap(text source, std::size_t way) {
        return std::string(diagnose::unwrap(arena_, source, way, true));
    }
    static constexpr std::size_t escapes = 1, doubled = 3, html = 4;

    heap heap_;
    model::arena arena_{heap_};
};

TEST_F(Message, IsReadInEveryLanguageOfTheServer) {
    for (auto const& one : server_messages) {
        SCOPED_TRACE(std::string(one.language) + ": " + std::string(one.text));
        auto const found = find(one.text);
        ASSERT_EQ(found.size(), 1U);
        EXPECT_EQ(found[0].what, one.what);
        EXPECT_EQ(found[0].table.text(), "a table");
        EXPECT_EQ(found[0].constraint.text(), "the_fk");
        bool const has_child = one.what != event::child_write && one.what != event::detach;
        EXPECT_EQ(found[0].child.text(), has_child ? "kids" : "");
    }
}

TEST_F(Message, OfAllLanguagesTogetherIsReadOneByOne) {
    std::string all;
    for (auto const& one : server_messages) all.append(one.text).append("\n");
    auto const found = find(all);
    ASSERT_EQ(found.size(), std::size(server_messages));
    for (std::size_t number = 0; number < found.size(); ++number) {
        EXPECT_EQ(found[number].what, server_messages[number].what) << server_messages[number].text;
        EXPECT_EQ(found[number].constraint.text(), "the_fk");
    }
}

TEST_F(Message, HasLanguagesEnough) {
    std::set<std::string> languages;
    for (auto const& one : server_messages) languages.insert(one.language);
    // Georgian has its own words for DETAIL only.
    EXPECT_EQ(languages.size(), 16U);
}

TEST_F(Message, StandsAmongOtherWords) {
    texts const wanted{"c", "c_fk", ""};
    for (
        text const source : {
            R"(ERROR:  insert or update on table "c" violates foreign key constraint "c_fk")",
            R"(2026-01-01 [1] app@db ERROR:  23503: insert or update on table "c" violates foreign key constraint "c_fk"
                2026-01-01 [1] app@db DETAIL:  Key (a)=(1) is not present in table "p".)",
            R"(PG::ForeignKeyViolation: ERROR:  insert or update on table "c" violates foreign key constraint "c_fk")",
            R"(pq: insert or update on table "c" violates foreign key constraint "c_fk")",
            R"(ERROR: insert or update on table "c" violates foreign key constraint "c_fk" (SQLSTATE 23503))",
            R"(23503: insert or update on table "c" violates foreign key constraint "c_fk"

DETAIL: Detail redacted)",
            R"(could not execute statement [ERROR: insert or update on table "c" violates foreign key constraint "c_fk"
  Detail: Key (a)=(1) is not present in table "p".] [insert into c (a) values (?)]; constraint [c_fk])",
            "SQLSTATE[23503]: Foreign key violation: 7 ERROR:  insert or update on table \"c\" violates\n  foreign key "
            "constraint \"c_fk\"",
            "Insert or update on table “c” violates foreign key constraint “c_fk”",
        })
        EXPECT_EQ(names(source), wanted) << source;
}

// Non-breaking spaces, as the French have them, come and go on the way.
TEST_F(Message, TakesAnyBlanksBesideQuotationMarks) {
    texts const wanted{"p", "c_fk", "c"};
    EXPECT_EQ(
        names("UPDATE ou DELETE sur la table «\u00a0p\u00a0» viole la contrainte de clé étrangère «\u00a0c_fk\u00a0» "
              "de la table «\u00a0c\u00a0»"),
        wanted);
    EXPECT_EQ(names("UPDATE ou DELETE sur la table «p» viole la contrainte de clé\nétrangère «c_fk» de la table «c»"),
              wanted);
}

TEST_F(Message, HasNamesWithQuotationMarks) {
    auto const found =
        find(R"(insert or update on table "a"b" violates foreign key constraint "x"y" (SQLSTATE 23503))");
    ASSERT_EQ(found.size(), 1U);
    EXPECT_TRUE(found[0].table.can_be(R"(a"b)"));
    EXPECT_TRUE(found[0].constraint.can_be(R"(x"y)"));
    EXPECT_TRUE(found[0].constraint.can_be("x"));
    EXPECT_FALSE(found[0].constraint.can_be("y"));
    // Where no word stands before the name, any mark may open it.
    auto const bare =
        find(R"(오류:  "a"b" 테이블에서 자료 추가, 갱신 작업이 "x"y" 참조키(foreign key) 제약 조건을 위배했습니다)");
    ASSERT_EQ(bare.size(), 1U);
    EXPECT_TRUE(bare[0].table.can_be(R"(a"b)"));
    EXPECT_TRUE(bare[0].table.can_be("b"));
    EXPECT_EQ(bare[0].constraint.text(), R"(x"y)");
}

TEST_F(Message, EndsWhereTheNextBegins) {
    auto const found = find(
        "ERROR:  insert or update on table \"c\" violates foreign key constraint \"c_fk\"\nDETAIL:  one\n"
        "ERROR:  update or delete on table \"p\" violates foreign key constraint \"d_fk\" on table \"d\"\nDETAIL:  two");
    ASSERT_EQ(found.size(), 2U);
    EXPECT_NE(found[0].rest.find("one"), text::npos);
    EXPECT_EQ(found[0].rest.find("two"), text::npos);
    EXPECT_EQ(found[1].child.text(), "d");
    EXPECT_NE(found[1].rest.find("two"), text::npos);
}

TEST_F(Message, IsNotFoundInOthers) {
    for (text const source :
         {"", "\"", "\"\"\"\"", "violates foreign key constraint", "\" violates foreign key constraint \"",
          R"(insert or update on table "" violates foreign key constraint "c_fk")",
          R"(insert or update on table "c" violates foreign key constraint "")",
          R"(insert or update on table "c" violates foreign key constraint "c_fk)",
          R"(duplicate key value violates unique constraint "c_pkey")",
          R"(new row for relation "c" violates check constraint "c_check")",
          R"(cannot truncate a table referenced in a foreign key constraint)", "\xff\xfe\"\xe2\x80"})
        EXPECT_TRUE(find(source).empty()) << source;
}

TEST_F(Message, IsUnwrapped) {
    EXPECT_EQ(unwrap(R"(a \"b\" \\ \u00abc\u00bb \ud83d\ude00\n\q \u0000 \ud800 \u12)", escapes),
              "a \"b\" \\ «c» 😀\n\\q \\u0000 \\ud800 \\u12");
    EXPECT_EQ(unwrap("\"a \"\"b\"\"\",", doubled), "\"a \"b\"\",");
    EXPECT_EQ(unwrap("&quot;a&quot; &#34;b&#x22; &laquo;c&raquo; &amp;quot; &nope; & &#0; &#x110000;", html),
              "\"a\" \"b\" «c» &quot; &nope; & &#0; &#x110000;");
    EXPECT_EQ(unwrap("\\", escapes), "\\");
    EXPECT_EQ(unwrap("&", html), "&");
    EXPECT_EQ(std::string(diagnose::unwrap(arena_, R"(\u00ab\u0041)", escapes, false)), R"(\u00abA)");
}

TEST_F(Message, IsWrappedAsItsShapeSuggests) {
    EXPECT_EQ(diagnose::likely_way(" {\"message\":\"»c«\"}"), escapes);
    EXPECT_EQ(diagnose::likely_way("2026-01-01,ERROR,23503,\"»c«\""), doubled);
    EXPECT_EQ(diagnose::likely_way("ERROR:  \"c\""), 0U);
    EXPECT_EQ(diagnose::likely_way(""), 0U);
}

TEST_F(Message, SaysWhetherSomethingIsStillWrappedAroundIt) {
    auto const wrapped = [&](text source) {
        auto const found = find(source);
        return found.size() == 1 && found[0].is_wrapped;
    };
    EXPECT_FALSE(wrapped(R"(insert or update on table "c" violates foreign key constraint "c_fk")"));
    EXPECT_TRUE(wrapped(R"('insert or update on table "c" violates foreign key constraint "c_fk"\nDETAIL:  Key')"));
    EXPECT_TRUE(wrapped(R"("insert or update on table ""c"" violates foreign key constraint ""c_fk""",)"));
}

TEST_F(Message, OfUnknownWordingHasQuotedNames) {
    auto const has = [&](text source, text name) {
        auto const found = diagnose::quoted_texts(arena_, source);
        return std::find(found.begin(), found.end(), name) != found.end();
    };
    EXPECT_TRUE(has("Foreign key constraint violated: `c_fk (index)`", "c_fk"));
    EXPECT_TRUE(has("constraint [c_fk]", "c_fk"));
    EXPECT_TRUE(has("xyz „c“ zyx ‚d‘ «c_fk» (a)=(1)", "c_fk"));
    EXPECT_TRUE(has("xyz „c“ zyx «c_fk» (a)=(1)", "c"));
    EXPECT_FALSE(has("xyz «c_fk» (a)=(1)", "xyz"));
}

TEST_F(Message, OfUnknownWordingNeedsAHint) {
    EXPECT_TRUE(diagnose::hints_at_violation("code: '23503'"));
    EXPECT_TRUE(diagnose::hints_at_violation("(a)=(1)"));
    EXPECT_TRUE(diagnose::hints_at_violation("Foreign key constraint failed on the field"));
    EXPECT_FALSE(diagnose::hints_at_violation("ADD CONSTRAINT \"c_fk\" FOREIGN KEY"));
    EXPECT_FALSE(diagnose::hints_at_violation(""));
}

}  // namespace
}  // namespace fkaudit::test
