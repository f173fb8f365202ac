#include "src/audit/key_snapshot.hpp"

#include <cstdint>

#include "src/audit/enforcement.hpp"
#include "src/audit/index_coverage.hpp"
#include "src/model/json.hpp"

namespace fkaudit::audit {

namespace {

using model::json_string;
using text = std::string_view;
using numbers = std::span<std::int16_t const>;

text flag(bool value) { return value ? "true" : "false"; }

/// The members of one foreign key's object.
class key_writer {
public:
    key_writer(model::arena& arena, model::database const& database, model::constraint const& key)
        : arena_(arena),
          database_(database),
          key_(key) {}

    text write(plan::server_traits server) {
        auto const conditions = plan::search_conditions(arena_, database_, key_, server);
        auto const coverage = judge_coverage(arena_, database_, key_, conditions, server);
        return arena_.concat(write_own(), ", ", member("index", json_string(arena_, to_text(coverage.verdict))));
    }

    /// What is the key's own, without the index that serves it.
    text write_own() {
        auto const enforcement = judge_enforcement(arena_, database_, key_, table_style::by_role);
        return arena_.join(
            std::array{
                member("child", json_string(arena_, key_.child->qualified)),
                member("constraint_name", json_string(arena_, key_.name.name)),
                member("child_columns", names(*key_.child, key_.child_columns)),
                member("child_types", types(*key_.child, key_.child_columns)),
                member("parent", json_string(arena_, key_.parent->qualified)),
                member("parent_columns", names(*key_.parent, key_.parent_columns)),
                member("parent_types", types(*key_.parent, key_.parent_columns)),
                member("is_temporal", flag(key_.is_temporal)),
                member("match_type", json_string(arena_, to_text(key_.match))),
                member("on_delete", json_string(arena_, to_text(key_.on_delete))),
                member("on_delete_columns", names(*key_.child, key_.delete_set_columns)),
                member("on_update", json_string(arena_, to_text(key_.on_update))),
                member("deferrability", json_string(arena_, deferrability())),
                member("validity", json_string(arena_, validity())),
                member("enforcement", json_string(arena_, key_.is_enforced ? "enforced" : "not enforced")),
                member("triggers", json_string(arena_, triggers(enforcement))),
            },
            ", ", [](text one) { return one; });
    }

private:
    text member(text name, text value) { return arena_.concat('"', name, "\": ", value); }

    text deferrability() const {
        if (!key_.is_deferrable) return "not deferrable";
        return key_.initially_deferred ? "initially deferred" : "deferrable";
    }

    /// A partition's own validity can differ since PostgreSQL 18.
    text validity() {
        model::vector<text> partitions(arena_);
        bool is_valid = key_.is_validated;
        for (auto const& row : key_.rows) {
            if (row.is_validated || row.side == model::constraint_row::origin::referenced) continue;
            is_valid = false;
            auto const* const partition = database_.find_relation(row.child);
            if (partition != nullptr && partition != key_.child) partitions.push_back(partition->qualified);
        }
        if (is_valid) return "valid";
        if (partitions.empty()) return "not valid";
        return arena_.concat("not valid: ", arena_.join(partitions, ", ", [](text name) { return name; }));
    }

    text triggers(model::enforcement const& judged) const {
        if (!key_.is_enforced) return "none";
        return judged.triggers.empty() ? text("enabled") : judged.triggers;
    }

    template <class Describe>
    text list(model::relation const& table, numbers columns, Describe describe) {
        auto const items = arena_.join(columns, ", ", [&](std::int16_t number) {
            return json_string(arena_, describe(*table.find_column(number)));
        });
        return arena_.concat('[', items, ']');
    }

    text names(model::relation const& table, numbers columns) {
        return list(table, columns, [](model::column const& one) { return one.name.name; });
    }

    text types(model::relation const& table, numbers columns) {
        return list(table, columns, [this](model::column const& one) { return type(one); });
    }

    /// As a column's definition has it: with the collation, unless it is the type's own.
    text type(model::column const& column) {
        auto const* const declared = database_.find_type(column.type);
        auto const* const collation = database_.find_collation(column.collation);
        if (collation == nullptr || declared == nullptr || declared->collation == column.collation)
            return column.type_display;
        return arena_.concat(column.type_display, " COLLATE ", collation->quoted);
    }

    model::arena& arena_;
    model::database const& database_;
    model::constraint const& key_;
};

}  // namespace

text write_snapshot(model::arena& arena, model::database const& database,
                    std::span<model::constraint const* const> keys, plan::server_traits server) {
    auto const objects = arena.join(keys, ",\n", [&](model::constraint const* key) {
        return arena.concat('{', key_writer(arena, database, *key).write(server), '}');
    });
    return arena.concat('[', objects, ']');
}

text write_key(model::arena& arena, model::database const& database, model::constraint const& key) {
    return arena.concat('{', key_writer(arena, database, key).write_own(), '}');
}

}  // namespace fkaudit::audit
