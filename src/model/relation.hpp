#pragma once

#include <span>
#include <string_view>

#include "src/model/expression.hpp"
#include "src/model/identifier.hpp"
#include "src/model/index.hpp"

namespace fkaudit::model {

/// A column (pg_attribute) that is not dropped.
struct column {
    std::int16_t number = 0;
    identifier name{};
    oid type = no_oid;
    std::int32_t modifier = -1;       ///< atttypmod
    std::string_view type_display{};  ///< format_type(type, modifier)
    oid collation = no_oid;
    bool not_null = false;
    bool is_never_null = false;  ///< of not_null: the rows have been seen to fulfil it, it is not NOT VALID
    bool has_default = false;    ///< a default of its own, identity and generated columns aside
    char identity = '\0';        ///< attidentity: a always, d by default
    char generated = '\0';       ///< attgenerated: s stored, v virtual
    expression const* default_value = nullptr;  ///< of has_default
    expression const* generation = nullptr;     ///< what a generated column is generated from
    double null_fraction = -1;                  ///< of the last ANALYZE, where the caller may see it; -1: unknown
    double distinct_values = 0;                 ///< pg_stats.n_distinct; 0: unknown
};

/// A CHECK constraint.
struct check_constraint {
    identifier name{};
    bool is_validated = false;
    expression const* condition = nullptr;
};

/// Whether Citus keeps a table's rows in shards, so that its own heap is empty (pg_dist_partition).
enum class spreading : char {
    none,
    distributed,  ///< in shards over the nodes
    reference,    ///< in one shard, with a copy on every node
    local,        ///< in one shard on the coordinator
    unknown,      ///< the caller may not read pg_dist_partition
};

/// A table (pg_class): each child, each parent, their partitions, partition ancestors and inheritance children.
struct relation {
    oid id = no_oid;
    identifier schema{};
    identifier name{};
    std::string_view qualified{};  ///< schema-qualified and quoted
    char kind = 'r';               ///< relkind
    char persistence = 'p';        ///< relpersistence
    bool is_partition = false;
    bool is_other_temporary = false;  ///< a temporary table of another session
    bool row_security = false;
    bool forced_row_security = false;
    bool has_triggers = true;  ///< relhastriggers; false: the server looks for none and fires none
    spreading spread = spreading::none;
    std::int16_t distribution_column = 0;  ///< by whose values rows find their shard; 0: there is one shard
    std::int32_t colocation = 0;           ///< tables of the same number have the same shards on the same nodes
    bool has_figures = true;  ///< false: its rows are elsewhere, and the figures below are not those of all of them
    oid owner = no_oid;
    oid access_method = no_oid;
    std::int64_t rows = -1;                      ///< estimate (reltuples, leaves summed); -1: never analysed
    std::int64_t bytes = 0;                      ///< relpages times the block size, leaves summed
    std::int64_t deletes = 0;                    ///< since the statistics were reset, leaves summed
    std::int64_t updates = 0;                    ///< those that may have changed a key (not HOT), leaves summed
    std::span<column const> columns{};           ///< by number
    std::span<index const> indexes{};            ///< by name
    std::span<check_constraint const> checks{};  ///< by name
    std::span<oid const> parents{};              ///< pg_inherits, the partition parent or the inheritance parents
    std::span<oid const> children{};             ///< pg_inherits, by name: partitions or inheritance children

    bool is_partitioned() const noexcept { return kind == 'p'; }

    /// Whether its rows are, or may be, elsewhere than in its heap.
    bool is_spread() const noexcept { return spread != spreading::none; }

    /// nullptr: no such column.
    column const* find_column(std::int16_t number) const noexcept {
        for (auto const& one : columns)
            if (one.number == number) return &one;
        return nullptr;
    }
    column const* find_column(std::string_view column_name) const noexcept {
        for (auto const& one : columns)
            if (one.name.name == column_name) return &one;
        return nullptr;
    }
};

}  // namespace fkaudit::model
