#include "src/audit/drift.hpp"

#include <algorithm>
#include <tuple>

namespace fkaudit::audit {

namespace {

using text = std::string_view;

constexpr std::size_t parent_place = place_of("parent");
constexpr std::size_t child_columns_place = place_of("child_columns");
constexpr std::size_t parent_columns_place = place_of("parent_columns");
constexpr std::size_t validity_place = place_of("validity");
constexpr std::size_t enforcement_place = place_of("enforcement");
constexpr std::size_t triggers_place = place_of("triggers");
constexpr std::size_t index_place = place_of("index");
constexpr std::size_t deferrability_place = place_of("deferrability");

constexpr std::array<text, 3> whole_key_changes{"missing", "extra", "renamed"};
constexpr std::array<text, 2> name_attributes{"child", "constraint_name"};

/// Better coverage is the greater number.
int coverage_rank(text verdict) {
    constexpr std::array<text, 4> worst_first{"missing", "unusable", "weak", "covered"};
    return static_cast<int>(std::find(worst_first.begin(), worst_first.end(), verdict) - worst_first.begin());
}

/// Less than was expected is worse than more.
severity grade_of(std::size_t place, text expected, text actual) {
    auto const unless = [&](bool is_better, severity worse) { return is_better ? severity::info : worse; };
    switch (place) {
        case validity_place: return unless(actual == "valid", severity::warning);
        case triggers_place: return unless(actual == "enabled" || expected == "none", severity::error);
        case enforcement_place: return unless(actual == "enforced", severity::error);
        case index_place: return unless(coverage_rank(actual) > coverage_rank(expected), severity::warning);
        case deferrability_place: return severity::warning;
        default: return snapshot_attributes[place].change == "type" ? severity::warning : severity::error;
    }
}

/// How two keys are recognised as the same one, from the surest to the last resort.
auto by_name(key_state const& one) { return std::tuple(one.child, one.constraint_name); }

auto by_columns(key_state const& one) {
    return std::tuple(one.child, one.values[child_columns_place], one.parent(), one.values[parent_columns_place]);
}

/// But for the child; a self-reference follows its table.
auto by_definition(key_state const& one) {
    return std::tuple(one.constraint_name, one.values[child_columns_place],
                      one.parent() == one.child ? text() : one.parent(), one.values[parent_columns_place]);
}

struct pair {
    key_state const* expected;
    key_state const* actual;
};

class comparison {
public:
    comparison(model::arena& arena, std::span<key_state const> expected, std::span<key_state const> actual,
               std::span<text const> ignored)
        : ignored_(ignored),
          expected_(all_of(arena, expected)),
          actual_(all_of(arena, actual)),
          known_(arena),
          pairs_(arena),
          found_(arena) {
        for (auto const& one : expected) known_.push_back(one.parent()), known_.push_back(one.child);
        std::sort(known_.begin(), known_.end());
    }

    std::span<drift const> run(model::arena& arena) {
        auto const always = [](key_state const&) { return true; };
        match(by_name, always);
        match(by_columns, always);
        match(by_definition, [](key_state const& one) { return !one.child_exists; });

        for (auto const& [expected, actual] : pairs_) compare_pair(*expected, *actual);
        for (auto const* const one : expected_)
            add({severity::error, one->child, one->constraint_name, "missing", {}, summary(arena, *one), {}});
        for (auto const* const one : actual_)
            add({severity::warning, one->child, one->constraint_name, "extra", {}, {}, summary(arena, *one)});
        std::stable_sort(found_.begin(), found_.end(), [](drift const& a, drift const& b) {
            return std::tuple(a.child, a.constraint_name) < std::tuple(b.child, b.constraint_name);
        });
        return arena.copy(std::span<drift const>(found_.data(), found_.size()));
    }

private:
    using list = model::vector<key_state const*>;

    static list all_of(model::arena& arena, std::span<key_state const> keys) {
        list all(arena);
        for (auto const& one : keys) all.push_back(&one);
        return all;
    }

