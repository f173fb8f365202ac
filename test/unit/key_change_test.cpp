#include "src/audit/key_change.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "test/unit/memory.hpp"

namespace fkaudit::test {
namespace {

using audit::key_record;
using audit::key_step;

/// A key whose whole text is made of the rest.
class KeyChange : public testing::Test {
protected:
    key_record key(std::string_view name, model::oid id, std::string_view columns = "a") {
        key_record one{.child = "s.c",
                       .constraint_name = name,
                       .child_columns = columns,
                       .parent = "s.p",
                       .parent_columns = "id",
                       .deferrability = "not deferrable",
                       .validity = "valid",
                       .enforcement = "enforced",
                       .triggers = "enabled",
                       .id = id};
        return seal(one);
    }
    key_record seal(key_record one) {
        one.whole = arena.concat(one.child, '|', one.constraint_name, '|', one.child_columns, '|', one.parent, '|',
                                 one.deferrability, '|', one.validity, '|', one.enforcement, '|', one.triggers);
        return one;
    }
    template <class Edit>
    std::string name(Edit edit) {
        auto const before = key("k", 1);
        auto after = before;
        edit(after);
        return std::string(audit::name_change(before, seal(after)));
    }
    std::vector<std::string> steps(std::vector<key_record> const& recorded, std::vector<key_record> const& current) {
        constexpr std::string_view words[] = {"known", "altered", "rebuilt", "added", "dropped", "superseded"};
        std::vector<std::string> lines;
        for (auto const& one : audit::reconcile(arena, recorded, current)) {
            std::string line(words[static_cast<std::size_t>(one.what)]);
            if (one.before != nullptr) line += " from " + std::string(one.before->constraint_name);
            if (one.after != nullptr) line += " to " + std::string(one.after->constraint_name);
            lines.push_back(line);
        }
        return lines;
    }
    using lines = std::vector<std::string>;

    heap memory;
    model::arena arena{memory};
};

TEST_F(KeyChange, NamesWhatIsDifferent) {
    EXPECT_EQ(name([](key_record&) {}), "");
    EXPECT_EQ(name([](key_record& k) { k.constraint_name = "l"; }), "renamed");
    EXPECT_EQ(name([](key_record& k) { k.child = "t.c"; }), "renamed");
    EXPECT_EQ(name([](key_record& k) { k.child_columns = "b"; }), "renamed");
    EXPECT_EQ(name([](key_record& k) { k.deferrability = "deferrable"; }), "changed");
    EXPECT_EQ(name([](key_record& k) { k.validity = "not valid"; }), "changed");
    EXPECT_EQ(name([](key_record& k) { k.triggers = "off", k.bypassed = 2; }), "disabled");
    EXPECT_EQ(name([](key_record& k) { k.triggers = "off here"; }), "changed");
    // What is not enforced has no triggers that could be off.
    EXPECT_EQ(name([](key_record& k) { k.enforcement = "not enforced", k.triggers = "none", k.bypassed = 2; }),
              "changed");
}

TEST_F(KeyChange, NamesWhatIsBetterThanBefore) {
    auto before = key("k", 1);
    before.validity = "not valid";
    EXPECT_EQ(audit::name_change(seal(before), key("k", 1)), "validated");
    before = key("k", 1);
    before.triggers = "off", before.bypassed = 3;
    auto after = key("k", 1);
    EXPECT_EQ(audit::name_change(seal(before), after), "enabled");
    after.triggers = "off on one side", after.bypassed = 1;
    EXPECT_EQ(audit::name_change(seal(before), seal(after)), "enabled");
}

TEST_F(KeyChange, TheOidTellsMoreThanTheName) {
    EXPECT_EQ(steps({key("k", 1)}, {key("k", 1)}), lines{});
    EXPECT_EQ(steps({key("k", 1)}, {key("l", 1)}), lines{"altered from k to l"});
    EXPECT_EQ(steps({key("k", 1)}, {key("k", 2)}), lines{"rebuilt from k to k"});
    EXPECT_EQ(steps({key("k", 1)}, {key("l", 2)}), (lines{"dropped from k", "added to l"}));
    EXPECT_EQ(steps({}, {key("l", 2)}), lines{"added to l"});
    EXPECT_EQ(steps({key("k", 1)}, {}), lines{"dropped from k"});
    EXPECT_EQ(steps({key("a", 1), key("b", 2)}, {key("b", 1), key("a", 2)}),
              (lines{"altered from b to a", "altered from a to b"}))
        << "two keys change their names";
    EXPECT_EQ(steps({key("a", 1), key("b", 2)}, {key("b", 1), key("a", 3)}),
              (lines{"dropped from b", "added to a", "altered from a to b"}))
        << "a name that another key had is no other state of that key";
}

TEST_F(KeyChange, AStateOfAnotherDatabaseHasItsNamesOnly) {
    EXPECT_EQ(steps({key("k", 0)}, {key("k", 7)}), lines{"known from k to k"});
    EXPECT_EQ(steps({key("k", 0)}, {key("k", 7, "b")}), lines{"altered from k to k"});
    EXPECT_EQ(steps({key("k", 0)}, {key("l", 7)}), lines{"altered from k to l"}) << "by its columns";
    EXPECT_EQ(steps({key("k", 0)}, {key("l", 7, "b")}), (lines{"dropped from k", "added to l"}));
    EXPECT_EQ(steps({key("k", 0), key("l", 0)}, {key("l", 7)}), (lines{"dropped from k", "known from l to l"}));
}

TEST_F(KeyChange, OfTwoRecordsOfOneConstraintTheLaterOneCounts) {
    EXPECT_EQ(steps({key("k", 1), key("l", 1)}, {key("l", 1)}), lines{"superseded from k"});
    EXPECT_EQ(steps({key("k", 1), key("l", 1)}, {key("m", 1)}), (lines{"superseded from k", "altered from l to m"}));
}

}  // namespace
}  // namespace fkaudit::test
