#include "src/plan/key_search.hpp"

#include <algorithm>
#include <cstdint>

namespace fkaudit::plan {

namespace {

using model::expression;
using model::no_oid;
using model::oid;
using conditions_view = std::span<search_condition const>;
using columns_view = std::span<std::int16_t const>;

constexpr oid default_collation = 100;  // pg_collation.dat: DEFAULT_COLLATION_OID

/// The planner ignores relabels on top of an operand, and COLLATE is one (match_index_to_operand).
expression const& without_relabels(expression const& value) noexcept {
    auto const* inner = &value;
    while ((inner->kind == expression::form::collate ||
            (inner->kind == expression::form::cast && inner->how == expression::conversion::relabel)) &&
           !inner->arguments.empty())
        inner = inner->arguments.data();
    return *inner;
}

bool is_column(expression const& value, std::int16_t column) noexcept {
    auto const& inner = without_relabels(value);
    return inner.kind == expression::form::column && inner.column == column;
}

/// Whether the expression is what the condition compares.
bool is_operand(expression const& value, search_condition const& condition, std::int16_t column) noexcept {
    using conversion = expression::conversion;
    if (!condition.cast.converts()) return is_column(value, column);

    auto const& inner = without_relabels(value);
    if (inner.arguments.size() != 1 || !is_column(inner.arguments[0], column)) return false;
    // The same function can cast to several types (char(n) to text and to varchar): other expressions to the planner.
    if (inner.type != condition.cast.type) return false;
    if (condition.cast.how == conversion::text)
        return inner.kind == expression::form::cast && inner.how == conversion::text;
    return inner.function == condition.cast.function &&
           (inner.kind == expression::form::function_call ||
            (inner.kind == expression::form::cast && inner.how == conversion::function));
}

/// Whether the expression is the column or some cast of it.
bool is_cast_of(expression const& value, std::int16_t column) noexcept {
    auto const* inner = &without_relabels(value);
    while (inner->kind == expression::form::cast && !inner->arguments.empty())
        inner = &without_relabels(inner->arguments[0]);
    return is_column(*inner, column);
}

/// parse_collate.c: both sides have implicit collations; the default one gives way.
oid merged_collation(oid child, oid parent) noexcept {
    if (child == no_oid) return parent;
    return child == default_collation && parent != no_oid ? parent : child;
}

oid search_collation(model::database const& database, model::constraint const& key, std::size_t position,
                     model::key_cast const& cast, server_traits server) noexcept {
    auto const& child = key.child_column(position);
    auto const& parent = key.parent_column(position);
    if (server.overrides_collation && parent.collation != child.collation) {
        auto const* const found = database.find_collation(parent.collation);
        if (found != nullptr && !found->deterministic) return parent.collation;
    }
    auto const collation_of = [&](oid type) {
        auto const* const found = database.find_type(type);
        return found != nullptr ? found->collation : no_oid;
    };
    auto operand = child.collation;
    if (cast.converts()) {
        auto const own = collation_of(cast.type);
        if (own == no_oid || operand == no_oid) operand = own;
    }
    return merged_collation(operand, collation_of(parent.type));
}

/// What the conditions imply (predtest.c: predicate_implied_by, for conditions that are strict and not constant).
class implication {
public:
    implication(conditions_view conditions, columns_view columns, model::relation const* table)
        : conditions_(conditions),
          columns_(columns),
          table_(table) {}

    /// Whether every row that fulfils the conditions makes the predicate true, or false where `negated`.
    bool holds(expression const& predicate, bool negated = false) const noexcept {
        auto const each = [&](expression const& one) { return holds(one, negated); };
        auto const& arguments = predicate.arguments;
        switch (predicate.kind) {
            case expression::form::constant:
                return !predicate.is_null && predicate.type == bool_type && predicate.text == (negated ? "f" : "t");
            case expression::form::null_test:
                return predicate.negated != negated && !arguments.empty() && is_not_null(arguments[0]);
            case expression::form::negation: return !arguments.empty() && holds(arguments[0], !negated);
            case expression::form::all_of:
                return negated ? std::any_of(arguments.begin(), arguments.end(), each)
                               : std::all_of(arguments.begin(), arguments.end(), each);
            case expression::form::any_of:
                return negated ? std::all_of(arguments.begin(), arguments.end(), each)
                               : std::any_of(arguments.begin(), arguments.end(), each);
            default: return false;
        }
    }

private:
    static constexpr oid bool_type = 16;  // pg_type.dat

    bool is_not_null(expression const& value) const noexcept {
        if (table_ != nullptr && is_never_null(value)) return true;
        for (std::size_t position = 0; position < conditions_.size(); ++position) {
            auto const& condition = conditions_[position];
            if (!condition.is_strict) continue;
            if (is_operand(value, condition, columns_[position])) return true;
            if (condition.cast.is_strict && is_column(value, columns_[position])) return true;
        }
        return false;
    }

