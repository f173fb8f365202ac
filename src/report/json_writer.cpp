#include "src/report/json_writer.hpp"

#include <cstdint>

#include "src/model/unicode.hpp"

namespace fkaudit::report {

namespace {

void escape(writer& out, char32_t unit) {
    out << "\\u";
    for (int shift = 12; shift >= 0; shift -= 4) out << "0123456789abcdef"[unit >> shift & 15U];
}

}  // namespace

void json_writer::value(std::string_view text) {
    begin_value();
    quote(text);
}

void json_writer::value(std::int64_t number) {
    begin_value();
    out_ << number;
}

void json_writer::value(bool truth) {
    begin_value();
    out_ << (truth ? "true" : "false");
}

void json_writer::null() {
    begin_value();
    out_ << "null";
}

void json_writer::name(std::string_view member) {
    begin_value();
    quote(member);
    out_ << ": ";
    after_name_ = true;
}

void json_writer::begin_value() {
    if (after_name_) {
        after_name_ = false;
        return;
    }
    if (!is_first_) out_ << ',';
    if (depth_ > 0) break_line();
    is_first_ = false;
}

void json_writer::break_line() { (out_ << '\n').repeat(' ', 2 * depth_); }

void json_writer::quote(std::string_view text) {
    out_ << '"';
    while (!text.empty()) {
        auto const one = model::take(text);
        if (!one.is_valid)
            out_ << model::shown_code(one).text();
        else if (one.value == '"' || one.value == '\\')
            out_ << '\\' << one.bytes;
        else if (one.value == '\n')
            out_ << "\\n";
        else if (one.value >= 0x10000) {
            escape(out_, 0xD800 + ((one.value - 0x10000) >> 10));
            escape(out_, 0xDC00 + ((one.value - 0x10000) & 0x3FF));
        } else if (one.value < 0x20 || one.value >= 0x7F || one.value == '<' || one.value == '>' || one.value == '&')
            escape(out_, one.value);  // the last three so that no page that embeds it ends here
        else
            out_ << one.bytes;
    }
    out_ << '"';
}

}  // namespace fkaudit::report
