#pragma once

#include "src/audit/severity.hpp"
#include "src/audit/type_capacity.hpp"

namespace fkaudit::audit {

enum class difference_kind : char { narrower, wider, implicit_cast, length, collation };

/// `narrower`, `wider`, `implicit cast`, `length`, `collation`.
std::string_view to_text(difference_kind kind) noexcept;

/// How a column of a foreign key differs from the column that it references, and what makes them alike: always the
/// column that holds less is given the type of the other, so that no value is lost and no key is refused.
struct type_difference {
    model::constraint const* key = nullptr;
    std::size_t position = 0;  ///< in the key
    difference_kind kind = difference_kind::wider;
    severity grade = severity::info;
    std::string_view detail{};                 ///< what differs and what that means
    model::relation const* altered = nullptr;  ///< the table of `column`; nullptr: no statement decides it
    model::column const* column = nullptr;
    std::string_view new_type{};  ///< as ALTER COLUMN … TYPE takes it
    std::string_view remedy{};    ///< what to change, and what the change does to the table
};

/// The differences of the given keys, by key and position:
/// - implicit cast: the server converts the child's column wherever it compares, so that no plain index serves
/// - narrower (warning): the parent can have keys that no row of the child can hold
/// - length: text of other lengths, the child's the longer one
/// - wider: the child holds more than the parent, which harms nobody
/// - collation: beside one of those or alone; a warning where one of them is nondeterministic
/// Domains count as the types below them. `database` is the whole one: widening a parent concerns its other keys.
void find_type_differences(model::arena& arena, model::database const& database,
                           std::span<model::constraint const* const> keys, model::vector<type_difference>& into);

}  // namespace fkaudit::audit
