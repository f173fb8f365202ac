#include "src/model/key_cast.hpp"

namespace fkaudit::model {

key_cast find_key_cast(database const& catalog, constraint const& key, std::size_t position) noexcept {
    using conversion = expression::conversion;
    auto const column = key.child_column(position).type;
    auto const base = catalog.base_type(column);
    auto const* const comparison = catalog.find_operator(key.operators[position]);
    if (comparison == nullptr || comparison->right_type == column) return {.type = base};

    auto const target = comparison->right_type;
    if (base == target) return {.how = conversion::relabel, .type = base};
    // anyarray, anyenum, anyrange, record: the operator takes the value as it is.
    auto const* const operand = catalog.find_type(target);
    if (operand != nullptr && operand->kind == 'p') return {.how = conversion::relabel, .type = base};

    auto const* const found = catalog.find_cast(base, target);
    if (found != nullptr && found->method == 'b') return {.how = conversion::relabel, .type = target};
    if (found != nullptr && found->method == 'f')
        return {.how = conversion::function,
                .type = target,
                .function = found->function,
                .is_strict = found->is_strict,
                .is_immutable = found->is_immutable};
    // Without a cast of its own, a type goes through its text; that is immutable for no type that we know of.
    return {.how = conversion::text, .type = target, .is_immutable = false};
}

}  // namespace fkaudit::model
