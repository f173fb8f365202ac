#pragma once

#include <cstdint>

#include "src/report/graph.hpp"
#include "src/report/writer.hpp"

/// Names from the catalog as text of a picture. A character that shows nothing or turns its surroundings round
/// (controls, line ends, marks of direction) is written as its number, such as <U+202E>.
namespace fkaudit::report {

/// One character: its bytes, and its number in Unicode where the encoding tells (0: it does not).
struct character {
    std::string_view bytes{};
    std::uint32_t code = 0;
};

/// The first character of a text that is not empty. Bytes that are no UTF-8 count one by one.
character first_character(std::string_view text, encoding names) noexcept;

/// Whether a picture has to show the character's number instead.
bool is_invisible(std::uint32_t code) noexcept;

/// Calls `plain(character)` for each character to be shown, and `text(ascii)` for a number in place of one.
template <class Each>
void each_visible(std::string_view name, encoding names, Each each) {
    while (!name.empty()) {
        auto const one = first_character(name, names);
        name.remove_prefix(one.bytes.size());
        if (!is_invisible(one.code)) {
            each(one);
            continue;
        }
        char number[] = "<U+00000>";
        auto const digits = one.code > 0xffff ? 5 : 4;
        for (int place = 0; place < digits; ++place)
            number[3 + place] = "0123456789ABCDEF"[one.code >> (4 * (digits - 1 - place)) & 15];
        number[3 + digits] = '>';
        for (int place = 0; place < digits + 4; ++place)
            each(character{{number + place, 1}, static_cast<unsigned char>(number[place])});
    }
}

/// As text or an attribute's value of XML (and HTML).
struct as_xml {
    std::string_view name;
    encoding names;
};
writer& operator<<(writer& out, as_xml const& text);

/// Inside "…" of Mermaid: every character that could mean something is written as an entity.
struct as_mermaid {
    std::string_view name;
    encoding names;
};
writer& operator<<(writer& out, as_mermaid const& text);

/// How many columns of a monospaced font the name takes.
std::size_t display_width(std::string_view name, encoding names) noexcept;

}  // namespace fkaudit::report
