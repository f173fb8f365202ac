#include "src/audit/type_difference.hpp"

#include <algorithm>

#include "src/model/key_cast.hpp"

namespace fkaudit::audit {

namespace {

using model::column;
using model::constraint;
using model::relation;
using text = std::string_view;

constexpr model::oid type_bpchar = 1042;

using keys_by_parent = model::vector<constraint const*>;

/// The keys of one parent, in the database's order.
std::span<constraint const* const> keys_to(keys_by_parent const& keys, relation const& parent) {
    auto const begin = std::lower_bound(keys.begin(), keys.end(), parent.id,
                                        [](auto const* key, model::oid id) { return key->parent->id < id; });
    auto const end = std::upper_bound(begin, keys.end(), parent.id,
                                      [](model::oid id, auto const* key) { return id < key->parent->id; });
    return {keys.data() + (begin - keys.begin()), static_cast<std::size_t>(end - begin)};
}

/// Two columns, one of the child and one of the parent, and how to make them alike.
class column_pair {
public:
    column_pair(model::arena& arena, model::database const& database, keys_by_parent const& all, constraint const& key,
                std::size_t position)
        : arena_(arena),
          database_(database),
          all_(all),
          key_(key),
          position_(position),
          child_(key.child_column(position)),
          parent_(key.parent_column(position)),
          child_type_(plain_type_of(database, child_)),
          parent_type_(plain_type_of(database, parent_)) {}

    void judge(model::vector<type_difference>& into) const {
        auto const child_holds = holds_all(child_type_, parent_type_);
        auto const parent_holds = holds_all(parent_type_, child_type_);
        auto const cast = model::find_key_cast(database_, key_, position_);
        // text to char(n) is a relabel, but what is compared is another value: without its trailing blanks.
        bool const casts = cast.converts() || (cast.type == type_bpchar && child_type_.id != type_bpchar);
        if (casts)
            into.push_back(describe_cast(cast, child_holds));
        else if (child_holds == answer::no)
            into.push_back(describe_narrower());
        else if (child_holds == answer::unknown ||
                 (parent_holds == answer::unknown && child_type_.id != parent_type_.id))
            into.push_back(describe_unknown());
        else if (parent_holds != answer::yes)
            into.push_back(describe_wider());
        if (differ_in_collation()) into.push_back(describe_collation());
    }

private:
    type_difference make(difference_kind kind, severity grade, text detail) const {
        return {.key = &key_, .position = position_, .kind = kind, .grade = grade, .detail = detail};
    }

    bool differ_in_collation() const {
        return child_.collation != model::no_oid && parent_.collation != model::no_oid &&
               child_.collation != parent_.collation;
    }

    /// The type, with the collation that the column has or is to have where that is not the type's own.
    text with_collation(text type, model::oid type_id, model::oid wanted) const {
        auto const* const known = database_.find_type(type_id);
        auto const* const collation = database_.find_collation(wanted);
        if (known == nullptr || collation == nullptr || known->collation == model::no_oid || known->collation == wanted)
            return type;
        return arena_.concat(type, " COLLATE ", collation->quoted);
    }

    /// Through a domain the server does not see that a limited type only grows.
    bool rewrites(column const& changed, plain_type const& from, plain_type const& to) const {
        auto const* const type = database_.find_type(changed.type);
        bool const is_domain = type != nullptr && type->kind == 'd';
        return change_rewrites(from, to) || (is_domain && to.modifier >= 0 && from != to);
    }

    text effect(relation const& table, bool rewrites) const {
        return arena_.concat(rewrites ? ", which rewrites "
                                      : ", which changes the catalog only, under a short ACCESS EXCLUSIVE lock on ",
                             table.qualified, rewrites ? " under ACCESS EXCLUSIVE" : "");
    }

    /// Gives one column the other's type.
    void change(type_difference& one, relation const& table, column const& changed, plain_type const& from,
                plain_type const& to, model::oid collation) const {
        auto const type = write_type(arena_, database_, to);
        if (type.empty()) return;
        if (changed.identity != '\0' && !is_integer(to.id)) {
            one.remedy = arena_.concat("an identity column takes no ", type);
            return;
        }
        one.altered = &table;
        one.column = &changed;
        one.new_type = with_collation(type, to.id, collation);
        one.remedy = arena_.concat("change ", table.qualified, ".", changed.name.quoted, " to ", one.new_type,
                                   effect(table, rewrites(changed, from, to)));
    }

    void change_child(type_difference& one) const {
        auto const collation = differ_in_collation() ? parent_.collation : child_.collation;
        change(one, *key_.child, child_, child_type_, parent_type_, collation);
    }

    type_difference describe_cast(model::key_cast const& cast, answer child_holds) const {
        auto const* const target = database_.find_type(cast.type);
        auto one =
            make(difference_kind::implicit_cast, child_holds == answer::no ? severity::warning : severity::info,
                 arena_.concat(
                     "the server compares ", child_.name.quoted, "::", target != nullptr ? target->display : text("?"),
                     ", which only an index on exactly that serves",
                     child_holds == answer::no
                         ? arena_.concat(", and ", child_.type_display, " cannot hold every ", parent_.type_display)
                         : text()));
        change_child(one);
        return one;
    }

