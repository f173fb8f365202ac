#include "src/plan/index_ddl.hpp"

#include <algorithm>
#include <cstdint>

namespace fkaudit::plan {

namespace {

using model::no_oid;
using model::oid;
using text = std::string_view;
using conditions_view = std::span<search_condition const>;

constexpr double mostly_null = 0.5;

/// An operator class for an index key, and whether it must be named.
struct class_choice {
    model::operator_class const* chosen = nullptr;
    bool is_default = false;
};

/// indexcmds.c: GetDefaultOpClass, as far as it can be told for an operand that the comparison accepts.
class_choice choose_class(model::database const& database, text method, search_condition const& condition, oid type) {
    model::operator_class const *of_type = nullptr, *named = nullptr, *compatible = nullptr;
    bool type_has_default = false;
    for (auto const& one : database.operator_classes) {
        if (one.access_method != method) continue;
        bool const serves = database.is_member(one.operator_family, condition.comparison);
        if (one.input_type == type && one.is_default) {
            type_has_default = true;
            if (serves) of_type = &one;
        }
        if (!serves) continue;
        if (one.input_type == type && named == nullptr) named = &one;
        auto const* const input = database.find_type(one.input_type);
        auto const* const conversion = database.find_cast(type, one.input_type);
        bool const accepts =
            (input != nullptr && input->kind == 'p') || (conversion != nullptr && conversion->method == 'b');
        if (accepts && (compatible == nullptr || (one.is_default && !compatible->is_default))) compatible = &one;
    }
    if (of_type != nullptr) return {of_type, true};
    if (!type_has_default && compatible != nullptr && compatible->is_default) {
        auto const* const own = database.find_type(type);
        auto const* const input = database.find_type(compatible->input_type);
        bool const is_polymorphic = input != nullptr && input->kind == 'p';
        bool const is_preferred =
            own != nullptr && input != nullptr && input->is_preferred && own->category == input->category;
        return {compatible, is_polymorphic || is_preferred};
    }
    return {named != nullptr ? named : compatible, false};
}

/// One key of the index to be: its SQL, and what an index that is already there must have in its place.
struct index_element {
    std::size_t position = 0;
    text sql{};
    oid operator_family = no_oid;
    oid collation = no_oid;
    bool is_expression = false;
};

class ddl_writer {
public:
    ddl_writer(model::arena& arena, model::database const& database, model::constraint const& key,
               conditions_view conditions, server_traits server, index_names& names, bool tolerant)
        : arena_(arena),
          database_(database),
          key_(key),
          conditions_(conditions),
          server_(server),
          names_(names),
          elements_(arena),
          method_(key.is_temporal ? "gist" : "btree"),
          existence_(tolerant ? "IF NOT EXISTS " : ""),
          lines_(arena) {}

    index_ddl write() {
        if (key_.child->is_other_temporary) return {{}, "only the session that has this temporary table can index it"};
        for (std::size_t position = 0; position < conditions_.size(); ++position)
            if (text const obstacle = add_element(position); !obstacle.empty()) return {{}, obstacle};
        if (key_.child->is_partitioned()) {
            adopt_order();
            (void)build(*key_.child, no_oid);
        } else if (auto const* const broken = find_repairable()) {
            add_line(arena_.concat("REINDEX INDEX CONCURRENTLY ", broken->qualified, ';'));
        } else {
            create(*key_.child, "CONCURRENTLY ", "", predicate());
        }
        return {arena_.join(lines_, "\n", [](text line) { return line; }), {}};
    }

private:
    /// The index on one table of the tree, to be attached to the one above.
    struct piece {
        text qualified;
        bool is_attached;
    };

    /// A key may name a column twice; one element serves both, unless they are compared in different ways.
    bool is_there(index_element const& element) const {
        return std::any_of(elements_.begin(), elements_.end(), [&](index_element const& one) {
            return one.sql == element.sql && one.operator_family == element.operator_family;
        });
    }

