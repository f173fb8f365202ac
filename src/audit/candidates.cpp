#include "src/audit/candidates.hpp"

#include <algorithm>
#include <cstdint>
#include <tuple>

#include "src/audit/name_parts.hpp"

namespace fkaudit::audit {

namespace {

using model::column;
using model::relation;
using text = std::string_view;

/// Words that say "this is a reference" and nothing about to what.
constexpr text key_words[] = {"id", "fk", "key", "ref",    "uuid", "guid", "code",
                              "no", "nr", "num", "number", "pk",   "oid"};
/// Roles that a row of the same table can have.
constexpr text self_words[] = {"parent",      "ancestor",  "superior", "boss",     "manager",
                               "supervisor",  "root",      "previous", "prev",     "next",
                               "predecessor", "successor", "original", "duplicate"};
/// Names of a unique column that say nothing about its table.
constexpr text plain_names[] = {"id", "key", "code",  "name", "uuid",  "guid",  "number", "no",       "nr",
                                "pk", "oid", "title", "slug", "email", "value", "label",  "position", "sort"};
/// What the type half of a polymorphic pair is called.
constexpr text kind_words[] = {"type", "kind", "class", "table", "model"};

template <std::size_t Count>
bool is_one_of(text const (&list)[Count], text one) {
    return std::find(std::begin(list), std::end(list), one) != std::end(list);
}

struct named_column {
    column const* of;
    words parts;
};

struct named_table {
    relation const* of;
    words parts;
    std::span<named_column const> columns;
    std::span<model::index const* const> keys;  ///< the unique ones that a foreign key can refer to
};

/// Whether a foreign key can refer to it (tablecmds.c: transformFkeyCheckAttrs).
bool is_referable(model::index const& index) {
    return index.is_unique && index.is_valid && index.is_immediate && index.predicate == nullptr &&
           index.access_method == "btree" && !index.keys.empty() &&
           std::all_of(index.keys.begin(), index.keys.end(),
                       [](model::index_key const& part) { return part.column != 0; });
}

class search {
public:
    search(model::arena& arena, model::database const& tables, model::database const& declared)
        : arena_(arena),
          declared_(declared) {
        for (auto const& one : tables.relations)
            if ((one.kind == 'r' || one.kind == 'p') && !one.is_partition && !one.is_other_temporary)
                tables_.push_back(describe(one));
        std::sort(tables_.begin(), tables_.end(),
                  [](named_table const& a, named_table const& b) { return order(a) < order(b); });
    }

    std::span<candidate const> run(void (*pause)()) {
        for (auto const& child : tables_) {
            for (auto const& one : child.columns) {
                pause();
                if (!is_pair(child, one)) find_parents(child, one);
            }
            for (auto const& parent : tables_) find_composite(child, parent);
        }
        return arena_.copy(std::span<candidate const>(found_.data(), found_.size()));
    }

private:
    static std::tuple<text, text> order(named_table const& one) { return {one.of->schema.name, one.of->name.name}; }

    named_table describe(relation const& one) {
        auto const columns = arena_.array<named_column>(one.columns.size());
        for (std::size_t number = 0; number < columns.size(); ++number)
            columns[number] = {&one.columns[number], split_name(arena_, one.columns[number].name.name)};
        model::vector<model::index const*> keys(arena_);
        for (auto const& index : one.indexes)
            if (is_referable(index)) keys.push_back(&index);
        std::stable_sort(keys.begin(), keys.end(),
                         [](auto const* a, auto const* b) { return a->is_primary > b->is_primary; });
        auto parts = split_name(arena_, one.name.name);
        while (parts.size() > 1 && (parts[0] == "tbl" || parts[0] == "t" || parts[0] == "tab"))
            parts = parts.subspan(1);
        return {&one, parts, columns, arena_.copy(std::span<model::index const* const>(keys.data(), keys.size()))};
    }

    bool is_pair(named_table const& child, named_column const& one) const;
    bool is_declared(relation const& child, std::span<std::int16_t const> columns, relation const& parent) const;
    void find_parents(named_table const& child, named_column const& one);
    likeness compare(named_table const& child, named_column const& one, named_table const& parent, column const& key,
                     text& reason) const;
    void find_composite(named_table const& child, named_table const& parent);
    void add(named_table const& child, std::span<std::int16_t const> columns, named_table const& parent,
             std::span<std::int16_t const> keys, likeness name, text reason);

    static constexpr likeness none{-1};

