#include "src/report/markup.hpp"

namespace fkaudit::report {

namespace {

using text = std::string_view;

bool is_name_character(char one) noexcept {
    return (one >= 'a' && one <= 'z') || (one >= 'A' && one <= 'Z') || (one >= '0' && one <= '9') || one == '_';
}

}  // namespace

model::code_point take_character(text& name, encoding names) noexcept {
    if (names == encoding::utf8 || static_cast<unsigned char>(name.front()) < 0x80) return model::take(name);
    model::code_point const byte{static_cast<unsigned char>(name.front()), name.substr(0, 1), false};
    name.remove_prefix(1);
    return byte;
}

writer& operator<<(writer& out, as_xml const& name) {
    each_visible(name.name, name.names, [&](model::code_point const& one) {
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
    each_visible(name.name, name.names, [&](model::code_point const& one) {
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
    each_visible(name, names, [&](model::code_point const& one) {
        width += one.is_valid ? static_cast<std::size_t>(model::width(one.value)) : 1;
    });
    return width;
}

}  // namespace fkaudit::report
