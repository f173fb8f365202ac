#pragma once

#include "src/model/database.hpp"

namespace fkaudit::model {

/// How the server turns the child's column into the right operand of a foreign key's operator (conpfeqop), wherever it
/// compares the two (ruleutils.c: generate_operator_clause; parse_coerce.c: find_coercion_pathway).
struct key_cast {
    expression::conversion how = expression::conversion::none;
    oid type = no_oid;         ///< the operand's type; the column's own base type where the operator is polymorphic
    oid function = no_oid;     ///< of conversion::function
    bool is_strict = true;     ///< NULL stays NULL
    bool is_immutable = true;  ///< an index can hold the cast's result

    /// Whether the value itself is converted, so that an index on the plain column does not serve the comparison.
    /// Relabels (varchar to text, a domain to its base type, an array to anyarray) convert nothing.
    bool converts() const noexcept {
        return how == expression::conversion::function || how == expression::conversion::text;
    }
};

/// The cast of the child's column at a position of the key.
key_cast find_key_cast(database const& catalog, constraint const& key, std::size_t position) noexcept;

}  // namespace fkaudit::model
