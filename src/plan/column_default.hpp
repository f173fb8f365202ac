#pragma once

#include "src/model/database.hpp"

namespace fkaudit::plan {

enum class default_kind : char { constant, null, sequence, unevaluated };

/// What `SET column = DEFAULT` writes; `value` is a stored constant with casts of PostgreSQL's own around it, for
/// `constant`.
struct column_default {
    model::column const* column = nullptr;
    default_kind kind = default_kind::unevaluated;
    model::expression const* value = nullptr;
};

/// The constant inside, if only casts of PostgreSQL's own stand around it.
model::expression const* find_constant(model::expression const& value);

/// Reads a default as the server builds it (rewriteHandler.c: build_column_default), without evaluating anything.
column_default find_default(model::database const& database, model::column const& column);

}  // namespace fkaudit::plan
