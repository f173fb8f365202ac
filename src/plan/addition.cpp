#include "src/plan/addition.hpp"

namespace fkaudit::plan {

namespace {

using text = std::string_view;

constexpr text concurrent_blocking = "reads and writes go on; it runs outside of transaction blocks";

class planner {
public:
    planner(model::arena& arena, model::database const& database, addition const& wanted, index_names& names,
            validation_server const& server)
        : arena_(arena),
          database_(database),
          wanted_(wanted),
          key_(*wanted.key),
          names_(names),
          server_(server),
          columns_(model::column_list(arena, *key_.parent, key_.parent_columns)),
          steps_(arena) {}

    std::span<plan_step const> plan() {
        if (wanted_.needs_unique) make_unique();
        make_index();
        if (key_.child->is_partitioned() && !server_.partitioned_not_valid) {
            steps_.insert(steps_.end(), wanted_.repair.begin(), wanted_.repair.end());
            add(true);
        } else {
            add(false);
            validate();
        }
        return arena_.copy(std::span<plan_step const>(steps_.data(), steps_.size()));
    }

private:
    void make_unique() {
        auto const& parent = *key_.parent;
        if (parent.is_partitioned()) {
            (void)make_unique_tree(parent);
            return;
        }
        auto const name = create_unique(parent, false);
        steps_.push_back({arena_.concat("ALTER TABLE ", parent.qualified, " ADD CONSTRAINT ", name.quoted,
                                        " UNIQUE USING INDEX ", name.quoted, ';'),
                          arena_.concat("ACCESS EXCLUSIVE on ", parent.qualified),
                          "reads and writes wait, for a moment: no row is read",
                          "makes the index a constraint that the key can reference"});
    }

    model::identifier create_unique(model::relation const& table, bool only) {
        auto const name = names_.choose(table, arena_.join(key_.parent_columns, "_", [&](std::int16_t number) {
            return key_.parent->find_column(number)->name.name;
        }));
        steps_.push_back({arena_.concat("CREATE UNIQUE INDEX ", only ? "" : "CONCURRENTLY ", name.quoted, " ON ",
                                        only ? "ONLY " : "", table.qualified, " (", columns_, ");"),
                          arena_.concat(only ? "SHARE on " : "SHARE UPDATE EXCLUSIVE on ", table.qualified),
                          only ? text("writes wait, for a moment: no row is read") : concurrent_blocking,
                          only ? text("takes the partitions' indexes; it is valid when all of them are attached")
                               : text("the key can only reference columns that are unique")});
        return name;
    }

    /// The index's name, schema-qualified.
    text make_unique_tree(model::relation const& table) {
        auto const name = create_unique(table, table.is_partitioned());
        auto const qualified = arena_.concat(table.schema.quoted, '.', name.quoted);
        if (!table.is_partitioned()) return qualified;
        for (auto const id : table.children)
            if (auto const* const partition = database_.find_relation(id)) {
                auto const below = make_unique_tree(*partition);
                attach(arena_.concat("ALTER INDEX ", qualified, " ATTACH PARTITION ", below, ';'));
            }
        return qualified;
    }

    void attach(text statement) {
        steps_.push_back({statement, "ACCESS EXCLUSIVE on the partition's index",
                          "queries that use this index wait, for a moment", "attaches the partition's index"});
    }

    void make_index() {
        auto left = wanted_.index_statements;
        while (!left.empty()) {
            auto const end = std::min(left.find('\n'), left.size());
            index(left.substr(0, end));
            left.remove_prefix(std::min(end + 1, left.size()));
        }
    }

    void index(text statement) {
        if (statement.starts_with("ALTER INDEX ")) return attach(statement);
        bool const is_concurrent = statement.find(" CONCURRENTLY ") != text::npos;
        steps_.push_back(
            {statement,
             arena_.concat(is_concurrent ? "SHARE UPDATE EXCLUSIVE on " : "SHARE on ",
                           key_.child->is_partitioned() ? "the table that it names" : key_.child->qualified),
             is_concurrent ? concurrent_blocking : text("writes wait, for a moment: no row is read"),
             "lets deletes and key changes of the parent find its children"});
    }

    void add(bool at_once) {
        auto declared = key_;
        declared.is_validated = at_once;
        bool const is_own = key_.child->id == key_.parent->id;
        steps_.push_back(
            {arena_.concat("ALTER TABLE ", key_.child->qualified, " ADD CONSTRAINT ", key_.name.quoted, ' ',
                           define(arena_, declared), ';'),
             arena_.concat("SHARE ROW EXCLUSIVE on ", key_.child->qualified, is_own ? "" : ", ",
                           is_own ? "" : key_.parent->qualified,
                           key_.child->is_partitioned() || key_.parent->is_partitioned() ? " and partitions" : ""),
             at_once ? "writes wait while all rows are read; reads go on"
                     : "writes wait, for a moment: no row is read; reads go on",
             at_once ? "declares the key, and checks the rows that are there: this server can add no key of "
                       "a partitioned table as NOT VALID"
                     : "declares the key: from here on writes are checked"});
    }

    void validate() {
        key_state const state{&key_, {.state = model::enforcement_state::not_valid}, true, wanted_.orphan_rows, {}};
        for (auto const& one : plan_validation(arena_, database_, state, server_)) {
            if (one.stands_for_repair)
                steps_.insert(steps_.end(), wanted_.repair.begin(), wanted_.repair.end());
            else
                steps_.push_back(one);
        }
    }

    model::arena& arena_;
    model::database const& database_;
    addition const& wanted_;
    model::constraint const& key_;
    index_names& names_;
    validation_server const& server_;
    text columns_;
    model::vector<plan_step> steps_;
};

}  // namespace

std::span<plan_step const> plan_addition(model::arena& arena, model::database const& database, addition const& wanted,
                                         index_names& names, validation_server const& server) {
    return planner(arena, database, wanted, names, server).plan();
}

}  // namespace fkaudit::plan
