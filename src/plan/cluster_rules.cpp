#include "src/plan/cluster_rules.hpp"

#include <algorithm>

#include "src/plan/column_default.hpp"
#include "src/plan/literal.hpp"
#include "src/plan/statement_block.hpp"

namespace fkaudit::plan {

namespace {

using model::action;
using model::constraint;
using model::relation;
using model::spreading;
using text = std::string_view;

bool refuses(action one) noexcept { return one == action::no_action || one == action::restrict_; }
bool writes_value(action one) noexcept { return one == action::set_null || one == action::set_default; }

/// In one shard whose place every node knows, or to become that when a key needs it.
bool is_whole(relation const& one) noexcept {
    return one.spread == spreading::reference || one.spread == spreading::local || one.spread == spreading::none;
}

text describe(relation const& one) noexcept {
    switch (one.spread) {
        case spreading::reference: return "is on every node";
        case spreading::distributed: return "is spread over shards";
        default: return "is on this server alone";
    }
}

class judge {
public:
    judge(model::arena& arena, model::database const& database, constraint const& key)
        : arena_(arena),
          database_(database),
          key_(key),
          child_(*key.child),
          parent_(*key.parent) {}

    text find() const {
        if (child_.spread == spreading::unknown || parent_.spread == spreading::unknown) return {};
        if (child_.spread == spreading::none && parent_.spread == spreading::none) return {};
        if (auto const places = judge_places(); !places.empty()) return places;
        return judge_actions();
    }

private:
    text judge_places() const {
        if (is_whole(child_) && is_whole(parent_)) return {};
        if (parent_.spread == spreading::reference) return {};
        if (is_whole(child_) || is_whole(parent_))
            return arena_.concat("Citus takes no such key: ", child_.qualified, ' ', describe(child_), ", and ",
                                 parent_.qualified, ' ', describe(parent_),
                                 is_whole(parent_) ? "; as a reference table it could be referenced" : "");
        if (child_.colocation != parent_.colocation || child_.colocation == 0)
            return arena_.concat("Citus takes no such key: the shards of ", child_.qualified, " and ",
                                 parent_.qualified, " are not co-located");
        if (parent_.distribution_column != 0 && !is_aligned())
            return arena_.concat("Citus takes no such key: it has to lead from ", column_of(child_),
                                 ", by which the rows of ", child_.qualified, " find their shards, to ",
                                 column_of(parent_), " of ", parent_.qualified);
        return {};
    }

    bool is_aligned() const {
        for (std::size_t position = 0; position < key_.child_columns.size(); ++position)
            if (key_.child_columns[position] == child_.distribution_column &&
                key_.parent_columns[position] == parent_.distribution_column)
                return true;
        return false;
    }

    text column_of(relation const& table) const {
        auto const* const column = table.find_column(table.distribution_column);
        return column == nullptr ? text("the distribution column") : column->name.quoted;
    }

    text judge_actions() const {
        bool const is_copied_child = child_.spread == spreading::reference;
        if (is_copied_child && parent_.spread != spreading::reference &&
            !(refuses(key_.on_delete) && refuses(key_.on_update)))
            return arena_.concat("Citus takes such a key with NO ACTION and RESTRICT alone: ", child_.qualified,
                                 " is on every node, and ", parent_.qualified, " is on this server");
        auto const& columns = key_.child_columns;
        bool const writes_place =
            child_.spread == spreading::distributed && child_.distribution_column != 0 &&
            std::find(columns.begin(), columns.end(), child_.distribution_column) != columns.end();
        if (writes_place && (writes_value(key_.on_delete) || !(refuses(key_.on_update))))
            return arena_.concat("Citus takes no ", writes_value(key_.on_delete) ? "ON DELETE " : "ON UPDATE ",
                                 keyword(writes_value(key_.on_delete) ? key_.on_delete : key_.on_update),
                                 " of a key with ", column_of(child_), " in it, by which rows of ", child_.qualified,
                                 " find their shards");
        return judge_defaults();
    }

    /// Shards have no defaults that are sequences.
    text judge_defaults() const {
        if (!child_.is_spread() || (key_.on_delete != action::set_default && key_.on_update != action::set_default))
            return {};
        bool const all = key_.on_update == action::set_default || key_.delete_set_columns.empty();
        for (auto const number : all ? key_.child_columns : key_.delete_set_columns) {
            auto const* const column = child_.find_column(number);
            if (column != nullptr && find_default(database_, *column).kind == default_kind::sequence)
                return arena_.concat("Citus takes no SET DEFAULT of a column whose default is a sequence: ",
                                     column->name.quoted, " of ", child_.qualified);
        }
        return {};
    }

    model::arena& arena_;
    model::database const& database_;
    constraint const& key_;
    relation const& child_;
    relation const& parent_;
};

}  // namespace

text enable_shard_triggers(model::arena& arena, relation const& table) {
    // Citus leaves this schema out, and the role may not have it in the search_path that it has on the nodes.
    auto const schema = table.schema.name == "public" ? "public." : "";
    return arena.concat("SELECT * FROM pg_catalog.run_command_on_placements(", regclass_literal(arena, table),
                        ", 'ALTER TABLE ", schema, "%s ENABLE TRIGGER ALL');");
}

text alter_declaration(model::arena& arena, relation const& table, text action) {
    constexpr text set = "PERFORM pg_catalog.set_config('citus.enable_ddl_propagation', ";
    return write_block(arena, arena.concat("DECLARE fk_was pg_catalog.text := "
                                           "pg_catalog.current_setting('citus.enable_ddl_propagation'); BEGIN ",
                                           set, "'off', true); ALTER TABLE ONLY ", table.qualified, action, "; ", set,
                                           "fk_was, true); END"));
}

text find_cluster_obstacle(model::arena& arena, model::database const& database, constraint const& key) {
    return judge(arena, database, key).find();
}

}  // namespace fkaudit::plan
