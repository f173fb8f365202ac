#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "src/model/database.hpp"
#include "test/unit/memory.hpp"

namespace fkaudit::test {

/// A database written by hand: tables with one integer column, partitions, and foreign keys between them. Tables are named
/// by their OID (`t7`) and live in schema `s`.
class catalog {
public:
    using oid = model::oid;

    model::arena& arena() { return arena_; }

    model::relation& table(oid id, char kind = 'r') {
        auto& one = relations_.emplace_back();
        one.id = id;
        one.kind = kind;
        one.schema = name("s");
        one.name = name("t" + std::to_string(id));
        one.qualified = keep("s.t" + std::to_string(id));
        auto const columns = arena_.array<model::column>(1);
        columns[0].number = 1;
        columns[0].name = name("id");
        one.columns = columns;
        return one;
    }

    /// One that was made before.
    model::relation& relation(oid id) { return find(id); }

    model::relation& partitioned(oid id) { return table(id, 'p'); }

    /// A partition of `above`, a plain one unless `kind` says otherwise.
    model::relation& partition(oid id, oid above, char kind = 'r') {
        auto& one = table(id, kind);
        one.is_partition = true;
        one.parents = list({above});
        auto& parent = find(above);
        std::vector<oid> children(parent.children.begin(), parent.children.end());
        children.push_back(id);
        parent.children = list(children);
        return one;
    }

    /// A key of `child` to `parent`; keys keep the order in which they are declared.
    model::constraint& key(oid id, oid child, oid parent) {
        auto& one = keys_.emplace_back();
        one.id = id;
        one.name = name("k" + std::to_string(id));
        one.child = &find(child);
        one.parent = &find(parent);
        auto const number = arena_.array<std::int16_t>(1);
        number[0] = 1;
        one.child_columns = one.parent_columns = number;
        one.is_validated = true;
        return one;
    }

    /// The database; nothing may be added any more.
    model::database const& finish() {
        relations_sorted_.assign(relations_.begin(), relations_.end());
        std::sort(relations_sorted_.begin(), relations_sorted_.end(),
                  [](auto const& a, auto const& b) { return a.id < b.id; });
        database_.relations = relations_sorted_;
        keys_sorted_.assign(keys_.begin(), keys_.end());
        for (auto& one : keys_sorted_) {
            one.child = database_.find_relation(one.child->id);
            one.parent = database_.find_relation(one.parent->id);
        }
        database_.constraints = keys_sorted_;
        return database_;
    }

    std::span<oid const> list(std::vector<oid> const& ids) { return arena_.copy(std::span<oid const>(ids)); }

    model::identifier name(std::string const& text) {
        auto const kept = keep(text);
        return {kept, kept};
    }

    std::string_view keep(std::string const& text) { return arena_.copy(std::string_view(text)); }

private:
    model::relation& find(oid id) {
        return *std::find_if(relations_.begin(), relations_.end(), [&](auto const& one) { return one.id == id; });
    }

    heap heap_;
    model::arena arena_{heap_};
    std::deque<model::relation> relations_;
    std::deque<model::constraint> keys_;
    std::vector<model::relation> relations_sorted_;
    std::vector<model::constraint> keys_sorted_;
    model::database database_;
};

}  // namespace fkaudit::test
