#include "src/plan/index_ddl.hpp"

#include <cstdint>
#include <gtest/gtest.h>

#include "test/unit/key_database.hpp"

namespace fkaudit::test {
namespace {

class numbered_names final : public plan::index_names {
public:
    explicit numbered_names(model::arena& arena) : arena_(arena) {}
    model::identifier choose(model::relation const& table, std::string_view columns) override {
        auto const name = arena_.concat(table.name.name, '_', columns, '_', ++count_);
        return {name, name};
    }

private:
    model::arena& arena_;
    int count_ = 0;
};

plan::index_ddl make(key_database& made, bool tolerant = false) {
    numbered_names names(made.arena);
    return plan::make_index_ddl(made.arena, made.database, made.key, made.conditions(), {}, names, tolerant);
}

TEST(IndexDdl, CreatesAnIndexOnTheKeysColumns) {
    key_database made;
    made.columns({2, 1});
    EXPECT_EQ(make(made).statements, "CREATE INDEX CONCURRENTLY c_b_a_1 ON s.c (b, a);");
    EXPECT_EQ(make(made, true).statements, "CREATE INDEX CONCURRENTLY IF NOT EXISTS c_b_a_1 ON s.c (b, a);");
}

TEST(IndexDdl, NamesAColumnOnce) {
    key_database made;
    made.columns({1, 1});
    EXPECT_EQ(make(made).statements, "CREATE INDEX CONCURRENTLY c_a_1 ON s.c (a);");
}

TEST(IndexDdl, IndexesTheCast) {
    key_database made;
    made.cast_all();
    EXPECT_EQ(make(made).statements, "CREATE INDEX CONCURRENTLY c_a_1 ON s.c (((a)::pg_catalog.float8));");
}

TEST(IndexDdl, UsesGistForAPeriod) {
    key_database made;
    made.columns({1, 4}, true);
    EXPECT_EQ(make(made).statements, "CREATE INDEX CONCURRENTLY c_a_period_1 ON s.c USING gist (a, period);");
}

TEST(IndexDdl, SaysWhichExtensionAPeriodNeeds) {
    key_database made;
    made.columns({1, 4}, true);
    std::vector<model::operator_class> classes;
    for (auto const& one : made.database.operator_classes)
        if (one.id != key_database::gist_integer) classes.push_back(one);
    made.database.operator_classes = classes;
    EXPECT_EQ(make(made).statements, "");
    EXPECT_EQ(
        make(made).obstacle,
        "no operator class of gist has the key's operator for a: the extension btree_gist has one for most types");
}

TEST(IndexDdl, BuildsAnInvalidIndexAgain) {
    key_database made;
    made.index({1, 3}).is_valid = false;
    EXPECT_EQ(make(made).statements, "REINDEX INDEX CONCURRENTLY s.c_i1;");
}

TEST(IndexDdl, LeavesInvalidIndexesThatWouldNotHelp) {
    for (auto const spoil :
         {+[](model::index& one) { one.is_unique = true; }, +[](model::index& one) { one.is_live = false; },
          +[](model::index& one) { one.access_method = "brin"; }}) {
        key_database made;
        auto& broken = made.index({1});
        broken.is_valid = false;
        spoil(broken);
        EXPECT_EQ(make(made).statements, "CREATE INDEX CONCURRENTLY c_a_1 ON s.c (a);");
    }
}

TEST(IndexDdl, AttachesWhatFits) {
    key_database made;
    made.columns({1, 2});
    made.split();
    // The second partition's a and b are swapped, so that there (2, 1) is (a, b).
    made.index({1, 2}, "btree", key_database::partition_1);
    made.index({1, 2}, "btree", key_database::partition_2);
    EXPECT_EQ(make(made).statements,
              "CREATE INDEX c_a_b_1 ON ONLY s.c (a, b);\n"
              "ALTER INDEX s.c_a_b_1 ATTACH PARTITION s.c1_i1;\n"
              "CREATE INDEX CONCURRENTLY c2_a_b_2 ON s.c2 (a, b);\n"
              "ALTER INDEX s.c_a_b_1 ATTACH PARTITION s.c2_a_b_2;");
}

TEST(IndexDdl, FollowsThePartitionedIndexThatIsThere) {
    key_database made;
    made.columns({1, 2});
    made.split();
    auto& root = made.index({2, 1});
    root.is_valid = false;
    made.index({2, 1}, "btree", key_database::partition_1).parent = root.id;
    auto& broken = made.index({1, 2}, "btree", key_database::partition_2);
    broken.is_valid = false;
    EXPECT_EQ(make(made).statements,
              "REINDEX INDEX CONCURRENTLY s.c2_i1;\n"
              "ALTER INDEX s.c_i1 ATTACH PARTITION s.c2_i1;");
}

TEST(IndexDdl, LeavesAloneWhatCannotBeAttached) {
    using spoiler = void (*)(model::index&);
    static model::expression const predicate{};
    static std::int16_t const included[] = {3};
    for (auto const spoil : {spoiler([](model::index& one) { one.is_unique = true; }),
                             spoiler([](model::index& one) { one.predicate = &predicate; }),
                             spoiler([](model::index& one) { one.included = included; }),
                             spoiler([](model::index& one) { one.parent = 99; }),
                             spoiler([](model::index& one) { one.access_method = "hash"; }),
                             spoiler([](model::index& one) { one.is_live = false; })}) {
        key_database made;
        made.split();
        spoil(made.index({1}, "btree", key_database::partition_1));
        EXPECT_EQ(make(made).statements,
                  "CREATE INDEX c_a_1 ON ONLY s.c (a);\n"
                  "CREATE INDEX CONCURRENTLY c1_a_2 ON s.c1 (a);\n"
                  "ALTER INDEX s.c_a_1 ATTACH PARTITION s.c1_a_2;\n"
                  "CREATE INDEX CONCURRENTLY c2_a_3 ON s.c2 (a);\n"
                  "ALTER INDEX s.c_a_1 ATTACH PARTITION s.c2_a_3;");
    }
}

TEST(IndexDdl, IsPartialWhereMostValuesAreNull) {
    key_database made;
    std::vector<model::column> columns(made.table().columns.begin(), made.table().columns.end());
    made.table().columns = columns;
    columns[0].null_fraction = 0.5;
    EXPECT_EQ(make(made).statements, "CREATE INDEX CONCURRENTLY c_a_1 ON s.c (a);");
    columns[0].null_fraction = 0.51;
    EXPECT_EQ(make(made).statements, "CREATE INDEX CONCURRENTLY c_a_1 ON s.c (a) WHERE a IS NOT NULL;");
}

TEST(IndexDdl, KnowsWhichKeysShareAnIndex) {
    key_database one, other;
    other.key.child = one.key.child;
    one.columns({1, 2});
    other.columns({2, 1});
    auto const alike = [&] { return plan::search_alike(one.key, one.conditions(), other.key, other.conditions()); };
    EXPECT_TRUE(alike());
    other.columns({2});
    EXPECT_FALSE(alike());
    other.columns({1, 2});
    other.cast_all();
    EXPECT_FALSE(alike());
}

}  // namespace
}  // namespace fkaudit::test
