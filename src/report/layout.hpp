#pragma once

#include "src/model/arena.hpp"

/// A layered drawing from left to right (Sugiyama, Tagawa, Toda 1981; Gansner, Koutsofios, North, Vo 1993): boxes in
/// columns, lines between them that cross no box and each other seldom. Everything is a function of the input alone.
namespace fkaudit::report {

struct point {
    double x = 0;
    double y = 0;
};

struct box {
    double width = 0;
    double height = 0;
    std::size_t level = 0;  ///< out: the longest way from a box without any line to its left
    double x = 0;           ///< out: the left edge; all boxes of a column have its width
    double y = 0;           ///< out: the upper edge
    double column_width = 0;
};

/// A line from a child to another box, its parent, which stands on the left of it unless the boxes refer to each other
/// in a circle.
struct line {
    std::size_t child = 0;
    std::size_t parent = 0;
    double child_offset = 0;   ///< where it leaves the child, down from its upper edge
    double parent_offset = 0;  ///< where it meets the parent
    std::size_t bundle = 0;    ///< lines with the same number go to one parent, and share their way
    bool is_reversed = false;  ///< out: the parent stands on the right
    /// Out: pairs of points with a level piece between them, one for each column that the line passes, from the child's
    /// end to the parent's.
    std::span<point const> passes{};
};

/// Places the boxes and lines; returns the size of the whole, from (0, 0).
point arrange(model::arena& arena, std::span<box> boxes, std::span<line> lines);

}  // namespace fkaudit::report