    type_difference describe_narrower() const {
        auto one = make(difference_kind::narrower, severity::warning,
                        arena_.concat(child_.type_display, " cannot hold every ", parent_.type_display,
                                      ": such a parent can have no rows here"));
        change_child(one);
        return one;
    }

    type_difference describe_unknown() const {
        auto one = make(difference_kind::implicit_cast, severity::info,
                        arena_.concat(child_.type_display, " is compared as ", parent_.type_display));
        change_child(one);
        return one;
    }

    /// Another key to the same column whose child could not hold what the parent then can.
    constraint const* hindered_by_widening() const {
        for (auto const* const other : keys_to(all_, *key_.parent)) {
            if (other == &key_) continue;
            for (std::size_t position = 0; position < other->parent_columns.size(); ++position) {
                if (other->parent_columns[position] != parent_.number) continue;
                auto const type = plain_type_of(database_, other->child_column(position));
                if (holds_all(type, parent_type_) == answer::yes && holds_all(type, child_type_) != answer::yes)
                    return other;
            }
        }
        return nullptr;
    }

    type_difference describe_wider() const {
        bool const is_length = has_length(child_type_.id);
        auto one = make(is_length ? difference_kind::length : difference_kind::wider, severity::info,
                        is_length ? arena_.concat(child_.type_display, " takes longer values than ",
                                                  parent_.type_display, ", none of which can have a parent")
                                  : arena_.concat(child_.type_display, " holds every ", parent_.type_display,
                                                  ": nothing has to be done"));
        if (auto const* const other = hindered_by_widening()) {
            one.remedy = arena_.concat("leave the parent as it is, for ", other->child->qualified, " (",
                                       other->name.quoted, ") could not follow it");
            return one;
        }
        change(one, *key_.parent, parent_, parent_type_, child_type_, parent_.collation);
        if (!one.remedy.empty()) one.remedy = arena_.concat("to make both alike, ", one.remedy);
        return one;
    }

    type_difference describe_collation() const {
        auto const* const mine = database_.find_collation(child_.collation);
        auto const* const theirs = database_.find_collation(parent_.collation);
        auto const name = [](model::collation const* known) { return known != nullptr ? known->quoted : text("?"); };
        bool const matters = (mine != nullptr && !mine->deterministic) || (theirs != nullptr && !theirs->deterministic);
        auto one =
            make(difference_kind::collation, matters ? severity::warning : severity::info,
                 arena_.concat("the parent's collation ", name(theirs), " decides what is equal, not ", name(mine),
                               matters ? text(": the two disagree, as one of them is nondeterministic")
                                       : text(", but only order differs: both compare bytes")));
        // Where the type is to change as well, both findings get the statement that does both.
        bool const takes_type = holds_all(child_type_, parent_type_) != answer::yes;
        auto const type = takes_type ? write_type(arena_, database_, parent_type_) : child_.type_display;
        if (type.empty() || theirs == nullptr) return one;
        one.altered = key_.child;
        one.column = &child_;
        one.new_type = takes_type ? with_collation(type, parent_type_.id, parent_.collation)
                                  : arena_.concat(type, " COLLATE ", theirs->quoted);
        one.remedy = arena_.concat("change ", key_.child->qualified, ".", child_.name.quoted, " to ", one.new_type,
                                   takes_type && rewrites(child_, child_type_, parent_type_)
                                       ? text(", which rewrites the table")
                                       : text(", which builds its indexes anew"),
                                   " under ACCESS EXCLUSIVE");
        return one;
    }

    model::arena& arena_;
    model::database const& database_;
    keys_by_parent const& all_;
    constraint const& key_;
    std::size_t position_;
    column const& child_;
    column const& parent_;
    plain_type child_type_, parent_type_;
};

}  // namespace

text to_text(difference_kind kind) noexcept {
    switch (kind) {
        case difference_kind::narrower: return "narrower";
        case difference_kind::wider: return "wider";
        case difference_kind::implicit_cast: return "implicit cast";
        case difference_kind::length: return "length";
        case difference_kind::collation: return "collation";
    }
    return "";
}

void find_type_differences(model::arena& arena, model::database const& database,
                           std::span<constraint const* const> keys, model::vector<type_difference>& into) {
    keys_by_parent all(arena);
    all.reserve(database.constraints.size());
    for (auto const& key : database.constraints) all.push_back(&key);
    std::stable_sort(all.begin(), all.end(),
                     [](auto const* a, auto const* b) { return a->parent->id < b->parent->id; });
    for (auto const* const key : keys)
        for (std::size_t position = 0; position < key->child_columns.size(); ++position)
            column_pair(arena, database, all, *key, position).judge(into);
}

}  // namespace fkaudit::audit
