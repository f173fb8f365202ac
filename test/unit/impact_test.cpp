#include "src/plan/impact.hpp"

#include <cstdint>
#include <gtest/gtest.h>
#include <map>
#include <stdexcept>

#include "src/plan/impact_notes.hpp"
#include "test/unit/catalog.hpp"

namespace fkaudit::test {
namespace {

using model::action;
using plan::impact;
using plan::row_event;
using plan::row_place;

/// Tables with one column each; the keys' triggers fire in the order in which the keys are made.
class tables : public catalog {
public:
    model::constraint& key(model::oid id, model::oid child, model::oid parent, action on_delete,
                           action on_update = action::no_action) {
        auto& made = catalog::key(id, child, parent);
        made.on_delete = on_delete;
        made.on_update = on_update;
        auto const triggers = arena().array<model::constraint_trigger>(4);
        for (std::uint32_t number = 0; number < 4; ++number) {
            bool const is_check = number > 1;
            triggers[number] = {.id = 10 * id + number,
                                .constraint = id,
                                .relation = is_check ? child : parent,
                                .name = name((is_check ? "c_" : "a_") + std::to_string(10 * id + number)),
                                .is_check = is_check};
        }
        auto const rows = arena().array<model::constraint_row>(1);
        rows[0] = {.id = id, .child = child, .parent = parent, .triggers = triggers};
        made.rows = rows;
        return made;
    }
};

/// Rows whose references are written by hand.
class stored_rows final : public plan::row_source {
public:
    void refer(model::oid key, row_place child, row_place parent) {
        children_[{key, parent}].push_back(child);
        parents_[{key, child}].push_back(parent);
    }

    answer children(model::constraint const& key, std::span<row_place const> parents) override {
        return find(children_, key, parents);
    }
    answer parents(model::constraint const& key, plan::key_positions, std::span<row_place const> children) override {
        return find(parents_, key, children);
    }
    std::string_view refuses_null(model::relation const&, model::column const&) override { return refuses_null_; }
    void check_limits() override {
        if (++checks > most_checks) throw std::runtime_error("enough");
    }

    std::string_view refuses_null_{};
    model::oid unreadable = 0;
    int checks = 0, most_checks = 1000;

private:
    using references = std::map<std::pair<model::oid, row_place>, std::vector<row_place>>;

    answer find(references const& from, model::constraint const& key, std::span<row_place const> rows) {
        if (key.id == unreadable) return {{}, {}, "permission denied"};
        found_.clear();
        nulls_.assign(rows.size(), 0);
        for (std::size_t number = 0; number < rows.size(); ++number)
            if (auto const known = from.find({key.id, rows[number]}); known != from.end())
                for (auto const& row : known->second) found_.push_back({number, row});
        return {found_, nulls_, {}};
    }

