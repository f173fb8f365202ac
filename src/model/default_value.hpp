#pragma once

#include <span>

#include "src/model/constraint.hpp"

namespace fkaudit::model {

/// A stored constant that SET DEFAULT writes into a column.
struct default_value {
    model::column const* column = nullptr;
    expression const* value = nullptr;  ///< a constant that is not NULL, or casts around one
};

/// The key that SET DEFAULT gives to rows of the child: all of its columns, or those that ON DELETE lists.
struct default_key {
    constraint const* key = nullptr;
    std::span<default_value const> values{};

    bool is_whole() const noexcept { return values.size() == key->child_columns.size(); }
};

}  // namespace fkaudit::model
