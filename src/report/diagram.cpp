#include "src/report/diagram.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace fkaudit::report {

namespace {

using text = std::string_view;

constexpr double header_height = 28, row_height = 20, padding = 12, foot = 5;
constexpr double header_cell = 8, row_cell = 7.3, badge_cell = 6.7;  ///< widths of a character
constexpr double least_width = 96;
constexpr double port_distance = 9;
constexpr double head_length = 8;
constexpr std::size_t to_itself = SIZE_MAX;

double width_of(text name, encoding names, double cell) {
    return static_cast<double>(display_width(name, names)) * cell;
}

void curve(writer& out, point from, point to) {
    auto const middle = (from.x + to.x) / 2;
    out << 'C' << decimal{middle} << ' ' << decimal{from.y} << ' ' << decimal{middle} << ' ' << decimal{to.y} << ' '
        << decimal{to.x} << ' ' << decimal{to.y};
}

/// The head of an arrow that comes from the right, or from the left.
void write_head(writer& out, point tip, bool from_left) {
    auto const back = tip.x + (from_left ? -head_length : head_length);
    out << "<path class=\"fkaudit-head\" d=\"M" << decimal{tip.x} << ' ' << decimal{tip.y} << 'L' << decimal{back}
        << ' ' << decimal{tip.y - 4.2} << 'V' << decimal{tip.y + 4.2} << "z\"/>";
}

void write_dot(writer& out, point at) {
    out << "<circle class=\"fkaudit-head\" cx=\"" << decimal{at.x} << "\" cy=\"" << decimal{at.y} << "\" r=\"3.4\"/>";
}

}  // namespace

writer& operator<<(writer& out, decimal number) {
    auto const tenths = std::lround(number.value * 10);
    if (tenths < 0) out << '-';
    out << std::abs(tenths) / 10;
    if (tenths % 10 != 0) out << '.' << std::abs(tenths) % 10;
    return out;
}

diagram::diagram(model::arena& arena, std::span<card const> cards, std::span<card_link const> links, encoding names)
    : arena_(arena),
      cards_(cards),
      names_(names) {
    boxes_ = arena.array<box>(cards.size());
    ports_ = arena.array<std::size_t>(cards.size());
    places_ = arena.array<std::span<std::size_t>>(cards.size());
    for (std::size_t number = 0; number < cards.size(); ++number) {
        places_[number] = arena.array<std::size_t>(cards[number].rows.size());
        for (std::size_t row = 0; row < places_[number].size(); ++row) places_[number][row] = row;
    }

    // Links that look the same and lead to one card take one way and arrive at one port.
    model::flat_map<std::pair<std::size_t, std::size_t>, std::pair<std::size_t, std::size_t>> bundles(arena);
    for (auto const& one : links) {
        if (one.child == one.parent) {
            links_.push_back({&one, one.row, 0, to_itself});
            continue;
        }
        auto const [bundle, is_new] =
            bundles.insert(std::pair(std::pair(one.parent, one.style), std::pair(bundles.size(), ports_[one.parent])));
        if (is_new) ++ports_[one.parent];
        auto const [number, port] = bundle->second;
        links_.push_back({&one, one.row, port, lines_.size()});
        lines_.push_back({.child = one.child, .parent = one.parent, .bundle = number});
    }
    measure_cards();
    arrange();
    for (int round = 0; round < 2; ++round) {
        sort_rows();
        sort_ports();
        arrange();
    }
}

void diagram::measure_cards() {
    for (std::size_t number = 0; number < cards_.size(); ++number) {
        auto const& one = cards_[number];
        auto width = width_of(one.name, names_, header_cell);
        if (!one.badge.empty()) width += width_of(one.badge, names_, badge_cell) + padding;
        for (auto const& row : one.rows) {
            auto wide = width_of(row.label, names_, row_cell);
            if (!row.alarm.empty()) wide += width_of(row.alarm, names_, row_cell) + padding;
            width = std::max(width, wide);
        }
        boxes_[number].width = std::max(least_width, std::ceil(width + 2 * padding));
        auto const rows = static_cast<double>(one.rows.size());
        auto const ports = static_cast<double>(ports_[number] + 1);
        boxes_[number].height =
            std::max(header_height + (rows > 0 ? rows * row_height + foot : 0), ports * port_distance + 10);
    }
}

