#pragma once

#include <string_view>

/// Names come as bytes that somebody else chose. What a reader would not see, or would see elsewhere (control characters,
/// marks that turn the direction of writing, characters without a width), statements and reports show by its code.
namespace fkaudit::model {

struct code_point {
    char32_t value = 0;        ///< the byte itself where the text is no UTF-8
    std::string_view bytes{};  ///< as they stand in the text
    bool is_valid = true;
};

/// Takes the first character off the text, which must not be empty. Strict UTF-8: no overlong form, no surrogate.
code_point take(std::string_view& text) noexcept;

/// Control characters, line breaks among them, and whatever has no shape of its own: bidirectional controls, characters of
/// no width, soft hyphens, tags, noncharacters.
bool is_invisible(char32_t value) noexcept;

/// Columns in a terminal: 0 for marks that combine, 2 for wide ones.
int width(char32_t value) noexcept;

/// How a character shows that must not stand for itself: `[U+202E]`, or `[0xE9]` for a byte that is no character.
class shown_code {
public:
    explicit shown_code(code_point const& of) noexcept;
    std::string_view text() const noexcept { return {text_, size_}; }

private:
    char text_[12] = {};
    std::size_t size_ = 0;
};

/// Calls `visible(code_point)` for each character that stands for itself and `code(text)` for each other one.
template <class Visible, class Code>
void each_character(std::string_view text, Visible visible, Code code) {
    while (!text.empty()) {
        auto const one = take(text);
        if (one.is_valid && !is_invisible(one.value))
            visible(one);
        else
            code(shown_code(one).text());
    }
}

}  // namespace fkaudit::model