    model::arena& arena_;
    model::database const& declared_;
    model::vector<named_table> tables_{arena_};
    model::vector<candidate> found_{arena_};
};

/// The words of a reference without those that only say that it is one: `customer` of `customer_id` and `id_customer`.
words stem_of(words parts) {
    if (parts.size() > 1 && is_one_of(key_words, parts.back())) return parts.first(parts.size() - 1);
    if (parts.size() > 1 && (parts.front() == "id" || parts.front() == "fk")) return parts.subspan(1);
    return {};
}

/// `customerid`: the word without the id; empty: it has none.
text short_stem(words parts) {
    if (parts.size() != 1 || parts[0].size() < 5 || parts[0].substr(parts[0].size() - 2) != "id") return {};
    return parts[0].substr(0, parts[0].size() - 2);
}

bool search::is_pair(named_table const& child, named_column const& one) const {
    auto stem = stem_of(one.parts);
    auto const whole = short_stem(one.parts);
    if (stem.empty() && !whole.empty()) stem = {&whole, 1};
    if (stem.empty()) return false;
    return std::any_of(child.columns.begin(), child.columns.end(), [&](named_column const& other) {
        auto const& parts = other.parts;
        return parts.size() == stem.size() + 1 && is_one_of(kind_words, parts.back()) &&
               std::equal(stem.begin(), stem.end(), parts.begin());
    });
}

/// Whether these columns, or these among others with the same parent, refer to something already.
bool search::is_declared(relation const& child, std::span<std::int16_t const> columns, relation const& parent) const {
    auto const has = [](std::span<std::int16_t const> all, std::int16_t one) {
        return std::find(all.begin(), all.end(), one) != all.end();
    };
    return std::any_of(declared_.constraints.begin(), declared_.constraints.end(), [&](model::constraint const& key) {
        if (key.child->id != child.id) return false;
        bool const is_within =
            std::all_of(columns.begin(), columns.end(), [&](std::int16_t one) { return has(key.child_columns, one); });
        return is_within && (key.child_columns.size() == columns.size() || key.parent->id == parent.id);
    });
}

void search::add(named_table const& child, std::span<std::int16_t const> columns, named_table const& parent,
                 std::span<std::int16_t const> keys, likeness name, text reason) {
    if (is_declared(*child.of, columns, *parent.of)) return;
    found_.push_back({child.of, parent.of, arena_.copy(columns), arena_.copy(keys), name, reason});
}

/// The best index, the primary key before others, that makes the column alone unique; nullptr: there is none.
model::index const* own_key(named_table const& child, named_column const& one) {
    auto const found = std::find_if(child.keys.begin(), child.keys.end(), [&](model::index const* index) {
        return index->keys.size() == 1 && index->keys[0].column == one.of->number;
    });
    return found == child.keys.end() ? nullptr : *found;
}

/// Whether the column is the parent's own, by inheritance.
bool is_inherited(relation const& child, column const& one, relation const& parent, column const& key) {
    return one.name == key.name &&
           std::find(child.parents.begin(), child.parents.end(), parent.id) != child.parents.end();
}

/// What the name of a column says about a parent's key; `none`: nothing.
likeness search::compare(named_table const& child, named_column const& one, named_table const& parent,
                         column const& key, text& reason) const {
    auto const& name = one.of->name.name;
    bool const is_self = child.of == parent.of;
    if (is_self && one.of->number == key.number) return none;
    auto const* const own = own_key(child, one);
    bool const is_key = own != nullptr && own->is_primary;
    if ((is_self && is_key) || is_inherited(*child.of, *one.of, *parent.of, key)) return none;
    auto const stem = stem_of(one.parts);
    // The parent's name may begin with a word that all tables share: shop_orders, shop_order_items.
    auto short_parent = parent.parts;
    if (parent.parts.size() > 1 && child.parts.size() > 1 && parent.parts[0] == child.parts[0])
        short_parent = parent.parts.subspan(1);
    auto const names_parent = [&](words what) {
        return is_same_name(what, parent.parts) || is_same_name(what, short_parent);
    };
    auto const whole = short_stem(one.parts);
    bool const names_whole = !whole.empty() && names_parent({&whole, 1});
    // A unique customer_no of customers is what its rows are known by.
    if (is_self && own != nullptr && (names_parent(stem) || names_whole)) return none;
    if (!stem.empty() && names_parent(stem)) {
        reason = arena_.concat(name, " names ", parent.of->name.name);
        return likeness::high;
    }
    if (!is_self && !is_key && name == key.name.name && (one.parts.size() > 1 || !is_one_of(plain_names, name))) {
        reason = arena_.concat(name, " is also the name of the key of ", parent.of->name.name);
        return likeness::key;
    }
    if (names_whole) {
        reason = arena_.concat(name, " names ", parent.of->name.name);
        return likeness::high;
    }
    // What follows is too little for a column that has a meaning of its own already.
    if (is_key) return none;
    for (std::size_t cut = 1; cut < stem.size(); ++cut)
        if (names_parent(stem.subspan(cut)) || names_parent(stem.first(stem.size() - cut))) {
            reason = arena_.concat(name, " names ", parent.of->name.name, " in a role");
            return likeness::medium;
        }
    // A role behind the id: address_id_billing.
    auto const id = std::find(one.parts.begin(), one.parts.end(), "id");
    if (id != one.parts.begin() && id != one.parts.end() && id + 1 != one.parts.end() &&
        names_parent(one.parts.first(static_cast<std::size_t>(id - one.parts.begin())))) {
        reason = arena_.concat(name, " names ", parent.of->name.name, " in a role");
        return likeness::medium;
    }
    if (!is_self && stem.empty() && names_parent(one.parts)) {
        reason = arena_.concat(name, " is the name of ", parent.of->name.name);
        return likeness::medium;
    }
    bool const is_chief = one.parts.size() == 2 && ((one.parts[0] == "reports" && one.parts[1] == "to") ||
                                                    (one.parts[0] == "managed" && one.parts[1] == "by"));
    if (is_self && (is_chief || (stem.size() == 1 && is_one_of(self_words, stem[0])))) {
        reason = arena_.concat(name, " can be another row of the same table");
        return likeness::low;
    }
    return none;
}

/// Keeps the parents of one column with the likeliest name; those in the child's own schema before others, and of a
/// parent's keys the one of the same type.
void search::find_parents(named_table const& child, named_column const& one) {
    struct choice {
        named_table const* parent;
        std::int16_t key;
        likeness name;
        text reason;
        bool is_near, has_type, has_word;

        auto rank() const { return std::tuple(name, is_near, has_type, has_word); }
    };
    model::vector<choice> choices(arena_);
    for (auto const& parent : tables_)
        for (auto const* const index : parent.keys) {
            if (index->keys.size() != 1) continue;
            auto const* const key = parent.of->find_column(index->keys[0].column);
            text reason;
            auto const name = compare(child, one, parent, *key, reason);
            if (name == none) continue;
            auto const parts = split_name(arena_, key->name.name);
            choices.push_back({&parent, key->number, name, reason, parent.of->schema == child.of->schema,
                               key->type == one.of->type,
                               !parts.empty() && !one.parts.empty() && parts.back() == one.parts.back()});
        }
    for (std::size_t number = 0; number < choices.size(); ++number) {
        auto const& best = choices[number];
        bool const is_best = std::all_of(choices.begin(), choices.end(),
                                         [&](choice const& other) { return other.rank() <= best.rank(); });
        // Two unique indexes on the same column are one key.
        bool const is_again = std::any_of(
            choices.begin(), choices.begin() + static_cast<std::ptrdiff_t>(number),
            [&](choice const& other) { return other.parent == best.parent && other.rank() == best.rank(); });
        if (!is_best || is_again) continue;
        std::int16_t const column[] = {one.of->number}, key[] = {best.key};
        add(child, column, *best.parent, key, best.name, best.reason);
    }
}

/// A key of several columns, each of which the child has under the same name, or the parent's id under the parent's
/// name.
void search::find_composite(named_table const& child, named_table const& parent) {
    if (child.of == parent.of) return;
    for (auto const* const index : parent.keys) {
        if (index->keys.size() < 2) continue;
        model::vector<std::int16_t> columns(arena_), keys(arena_);
        bool names_parent = false;
        for (auto const& part : index->keys) {
            auto const* const key = parent.of->find_column(part.column);
            auto const found = std::find_if(child.columns.begin(), child.columns.end(), [&](named_column const& one) {
                auto const stem = stem_of(one.parts);
                bool const is_named = !stem.empty() && is_same_name(stem, parent.parts);
                bool const is_plain = key->name.name == "id";
                if (is_plain ? !is_named : one.of->name.name != key->name.name) return false;
                names_parent |= is_named;
                return true;
            });
            if (found == child.columns.end()) break;
            columns.push_back(found->of->number);
            keys.push_back(key->number);
        }
        if (columns.size() != index->keys.size()) continue;
        // Two tables with the same key: which of them refers to the other, names do not say.
        bool const is_key_of_child = std::any_of(child.keys.begin(), child.keys.end(), [&](model::index const* own) {
            return own->keys.size() <= columns.size() &&
                   std::all_of(own->keys.begin(), own->keys.end(), [&](model::index_key const& part) {
                       return std::find(columns.begin(), columns.end(), part.column) != columns.end();
                   });
        });
        if (is_key_of_child && !names_parent) continue;
        add(child, {columns.data(), columns.size()}, parent, {keys.data(), keys.size()},
            names_parent ? likeness::high : likeness::medium,
            arena_.concat("has all columns of the key of ", parent.of->name.name));
        return;
    }
}

}  // namespace

std::span<candidate const> find_candidates(model::arena& arena, model::database const& tables,
                                           model::database const& declared, void (*pause)()) {
    return search(arena, tables, declared).run(pause);
}

}  // namespace fkaudit::audit