double diagram::row_offset(placed_link const& one) const {
    return header_height + (static_cast<double>(one.place) + 0.5) * row_height;
}

double diagram::port_offset(std::size_t card, std::size_t port) const {
    auto const first = std::max(9.0, header_height / 2 - port_distance * static_cast<double>(ports_[card] - 1) / 2);
    return first + port_distance * static_cast<double>(port);
}

void diagram::arrange() {
    for (auto const& one : links_) {
        if (one.line == to_itself) continue;
        lines_[one.line].child_offset = row_offset(one);
        lines_[one.line].parent_offset = port_offset(one.link->parent, one.port);
    }
    size_ = report::arrange(arena_, boxes_, {lines_.data(), lines_.size()});
}

/// A card's rows in the order of what they lead to first, so that their lines do not cross.
void diagram::sort_rows() {
    auto const first_stop = [&](placed_link const& one) {
        if (one.line == to_itself) return -1.0;
        auto const& led = lines_[one.line];
        return led.passes.empty() ? boxes_[led.parent].y + led.parent_offset : led.passes[0].y;
    };
    std::stable_sort(links_.begin(), links_.end(), [&](placed_link const& a, placed_link const& b) {
        return std::tuple(a.link->child, first_stop(a)) < std::tuple(b.link->child, first_stop(b));
    });
    std::size_t place = 0;
    for (std::size_t number = 0; number < links_.size(); ++number) {
        auto& one = links_[number];
        place = number > 0 && links_[number - 1].link->child == one.link->child ? place + 1 : 0;
        one.place = place;
        places_[one.link->child][one.link->row] = place;
    }
}

/// A card's ports in the order of what arrives.
void diagram::sort_ports() {
    struct arrival {
        std::size_t card, port;
        double sum, count;
    };
    model::vector<arrival> arrivals(arena_);
    model::vector<std::size_t> begin(arena_);
    for (std::size_t card = 0; card < cards_.size(); ++card) {
        begin.push_back(arrivals.size());
        for (std::size_t port = 0; port < ports_[card]; ++port) arrivals.push_back({card, port, 0, 0});
    }
    for (auto const& one : links_) {
        if (one.line == to_itself) continue;
        auto const& led = lines_[one.line];
        auto& at = arrivals[begin[led.parent] + one.port];
        at.sum += led.passes.empty() ? boxes_[led.child].y + led.child_offset : led.passes.back().y;
        at.count += 1;
    }
    auto sorted = arrivals;
    std::stable_sort(sorted.begin(), sorted.end(), [](arrival const& a, arrival const& b) {
        return std::tuple(a.card, a.sum / a.count) < std::tuple(b.card, b.sum / b.count);
    });
    auto const new_port = arena_.array<std::size_t>(sorted.size());
    for (std::size_t number = 0; number < sorted.size(); ++number)
        new_port[begin[sorted[number].card] + sorted[number].port] = number - begin[sorted[number].card];
    for (auto& one : links_)
        if (one.line != to_itself) one.port = new_port[begin[one.link->parent] + one.port];
}

void diagram::write(writer& out) const {
    for (auto const& one : links_) write_link(out, one);
    for (std::size_t number = 0; number < cards_.size(); ++number) write_card(out, number);
    // The ends of the links stand above the cards.
    for (auto const& one : links_) {
        auto const& child = boxes_[one.link->child];
        bool const on_right = one.line == to_itself || lines_[one.line].is_reversed;
        out << "<g class=\"" << one.link->classes << "\">";
        write_dot(out, {child.x + (on_right ? child.column_width : 0), child.y + row_offset(one)});
        out << "</g>\n";
    }
}

void diagram::write_link(writer& out, placed_link const& one) const {
    out << "<g class=\"fkaudit-link " << one.link->classes << "\"><title>" << as_xml{one.link->detail, names_}
        << "</title>";
    if (one.line == to_itself)
        write_loop(out, one);
    else
        write_line(out, one);
    out << "</g>\n";
}

