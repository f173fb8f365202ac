#pragma once

#include <algorithm>
#include <boost/container/flat_set.hpp>
#include <span>
#include <tuple>

#include "src/model/arena.hpp"
#include "src/model/identifier.hpp"

namespace fkaudit::catalog {

using model::oid;
using ids = std::span<oid const>;

/// A growing set of OIDs, handed to a query as an array.
class oid_set {
public:
    explicit oid_set(model::arena& arena) : items_(std::less<oid>(), model::allocator<oid>(arena.resource())) {}
    void insert(oid id) {
        if (id != model::no_oid) items_.insert(id);
    }
    template <class Range>
    void insert_all(Range const& range) {
        for (oid const id : range) insert(id);
    }
    ids items() const { return {items_.data(), items_.size()}; }

private:
    class flat_set_with_data : public boost::container::flat_set<oid, std::less<oid>, model::vector<oid>> {
    public:
        using base = boost::container::flat_set<oid, std::less<oid>, model::vector<oid>>;
        flat_set_with_data(std::less<oid> less, model::allocator<oid> memory) : base(less, memory) {}
        oid const* data() const { return empty() ? nullptr : &*begin(); }
    };
    flat_set_with_data items_;
};

/// The rows [begin, end) of a sorted range whose first column is `key`.
template <class Row>
std::span<Row const> rows_of(std::span<Row const> rows, oid key) {
    auto const first = [](Row const& one) { return std::get<0>(one); };
    auto const begin = std::lower_bound(rows.begin(), rows.end(), key,
                                        [&](Row const& one, oid wanted) { return first(one) < wanted; });
    auto end = begin;
    while (end != rows.end() && first(*end) == key) ++end;
    return {begin, end};
}

}  // namespace fkaudit::catalog
