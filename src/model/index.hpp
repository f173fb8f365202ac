#pragma once

#include <span>
#include <string_view>

#include "src/model/expression.hpp"
#include "src/model/identifier.hpp"

namespace fkaudit::model {

/// One key column of an index. INCLUDE columns are no keys.
struct index_key {
    std::int16_t column = 0;            ///< 0: an expression
    expression const* value = nullptr;  ///< of an expression
    oid operator_class = no_oid;
    oid operator_family = no_oid;
    oid input_type = no_oid;  ///< the operator class's
    oid collation = no_oid;
};

/// An index (pg_index) of a relation in scope.
struct index {
    oid id = no_oid;
    oid relation = no_oid;
    identifier schema{};
    identifier name{};
    std::string_view qualified{};      ///< schema-qualified and quoted
    std::string_view access_method{};  ///< such as `btree`
    bool is_unique = false;
    bool is_primary = false;
    bool is_valid = false;
    bool is_ready = false;
    bool is_live = false;
    bool is_immediate = true;     ///< false: a deferrable unique constraint's
    bool is_partitioned = false;  ///< relkind I: holds no entries of its own
    bool nulls_not_distinct = false;
    oid parent = no_oid;  ///< the partitioned index that it is attached to
    std::span<index_key const> keys{};
    std::span<std::int16_t const> included{};  ///< INCLUDE columns
    expression const* predicate = nullptr;     ///< nullptr: not partial
};

/// An operator class (pg_opclass).
struct operator_class {
    oid id = no_oid;
    identifier schema{};
    identifier name{};
    std::string_view access_method{};
    oid operator_family = no_oid;
    oid input_type = no_oid;
    bool is_default = false;
};

/// "operator_family (of any access method) contains the operator": a row of pg_amop for an operator in scope.
struct family_member {
    oid operator_family = no_oid;
    oid operator_id = no_oid;
    std::int16_t strategy = 0;
    std::string_view access_method{};
};

}  // namespace fkaudit::model
