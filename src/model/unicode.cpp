#include "src/model/unicode.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>

namespace fkaudit::model {

namespace {

struct range {
    char32_t first;
    char32_t last;
};

template <std::size_t Size>
bool contains(range const (&ranges)[Size], char32_t value) noexcept {
    auto const* const found = std::lower_bound(std::begin(ranges), std::end(ranges), value,
                                               [](range one, char32_t v) { return one.last < v; });
    return found != std::end(ranges) && found->first <= value;
}

// Unicode's Cc, Cf and Zl, Zp, the fillers that draw nothing, and the noncharacters of the basic plane.
constexpr range invisible[] = {
    {0x0000, 0x001F},   {0x007F, 0x009F},   {0x00AD, 0x00AD},   {0x034F, 0x034F},   {0x0600, 0x0605},
    {0x061C, 0x061C},   {0x06DD, 0x06DD},   {0x070F, 0x070F},   {0x0890, 0x0891},   {0x08E2, 0x08E2},
    {0x115F, 0x1160},   {0x17B4, 0x17B5},   {0x180B, 0x180F},   {0x200B, 0x200F},   {0x2028, 0x202E},
    {0x2060, 0x206F},   {0x3164, 0x3164},   {0xFDD0, 0xFDEF},   {0xFEFF, 0xFEFF},   {0xFFA0, 0xFFA0},
    {0xFFF0, 0xFFFB},   {0xFFFE, 0xFFFF},   {0x110BD, 0x110BD}, {0x110CD, 0x110CD}, {0x13430, 0x1343F},
    {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF},
};

// The common marks that combine, variation selectors, and East Asian Wide.
constexpr range combining[] = {
    {0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x0610, 0x061A}, {0x064B, 0x065F}, {0x0E31, 0x0E31},
    {0x0E34, 0x0E3A}, {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F},
};
constexpr range wide[] = {
    {0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0xA4CF},   {0xA960, 0xA97C}, {0xAC00, 0xD7A3},
    {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6}, {0x1F300, 0x1F64F},
    {0x1F680, 0x1F6FF}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD},
};

/// How many bytes the character that begins so has, and the smallest code point that needs so many.
struct shape {
    std::size_t size;
    char32_t smallest;
    unsigned char mask;
};

shape shape_of(unsigned char lead) noexcept {
    if (lead < 0x80) return {1, 0, 0x7F};
    if ((lead & 0xE0U) == 0xC0) return {2, 0x80, 0x1F};
    if ((lead & 0xF0U) == 0xE0) return {3, 0x800, 0x0F};
    if ((lead & 0xF8U) == 0xF0) return {4, 0x10000, 0x07};
    return {0, 0, 0};
}

}  // namespace

code_point take(std::string_view& text) noexcept {
    auto const lead = static_cast<unsigned char>(text.front());
    auto const [size, smallest, mask] = shape_of(lead);
    char32_t value = lead & mask;
    bool is_valid = size != 0 && size <= text.size();
    for (std::size_t position = 1; is_valid && position < size; ++position) {
        auto const next = static_cast<unsigned char>(text[position]);
        is_valid = (next & 0xC0U) == 0x80;
        value = value << 6 | (next & 0x3FU);
    }
    is_valid = is_valid && value >= smallest && value <= 0x10FFFF && (value < 0xD800 || value > 0xDFFF);
    code_point const taken{is_valid ? value : lead, text.substr(0, is_valid ? size : 1), is_valid};
    text.remove_prefix(taken.bytes.size());
    return taken;
}

bool is_invisible(char32_t value) noexcept { return contains(invisible, value) || (value & 0xFFFEU) == 0xFFFE; }

int width(char32_t value) noexcept {
    if (value < 0x300) return 1;
    if (contains(combining, value)) return 0;
    return contains(wide, value) ? 2 : 1;
}

shown_code::shown_code(code_point const& of) noexcept {
    auto const begin = std::string_view(of.is_valid ? "[U+" : "[0x");
    char* end = std::copy(begin.begin(), begin.end(), text_);
    char digits[8];
    auto const* const last = std::to_chars(digits, digits + sizeof digits, static_cast<unsigned>(of.value), 16).ptr;
    for (auto count = last - digits; count < (of.is_valid ? 4 : 2); ++count) *end++ = '0';
    end = std::transform(static_cast<char const*>(digits), last, end,
                         [](char digit) { return digit >= 'a' ? static_cast<char>(digit - 'a' + 'A') : digit; });
    *end++ = ']';
    size_ = static_cast<std::size_t>(end - text_);
}

}  // namespace fkaudit::model
