#include "src/audit/shard_defects.hpp"

#include <gtest/gtest.h>

#include "src/audit/enforcement.hpp"
#include "src/audit/registry.hpp"
#include "test/unit/catalog.hpp"

namespace fkaudit::test {
namespace {

using audit::shard_fault;
using model::constraint_row;
using model::constraint_trigger;
using model::placement;
using model::shard_index;
using model::shard_key;

/// A key of t2 to t1, whose table Citus keeps in two shards; each test spoils the second one.
class ShardDefects : public testing::Test {
protected:
    ShardDefects() {
        made_.table(1);
        auto& child = made_.table(2);
        auto const index = made_.arena().array<model::index>(1);
        auto const columns = made_.arena().array<model::index_key>(1);
        columns[0].column = 1;
        index[0].name = made_.name("t2_id_idx");
        index[0].keys = columns;
        index[0].is_valid = index[0].is_ready = true;
        child.indexes = index;
        key_ = &made_.key(10, 2, 1);
        for (std::size_t number = 0; number < 4; ++number)
            triggers_.push_back({.is_check = number < 2, .enabled = 'O'});
        auto& row = rows_.emplace_back();
        row.name = key_->name;
        row.child = 2;
        row.parent = 1;
        row.is_validated = true;
        row.child_columns = key_->child_columns;
        row.triggers = triggers_;
        declared_ = {"k10", 1, "id", "id", "aas", true, 2, 2, 0, 0};
        first_ = second_ = {"k10_102008", 1, "id", "id", "aas", true, 2, 2, 0, 0};
        second_.name = "k10_102009";
        first_index_ = second_index_ = {"t2_id_idx", "USING btree (id)", true};
    }

    placement place(std::string_view shard, std::string_view node, shard_key const& key, shard_index const& index) {
        return {.relation = 2, .shard = shard, .node = node, .keys = {&key, 1}, .indexes = {&index, 1}};
    }

    model::database finish() {
        auto database = made_.finish();
        if (places_.empty()) {
            places_.push_back(place("", "", declared_, declared_index_));
            places_.push_back(place("s.t2_102008", "a:5432", first_, first_index_));
            places_.push_back(place("s.t2_102009", "b:5432", second_, second_index_));
            places_.back().host = "b";
            places_.back().port = 5432;
            places_.back().number = 102009;
        }
        database.placements = places_;
        return database;
    }

    model::constraint key() {
        auto key = *key_;
        key.rows = rows_;
        return key;
    }

    std::string judge() {
        auto const judged = audit::judge_enforcement(made_.arena(), finish(), key());
        return std::string(to_text(judged.state)) + (judged.is_known ? ": " : "?: ") + std::string(judged.detail);
    }

    std::vector<shard_fault> faults() {
        std::vector<shard_fault> all;
        auto const found = audit::find_shard_defects(made_.arena(), finish(), key());
        for (auto const& one : found) all.push_back(one.fault);
        return all;
    }

    /// The names of the rules that say something, and their remedies.
    std::string audit_rules() {
        auto const database = finish();
        auto const spoilt = key();
        model::constraint const* const keys[] = {&spoilt};
        model::enforcement const enforcement[] = {audit::judge_enforcement(made_.arena(), database, spoilt)};
        audit::evidence const facts{.database = database, .keys = keys, .enforcement = enforcement};
        audit::audit_run run(made_.arena(), facts);
        audit::judge(
            run, audit::rule_switches("-all +shard-trigger-disabled +shard-constraint-missing +shard-index-missing"));
        std::string found;
        for (auto const& one : run.findings)
            found +=
                std::string(one.by->name) + ": " + std::string(one.message) + " -> " + std::string(one.remedy) + "\n";
        return found;
    }

