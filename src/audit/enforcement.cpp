#include "src/audit/enforcement.hpp"

#include <algorithm>

#include "src/audit/shard_defects.hpp"

namespace fkaudit::audit {

namespace {

using model::constraint_row;
using text = std::string_view;

constexpr std::size_t triggers_per_side = 2;
constexpr std::size_t names_shown = 5;

/// One kind of defect and the tables that have it.
class defect {
public:
    defect(model::arena& arena, text what) : arena_(arena), what_(what), tables_(arena) {}

    void found_on(text table) {
        if (tables_.empty() || tables_.back() != table) tables_.push_back(table);
    }
    bool exists() const noexcept { return !tables_.empty(); }

    text describe() const {
        text const shown = arena_.join(std::span(tables_.data(), std::min(tables_.size(), names_shown)), ", ",
                                       [](text name) { return name; });
        if (tables_.size() <= names_shown) return arena_.concat(what_, " on ", shown);
        return arena_.concat(what_, " on ", shown, " and ", tables_.size() - names_shown, " more");
    }

private:
    model::arena& arena_;
    text what_;
    model::vector<text> tables_;
};

/// What the defects call a table.
struct table_names {
    model::constraint const& key;
    table_style style;

    text operator()(model::relation const* relation) const {
        if (relation == nullptr) return "a table that does not exist";
        if (style == table_style::by_role && relation == key.child) return "the child";
        if (style == table_style::by_role && relation == key.parent) return "the parent";
        return relation->qualified;
    }
};

/// The defects that the triggers of one side can have.
struct side_defects {
    side_defects(model::arena& arena, table_names names, bool check)
        : is_check(check),
          name_of(names),
          missing(arena, check ? "check triggers missing" : "action triggers missing"),
          disabled(arena, check ? "check triggers disabled" : "action triggers disabled"),
          replica(arena,
                  check ? "check triggers fire in replica role only" : "action triggers fire in replica role only"),
          ignored(arena, check ? "check triggers never fire (pg_class.relhastriggers is false)"
                               : "action triggers never fire (pg_class.relhastriggers is false)"),
          immediate(arena,
                    "check triggers not deferrable as declared, which ALTER CONSTRAINT to NOT DEFERRABLE and back"
                    " mends,") {}

    void inspect(constraint_row const& row, model::constraint const& key, model::relation const* relation) {
        auto const table = name_of(relation);
        std::size_t present = 0;
        for (auto const& trigger : row.triggers) {
            if (trigger.is_check != is_check) continue;
            ++present;
            if (trigger.enabled == 'D') disabled.found_on(table);
            if (trigger.enabled == 'R') replica.found_on(table);
            // Action triggers are deferrable for NO ACTION only.
            if (is_check && ((key.is_deferrable && !trigger.is_deferrable) ||
                             (key.initially_deferred && !trigger.initially_deferred)))
                immediate.found_on(table);
        }
        if (present < triggers_per_side) missing.found_on(table);
        if (present > 0 && relation != nullptr && !relation->has_triggers) ignored.found_on(table);
    }

    /// Every partition has a derived row with triggers of its own; where the row is missing, they are (PostgreSQL before
    /// 15.9, 16.5 and 17.1 forgot them when a partition was detached or attached).
    template <class HasRow>
    void inspect_partitions(model::database const& database, model::relation const& above, HasRow has_row) {
        if (!above.is_partitioned()) return;
        for (model::oid const id : above.children)
            if (auto const* const partition = database.find_relation(id)) {
                if (!has_row(id)) missing.found_on(name_of(partition));
                inspect_partitions(database, *partition, has_row);
            }
    }

    bool is_check;
    table_names name_of;
    defect missing, disabled, replica, ignored;
    defect immediate;  ///< PostgreSQL 18.0 to 18.3 forget DEFERRABLE when a key goes through NOT ENFORCED and back
};

}  // namespace

model::enforcement judge_enforcement(model::arena& arena, model::database const& database, model::constraint const& key,
                                     table_style style) {
    if (!key.is_enforced)
        return {model::enforcement_state::not_enforced,
                "NOT ENFORCED: neither new writes nor existing rows are checked"};

    table_names const name_of{key, style};
    side_defects child(arena, name_of, true), parent(arena, name_of, false);
    defect unvalidated(arena, "NOT VALID: rows written before were never checked");
    for (auto const& row : key.rows) {
        if (row.side != constraint_row::origin::referenced) child.inspect(row, key, database.find_relation(row.child));
        if (row.side != constraint_row::origin::referencing)
            parent.inspect(row, key, database.find_relation(row.parent));
        if (!row.is_validated && row.side != constraint_row::origin::referenced)
            unvalidated.found_on(name_of(database.find_relation(row.child)));
    }

    auto const has_row = [&](model::oid constraint_row::*end) {
        return [&rows = key.rows, end](model::oid id) {
            return std::any_of(rows.begin(), rows.end(), [&](constraint_row const& row) { return row.*end == id; });
        };
    };
    child.inspect_partitions(database, *key.child, has_row(&constraint_row::child));
    parent.inspect_partitions(database, *key.parent, has_row(&constraint_row::parent));

    model::enforcement judged;
    judged.has_missing_triggers =
        child.missing.exists() || child.ignored.exists() || parent.missing.exists() || parent.ignored.exists();
    if (unvalidated.exists()) judged.state = model::enforcement_state::not_valid;
    auto const before = [&](text first, text rest) { return rest.empty() ? first : arena.concat(first, "; ", rest); };
    for (auto const* const one : {&child.immediate, &unvalidated, &parent.ignored, &parent.replica, &parent.disabled,
                                  &parent.missing, &child.ignored, &child.replica, &child.disabled, &child.missing}) {
        if (!one->exists()) continue;
        if (one != &unvalidated && one != &child.immediate) judged.state = model::enforcement_state::bypassed;
        auto const described = one->describe();
        judged.detail = before(described, judged.detail);
        if (one != &unvalidated) judged.triggers = before(described, judged.triggers);
    }
    judge_shards(arena, database, key, judged);
    return judged;
}

}  // namespace fkaudit::audit
