#pragma once

#include "src/model/database.hpp"

namespace fkaudit::catalog {

/// A column whose type is to be changed.
struct column_reference {
    model::oid relation = model::no_oid;
    std::int16_t number = 0;
};

/// Where ALTER COLUMN … TYPE has to be said, and what the server would refuse it for.
struct alterable_column {
    column_reference column{};
    std::string_view table{};     ///< qualified: the topmost table from which partitions and inheritance pass it on
    std::string_view obstacle{};  ///< such as `view public.v`, several with commas; empty: nothing
};

/// One catalog query for all columns; the answers are sorted by relation and number. Obstacles are views, rules,
/// policies, triggers, functions, publications and generated columns that name the column, in any table that shares
/// it, partition keys, typed tables, and columns that come from several tables (tablecmds.c: ATPrepAlterColumnType,
/// RememberAllDependentForRebuilding).
std::span<alterable_column const> find_alterable_columns(model::arena& arena,
                                                         std::span<column_reference const> columns);

}  // namespace fkaudit::catalog