    /// clauses.c: expr_is_nonnullable
    bool is_never_null(expression const& value) const noexcept {
        if (value.kind == expression::form::cast && value.how == expression::conversion::relabel)
            return !value.arguments.empty() && is_never_null(value.arguments[0]);
        if (value.kind != expression::form::column) return false;
        auto const* const column = table_->find_column(value.column);
        return column != nullptr && column->is_never_null;
    }

    conditions_view conditions_;
    columns_view columns_;
    model::relation const* table_;  ///< whose NOT NULL columns the planner knows; nullptr: it does not ask
};

/// The sets that follow from the index's keys.
void match_keys(model::database const& database, conditions_view conditions, columns_view columns,
                index_match& match) noexcept {
    bool serves = true, leads = true;
    for (auto const& key : match.candidate->keys) {
        bool exact = false, related = false;
        for (std::size_t position = 0; position < columns.size(); ++position) {
            auto const bit = position_bit(position);
            auto fit = fit_of(database, conditions[position], columns[position], key);
            if (fit == key_fit::unrelated) continue;
            if (fit == key_fit::exact && loses_rows(database, conditions[position], *match.candidate))
                fit = key_fit::other_collation;
            related = true;
            match.present |= bit;
            if (leads) match.leading |= bit;
            switch (fit) {
                case key_fit::exact:
                    exact = true;
                    match.usable |= bit;
                    if (serves) match.served |= bit;
                    break;
                case key_fit::other_cast: match.other_cast |= bit; break;
                case key_fit::other_collation: match.other_collation |= bit; break;
                default: match.other_operator |= bit; break;
            }
        }
        serves = serves && exact;
        leads = leads && related;
    }
    match.is_single_row = match.candidate->is_unique && serves;
    for (auto* const wrong : {&match.other_cast, &match.other_collation, &match.other_operator})
        *wrong &= ~match.usable;
}

}  // namespace

std::span<search_condition const> search_conditions(model::arena& arena, model::database const& database,
                                                    model::constraint const& key, server_traits server) {
    auto const conditions = arena.array<search_condition>(key.child_columns.size());
    for (std::size_t position = 0; position < conditions.size(); ++position) {
        auto& one = conditions[position];
        one.cast = model::find_key_cast(database, key, position);
        one.collation = search_collation(database, key, position, one.cast, server);
        if (auto const* const found = database.find_operator(key.operators[position])) {
            one.comparison = found->commutator;
            one.is_strict = found->is_strict;
        }
    }
    return conditions;
}

bool loses_rows(model::database const& database, search_condition const& condition,
                model::index const& candidate) noexcept {
    auto const* const collation = database.find_collation(condition.collation);
    return candidate.access_method == "spgist" && collation != nullptr && !collation->deterministic;
}

key_fit fit_of(model::database const& database, search_condition const& condition, std::int16_t column,
               model::index_key const& key) noexcept {
    if (key.value != nullptr) {
        if (!is_operand(*key.value, condition, column))
            return is_cast_of(*key.value, column) ? key_fit::other_cast : key_fit::unrelated;
    } else {
        if (key.column != column) return key_fit::unrelated;
        if (condition.cast.converts()) return key_fit::other_cast;
    }
    if (!database.is_member(key.operator_family, condition.comparison)) return key_fit::other_operator;
    if (key.collation != no_oid && key.collation != condition.collation) return key_fit::other_collation;
    return key_fit::exact;
}

index_match match_index(model::database const& database, model::constraint const& key, conditions_view conditions,
                        columns_view columns, model::index const& candidate, server_traits server) noexcept {
    index_match match{.candidate = &candidate};
    for (std::size_t position = 0; position < columns.size(); ++position) {
        match.all |= position_bit(position);
        if (std::find(candidate.included.begin(), candidate.included.end(), columns[position]) !=
            candidate.included.end())
            match.included |= position_bit(position);
    }
    auto const& method = candidate.access_method;
    match.is_maintained = candidate.is_valid && candidate.is_ready && candidate.is_live;
    auto const* const table = server.reduces_null_tests ? database.find_relation(candidate.relation) : nullptr;
    match.predicate_follows =
        candidate.predicate == nullptr || implication(conditions, columns, table).holds(*candidate.predicate);
    match.finds_by_key = method == "btree" || method == "hash" || (key.is_temporal && method == "gist");
    match_keys(database, conditions, columns, match);
    return match;
}

std::string_view no_commutator(model::arena& arena, model::database const& database, model::constraint const& key,
                               std::size_t position) {
    auto const* const comparison = database.find_operator(key.operators[position]);
    if (comparison == nullptr) return "the key's operator does not exist";
    return arena.concat("the operator ", comparison->schema.quoted, '.', comparison->name,
                        " has no commutator, so that no index can serve the search");
}

std::span<std::int16_t const> columns_in(model::constraint const& key, model::relation const& partition) noexcept {
    if (&partition == key.child || partition.id == key.child->id) return key.child_columns;
    for (auto const& row : key.rows)
        if (row.child == partition.id && row.child_columns.size() == key.child_columns.size()) return row.child_columns;
    return {};
}

}  // namespace fkaudit::plan