    text add_element(std::size_t position) {
        auto const& condition = conditions_[position];
        auto const& column = key_.child_column(position);
        if (condition.comparison == no_oid) return no_commutator(arena_, database_, key_, position);
        if (condition.cast.converts() && !condition.cast.is_immutable)
            return arena_.concat("no index can hold the cast, which is not immutable: give ", column.name.quoted,
                                 " the type of the column that it references");

        auto const base = database_.base_type(column.type);
        auto choice =
            choose_class(database_, method_, condition, condition.cast.converts() ? condition.cast.type : base);
        bool on_cast = condition.cast.converts();
        if (!on_cast && !choice.is_default && condition.cast.type != base) {
            // Such as text that is compared as char(n): by its own default class it would be compared as text.
            if (auto const other = choose_class(database_, method_, condition, condition.cast.type); other.is_default) {
                choice = other;
                on_cast = true;
            }
        }
        if (choice.chosen == nullptr)
            return arena_.concat("no operator class of ", method_, " has the key's operator for ", column.name.quoted,
                                 key_.is_temporal ? text(": the extension btree_gist has one for most types") : text());

        index_element element{
            .position = position, .operator_family = choice.chosen->operator_family, .collation = condition.collation};
        auto const* const type = database_.find_type(condition.cast.type);
        element.sql = on_cast && type != nullptr ? arena_.concat("((", column.name.quoted, ")::", type->schema.quoted,
                                                                 '.', type->name.quoted, ')')
                                                 : column.name.quoted;
        element.is_expression = on_cast;
        // A cast keeps the collation of what it casts, or else has its type's.
        auto const own = on_cast && column.collation == no_oid && type != nullptr ? type->collation : column.collation;
        auto const* const collation = database_.find_collation(condition.collation);
        if (collation != nullptr && own != no_oid && condition.collation != own)
            element.sql = arena_.concat(element.sql, " COLLATE ", collation->quoted);
        if (!choice.is_default)
            element.sql =
                arena_.concat(element.sql, ' ', choice.chosen->schema.quoted, '.', choice.chosen->name.quoted);
        if (!is_there(element)) elements_.push_back(element);
        return {};
    }

    /// Only key columns are named, so the search implies the predicate. A composite value's IS NOT NULL is about its
    /// fields, and a function that takes NULL implies nothing.
    text predicate() {
        text joined;
        for (auto const& element : elements_) {
            auto const& column = key_.child_column(element.position);
            auto const* const type = database_.find_type(database_.base_type(column.type));
            auto const& condition = conditions_[element.position];
            if (column.null_fraction <= mostly_null || type == nullptr || type->kind == 'c' || !condition.is_strict ||
                !condition.cast.is_strict)
                continue;
            joined = arena_.concat(joined.empty() ? text(" WHERE ") : arena_.concat(joined, " AND "),
                                   column.name.quoted, " IS NOT NULL");
        }
        return joined;
    }

    void add_line(text statement) { lines_.push_back(statement); }

    text create(model::relation const& table, text concurrently, text only, text where) {
        auto const name = names_.choose(table, arena_.join(elements_, "_", [&](index_element const& one) {
            return key_.child_column(one.position).name.name;
        }));
        auto const columns = arena_.join(elements_, ", ", [](index_element const& one) { return one.sql; });
        add_line(arena_.concat("CREATE INDEX ", concurrently, existence_, name.quoted, " ON ", only, table.qualified,
                               method_ == "btree" ? text() : arena_.concat(" USING ", method_), " (", columns, ')',
                               where, ';'));
        return arena_.concat(table.schema.quoted, '.', name.quoted);
    }

    /// A unique index that is invalid was most likely refused its duplicates and would be again.
    model::index const* find_repairable() const {
        for (auto const& one : key_.child->indexes) {
            if (one.is_unique || !one.is_live || (one.is_valid && one.is_ready)) continue;
            if (match_index(database_, key_, conditions_, key_.child_columns, one, server_).would_cover()) return &one;
        }
        return nullptr;
    }

    /// The key's position that an index key serves as the new index's would, or the count of elements.
    std::size_t element_of(model::index_key const& key, std::span<std::int16_t const> columns) const {
        for (std::size_t number = 0; number < elements_.size(); ++number) {
            auto const& one = elements_[number];
            // A relabel serves the search as the column does, but to the server it is another definition.
            if (key.operator_family == one.operator_family && key.collation == one.collation &&
                (key.value != nullptr) == one.is_expression &&
                fit_of(database_, conditions_[one.position], columns[one.position], key) == key_fit::exact)
                return number;
        }
        return elements_.size();
    }

    bool is_candidate(model::index const& one, bool is_partitioned) const {
        return one.is_live && !one.is_unique && one.is_partitioned == is_partitioned && one.predicate == nullptr &&
               one.included.empty() && one.access_method == method_ && one.keys.size() == elements_.size();
    }