    catalog made_;
    model::constraint* key_ = nullptr;
    std::vector<constraint_row> rows_;
    std::vector<constraint_trigger> triggers_;
    std::vector<placement> places_;
    shard_key declared_{}, first_{}, second_{};
    shard_index declared_index_{"t2_id_idx", "USING btree (id)", true}, first_index_{}, second_index_{};
};

TEST_F(ShardDefects, AlikeIsEnforced) {
    EXPECT_EQ(judge(), "enforced: ");
    EXPECT_EQ(audit_rules(), "");
}

TEST_F(ShardDefects, NotAskedForIsNoDefect) {
    auto const database = made_.finish();
    EXPECT_TRUE(audit::find_shard_defects(made_.arena(), database, key()).empty());
}

TEST_F(ShardDefects, DisabledCheck) {
    second_.idle_checks = 2;
    EXPECT_EQ(judge(), "bypassed: check triggers disabled on shard s.t2_102009 (b:5432)");
    EXPECT_EQ(audit_rules(),
              "shard-trigger-disabled: check triggers disabled on shard s.t2_102009 (b:5432) -> SELECT * FROM"
              " pg_catalog.run_command_on_placements('s.t2', 'ALTER TABLE %s ENABLE TRIGGER ALL');\n");
}

TEST_F(ShardDefects, DisabledActionIsTheParents) {
    second_.idle_actors = 1;
    EXPECT_EQ(judge(), "bypassed: the parent's action triggers disabled beside shard s.t2_102009 (b:5432)");
    EXPECT_NE(audit_rules().find("run_command_on_placements('s.t1', "), std::string::npos);
}

TEST_F(ShardDefects, TriggersThatAreGone) {
    second_.checks = 1;
    EXPECT_EQ(judge(), "bypassed: triggers missing on shard s.t2_102009 (b:5432)");
    EXPECT_EQ(audit_rules(), "shard-trigger-disabled: triggers missing on shard s.t2_102009 (b:5432) -> \n");
    second_.checks = 2;
    second_.actors = 0;
    places_.clear();
    EXPECT_EQ(faults(), std::vector{shard_fault::no_trigger});
}

TEST_F(ShardDefects, MissingKey) {
    // Another parent, other columns or other actions are another key.
    for (auto const spoil :
         {+[](shard_key& key) { key.parent = 7; }, +[](shard_key& key) { key.columns = "other"; },
          +[](shard_key& key) { key.parent_columns = "other"; }, +[](shard_key& key) { key.actions = "cas"; }}) {
        auto const sound = second_;
        spoil(second_);
        places_.clear();
        EXPECT_EQ(judge(), "bypassed: the foreign key is missing on shard s.t2_102009 (b:5432)");
        second_ = sound;
    }
}

TEST_F(ShardDefects, NameMayBeCutShort) {
    second_.name = "k_12345678_102009";
    EXPECT_EQ(judge(), "enforced: ");
}

TEST_F(ShardDefects, NotValid) {
    second_.is_validated = false;
    EXPECT_EQ(judge(), "not valid: NOT VALID on shard s.t2_102009 (b:5432)");
    EXPECT_EQ(audit_rules(),
              "shard-constraint-missing: NOT VALID on shard s.t2_102009 (b:5432) -> ALTER TABLE s.t2 VALIDATE"
              " CONSTRAINT k10;\n");
    // As declared.
    declared_.is_validated = false;
    places_.clear();
    EXPECT_TRUE(faults().empty());
}

TEST_F(ShardDefects, UnknownIsNeverTrusted) {
    finish();
    places_[2].failure = "connection refused";
    EXPECT_EQ(judge(), "enforced?: not known on shard s.t2_102009 (b:5432): connection refused");
    EXPECT_EQ(audit_rules(),
              "shard-constraint-missing: not known on shard s.t2_102009 (b:5432): connection refused -> \n");
    places_.assign(1, {.relation = 2, .shard = "s.t2", .failure = "permission denied"});
    EXPECT_EQ(judge(), "enforced?: not known on shard s.t2: permission denied");
}

TEST_F(ShardDefects, Indexes) {
    second_index_.definition = "USING btree (other)";
    EXPECT_EQ(judge(), "enforced: ");
    EXPECT_EQ(audit_rules(),
              "shard-index-missing: t2_id_idx: the index is missing on shard s.t2_102009 (b:5432) -> SELECT * FROM"
              " pg_catalog.master_run_on_worker(ARRAY['b'], ARRAY[5432], ARRAY['CREATE INDEX CONCURRENTLY"
              " t2_id_idx_102009 ON s.t2_102009 USING btree (id)'], false);\n");
    second_index_ = {"t2'id_102009", "USING btree (id)", false};
    places_.clear();
    EXPECT_EQ(audit_rules(),
              "shard-index-missing: t2_id_idx: the index is invalid on shard s.t2_102009 (b:5432) -> SELECT * FROM"
              " pg_catalog.master_run_on_worker(ARRAY['b'], ARRAY[5432], ARRAY['REINDEX INDEX CONCURRENTLY"
              " s.\"t2''id_102009\"'], false);\n");
}

TEST_F(ShardDefects, IndexesThatOnlyAPersonCanMake) {
    second_index_.definition = "USING btree (other)";
    auto const spoil = [&](auto change) {
        auto const index = made_.arena().array<model::index>(1);
        index[0] = made_.relation(2).indexes[0];
        change(index[0]);
        made_.relation(2).indexes = index;
        return audit_rules();
    };
    // That of a constraint.
    EXPECT_NE(spoil([](model::index& one) { one.is_unique = true; }).find(" -> \n"), std::string::npos);
    // Citus would cut the name short.
    auto const name = made_.name("i2345678901234567890123456789012345678901234567890123456");
    declared_index_.name = name.name;
    places_.clear();
    EXPECT_NE(spoil([&](model::index& one) {
                  one.is_unique = false;
                  one.name = name;
              }).find(" -> \n"),
              std::string::npos);
}

TEST_F(ShardDefects, IndexesOfOtherColumnsDoNotCount) {
    auto const columns = made_.arena().array<model::index_key>(1);
    columns[0].column = 2;
    auto const index = made_.arena().array<model::index>(1);
    index[0] = made_.relation(2).indexes[0];
    index[0].keys = columns;
    made_.relation(2).indexes = index;
    second_index_.definition = "USING btree (other)";
    EXPECT_TRUE(faults().empty());
}

TEST_F(ShardDefects, NamesFivePlaces) {
    finish();
    auto sleeping = second_;
    sleeping.idle_checks = 2;
    places_.resize(1);
    for (int number = 0; number < 7; ++number)
        places_.push_back(place(made_.keep("s.t2_" + std::to_string(number)), "b:5432", sleeping, second_index_));
    EXPECT_TRUE(judge().ends_with("s.t2_4 (b:5432) and 2 more")) << judge();
}

}  // namespace
}  // namespace fkaudit::test