    /// Takes those out of both lists that have the same identity; `may` says which of the expected ones take part.
    template <class Identity, class May>
    void match(Identity identity, May may) {
        auto const before = [&](auto const* a, auto const* b) {
            return std::tuple(identity(*a), by_name(*a)) < std::tuple(identity(*b), by_name(*b));
        };
        std::sort(expected_.begin(), expected_.end(), before);
        std::sort(actual_.begin(), actual_.end(), before);

        auto const* here = actual_.begin().get_ptr();
        auto const* const end = here + actual_.size();
        auto kept_here = actual_.begin();
        auto kept = expected_.begin();
        for (auto const* const one : expected_) {
            while (here != end && (identity(**here) < identity(*one))) *kept_here++ = *here++;
            if (may(*one) && here != end && identity(**here) == identity(*one))
                pairs_.push_back({one, *here++});
            else
                *kept++ = one;
        }
        while (here != end) *kept_here++ = *here++;
        expected_.erase(kept, expected_.end());
        actual_.erase(kept_here, actual_.end());
    }

    void compare_pair(key_state const& expected, key_state const& actual) {
        auto const difference = [&](severity grade, text change, text attribute, text before, text after) {
            add({grade, actual.child, actual.constraint_name, change, attribute, before, after});
        };
        bool const is_moved = expected.child != actual.child;
        if (is_moved) difference(severity::info, "renamed", "child", expected.child, actual.child);
        if (expected.constraint_name != actual.constraint_name)
            difference(severity::info, "renamed", "constraint_name", expected.constraint_name, actual.constraint_name);
        for (std::size_t place = 0; place < snapshot_attributes.size(); ++place) {
            auto const before = expected.values[place], after = actual.values[place];
            if (before == after) continue;
            auto const& attribute = snapshot_attributes[place];
            if (place == parent_place) {
                if (is_moved && before == expected.child && after == actual.child) continue;
                if (!expected.parent_exists && !is_known(after)) {
                    difference(severity::info, "renamed", attribute.name, before, after);
                    continue;
                }
            }
            difference(grade_of(place, before, after), attribute.change, attribute.name, before, after);
        }
    }

    /// Whether the snapshot has a key from or to the table: it is none that another one was renamed to.
    bool is_known(text table) const { return std::binary_search(known_.begin(), known_.end(), table); }

    static text summary(model::arena& arena, key_state const& one) {
        return arena.concat('(', one.values[child_columns_place], ") REFERENCES ", one.parent(), " (",
                            one.values[parent_columns_place], ')');
    }

    void add(drift one) {
        auto const is_ignored = [&](text name) {
            return std::find(ignored_.begin(), ignored_.end(), name) != ignored_.end();
        };
        if (!is_ignored(one.change) && !(one.attribute && is_ignored(*one.attribute))) found_.push_back(one);
    }

    std::span<text const> ignored_;
    list expected_, actual_;     ///< those that have no counterpart yet
    model::vector<text> known_;  ///< every table of the snapshot, sorted
    model::vector<pair> pairs_;
    model::vector<drift> found_;
};

template <class Visit>
void each_drift_name(Visit visit) {
    for (auto const name : whole_key_changes) visit(name);
    for (std::size_t place = 0; place < snapshot_attributes.size(); ++place) {
        auto const change = snapshot_attributes[place].change;
        if (place == 0 || snapshot_attributes[place - 1].change != change) visit(change);
    }
    for (auto const name : name_attributes) visit(name);
    for (auto const& one : snapshot_attributes)
        if (one.name != one.change) visit(one.name);
}

}  // namespace

bool is_drift_name(text name) noexcept {
    bool found = false;
    each_drift_name([&](text known) { found = found || known == name; });
    return found;
}

text drift_names(model::arena& arena) {
    model::vector<text> names(arena);
    each_drift_name([&](text name) { names.push_back(name); });
    return arena.join(names, ", ", [](text name) { return name; });
}

std::span<drift const> compare(model::arena& arena, std::span<key_state const> expected,
                               std::span<key_state const> actual, std::span<text const> ignored) {
    return comparison(arena, expected, actual, ignored).run(arena);
}

}  // namespace fkaudit::audit