    references children_, parents_;
    std::vector<match> found_;
    std::vector<plan::key_positions> nulls_;
};

row_place row(model::oid table, std::uint16_t number, bool is_own = false) { return {table, 0, number, is_own}; }

/// Such as "1 t2 deleted 3 by k10".
std::vector<std::string> lines(std::span<impact const> found) {
    std::vector<std::string> all;
    for (auto const& one : found)
        all.push_back(std::to_string(one.depth) + " " + std::string(one.table->name.name) + " " +
                      std::string(to_text(one.outcome)) + " " + (one.rows ? std::to_string(*one.rows) : "?") +
                      (one.key != nullptr ? " by " + std::string(one.key->name.name) : ""));
    return all;
}
using texts = std::vector<std::string>;

std::span<impact const> ask(tables& made, stored_rows& rows, std::vector<row_place> const& selected,
                            row_event event = row_event::deleted) {
    auto const& database = made.finish();
    return plan::find_impact(made.arena(), database, *database.find_relation(1), selected, event, rows);
}

TEST(Impact, NoRowsAreALineOfTheirOwn) {
    tables made;
    made.table(1);
    stored_rows rows;
    auto const found = ask(made, rows, {});
    EXPECT_EQ(lines(found), (texts{"0 t1 deleted 0"}));
    EXPECT_EQ(found[0].path.size(), 1U);
}

TEST(Impact, ChainHasThePathFromTheParent) {
    tables made;
    for (model::oid id = 1; id <= 3; ++id) made.table(id);
    made.key(10, 2, 1, action::cascade);
    made.key(11, 3, 2, action::set_null);
    stored_rows rows;
    rows.refer(10, row(2, 1), row(1, 1));
    rows.refer(10, row(2, 2), row(1, 1));
    rows.refer(11, row(3, 7), row(2, 2));
    auto const found = ask(made, rows, {row(1, 1)});
    EXPECT_EQ(lines(found), (texts{"0 t1 deleted 1", "1 t2 deleted 2 by k10", "2 t3 set null 1 by k11"}));
    EXPECT_EQ((std::vector<model::oid>(found[2].path.begin(), found[2].path.end())),
              (std::vector<model::oid>{1, 2, 3}));
    EXPECT_EQ(found[1].path.size(), 2U);
}

/// The server fires triggers by name: the row is gone when the key that would refuse looks for it, or is not yet.
TEST(Impact, ARowThatIsGoneByThenBlocksNothing) {
    for (bool const cascade_first : {true, false}) {
        tables made;
        for (model::oid id = 1; id <= 3; ++id) made.table(id);
        made.key(10, 2, 1, action::cascade);
        made.key(cascade_first ? 11 : 12, 3, 1, action::cascade);
        made.key(cascade_first ? 12 : 11, 3, 1, action::restrict_);
        stored_rows rows;
        for (model::oid const key : {11, 12}) rows.refer(key, row(3, 1), row(1, 1));
        EXPECT_EQ(lines(ask(made, rows, {row(1, 1)})), cascade_first
                                                           ? (texts{"0 t1 deleted 1", "1 t3 deleted 1 by k11"})
                                                           : (texts{"0 t1 deleted 1", "1 t3 blocked 1 by k11"}));
    }
}

TEST(Impact, CirclesEndAndOwnRowsStayAtTheTop) {
    tables made;
    made.table(1);
    made.table(2);
    made.key(10, 2, 1, action::cascade);
    made.key(11, 1, 2, action::cascade);
    made.key(12, 1, 1, action::cascade);
    stored_rows rows;
    rows.refer(10, row(2, 1), row(1, 1));
    rows.refer(11, row(1, 1), row(2, 1));
    rows.refer(12, row(1, 1), row(1, 1));
    rows.refer(12, row(1, 2), row(1, 1));
    EXPECT_EQ(lines(ask(made, rows, {row(1, 1)})),
              (texts{"0 t1 deleted 1", "1 t1 deleted 1 by k12", "1 t2 deleted 1 by k10"}));
}

TEST(Impact, SetNullThatIsRefused) {
    tables made;
    made.table(1);
    made.table(2);
    made.key(10, 2, 1, action::set_null);
    stored_rows rows;
    rows.refuses_null_ = "id is NOT NULL";
    rows.refer(10, row(2, 1), row(1, 1));
    auto const found = ask(made, rows, {row(1, 1)});
    EXPECT_EQ(lines(found), (texts{"0 t1 deleted 1", "1 t2 refused 1 by k10"}));
    EXPECT_EQ(found[1].detail, "would become NULL: id is NOT NULL");
}

TEST(Impact, RowsThatCannotBeRead) {
    tables made;
    made.table(1);
    made.table(2);
    made.key(10, 2, 1, action::cascade);
    stored_rows rows;
    rows.unreadable = 10;
    auto const found = ask(made, rows, {row(1, 1), row(1, 2)});
    EXPECT_EQ(lines(found), (texts{"0 t1 deleted 2", "1 t2 deleted ? by k10"}));
    EXPECT_EQ(found[1].detail, "not counted: permission denied");
}

TEST(Impact, KeysThatChange) {
    tables made;
    for (model::oid id = 1; id <= 3; ++id) made.table(id);
    made.key(10, 2, 1, action::no_action, action::cascade);
    made.key(11, 3, 2, action::no_action, action::restrict_);
    stored_rows rows;
    rows.refer(10, row(2, 1), row(1, 1));
    rows.refer(10, row(2, 2), row(1, 2));
    rows.refer(11, row(3, 1), row(2, 2));
    EXPECT_EQ(lines(ask(made, rows, {row(1, 1), row(1, 2)}, row_event::key_updated)),
              (texts{"0 t1 updated 2", "1 t2 updated 2 by k10", "2 t3 blocked 1 by k11"}));
}

/// A row that has another key in the same column goes without that parent when a cascade changes it.
TEST(Impact, ACascadeCanLoseAnotherParent) {
    tables made;
    for (model::oid id = 1; id <= 3; ++id) made.table(id);
    made.key(10, 2, 1, action::no_action, action::cascade);
    made.key(11, 2, 3, action::no_action);
    stored_rows rows;
    rows.refer(10, row(2, 1), row(1, 1));
    rows.refer(11, row(2, 1), row(3, 1));
    auto const found = ask(made, rows, {row(1, 1)}, row_event::key_updated);
    EXPECT_EQ(lines(found), (texts{"0 t1 updated 1", "1 t2 refused 1 by k10"}));
    EXPECT_EQ(found[1].detail, "would have no parent in s.t3 by k11");
}

TEST(Impact, KeysThatAreNotEnforcedDoNothing) {
    tables made;
    made.table(1);
    made.table(2);
    made.key(10, 2, 1, action::cascade).is_enforced = false;
    stored_rows rows;
    rows.refer(10, row(2, 1), row(1, 1));
    auto const found = ask(made, rows, {row(1, 1)});
    EXPECT_EQ(lines(found), (texts{"0 t1 deleted 1"}));
    auto const noted = plan::add_notes(made.arena(), made.finish(), found, {}, row_event::deleted);
    EXPECT_EQ(noted[0].detail, "keys that do nothing, so that rows may stay behind without a parent: k10 of s.t2");
}

TEST(Impact, TriggersAndRulesAreNoted) {
    tables made;
    made.table(1);
    stored_rows rows;
    auto const found = ask(made, rows, {row(1, 1)});
    using kind = plan::table_fact::kind;
    std::vector<plan::table_fact> const facts{{1, kind::trigger, "x", true, false},
                                              {1, kind::trigger, "y", false, true},
                                              {1, kind::rule, "z", true, false},
                                              {2, kind::rule, "other", true, false}};
    auto const noted = plan::add_notes(made.arena(), made.finish(), found, facts, row_event::deleted);
    EXPECT_EQ(noted[0].detail,
              "triggers that fire for them, whatever they do: x; rules that apply to them, whatever they do: z");
}

TEST(Impact, ItCanBeStopped) {
    tables made;
    made.table(1);
    made.key(10, 1, 1, action::cascade);
    stored_rows rows;
    for (std::uint16_t number = 1; number < 1000; ++number)
        rows.refer(10, row(1, static_cast<std::uint16_t>(number + 1)), row(1, number));
    rows.most_checks = 100;
    EXPECT_THROW(ask(made, rows, {row(1, 1)}), std::runtime_error);
}

}  // namespace
}  // namespace fkaudit::test
