#include "src/check/default_sql.hpp"

#include "src/pg/compat.hpp"

namespace fkaudit::check {

namespace {

using model::expression;
using text = std::string_view;

/// The type's name as SQL takes it anywhere, its modifier included. May ereport.
text type_name(model::arena& arena, model::oid type, std::int32_t modifier) {
    return arena.copy(
        text(format_type_extended(type, modifier, FORMAT_TYPE_TYPEMOD_GIVEN | FORMAT_TYPE_FORCE_QUALIFY)));
}

/// The stored constant with its casts, those to domains aside: their constraints are somebody's code.
text write_value(model::arena& arena, expression const& value) {
    if (value.kind == expression::form::cast) {
        auto const inner = write_value(arena, value.arguments[0]);
        if (value.how == expression::conversion::domain) return inner;
        return arena.concat("CAST(", inner, " AS ", type_name(arena, value.type, value.modifier), ")");
    }
    auto* const plain = pnstrdup(value.text.data(), value.text.size());
    return arena.concat("CAST(", text(quote_literal_cstr(plain)), " AS ", type_name(arena, value.type, value.modifier),
                        ")");
}

}  // namespace

std::string_view write_default(model::arena& arena, model::default_value const& one) {
    auto modifier = one.column->modifier;
    auto const type = getBaseTypeAndTypmod(one.column->type, &modifier);
    return arena.concat("CAST(", write_value(arena, *one.value), " AS ", type_name(arena, type, modifier), ") AS ",
                        one.column->name.quoted);
}

}  // namespace fkaudit::check
