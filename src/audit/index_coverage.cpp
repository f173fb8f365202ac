#include "src/audit/index_coverage.hpp"

#include <cstdint>

namespace fkaudit::audit {

namespace {

using plan::index_match;
using plan::positions;
using text = std::string_view;
using conditions_view = std::span<plan::search_condition const>;
using columns_view = std::span<std::int16_t const>;

constexpr std::size_t partitions_shown = 10;

int count(positions set) noexcept { return __builtin_popcountll(set); }

/// BRIN, GIN and bloom indexes have no leading key.
bool ignores_order(text method) noexcept { return method == "brin" || method == "gin" || method == "bloom"; }

index_verdict verdict_of(index_match const& match, plan::server_traits server) noexcept {
    if (match.covers()) return index_verdict::covered;
    if (match.is_maintained && match.predicate_follows) {
        auto const& method = match.candidate->access_method;
        bool const any_place = ignores_order(method) || (server.has_skip_scan && method == "btree");
        if (match.served != 0 || (any_place && match.usable != 0)) return index_verdict::weak;
    }
    return match.finds_by_key && match.leading == match.all ? index_verdict::unusable : index_verdict::missing;
}

/// Says what stands between an index and the search.
class explainer {
public:
    explainer(model::arena& arena, model::database const& database, model::constraint const& key,
              conditions_view conditions)
        : arena_(arena),
          database_(database),
          key_(key),
          conditions_(conditions) {}

    text missing(index_match const* nearest) const {
        auto const all = plan::position_bit(conditions_.size()) - 1;
        auto const lacking = arena_.concat("no index leads with ", columns(all, " or "));
        if (nearest == nullptr) return arena_.concat(lacking, cast_note());
        if (nearest->present == 0)
            return arena_.concat(lacking, cast_note(), "; ", name(*nearest), " only includes ",
                                 columns(nearest->included, " and "));
        if (nearest->leading == 0)
            return arena_.concat(lacking, cast_note(), "; ", name(*nearest), " leads with ", first_key(*nearest));
        return arena_.concat(lacking, " and can be used; ", faults(*nearest));
    }

    text weak(index_match const& match) const {
        auto const& method = match.candidate->access_method;
        if (!match.finds_by_key) {
            if (method == "brin")
                return arena_.concat(name(match),
                                     " is a BRIN index: it finds ranges of blocks, which are then read whole");
            return arena_.concat(name(match), " is of the access method ", method,
                                 ", which serves this search only in part",
                                 key_.is_temporal ? "" : "; a btree serves it whole");
        }
        if (match.served == 0)
            return arena_.concat(
                name(match), " has ", columns(match.usable, " and "),
                " behind other columns, which the search has to skip over: quick only if they have few values");
        auto const rest = match.all & ~match.served;
        auto const wrong = faults(match);
        return arena_.concat(
            name(match), " leads with ", columns(match.served, " and "), " only; ", columns(rest, " and "),
            match.is_single_row ? " is compared in the one row that it can find" : " is compared row by row",
            wrong.empty() ? "" : "; ", wrong);
    }

    text unusable(index_match const& match) const { return faults(match); }

private:
    text name(index_match const& match) const { return match.candidate->name.quoted; }

    text first_key(index_match const& match) const {
        auto const* const table = database_.find_relation(match.candidate->relation);
        if (match.candidate->keys.empty() || match.candidate->keys[0].column == 0 || table == nullptr)
            return "an expression";
        auto const* const column = table->find_column(match.candidate->keys[0].column);
        return column != nullptr ? column->name.quoted : text("another column");
    }

    /// A key may name a column twice.
    bool is_named_before(positions set, std::size_t position) const {
        for (std::size_t before = 0; before < position; ++before)
            if ((set & plan::position_bit(before)) != 0 && key_.child_columns[before] == key_.child_columns[position])
                return true;
        return false;
    }

    text columns(positions set, text separator) const {
        text joined;
        for (std::size_t position = 0; position < conditions_.size(); ++position) {
            if ((set & plan::position_bit(position)) == 0 || is_named_before(set, position)) continue;
            auto const column = key_.child_column(position).name.quoted;
            joined = joined.empty() ? column : arena_.concat(joined, separator, column);
        }
        return joined;
    }

    template <class Describe>
    text each(positions set, Describe describe) const {
        text joined;
        for (std::size_t position = 0; position < conditions_.size(); ++position)
            if ((set & plan::position_bit(position)) != 0)
                joined = arena_.concat(joined, joined.empty() ? "" : "; ", describe(position));
        return joined;
    }

    text type(model::oid id) const {
        auto const* const found = database_.find_type(id);
        // format_type() calls it character, which in a cast would mean one character.
        if (found == nullptr) return "another type";
        return found->display == "character" ? text("char(n)") : found->display;
    }

    text cast(std::size_t position) const {
        return arena_.concat("the server casts ", key_.child_column(position).name.quoted, " to ",
                             type(conditions_[position].cast.type), " for ", key_.parent->name.quoted, '.',
                             key_.parent_column(position).name.quoted);
    }

