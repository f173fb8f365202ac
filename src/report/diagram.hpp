#pragma once

#include "src/report/layout.hpp"
#include "src/report/markup.hpp"

namespace fkaudit::report {

/// A line of a card, where a link may begin.
struct card_row {
    std::string_view label{};
    std::string_view alarm{};  ///< shown behind the label in the colour of errors
};

/// A box with a heading and rows. Its texts are names as the catalog has them, or ASCII.
struct card {
    std::string_view name{};
    std::string_view badge{};   ///< shown on the right of the heading
    std::string_view detail{};  ///< for who points at it
    bool is_root = false;
    bool is_in_cycle = false;
    std::span<card_row const> rows{};
};

/// An arrow from a row of a card to a card, itself perhaps.
struct card_link {
    std::size_t child = 0;
    std::size_t row = 0;
    std::size_t parent = 0;
    std::size_t style = 0;  ///< links to one card that look the same share their way
    std::string_view classes{};
    std::string_view detail{};
    bool is_violated = false;
};

/// Cards and links, placed and ready to be written.
class diagram {
public:
    diagram(model::arena& arena, std::span<card const> cards, std::span<card_link const> links, encoding names);

    point size() const noexcept { return size_; }
    /// The elements of SVG, from (0, 0).
    void write(writer& out) const;

private:
    struct placed_link {
        card_link const* link;
        std::size_t place;  ///< of the row among those of its card, from above
        std::size_t port;   ///< of the parent, from above
        std::size_t line;   ///< SIZE_MAX: to itself
    };

    void measure_cards();
    void arrange();
    void sort_rows();
    void sort_ports();
    double row_offset(placed_link const& one) const;
    double port_offset(std::size_t card, std::size_t port) const;
    void write_link(writer& out, placed_link const& one) const;
    void write_line(writer& out, placed_link const& one) const;
    void write_loop(writer& out, placed_link const& one) const;
    void write_card(writer& out, std::size_t number) const;

    model::arena& arena_;
    std::span<card const> cards_;
    encoding names_;
    model::vector<placed_link> links_{arena_};
    std::span<box> boxes_{};
    std::span<std::size_t> ports_{};              ///< of each card, its own arrows apart
    std::span<std::span<std::size_t>> places_{};  ///< of each card's rows
    model::vector<line> lines_{arena_};
    point size_{};
};

/// A number with at most one digit behind the point.
struct decimal {
    double value;
};
writer& operator<<(writer& out, decimal number);

}  // namespace fkaudit::report
