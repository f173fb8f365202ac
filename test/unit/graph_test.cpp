#include "src/report/graph.hpp"

#include <cstdint>

#include <gtest/gtest.h>

#include <cmath>

#include "src/report/dot.hpp"
#include "src/report/layout.hpp"
#include "src/report/markup.hpp"
#include "src/report/mermaid.hpp"
#include "src/report/svg.hpp"
#include "test/unit/catalog.hpp"

namespace fkaudit::test {
namespace {

using report::encoding;

/// Such as "t1 t2(1)": names, the cycle in brackets.
std::string nodes_of(report::graph const& drawn) {
    std::string all;
    for (auto const& one : drawn.nodes) {
        all += (all.empty() ? "" : " ") + std::string(one.table->name.name);
        if (one.cycle != 0) all += "(" + std::to_string(one.cycle) + ")";
    }
    return all;
}

std::string keys_of(report::graph const& drawn) {
    std::string all;
    for (auto const& one : drawn.edges) all += (all.empty() ? "" : " ") + std::string(one.key->name.name);
    return all;
}

TEST(Graph, PartitionsCountAsTheirRoot) {
    catalog made;
    made.partitioned(1);
    made.partition(2, 1);
    made.table(3);
    made.key(10, 2, 3);
    made.key(11, 3, 1);
    auto const& database = made.finish();
    auto const drawn = report::make_graph(made.arena(), database, {}, nullptr);
    EXPECT_EQ(nodes_of(drawn), "t1(1) t3(1)");
    EXPECT_EQ(drawn.edges[0].child, 0U);
    EXPECT_EQ(drawn.edges[1].parent, 0U);
}

TEST(Graph, ARootShowsWhatItNeedsAndWhatHangsOnIt) {
    catalog made;
    for (model::oid id = 1; id <= 7; ++id) made.table(id);
    made.key(10, 2, 1);  // 1 <- 2 <- 3 <- 4
    made.key(11, 3, 2);
    made.key(12, 4, 3);
    made.key(13, 5, 1);  // a sibling
    made.key(14, 4, 1);  // past the root, between two that are shown
    made.key(15, 6, 7);  // somewhere else
    auto const& database = made.finish();
    auto const drawn = report::make_graph(made.arena(), database, {}, database.find_relation(3));
    EXPECT_EQ(nodes_of(drawn), "t1 t2 t3 t4");
    EXPECT_EQ(keys_of(drawn), "k10 k11 k12 k14");
}

TEST(Graph, ARootWithoutKeysStandsAlone) {
    catalog made, other;
    made.table(1);
    made.table(2);
    made.key(10, 2, 1);
    other.table(3);
    auto const& database = made.finish();
    auto const drawn = report::make_graph(made.arena(), database, {}, other.finish().find_relation(3));
    EXPECT_EQ(nodes_of(drawn), "t3");
    EXPECT_EQ(keys_of(drawn), "");
}

TEST(Graph, AKeyThatIsNotEnforcedMakesNoCycle) {
    catalog made;
    made.table(1);
    made.table(2);
    made.key(10, 1, 2);
    made.key(11, 2, 1).is_enforced = false;
    auto const drawn = report::make_graph(made.arena(), made.finish(), {}, nullptr);
    EXPECT_EQ(nodes_of(drawn), "t1 t2");
    EXPECT_EQ(drawn.cycles, 0U);
}

TEST(Graph, ACycleOfWhichAPartIsShownIsNone) {
    catalog made;
    model::oid const last = 200;
    for (model::oid id = 1; id <= last; ++id) made.table(id);
    for (model::oid id = 1; id <= last; ++id) made.key(1000 + id, id, id % last + 1);
    auto const& database = made.finish();
    auto const drawn = report::make_graph(made.arena(), database, {}, database.find_relation(1));
    EXPECT_EQ(drawn.nodes.size(), report::most_tables);
    EXPECT_EQ(drawn.left_out, last - report::most_tables);
    EXPECT_EQ(drawn.cycles, 0U);
    EXPECT_EQ(report::make_graph(made.arena(), database, {}, nullptr).cycles, 1U);
}

TEST(Graph, NothingIsDrawnOfNothing) {
    catalog made;
    auto const drawn = report::make_graph(made.arena(), made.finish(), {}, nullptr);
    EXPECT_NE(draw_svg(made.arena(), drawn, encoding::utf8).find("0 tables, 0 foreign keys."), std::string_view::npos);
    EXPECT_EQ(write_dot(made.arena(), drawn, encoding::utf8).find("->"), std::string_view::npos);
    EXPECT_EQ(write_mermaid(made.arena(), drawn, encoding::utf8).substr(0, 12), "flowchart RL");
}

TEST(Graph, OrphansAreSaidInEachFormat) {
    catalog made;
    made.table(1);
    made.table(2);
    made.key(10, 2, 1);
    report::key_state const states[] = {{.enforcement = model::enforcement_state::bypassed, .orphan_rows = 12}};
    auto const drawn = report::make_graph(made.arena(), made.finish(), states, nullptr);
    EXPECT_NE(draw_svg(made.arena(), drawn, encoding::utf8).find(">12 orphans<"), std::string_view::npos);
    EXPECT_NE(draw_svg(made.arena(), drawn, encoding::utf8).find("fkaudit-glow\" d="), std::string_view::npos);
    EXPECT_NE(write_dot(made.arena(), drawn, encoding::utf8).find("label=\"12 orphans\""), std::string_view::npos);
    EXPECT_NE(write_mermaid(made.arena(), drawn, encoding::utf8).find("#40;12#32;orphans#41;"), std::string_view::npos);
}

TEST(Graph, NamesAreTextInDot) {
    catalog made;
    made.table(1);
    made.table(2).name = made.name("a\\N");
    made.key(10, 2, 1).name = made.name("\\T\"&");
    auto const drawn = report::make_graph(made.arena(), made.finish(), {}, nullptr);
    auto const written = write_dot(made.arena(), drawn, encoding::utf8);
    // \N and \T are Graphviz's own; a backslash before each of theirs keeps them from it.
    EXPECT_NE(written.find("<B>a\\\\N</B>"), std::string_view::npos);
    EXPECT_NE(written.find("\\\\T\\\"&amp;"), std::string_view::npos);
}

/// Boxes of one size and lines between them, "child parent" each.
struct sketch {
    sketch(std::size_t count, std::vector<std::pair<std::size_t, std::size_t>> const& ends) : boxes(count) {
        for (auto& one : boxes) one.width = 100, one.height = 50;
        for (auto const& [child, parent] : ends)
            lines.push_back(
                {.child = child, .parent = parent, .child_offset = 40, .parent_offset = 10, .bundle = parent});
        size = arrange(arena, boxes, lines);
    }

