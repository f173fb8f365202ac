#include "src/report/text.hpp"

#include <gtest/gtest.h>

#include "src/report/visible.hpp"
#include "src/report/wrapping.hpp"
#include "test/unit/sample_report.hpp"

namespace fkaudit::test {
namespace {

std::string wrapped_sql(std::string_view statement, std::size_t width) {
    heap memory;
    model::arena arena(memory);
    report::writer out(arena);
    report::write_wrapped_sql(out, statement, 2, width);
    return std::string(out.text());
}

std::size_t widest_line(std::string_view text) {
    std::size_t widest = 0;
    while (!text.empty()) {
        auto const line = text.substr(0, text.find('\n'));
        widest = std::max(widest, report::columns(line));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
    }
    return widest;
}

TEST(WrappedSql, BreaksBetweenWords) {
    EXPECT_EQ(wrapped_sql("ALTER TABLE public.orders VALIDATE CONSTRAINT orders_fk;", 30),
              "  ALTER TABLE public.orders\n    VALIDATE CONSTRAINT\n    orders_fk;\n");
}

TEST(WrappedSql, BreaksAfterDotsAndCommasWhereAWordIsLong) {
    EXPECT_EQ(wrapped_sql("SELECT a_long_schema.a_long_table;", 23), "  SELECT a_long_schema.\n    a_long_table;\n");
    EXPECT_EQ(wrapped_sql("SELECT 1234567.890123456789;", 12), "  SELECT\n    1234567.890123456789;\n");
}

TEST(WrappedSql, NeverBreaksInsideQuotes) {
    EXPECT_EQ(wrapped_sql("DROP TABLE \"a b, c.d\"\" e f\".x;", 14),
              "  DROP TABLE\n    \"a b, c.d\"\" e f\".\n    x;\n");
    EXPECT_EQ(wrapped_sql("SELECT 'a b''c d';", 10), "  SELECT\n    'a b''c d';\n");
    EXPECT_EQ(wrapped_sql("SELECT E'a\\' b' , c;", 12), "  SELECT\n    E'a\\' b'\n    , c;\n");
    EXPECT_EQ(wrapped_sql("SELECT $x$ a b $x$;", 10), "  SELECT $x$ a b $x$;\n");
}

TEST(TextReport, SaysWhatWasFound) {
    sample_report sample;
    EXPECT_EQ(report::render_text(sample.arena(), sample.all),
              R"(Foreign keys of database public.orders
2026-05-31 23:59:59 UTC, PostgreSQL 15.4, fkaudit 1.0

Not sound: 1 error, 1 warning. The rows of 1 foreign key were not examined.

  foreign keys    2 (1 examined, 1 not examined)
  errors          1
  warnings        1
  info            1
  suppressed      1
  orphan rows     600, in 1 foreign key
  rules           2 of 3 have run

ERRORS
====================================================================================================

orphan-rows: rows without their parent (1)
  Rows refer to nothing.

  public.orders, public.orders -> public.orders
    public.orders
      public.orders

WARNINGS
====================================================================================================

missing-index: no index (1)
  Deletes read the whole child.

  public.orders, public.orders -> public.orders
    public.orders
      public.orders

INFO
====================================================================================================

missing-index: no index (1)
  Deletes read the whole child.

  public.orders, public.orders -> public.orders
    public.orders

SUPPRESSED
====================================================================================================

warning missing-index: no index
  public.orders, public.orders -> public.orders
    public.orders
    accepted: public.orders
)");
}

TEST(TextReport, FitsAHundredColumns) {
    std::string const long_word(300, 'x');
    std::string const sentence = long_word + " " + long_word;
    sample_report sample(sentence);
    for (auto const& one : sample.all.findings) const_cast<report::finding&>(one).remedy = "SELECT 1;";
    EXPECT_EQ(widest_line(report::render_text(sample.arena(), sample.all)), 100U);
}

TEST(TextReport, ShowsHostileNamesByTheirCodes) {
    sample_report sample(hostile_name);
    auto const text = report::render_text(sample.arena(), sample.all);
    for (char const one : text) EXPECT_TRUE(one == '\n' || static_cast<unsigned char>(one) >= ' ');
    EXPECT_EQ(text.find("\u202e"), text.npos);
    EXPECT_NE(text.find("[U+202E]"), text.npos);
    EXPECT_NE(text.find("grün"), text.npos);
}

TEST(TextReport, IsHonestAboutAnEmptyDatabase) {
    sample_report sample;
    sample.all.findings = {};
    sample.all.keys = {};
    EXPECT_NE(report::render_text(sample.arena(), sample.all)
                  .find("The database has no foreign keys: there was nothing to audit."),
              std::string_view::npos);
}

TEST(TextReport, NeverCallsSoundWhatNobodyLookedAt) {
    sample_report sample;
    sample.all.findings = {};
    auto const headline = [&] { return report::render_text(sample.arena(), sample.all); };
    EXPECT_NE(headline().find("No errors, no warnings. The rows of 1 foreign key were not examined."),
              std::string::npos);
    sample.all.has_data = false;
    EXPECT_NE(headline().find("No errors, no warnings. The rows were not examined."), std::string::npos);
    EXPECT_EQ(headline().find("orphan rows"), std::string::npos);
    sample.all.has_data = true;
    sample.all.keys = sample.all.keys.first(1);
    EXPECT_NE(headline().find("Sound: no errors"), std::string::npos);
    sample.all.damaged_keys = 1;
    EXPECT_EQ(headline().find("Sound: no errors"), std::string::npos);
}

}  // namespace
}  // namespace fkaudit::test
