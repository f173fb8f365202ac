#include <gtest/gtest.h>

#include "src/report/html.hpp"
#include "src/report/junit.hpp"
#include "src/report/markdown.hpp"
#include "src/report/xml.hpp"
#include "test/unit/sample_report.hpp"

namespace fkaudit::test {
namespace {

std::string escaped(std::string_view text) {
    heap memory;
    model::arena arena(memory);
    report::writer out(arena);
    report::write_escaped(out, text);
    return std::string(out.text());
}

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

TEST(XmlEscape, LeavesNoMarkupAndNothingButAscii) {
    EXPECT_EQ(escaped("<a b='c'>&\"]]>"), "&lt;a b=&#39;c&#39;&gt;&amp;&quot;]]&gt;");
    EXPECT_EQ(escaped("grün 😀"), "gr&#252;n &#128512;");
    EXPECT_EQ(escaped(std::string_view("\0\x0b\xff\ufffe", 6)), "[U+0000][U+000B][0xFF][U+FFFE]");
}

TEST(HtmlReport, KeepsHostileNamesInert) {
    sample_report sample(hostile_name);
    auto const page = report::render_html(sample.arena(), sample.all);
    EXPECT_TRUE(is_ascii(page));
    EXPECT_FALSE(contains(page, "<script"));
    EXPECT_TRUE(contains(page, "&lt;script&gt;alert(1)&lt;/script&gt;"));
    EXPECT_TRUE(contains(page, "[U+202E]"));
    EXPECT_TRUE(contains(page, "default-src 'none'"));
    EXPECT_FALSE(contains(page, "http://"));
    EXPECT_FALSE(contains(page, "src="));
    EXPECT_FALSE(contains(page, "url("));
}

TEST(HtmlReport, ShowsTheFigures) {
    sample_report sample;
    auto const page = report::render_html(sample.arena(), sample.all);
    EXPECT_TRUE(contains(page, "id=\"figure-errors\" data-value=\"1\""));
    EXPECT_TRUE(contains(page, "id=\"figure-not-examined\" data-value=\"1\""));
    EXPECT_TRUE(contains(page, "id=\"figure-orphan-rows\" data-value=\"600\""));
    EXPECT_EQ(occurrences(page, "<tr class=\"finding "), 3U);
    EXPECT_TRUE(contains(page, "<option value=\"missing-index\">missing-index (2)</option>"));
    EXPECT_TRUE(contains(page, "#only-error:checked):has(option[value=\"missing-index\"]:checked) .nothing"));
    EXPECT_FALSE(contains(page, "#only-error:checked):has(option[value=\"orphan-rows\"]:checked) .nothing"));
}

TEST(HtmlReport, IsHonestAboutAnEmptyDatabase) {
    sample_report sample;
    sample.all.findings = {};
    sample.all.keys = {};
    auto const page = report::render_html(sample.arena(), sample.all);
    EXPECT_TRUE(contains(page, "there was nothing to audit"));
    EXPECT_FALSE(contains(page, "<table"));
    EXPECT_FALSE(contains(page, "class=\"verdict good\""));
}

TEST(HtmlReport, EmbedsTheGraphInAscii) {
    sample_report sample;
    sample.all.graph = "<svg><text>grün</text></svg>";
    EXPECT_TRUE(contains(report::render_html(sample.arena(), sample.all), "<svg><text>gr&#252;n</text></svg>"));
}

TEST(JunitReport, HasACaseForEachFindingAndEachQuietKey) {
    sample_report sample;
    auto const suites = report::render_junit(sample.arena(), sample.all);
    EXPECT_TRUE(contains(suites,
                         "<testsuites name=\"fkaudit: public.orders\" tests=\"5\" failures=\"2\" errors=\"0\" "
                         "skipped=\"1\" time=\"0\">"));
    EXPECT_EQ(occurrences(suites, "<testcase "), 5U);
    EXPECT_EQ(occurrences(suites, "<failure "), 2U);
    EXPECT_EQ(occurrences(suites, "<skipped "), 1U);
    EXPECT_EQ(occurrences(suites, "<system-out>"), 1U);
    EXPECT_TRUE(contains(suites, "<testcase classname=\"public.quiet\" name=\"quiet_fk\" time=\"0\"/>"));
    EXPECT_TRUE(contains(suites, "timestamp=\"2026-05-31T23:59:59\""));
}

TEST(JunitReport, SkipsTheOnlyCaseOfAnEmptyDatabase) {
    sample_report sample;
    sample.all.findings = {};
    sample.all.keys = {};
    auto const suites = report::render_junit(sample.arena(), sample.all);
    EXPECT_TRUE(contains(suites, "tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"1\""));
    EXPECT_TRUE(contains(suites, "there was nothing to audit"));
}

TEST(JunitReport, KeepsHostileNamesInert) {
    sample_report sample(hostile_name);
    auto const suites = report::render_junit(sample.arena(), sample.all);
    EXPECT_TRUE(is_ascii(suites));
    EXPECT_FALSE(contains(suites, "<script"));
    EXPECT_FALSE(contains(suites, "]]>"));
}

TEST(MarkdownReport, KeepsHostileNamesInert) {
    sample_report sample(hostile_name);
    auto const page = report::render_markdown(sample.arena(), sample.all);
    // What is in a fenced block is no markup: the statements are.
    EXPECT_TRUE(contains(page, "````sql\n") || contains(page, "```sql\n"));
    std::string prose;
    bool is_code = false;
    for (auto rest = page; !rest.empty();) {
        auto const line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
        if (line.starts_with("```")) is_code = !is_code;
        if (!is_code) prose += std::string(line) + '\n';
    }
    EXPECT_FALSE(contains(prose, "<script"));
    EXPECT_FALSE(contains(prose, "@owner"));
    EXPECT_FALSE(contains(prose, " #1"));
    EXPECT_FALSE(contains(prose, "](y)"));
    EXPECT_FALSE(contains(prose, "https://"));
    EXPECT_FALSE(contains(prose, "\u202e"));
}

TEST(MarkdownReport, HasAsManyCellsInEachRow) {
    sample_report sample(hostile_name);
    auto const page = report::render_markdown(sample.arena(), sample.all);
    for (auto rest = page; !rest.empty();) {
        auto const line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
        if (!line.starts_with("| <code>")) continue;
        auto const bars = occurrences(line, "|");
        EXPECT_TRUE(bars == 5 || bars == 6) << line;
        EXPECT_EQ(occurrences(line, "\\"), 0U) << line;
    }
}

TEST(MarkdownReport, FencesStatementsThatHoldFences) {
    sample_report sample;
    for (auto const& one : sample.all.findings) const_cast<report::finding&>(one).remedy = "SELECT '````';";
    EXPECT_TRUE(contains(report::render_markdown(sample.arena(), sample.all), "\n`````sql\nSELECT '````';\n`````\n"));
}

}  // namespace
}  // namespace fkaudit::test