    /// Whether a level piece from one x to another at y goes through a box.
    bool hits_a_box(report::point from, report::point to) const {
        for (auto const& one : boxes)
            if (from.y > one.y && from.y < one.y + one.height && std::min(from.x, to.x) < one.x + one.column_width &&
                std::max(from.x, to.x) > one.x)
                return true;
        return false;
    }

    void expect_sound() const {
        for (std::size_t a = 0; a < boxes.size(); ++a) {
            EXPECT_GE(boxes[a].x, 0);
            EXPECT_GE(boxes[a].y, -1e-6);
            EXPECT_LE(boxes[a].x + boxes[a].column_width, size.x + 1e-6);
            EXPECT_LE(boxes[a].y + boxes[a].height, size.y + 1e-6);
            for (std::size_t b = 0; b < a; ++b) {
                bool const apart = boxes[a].x + boxes[a].column_width <= boxes[b].x ||
                                   boxes[b].x + boxes[b].column_width <= boxes[a].x ||
                                   boxes[a].y + boxes[a].height <= boxes[b].y + 1e-6 ||
                                   boxes[b].y + boxes[b].height <= boxes[a].y + 1e-6;
                EXPECT_TRUE(apart) << a << " and " << b;
            }
        }
        for (auto const& one : lines) {
            auto const& left = boxes[one.is_reversed ? one.child : one.parent];
            auto const& right = boxes[one.is_reversed ? one.parent : one.child];
            EXPECT_LT(left.x + left.column_width, right.x);
            EXPECT_LT(left.level, right.level);
            for (std::size_t pass = 0; pass < one.passes.size(); pass += 2)
                EXPECT_FALSE(hits_a_box(one.passes[pass], one.passes[pass + 1]));
        }
    }

