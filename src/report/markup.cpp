#include "src/report/markup.hpp"

#include <algorithm>
#include <cstdint>

namespace fkaudit::report {

namespace {

using text = std::string_view;

struct range {
    std::uint32_t first, last;
};

template <std::size_t Count>
bool is_in(range const (&ranges)[Count], std::uint32_t code) noexcept {
    return std::any_of(std::begin(ranges), std::end(ranges),
                       [&](range const& one) { return one.first <= code && code <= one.last; });
}

/// Controls, what XML does not allow, line ends, spaces without width, marks of direction, tags.
constexpr range invisible[] = {{0x01, 0x1f},     {0x7f, 0x9f},     {0xad, 0xad},      {0x61c, 0x61c},
                               {0x115f, 0x1160}, {0x180b, 0x180f}, {0x200b, 0x200f},  {0x2028, 0x202e},
                               {0x2060, 0x206f}, {0x3164, 0x3164}, {0xfe00, 0xfe0f},  {0xfeff, 0xfeff},
                               {0xffa0, 0xffa0}, {0xfff0, 0xffff}, {0xe0000, 0xe0fff}};

/// Characters as wide as two (Unicode, UAX 11, W and F, in large pieces).
constexpr range wide[] = {{0x1100, 0x115e}, {0x2e80, 0xa4cf}, {0xac00, 0xd7a3},   {0xf900, 0xfaff},  {0xfe30, 0xfe6f},
                          {0xff00, 0xff60}, {0xffe0, 0xffe6}, {0x1f300, 0x1faff}, {0x20000, 0x3fffd}};

/// Marks that stand on the character before.
constexpr range combining[] = {{0x300, 0x36f}, {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff}, {0x20d0, 0x20ff}, {0xfe20, 0xfe2f}};

bool is_name_character(char one) noexcept {
    return (one >= 'a' && one <= 'z') || (one >= 'A' && one <= 'Z') || (one >= '0' && one <= '9') || one == '_';
}

}  // namespace

character first_character(text name, encoding names) noexcept {
    auto const first = static_cast<unsigned char>(name[0]);
    if (first < 0x80) return {name.substr(0, 1), first};
    if (names != encoding::utf8) return {name.substr(0, 1), 0};
    std::size_t const size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc0 || name.size() < size) return {name.substr(0, 1), 0};
    std::uint32_t code = first & (0x7fU >> size);
    for (std::size_t place = 1; place < size; ++place) {
        auto const next = static_cast<unsigned char>(name[place]);
        if ((next & 0xc0) != 0x80) return {name.substr(0, 1), 0};
        code = code << 6 | (next & 0x3f);
    }
    return {name.substr(0, size), code};
}

bool is_invisible(std::uint32_t code) noexcept { return is_in(invisible, code); }

writer& operator<<(writer& out, as_xml const& name) {
    each_visible(name.name, name.names, [&](character const& one) {
        switch (one.bytes[0]) {
            case '&': out << "&amp;"; break;
            case '<': out << "&lt;"; break;
            case '>': out << "&gt;"; break;
            case '"': out << "&quot;"; break;
            case '\'': out << "&#39;"; break;
            default: out << one.bytes;
        }
    });
    return out;
}

writer& operator<<(writer& out, as_mermaid const& name) {
    each_visible(name.name, name.names, [&](character const& one) {
        auto const first = static_cast<unsigned char>(one.bytes[0]);
        if (first >= 0x80 || is_name_character(one.bytes[0]))
            out << one.bytes;
        else
            out << '#' << int{first} << ';';
    });
    return out;
}

std::size_t display_width(text name, encoding names) noexcept {
    std::size_t width = 0;
    each_visible(name, names, [&](character const& one) {
        width += is_in(wide, one.code) ? 2 : is_in(combining, one.code) ? 0 : 1;
    });
    return width;
}

}  // namespace fkaudit::report