    text cast_note() const {
        positions converting = 0;
        for (std::size_t position = 0; position < conditions_.size(); ++position)
            if (conditions_[position].cast.converts()) converting |= plan::position_bit(position);
        auto const note = each(converting, [&](std::size_t position) { return cast(position); });
        return note.empty() ? note : arena_.concat("; ", note);
    }

    text collation(model::oid id) const {
        auto const* const found = database_.find_collation(id);
        return found != nullptr ? found->quoted : text("another collation");
    }

    model::index_key const* key_on(index_match const& match, std::size_t position, plan::key_fit fit) const {
        auto const* const table = database_.find_relation(match.candidate->relation);
        auto const columns = table != nullptr ? plan::columns_in(key_, *table) : columns_view{};
        for (auto const& key : match.candidate->keys)
            if (!columns.empty() && plan::fit_of(database_, conditions_[position], columns[position], key) == fit)
                return &key;
        return nullptr;
    }

    text cast_fault(index_match const& match, std::size_t position) const {
        auto const& condition = conditions_[position];
        auto const column = key_.child_column(position).name.quoted;
        if (condition.cast.type == database_.base_type(key_.child_column(position).type))
            return arena_.concat(name(match), " is on a cast of ", column, ", the search on ", column, " itself");
        bool const plain = key_on(match, position, plan::key_fit::other_cast) == nullptr ||
                           key_on(match, position, plan::key_fit::other_cast)->value == nullptr;
        auto const fault =
            arena_.concat(cast(position), ", but ", name(match), " is on ",
                          plain ? arena_.concat(column, " itself") : arena_.concat("another cast of ", column));
        if (!condition.cast.is_immutable) return fault;
        return arena_.concat(fault, ": index the cast, or give ", column, " the type ",
                             key_.parent_column(position).type_display);
    }

    text collation_fault(index_match const& match, std::size_t position) const {
        auto const* const key = key_on(match, position, plan::key_fit::other_collation);
        if (key == nullptr)
            return arena_.concat(name(match),
                                 " is an SP-GiST index: it finds texts by their bytes, so that the server ",
                                 "overlooks rows which ", collation(conditions_[position].collation),
                                 " calls equal, and a delete orphans them; drop it");
        return arena_.concat(name(match), " sorts ", key_.child_column(position).name.quoted, " by the collation ",
                             collation(key->collation), ", the search compares by ",
                             collation(conditions_[position].collation));
    }

    text operator_fault(index_match const& match, std::size_t position) const {
        if (conditions_[position].comparison == model::no_oid)
            return plan::no_commutator(arena_, database_, key_, position);
        auto const* const key = key_on(match, position, plan::key_fit::other_operator);
        auto const* const operators = key != nullptr ? database_.find_operator_class(key->operator_class) : nullptr;
        auto const& cast = conditions_[position].cast;
        bool const is_other_type = cast.type != database_.base_type(key_.child_column(position).type);
        if (operators == nullptr || (is_other_type && operators->input_type != cast.type))
            return cast_fault(match, position);
        auto const& comparison = *database_.find_operator(key_.operators[position]);
        return arena_.concat("the operator class ", operators->name.quoted, " of ", name(match),
                             " lacks the key's operator ", comparison.schema.quoted, '.', comparison.name, '(',
                             type(comparison.left_type), ", ", type(comparison.right_type), ')');
    }

    text state_fault(index_match const& match) const {
        auto const& candidate = *match.candidate;
        if (!candidate.is_live) return arena_.concat(name(match), " is half dropped: DROP INDEX CONCURRENTLY it again");
        if (!candidate.is_ready)
            return arena_.concat(name(match), " is not ready: its CREATE INDEX CONCURRENTLY failed or is under way");
        if (!candidate.is_valid)
            return candidate.is_partitioned
                       ? arena_.concat(name(match), " is invalid: not every partition has an index attached to it")
                       : arena_.concat(name(match),
                                       " is invalid: its CREATE INDEX CONCURRENTLY failed or is under way");
        return {};
    }

    text faults(index_match const& match) const {
        auto const wrong = [&](positions set) { return set & match.leading; };
        text const found[] = {
            state_fault(match),
            match.predicate_follows ? text()
                                    : arena_.concat(name(match), " is partial, and the search by ",
                                                    columns(match.all, " and "), " does not imply its predicate"),
            each(wrong(match.other_cast), [&](std::size_t position) { return cast_fault(match, position); }),
            each(wrong(match.other_operator), [&](std::size_t position) { return operator_fault(match, position); }),
            each(wrong(match.other_collation), [&](std::size_t position) { return collation_fault(match, position); }),
        };
        text joined;
        for (auto const& one : found)
            if (!one.empty()) joined = joined.empty() ? one : arena_.concat(joined, "; ", one);
        return joined;
    }

