#include "src/report/columns.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace fkaudit::report {

namespace {

constexpr int sweeps = 24;
constexpr double least_column_height = 560;

std::size_t left_end(line const& one) { return one.is_reversed ? one.child : one.parent; }
std::size_t right_end(line const& one) { return one.is_reversed ? one.parent : one.child; }

/// As high as the columns of a picture of all boxes that is about as wide as high, and not much less than it must be
/// wide.
double wanted_height(std::span<box const> boxes) {
    double area = 0, width = 0;
    std::size_t levels = 0;
    for (auto const& one : boxes) {
        area += (one.width + 90) * (one.height + 18);
        width += (one.width + 90) / static_cast<double>(boxes.size());
        levels = std::max(levels, one.level + 1);
    }
    return std::max({least_column_height, std::sqrt(area), 0.5 * width * static_cast<double>(levels)});
}

}  // namespace

column_sheet::column_sheet(model::arena& arena, std::span<box> boxes, std::span<line const> lines) : arena_(arena) {
    for (auto const& one : boxes) items_.push_back({.height = one.height, .is_box = true});
    choose_columns(boxes, lines);
    lead_lines(lines);
    list_pieces();
}

/// A level is a column, or several where it would be too high: boxes with near children go to the right.
void column_sheet::choose_columns(std::span<box> boxes, std::span<line const> lines) {
    auto const nearest_child = arena_.array<std::size_t>(boxes.size());
    std::fill(nearest_child.begin(), nearest_child.end(), SIZE_MAX);
    for (auto const& one : lines) {
        auto& nearest = nearest_child[left_end(one)];
        nearest = std::min(nearest, boxes[right_end(one)].level);
    }
    numbers order(arena_);
    for (std::size_t number = 0; number < boxes.size(); ++number) order.push_back(number);
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return std::tuple(boxes[a].level, SIZE_MAX - nearest_child[a]) <
               std::tuple(boxes[b].level, SIZE_MAX - nearest_child[b]);
    });

    auto const highest = wanted_height(boxes);
    for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
        double height = 0;
        for (; end < order.size() && boxes[order[end]].level == boxes[order[begin]].level; ++end)
            height += boxes[order[end]].height + 18;
        auto const share = height / std::ceil(height / highest);
        double used = share;
        for (auto place = begin; place < end; ++place) {
            auto const& one = boxes[order[place]];
            if (used + one.height / 2 > share) {
                columns_.push_back(numbers(arena_));
                used = 0;
            }
            used += one.height + 18;
            items_[order[place]].column = columns_.size() - 1;
            columns_.back().push_back(order[place]);
        }
    }
}

/// Leads each line through the columns between its ends; lines of a bundle share their way.
void column_sheet::lead_lines(std::span<line const> lines) {
    model::flat_map<std::pair<std::size_t, std::size_t>, std::size_t> passing(arena_);
    ways_ = arena_.array<std::span<std::size_t const>>(lines.size());
    for (std::size_t number = 0; number < lines.size(); ++number) {
        auto const& one = lines[number];
        auto const bundle = one.is_reversed ? SIZE_MAX - number : one.bundle;
        auto const right = right_end(one);
        auto before = left_end(one);
        auto offset = one.is_reversed ? one.child_offset : one.parent_offset;
        auto const first = items_[before].column + 1;
        auto const way = arena_.array<std::size_t>(items_[right].column - first);
        for (std::size_t step = 0; step < way.size(); ++step) {
            auto const [place, is_new] = passing.insert(std::pair(std::pair(bundle, first + step), items_.size()));
            way[step] = place->second;
            if (is_new) {
                pieces_.push_back({before, items_.size(), offset, 0});
                columns_[first + step].push_back(items_.size());
                items_.push_back({.column = first + step});
            }
            before = way[step];
            offset = 0;
        }
        pieces_.push_back({before, right, offset, one.is_reversed ? one.parent_offset : one.child_offset});
        ways_[number] = way;
    }
    // Lines begin in the middle of their column: at its end, each column of children would hang below the one before.
    for (std::size_t number = 0; number < columns_.size(); ++number) {
        auto& column = columns_[number];
        auto const boxes =
            std::find_if(column.begin(), column.end(), [&](std::size_t one) { return !items_[one].is_box; });
        std::rotate(column.begin() + (boxes - column.begin()) / 2, boxes, column.end());
        renumber(number);
    }
}

