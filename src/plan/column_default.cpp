#include "src/plan/column_default.hpp"

namespace fkaudit::plan {

namespace {

using model::expression;

/// OIDs below are PostgreSQL's own objects (transam.h: FirstNormalObjectId).
constexpr model::oid first_user_object = 16384;

}  // namespace

expression const* find_constant(expression const& value) {
    if (value.kind == expression::form::constant) return &value;
    if (value.kind != expression::form::cast || value.arguments.empty()) return nullptr;
    auto const& inner = value.arguments[0];
    using conversion = expression::conversion;
    bool const is_own = value.how == conversion::function ? value.function < first_user_object
                        : value.how == conversion::text
                            ? value.type < first_user_object && inner.type < first_user_object
                            : value.how == conversion::relabel || value.how == conversion::domain;
    return is_own ? find_constant(inner) : nullptr;
}

column_default find_default(model::database const& database, model::column const& column) {
    if (column.identity != '\0') return {&column, default_kind::sequence, nullptr};
    auto const* const type = database.find_type(column.type);
    bool const of_type = !column.has_default && type != nullptr && type->has_default;
    if (!column.has_default && !of_type) return {&column, default_kind::null, nullptr};
    auto const* const value = of_type ? type->default_value : column.default_value;
    auto const* const constant = value != nullptr ? find_constant(*value) : nullptr;
    if (constant == nullptr) return {&column, default_kind::unevaluated, nullptr};
    return {&column, constant->is_null ? default_kind::null : default_kind::constant, value};
}

}  // namespace fkaudit::plan
