#include "src/report/layout.hpp"

#include <algorithm>

#include "src/report/columns.hpp"
#include "src/report/levels.hpp"

namespace fkaudit::report {

namespace {

constexpr double box_distance = 20;
constexpr double line_distance = 10;
constexpr double narrowest_gap = 76;
constexpr double widest_gap = 170;
constexpr double width_of_line = 2.5;
constexpr int rounds = 16;

class placement {
public:
    placement(model::arena& arena, column_sheet& sheet) : arena_(arena), sheet_(sheet), items_(sheet.items()) {}

    /// Gives each item its y. Columns take their turn, from the left and back: each item wishes to be level with what
    /// its pieces lead to, and the column as a whole comes as near to that as order and distances let it.
    void place_down() {
        for (std::size_t number = 0; number < sheet_.size(); ++number) {
            double y = 0;
            item const* above = nullptr;
            for (auto const one : sheet_.column(number)) {
                if (above != nullptr) y += above->height + distance(*above, items_[one]);
                items_[one].y = y;
                above = &items_[one];
            }
        }
        for (int round = 0; round < rounds; ++round) {
            bool const is_last = round + 4 >= rounds;
            for (std::size_t step = 0; step < sheet_.size(); ++step)
                settle(round % 2 == 0 ? step : sheet_.size() - 1 - step, is_last || round % 2 == 0,
                       is_last || round % 2 == 1);
        }
        auto top = items_.empty() ? 0 : items_[0].y;
        for (auto const& one : items_) top = std::min(top, one.y);
        for (auto& one : items_) one.y -= top;
    }

private:
    /// Items that move together: their mean wish, less the room above each of them.
    struct block {
        double wish, weight;
        std::size_t size;
    };

    static double distance(item const& above, item const& below) {
        return above.is_box && below.is_box   ? box_distance
               : above.is_box || below.is_box ? (box_distance + line_distance) / 2
                                              : line_distance;
    }

    /// Pieces that pass straight through look best: they pull hardest.
    static double weight_of(item const& one, item const& other) {
        return !one.is_box && !other.is_box ? 8 : !one.is_box || !other.is_box ? 2 : 1;
    }

    /// Where the item wishes to be, and how much.
    block wish_of(std::size_t number, bool by_left, bool by_right) const {
        auto const& one = items_[number];
        double sum = 0, weight = 0;
        auto const add = [&](item const& other, double other_offset, double offset) {
            auto const pull = weight_of(one, other);
            sum += pull * (other.y + other_offset - offset);
            weight += pull;
        };
        if (by_left)
            for (auto const* const piece : sheet_.from_left(number))
                add(items_[piece->left], piece->left_offset, piece->right_offset);
        if (by_right)
            for (auto const* const piece : sheet_.to_right(number))
                add(items_[piece->right], piece->right_offset, piece->left_offset);
        return weight > 0 ? block{sum / weight, weight, 1} : block{one.y, 0.01, 1};
    }

    /// The nearest heights in the least-squares sense that keep order and distances: pool adjacent violators.
    void settle(std::size_t number, bool by_left, bool by_right) {
        auto const column = sheet_.column(number);
        auto const room = arena_.array<double>(column.size());
        model::vector<block> blocks(arena_);
        for (std::size_t place = 0; place < column.size(); ++place) {
            if (place > 0) {
                auto const& above = items_[column[place - 1]];
                room[place] = room[place - 1] + above.height + distance(above, items_[column[place]]);
            }
            auto next = wish_of(column[place], by_left, by_right);
            next.wish -= room[place];
            while (!blocks.empty() && blocks.back().wish > next.wish) {
                auto const& last = blocks.back();
                auto const weight = last.weight + next.weight;
                next = {(last.wish * last.weight + next.wish * next.weight) / weight, weight, last.size + next.size};
                blocks.pop_back();
            }
            blocks.push_back(next);
        }
        std::size_t place = 0;
        for (auto const& one : blocks)
            for (std::size_t count = 0; count < one.size; ++count, ++place)
                items_[column[place]].y = one.wish + room[place];
    }

    model::arena& arena_;
    column_sheet const& sheet_;
    std::span<item> items_;
};

/// The columns' left edges and widths.
struct ruler {
    std::span<double> left, width;
};

ruler measure(model::arena& arena, column_sheet& sheet, std::span<box const> boxes) {
    ruler made{arena.array<double>(sheet.size() + 1), arena.array<double>(sheet.size())};
    for (std::size_t number = 0; number < sheet.size(); ++number) {
        std::size_t lines = 0;
        for (auto const one : sheet.column(number)) {
            if (one < boxes.size()) made.width[number] = std::max(made.width[number], boxes[one].width);
            lines += sheet.to_right(one).size();
        }
        auto const gap =
            lines == 0 ? 0 : std::min(widest_gap, narrowest_gap + width_of_line * static_cast<double>(lines));
        made.left[number + 1] = made.left[number] + made.width[number] + gap;
    }
    return made;
}

std::span<point const> passes_of(model::arena& arena, column_sheet& sheet, ruler const& across, line const& one,
                                 std::span<std::size_t const> way) {
    auto const points = arena.array<point>(2 * way.size());
    for (std::size_t step = 0; step < way.size(); ++step) {
        auto const& passed = sheet.items()[way[one.is_reversed ? step : way.size() - 1 - step]];
        auto const left = across.left[passed.column], right = left + across.width[passed.column];
        points[2 * step] = {one.is_reversed ? left : right, passed.y};
        points[2 * step + 1] = {one.is_reversed ? right : left, passed.y};
    }
    return points;
}

}  // namespace

point arrange(model::arena& arena, std::span<box> boxes, std::span<line> lines) {
    assign_levels(arena, boxes, lines);
    column_sheet sheet(arena, boxes, lines);
    sheet.sort();
    placement(arena, sheet).place_down();

    auto const across = measure(arena, sheet, boxes);
    point size{across.left[sheet.size()], 0};
    for (auto const& one : sheet.items()) size.y = std::max(size.y, one.y + one.height);
    for (std::size_t number = 0; number < boxes.size(); ++number) {
        auto const& placed = sheet.items()[number];
        boxes[number].x = across.left[placed.column];
        boxes[number].y = placed.y;
        boxes[number].column_width = across.width[placed.column];
    }
    for (std::size_t number = 0; number < lines.size(); ++number)
        lines[number].passes = passes_of(arena, sheet, across, lines[number], sheet.way_of(number));
    return size;
}

}  // namespace fkaudit::report
