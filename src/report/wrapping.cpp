#include "src/report/wrapping.hpp"

#include "src/model/unicode.hpp"
#include "src/report/visible.hpp"

namespace fkaudit::report {

namespace {

using text = std::string_view;

/// Lines in the making, out of pieces that each stay whole.
class lines {
public:
    lines(writer& out, std::size_t indent, std::size_t further, std::size_t width)
        : out_(out),
          indent_(indent),
          further_(further),
          width_(width) {}

    /// `gap`: a blank stands before the piece where it does not begin a line.
    void add(text piece, bool gap) {
        auto const size = columns(piece);
        if (column_ > 0 && column_ + (gap ? 1 : 0) + size > width_) finish_line();
        if (column_ == 0)
            out_.repeat(' ', column_ = is_first_ ? indent_ : further_);
        else if (gap)
            out_ << ' ', ++column_;
        out_ << piece;
        column_ += size;
    }
    void finish() {
        if (column_ > 0) finish_line();
    }

private:
    void finish_line() {
        out_ << '\n';
        column_ = 0;
        is_first_ = false;
    }

    writer& out_;
    std::size_t indent_;
    std::size_t further_;
    std::size_t width_;
    std::size_t column_ = 0;
    bool is_first_ = true;
};

/// The longest beginning of the word that is no wider than `room`, and at least a character.
text fitting(text word, std::size_t room) {
    text rest = word;
    std::size_t used = 0;
    while (!rest.empty()) {
        text after = rest;
        used += static_cast<std::size_t>(model::width(model::take(after).value));
        if (used > room && rest.size() < word.size()) break;
        rest = after;
    }
    return word.substr(0, word.size() - rest.size());
}

/// The beginning of the statement up to a place where it can be broken.
text first_token(text statement) {
    auto const at = [&](std::size_t position) { return position < statement.size() ? statement[position] : '\0'; };
    char quote = '\0';
    bool has_escapes = false;  // E'…', where a backslash takes the next character with it
    for (std::size_t position = 0; position < statement.size(); ++position) {
        char const one = statement[position];
        if (quote != '\0') {
            if (one == '\\' && has_escapes) ++position;
            if (one == quote) quote = '\0';
        } else if (one == '"' || one == '\'') {
            quote = one;
            has_escapes = one == '\'' && position > 0 && (at(position - 1) | 0x20) == 'e';
        } else if (one == ' ') {
            return statement.substr(0, position);
        } else if (one == ',' || (one == '.' && !(at(position + 1) >= '0' && at(position + 1) <= '9'))) {
            return statement.substr(0, position + 1);
        }
    }
    return statement;
}

}  // namespace

void write_wrapped(writer& out, text content, std::size_t indent, std::size_t width) {
    lines made(out, indent, indent, width);
    while (!content.empty()) {
        auto const begin = content.find_first_not_of(' ');
        if (begin == text::npos) break;
        content.remove_prefix(begin);
        auto word = content.substr(0, content.find(' '));
        content.remove_prefix(word.size());
        for (bool gap = true; !word.empty(); gap = false) {
            auto const piece = fitting(word, width - indent);
            made.add(piece, gap);
            word.remove_prefix(piece.size());
        }
    }
    made.finish();
}

void write_wrapped_sql(writer& out, text statement, std::size_t indent, std::size_t width) {
    // What a dollar quote holds is not to be touched.
    if (statement.find('$') != text::npos || columns(statement) + indent <= width) {
        out.repeat(' ', indent) << statement << '\n';
        return;
    }
    lines made(out, indent, indent + 2, width);
    bool gap = false;
    while (!statement.empty()) {
        auto const token = first_token(statement);
        made.add(token, gap);
        statement.remove_prefix(token.size());
        gap = !statement.empty() && statement.front() == ' ';
        if (gap) statement.remove_prefix(1);
    }
    made.finish();
}

}  // namespace fkaudit::report
