#include "src/plan/referrals.hpp"

#include <algorithm>
#include <tuple>

namespace fkaudit::plan {

using model::constraint;
using model::vector;

referrals::referrals(model::arena& arena, row_source& source, followed_rows& rows, default_symbols const& defaults)
    : arena_(arena),
      source_(source),
      rows_(rows),
      defaults_(defaults),
      children_(0, look_up_hash(), std::equal_to<look_up>(), arena),
      defaulted_(0, look_up_hash(), std::equal_to<look_up>(), arena),
      parents_(0, look_up_hash(), std::equal_to<look_up>(), arena) {}

look_up referrals::common(look_up const& wanted) {
    auto const all = (key_positions{1} << wanted.key->child_columns.size()) - 1;
    return wanted.defaults == all ? look_up{wanted.key, UINT32_MAX, all} : wanted;
}

/// Those of one key, one table and the same defaults.
template <class Each>
void referrals::each_group(vector<look_up>& wanted, Each each) const {
    auto const order = [&](look_up const& one) { return std::tuple(one.key, one.defaults, rows_[one.row].place); };
    auto const group = [&](look_up const& one) {
        return std::tuple(one.key, one.defaults, rows_[one.row].place.table);
    };
    std::sort(wanted.begin(), wanted.end(), [&](auto const& a, auto const& b) { return order(a) < order(b); });
    wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
    for (std::size_t first = 0, last = 0; first < wanted.size(); first = last) {
        while (last < wanted.size() && group(wanted[last]) == group(wanted[first])) ++last;
        each({wanted.data() + first, last - first});
    }
}

std::span<referrals::unread_key const> referrals::read_children(vector<look_up>& wanted) {
    vector<unread_key> unread(arena_);
    children_.clear();
    each_group(wanted, [&](std::span<look_up const> group) { read_children_of(group, unread); });
    return arena_.copy(std::span<unread_key const>(unread.data(), unread.size()));
}

void referrals::read_children_of(std::span<look_up const> group, vector<unread_key>& unread) {
    vector<row_place> places(arena_);
    places.reserve(group.size());
    for (auto const& one : group) places.push_back(rows_[one.row].place);
    auto const found = source_.children(*group.front().key, {places.data(), places.size()});
    for (auto const& one : found.matches)
        children_.try_emplace(group[one.of], arena_).first->second.push_back(rows_.number_of(one.row));
    if (!found.why_not.empty()) unread.push_back({group.front().key, found.why_not});
}

void referrals::read_parents(vector<look_up>& wanted) {
    each_group(wanted, [&](std::span<look_up const> group) { read_parents_of(group); });
}

void referrals::read_parents_of(std::span<look_up const> group) {
    vector<row_place> places(arena_);
    places.reserve(group.size());
    for (auto const& one : group) places.push_back(rows_[one.row].place);
    auto const answer = source_.parents(*group.front().key, group.front().defaults, {places.data(), places.size()});
    for (std::size_t number = 0; number < group.size(); ++number)
        parents_.try_emplace(
            common(group[number]),
            parents_found{vector<row_number>(arena_), answer.nulls.empty() ? 0 : answer.nulls[number], answer.why_not});
    for (auto const& one : answer.matches)
        parents_.find(common(group[one.of]))->second.rows.push_back(rows_.number_of(one.row));
}

referrals::parents_found const& referrals::parents_of(look_up const& wanted) {
    if (!knows_parents(wanted)) read_parents_of({&wanted, 1});
    return parents_.find(common(wanted))->second;
}

void referrals::add_defaulted(look_up const& child) {
    for (auto const parent : parents_of(child).rows)
        defaulted_.try_emplace({child.key, parent, 0}, arena_).first->second.push_back(child.row);
}

bool referrals::refers(constraint const& key, change const* parent, change const* child) const {
    if (parent == nullptr && child == nullptr) return true;
    for (std::size_t position = 0; position < key.child_columns.size(); ++position) {
        auto const above = parent_value(key, position, parent);
        auto const here = child_value(key, position, child);
        if (above == null_value || here == null_value) return false;
        if (above != here && !(above == as_stored && defaults_.contains(here))) return false;
    }
    return true;
}

vector<row_number> referrals::referring(constraint const& key, row_number row, change const* before) const {
    vector<row_number> found(arena_);
    auto const consider = [&](children_map const& map, bool at_default) {
        auto const known = map.find({&key, row, 0});
        if (known == map.end()) return;
        for (auto const child : known->second) {
            auto const& state = rows_[child];
            if ((defaults_.in(key, state.values) != 0) == at_default && !state.is_gone &&
                refers(key, before, state.values))
                found.push_back(child);
        }
    };
    consider(children_, false);
    consider(defaulted_, true);
    std::sort(found.begin(), found.end(), [&](row_number a, row_number b) {
        auto const rank = [&](row_number number) {
            auto const& state = rows_[number];
            return std::tuple(state.place.table, state.place.block, state.moved, state.place.offset);
        };
        return rank(a) < rank(b);
    });
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
}

}  // namespace fkaudit::plan
