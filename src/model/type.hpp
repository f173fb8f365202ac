#pragma once

#include <string_view>

#include "src/model/expression.hpp"
#include "src/model/identifier.hpp"

namespace fkaudit::model {

/// A data type (pg_type), every type that a column or an operator in scope uses, with its base types.
struct data_type {
    oid id = no_oid;
    identifier schema{};
    identifier name{};           ///< pg_type.typname, such as `int4`
    std::string_view display{};  ///< format_type(), such as `integer`; schema-qualified unless it is built in
    char kind = 'b';             ///< typtype: b base, c composite, d domain, e enum, m multirange, p pseudo, r range
    char category = 'X';         ///< typcategory
    bool is_preferred = false;   ///< typispreferred
    bool not_null = false;       ///< a domain's NOT NULL, that of the domains below it included
    std::span<expression const* const> checks{};  ///< a domain's CHECKs, those of the domains below it included
    std::int16_t length = 0;                      ///< typlen; -1 is varlena
    oid base = no_oid;                ///< a domain's base type, all domains looked through; the type itself otherwise
    std::int32_t base_modifier = -1;  ///< a domain's own typmod (typtypmod), -1 without one
    oid element = no_oid;             ///< an array's element type
    oid collation = no_oid;           ///< typcollation
    bool has_default = false;         ///< a default for columns that have none, as a domain's DEFAULT
    expression const* default_value = nullptr;  ///< of has_default, where it is stored as an expression
};

/// A collation that a column in scope uses.
struct collation {
    oid id = no_oid;
    identifier schema{};
    identifier name{};
    bool deterministic = true;
    std::string_view quoted{};  ///< as COLLATE takes it
};

/// A row of pg_cast between two types in scope.
struct cast {
    oid source = no_oid;
    oid target = no_oid;
    char method = 'f';  ///< castmethod: f function, i through input and output functions, b binary-coercible
    oid function = no_oid;
    bool is_strict = true;     ///< castfunc's proisstrict; true without a function
    bool is_immutable = true;  ///< castfunc's provolatile; true without a function
};

/// An operator of a foreign key (conpfeqop), or a commutator of one.
struct sql_operator {
    oid id = no_oid;
    identifier schema{};
    std::string_view name{};
    oid left_type = no_oid;
    oid right_type = no_oid;
    oid commutator = no_oid;  ///< no_oid without one
    oid function = no_oid;
    bool is_strict = true;  ///< the function's proisstrict
};

}  // namespace fkaudit::model
