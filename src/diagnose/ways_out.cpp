#include <algorithm>

#include "src/diagnose/diagnosis.hpp"
#include "src/plan/action_ddl.hpp"
#include "src/plan/cluster_rules.hpp"
#include "src/plan/literal.hpp"

namespace fkaudit::diagnose {

namespace {

using model::action;
using text = std::string_view;

class finder {
public:
    finder(model::arena& arena, model::database const& database, violation const& found,
           remedies_allowed const& allowed)
        : arena_(arena),
          database_(database),
          found_(found),
          key_(*found.key),
          allowed_(allowed),
          ways_(arena) {}

    std::span<way_out const> run() {
        if (found_.what == event::rewritten)
            disable_rules();
        else if (found_.is_mixed_null)
            match_simple();
        else if (found_.where == side::child)
            mend_child();
        else if (found_.where == side::parent)
            mend_parent();
        return arena_.copy(std::span<way_out const>(ways_.data(), ways_.size()));
    }

private:
    bool knows_key() const { return found_.shown.how == shown_key::state::whole && found_.wrong_value.empty(); }

    void mend_child() {
        bool const lacks_parent = !found_.parent_exists.value_or(false);
        if (knows_key() && lacks_parent) add_parent();
        if (lacks_parent && found_.child_rows.value_or(0) > 0) {
            delete_children();
            clear_children();
        } else {
            defer();
        }
    }

    void mend_parent() {
        if (found_.child_rows && *found_.child_rows == 0) return;
        if (knows_key()) {
            delete_children();
            clear_children();
        }
        if (found_.what != event::detach && !key_.is_temporal) cascade();
    }

    /// One value of the key, in the type of the column that it was shown for.
    text value(std::size_t position, model::column const& target) const {
        auto const shown = found_.shown.values[position];
        auto const& own = found_.key_of == side::parent ? key_.parent_column(position) : key_.child_column(position);
        auto const type = database_.base_type(own.type);
        constexpr model::oid integers[] = {20, 21, 23};
        bool const is_plain = std::find(std::begin(integers), std::end(integers), type) != std::end(integers);
        auto const written = is_plain ? shown : plan::literal(arena_, shown);
        if (type == database_.base_type(target.type) || is_plain) return written;
        auto const* const known = database_.find_type(type);
        if (known == nullptr) return written;
        return arena_.concat("CAST(", written, " AS ", known->schema.quoted, '.', known->name.quoted, ')');
    }

    /// The foreign key's own comparison of a child's column with the value.
    text condition(std::size_t position) const {
        auto const& column = key_.child_column(position);
        auto const* const comparison = database_.find_operator(key_.operators[position]);
        auto const literal = value(position, column);
        auto const compared = comparison == nullptr || comparison->schema.name == "pg_catalog"
                                  ? arena_.concat(column.name.quoted, " = ", literal)
                                  : arena_.concat(literal, " OPERATOR(", comparison->schema.quoted, '.',
                                                  comparison->name, ") ", column.name.quoted);
        auto const& parent = key_.parent_column(position);
        auto const* const collation = database_.find_collation(parent.collation);
        return collation == nullptr || parent.collation == column.collation
                   ? compared
                   : arena_.concat(compared, " COLLATE ", collation->quoted);
    }

    text where() const {
        text all;
        for (std::size_t position = 0; position < key_.child_columns.size(); ++position)
            all = arena_.concat(all, all.empty() ? " WHERE " : " AND ", condition(position));
        return all;
    }

    text child_rows() const {
        return arena_.concat(key_.child->is_partitioned() ? "" : "ONLY ", key_.child->qualified);
    }

    void add(text statements, text effect) { ways_.push_back({statements, effect}); }

    /// Only where the key is all that a parent needs.
    void add_parent() {
        auto const& parent = *key_.parent;
        if (key_.is_temporal || !columns_beside_key(arena_, key_).empty() || parent.kind == 'f') return;
        text columns, values;
        bool is_always_identity = false;
        for (std::size_t position = 0; position < key_.parent_columns.size(); ++position) {
            auto const& column = key_.parent_column(position);
            if (column.generated != '\0') return;
            is_always_identity = is_always_identity || column.identity == 'a';
            columns = arena_.concat(columns, columns.empty() ? "" : ", ", column.name.quoted);
            values = arena_.concat(values, values.empty() ? "" : ", ", value(position, column));
        }
        add(arena_.concat("INSERT INTO ", parent.qualified, " (", columns, ")",
                          is_always_identity ? " OVERRIDING SYSTEM VALUE" : "", " VALUES (", values, ");"),
            "add the parent");
    }

