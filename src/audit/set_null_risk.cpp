#include "src/audit/set_null_risk.hpp"

#include <algorithm>
#include <cstdint>

namespace fkaudit::audit {

namespace {

using model::action;
using model::constraint;
using plan::row_event;
using text = std::string_view;
using numbers = std::span<std::int16_t const>;

bool contains(numbers columns, std::int16_t number) {
    return std::find(columns.begin(), columns.end(), number) != columns.end();
}

using form = model::expression::form;

/// Whether a CHECK of this shape is false for a NULL where `is_subject` holds.
template <class Subject>
bool demands_value(model::expression const& condition, Subject const& is_subject) {
    auto const tests_subject = [&](model::expression const& test, bool negated) {
        return test.kind == form::null_test && test.negated == negated && is_subject(test.arguments[0]);
    };
    if (condition.kind == form::all_of)
        return std::any_of(condition.arguments.begin(), condition.arguments.end(),
                           [&](model::expression const& one) { return demands_value(one, is_subject); });
    if (condition.kind == form::negation) return tests_subject(condition.arguments[0], false);
    return tests_subject(condition, true);
}

bool is_primary(model::relation const& table, std::int16_t column) {
    return std::any_of(table.indexes.begin(), table.indexes.end(), [&](model::index const& index) {
        return index.is_primary && std::any_of(index.keys.begin(), index.keys.end(),
                                               [&](model::index_key const& key) { return key.column == column; });
    });
}

/// The columns that SET NULL writes, whichever of the events has it.
numbers nulled_columns(constraint const& key) {
    return plan::written_columns(key, key.on_update == action::set_null ? row_event::key_updated : row_event::deleted);
}

/// Whether SET NULL by `key` leaves `other` partly NULL where MATCH FULL forbids it.
bool breaks(constraint const& key, constraint const& other) {
    auto const nulled = nulled_columns(key);
    return other.match == model::match_type::full &&
           !std::all_of(other.child_columns.begin(), other.child_columns.end(),
                        [&](std::int16_t number) { return contains(nulled, number); });
}

/// The other key of the child that needs a column which SET NULL writes, one that breaks before others. Keys of one
/// column each are left alone: with several references in one column, losing all of them is what SET NULL says.
constraint const* sharing_key(action_audit const& audit, constraint const& key, std::int16_t column) {
    constraint const* found = nullptr;
    for (auto const& other : audit.siblings(key)) {
        if (&other == &key || !other.is_enforced || !contains(other.child_columns, column)) continue;
        if (other.child_columns.size() == 1 && key.child_columns.size() == 1) continue;
        bool const same = other.child_columns.size() == key.child_columns.size() &&
                          std::all_of(other.child_columns.begin(), other.child_columns.end(),
                                      [&](std::int16_t one) { return contains(key.child_columns, one); });
        if (same) continue;
        if (breaks(key, other)) return &other;
        if (found == nullptr) found = &other;
    }
    return found;
}

/// One column that SET NULL writes, and what is wrong with that.
struct nulled_column {
    model::column const* column = nullptr;
    text refused_by{};                   ///< see refuses_null
    constraint const* shared = nullptr;  ///< see sharing_key
};

class set_null_rule {
public:
    set_null_rule(action_audit& audit, constraint const& key) : audit_(audit), key_(key), columns_(audit.arena) {
        for (auto const number : nulled_columns(key)) {
            auto const* const column = key.child->find_column(number);
            if (column == nullptr) continue;
            nulled_column one{column, refuses_null(audit, *key.child, *column), nullptr};
            if (one.refused_by.empty()) one.shared = sharing_key(audit, key, number);
            columns_.push_back(one);
        }
    }

    void judge() {
        auto const refused = std::find_if(columns_.begin(), columns_.end(),
                                          [](nulled_column const& one) { return !one.refused_by.empty(); });
        if (refused != columns_.end())
            report_refused(*refused);
        else if (key_.match == model::match_type::full && columns_.size() < key_.child_columns.size())
            report_half_null();
        auto const shared = std::find_if(columns_.begin(), columns_.end(),
                                         [](nulled_column const& one) { return one.shared != nullptr; });
        if (shared != columns_.end()) report_shared(*shared);
    }

private:
    /// The columns that can be NULL and that no other key needs.
    numbers harmless() const {
        auto const some = audit_.arena.array<std::int16_t>(columns_.size());
        std::size_t count = 0;
        for (auto const& one : columns_)
            if (one.refused_by.empty() && one.shared == nullptr) some[count++] = one.column->number;
        return some.first(count);
    }

    /// ON DELETE can set some of the columns (not under MATCH FULL), ON UPDATE all or none: RESTRICT there says openly
    /// what happens already.
    plan::key_actions remedy() const {
        auto wanted = plan::actions_of(key_);
        auto const some = harmless();
        if (wanted.on_update == action::set_null) wanted.on_update = action::restrict_;
        if (wanted.on_delete != action::set_null) return wanted;
        if (some.empty() || key_.match == model::match_type::full)
            wanted.on_delete = action::restrict_;
        else
            wanted.delete_set_columns = some;
        return wanted;
    }

