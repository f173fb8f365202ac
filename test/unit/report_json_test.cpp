#include <cstdint>
#include <gtest/gtest.h>

#include "src/report/formats.hpp"
#include "src/report/json.hpp"
#include "src/report/json_writer.hpp"
#include "src/report/sarif.hpp"
#include "test/unit/sample_report.hpp"

namespace fkaudit::test {
namespace {

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

TEST(JsonWriter, NestsAndEscapes) {
    heap memory;
    model::arena arena(memory);
    report::json_writer json(arena);
    json.object([&] {
        json.member("text", "a\"\\\n</script>\x01ü😀\xff");
        json.member("truth", true);
        json.member_or_null("nothing", "");
        json.array("numbers", std::initializer_list<std::int64_t>{1, -2}, [&](std::int64_t one) { json.value(one); });
        json.array("none", [] {});
        json.object("empty", [] {});
    });
    EXPECT_EQ(json.text(), R"({
  "text": "a\"\\\n\u003c/script\u003e\u0001\u00fc\ud83d\ude00[0xFF]",
  "truth": true,
  "nothing": null,
  "numbers": [
    1,
    -2
  ],
  "none": [],
  "empty": {}
})");
}

TEST(JsonReport, CountsAndNames) {
    sample_report sample;
    auto const json = report::render_json(sample.arena(), sample.all);
    EXPECT_TRUE(contains(json, R"("summary": {
    "foreign_keys": 2,
    "examined": 1,
    "not_examined": 1,
    "errors": 1,
    "warnings": 1,
    "infos": 1,
    "suppressed": 1,
    "orphan_rows": 600,
    "violated_keys": 1,
    "rules": 2
  },)"));
    EXPECT_TRUE(contains(json, "\"not_examined_reason\": \"no_privilege\""));
    EXPECT_TRUE(contains(json, "\"orphan_rows\": null"));
    EXPECT_TRUE(contains(json, "\"remedy\": null"));
}

TEST(JsonReport, KeepsHostileNamesExactAndInAscii) {
    sample_report sample(hostile_name);
    auto const json = report::render_json(sample.arena(), sample.all);
    EXPECT_TRUE(is_ascii(json));
    EXPECT_TRUE(contains(json, "\\r\\n") || contains(json, "\\u000d\\n"));
    EXPECT_TRUE(contains(json, "\\u202e"));
    EXPECT_FALSE(contains(json, "<"));
}

TEST(SarifReport, HasAResultForEachFinding) {
    sample_report sample;
    auto const log = report::render_sarif(sample.arena(), sample.all);
    EXPECT_EQ(occurrences(log, "\"ruleId\": "), 4U);
    EXPECT_EQ(occurrences(log, "\"ruleIndex\": 1"), 3U);
    EXPECT_EQ(occurrences(log, "\"status\": \"accepted\""), 1U);
    EXPECT_TRUE(contains(log, "\"level\": \"note\""));
    EXPECT_TRUE(contains(log, "\"uri\": \"public.orders\""));
    EXPECT_TRUE(contains(log, "\"fkauditFindingKey/v1\": \"0123456789abcdef\""));
}

TEST(SarifReport, KeepsHostileNamesInert) {
    sample_report sample(hostile_name);
    auto const log = report::render_sarif(sample.arena(), sample.all);
    EXPECT_TRUE(is_ascii(log));
    EXPECT_TRUE(contains(log, "\"uri\": \"%3Cscript%3Ealert%281%29%3C%2Fscript%3E%22%27%60%7C"));
    // What a tool shows; the property `remedy` is exact.
    for (auto place = log.find("\"text\": "); place != log.npos; place = log.find("\"text\": ", place + 1))
        EXPECT_FALSE(contains(log.substr(place, log.find('\n', place) - place), "\\u202e"));
    EXPECT_TRUE(contains(log, "[U+202E]"));
}

TEST(Formats, AreThoseOfTheHint) {
    auto rest = report::format_names;
    std::size_t number = 0;
    while (!rest.empty()) {
        auto const name = rest.substr(0, rest.find(", "));
        EXPECT_NE(report::find_format(name), nullptr) << name;
        rest.remove_prefix(std::min(name.size() + 2, rest.size()));
        ++number;
    }
    EXPECT_EQ(number, 6U);
    EXPECT_EQ(report::find_format("pdf"), nullptr);
    EXPECT_EQ(report::find_format(""), nullptr);
}

}  // namespace
}  // namespace fkaudit::test