void column_sheet::list_pieces() {
    for (auto const& one : pieces_) {
        by_left_.push_back(&one);
        by_right_.push_back(&one);
    }
    std::stable_sort(by_left_.begin(), by_left_.end(), [](auto const* a, auto const* b) { return a->left < b->left; });
    std::stable_sort(by_right_.begin(), by_right_.end(),
                     [](auto const* a, auto const* b) { return a->right < b->right; });
    for (std::size_t number = 0, left = 0, right = 0; number <= items_.size(); ++number) {
        while (left < by_left_.size() && by_left_[left]->left < number) ++left;
        while (right < by_right_.size() && by_right_[right]->right < number) ++right;
        left_begin_.push_back(left);
        right_begin_.push_back(right);
    }
}

void column_sheet::renumber(std::size_t column) {
    for (std::size_t place = 0; place < columns_[column].size(); ++place) items_[columns_[column][place]].order = place;
}

/// Where a piece meets an item, in items from above.
double place_of(item const& one, double offset) {
    return static_cast<double>(one.order) + (one.height > 0 ? offset / one.height : 0.5);
}

/// Sorts column after column by the mean place of each item's neighbours in the column before. An item without any
/// keeps its place.
void column_sheet::sweep(bool to_right) {
    auto const mean = arena_.array<double>(items_.size());
    for (std::size_t step = 1; step < columns_.size(); ++step) {
        auto const number = to_right ? step : columns_.size() - 1 - step;
        for (auto const one : columns_[number]) {
            auto const near = to_right ? from_left(one) : this->to_right(one);
            double sum = 0;
            for (auto const* const piece : near)
                sum += to_right ? place_of(items_[piece->left], piece->left_offset)
                                : place_of(items_[piece->right], piece->right_offset);
            mean[one] =
                near.empty() ? static_cast<double>(items_[one].order) + 0.5 : sum / static_cast<double>(near.size());
        }
        std::stable_sort(columns_[number].begin(), columns_[number].end(),
                         [&](std::size_t a, std::size_t b) { return mean[a] < mean[b]; });
        renumber(number);
    }
}

/// How often the pieces of two items of a column cross, were they in this order.
std::size_t column_sheet::crossings(std::size_t above, std::size_t below) const {
    std::size_t count = 0;
    for (auto const* const a : from_left(above))
        for (auto const* const b : from_left(below)) count += items_[a->left].order > items_[b->left].order;
    for (auto const* const a : to_right(above))
        for (auto const* const b : to_right(below)) count += items_[a->right].order > items_[b->right].order;
    return count;
}

/// Swaps items that stand one above the other where that helps; returns whether it did.
bool column_sheet::swap_neighbours() {
    bool has_swapped = false;
    for (auto& column : columns_)
        for (std::size_t place = 1; place < column.size(); ++place) {
            auto &above = column[place - 1], &below = column[place];
            if (crossings(above, below) <= crossings(below, above)) continue;
            std::swap(above, below);
            std::swap(items_[above].order, items_[below].order);
            has_swapped = true;
        }
    return has_swapped;
}

/// All crossings, by counting inversions of the right ends in the order of the left ones.
std::size_t column_sheet::crossings() const {
    auto const count = arena_.array<std::size_t>(items_.size() + 1);
    std::size_t all = 0;
    model::vector<std::pair<std::size_t, std::size_t>> ends(arena_);
    for (auto const& column : columns_) {
        ends.clear();
        for (auto const one : column)
            for (auto const* const piece : to_right(one))
                ends.push_back({items_[one].order, items_[piece->right].order});
        std::sort(ends.begin(), ends.end());
        std::fill(count.begin(), count.end(), 0);
        for (std::size_t number = 0; number < ends.size(); ++number) {
            all += number;
            for (auto place = ends[number].second + 1; place > 0; place &= place - 1) all -= count[place];
            for (auto place = ends[number].second + 1; place < count.size(); place += place & (0 - place))
                ++count[place];
        }
    }
    return all;
}

void column_sheet::sort() {
    auto best = columns_;
    auto fewest = crossings();
    for (int number = 0; number < sweeps && fewest > 0; ++number) {
        sweep(number % 2 == 0);
        for (int round = 0; round < 6 && swap_neighbours(); ++round) {}
        if (auto const now = crossings(); now < fewest) {
            fewest = now;
            best = columns_;
        }
    }
    columns_ = best;
    for (std::size_t number = 0; number < columns_.size(); ++number) renumber(number);
}

}  // namespace fkaudit::report