    /// Takes the order of an index that the partitioned table has already (one made ON ONLY, most likely).
    void adopt_order() {
        for (auto const& one : key_.child->indexes) {
            if (!is_candidate(one, true)) continue;
            auto order = elements_;
            bool fits = true;
            for (std::size_t number = 0; number < order.size() && fits; ++number) {
                auto const found = element_of(one.keys[number], key_.child_columns);
                fits = found < elements_.size();
                if (fits) order[number] = elements_[found];
            }
            if (!fits || !covers_all(order)) continue;
            elements_ = order;
            return;
        }
    }

    bool covers_all(model::vector<index_element> const& order) const {
        return std::all_of(elements_.begin(), elements_.end(), [&](index_element const& one) {
            return std::any_of(order.begin(), order.end(),
                               [&](index_element const& other) { return other.position == one.position; });
        });
    }

    /// An index with the definition of the new one (index.c: CompareIndexInfo), attached to `above` or to none.
    model::index const* find_fitting(model::relation const& table, oid above) const {
        auto const columns = columns_in(key_, table);
        if (columns.empty()) return nullptr;
        model::index const* best = nullptr;
        for (auto const& one : table.indexes) {
            if (!is_candidate(one, table.is_partitioned()) || (one.parent != no_oid && one.parent != above)) continue;
            bool same = true;
            for (std::size_t number = 0; number < elements_.size() && same; ++number)
                same = element_of(one.keys[number], columns) == number;
            if (!same) continue;
            auto const rank = [&](model::index const& index) {
                return std::pair(index.parent != no_oid && index.parent == above, index.is_valid);
            };
            if (best == nullptr || rank(one) > rank(*best)) best = &one;
        }
        return best;
    }

    piece build(model::relation const& table, oid above) {
        auto const* const found = find_fitting(table, above);
        piece result{found != nullptr ? found->qualified : text(),
                     found != nullptr && found->parent != no_oid && found->parent == above};
        if (!table.is_partitioned()) {
            if (found == nullptr)
                result.qualified = create(table, "CONCURRENTLY ", "", "");
            else if (!found->is_valid || !found->is_ready)
                add_line(arena_.concat("REINDEX INDEX CONCURRENTLY ", found->qualified, ';'));
            return result;
        }
        if (found == nullptr) result.qualified = create(table, "", "ONLY ", "");
        for (oid const child : table.children) {
            auto const* const partition = database_.find_relation(child);
            if (partition == nullptr || partition->kind == 'f') continue;
            auto const below = build(*partition, found != nullptr ? found->id : no_oid);
            if (!below.is_attached)
                add_line(arena_.concat("ALTER INDEX ", result.qualified, " ATTACH PARTITION ", below.qualified, ';'));
        }
        return result;
    }

    model::arena& arena_;
    model::database const& database_;
    model::constraint const& key_;
    conditions_view conditions_;
    server_traits server_;
    index_names& names_;
    model::vector<index_element> elements_;
    text method_;
    text existence_;
    model::vector<text> lines_;
};

bool is_searched_too(std::int16_t column, search_condition const& condition, model::constraint const& key,
                     conditions_view conditions) noexcept {
    for (std::size_t position = 0; position < conditions.size(); ++position) {
        auto const& other = conditions[position];
        if (key.child_columns[position] == column && other.comparison == condition.comparison &&
            other.cast.how == condition.cast.how && other.cast.type == condition.cast.type &&
            other.cast.function == condition.cast.function && other.collation == condition.collation)
            return true;
    }
    return false;
}

bool is_searched_within(model::constraint const& a, conditions_view a_conditions, model::constraint const& b,
                        conditions_view b_conditions) noexcept {
    for (std::size_t position = 0; position < a_conditions.size(); ++position)
        if (!is_searched_too(a.child_columns[position], a_conditions[position], b, b_conditions)) return false;
    return true;
}

}  // namespace

index_ddl make_index_ddl(model::arena& arena, model::database const& database, model::constraint const& key,
                         conditions_view conditions, server_traits server, index_names& names, bool tolerant) {
    return ddl_writer(arena, database, key, conditions, server, names, tolerant).write();
}

bool search_alike(model::constraint const& a, conditions_view a_conditions, model::constraint const& b,
                  conditions_view b_conditions) noexcept {
    return a.child == b.child && a.is_temporal == b.is_temporal &&
           is_searched_within(a, a_conditions, b, b_conditions) && is_searched_within(b, b_conditions, a, a_conditions);
}

}  // namespace fkaudit::plan
