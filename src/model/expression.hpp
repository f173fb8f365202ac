#pragma once

#include <span>
#include <string_view>

#include "src/model/identifier.hpp"

namespace fkaudit::model {

/// A stored expression (index key, index predicate, CHECK, column default) as the catalog's tree has it: read, never
/// simplified and never evaluated, so that nobody's function runs. What no rule asks about is `other`.
struct expression {
    enum class form : char {
        column,         ///< a column of the expression's own table: `column`
        value,          ///< VALUE in a domain's CHECK
        constant,       ///< a stored constant: `type`, `is_null`, `text` (as its type's output function prints it)
        cast,           ///< arguments[0] cast to `type`, see `conversion`
        collate,        ///< arguments[0] COLLATE `collation`
        null_test,      ///< arguments[0] IS NULL, or IS NOT NULL where `negated`; not row-wise
        all_of,         ///< AND of the arguments
        any_of,         ///< OR of the arguments
        negation,       ///< NOT arguments[0]
        operator_call,  ///< `function` is pg_operator's OID; arguments[0] and arguments[1]
        function_call,  ///< `function` is pg_proc's OID, called by name with the arguments: `type`
        other,
    };
    enum class conversion : char {
        none,
        relabel,   ///< binary-coercible, such as varchar to text
        function,  ///< by the function `function`
        text,      ///< through the types' input and output functions
        domain,    ///< the value stays as it is, the domain's constraints are checked
    };

    form kind = form::other;
    conversion how = conversion::none;
    bool negated = false;
    bool is_null = false;
    bool is_strict = false;  ///< of an operator, a function and a cast by one: NULL where an argument is NULL
    std::int16_t column = 0;
    oid type = no_oid;           ///< the result's type
    std::int32_t modifier = -1;  ///< of a constant or a cast: the result's typmod
    oid collation = no_oid;      ///< the result's collation
    oid function = no_oid;
    std::string_view text{};
    std::span<expression const> arguments{};
};

}  // namespace fkaudit::model
