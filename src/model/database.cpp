#include "src/model/database.hpp"

#include <algorithm>

namespace fkaudit::model {

namespace {

template <class T>
T const* find_by_id(std::span<T const> sorted, oid id) noexcept {
    auto const place =
        std::lower_bound(sorted.begin(), sorted.end(), id, [](T const& one, oid key) { return one.id < key; });
    return place != sorted.end() && place->id == id ? &*place : nullptr;
}

}  // namespace

relation const* database::find_relation(oid id) const noexcept { return find_by_id(relations, id); }
data_type const* database::find_type(oid id) const noexcept { return find_by_id(types, id); }
collation const* database::find_collation(oid id) const noexcept { return find_by_id(collations, id); }
sql_operator const* database::find_operator(oid id) const noexcept { return find_by_id(operators, id); }

operator_class const* database::find_operator_class(oid id) const noexcept { return find_by_id(operator_classes, id); }

cast const* database::find_cast(oid source, oid target) const noexcept {
    auto const wanted = std::pair(source, target);
    auto const place = std::lower_bound(casts.begin(), casts.end(), wanted, [](cast const& one, auto key) {
        return std::pair(one.source, one.target) < key;
    });
    return place != casts.end() && std::pair(place->source, place->target) == wanted ? &*place : nullptr;
}

oid database::base_type(oid id) const noexcept {
    auto const* const type = find_type(id);
    return type != nullptr ? type->base : id;
}

std::span<placement const> database::placements_of(oid id) const noexcept {
    auto const begin = std::lower_bound(placements.begin(), placements.end(), id,
                                        [](placement const& one, oid wanted) { return one.relation < wanted; });
    auto end = begin;
    while (end != placements.end() && end->relation == id) ++end;
    return {begin, end};
}

bool database::is_member(oid operator_family, oid operator_id) const noexcept {
    return std::any_of(family_members.begin(), family_members.end(), [&](family_member const& one) {
        return one.operator_id == operator_id && one.operator_family == operator_family;
    });
}

void database::leaves(relation const& root, vector<relation const*>& into) const {
    if (!root.is_partitioned()) {
        into.push_back(&root);
        return;
    }
    for (oid const child : root.children)
        if (auto const* const partition = find_relation(child)) leaves(*partition, into);
}

relation const& database::root_of(relation const& partition) const noexcept {
    relation const* top = &partition;
    while (top->is_partition && !top->parents.empty()) {
        auto const* const above = find_relation(top->parents.front());
        if (above == nullptr) break;
        top = above;
    }
    return *top;
}

bool database::is_partition_of(relation const& partition, relation const& above) const noexcept {
    auto const* one = &partition;
    while (one != nullptr && one->is_partition && !one->parents.empty()) {
        if (one->parents.front() == above.id) return true;
        one = find_relation(one->parents.front());
    }
    return false;
}

}  // namespace fkaudit::model
