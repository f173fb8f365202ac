#pragma once

#include <span>

#include "src/model/arena.hpp"
#include "src/model/constraint.hpp"
#include "src/model/index.hpp"
#include "src/model/relation.hpp"
#include "src/model/shard.hpp"
#include "src/model/type.hpp"

namespace fkaudit::model {

/// The foreign keys of a call's scope and everything the rules ask about them, as one snapshot of the catalog had it.
/// Plain data in the call's arena; pointers and spans stay good as long as the call.
class database {
public:
    /// Child (schema, name), then constraint name: the order of every result. Names compare by their bytes.
    std::span<constraint const> constraints{};

    /// Those that are left out of `constraints`, by OID.
    std::span<damaged_constraint const> damaged{};

    /// By OID.
    std::span<relation const> relations{};
    std::span<data_type const> types{};
    std::span<collation const> collations{};
    std::span<sql_operator const> operators{};
    /// All there are.
    std::span<operator_class const> operator_classes{};
    /// By source, then target.
    std::span<cast const> casts{};
    /// By operator, then family.
    std::span<family_member const> family_members{};

    /// By relation, of those that Citus keeps; its declaration, then its shards. Empty where shards were not asked for.
    std::span<placement const> placements{};

    /// nullptr: not in scope.
    relation const* find_relation(oid id) const noexcept;
    data_type const* find_type(oid id) const noexcept;
    collation const* find_collation(oid id) const noexcept;
    sql_operator const* find_operator(oid id) const noexcept;
    operator_class const* find_operator_class(oid id) const noexcept;
    cast const* find_cast(oid source, oid target) const noexcept;

    /// The type below all domains; the type itself where it is none.
    oid base_type(oid id) const noexcept;

    std::span<placement const> placements_of(oid relation) const noexcept;

    /// Whether the operator family has the operator, by whatever access method.
    bool is_member(oid operator_family, oid operator_id) const noexcept;

    /// The tables that hold the relation's rows: its leaf partitions (in catalog order, depth first), or itself.
    void leaves(relation const& root, vector<relation const*>& into) const;

    /// The topmost partitioned table above a partition; the relation itself where it is none.
    relation const& root_of(relation const& partition) const noexcept;

    /// Whether it is a partition of the other one, at whatever depth.
    bool is_partition_of(relation const& partition, relation const& above) const noexcept;
};

}  // namespace fkaudit::model