    heap memory;
    model::arena arena{memory};
    std::vector<report::box> boxes;
    std::vector<report::line> lines;
    report::point size;
};

TEST(Layout, AChainGoesFromLeftToRight) {
    sketch const made(3, {{1, 0}, {2, 1}, {2, 0}});
    made.expect_sound();
    EXPECT_EQ(made.boxes[2].level, 2U);
    EXPECT_EQ(made.lines[2].passes.size(), 2U);
}

TEST(Layout, ACycleIsOpenedOnce) {
    sketch const made(3, {{0, 1}, {1, 2}, {2, 0}});
    made.expect_sound();
    EXPECT_EQ(made.lines[0].is_reversed + made.lines[1].is_reversed + made.lines[2].is_reversed, 1);
}

TEST(Layout, LinesDoNotCrossWhereTheyNeedNot) {
    // Children in the order that crosses most.
    sketch const made(8, {{4, 3}, {5, 2}, {6, 1}, {7, 0}});
    made.expect_sound();
    for (auto const& a : made.lines)
        for (auto const& b : made.lines)
            EXPECT_EQ(made.boxes[a.child].y < made.boxes[b.child].y, made.boxes[a.parent].y < made.boxes[b.parent].y);
}

TEST(Layout, ATallLevelIsSeveralColumns) {
    std::vector<std::pair<std::size_t, std::size_t>> ends;
    for (std::size_t child = 1; child < 120; ++child) ends.push_back({child, 0});
    sketch const made(120, ends);
    made.expect_sound();
    EXPECT_LT(made.size.y, 2200);
    EXPECT_LT(made.size.x, 2200);
}

TEST(Layout, RandomGraphsAreSound) {
    std::uint32_t state = 7;
    auto const random = [&](std::size_t below) {
        state = state * 1664525 + 1013904223;
        return static_cast<std::size_t>(state >> 8) % below;
    };
    for (int round = 0; round < 40; ++round) {
        auto const count = 2 + random(60);
        std::vector<std::pair<std::size_t, std::size_t>> ends;
        for (auto left = random(3 * count); left > 0; --left) {
            auto const child = random(count), parent = random(count);
            if (child != parent) ends.push_back({child, parent});
        }
        sketch(count, ends).expect_sound();
    }
}

std::string escaped(std::string_view name, encoding names = encoding::utf8) {
    heap memory;
    model::arena arena(memory);
    report::writer out(arena);
    out << report::as_xml{name, names};
    return std::string(out.text());
}

TEST(Markup, IsText) {
    EXPECT_EQ(escaped("<a href='x'>&\"\\"), "&lt;a href=&#39;x&#39;&gt;&amp;&quot;\\");
    EXPECT_EQ(escaped("\xc3\xa9\xe8\xa1\xa8\xf0\x9f\x98\x80"), "\xc3\xa9\xe8\xa1\xa8\xf0\x9f\x98\x80");
}

TEST(Markup, ShowsTheNumbersOfWhatCannotBeSeen) {
    EXPECT_EQ(escaped("a\nb\x7f"), "a[U+000A]b[U+007F]");
    EXPECT_EQ(escaped("\xe2\x80\xae"), "[U+202E]");
    EXPECT_EQ(escaped("\xef\xbf\xbf"), "[U+FFFF]");
    EXPECT_EQ(escaped("\xf3\xa0\x80\x81"), "[U+E0001]");
}

TEST(Markup, LeavesOtherEncodingsAlone) {
    EXPECT_EQ(escaped("\xe2\x80\xae<", encoding::other), "\xe2\x80\xae&lt;");
    EXPECT_EQ(escaped("\xe2\x80"), "\xe2\x80");  // not UTF-8 at all
    EXPECT_EQ(escaped("\xff\xc3<"), "\xff\xc3&lt;");
}

TEST(Markup, MeasuresWhatIsSeen) {
    EXPECT_EQ(report::display_width("abc", encoding::utf8), 3U);
    EXPECT_EQ(report::display_width("\xe8\xa1\xa8", encoding::utf8), 2U);
    EXPECT_EQ(report::display_width("e\xcc\x81", encoding::utf8), 1U);
    EXPECT_EQ(report::display_width("\n", encoding::utf8), 8U);
}

}  // namespace
}  // namespace fkaudit::test
