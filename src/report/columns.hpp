#pragma once

#include "src/report/layout.hpp"

namespace fkaudit::report {

/// A place in a column: a box, or a bundle of lines on its way through.
struct item {
    std::size_t column = 0;
    std::size_t order = 0;  ///< in its column, from above
    double height = 0;
    double y = 0;
    bool is_box = false;
};

/// A piece of a line between items of neighbouring columns.
struct piece {
    std::size_t left = 0;  ///< items
    std::size_t right = 0;
    double left_offset = 0;
    double right_offset = 0;
};

/// Boxes and lines in columns: what is where, in which order, before anything has coordinates.
class column_sheet {
public:
    column_sheet(model::arena& arena, std::span<box> boxes, std::span<line const> lines);

    /// Changes the order in the columns so that few pieces cross.
    void sort();

    std::size_t size() const noexcept { return columns_.size(); }
    std::span<std::size_t const> column(std::size_t number) const {
        return {columns_[number].data(), columns_[number].size()};
    }
    /// Those of the boxes come first, in their order.
    std::span<item> items() noexcept { return {items_.data(), items_.size()}; }
    std::span<piece const> pieces() const noexcept { return {pieces_.data(), pieces_.size()}; }
    /// The pieces that end at an item from the left, or that begin there.
    std::span<piece const* const> from_left(std::size_t item) const { return ends(by_right_, right_begin_, item); }
    std::span<piece const* const> to_right(std::size_t item) const { return ends(by_left_, left_begin_, item); }
    /// The items that a line passes, from the left.
    std::span<std::size_t const> way_of(std::size_t line) const noexcept { return ways_[line]; }

private:
    using piece_list = model::vector<piece const*>;
    using numbers = model::vector<std::size_t>;

    void choose_columns(std::span<box> boxes, std::span<line const> lines);
    void lead_lines(std::span<line const> lines);
    void list_pieces();
    std::span<piece const* const> ends(piece_list const& list, numbers const& begin, std::size_t item) const {
        return {list.data() + begin[item], begin[item + 1] - begin[item]};
    }
    void sweep(bool to_right);
    bool swap_neighbours();
    std::size_t crossings(std::size_t above, std::size_t below) const;
    std::size_t crossings() const;
    void renumber(std::size_t column);

    model::arena& arena_;
    model::vector<item> items_{arena_};
    model::vector<piece> pieces_{arena_};
    model::vector<numbers> columns_{arena_};
    std::span<std::span<std::size_t const>> ways_{};
    piece_list by_left_{arena_}, by_right_{arena_};
    numbers left_begin_{arena_}, right_begin_{arena_};
};

}  // namespace fkaudit::report
