#pragma once

#include <span>
#include <string_view>

#include "src/model/arena.hpp"
#include "src/model/identifier.hpp"
#include "src/model/relation.hpp"

namespace fkaudit::model {

enum class match_type : char { simple = 's', full = 'f', partial = 'p' };

enum class action : char { no_action = 'a', restrict_ = 'r', cascade = 'c', set_null = 'n', set_default = 'd' };

/// `no action`, `restrict`, `cascade`, `set null`, `set default`.
std::string_view to_text(action value) noexcept;

/// `NO ACTION`, `RESTRICT`, `CASCADE`, `SET NULL`, `SET DEFAULT`.
std::string_view keyword(action value) noexcept;

/// `simple`, `full`, `partial`.
std::string_view to_text(match_type value) noexcept;

/// One of a foreign key's internal triggers (pg_trigger.tgconstraint).
struct constraint_trigger {
    oid id = no_oid;
    oid constraint = no_oid;
    oid relation = no_oid;
    identifier name{};
    bool is_check = false;  ///< on the child's side (RI_FKey_check_*); false: an action trigger of the parent
    char enabled = 'O';     ///< tgenabled: O origin, D disabled, R replica only, A always
    bool is_deferrable = false;
    bool initially_deferred = false;
};

/// One row of pg_constraint that belongs to a foreign key: the declared one, or one that partitioning derived from it.
struct constraint_row {
    enum class origin : char {
        declared,
        referencing,  ///< for a partition of the child
        referenced,   ///< for a partition of the parent
    };

    oid id = no_oid;
    oid derived_from = no_oid;  ///< conparentid
    origin side = origin::declared;
    identifier name{};
    oid child = no_oid;   ///< conrelid
    oid parent = no_oid;  ///< confrelid
    bool is_validated = false;
    bool is_enforced = true;
    std::span<std::int16_t const> child_columns{};   ///< conkey, in this child's own numbers
    std::span<std::int16_t const> parent_columns{};  ///< confkey
    std::span<constraint_trigger const> triggers{};
};

/// A foreign key as its owner declared it, with all that partitioning derived from it.
struct constraint {
    oid id = no_oid;
    identifier name{};
    relation const* child = nullptr;
    relation const* parent = nullptr;
    std::string_view definition{};  ///< see define()
    std::span<std::int16_t const> child_columns{};
    std::span<std::int16_t const> parent_columns{};
    std::span<oid const> operators{};  ///< conpfeqop: parent's value on the left, child's on the right
    match_type match = match_type::simple;
    action on_delete = action::no_action;
    action on_update = action::no_action;
    std::span<std::int16_t const> delete_set_columns{};  ///< confdelsetcols; empty: all of them
    bool is_deferrable = false;
    bool initially_deferred = false;
    bool is_validated = false;
    bool is_enforced = true;
    bool is_temporal = false;                ///< PERIOD
    oid support_index = no_oid;              ///< conindid, of the parent
    std::span<constraint_row const> rows{};  ///< rows[0] is the declared one

    /// The columns by position in the key.
    column const& child_column(std::size_t position) const { return *child->find_column(child_columns[position]); }
    column const& parent_column(std::size_t position) const { return *parent->find_column(parent_columns[position]); }
};

/// A foreign key whose catalog entry names what is not there (an edited catalog, a failing disk): it can be reported, and
/// nothing else.
struct damaged_constraint {
    oid id = no_oid;
    identifier name{};
    oid child = no_oid;         ///< conrelid, whatever it names
    oid parent = no_oid;        ///< confrelid
    std::string_view damage{};  ///< such as `conkey names a column that does not exist`
};

/// The names of a table's columns, in the order of the numbers.
std::span<identifier const> column_names(arena& memory, relation const& table, std::span<std::int16_t const> numbers);

/// The columns' names as SQL text, separated by commas; `?` for a column that does not exist.
std::string_view column_list(arena& memory, relation const& table, std::span<std::int16_t const> numbers,
                             bool last_is_period = false);

/// The key's definition as ADD CONSTRAINT takes it and pg_get_constraintdef() prints it, the parent schema-qualified. Made
/// of the model, because the server's function fails on a table that is dropped meanwhile (ruleutils.c:
/// pg_get_constraintdef_worker).
std::string_view define(arena& memory, constraint const& key);

}  // namespace fkaudit::model
