#pragma once

#include "src/model/arena.hpp"
#include "src/model/constraint.hpp"

namespace fkaudit::check {

/// The pieces of SQL that say what PostgreSQL's own check of a foreign key means, for the child as `c` and the parent as
/// `p` (ri_triggers.c: ri_GenerateQual, RI_Initial_Check). Everything is quoted and schema-qualified.
struct key_sql {
    std::string_view child_source{};   ///< FROM item: ONLY unless the child is partitioned, alias c
    std::string_view parent_source{};  ///< the same for the parent, alias p
    std::string_view matches{};        ///< p is the parent of c: exact operators, casts and the parent's collation
    std::string_view depends{};  ///< c is what the server finds when p is changed or deleted: differs from `matches`
                                 ///< where the child's collation alone takes different texts for equal
    std::string_view matches_scalar{};  ///< the same without a temporal key's period
    std::string_view has_parent{};      ///< c has a parent; for a temporal key: its period is covered
    std::string_view all_present{};     ///< no key column of c is NULL
    std::string_view partly_null{};     ///< some key columns of c are NULL, but not all; `false` for one column
    std::string_view columns{};         ///< c's key columns with the aliases k1, k2, …
    std::string_view groups{};          ///< 1, 2, …, for GROUP BY
    std::string_view key_object{};      ///< c's key as a jsonb object
    std::string_view group_object{};    ///< the same from k1, k2, …
    bool can_group = true;              ///< every key column's type has an equality of its own
};

/// Writes them. Reads operators, types and collations from the system caches; raises only the server's errors.
key_sql write_key_sql(model::arena& arena, model::constraint const& key);

/// The collation's name, quoted and with its schema. May ereport.
std::string_view write_collation(model::arena& arena, model::oid collation);

/// `jsonb_build_object('name', prefix."name", …)` over columns of a table.
std::string_view write_object(model::arena& arena, model::relation const& table, std::string_view prefix,
                              std::span<std::int16_t const> columns);

/// One row: orphans whose key is complete (bigint), distinct keys among them (bigint, NULL where can_group is false),
/// the most frequent of them (jsonb, the smallest of equals; NULL without one).
std::string_view missing_parents_query(model::arena& arena, key_sql const& sql);

/// One row: all rows of the child, and those whose key is partly NULL (bigint both).
std::string_view row_counts_query(model::arena& arena, key_sql const& sql);

/// One row: the smallest partly NULL key (jsonb).
std::string_view partly_null_example_query(model::arena& arena, key_sql const& sql);

/// What fk_orphans lists of each orphan, as SQL expressions over c.
struct orphan_columns {
    std::string_view row_key{};  ///< jsonb; `NULL::jsonb` where there is none to show
    std::string_view table{};    ///< oid of the table that holds the row
    std::string_view place{};    ///< tid; `NULL::tid` where the caller may not read system columns
    std::string_view order{};    ///< ORDER BY list, by output position
};

/// The orphans: row_key jsonb, foreign_key jsonb, reason text, table oid, place tid; in physical order. `max_rows` < 0:
/// all of them.
std::string_view orphans_query(model::arena& arena, model::constraint const& key, key_sql const& sql,
                               orphan_columns const& columns, std::int64_t max_rows);

}  // namespace fkaudit::check
