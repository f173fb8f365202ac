#pragma once

#include "src/model/arena.hpp"

namespace fkaudit::report {

/// A long text that grows at its end: `out << "<g>" << number << name`.
class writer {
public:
    explicit writer(model::arena& arena) : text_(arena) {}

    writer& operator<<(std::string_view part) {
        text_.insert(text_.end(), part.begin(), part.end());
        return *this;
    }
    writer& operator<<(char const* part) { return *this << std::string_view(part); }
    writer& operator<<(char character) {
        text_.push_back(character);
        return *this;
    }
    writer& operator<<(std::integral auto number) {
        char digits[24];
        return *this << std::string_view(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
    }
    writer& repeat(char character, std::size_t count) {
        text_.insert(text_.end(), count, character);
        return *this;
    }

    /// As long as the writer lives, and until more is written.
    std::string_view text() const noexcept { return {text_.data(), text_.size()}; }

private:
    model::vector<char> text_;
};

}  // namespace fkaudit::report