    void report_refused(nulled_column const& one) {
        auto const wanted = remedy();
        auto const advice =
            wanted.on_delete == action::set_null
                ? audit_.arena.concat(
                      "set only ", model::column_list(audit_.arena, *key_.child, wanted.delete_set_columns), " to NULL")
            : is_primary(*key_.child, one.column->number) ? text("RESTRICT says so openly")
                                                          : text("RESTRICT says so openly; or let the column be NULL");
        audit_.report(key_, risk::set_null_not_null, severity::error,
                      audit_.arena.concat(audit_.events(key_, action::set_null), " fails where rows here refer to it: ",
                                          one.column->name.quoted, " ", one.refused_by, "; ", advice),
                      audit_.change(key_, wanted));
    }

    void report_half_null() {
        auto wanted = plan::actions_of(key_);
        wanted.delete_set_columns = {};
        bool const all_can_be_null =
            std::all_of(key_.child_columns.begin(), key_.child_columns.end(), [&](std::int16_t number) {
                auto const* const column = key_.child->find_column(number);
                return column != nullptr && refuses_null(audit_, *key_.child, *column).empty();
            });
        if (!all_can_be_null) wanted.on_delete = action::restrict_;
        audit_.report(
            key_, risk::set_null_not_null, severity::error,
            audit_.arena.concat(audit_.events(key_, action::set_null), " fails where rows here refer to it: only ",
                                model::column_list(audit_.arena, *key_.child, nulled_columns(key_)),
                                " becomes NULL, and MATCH FULL allows no key that is partly NULL"),
            audit_.change(key_, wanted));
    }

    void report_shared(nulled_column const& one) {
        auto const& other = *one.shared;
        bool const refused = breaks(key_, other);
        auto const effect = refused                           ? "which MATCH FULL refuses then"
                            : other.child_columns.size() == 1 ? "which loses its parent as well"
                                                              : "which is no longer checked then";
        auto const wanted = remedy();
        bool const solved = key_.on_update != action::set_null && wanted.on_delete == action::set_null;
        audit_.report(key_, risk::set_null_shared_column, refused ? severity::error : severity::warning,
                      audit_.arena.concat(audit_.events(key_, action::set_null), " also sets ", one.column->name.quoted,
                                          " to NULL, a column of ", other.name.quoted, " (",
                                          model::column_list(audit_.arena, *other.child, other.child_columns), "), ",
                                          text(effect)),
                      solved ? audit_.change(key_, wanted) : text());
    }

    action_audit& audit_;
    constraint const& key_;
    model::vector<nulled_column> columns_;
};

/// Whether an expression is NULL wherever the column is; `table`: whose generated columns it may name, if any.
bool follows_null(model::expression const& value, std::int16_t column, model::relation const* table) {
    auto const argument_follows = [&] {
        return std::any_of(value.arguments.begin(), value.arguments.end(),
                           [&](model::expression const& one) { return follows_null(one, column, table); });
    };
    switch (value.kind) {
        case form::column: {
            if (value.column == column) return true;
            auto const* const other = table != nullptr ? table->find_column(value.column) : nullptr;
            // No generated column is generated from another.
            return other != nullptr && other->generation != nullptr &&
                   follows_null(*other->generation, column, nullptr);
        }
        case form::collate: return argument_follows();
        case form::cast:
        case form::operator_call:
        case form::function_call: return value.is_strict && argument_follows();
        default: return false;
    }
}

/// Partitions aside.
text refuses_null_itself(action_audit const& audit, model::relation const& table, model::column const& column) {
    if (column.not_null) return is_primary(table, column.number) ? "is part of the primary key" : "is NOT NULL";
    auto const* const type = audit.database.find_type(column.type);
    if (type != nullptr && type->kind == 'd' && type->not_null)
        return audit.arena.concat("has the domain ", type->display, ", which is NOT NULL");
    auto const is_value = [](model::expression const& one) { return one.kind == form::value; };
    if (type != nullptr && std::any_of(type->checks.begin(), type->checks.end(),
                                       [&](auto const* check) { return demands_value(*check, is_value); }))
        return audit.arena.concat("has the domain ", type->display, ", whose CHECK refuses NULL");
    auto const follows_column = [&](model::expression const& one) { return follows_null(one, column.number, &table); };
    for (auto const& check : table.checks)
        if (check.condition != nullptr && demands_value(*check.condition, follows_column))
            return audit.arena.concat("must not be NULL by CHECK ", check.name.quoted);
    for (auto const& other : table.columns)
        if (other.not_null && other.generation != nullptr && follows_null(*other.generation, column.number, nullptr))
            return audit.arena.concat("is what ", other.name.quoted, " is generated from, which is NOT NULL");
    return {};
}

}  // namespace

text refuses_null(action_audit const& audit, model::relation const& table, model::column const& column) {
    if (auto const why = refuses_null_itself(audit, table, column); !why.empty() || !table.is_partitioned()) return why;
    model::vector<model::relation const*> leaves(audit.arena);
    audit.database.leaves(table, leaves);
    for (auto const* const leaf : leaves) {
        auto const* const its_column = leaf->find_column(column.name.name);
        if (its_column == nullptr) continue;
        if (auto const why = refuses_null_itself(audit, *leaf, *its_column); !why.empty())
            return audit.arena.concat(why, " in the partition ", leaf->qualified);
    }
    return {};
}

void judge_set_null(action_audit& audit, constraint const& key) {
    if (!key.is_enforced || (key.on_delete != action::set_null && key.on_update != action::set_null)) return;
    set_null_rule(audit, key).judge();
}

}  // namespace fkaudit::audit