    model::arena& arena_;
    model::database const& database_;
    model::constraint const& key_;
    conditions_view conditions_;
};

/// The better of two matches with one verdict: more of the columns, then fewer others; the first by name of equals.
bool is_nearer(index_match const& a, index_match const& b) noexcept {
    auto const rank = [](index_match const& one) {
        return std::tuple(count(one.served), one.is_single_row, count(one.usable), count(one.leading),
                          count(one.present), count(one.included), one.candidate->predicate == nullptr,
                          -static_cast<int>(one.candidate->keys.size()));
    };
    return rank(a) > rank(b);
}

index_coverage judge_table(model::arena& arena, model::database const& database, model::constraint const& key,
                           conditions_view conditions, plan::server_traits server, model::relation const& table) {
    auto const columns = plan::columns_in(key, table);
    explainer const explain(arena, database, key, conditions);
    if (columns.empty()) return {.reason = "its constraint is missing from the catalog"};

    index_match best;
    auto verdict = index_verdict::missing;
    for (auto const& one : table.indexes) {
        auto const match = plan::match_index(database, key, conditions, columns, one, server);
        if ((match.present | match.included) == 0) continue;
        auto const judged = verdict_of(match, server);
        if (best.candidate != nullptr && (judged < verdict || (judged == verdict && !is_nearer(match, best)))) continue;
        best = match;
        verdict = judged;
    }
    index_coverage judged{.verdict = verdict, .nearest = best.candidate};
    switch (verdict) {
        case index_verdict::missing:
            judged.reason = explain.missing(best.candidate != nullptr ? &best : nullptr);
            break;
        case index_verdict::unusable: judged.reason = explain.unusable(best); break;
        case index_verdict::weak:
            judged.reason = explain.weak(best);
            judged.is_single_row = best.is_single_row && best.finds_by_key;
            break;
        case index_verdict::covered: break;
    }
    return judged;
}

/// The leaves' verdicts as one.
class leaf_summary {
public:
    explicit leaf_summary(model::arena& arena) : arena_(arena) {}

    void add(model::relation const& leaf, index_coverage const& judged) {
        ++leaves_;
        if (leaves_ == 1 || judged.verdict < worst_.verdict) worst_ = judged;
        if (judged.verdict == index_verdict::covered) return;
        if (lacking_ == 0) reason_ = judged.reason;
        same_ = same_ && judged.reason == reason_;
        if (++lacking_ > partitions_shown) return;
        named_ = arena_.concat(named_, named_.empty() ? "" : ", ", leaf.qualified);
        detailed_ = arena_.concat(detailed_, detailed_.empty() ? "" : "; ", leaf.qualified, " (",
                                  to_text(judged.verdict), ": ", judged.reason, ')');
    }

    index_coverage judge(model::index const* of_root) const {
        index_coverage judged{.verdict = worst_.verdict,
                              .nearest = of_root != nullptr || leaves_ > 1 ? of_root : worst_.nearest};
        if (lacking_ == 0) {
            if (of_root == nullptr) judged.reason = "each partition has an index of its own, a new one would have none";
            return judged;
        }
        if (judged.nearest == nullptr) judged.nearest = worst_.nearest;
        text const more =
            lacking_ > partitions_shown ? arena_.concat(" and ", lacking_ - partitions_shown, " more") : text();
        auto const share = arena_.concat(lacking_, " of ", leaves_, leaves_ == 1 ? " partition: " : " partitions: ");
        judged.reason =
            same_ ? arena_.concat(reason_, " (", share, named_, more, ')') : arena_.concat(share, detailed_, more);
        if (of_root != nullptr && !of_root->is_valid)
            judged.reason = arena_.concat(judged.reason, "; ", of_root->name.quoted,
                                          " is invalid: not every partition has an index attached to it");
        return judged;
    }

private:
    model::arena& arena_;
    index_coverage worst_{};
    std::size_t leaves_ = 0, lacking_ = 0;
    bool same_ = true;
    text reason_{}, named_{}, detailed_{};
};

}  // namespace

std::string_view to_text(index_verdict verdict) noexcept {
    switch (verdict) {
        case index_verdict::missing: return "missing";
        case index_verdict::unusable: return "unusable";
        case index_verdict::weak: return "weak";
        case index_verdict::covered: return "covered";
    }
    return "";
}

index_coverage judge_coverage(model::arena& arena, model::database const& database, model::constraint const& key,
                              conditions_view conditions, plan::server_traits server) {
    auto const own = judge_table(arena, database, key, conditions, server, *key.child);
    if (!key.child->is_partitioned()) return own;

    model::vector<model::relation const*> leaves(arena);
    database.leaves(*key.child, leaves);
    if (leaves.empty()) return own;
    leaf_summary summary(arena);
    for (auto const* const leaf : leaves)
        summary.add(*leaf, judge_table(arena, database, key, conditions, server, *leaf));
    return summary.judge(own.nearest);
}

}  // namespace fkaudit::audit