void diagram::write_line(writer& out, placed_link const& one) const {
    auto const& led = lines_[one.line];
    auto const& child = boxes_[led.child];
    auto const& parent = boxes_[led.parent];
    point const start{child.x + (led.is_reversed ? child.column_width : 0), child.y + led.child_offset};
    point const tip{parent.x + (led.is_reversed ? 0 : parent.column_width), parent.y + led.parent_offset};
    point const end{tip.x + (led.is_reversed ? -head_length : head_length) + (led.is_reversed ? 1 : -1), tip.y};
    // From the parent's end: on a way that is shared, all dashes fall together.
    auto const write_way = [&](text classes) {
        out << "<path class=\"" << classes << "\" d=\"M" << decimal{end.x} << ' ' << decimal{end.y};
        auto from = end;
        for (std::size_t number = led.passes.size(); number > 0; number -= 2) {
            curve(out, from, led.passes[number - 1]);
            from = led.passes[number - 2];
            out << 'H' << decimal{from.x};
        }
        curve(out, from, start);
        out << "\"/>";
    };
    if (one.link->is_violated) write_way("fkaudit-glow");
    write_way("fkaudit-line");
    write_head(out, tip, led.is_reversed);
}

void diagram::write_loop(writer& out, placed_link const& one) const {
    auto const& self = boxes_[one.link->child];
    auto const right = self.x + self.column_width;
    auto const top = self.y + port_offset(one.link->child, ports_[one.link->child]);
    auto const bottom = self.y + row_offset(one);
    auto const write_way = [&](text classes) {
        out << "<path class=\"" << classes << "\" d=\"M" << decimal{right} << ' ' << decimal{bottom} << 'C'
            << decimal{right + 30} << ' ' << decimal{bottom} << ' ' << decimal{right + 30} << ' ' << decimal{top} << ' '
            << decimal{right + head_length - 1} << ' ' << decimal{top} << "\"/>";
    };
    if (one.link->is_violated) write_way("fkaudit-glow");
    write_way("fkaudit-line");
    write_head(out, {right, top}, false);
}

void diagram::write_card(writer& out, std::size_t number) const {
    auto const& one = cards_[number];
    auto const& place = boxes_[number];
    auto const rectangle = [&](text classes, double height) {
        out << "<rect class=\"" << classes << "\" x=\"" << decimal{place.x} << "\" y=\"" << decimal{place.y}
            << "\" width=\"" << decimal{place.column_width} << "\" height=\"" << decimal{height} << "\" rx=\"6\"/>";
    };
    auto const label = [&](text classes, double x, double y, text anchor, text shown) {
        out << "<text class=\"" << classes << "\" x=\"" << decimal{x} << "\" y=\"" << decimal{y} << '"' << anchor << '>'
            << as_xml{shown, names_} << "</text>";
    };
    constexpr text at_end = " text-anchor=\"end\"";
    auto const right = place.x + place.column_width - padding;
    out << "<g class=\"fkaudit-card" << (one.is_root ? " fkaudit-root" : "")
        << (one.is_in_cycle ? " fkaudit-cycle" : "") << "\"><title>" << as_xml{one.detail, names_} << "</title>";
    rectangle("fkaudit-box", place.height);
    if (place.height > header_height)
        out << "<path class=\"fkaudit-heading\" d=\"M" << decimal{place.x} << ' ' << decimal{place.y + header_height}
            << "v-22q0-6 6-6H" << decimal{place.x + place.column_width - 6} << "q6 0 6 6v22z\"/>";
    else
        rectangle("fkaudit-heading", header_height);
    rectangle("fkaudit-frame", place.height);
    label("fkaudit-name", place.x + padding, place.y + 18.5, {}, one.name);
    if (!one.badge.empty()) label("fkaudit-badge", right, place.y + 18, at_end, one.badge);
    for (std::size_t row = 0; row < one.rows.size(); ++row) {
        auto const y = place.y + header_height + static_cast<double>(places_[number][row]) * row_height + 14.5;
        label("fkaudit-column", place.x + padding, y, {}, one.rows[row].label);
        if (!one.rows[row].alarm.empty()) label("fkaudit-alarm", right, y, at_end, one.rows[row].alarm);
    }
    out << "</g>\n";
}

}  // namespace fkaudit::report
