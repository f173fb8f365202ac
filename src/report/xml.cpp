#include "src/report/xml.hpp"

#include <cstdint>

#include "src/model/unicode.hpp"

namespace fkaudit::report {

namespace {

void write_reference(writer& out, char32_t value) { out << "&#" << static_cast<std::uint32_t>(value) << ';'; }

}  // namespace

void write_escaped(writer& out, std::string_view text, bool keeps_lines) {
    while (!text.empty()) {
        auto const one = model::take(text);
        if (keeps_lines && one.bytes == "\n")
            out << '\n';
        else if (!one.is_valid || model::is_invisible(one.value))
            out << model::shown_code(one).text();
        else if (one.value > 0x7E)
            write_reference(out, one.value);
        else if (one.value == '<')
            out << "&lt;";
        else if (one.value == '>')
            out << "&gt;";
        else if (one.value == '&')
            out << "&amp;";
        else if (one.value == '"')
            out << "&quot;";
        else if (one.value == '\'')
            out << "&#39;";
        else
            out << one.bytes;
    }
}

void write_markup(writer& out, std::string_view markup) {
    while (!markup.empty()) {
        auto const one = model::take(markup);
        if (one.is_valid && ((one.value >= 0x20 && one.value <= 0x7E) || one.value == 0x0A || one.value == 0x09))
            out << one.bytes;
        else if (!one.is_valid || model::is_invisible(one.value))
            out << model::shown_code(one).text();
        else
            write_reference(out, one.value);
    }
}

}  // namespace fkaudit::report