    void delete_children() {
        if (!knows_key() || key_.is_temporal) return;
        add(arena_.concat("DELETE FROM ", child_rows(), where(), ';'), "delete the rows that hold the key");
    }

    void clear_children() {
        // NULL may have no partition to go to.
        if (!knows_key() || key_.is_temporal || key_.child->is_partitioned()) return;
        text list;
        for (std::size_t position = 0; position < key_.child_columns.size(); ++position) {
            auto const& column = key_.child_column(position);
            auto const* const type = database_.find_type(column.type);
            if (column.not_null || column.generated != '\0' || (type != nullptr && type->not_null)) return;
            if (column.number == key_.child->distribution_column) return;  // Citus takes no other shard for a row
            list = arena_.concat(list, list.empty() ? "" : ", ", column.name.quoted, " = NULL");
        }
        add(arena_.concat("UPDATE ", child_rows(), " SET ", list, where(), ';'), "keep these rows, without a parent");
    }

    void cascade() {
        auto wanted = plan::actions_of(key_);
        bool const refuses_delete = wanted.on_delete == action::no_action || wanted.on_delete == action::restrict_;
        (refuses_delete ? wanted.on_delete : wanted.on_update) = action::cascade;
        auto changed = key_;
        changed.on_delete = wanted.on_delete;
        changed.on_update = wanted.on_update;
        if (!plan::find_cluster_obstacle(arena_, database_, changed).empty()) return;
        add(plan::change_actions(arena_, key_, wanted, allowed_.partitioned_not_valid),
            refuses_delete ? "let every DELETE of a parent delete its children"
                           : "let every change of a parent's key change its children");
    }

    void defer() {
        if (key_.initially_deferred || key_.is_temporal) return;
        if (plan::is_altered_in_shards(key_)) {
            auto changed = key_;
            changed.is_deferrable = changed.initially_deferred = true;
            return add(plan::change_actions(arena_, changed, plan::actions_of(key_), allowed_.partitioned_not_valid),
                       "check the key at COMMIT, so that a transaction may write children before parents");
        }
        if (!key_.is_deferrable)
            return add(arena_.concat("ALTER TABLE ", key_.child->qualified, " ALTER CONSTRAINT ", key_.name.quoted,
                                     " DEFERRABLE INITIALLY DEFERRED;"),
                       "check the key at COMMIT, so that a transaction may write children before parents");
        add(arena_.concat(
                "SET CONSTRAINTS ",
                allowed_.by_name ? arena_.concat(key_.child->schema.quoted, '.', key_.name.quoted) : text("ALL"),
                " DEFERRED;"),
            "run this first in a transaction that writes children before parents");
    }

    void match_simple() {
        auto changed = key_;
        changed.match = model::match_type::simple;
        add(plan::change_actions(arena_, changed, plan::actions_of(key_), allowed_.partitioned_not_valid),
            "make the key MATCH SIMPLE, which checks no row with a NULL in it");
    }

    void disable_rules() {
        for (auto const& rule : found_.rules)
            add(arena_.concat("ALTER TABLE ", key_.child->qualified, " DISABLE RULE ", rule.name.quoted, ';'),
                arena_.concat("switch the rule ", rule.name.quoted, " off"));
    }

    model::arena& arena_;
    model::database const& database_;
    violation const& found_;
    model::constraint const& key_;
    remedies_allowed const& allowed_;
    model::vector<way_out> ways_;
};

}  // namespace

std::string_view columns_beside_key(model::arena& arena, model::constraint const& key) {
    text list;
    for (auto const& column : key.parent->columns) {
        auto const& own = key.parent_columns;
        if (!column.not_null || column.has_default || column.identity != '\0' || column.generated != '\0' ||
            std::find(own.begin(), own.end(), column.number) != own.end())
            continue;
        list = arena.concat(list, list.empty() ? "" : ", ", column.name.quoted);
    }
    return list;
}

std::span<way_out const> find_ways_out(model::arena& arena, model::database const& database, violation const& found,
                                       remedies_allowed const& allowed) {
    return finder(arena, database, found, allowed).run();
}

}  // namespace fkaudit::diagnose
